"""What shipping, missing or canceling open orders would make of the rates."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ordercli.domain.health.metrics import MetricRule, clean_to_recover, judge, window_of
from ordercli.domain.orders.orders import is_late
from ordercli.domain.orders.tax_inside import IS_JUDGED
from ordercli.domain.report import Column, Report
from ordercli.errors import Refused
from ordercli.queries.health.metrics import next_day
from ordercli.queries.health.rates import (
    IS_DECIDED,
    RateQuestion,
    Standing,
    count_between,
    limit_of,
    members_of,
    overdue_between,
    rule_named,
    span_of,
    standing_of,
    values_between,
    window_in,
)
from ordercli.queries.orders.orders import find_order
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("metric", "word"),
    Column("numerator", "whole", "count"),
    Column("denominator", "whole", "of"),
    Column("rate", "rate"),
    Column("status", "word"),
    Column("numerator_then", "whole", "then"),
    Column("denominator_then", "whole", "of"),
    Column("rate_then", "rate", "rate"),
    Column("status_then", "word", "status"),
    Column("clean_to_recover", "whole", "clean to recover"),
)

OPEN_ORDER = f"""
SELECT o.order_id, o.channel, o.ship_by, o.ordered_at, {IS_JUDGED},
  o.units > o.units_canceled,
  {IS_DECIDED},
  o.units_open > 0,
  o.status <> 'pending'
FROM sales_order o WHERE o.id = :order"""


class Plan(NamedTuple):
    """Orders by what is supposed of them: confirmed now, confirmed too late, canceled by the seller."""

    ship: Sequence[str] = ()
    miss: Sequence[str] = ()
    cancel: Sequence[str] = ()


class _Open(NamedTuple):
    order_id: str
    channel: str
    ship_by: str | None
    ordered_at: str
    counts: bool
    is_wanted: bool
    is_confirmed: bool
    is_open: bool
    is_released: bool


def what_if(reader: Reader, plan: Plan, *, channel: str = "amazon") -> Report:
    """The rates as they are, and as they would be with the orders of the plan in them.

    Late shipment: the windows of today, with those orders added. One whose promise is over is late even if it
    ships now. Cancellation: the window that ends today, so that orders of today count.

    Raises:
        NotFound: for an unknown order.
        Refused: for an order named twice, of another channel, or whose fate is decided.
    """
    orders = {name: [_open(reader, one, channel) for one in getattr(plan, name)] for name in Plan._fields}
    named = [order.order_id for found in orders.values() for order in found]
    twice = next((one for one in named if named.count(one) > 1), None)
    if twice is not None:
        raise Refused(f"Order {twice} is named twice; suppose one thing of it.")
    for order in (*orders["ship"], *orders["miss"]):
        _refuse_decided(order)
    standing = standing_of(reader, RateQuestion(channel))
    late = len(orders["miss"]) + sum(is_late(reader.now, order.ship_by) is True for order in orders["ship"])
    more = len(orders["ship"]) + len(orders["miss"])
    rows = []
    if more:
        for name in ("late_shipment_rate_10d", "late_shipment_rate_30d"):
            rule = rule_named(name)
            _, _, counted, defects = count_between(reader, rule, standing, *window_in(reader, rule, standing))
            figures = ((defects, counted), (defects + late, counted + more))
            rows.append(_row(reader, standing, rule, *figures, _foreseen(reader, standing, rule, orders)))
    if orders["cancel"]:
        rows.append(_canceled(reader, standing, orders["cancel"]))
    return Report(COLUMNS, rows, "Nothing is supposed.")


def _open(reader: Reader, reference: str, channel: str) -> _Open:
    order = _Open(*reader.rows(OPEN_ORDER, {"order": find_order(reader, reference)}).fetchone())
    if order.channel != channel or not order.counts:
        raise Refused(f"Order {order.order_id} does not count in the rates of orders you ship on {channel}.")
    if not order.is_wanted or not (order.is_open or not order.is_confirmed):
        raise Refused(f"Order {order.order_id} is shipped or canceled already; nothing can be supposed of it.")
    return order


def _refuse_decided(order: _Open) -> None:
    if order.is_confirmed:
        raise Refused(f"Order {order.order_id} is confirmed already, so its rate is decided.")
    if order.ship_by is None:
        raise Refused(f"Order {order.order_id} has no ship-by, so it cannot be late; give it one with: order edit")


def _canceled(reader: Reader, standing: Standing, orders: Sequence[_Open]) -> tuple[Any, ...]:
    rule = rule_named("cancellation_rate")
    window, _ = span_of(reader, rule, standing)
    first, last = window_of(next_day(standing.day), window.days)
    values = values_between(standing, first, last)
    _, _, counted, defects = count_between(reader, rule, standing, first, last)
    sql = f"SELECT count(*) FROM ({members_of(rule, standing)}) AS found WHERE order_id = :order AND defects = 0"
    more = sum(reader.rows(sql, {**values, "order": order.order_id}).fetchone()[0] for order in orders)
    return _row(reader, standing, rule, (defects, counted), (defects + more, counted))


def _foreseen(
    reader: Reader, standing: Standing, rule: MetricRule, orders: Mapping[str, Sequence[_Open]]
) -> tuple[int, int]:
    """Open orders that can only become late, now and besides those of which something is supposed."""
    first, last = window_in(reader, rule, standing)
    start = values_between(standing, first, last)["start"]
    found = overdue_between(reader, rule, standing, first, last)
    supposed = sum(
        order.is_released
        and not order.is_confirmed
        and is_late(reader.now, order.ship_by) is True
        and (order.ship_by or "") >= start
        for named in orders.values()
        for order in named
    )
    return found, max(0, found - supposed)


def _row(
    reader: Reader,
    standing: Standing,
    rule: MetricRule,
    now: tuple[int, int],
    then: tuple[int, int],
    foreseen: tuple[int, int] = (0, 0),
) -> tuple[Any, ...]:
    limit = limit_of(reader, rule, standing)
    before, after = judge(*now, limit, foreseen=foreseen[0]), judge(*then, limit, foreseen=foreseen[1])
    more = clean_to_recover(*then, limit) if limit is not None else None
    return (rule.name, *now, before.rate, before.status, *then, after.rate, after.status, more)
