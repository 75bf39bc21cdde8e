"""How long what is known about a person is kept, and from when that is counted.

Source: Amazon's data protection policy: no longer than 30 days after delivery, unless the law asks for more.
"""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ordercli.domain.orders.personal import person_rows_sql, says_something
from ordercli.domain.times import shift


class RetentionTerms(NamedTuple):
    """A channel's terms, in days.

    Attributes:
        kept: how long a person's data are kept from delivery on.
        delivery: how long a delivery takes of which nobody told the day.
    """

    kept: int
    delivery: int


def counted_from(
    shipments: Iterable[tuple[str | None, str]], canceled_at: str | None, ordered_at: str, delivery_days: int
) -> str:
    """The instant from which an order's days of keeping count.

    That is its last delivery. Where nobody told that of a shipment, it is so many days after it left; an order of
    which nothing was shipped counts from its last cancellation, or from when it was placed.

    Args:
        shipments: when each was delivered, None if not told, and the day it left; void ones are left out.
        canceled_at: when units of it were canceled last; None if none were.
        ordered_at: when it was placed.
        delivery_days: days from leaving to delivery, where that is not told.
    """
    arrivals = [
        delivered_at or shift(f"{shipped_on}T00:00:00Z", days=delivery_days)
        for delivered_at, shipped_on in shipments
    ]
    return max(arrivals, default=canceled_at or ordered_at)


def counted_from_sql(delivery_days: str) -> str:
    """SQL of :func:`counted_from` for order ``o``; ``delivery_days`` is an expression.

    A shipment that only a report tells of left on the day its units count as sold.
    """
    left_on = """coalesce(s.shipped_on, (SELECT max(i.sold_on) FROM shipment_line i WHERE i.shipment_id = s.id),
      substr(s.recorded_at, 1, 10))"""
    return f"""coalesce((SELECT max(coalesce(s.delivered_at,
      strftime('%Y-%m-%dT00:00:00Z', {left_on}, '+' || {delivery_days} || ' days')))
    FROM shipment s WHERE s.sales_order_id = o.id AND s.status <> 'void'),
    (SELECT max(c.canceled_at) FROM order_line l JOIN cancellation c ON c.order_line_id = l.id
      WHERE l.sales_order_id = o.id), o.ordered_at)"""


OPEN_RETURNS = ("requested", "authorized", "received", "inspected")


def is_open(units_open: int, returns: Iterable[str]) -> bool:
    """Whether an order still needs its buyer's data.

    Args:
        units_open: units to ship.
        returns: the status of each of its returns.
    """
    return units_open > 0 or any(status in OPEN_RETURNS for status in returns)


IS_OPEN = f"""(o.units_open > 0 OR EXISTS (SELECT 1 FROM return_authorization r
    WHERE r.sales_order_id = o.id AND r.status IN ({", ".join(f"'{status}'" for status in OPEN_RETURNS)})))"""
"""SQL of :func:`is_open` for order ``o``."""


def told_terms(terms: Mapping[str, RetentionTerms], now: str) -> str:
    """The terms of every channel as JSON, for ``:terms`` of :data:`STANDING`.

    Who is counted from ``latest`` or before has been kept long enough.
    """
    return json.dumps(
        {
            channel: {"delivery": each.delivery, "kept": each.kept, "latest": shift(now, days=-each.kept)}
            for channel, each in terms.items()
        }
    )


KEPT, DELIVERY = (f"CAST(json_extract(t.value, '$.{name}') AS INTEGER)" for name in ("kept", "delivery"))
LATEST = "json_extract(t.value, '$.latest')"
"""What a row ``t`` of the terms says, in SQL."""

HOLDING = f"""
SELECT DISTINCT sales_order_id, personal_id FROM ({person_rows_sql("IS NOT NULL")}) AS found
WHERE personal_id IN (SELECT p.personal_id FROM personal_data p WHERE {says_something("p")})"""
"""The orders of which something about a person is held, and in which rows of ``personal_data``."""

STANDING = f"""
SELECT *, counted_from <= latest AS is_over FROM (
  SELECT o.id AS sales_order_id, o.order_id, o.channel, o.ordered_at, o.status, {IS_OPEN} AS is_open,
    {counted_from_sql(DELIVERY)} AS counted_from, {LATEST} AS latest,
    {KEPT} AS kept
  FROM (SELECT DISTINCT sales_order_id FROM holding WHERE sales_order_id IS NOT NULL) h
  JOIN sales_order o ON o.id = h.sales_order_id JOIN json_each(:terms) t ON t.key = o.channel) AS found"""
"""Each order of ``holding``, which is :data:`HOLDING`, with how it stands; ``:terms`` are :func:`told_terms`."""

MOST_COUNTED = 1_000
"""How many due orders are counted for the list of the day; a shop that has never erased anything has them all."""

DUE = f"""
SELECT count(*) FROM (
  SELECT 1 FROM sales_order o JOIN json_each(:terms) t ON t.key = o.channel
  WHERE (o.ordered_at >= :held_from OR o.id > :last_order) AND o.ordered_at <= {LATEST}
    AND EXISTS (SELECT 1 FROM personal_data p WHERE p.personal_id = o.personal_id AND {says_something("p")})
    AND NOT {IS_OPEN}
    AND {counted_from_sql(DELIVERY)} <= {LATEST}
  LIMIT {MOST_COUNTED}) AS found"""
"""How many orders are due, from where the last purge ended; those apart of which only a text or label is kept."""
