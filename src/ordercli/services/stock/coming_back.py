"""What movements took comes back layer by layer, with the cost and the age that it left with."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, text

from ordercli.domain.money import layer_cost
from ordercli.services.stock.ledger import Posting

_PIECES = """
SELECT m.id AS movement, m.product_id, m.from_location, m.to_location, x.quantity, x.cost_minor, m.occurred_at,
  c.acquired_at, m.reference, b.reason AS came_as
FROM json_each(:movements) j
CROSS JOIN stock_movement m ON m.id = CAST(j.value AS INTEGER)
CROSS JOIN layer_use x ON x.movement_id = m.id
CROSS JOIN cost_layer c ON c.id = x.cost_layer_id
CROSS JOIN stock_movement b ON b.id = c.movement_id
ORDER BY CAST(j.key AS INTEGER), c.acquired_at, c.id"""


class Piece(NamedTuple):
    """Units of one cost layer that a movement took.

    Attributes:
        movement: which one.
        product_id: of what.
        from_location, to_location: where it took them from, and to.
        quantity, cost_minor: how many, and what they cost.
        occurred_at: when they left.
        acquired_at: when they were first bought.
        reference: of the movement.
        came_as: the reason of the movement that made the layer, if it had one.
    """

    movement: int
    product_id: int
    from_location: str
    to_location: str
    quantity: int
    cost_minor: int
    occurred_at: str
    acquired_at: str
    reference: str | None
    came_as: str | None

    def part(self, start: int, stop: int) -> "Piece":
        """Units ``start`` … ``stop`` of it, at their cost."""
        cost = layer_cost(self.cost_minor, self.quantity, start, stop)
        return self._replace(quantity=stop - start, cost_minor=cost)

    def back(self, *, reason: str | None = None, to_lot: int = 0) -> Posting:
        """The posting that brings it back to where it was, at the time it left."""
        return Posting(
            "shipment_void",
            self.product_id,
            self.to_location,
            self.from_location,
            self.quantity,
            self.occurred_at,
            self.cost_minor,
            self.acquired_at,
            reference=self.reference,
            reason=reason,
            to_lot=to_lot,
        )


def taken_by(connection: Connection, movements: Iterable[int]) -> list[Piece]:
    """The pieces that movements took from layers, in the order of the movements, the oldest first."""
    rows = connection.execute(text(_PIECES), {"movements": json.dumps(list(movements))})
    return [Piece(*row) for row in rows]
