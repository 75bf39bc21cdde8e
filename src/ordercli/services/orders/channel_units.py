"""Units the channel says have left: taken from own stock, or given back where they were none of it.

All of it speaks of the lines in ``staged_line``.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, text

from ordercli.db import driver_of
from ordercli.domain.movements import standing_sql
from ordercli.domain.orders.left_canceled import LINE_LEFT_CANCELED, UNITS_LEFT
from ordercli.domain.places import CUSTOMER, HOME, LOSS
from ordercli.domain.stock.stock import latest_possible
from ordercli.services.lookup import on_hand
from ordercli.services.operations import Work
from ordercli.services.stock.allocation import release
from ordercli.services.stock.coming_back import Piece, taken_by
from ordercli.services.stock.ledger import Posting, Unit, post, set_movements
from ordercli.services.stock.usual_cost import unknown_cost_warnings, usual_cost


def first_fact(product: str, place: str = HOME) -> str:
    """When units of a product first came to or left a place, what was undone apart, as a subselect."""
    return (
        f"(SELECT f.occurred_at FROM stock_movement f WHERE f.product_id = {product}"
        f" AND '{place}' IN (f.from_location, f.to_location) AND {standing_sql('f')}"
        " ORDER BY f.occurred_at LIMIT 1)"
    )


# Units drawn from own stock that left before there was any, as an earlier time tells, or at a time that no report
# tells of this line any more, or that Amazon ships.
UNITS_TO_RETURN = f"""
SELECT u.shipment_line_id AS line, u.is_part, u.product_id, u.movement_id
FROM staged_line s
JOIN order_line l ON l.id = s.order_line_id
JOIN sales_order o ON o.id = l.sales_order_id
JOIN shipped_unit u ON u.order_line_id = l.id
JOIN shipment p ON p.id = u.shipment_id AND p.origin = 'channel'
JOIN stock_movement m ON m.id = u.movement_id AND m.from_location = 'HOME'
WHERE s.is_new <> 1 AND (o.fulfillment = 'FBA' OR l.channel_shipped_at IS NULL
  OR l.channel_shipped_at <= {first_fact("u.product_id")})
ORDER BY line, u.product_id"""

CHANNEL_REPORT = "channel report"
"""The reason of adjustments that the channel's reports ask for."""

FOUND_FOR_CHANNEL = f"""
SELECT coalesce(sum(CASE to_location WHEN 'HOME' THEN quantity ELSE -quantity END), 0) FROM stock_movement m
WHERE product_id = :product AND kind = 'adjustment' AND reason = '{CHANNEL_REPORT}' AND {standing_sql("m")}"""

# Units reported shipped after the product's first own stock fact left own stock; earlier ones are history.
UNITS_TO_DRAW = f"""
SELECT u.shipment_line_id AS line, u.is_part, u.product_id, u.quantity, l.channel_shipped_at AS shipped_at,
  o.order_id
FROM staged_line s
JOIN order_line l ON l.id = s.order_line_id AND l.channel_shipped_at IS NOT NULL
JOIN sales_order o ON o.id = l.sales_order_id AND o.fulfillment = 'FBM'
JOIN shipped_unit u ON u.order_line_id = l.id AND u.movement_id IS NULL
JOIN shipment sh ON sh.id = u.shipment_id AND sh.origin = 'channel'
WHERE l.channel_shipped_at > {first_fact("u.product_id")}
ORDER BY l.channel_shipped_at, o.order_id, line, u.product_id"""

_LEFT_THOUGH_CANCELED = f"""
SELECT o.order_id, o.channel, p.sku, {UNITS_LEFT.format(line="l")} AS units,
  (SELECT group_concat(h.id, ', ' /*+ ORDER BY i.id */) FROM shipment_line i
    JOIN shipment h ON h.id = i.shipment_id AND h.status <> 'void'
    WHERE i.order_line_id = l.id) AS shipments
FROM opened_order b JOIN order_line l ON l.sales_order_id = b.sales_order_id
  AND {LINE_LEFT_CANCELED.format(line="l")}
JOIN sales_order o ON o.id = l.sales_order_id JOIN product p ON p.id = l.product_id
ORDER BY o.order_id, o.channel, l.line_no"""


def left_though_canceled(work: Work) -> list[str]:
    """A sentence for each line of the opened orders of which units have left that the channel has canceled."""
    return [
        f"{row.channel} has canceled {row.units} {row.sku} of order {row.order_id}, which left in shipment"
        f" {row.shipments}; stop it, then: ordercli shipment void {row.shipments.split(', ')[0]}"
        for row in work.connection.exec_driver_sql(_LEFT_THOUGH_CANCELED)
        if row.shipments
    ]


def draw_reported_units(work: Work) -> list[str]:
    """Take from own stock what the channel says was shipped since stock has been kept here.

    The report is evidence: where the book holds too few units, the missing ones are booked as found first,
    and a warning asks for a count.
    """
    connection = work.connection
    rows = connection.exec_driver_sql(UNITS_TO_DRAW).all()
    if not rows:
        return []
    release(connection)
    by_product: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_product[row.product_id].append(row)
    found: list[Posting] = []
    shipped: list[Posting] = []
    warnings: list[str] = []
    for product_id, units in by_product.items():
        held = on_hand(connection, product_id)[0]
        missing = sum(row.quantity for row in units) - held
        if missing > 0:
            found.append(_found(work, product_id, missing))
            warnings.append(_missing_sentence(work, product_id, missing))
        told = [(min(row.shipped_at, work.now), row.quantity) for row in units]
        moved = [*_moved_after(work, product_id, told[0][0]), *([(work.now, missing)] if missing > 0 else [])]
        moments = latest_possible(held + max(0, missing), moved, told, work.now)
        shipped += [
            Posting("shipment", product_id, HOME, CUSTOMER, row.quantity, moment, reference=row.order_id)
            for row, moment in zip(units, moments, strict=True)
        ]
    warnings += unknown_cost_warnings(connection, {posting.product_id for posting in found})
    post(work, found)
    movements = post(work, shipped)
    drawn = [row for units in by_product.values() for row in units]
    set_movements(connection, [(_unit(row), movement) for row, movement in zip(drawn, movements, strict=True)])
    return warnings


_MOVED_AFTER = """
SELECT occurred_at, CASE to_location WHEN :home THEN quantity ELSE -quantity END FROM stock_movement
WHERE product_id = :product AND occurred_at > :instant AND :home IN (from_location, to_location)"""

_TAKEN_BACK = """
SELECT t.order_line_id, t.units, i.id AS line, i.shipment_id, i.quantity, l.is_assembled
FROM taken_back t JOIN order_line l ON l.id = t.order_line_id
JOIN shipment_line i ON i.order_line_id = t.order_line_id
JOIN shipment h ON h.id = i.shipment_id AND h.origin = 'channel' AND h.status <> 'void'
ORDER BY t.order_line_id, i.id DESC"""

_MOVED = """
SELECT u.shipment_line_id AS line, u.is_part, u.product_id, u.movement_id
FROM shipped_unit u WHERE u.shipment_line_id = :line AND u.movement_id IS NOT NULL ORDER BY u.product_id"""

_LESS = (
    """
UPDATE daily_sales SET units = units - u.gone
FROM (SELECT product_id, sold_on, quantity / :quantity * :units AS gone FROM shipped_unit
  WHERE shipment_line_id = :line) u
WHERE daily_sales.product_id = u.product_id AND daily_sales.day = u.sold_on""",
    "UPDATE order_line SET quantity_shipped = quantity_shipped - :units WHERE id = :order_line",
    """
UPDATE shipment_component SET quantity = quantity / :quantity * (:quantity - :units)
WHERE shipment_line_id = :line AND :quantity > :units""",
    "UPDATE shipment_line SET quantity = :quantity - :units WHERE id = :line AND :quantity > :units",
    "DELETE FROM shipment_component WHERE shipment_line_id = :line AND :quantity = :units",
    "DELETE FROM shipment_line WHERE id = :line AND :quantity = :units",
    """
DELETE FROM shipment WHERE id = :shipment
  AND NOT EXISTS (SELECT 1 FROM shipment_line WHERE shipment_id = :shipment)
  AND NOT EXISTS (SELECT 1 FROM shipment_event WHERE shipment_id = :shipment)
  AND NOT EXISTS (SELECT 1 FROM shipment_fix WHERE shipment_id = :shipment)""",
)


def take_back_units(work: Work) -> None:
    """Take units that are another line's, as ``taken_back`` says, off the channel's shipments."""
    connection = work.connection
    left: dict[int, int] = {}
    for row in connection.exec_driver_sql(_TAKEN_BACK).all():
        units = min(left.setdefault(row.order_line_id, row.units), row.quantity)
        if not units:
            continue
        left[row.order_line_id] -= units
        moved = connection.execute(text(_MOVED), {"line": row.line}).all()
        release(connection)
        post(work, [piece.back() for piece in taken_by(connection, (m.movement_id for m in moved))])
        set_movements(connection, [(_unit(m), None) for m in moved])
        values = {
            "line": row.line,
            "units": units,
            "quantity": row.quantity,
            "order_line": row.order_line_id,
            "shipment": row.shipment_id,
        }
        for statement in _LESS:
            connection.execute(text(statement), values)


def return_history(work: Work) -> None:
    """Take back what was drawn for units that left before there was stock, and what was found to cover it."""
    connection = work.connection
    rows = connection.exec_driver_sql(UNITS_TO_RETURN).all()
    if not rows:
        return
    release(connection)
    by_product: dict[int, list[Piece]] = defaultdict(list)
    for piece in taken_by(connection, (row.movement_id for row in rows)):
        by_product[piece.product_id].append(piece)
    back: list[Posting] = []
    spare: list[Posting] = []
    for product_id, pieces in by_product.items():
        found = connection.execute(text(FOUND_FOR_CHANNEL), {"product": product_id}).scalar_one()
        came, gone = _taken_back(pieces, min(found, sum(piece.quantity for piece in pieces)), work.now)
        back += came
        spare += gone
    post(work, back)
    post(work, spare)
    set_movements(connection, [(_unit(row), None) for row in rows])


def _taken_back(pieces: Sequence[Piece], found: int, now: str) -> tuple[list[Posting], list[Posting]]:
    """What comes back of a product, and what was only found to cover it, which goes at the cost that it came with.

    Args:
        pieces: all that comes back of one product.
        found: how many units are to go, not more than come back.
        now: when they go.
    """
    product, lot = pieces[0].product_id, pieces[0].movement
    back: list[Posting] = []
    apart = 0
    for piece in pieces:
        theirs = min(piece.quantity, found - apart) if piece.came_as == CHANNEL_REPORT else 0
        apart += theirs
        for start, stop, to_lot in ((0, theirs, lot), (theirs, piece.quantity, 0)):
            if stop > start:
                back.append(piece.part(start, stop).back(to_lot=to_lot))
    gone = [
        Posting("adjustment", product, HOME, LOSS, units, now, reason=CHANNEL_REPORT, from_lot=from_lot)
        for units, from_lot in ((apart, lot), (found - apart, 0))
        if units
    ]
    return back, gone


def _unit(row: Row[Any]) -> Unit:
    return Unit(row.line, row.product_id, bool(row.is_part))


def _found(work: Work, product_id: int, units: int) -> Posting:
    cost = usual_cost(work.connection, product_id, units)
    return Posting("adjustment", product_id, LOSS, HOME, units, work.now, cost, reason=CHANNEL_REPORT)


def _missing_sentence(work: Work, product_id: int, units: int) -> str:
    sku = work.connection.execute(text("SELECT sku FROM product WHERE id = :id"), {"id": product_id}).scalar_one()
    return f"{sku}: the channel reports {units} more units shipped than were on hand; count this product"


def _moved_after(work: Work, product_id: int, instant: str) -> Iterator[tuple[str, int]]:
    """What came to own stock and left it after an instant."""
    values = {"product": product_id, "home": HOME, "instant": instant}
    return driver_of(work.connection).execute(_MOVED_AFTER, values)
