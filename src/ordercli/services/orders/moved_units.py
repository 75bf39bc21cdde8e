"""Units that the seller shipped, canceled or picked, moved to another line of their product.

The table ``moved_unit`` says which. Nothing of what happened changes: a shipment holds the same units, bought at
the same cost and sold on the same day. That they are on this line is known from now on, not before.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import Row, text

from ordercli.domain.places import CUSTOMER
from ordercli.services.operations import Work
from ordercli.services.stock.coming_back import taken_by
from ordercli.services.stock.ledger import Posting, Unit, post, set_movements

_MOVED = "SELECT kind, act, from_line, to_line, units FROM moved_unit ORDER BY id"

_LIFT = {
    "shipped": ("UPDATE order_line SET quantity_shipped = quantity_shipped - :units WHERE id = :from_line",),
    "canceled": (
        """
INSERT INTO cancellation (order_line_id, quantity, canceled_by, reason, canceled_at, operation_id, is_named,
  act_operation_id)
SELECT order_line_id, -:units, canceled_by, reason, canceled_at, :operation, is_named,
  coalesce(act_operation_id, operation_id)
FROM cancellation WHERE id = :act""",
    ),
    "picked": (
        """
INSERT INTO line_pick (order_line_id, quantity, reason, picked_at, operation_id)
VALUES (:from_line, -:units, 'put_back', :now, :operation)""",
        "UPDATE order_line SET quantity_allocated = quantity_allocated - :units WHERE id = :from_line",
        "UPDATE touched_line SET picked = picked - :units, allocated = allocated - :units WHERE id = :from_line",
    ),
}
_LAY = {
    "canceled": (
        """
INSERT INTO cancellation (order_line_id, quantity, canceled_by, reason, canceled_at, operation_id, is_named,
  act_operation_id)
SELECT :to_line, :units, canceled_by, reason, canceled_at, :operation, is_named,
  coalesce(act_operation_id, operation_id)
FROM cancellation WHERE id = :act""",
    ),
    # The line may want fewer than were picked for the other one; as it counts as having had them, that is told.
    "picked": (
        """
INSERT INTO touched_line (id, allocated, shipped, picked)
SELECT id, :units, quantity_shipped, :units FROM order_line WHERE id = :to_line
ON CONFLICT (id) DO UPDATE SET allocated = touched_line.allocated + excluded.allocated,
  picked = touched_line.picked + excluded.picked, shipped = excluded.shipped""",
        """
UPDATE order_line SET quantity_allocated = max(quantity_allocated, min(quantity_picked + :units,
  quantity_open - quantity_short))
WHERE id = :to_line""",
        """
INSERT INTO line_pick (order_line_id, quantity, reason, picked_at, operation_id)
SELECT id, min(:units, quantity_open - quantity_short - quantity_picked), 'picked', :now, :operation
FROM order_line WHERE id = :to_line AND quantity_open - quantity_short > quantity_picked""",
    ),
}

_SHIPMENT_LINE = """
SELECT i.id, i.shipment_id, i.order_line_id, i.product_id, i.quantity, i.sold_on, o.order_id,
  o.id AS sales_order_id, p.sku
FROM shipment_line i JOIN order_line l ON l.id = i.order_line_id JOIN sales_order o ON o.id = l.sales_order_id
JOIN product p ON p.id = i.product_id WHERE i.id = :act"""

_UNITS = """
SELECT u.product_id, u.is_part, u.quantity, u.movement_id, m.from_location, m.occurred_at
FROM shipped_unit u LEFT JOIN stock_movement m ON m.id = u.movement_id
WHERE u.shipment_line_id = :line ORDER BY u.product_id"""

# The whole row goes; what its line has of it is set by hand, for only an insertion counts.
_GIVE_ROW = (
    "UPDATE shipment_line SET order_line_id = :line WHERE id = :row",
    """
UPDATE order_line SET quantity_shipped = quantity_shipped + :units,
  quantity_allocated = min(quantity_allocated, max(0, quantity_open - quantity_short - :units)),
  quantity_picked = min(quantity_picked, max(0, quantity_open - quantity_short - :units)),
  quantity_short = min(quantity_short, quantity_open - :units)
WHERE id = :line""",
)
# What is counted when the new row is inserted is taken off first.
_SHRINK = (
    """
UPDATE daily_sales SET units = units - u.gone
FROM (SELECT product_id, sold_on, quantity - quantity / :quantity * :kept AS gone FROM shipped_unit
  WHERE shipment_line_id = :row) u
WHERE daily_sales.product_id = u.product_id AND daily_sales.day = u.sold_on""",
    "UPDATE shipment_component SET quantity = quantity / :quantity * :kept WHERE shipment_line_id = :row",
    "UPDATE shipment_line SET quantity = :kept WHERE id = :row",
)
_ADD_ROW = """
INSERT INTO shipment_line (shipment_id, order_line_id, product_id, quantity, sold_on, is_named)
SELECT shipment_id, :line, product_id, :units, sold_on, is_named FROM shipment_line WHERE id = :row RETURNING id"""

_EVENT = """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT :order, :operation, :now, 'changed',
  :sku || ': ' || :units || ' of shipment ' || :shipment || ' on line #'
  || coalesce(item_id, CAST(line_no AS TEXT))
FROM order_line WHERE id = :line"""


class Moved(NamedTuple):
    """Units of one act that go from one line to another; ``act`` as ``domain.orders.acts_laid.Act.row``."""

    kind: str
    act: int
    from_line: int
    to_line: int
    units: int


def lift_units(work: Work) -> list[Moved]:
    """Take the units off the lines they are on, which may be too small for them from now on."""
    moved = [Moved(*row) for row in work.connection.exec_driver_sql(_MOVED)]
    for each in moved:
        for statement in _LIFT[each.kind]:
            work.connection.execute(text(statement), _values(work, each))
    return moved


def lay_units(work: Work, moved: Sequence[Moved]) -> None:
    """Put the units that :func:`lift_units` took off on their lines, which are there now."""
    shipped = [each for each in moved if each.kind == "shipped"]
    for row, parts in groupby(sorted(shipped, key=lambda each: each.act), key=lambda each: each.act):
        _divide(work, row, list(parts))
    for each in moved:
        for statement in _LAY.get(each.kind, ()):
            work.connection.execute(text(statement), _values(work, each))


def _values(work: Work, moved: Moved) -> dict[str, Any]:
    return {**moved._asdict(), "operation": work.operation, "now": work.now}


def _divide(work: Work, row: int, parts: list[Moved]) -> None:
    """Divide a shipment's row among lines, the one it stands on included where units stay there."""
    connection = work.connection
    line = connection.execute(text(_SHIPMENT_LINE), {"act": row}).one()
    units = connection.execute(text(_UNITS), {"line": row}).all()
    stays = line.quantity - sum(part.units for part in parts)
    if not stays:
        first = parts.pop(0)
        stays = first.units
        for statement in _GIVE_ROW:
            connection.execute(text(statement), {"row": row, "line": first.to_line, "units": stays})
        _tell(work, line, first)
    if not parts:
        return
    for statement in _SHRINK:
        connection.execute(text(statement), {"row": row, "quantity": line.quantity, "kept": stays})
    rows = {row: stays}
    for part in parts:
        added = connection.execute(text(_ADD_ROW), {"row": row, "line": part.to_line, "units": part.units})
        rows[added.scalar_one()] = part.units
        _tell(work, line, part)
    for unit in units:
        if unit.movement_id is not None:
            _divide_movement(work, line, unit, rows)


def _tell(work: Work, line: Row[Any], part: Moved) -> None:
    values = {
        **_values(work, part),
        "order": line.sales_order_id,
        "sku": line.sku,
        "shipment": line.shipment_id,
        "line": part.to_line,
    }
    work.connection.execute(text(_EVENT), values)


def _divide_movement(work: Work, line: Row[Any], unit: Row[Any], rows: dict[int, int]) -> None:
    """A movement for each row: the units come back into a lot of their own and leave it again at their cost."""
    each = unit.quantity // line.quantity
    place = unit.from_location
    back = [
        piece.back(reason="line split", to_lot=line.id) for piece in taken_by(work.connection, [unit.movement_id])
    ]
    again = [
        Posting(
            "shipment",
            unit.product_id,
            place,
            CUSTOMER,
            each * units,
            unit.occurred_at,
            reference=line.order_id,
            reason="line split",
            from_lot=line.id,
        )
        for units in rows.values()
    ]
    post(work, back)
    movements = post(work, again)
    moved = [Unit(row, unit.product_id, bool(unit.is_part)) for row in rows]
    set_movements(work.connection, list(zip(moved, movements, strict=True)))
