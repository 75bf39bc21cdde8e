"""The stock ledger's machinery, set-based so that one unit and a hundred thousand take the same path.

A use case that moves units or changes what is promised does, in this order:

1. :func:`touch` the products concerned, which remembers how things stood;
2. :func:`release` promises, or take them off the lines that are shipped, where units are about to leave;
3. :func:`post` movements, which triggers turn into levels and which are costed here first in, first out;
4. change orders and parcels;
5. :func:`settle`, which gives every open line what the stock allows and tells who gained and who lost.

Nothing in between can oversell: ``stock_level`` refuses a quantity below zero or below what is allocated.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, text

from ordercli.domain.stock.stock import HOME, Want, plan_tied_allocation, stock_status
from ordercli.domain.times import day_of
from ordercli.errors import Refused
from ordercli.services.operations import Work
from ordercli.services.settings import setting_on

_TEMPORARY = (
    (
        "CREATE TEMP TABLE IF NOT EXISTS pending_movement (id INTEGER PRIMARY KEY, kind TEXT, product_id INTEGER,"
        " from_location TEXT, to_location TEXT, quantity INTEGER, cost_minor INTEGER, occurred_at TEXT,"
        " acquired_at TEXT, reference TEXT, reason TEXT, from_lot INTEGER, to_lot INTEGER)"
    ),
    (
        "CREATE TEMP TABLE IF NOT EXISTS pending_piece (pending_id INTEGER, cost_layer_id INTEGER,"
        " quantity INTEGER, cost_minor INTEGER, acquired_at TEXT)"
    ),
    "CREATE INDEX IF NOT EXISTS temp.pending_piece_of ON pending_piece (pending_id)",
    "CREATE TEMP TABLE IF NOT EXISTS touched_product (product_id INTEGER PRIMARY KEY, available INTEGER)",
    (
        "CREATE TEMP TABLE IF NOT EXISTS touched_line (id INTEGER PRIMARY KEY, allocated INTEGER,"
        " shipped INTEGER, picked INTEGER)"
    ),
    "CREATE TEMP TABLE IF NOT EXISTS allocation_target (id INTEGER PRIMARY KEY, before INTEGER, after INTEGER)",
    "CREATE TEMP TABLE IF NOT EXISTS tied_product (product_id INTEGER PRIMARY KEY)",
)

_TOUCH = """
INSERT OR IGNORE INTO touched_product (product_id, available)
SELECT p.id, coalesce(l.quantity - l.allocated, 0)
FROM product p LEFT JOIN stock_level l ON l.product_id = p.id AND l.location = 'HOME'
WHERE p.id = :product"""

# Products whose promises hang together through kits: components of a touched kit, and kits with open lines
# that a touched product is, or once was, a component of.
_HAS_KITS = "SELECT EXISTS (SELECT 1 FROM kit_component)"

_TOUCH_TIED = """
INSERT OR IGNORE INTO touched_product (product_id, available)
WITH RECURSIVE tied (id) AS (
  SELECT product_id FROM touched_product
  UNION SELECT k.component_id FROM tied JOIN kit_component k ON k.kit_id = tied.id
  UNION SELECT k.kit_id FROM tied JOIN kit_component k ON k.component_id = tied.id
  WHERE EXISTS (SELECT 1 FROM order_line ol
    WHERE ol.product_id = k.kit_id AND ol.quantity > ol.quantity_shipped + ol.quantity_canceled)
)
SELECT tied.id, coalesce(l.quantity - l.allocated, 0)
FROM tied LEFT JOIN stock_level l ON l.product_id = tied.id AND l.location = 'HOME'"""

_REMEMBER = """
INSERT OR IGNORE INTO touched_line (id, allocated, shipped, picked)
SELECT ol.id, ol.quantity_allocated, ol.quantity_shipped, ol.quantity_picked
FROM touched_product t JOIN order_line ol ON ol.product_id = t.product_id
WHERE ol.quantity > ol.quantity_shipped + ol.quantity_canceled"""

_RELEASE = """
UPDATE order_line SET quantity_allocated = quantity_picked
WHERE quantity > quantity_shipped + quantity_canceled AND quantity_allocated > quantity_picked
  AND product_id IN (SELECT product_id FROM touched_product)"""

_TIED = """
INSERT OR IGNORE INTO tied_product
SELECT c.product_id FROM touched_product t
JOIN order_line ol ON ol.product_id = t.product_id AND ol.is_assembled
JOIN order_line_component c ON c.order_line_id = ol.id
WHERE ol.quantity > ol.quantity_shipped + ol.quantity_canceled"""

_TURN_KEYS = (
    "coalesce(so.ship_by, '9999')",
    "so.ordered_at",
    "so.order_id",
    "ol.item_id IS NULL",
    "ol.item_id",
    "ol.quantity",
    "ol.line_no",
)
_TURN = ", ".join(_TURN_KEYS)
"""Who is promised stock first, as the end of an ORDER BY over ``sales_order so`` and ``order_line ol``."""

# What a line may still be promised: units that were missing on the shelf wait for a count, or for more of them.
_WANTED = (
    "max(0, ol.quantity - ol.quantity_shipped - ol.quantity_canceled - ol.quantity_picked - ol.quantity_short)"
)

# plan_allocation() of domain/stock/stock.py, for every touched product at once that no kit or pack wants.
_TARGETS = f"""
INSERT INTO allocation_target (id, before, after)
WITH open_line AS (
  SELECT ol.id, ol.quantity_allocated AS before, ol.quantity_picked AS picked,
    {_WANTED} AS wanted,
    coalesce(l.quantity, 0) - sum(ol.quantity_picked) OVER (PARTITION BY ol.product_id) AS free,
    sum({_WANTED}) OVER (
      PARTITION BY ol.product_id
      ORDER BY {_TURN}
      ROWS UNBOUNDED PRECEDING) AS wanted_so_far
  FROM touched_product t
  JOIN order_line ol ON ol.product_id = t.product_id AND ol.is_assembled = 0
  JOIN sales_order so ON so.id = ol.sales_order_id AND so.fulfillment = 'FBM'
  LEFT JOIN stock_level l ON l.product_id = ol.product_id AND l.location = 'HOME'
  WHERE ol.quantity > ol.quantity_shipped + ol.quantity_canceled
    AND t.product_id NOT IN (SELECT product_id FROM tied_product)
)
SELECT id, before, picked + max(0, min(wanted, free - (wanted_so_far - wanted))) AS after
FROM open_line WHERE after <> before"""

_TIED_LINES = f"""
SELECT ol.id, ol.quantity_allocated, ol.quantity_picked, ol.quantity_picked + {_WANTED} AS open_units,
  coalesce(c.product_id, ol.product_id) AS product_id, coalesce(c.quantity, 1) AS units
FROM touched_product t
JOIN order_line ol ON ol.product_id = t.product_id
JOIN sales_order so ON so.id = ol.sales_order_id AND so.fulfillment = 'FBM'
LEFT JOIN order_line_component c ON c.order_line_id = ol.id
WHERE ol.quantity > ol.quantity_shipped + ol.quantity_canceled
  AND (ol.is_assembled OR t.product_id IN (SELECT product_id FROM tied_product))
ORDER BY {_TURN}, ol.id"""

_TIED_LEVELS = """
SELECT t.product_id, coalesce(l.quantity, 0) FROM tied_product t
LEFT JOIN stock_level l ON l.product_id = t.product_id AND l.location = 'HOME'"""

# Lowering first keeps "allocated <= on hand" true at every single row.
_APPLY = """
UPDATE order_line SET quantity_allocated = t.after FROM allocation_target t
WHERE t.id = order_line.id AND t.after {direction} t.before"""

# layer_cost() of domain/money.py: units [lo, hi) of the demand laid over the layers in their order.
_PIECES = """
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
  s.cost_minor * (s.quantity_used + min(d.hi, s.hi) - s.lo) / s.quantity
  - s.cost_minor * (s.quantity_used + max(d.lo, s.lo) - s.lo) / s.quantity,
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

_LEAVES_HOME = "SELECT EXISTS (SELECT 1 FROM pending_movement WHERE from_location = 'HOME')"
_COMES_HOME = "SELECT DISTINCT product_id FROM pending_movement WHERE to_location = 'HOME'"
_IS_BACKDATED = "SELECT EXISTS (SELECT 1 FROM pending_movement WHERE occurred_at < :now)"

# What moved at one instant moved together: only the balance after it counts.
_NEGATIVE_PAST = """
SELECT p.sku, b.occurred_at FROM (
  SELECT product_id, occurred_at, sum(delta) OVER (PARTITION BY product_id, location
    ORDER BY occurred_at RANGE UNBOUNDED PRECEDING) AS balance
  FROM (
    SELECT m.product_id, m.occurred_at, l.code AS location,
      CASE l.code WHEN m.to_location THEN m.quantity ELSE -m.quantity END AS delta
    FROM (SELECT DISTINCT product_id FROM pending_movement WHERE occurred_at < :now) late
    JOIN stock_movement m ON m.product_id = late.product_id
    JOIN location l ON l.code IN (m.from_location, m.to_location) AND l.kind <> 'outside'
  )
) b JOIN product p ON p.id = b.product_id
WHERE b.balance < 0 ORDER BY b.occurred_at LIMIT 1"""

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
ORDER BY pinned.product_id, {", ".join(f"{part} DESC" for part in (*_TURN_KEYS, "ol.id"))}"""

_UNPIN = (
    """
INSERT INTO line_pick (order_line_id, quantity, reason, picked_at, operation_id)
VALUES (:line, -:units, 'missing', :now, :operation)""",
    "UPDATE order_line SET quantity_allocated = quantity_picked WHERE id = :line",
)

# Once more of a product comes, or it is counted, whoever found the shelf empty is in line again.
_IS_SHORT = "SELECT EXISTS (SELECT 1 FROM order_line WHERE quantity_short > 0)"

_FORGET_SHORT = """
UPDATE order_line SET quantity_short = 0
WHERE quantity_short > 0 AND (product_id IN (SELECT value FROM json_each(:products))
  OR id IN (SELECT order_line_id FROM order_line_component
    WHERE product_id IN (SELECT value FROM json_each(:products))))"""

# What a line had before, less what it shipped and can no longer use, is what it would have without others.
_GAINS = """
SELECT order_id, sku, allocated - kept AS units, max(0, held - picked) AS units_picked FROM (
  SELECT so.order_id, p.sku, ol.id, ol.quantity_allocated AS allocated, ol.quantity_picked AS picked,
    max(t.picked - max(ol.quantity_shipped - t.shipped, 0), 0) AS held,
    min(max(t.allocated - max(ol.quantity_shipped - t.shipped, 0), 0),
      ol.quantity - ol.quantity_shipped - ol.quantity_canceled) AS kept
  FROM touched_line t
  JOIN order_line ol ON ol.id = t.id
  JOIN sales_order so ON so.id = ol.sales_order_id
  JOIN product p ON p.id = ol.product_id
) WHERE allocated <> kept OR held > picked ORDER BY order_id, sku, id"""

# The reorder point is what queries/stock/stock.py shows: the product's, else velocity x lead time, rounded up.
_LEVELS_NOW = """
SELECT p.sku, t.available AS before, coalesce(l.quantity - l.allocated, 0) AS available,
  coalesce(p.reorder_point, max(:usual, (coalesce((SELECT sum(d.units) FROM daily_sales d WHERE d.product_id = p.id
      AND d.day >= date(:today, '-30 days') AND d.day < :today), 0) * coalesce(p.lead_time_days,
      (SELECT r.lead_time_days FROM supplier r WHERE r.id = p.supplier_id), :lead) + 29) / 30)) AS reorder_point
FROM touched_product t
JOIN product p ON p.id = t.product_id
LEFT JOIN stock_level l ON l.product_id = p.id AND l.location = 'HOME'
WHERE p.retired_on IS NULL
ORDER BY p.sku"""


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement to post.

    Attributes:
        kind: a movement kind of design words (``receipt``, ``shipment``, ``adjustment`` …).
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


@dataclass(frozen=True, slots=True)
class Promise:
    """A change of what an order line waiting before this command is promised.

    Attributes:
        units: more than before, or fewer if negative.
        units_picked: units that were picked and are not any more, though they did not ship.
    """

    order_id: str
    sku: str
    units: int
    units_picked: int = 0


@dataclass(frozen=True, slots=True)
class Settlement:
    """How promises and levels stand after a command.

    Attributes:
        gained, lost: lines open before the command that got or lost promised units.
        put_back: lines that did not lose units, but whose picked ones are for nobody now.
        low: a sentence for each product the command made LOW or OUT.
    """

    gained: tuple[Promise, ...]
    lost: tuple[Promise, ...]
    low: tuple[str, ...]
    put_back: tuple[Promise, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for stderr: promises taken back, picked units nobody wants, then products low or out."""
        taken = tuple(
            f"order {p.order_id} lost {p.units} allocated {p.sku}{_picked_too(p)}; the units are backordered now"
            for p in self.lost
        )
        spare = tuple(
            f"order {p.order_id} had {p.units_picked} {p.sku} picked that it needs no more; put them back"
            for p in self.put_back
        )
        return taken + spare + self.low


def _picked_too(promise: Promise) -> str:
    return f", {promise.units_picked} of them picked already" if promise.units_picked else ""


def touch(connection: Connection, product_ids: Iterable[int]) -> None:
    """Remember available units and promises of these products, before anything changes."""
    for statement in _TEMPORARY:
        connection.exec_driver_sql(statement)
    rows = [{"product": product_id} for product_id in product_ids]
    if rows:
        connection.execute(text(_TOUCH), rows)
        if connection.exec_driver_sql(_HAS_KITS).scalar_one():
            connection.exec_driver_sql(_TOUCH_TIED)
        connection.exec_driver_sql("ANALYZE temp.touched_product")
        connection.exec_driver_sql(_REMEMBER)
        connection.exec_driver_sql("ANALYZE temp.touched_line")


def release(connection: Connection) -> None:
    """Take back every promise of the touched products that is not picked yet.

    Needed where units leave that may be promised to somebody; :func:`settle` gives back what is left.
    """
    connection.exec_driver_sql(_RELEASE)


def post(work: Work, postings: Iterable[Posting]) -> range:
    """Write movements with their cost, and the layers they use and make.

    Units of one posting cannot leave a place they only come to by another posting of the same call.

    Returns:
        The ids of the movements, in the order of ``postings``.

    Raises:
        Refused: if a backdated movement would make a past balance negative.
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
        Refused: if a backdated movement would make a past balance negative.
    """
    connection = work.connection
    base = connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM stock_movement").scalar_one()
    connection.exec_driver_sql("ANALYZE temp.pending_movement")
    if connection.exec_driver_sql(_LEAVES_HOME).scalar_one():
        _unpin(work)
    connection.exec_driver_sql(_PIECES)
    numbers = {"base": base, "operation": work.operation, "now": work.now}
    posted = connection.execute(text(_MOVEMENTS), numbers).rowcount
    connection.execute(text(_USES), numbers)
    connection.exec_driver_sql(_USED)
    connection.execute(text(_LAYERS), numbers)
    forget_short(connection, connection.exec_driver_sql(_COMES_HOME).scalars().all())
    if connection.execute(text(_IS_BACKDATED), {"now": work.now}).scalar_one():
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


def forget_short(connection: Connection, product_ids: Collection[int]) -> None:
    """Let lines that found the shelf empty be promised these products again: they were counted, or more came."""
    if product_ids and connection.exec_driver_sql(_IS_SHORT).scalar_one():
        connection.execute(text(_FORGET_SHORT), {"products": json.dumps(sorted(product_ids))})


def _refuse_negative_past(work: Work) -> None:
    row = work.connection.execute(text(_NEGATIVE_PAST), {"now": work.now}).first()
    if row is not None:
        raise Refused(
            f"Backdating this would leave fewer than no units of {row.sku} on {row.occurred_at}; "
            "give the day on which there was stock."
        )


@dataclass(frozen=True, slots=True)
class Unit:
    """A line of a parcel, or one product of a line of kits or packs."""

    shipment_line_id: int
    product_id: int
    is_part: bool


_SET_MOVEMENT = (
    "UPDATE shipment_line SET movement_id = :movement WHERE id = :line AND NOT :is_part",
    (
        "UPDATE shipment_component SET movement_id = :movement"
        " WHERE shipment_line_id = :line AND product_id = :product AND :is_part"
    ),
)


def set_movements(connection: Connection, moved: Sequence[tuple[Unit, int | None]]) -> None:
    """Record which movement took units of parcels from stock; None for none any more."""
    values = [
        {"movement": movement, "line": unit.shipment_line_id, "product": unit.product_id, "is_part": unit.is_part}
        for unit, movement in moved
    ]
    for statement in _SET_MOVEMENT if values else ():
        connection.execute(text(statement), values)


def settle(work: Work) -> Settlement:
    """Promise the stock of the touched products to their open lines anew, and tell what changed."""
    connection = work.connection
    connection.exec_driver_sql(_TIED)
    if connection.exec_driver_sql(_TARGETS).rowcount + _plan_tied(connection):
        connection.exec_driver_sql("ANALYZE temp.allocation_target")
        connection.exec_driver_sql(_APPLY.format(direction="<"))
        connection.exec_driver_sql(_APPLY.format(direction=">"))
    changes = [Promise(*row) for row in connection.exec_driver_sql(_GAINS).all()]
    today = day_of(work.now, work.shop.time_zone)
    usual, lead = (int(setting_on(connection, name, today)) for name in ("reorder_point", "lead_time_days"))
    levels = connection.execute(text(_LEVELS_NOW), {"usual": usual, "lead": lead, "today": today}).all()
    for table in ("allocation_target", "touched_line", "touched_product", "tied_product"):
        connection.exec_driver_sql(f"DELETE FROM {table}")
    return Settlement(
        gained=tuple(p for p in changes if p.units > 0),
        lost=tuple(Promise(p.order_id, p.sku, -p.units, p.units_picked) for p in changes if p.units < 0),
        put_back=tuple(p for p in changes if p.units >= 0 and p.units_picked),
        low=tuple(
            sentence
            for row in levels
            if (sentence := _low_sentence(row.sku, row.before, row.available, row.reorder_point))
        ),
    )


def _plan_tied(connection: Connection) -> int:
    """Write the targets of lines whose products hang together through kits and packs; how many change."""
    on_hand = {row[0]: row[1] for row in connection.exec_driver_sql(_TIED_LEVELS)}
    if not on_hand:
        return 0
    before: dict[int, int] = {}
    wants: dict[int, Want] = {}
    for row in connection.exec_driver_sql(_TIED_LINES):
        before[row.id] = row.quantity_allocated
        want = wants.setdefault(row.id, Want(row.open_units, row.quantity_picked, {}))
        want.parts[row.product_id] = row.units
    targets = [
        {"id": line, "before": before[line], "after": after}
        for line, after in zip(wants, plan_tied_allocation(on_hand, list(wants.values())), strict=True)
        if after != before[line]
    ]
    if targets:
        connection.execute(text("INSERT INTO allocation_target VALUES (:id, :before, :after)"), targets)
    return len(targets)


def _low_sentence(sku: str, before: int, available: int, reorder_point: int) -> str | None:
    status = stock_status(available, reorder_point)
    if available >= before or status == "OK" or status == stock_status(before, reorder_point):
        return None
    if status == "OUT":
        return f"{sku} is OUT: none available"
    return f"{sku} is LOW: {available} available, reorder point {reorder_point}"


def on_hand(connection: Connection, product_id: int, location: str = HOME) -> tuple[int, int]:
    """Units at a place, and how many of them are allocated."""
    row = connection.execute(
        text("SELECT quantity, allocated FROM stock_level WHERE product_id = :p AND location = :l"),
        {"p": product_id, "l": location},
    ).one_or_none()
    return (row.quantity, row.allocated) if row else (0, 0)
