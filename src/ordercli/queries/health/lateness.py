"""The late shipment rate as it will be once certain orders are confirmed."""

from collections.abc import Sequence

from ordercli.domain.health.metrics import judge, window_of
from ordercli.domain.limits import parse_limit
from ordercli.domain.orders.orders import late_sql
from ordercli.domain.orders.tax_inside import IS_JUDGED
from ordercli.domain.times import day_of, end_of_day, shift, start_of_day
from ordercli.queries.reader import Reader

DAYS = 30
"""The longer of Amazon's two windows."""

_TOLD = "(SELECT CAST(value AS INTEGER) FROM json_each(:orders))"
_CONCERNED = f"""
SELECT o.channel, max(o.ship_by) FROM sales_order o
WHERE o.id IN {_TOLD} AND {IS_JUDGED} AND o.ship_by IS NOT NULL
GROUP BY o.channel ORDER BY count(*) DESC, o.channel LIMIT 1"""

# As the late shipment rate counts (queries/health/members.py), with orders not confirmed yet as if they were now;
# and what it is of all others.
_RATE = f"""
SELECT count(*), coalesce(sum(is_late), 0), count(*) FILTER (WHERE is_meant = 0),
  coalesce(sum(is_late) FILTER (WHERE is_meant = 0), 0)
FROM (
 SELECT is_meant, {late_sql("confirmed_at", "ship_by")} AS is_late FROM (
  SELECT o.ship_by, o.id IN {_TOLD} AS is_meant, max(coalesce(s.confirmed_at,
    iif(o.id IN {_TOLD}, :now, NULL))) AS confirmed_at
  FROM sales_order o
  JOIN shipment s ON s.sales_order_id = o.id AND s.status <> 'void'
  WHERE o.ship_by BETWEEN :start AND :stop AND o.channel = :channel AND {IS_JUDGED}
  GROUP BY o.id
) AS found WHERE confirmed_at IS NOT NULL) AS found"""


def late_rate_with(reader: Reader, orders: Sequence[int]) -> str | None:
    """The late shipment rate with these orders confirmed now, as a sentence.

    None if no promise is concerned, and where there is nothing to tell: the rate is OK, and these orders do not
    make it worse.

    The window is Amazon's longer one, moved on so far that it holds the promises of these orders.

    Args:
        reader: the reading, or the writing under way.
        orders: row ids; they have shipments.
    """
    meant = {"orders": str(list(orders))}
    concerned = reader.rows(_CONCERNED, meant).fetchone()
    if concerned is None:
        return None
    channel, ship_by = concerned
    zone = reader.channel_zone(channel)
    last_day = max(day_of(reader.now, zone), day_of(ship_by, zone))
    first, last = window_of(day_of(shift(end_of_day(last_day, zone), seconds=1), zone), DAYS)
    window = {"channel": channel, "start": start_of_day(first, zone), "stop": end_of_day(last, zone)}
    counted, late, others, late_others = reader.rows(_RATE, {**meant, **window}).fetchone()
    if not counted:  # promised so long ago that no window holds it
        return None
    limit = reader.setting("limit.late_shipment_rate")
    status = judge(late, counted, parse_limit(limit, is_most=True)).status
    is_worse = late * others > late_others * counted if others else late > 0
    if status == "OK" and not is_worse:
        return None
    said = f"{late} of {counted} late ({100 * late / counted:.1f}%), limit {limit}: {status}"
    return f"Late shipment rate of the {DAYS} days to {last}: {said}."
