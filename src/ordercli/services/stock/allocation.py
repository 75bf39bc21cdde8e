"""Who is promised the stock at HOME: promises are taken back and given out anew, products and lines at once.

Part of what a use case does that moves units; see :mod:`ordercli.services.stock.ledger` for the order of steps.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, text

from ordercli.db import driver_of
from ordercli.domain.demand_history import history
from ordercli.domain.reorder_point import stock_status
from ordercli.domain.standing import BuyingRules, Stand, standings
from ordercli.domain.stock.stock import Want, plan_tied_allocation
from ordercli.domain.stock.waiting import turn_sql
from ordercli.services.operations import Work
from ordercli.services.source import WorkSource
from ordercli.services.stock.working_tables import create_working_tables

_TOUCH = """
INSERT OR IGNORE INTO touched_product (product_id, available)
SELECT p.id, coalesce(l.quantity - l.allocated, 0)
FROM product p LEFT JOIN stock_level l ON l.product_id = p.id AND l.location = 'HOME'
WHERE p.id = :product"""

_HAS_KITS = "SELECT EXISTS (SELECT 1 FROM kit_component)"

# Products whose promises hang together through kits: components of a touched kit, and kits with open lines
# that a touched product is, or once was, a component of.
_TOUCH_TIED = """
INSERT OR IGNORE INTO touched_product (product_id, available)
WITH RECURSIVE tied (id) AS (
  SELECT product_id FROM touched_product
  UNION SELECT iif(k.kit_id = tied.id, k.component_id, k.kit_id)
  FROM tied JOIN kit_component k ON k.kit_id = tied.id OR (k.component_id = tied.id AND EXISTS (
    SELECT 1 FROM order_line ol WHERE ol.product_id = k.kit_id AND ol.quantity_open > 0))
)
SELECT tied.id, coalesce(l.quantity - l.allocated, 0)
FROM tied LEFT JOIN stock_level l ON l.product_id = tied.id AND l.location = 'HOME'"""

_REMEMBER = """
INSERT OR IGNORE INTO touched_line (id, allocated, shipped, picked)
SELECT ol.id, ol.quantity_allocated, ol.quantity_shipped, ol.quantity_picked
FROM touched_product t JOIN order_line ol ON ol.product_id = t.product_id
WHERE ol.quantity_open > 0"""

_RELEASE = """
UPDATE order_line SET quantity_allocated = quantity_picked
WHERE quantity_open > 0 AND quantity_allocated > quantity_picked
  AND product_id IN (SELECT product_id FROM touched_product)"""

_TIED = """
INSERT OR IGNORE INTO tied_product
SELECT c.product_id FROM touched_product t
JOIN order_line ol ON ol.product_id = t.product_id AND ol.is_assembled <> 0
JOIN order_line_component c ON c.order_line_id = ol.id
WHERE ol.quantity_open > 0"""

_TURN = turn_sql("so", "ol")

# What a line may still be promised: units that were missing on the shelf wait for a count, or for more of them.
_WANTED = "ol.quantity_open - ol.quantity_picked - ol.quantity_short"

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
  WHERE ol.quantity_open > 0
    AND t.product_id NOT IN (SELECT product_id FROM tied_product)
)
SELECT id, before, after FROM (
  SELECT id, before, picked + max(0, min(wanted, free - (wanted_so_far - wanted))) AS after FROM open_line
) AS target WHERE after <> before"""

_TIED_LINES = f"""
SELECT ol.id, ol.quantity_allocated, ol.quantity_picked, ol.quantity_picked + {_WANTED} AS open_units,
  coalesce(c.product_id, ol.product_id) AS product_id, coalesce(c.quantity, 1) AS units
FROM touched_product t
JOIN order_line ol ON ol.product_id = t.product_id
JOIN sales_order so ON so.id = ol.sales_order_id AND so.fulfillment = 'FBM'
LEFT JOIN order_line_component c ON c.order_line_id = ol.id
WHERE ol.quantity_open > 0
  AND (ol.is_assembled <> 0 OR t.product_id IN (SELECT product_id FROM tied_product))
ORDER BY {_TURN}"""

_TIED_LEVELS = """
SELECT t.product_id, coalesce(l.quantity, 0) FROM tied_product t
LEFT JOIN stock_level l ON l.product_id = t.product_id AND l.location = 'HOME'"""

# Lowering first keeps "allocated <= on hand" true at every single row.
_APPLY = """
UPDATE order_line SET quantity_allocated = t.after FROM allocation_target t
WHERE t.id = order_line.id AND t.after {direction} t.before"""

# Lines that units came back to and that would have fewer than before and these, as others are first.
_MISSED = """
SELECT l.id, min(CAST(b.value ->> 1 AS INTEGER), l.quantity_open - l.quantity_short - l.quantity_picked) AS units
FROM json_each(:back) b JOIN order_line l ON l.id = b.value ->> 0
LEFT JOIN touched_line t ON t.id = l.id LEFT JOIN allocation_target a ON a.id = l.id
WHERE coalesce(a.after, l.quantity_allocated)
    < min(coalesce(t.allocated, 0) + CAST(b.value ->> 1 AS INTEGER), l.quantity_open - l.quantity_short)
  AND l.quantity_open - l.quantity_short > l.quantity_picked
ORDER BY l.id"""

_IS_THERE = """
SELECT min(max(0, coalesce(s.quantity - s.allocated, 0)) / coalesce(c.quantity, 1)) FROM order_line l
LEFT JOIN order_line_component c ON c.order_line_id = l.id
LEFT JOIN stock_level s ON s.product_id = coalesce(c.product_id, l.product_id) AND s.location = 'HOME'
WHERE l.id = :line"""

_KEEP = (
    "UPDATE order_line SET quantity_allocated = quantity_allocated + :units WHERE id = :line",
    """INSERT INTO line_pick (order_line_id, quantity, reason, picked_at, operation_id)
VALUES (:line, :units, 'picked', :now, :operation)""",
)

_KEPT = """
SELECT o.order_id, p.sku FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id
JOIN product p ON p.id = l.product_id WHERE l.id = :line"""

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
      ol.quantity_open) AS kept
  FROM touched_line t
  JOIN order_line ol ON ol.id = t.id
  JOIN sales_order so ON so.id = ol.sales_order_id
  JOIN product p ON p.id = ol.product_id
) AS found WHERE allocated <> kept OR held > picked ORDER BY order_id, sku, id"""

# Products of which fewer are available than before; kits have none of their own.
_FALLEN = """
SELECT t.product_id, t.available FROM touched_product t JOIN product p ON p.id = t.product_id AND p.is_kit <> 1
WHERE t.available > coalesce((SELECT l.quantity - l.allocated FROM stock_level l
  WHERE l.product_id = t.product_id AND l.location = 'HOME'), 0)"""

_REMEMBERS = ("ANALYZE temp.touched_product", _REMEMBER, "ANALYZE temp.touched_line")
_APPLIES = ("ANALYZE temp.allocation_target", *(_APPLY.format(direction=direction) for direction in "<>"))
_CLEARED = [
    f"DELETE FROM {table}" for table in ("allocation_target", "touched_line", "touched_product", "tied_product")
]
_FALLEN_PRODUCTS = "(SELECT CAST(value AS INTEGER) AS id FROM json_each({})) p"


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
class Settled:
    """How promises and levels stand after a command.

    Attributes:
        gained, lost: lines open before the command that got or lost promised units.
        put_back: lines that did not lose units, but whose picked ones are for nobody now.
        kept: lines that kept what came back to them, though others are more urgent.
        waiting: orders that need what they had picked all the same, since it was an undo that unpicked it.
        low: each product the command made LOW or OUT, by its SKU with a sentence.
    """

    gained: tuple[Promise, ...]
    lost: tuple[Promise, ...]
    low: tuple[tuple[str, str], ...]
    put_back: tuple[Promise, ...] = ()
    kept: tuple[Promise, ...] = ()
    waiting: frozenset[str] = frozenset()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for stderr: promises taken back, picked units nobody wants, then products low or out."""
        taken = tuple(
            f"order {p.order_id} lost {p.units} allocated {p.sku}{_picked_too(p)}; the units are backordered now"
            for p in self.lost
        )
        spare = tuple(
            f"order {p.order_id} had {p.units_picked} {p.sku} picked"
            f"{'' if p.order_id in self.waiting else ' that it needs no more'}; put them back"
            for p in self.put_back
        )
        kept = tuple(
            f"order {p.order_id} keeps {p.units} {p.sku} that came back, as picked, though others are more urgent;"
            f" to give them up: ordercli pick --put-back {p.order_id}"
            for p in self.kept
        )
        return taken + spare + kept + tuple(sentence for _, sentence in self.low)


def _picked_too(promise: Promise) -> str:
    return f", {promise.units_picked} of them picked already" if promise.units_picked else ""


def touch(connection: Connection, product_ids: Iterable[int]) -> None:
    """Remember available units and promises of these products, before anything changes."""
    create_working_tables(driver_of(connection))
    rows = [{"product": product_id} for product_id in product_ids]
    if rows:
        connection.execute(text(_TOUCH), rows)
        if connection.exec_driver_sql(_HAS_KITS).scalar_one():
            connection.exec_driver_sql(_TOUCH_TIED)
        driver_of(connection).run_each(_REMEMBERS)


def release(connection: Connection) -> None:
    """Take back every promise of the touched products that is not picked yet.

    Needed where units leave that may be promised to somebody; :func:`settle` gives back what is left.
    """
    connection.exec_driver_sql(_RELEASE)


def forget_short(connection: Connection, product_ids: Collection[int]) -> None:
    """Let lines that found the shelf empty be promised these products again: they were counted, or more came."""
    if product_ids and connection.exec_driver_sql(_IS_SHORT).scalar_one():
        connection.execute(text(_FORGET_SHORT), {"products": json.dumps(sorted(product_ids))})


def settle(work: Work, back: Mapping[int, int] | None = None) -> Settled:
    """Promise the stock of the touched products to their open lines anew, and tell what changed.

    Args:
        work: the command's frame.
        back: units that came back to order lines, by the lines' row ids. They lie there for their order: where it
            is another one's turn, they count as picked.
    """
    connection = work.connection
    connection.exec_driver_sql(_TIED)
    has_targets = connection.exec_driver_sql(_TARGETS).rowcount + _plan_tied(connection)
    kept = _keep(work, back) if back else ()
    if kept:
        connection.exec_driver_sql("DELETE FROM allocation_target")
        has_targets = connection.exec_driver_sql(_TARGETS).rowcount + _plan_tied(connection)
    if has_targets:
        driver_of(connection).run_each(_APPLIES)
    changes = [Promise(*row) for row in connection.exec_driver_sql(_GAINS).all()]
    low = _low_sentences(work)
    driver_of(connection).run_each(_CLEARED)
    return Settled(
        gained=tuple(p for p in changes if p.units > 0),
        lost=tuple(Promise(p.order_id, p.sku, -p.units, p.units_picked) for p in changes if p.units < 0),
        put_back=tuple(p for p in changes if p.units >= 0 and p.units_picked),
        low=low,
        kept=kept,
    )


def _keep(work: Work, back: Mapping[int, int]) -> tuple[Promise, ...]:
    """Pin what came back to lines that others would go before; the rest of the products is released then."""
    connection = work.connection
    missed = connection.execute(text(_MISSED), {"back": json.dumps(list(back.items()))}).all()
    if missed:
        release(connection)
    kept = []
    for line, wanted in missed:
        there = connection.execute(text(_IS_THERE), {"line": line}).scalar_one()
        values = {"line": line, "units": min(wanted, there), "now": work.now, "operation": work.operation}
        if values["units"] > 0:
            for statement in _KEEP:
                connection.execute(text(statement), values)
            order_id, sku = connection.execute(text(_KEPT), values).one()
            kept.append(Promise(order_id, sku, values["units"]))
    return tuple(kept)


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


def still_there(work: Work, settled: Settled) -> Settled:
    """The same without products and orders that an undo removed; picked units are to be put back all the same."""
    skus = _those_of(work, "SELECT sku FROM product WHERE sku", [sku for sku, _ in settled.low])
    promises = (*settled.lost, *settled.kept, *settled.put_back)
    orders = _those_of(work, "SELECT order_id FROM sales_order WHERE order_id", [p.order_id for p in promises])
    return replace(
        settled,
        low=tuple(low for low in settled.low if low[0] in skus),
        lost=tuple(p for p in settled.lost if p.order_id in orders),
        kept=tuple(p for p in settled.kept if p.order_id in orders),
        waiting=frozenset(orders),
    )


def _those_of(work: Work, asked: str, names: Iterable[str]) -> set[str]:
    wanted = {"names": json.dumps(sorted(set(names)))}
    return set(
        work.connection.execute(text(f"{asked} IN (SELECT value FROM json_each(:names))"), wanted).scalars()
    )


def _low_sentences(work: Work) -> tuple[tuple[str, str], ...]:
    """SKU and sentence of each product that is LOW or OUT since fewer units are available."""
    before = {row[0]: row[1] for row in work.connection.exec_driver_sql(_FALLEN)}
    if not before:
        return ()
    source, products = WorkSource(work), _FALLEN_PRODUCTS.format(f"'{json.dumps(sorted(before))}'")
    known = history(source, products)
    stands = standings(source, BuyingRules(source, products=products), known, products)
    told = (
        (stand.facts.sku, _low_sentence(stand, before[stand.facts.product]))
        for stand in stands
        if not stand.facts.is_retired
    )
    return tuple((sku, sentence) for sku, sentence in told if sentence)


def _low_sentence(stand: Stand, before: int) -> str | None:
    available, status = stand.facts.available, stand.status
    was = stock_status(before, stand.position + before - available, stand.point)
    if status in ("OK", was):
        return None
    if status == "OUT":
        return f"{stand.facts.sku} is OUT: none available"
    return f"{stand.facts.sku} is LOW: {available} available, reorder point {stand.point_shown}"
