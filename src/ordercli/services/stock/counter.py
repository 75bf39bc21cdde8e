"""Taking movements back: each by another one at its time and at its cost, so that the past agrees too.

The units leave the layers they came in, not the oldest, and are again what they were where they came from: layers
of their own, first acquired when those were, which name what they restore. So taking back the taking back finds
them (docs/adr/0037-undo.md).
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from typing import Any

from sqlalchemy import Connection, Row, text

from ordercli.domain.money import layer_cost
from ordercli.errors import Refused
from ordercli.services.operations import Work
from ordercli.services.stock.stockouts import stockouts_at_once

_MOVEMENTS = """
SELECT m.*, o.kind AS first_kind, f.kind <> 'outside' AS leaves_stock, t.kind <> 'outside' AS comes_to_stock
FROM stock_movement m LEFT JOIN stock_movement o ON o.id = m.undoes_id
JOIN location f ON f.code = m.from_location JOIN location t ON t.code = m.to_location
WHERE m.id IN (SELECT value FROM json_each(:ids)) ORDER BY m.id DESC"""

_EARLIEST = """
SELECT product_id, min(occurred_at) FROM stock_movement WHERE id IN (SELECT value FROM json_each(:ids))
GROUP BY product_id"""

# One look at all layers, for none is found by its movement otherwise.
_LAYERS = """
CREATE TEMP TABLE undone_layer AS
WITH RECURSIVE its (id, movement_id) AS (
  SELECT id, movement_id FROM cost_layer WHERE movement_id IN (SELECT value FROM json_each(:ids))
  UNION ALL SELECT c.id, its.movement_id FROM its JOIN cost_layer c ON c.restores_id = its.id
)
SELECT id, movement_id FROM its"""

_LEFT = """
SELECT c.id, c.quantity, c.quantity_used, c.cost_minor FROM undone_layer u JOIN cost_layer c ON c.id = u.id
WHERE u.movement_id = :id AND c.quantity > c.quantity_used ORDER BY c.id"""

_MOVE = """
INSERT INTO stock_movement (operation_id, kind, product_id, from_location, to_location, quantity, cost_minor,
  occurred_at, recorded_at, reference, reason, undoes_id)
SELECT :operation, :kind, product_id, to_location, from_location, quantity, cost_minor, occurred_at, :now,
  reference, reason, id FROM stock_movement WHERE id = :id RETURNING id"""

_USE = (
    "INSERT INTO layer_use (movement_id, cost_layer_id, quantity, cost_minor) VALUES (:by, :layer, :units, :cost)",
    "UPDATE cost_layer SET quantity_used = quantity WHERE id = :layer",
)

_RESTORE = """
INSERT INTO cost_layer (product_id, location, lot, movement_id, acquired_at, quantity, cost_minor, restores_id)
SELECT c.product_id, c.location, c.lot, :by, c.acquired_at, u.quantity, u.cost_minor, c.id
FROM layer_use u JOIN cost_layer c ON c.id = u.cost_layer_id WHERE u.movement_id = :id
ORDER BY c.acquired_at, c.id RETURNING id, restores_id"""

# What comes back is again of the layer it was of, if that is taken back too.
_OF_LAYER = "INSERT INTO undone_layer SELECT :id, movement_id FROM undone_layer WHERE id = :restores"


def take_back(work: Work, movements: Iterable[int]) -> dict[int, int]:
    """Take movements back, the last one first.

    Args:
        work: the command's frame.
        movements: ids of movements that stand; units that came with them must be where they came to.

    Returns:
        By each movement the one that takes it back.

    Raises:
        Refused: if units that came with one have moved on.
    """
    connection = work.connection
    ids = {"ids": json.dumps(sorted(movements))}
    connection.exec_driver_sql("DROP TABLE IF EXISTS temp.undone_layer")
    connection.execute(text(_LAYERS), ids)
    found = connection.execute(text(_MOVEMENTS), ids).all()
    if len(found) < len(json.loads(ids["ids"])):
        raise Refused("A place that units would go to is not there any more; nothing was changed.")
    with stockouts_at_once(connection, _EARLIEST, **ids) if len(found) > 1 else nullcontext():
        return dict(_taken_back(work, found))


def _taken_back(work: Work, movements: Iterable[Row[Any]]) -> Iterator[tuple[int, int]]:
    connection = work.connection
    for movement in movements:
        kind = movement.first_kind if movement.kind == "undo" else "undo"
        values = {"id": movement.id, "kind": kind, "operation": work.operation, "now": work.now}
        by = connection.execute(text(_MOVE), values).scalar_one()
        if movement.comes_to_stock:
            _use(connection, movement, by)
        if movement.leaves_stock:
            restored = connection.execute(text(_RESTORE), {"id": movement.id, "by": by}).all()
            for layer in restored:
                connection.execute(text(_OF_LAYER), {"id": layer.id, "restores": layer.restores_id})
        yield movement.id, by


def _use(connection: Connection, movement: Row[Any], by: int) -> None:
    """Take the units of a movement out of the layers that it made."""
    layers = connection.execute(text(_LEFT), {"id": movement.id}).all()
    if sum(layer.quantity - layer.quantity_used for layer in layers) != movement.quantity:
        raise Refused(f"Units of movement {movement.id} have moved on; nothing was changed.")
    for layer in layers:
        taken = {
            "by": by,
            "layer": layer.id,
            "units": layer.quantity - layer.quantity_used,
            "cost": layer_cost(layer.cost_minor, layer.quantity, layer.quantity_used, layer.quantity),
        }
        for statement in _USE:
            connection.execute(text(statement), taken)
