"""What follows from facts and statements, made anew from them: what ``doctor --fix`` does with rows."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from ordercli.db import driver_of
from ordercli.domain.hours import HOURS
from ordercli.domain.places import HOME
from ordercli.domain.words import joined
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.book_check import bring_in_line_again


class Rebuild(NamedTuple):
    """How one kind of rows that follow from others is made anew.

    Attributes:
        name: what is made anew, in the seller's words.
        source: what from.
        statements: SQL; none of them touches a fact.
        use_case: what does it where SQL alone cannot.
    """

    name: str
    source: str
    statements: tuple[str, ...] = ()
    use_case: Callable[[Work], None] | None = None


_MOVED = """(SELECT product_id, location, sum(units) AS units FROM (
    SELECT product_id, to_location AS location, quantity AS units FROM stock_movement
    UNION ALL SELECT product_id, from_location, -quantity FROM stock_movement) AS found
  WHERE location IN (SELECT code FROM location WHERE kind <> 'outside') GROUP BY product_id, location)"""
_PROMISED = """(SELECT product_id, sum(units) AS units FROM (
    SELECT product_id, quantity_allocated AS units FROM order_line
    WHERE quantity_allocated > 0 AND is_assembled = 0
    UNION ALL SELECT c.product_id, c.quantity * l.quantity_allocated FROM order_line l
      JOIN order_line_component c ON c.order_line_id = l.id WHERE l.quantity_allocated > 0) AS found
  GROUP BY product_id)"""

# A level is never below what is promised of it, not in between either.
_LEVELS = (
    "UPDATE stock_level SET allocated = 0",
    f"""
INSERT INTO stock_level (product_id, location, quantity) SELECT product_id, location, units FROM {_MOVED} m
WHERE true
ON CONFLICT (product_id, location) DO UPDATE SET quantity = excluded.quantity""",
    f"""
UPDATE stock_level SET quantity = 0 WHERE quantity <> 0 AND NOT EXISTS (
  SELECT 1 FROM {_MOVED} m WHERE m.product_id = stock_level.product_id AND m.location = stock_level.location)""",
    f"""
UPDATE stock_level SET allocated = p.units FROM {_PROMISED} p
WHERE stock_level.product_id = p.product_id AND stock_level.location = '{HOME}'""",
)

_HOURLY = (
    "DELETE FROM hourly_sum",
    f"""
INSERT INTO hourly_sum (kind, channel, hour, counted, defects)
SELECT kind, channel, hour, sum(counted), sum(defects) FROM ({HOURS}) AS found GROUP BY kind, channel, hour""",
)
# A confirmed order that goes is taken out of the sums by hour, which may not be as they should either.
_CONFIRMED = (
    "DELETE FROM hourly_sum",
    "DELETE FROM confirmed_order",
    """
INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments,
  shipments_tracked, units_followed, units_on_time)
SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments, shipments_tracked, units_followed,
  units_on_time FROM confirmed_order_now""",
    *_HOURLY,
)

REBUILDS: Mapping[str, Rebuild] = {
    "integrity": Rebuild("indexes", "their tables", ("REINDEX",)),
    "level-sum": Rebuild("stock levels", "the movements", _LEVELS),
    "promised-twice": Rebuild("promised units", "the lines they are promised to", _LEVELS),
    "order-book": Rebuild("orders", "what files said of them", use_case=bring_in_line_again),
    "order-sums": Rebuild(
        "units of orders",
        "their lines",
        (
            """
UPDATE sales_order SET units = l.units, units_shipped = l.shipped, units_canceled = l.canceled
FROM (SELECT sales_order_id, sum(quantity) AS units, sum(quantity_shipped) AS shipped,
  sum(quantity_canceled) AS canceled FROM order_line GROUP BY sales_order_id) l
WHERE l.sales_order_id = sales_order.id
  AND (sales_order.units, units_shipped, units_canceled) <> (l.units, l.shipped, l.canceled)""",
        ),
    ),
    "daily-sales": Rebuild(
        "daily sales",
        "the shipments",
        (
            "DELETE FROM daily_sales",
            """
INSERT INTO daily_sales (product_id, day, units)
SELECT s.product_id, s.sold_on, sum(s.quantity) FROM shipped_unit s
JOIN shipment p ON p.id = s.shipment_id AND p.status <> 'void' GROUP BY s.product_id, s.sold_on""",
        ),
    ),
    "daily-demand": Rebuild(
        "daily demand",
        "the orders",
        (
            "DELETE FROM daily_demand",
            """
INSERT INTO daily_demand (product_id, day, fulfillment, units)
SELECT product_id, ordered_on, fulfillment, sum(units) FROM ordered_unit
GROUP BY product_id, ordered_on, fulfillment""",
        ),
    ),
    "stockouts": Rebuild(
        "stockouts",
        "the movements",
        (
            "DELETE FROM stockout",
            """
INSERT INTO stockout (product_id, began_at, ended_at) SELECT product_id, began_at, ended_at FROM stockout_now""",
        ),
    ),
    "confirmed-orders": Rebuild("confirmed orders", "the shipments", _CONFIRMED),
    "hourly-sums": Rebuild("sums by hour", "the orders", _HOURLY),
    "day-sums": Rebuild("sums of days", "the orders, by the next backup", ("DELETE FROM counted_day",)),
}
"""By the code of the check."""


def rebuild(work: Work, codes: Iterable[str]) -> Outcome:
    """Make anew what follows from facts and statements.

    Args:
        work: the command's frame.
        codes: of checks that found something, each of :data:`REBUILDS`.
    """
    wanted = set(codes)
    driver = driver_of(work.connection)
    done = [told for code, told in REBUILDS.items() if code in wanted]
    for each in done:
        if each.use_case is not None:
            each.use_case(work)
        for statement in each.statements:
            driver.execute(statement)
    return Outcome(f"made {words(wanted)}", {"sums_rebuilt": len(done)})


def words(codes: Iterable[str]) -> str:
    """What is made anew, as a part of a sentence."""
    wanted = set(codes)
    done = [told for code, told in REBUILDS.items() if code in wanted]
    if len(done) == 1:
        return f"{done[0].name} anew from {done[0].source}"
    return f"{joined([told.name for told in done])} anew from what they follow from"
