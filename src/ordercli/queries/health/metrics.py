"""Account health: every rate with its window, and the orders behind any of them."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from ordercli.domain.health.metrics import METRICS, MetricRule, judge, window_of
from ordercli.domain.report import Column, Report
from ordercli.queries.health.rates import (
    RateQuestion,
    Standing,
    count_between,
    is_any_recorded,
    limit_of,
    members_of,
    overdue_between,
    rule_named,
    span_of,
    standing_of,
    values_between,
    window_in,
)
from ordercli.queries.reader import Reader, at_most

COLUMNS = (
    Column("metric", "word"),
    Column("window_start", "day", "from", importance="spare"),
    Column("window_end", "day", "to", importance="spare"),
    Column("numerator", "whole", "count"),
    Column("denominator", "whole", "of"),
    Column("rate", "rate"),
    Column("limit", "rate"),
    Column("status", "word"),
    Column("headroom", "whole", importance="key"),
    Column("unit", "word", importance="spare"),
    Column("exactness", "word", importance="spare"),
)


class Judged(NamedTuple):
    """A rate as :data:`COLUMNS` have it: what counts and what is a defect in its window, and what that means."""

    metric: str
    window_start: str
    window_end: str
    numerator: int
    denominator: int
    rate: float | None
    limit: float | None
    status: str
    headroom: int | None
    unit: str
    exactness: str


AT_PRESENT = RateQuestion()


def metrics(reader: Reader, question: RateQuestion = AT_PRESENT) -> list[Judged]:
    """Every rate of a channel as it stands today, or stood on a past day."""
    standing = standing_of(reader, question)
    return [judged(reader, rule, standing) for rule in METRICS]


def metrics_report(rates: Iterable[Judged]) -> Report:
    """The rates, a row each."""
    return Report(COLUMNS, rates, "No rates.")


def judged(reader: Reader, rule: MetricRule, standing: Standing) -> Judged:
    """One row of :func:`metrics`."""
    first, last = window_in(reader, rule, standing)
    counted = defects = 0
    if is_any_recorded(reader, rule, standing):
        _, _, counted, defects = count_between(reader, rule, standing, first, last)
    foreseen = overdue_between(reader, rule, standing, first, last)
    limit = limit_of(reader, rule, standing)
    found = judge(defects, counted, limit, is_most=rule.is_most, foreseen=foreseen)
    return Judged(
        metric=rule.name,
        window_start=first,
        window_end=last,
        numerator=defects if rule.is_most else counted - defects,
        denominator=counted,
        rate=found.rate,
        limit=None if limit is None else float(limit.share),
        status=found.status,
        headroom=found.headroom,
        unit=rule.unit,
        exactness=rule.exactness,
    )


def rates_at_risk(rates: Iterable[Judged]) -> list[str]:
    """Names of the rates among these that are in breach or about to be."""
    return [rate.metric for rate in rates if rate.status in ("AT_RISK", "BREACH")]


SHOW_COLUMNS = (
    Column("order_id", "word", "order"),
    Column("ordered_at", "instant", "ordered"),
    Column("ship_by", "instant", "ship by", importance="key"),
    Column("decided_at", "instant", "decided"),
    Column("is_defect", "flag", "defect"),
    Column("why", "text"),
    Column("counted", "whole", in_table=False),
    Column("defects", "whole", in_table=False),
)


def orders_behind(
    reader: Reader, name: str, question: RateQuestion = AT_PRESENT, *, limit: int | None = None
) -> Report:
    """The orders a rate counts, defects first; the sum of defects over the sum counted is the rate.

    Where a rate says what is in order (``valid_tracking_rate``), it is what the defects leave.

    Raises:
        NotFound: naming the rates there are, for another name.
    """
    rule = rule_named(name)
    standing = standing_of(reader, question)
    if not is_any_recorded(reader, rule, standing):
        return Report(SHOW_COLUMNS, [], "Nothing of that kind was ever recorded.")
    values = values_between(standing, *window_in(reader, rule, standing))
    sql = f"""SELECT order_id, ordered_at, ship_by, decided_at, defects > 0, why, counted, defects
FROM ({members_of(rule, standing)}) AS found ORDER BY defects > 0 DESC, ordered_at, order_id LIMIT :limit"""
    rows = reader.rows(sql, {**values, "limit": at_most(limit)})
    return Report(SHOW_COLUMNS, rows, "No orders count in this window.")


class CancellationsToday(NamedTuple):
    """The cancellation rate over a window that ends today, and what one order is in it.

    Attributes:
        days: length of the window.
        last: its last day, today in the channel's zone.
        canceled, orders: orders with a cancellation that counts, and orders that count at all.
        limit: as the setting says it, such as ``2.5%``.
        status: of the rate.
        counts: whether the order is one of them.
    """

    days: int
    last: str
    canceled: int
    orders: int
    limit: str
    status: str
    counts: bool


def cancellations_today(reader: Reader, *, channel: str, order_id: str) -> CancellationsToday:
    """The cancellation rate with today in it, so that it shows what canceling an order today does."""
    rule = rule_named("cancellation_rate")
    standing = standing_of(reader, RateQuestion(channel))
    window, _ = span_of(reader, rule, standing)
    first, last = window_of(next_day(standing.day), window.days)
    _, _, orders, canceled = count_between(reader, rule, standing, first, last)
    ours = f"SELECT EXISTS (SELECT 1 FROM ({members_of(rule, standing)}) AS found WHERE order_id = :order)"
    (counts,) = reader.rows(ours, {**values_between(standing, first, last), "order": order_id}).fetchone()
    status = judge(canceled, orders, limit_of(reader, rule, standing)).status
    limit = reader.setting(rule.limit, standing.day)
    return CancellationsToday(window.days, last, canceled, orders, limit, status, bool(counts))


def next_day(day: str) -> str:
    """The day after a day."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
