"""Account health: every rate with its window, and the orders behind any of them."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from ordercli.domain.metrics import METRICS, NEGATIVE_STARS, MetricRule, judge, window_of
from ordercli.domain.percent import parse_percent
from ordercli.domain.report import Column, Report
from ordercli.domain.times import day_of, end_of_day, start_of_day
from ordercli.errors import unknown
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("metric", "word"),
    Column("window_start", "day", "from"),
    Column("window_end", "day", "to"),
    Column("numerator", "whole", "defects"),
    Column("denominator", "whole", "orders"),
    Column("rate", "rate"),
    Column("limit", "rate", "limit"),
    Column("status", "word"),
    Column("headroom", "whole"),
)

# Each: order_id, ordered_at, ship_by, decided at, is a defect, why; one row an order that counts.
_LATE = """
SELECT o.order_id, o.ordered_at, o.ship_by, max(s.confirmed_at) AS decided_at,
  max(s.confirmed_at) > o.ship_by AS is_defect,
  CASE WHEN max(s.confirmed_at) > o.ship_by THEN 'confirmed after ship-by' END AS why
FROM sales_order o
JOIN shipment s ON s.sales_order_id = o.id AND s.status <> 'void' AND s.confirmed_at <= :moment
WHERE o.ship_by BETWEEN :start AND :stop AND o.channel = :channel AND o.fulfillment = 'FBM'
GROUP BY o.id"""

_CANCELED = """
SELECT o.order_id, o.ordered_at, o.ship_by, min(c.canceled_at) AS decided_at, count(c.id) > 0 AS is_defect,
  CASE WHEN count(c.id) > 0 THEN 'canceled by ' || min(c.canceled_by) || coalesce(': ' || min(c.reason), '') END
FROM sales_order o
LEFT JOIN order_line l ON l.sales_order_id = o.id
LEFT JOIN cancellation c ON c.order_line_id = l.id AND c.quantity > 0
  AND c.canceled_by IN ('seller', 'buyer-message')
  AND c.canceled_at <= :moment
WHERE o.ordered_at BETWEEN :start AND :stop AND o.channel = :channel AND o.fulfillment = 'FBM'
GROUP BY o.id"""

# Of several remarks on one order the latest holds; an order counts once whatever is held against it.
_DEFECTS = f"""
SELECT o.order_id, o.ordered_at, o.ship_by, d.on_day, d.sales_order_id IS NOT NULL AS is_defect, d.why
FROM sales_order o
LEFT JOIN (
  SELECT sales_order_id, min(on_day) AS on_day, group_concat(why, ', ') AS why FROM (
    SELECT sales_order_id, given_on AS on_day, 'feedback with ' || stars || ' stars' AS why FROM feedback f
    WHERE stars <= {NEGATIVE_STARS} AND given_on <= :remarked AND id = (
      SELECT max(id) FROM feedback g WHERE g.sales_order_id = f.sales_order_id AND g.given_on <= :remarked)
    UNION ALL
    SELECT sales_order_id, filed_on, kind || ' ' || status FROM claim c
    WHERE status <> 'denied' AND filed_on <= :remarked AND id = (
      SELECT max(id) FROM claim b WHERE b.sales_order_id = c.sales_order_id AND b.kind = c.kind
        AND b.filed_on <= :remarked)
  ) GROUP BY sales_order_id
) d ON d.sales_order_id = o.id
WHERE o.ordered_at BETWEEN :start AND :stop AND o.channel = :channel AND o.fulfillment = 'FBM'"""

BEHIND = {
    "order_defect_rate": _DEFECTS,
    "late_shipment_rate_10d": _LATE,
    "late_shipment_rate_30d": _LATE,
    "cancellation_rate": _CANCELED,
}

COUNTS = {name: f"SELECT count(*), coalesce(sum(is_defect), 0) FROM ({sql})" for name, sql in BEHIND.items()}

# Past their promise and not confirmed at all: whenever they are, it will be late.
OVERDUE = """
SELECT count(*) FROM sales_order o
WHERE o.ship_by >= :start AND o.ship_by < :moment AND o.units > o.units_canceled
  AND o.channel = :channel AND o.fulfillment = 'FBM'
  AND NOT EXISTS (SELECT 1 FROM shipment s WHERE s.sales_order_id = o.id AND s.status <> 'void'
    AND (s.confirmed_at IS NOT NULL OR s.origin = 'channel'))"""

_END = "9999-12-31"

HAS_REMARKS = """
SELECT EXISTS (SELECT 1 FROM feedback WHERE given_on <= :remarked)
  OR EXISTS (SELECT 1 FROM claim WHERE filed_on <= :remarked)"""


def metrics(reader: Reader, *, channel: str = "amazon", as_of: str | None = None) -> Report:
    """Every rate of a channel as it stands today, or stood on a past day."""
    return Report(COLUMNS, [_judged(reader, rule, channel, as_of) for rule in METRICS], "No rates.")


def _judged(reader: Reader, rule: MetricRule, channel: str, as_of: str | None) -> tuple[Any, ...]:
    values = _values(reader, rule, channel, as_of)
    orders, defects = reader.rows(COUNTS[rule.name], values).fetchone()
    is_late = rule.name.startswith("late")
    is_now = values["remarked"] == _END
    foreseen = reader.rows(OVERDUE, values).fetchone()[0] if is_late and is_now else 0
    if rule.name == "order_defect_rate" and not reader.rows(HAS_REMARKS, values).fetchone()[0]:
        orders = 0
    limit = parse_percent(reader.setting(rule.setting, values["day"]))
    judged = judge(defects, orders, limit, foreseen=foreseen)
    return (
        rule.name,
        values["first"],
        values["last"],
        defects,
        orders,
        judged.rate,
        float(limit),
        judged.status,
        judged.headroom,
    )


def _values(reader: Reader, rule: MetricRule, channel: str, as_of: str | None) -> dict[str, Any]:
    zone = reader.setting(f"channel.{channel}.time_zone") or reader.time_zone
    is_now = as_of is None or as_of == reader.today
    day = day_of(reader.now, zone) if is_now or as_of is None else as_of
    first, last = window_of(day, rule.days)
    return {
        "channel": channel,
        "day": day,
        # Remarks carry the shop's days; those recorded by now all count now.
        "remarked": _END if is_now else day,
        "first": first,
        "last": last,
        "start": start_of_day(first, zone),
        "stop": end_of_day(last, zone),
        # What had happened by the end of that day, as far as it has come.
        "moment": reader.now if is_now else end_of_day(day, zone),
    }


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
    rule = next(rule for rule in METRICS if rule.name == "cancellation_rate")
    zone = reader.setting(f"channel.{channel}.time_zone") or reader.time_zone
    today = day_of(reader.now, zone)
    tomorrow = (date.fromisoformat(today) + timedelta(days=1)).isoformat()
    first, last = window_of(tomorrow, rule.days)
    values = {
        **_values(reader, rule, channel, None),
        "start": start_of_day(first, zone),
        "stop": end_of_day(last, zone),
        "order": order_id,
    }
    orders, canceled = reader.rows(COUNTS[rule.name], values).fetchone()
    ours = f"SELECT EXISTS (SELECT 1 FROM ({_CANCELED}) WHERE order_id = :order)"
    (counts,) = reader.rows(ours, values).fetchone()
    limit = reader.setting(rule.setting, today)
    status = judge(canceled, orders, parse_percent(limit)).status
    return CancellationsToday(rule.days, last, canceled, orders, limit, status, bool(counts))


SHOW_COLUMNS = (
    Column("order_id", "word", "order"),
    Column("ordered_at", "instant", "ordered"),
    Column("ship_by", "instant", "ship by"),
    Column("decided_at", "instant", "decided"),
    Column("is_defect", "flag", "defect"),
    Column("why", "text"),
)


def orders_behind(
    reader: Reader, name: str, *, channel: str = "amazon", as_of: str | None = None, limit: int | None = None
) -> Report:
    """The orders a rate counts, defects first; defects over rows is the rate.

    Raises:
        NotFound: naming the rates there are, for another name.
    """
    rule = next((rule for rule in METRICS if rule.name == name), None)
    if rule is None:
        raise unknown("rate", name, (rule.name for rule in METRICS))
    values = {**_values(reader, rule, channel, as_of), "limit": -1 if limit is None else limit}
    sql = f"SELECT * FROM ({BEHIND[name]}) ORDER BY is_defect DESC, ordered_at, order_id LIMIT :limit"
    return Report(SHOW_COLUMNS, reader.rows(sql, values), "No orders count in this window.")


def rates_at_risk(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Names of the rates among these rows that are in breach or about to be."""
    return [row[0] for row in rows if row[7] in ("AT_RISK", "BREACH")]
