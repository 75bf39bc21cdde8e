"""The stock ledger's machinery, set-based so that one unit and a hundred thousand take the same path.

A use case that moves units or changes what is promised does, in this order:

1. :func:`~ordercli.services.stock.allocation.touch` the products concerned, which remembers how things stood;
2. :func:`~ordercli.services.stock.allocation.release` promises, or take them off the lines that are shipped,
   where units are about to leave;
3. :func:`post` movements, which triggers turn into levels and which are costed here first in, first out;
4. change orders and shipments;
5. :func:`~ordercli.services.stock.allocation.settle`, which gives every open line what the stock allows and tells
   who gained and who lost.

Nothing in between can oversell: ``stock_level`` refuses a quantity below zero or below what is allocated.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, text

from ordercli.domain.money import layer_cost_sql
from ordercli.domain.stock.waiting import turn_sql
from ordercli.domain.times import local
from ordercli.errors import Refused
from ordercli.services.operations import Work
from ordercli.services.stock.allocation import forget_short
from ordercli.services.stock.stockouts import stockouts_at_once

_TAKEN = ("s.quantity_used + max(d.lo, s.lo) - s.lo", "s.quantity_used + min(d.hi, s.hi) - s.lo")
"""From which unit of a layer to which one a demand takes."""

# Units [lo, hi) of the demand laid over the layers in their order.
_PIECES = f"""
INSERT INTO pending_piece (pending_id, cost_layer_id, quantity, cost_minor, acquired_at)
WITH demand AS (
  SELECT p.id, p.product_id, p.from_location, p.from_lot, sum(p.quantity) OVER w - p.quantity AS lo,
    sum(p.quantity) OVER w AS hi
  FROM pending_movement p JOIN location f ON f.code = p.from_location AND f.kind <> 'outside'
  WINDOW w AS (PARTITION BY p.product_id, p.from_location, p.from_lot ORDER BY p.id)
), place AS (
  SELECT DISTINCT product_id, from_location, from_lot FROM demand
), supply AS (
  SELECT c.id, c.product_id, c.location, c.lot, c.quantity, c.cost_minor, c.quantity_used, c.acquired_at,
    sum(c.quantity - c.quantity_used) OVER w - (c.quantity - c.quantity_used) AS lo,
    sum(c.quantity - c.quantity_used) OVER w AS hi
  FROM place
  JOIN cost_layer c ON c.product_id = place.product_id AND c.location = place.from_location
    AND c.lot = place.from_lot
  WHERE c.quantity > c.quantity_used
  WINDOW w AS (PARTITION BY c.product_id, c.location, c.lot ORDER BY c.acquired_at, c.id)
)
SELECT d.id, s.id, min(d.hi, s.hi) - max(d.lo, s.lo),
  {layer_cost_sql("s.cost_minor", "s.quantity", *_TAKEN)},
  s.acquired_at
FROM demand d JOIN supply s
  ON s.product_id = d.product_id AND s.location = d.from_location AND s.lot = d.from_lot
    AND s.lo < d.hi AND s.hi > d.lo"""

_MOVEMENTS = """
INSERT INTO stock_movement (id, operation_id, kind, product_id, from_location, to_location, quantity,
  cost_minor, occurred_at, recorded_at, reference, reason)
SELECT :base + p.id, :operation, p.kind, p.product_id, p.from_location, p.to_location, p.quantity,
  coalesce((SELECT sum(cost_minor) FROM pending_piece WHERE pending_id = p.id), p.cost_minor, 0),
  p.occurred_at, :now, p.reference, p.reason
FROM pending_movement p ORDER BY p.id"""

_USES = """
INSERT INTO layer_use (movement_id, cost_layer_id, quantity, cost_minor)
SELECT :base + pending_id, cost_layer_id, quantity, cost_minor FROM pending_piece"""

_USED = """
UPDATE cost_layer SET quantity_used = quantity_used + u.quantity
FROM (SELECT cost_layer_id, sum(quantity) AS quantity FROM pending_piece GROUP BY cost_layer_id) u
WHERE cost_layer.id = u.cost_layer_id"""

_LAYERS = """
INSERT INTO cost_layer (product_id, location, lot, movement_id, acquired_at, quantity, cost_minor)
SELECT p.product_id, p.to_location, p.to_lot, :base + p.id,
  coalesce(piece.acquired_at, p.acquired_at, p.occurred_at),
  coalesce(piece.quantity, p.quantity), coalesce(piece.cost_minor, p.cost_minor, 0)
FROM pending_movement p
JOIN location t ON t.code = p.to_location AND t.kind <> 'outside'
LEFT JOIN pending_piece piece ON piece.pending_id = p.id
ORDER BY p.id, piece.acquired_at, piece.cost_layer_id"""

_TOLD_OF_PENDING = """
SELECT coalesce(max(iif(from_location = 'HOME', 1, 0)), 0) AS leaves_home,
  count(*) > count(DISTINCT product_id) AS has_several
FROM pending_movement"""

_EARLIEST = "SELECT product_id, min(occurred_at) FROM pending_movement GROUP BY product_id"

_COMES_HOME = "SELECT DISTINCT product_id FROM pending_movement WHERE to_location = 'HOME'"

# Only what is taken lowers a balance, and only from then on. What a place held at a moment is what it holds now
# less what has moved since, so of all movements only those of the moment and later are read. What moved at one
# instant moved together: only the balance after it counts.
_NEGATIVE_PAST = """
WITH taken AS (
  SELECT p.product_id, p.from_location AS location, min(p.occurred_at) AS since
  FROM pending_movement p JOIN location f ON f.code = p.from_location AND f.kind <> 'outside'
  GROUP BY p.product_id, p.from_location
), moved AS (
  SELECT t.product_id, t.location, m.occurred_at,
    sum(CASE t.location WHEN m.to_location THEN m.quantity ELSE -m.quantity END) AS net
  FROM taken t CROSS JOIN stock_movement m ON m.product_id = t.product_id AND m.occurred_at >= t.since
    AND t.location IN (m.from_location, m.to_location)
  GROUP BY t.product_id, t.location, m.occurred_at
), later AS (
  SELECT product_id, location, occurred_at, sum(net) OVER (PARTITION BY product_id, location
    ORDER BY occurred_at DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS net
  FROM moved
)
SELECT p.sku, l.occurred_at
FROM later l
JOIN stock_level s ON s.product_id = l.product_id AND s.location = l.location AND s.quantity < l.net
JOIN product p ON p.id = l.product_id
ORDER BY l.occurred_at, p.sku LIMIT 1"""

# Lines with picked units of a product of which more leaves than is not picked, the youngest promise first.
_OVERDRAWN = f"""
WITH leaving AS (
  SELECT product_id, sum(quantity) AS units FROM pending_movement WHERE from_location = 'HOME' GROUP BY product_id
), pinned AS (
  SELECT ol.product_id, ol.id, 1 AS each, ol.quantity_picked AS picked
  FROM leaving JOIN order_line ol ON ol.product_id = leaving.product_id
    AND ol.quantity_picked > 0 AND ol.is_assembled = 0
  UNION ALL
  SELECT c.product_id, ol.id, c.quantity, ol.quantity_picked
  FROM order_line ol JOIN order_line_component c ON c.order_line_id = ol.id
  JOIN leaving ON leaving.product_id = c.product_id
  WHERE ol.quantity_picked > 0 AND ol.is_assembled = 1
), held AS (
  SELECT product_id, sum(each * picked) AS units FROM pinned GROUP BY product_id
)
SELECT pinned.product_id, pinned.id, pinned.each, pinned.picked, held.units + leaving.units - s.quantity AS missing
FROM held
JOIN leaving ON leaving.product_id = held.product_id
JOIN stock_level s ON s.product_id = held.product_id AND s.location = 'HOME'
  AND s.quantity < held.units + leaving.units
JOIN pinned ON pinned.product_id = held.product_id
JOIN order_line ol ON ol.id = pinned.id
JOIN sales_order so ON so.id = ol.sales_order_id
ORDER BY pinned.product_id, {turn_sql("so", "ol", is_last_first=True)}"""

_UNPIN = (
    """
INSERT INTO line_pick (order_line_id, quantity, reason, picked_at, operation_id)
VALUES (:line, -:units, 'missing', :now, :operation)""",
    "UPDATE order_line SET quantity_allocated = quantity_picked WHERE id = :line",
)


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement to post.

    Attributes:
        kind: of movement, such as ``receipt``, ``shipment`` or ``adjustment``.
        product_id: what moves.
        from_location, to_location: codes; a move out of a stock place is costed from its layers.
        quantity: units > 0.
        occurred_at: when it happened.
        cost_minor: total cost of units coming from outside; None counts as 0.
        acquired_at: when units coming back were first bought; None means ``occurred_at``.
        from_lot, to_lot: the lot of layers the units come from and go to; 0 for none.
        reference, reason: free text of ours for the history; never personal data.
    """

    kind: str
    product_id: int
    from_location: str
    to_location: str
    quantity: int
    occurred_at: str
    cost_minor: int | None = None
    acquired_at: str | None = None
    reference: str | None = None
    reason: str | None = None
    from_lot: int = 0
    to_lot: int = 0


def post(work: Work, postings: Iterable[Posting]) -> range:
    """Write movements with their cost, and the layers they use and make.

    Units of one posting cannot leave a place they only come to by another posting of the same call.

    Returns:
        The ids of the movements, in the order of ``postings``.

    Raises:
        Refused: if a movement before others of its product would make a past balance negative.
    """
    rows = [
        {
            "kind": p.kind,
            "product": p.product_id,
            "from": p.from_location,
            "to": p.to_location,
            "quantity": p.quantity,
            "cost": p.cost_minor,
            "at": p.occurred_at,
            "acquired": p.acquired_at,
            "reference": p.reference,
            "reason": p.reason,
            "from_lot": p.from_lot,
            "to_lot": p.to_lot,
        }
        for p in postings
    ]
    connection = work.connection
    if not rows:
        return range(0)
    connection.execute(
        text(
            "INSERT INTO pending_movement (kind, product_id, from_location, to_location, quantity, cost_minor,"
            " occurred_at, acquired_at, reference, reason, from_lot, to_lot)"
            " VALUES (:kind, :product, :from, :to, :quantity,"
            " :cost, :at, :acquired, :reference, :reason, :from_lot, :to_lot)"
        ),
        rows,
    )
    return post_pending(work)


def post_pending(work: Work) -> range:
    """Write the movements that stand in ``pending_movement``, with their cost, and the layers they use and make.

    For use cases that fill the table by SQL; :func:`post` fills it from values. The ids there must be 1, 2, 3 ….

    Returns:
        The ids of the movements, in the order of the table.

    Raises:
        Refused: if a movement before others of its product would make a past balance negative.
    """
    connection = work.connection
    base = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM stock_movement").scalar_one()
    connection.exec_driver_sql("ANALYZE temp.pending_movement")
    told = connection.exec_driver_sql(_TOLD_OF_PENDING).one()
    if told.leaves_home:
        _unpin(work)
    connection.exec_driver_sql(_PIECES)
    numbers = {"base": base, "operation": work.operation, "now": work.now}
    with stockouts_at_once(connection, _EARLIEST) if told.has_several else nullcontext():
        posted = connection.execute(text(_MOVEMENTS), numbers).rowcount
    connection.execute(text(_USES), numbers)
    connection.exec_driver_sql(_USED)
    connection.execute(text(_LAYERS), numbers)
    forget_short(connection, connection.exec_driver_sql(_COMES_HOME).scalars().all())
    _refuse_negative_past(work)
    connection.exec_driver_sql("DELETE FROM pending_movement")
    connection.exec_driver_sql("DELETE FROM pending_piece")
    return range(base + 1, base + 1 + posted)


def _unpin(work: Work) -> None:
    """Take picked units off their lines, the youngest promises first, where more leaves than is not picked.

    Callers that let units go which may be promised release first, so only here is a picked unit given up.
    """
    taken: dict[int, int] = {}
    for _, group in groupby(work.connection.exec_driver_sql(_OVERDRAWN), key=lambda row: row.product_id):
        lines = list(group)
        missing = lines[0].missing - sum(row.each * taken.get(row.id, 0) for row in lines)
        for row in lines:
            before = taken.get(row.id, 0)
            units = max(0, min(row.picked - before, -(-missing // row.each)))
            taken[row.id] = before + units
            missing -= units * row.each
    values = [
        {"line": line, "units": units, "now": work.now, "operation": work.operation}
        for line, units in taken.items()
        if units
    ]
    for statement in _UNPIN if values else ():
        work.connection.execute(text(statement), values)


def _refuse_negative_past(work: Work) -> None:
    row = work.connection.exec_driver_sql(_NEGATIVE_PAST).first()
    if row is not None:
        when = local(row.occurred_at, work.shop.time_zone).strftime("%Y-%m-%d %H:%M %Z")
        raise Refused(
            f"Backdating this would take more units of {row.sku} than there were on {when}; "
            "give the day on which there was stock."
        )


@dataclass(frozen=True, slots=True)
class Unit:
    """A line of a shipment, or one product of a line of kits or packs."""

    shipment_line_id: int
    product_id: int
    is_part: bool


_MOVED = "CAST(j.value ->> 0 AS INTEGER) FROM json_each(:moved) AS j"
_SET_MOVEMENT = (
    f"UPDATE shipment_line SET movement_id = {_MOVED} WHERE shipment_line.id = CAST(j.value ->> 1 AS INTEGER)",
    f"""UPDATE shipment_component SET movement_id = {_MOVED}
WHERE shipment_line_id = CAST(j.value ->> 1 AS INTEGER) AND product_id = CAST(j.value ->> 2 AS INTEGER)""",
)


def set_movements(connection: Connection, moved: Sequence[tuple[Unit, int | None]]) -> None:
    """Record which movement took units of shipments from stock; None for none any more."""
    for statement, is_part in zip(_SET_MOVEMENT, (False, True), strict=True):
        told = [(number, u.shipment_line_id, u.product_id) for u, number in moved if u.is_part == is_part]
        if told:
            connection.execute(text(statement), {"moved": json.dumps(told)})
