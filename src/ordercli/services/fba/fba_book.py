"""The book of the units at Amazon: sales draw on them, statements correct it, explanations net what they did.

What no fact explains is posted as ``fba_statement`` movements from or to LOSS at the moment of the statement.
Every change of facts computes anew what should stand there (``domain/fba/fba.py``) and posts the difference to
what does, so the units at Amazon do not depend on the order in which files came.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from ordercli.domain.fba.fba import running_truth, statement_corrections
from ordercli.domain.money import layer_cost
from ordercli.domain.movements import standing_sql
from ordercli.domain.places import CUSTOMER, FBA, FBA_UNSELLABLE, LOSS
from ordercli.services.lookup import products_of
from ordercli.services.operations import Work
from ordercli.services.stock.allocation import touch
from ordercli.services.stock.coming_back import taken_by
from ordercli.services.stock.ledger import Posting, Unit, post, set_movements
from ordercli.services.stock.usual_cost import unknown_cost_warnings, usual_cost

PLACES = (FBA, FBA_UNSELLABLE)
_MOST_NOTES = 20

_HAS_BOOK = f"""
SELECT EXISTS (SELECT 1 FROM fba_statement)
  OR EXISTS (SELECT 1 FROM fba_shipment) OR EXISTS (SELECT 1 FROM stock_level WHERE location = '{FBA}')"""

_TEMPORARY = (
    "CREATE TEMP TABLE IF NOT EXISTS fba_product (product_id INTEGER PRIMARY KEY)",
    "CREATE TEMP TABLE IF NOT EXISTS fba_line (order_line_id INTEGER PRIMARY KEY)",
    "DELETE FROM fba_product",
    "DELETE FROM fba_line",
)

_STAGED_LINES = """
INSERT OR IGNORE INTO fba_line
SELECT s.order_line_id FROM staged_line s
JOIN sales_order o ON o.id = s.sales_order_id AND o.fulfillment = 'FBA'"""

# When a product is first known to be at Amazon; sales before are history.
_FIRST = f"""min(
    coalesce((SELECT f.occurred_at FROM stock_movement f WHERE f.product_id = u.product_id
      AND '{FBA}' IN (f.from_location, f.to_location) AND {standing_sql("f")}
      ORDER BY f.occurred_at LIMIT 1), '9999'),
    coalesce((SELECT min(s.stated_at) FROM fba_statement_line t JOIN fba_statement s ON s.id = t.fba_statement_id
      WHERE t.product_id = u.product_id AND coalesce(t.fulfillable, t.reserved) IS NOT NULL), '9999'))"""

_LINES_SINCE = """
INSERT OR IGNORE INTO fba_line
SELECT l.id FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id AND o.fulfillment = 'FBA'
WHERE l.channel_shipped_at > :since AND (l.product_id IN (SELECT product_id FROM fba_product)
  OR l.is_assembled <> 0 AND EXISTS (SELECT 1 FROM order_line_component c JOIN fba_product p USING (product_id)
    WHERE c.order_line_id = l.id))"""

_TO_VOID = f"""
SELECT u.shipment_line_id AS line, u.is_part, u.product_id, u.movement_id
FROM fba_line x
JOIN order_line l ON l.id = x.order_line_id
JOIN shipped_unit u ON u.order_line_id = l.id
JOIN stock_movement m ON m.id = u.movement_id AND m.from_location = '{FBA}'
WHERE l.channel_shipped_at < m.occurred_at
ORDER BY line, u.product_id"""

_TO_DRAW = f"""
SELECT u.shipment_line_id AS line, u.is_part, u.product_id, u.quantity,
  min(l.channel_shipped_at, :now) AS shipped_at, o.order_id
FROM fba_line x
JOIN order_line l ON l.id = x.order_line_id AND l.channel_shipped_at IS NOT NULL
JOIN sales_order o ON o.id = l.sales_order_id
JOIN shipped_unit u ON u.order_line_id = l.id AND u.movement_id IS NULL
JOIN shipment h ON h.id = u.shipment_id AND h.origin = 'channel' AND h.status <> 'void'
WHERE l.channel_shipped_at > {_FIRST}
ORDER BY l.channel_shipped_at, o.order_id, line, u.product_id"""

_FACTS = f"""
SELECT m.product_id, l.code, m.occurred_at, CASE l.code WHEN m.to_location THEN m.quantity ELSE -m.quantity END
FROM fba_product p
JOIN stock_movement m ON m.product_id = p.product_id AND m.kind <> 'fba_statement'
  AND {standing_sql("m")}
JOIN location l ON l.code IN (m.from_location, m.to_location) AND l.kind IN ('fba', 'fba_unsellable')"""

_POSTED = f"""
SELECT m.product_id, l.code, m.occurred_at,
  sum(CASE l.code WHEN m.to_location THEN m.quantity ELSE -m.quantity END)
FROM fba_product p
JOIN stock_movement m ON m.product_id = p.product_id AND m.kind = 'fba_statement'
  AND {standing_sql("m")}
JOIN location l ON l.code IN (m.from_location, m.to_location) AND l.kind IN ('fba', 'fba_unsellable')
GROUP BY m.product_id, l.code, m.occurred_at"""

_STATED = """
SELECT t.product_id, s.stated_at, t.fulfillable, t.reserved, t.unsellable
FROM fba_product p
JOIN fba_statement_line t ON t.product_id = p.product_id
JOIN fba_statement s ON s.id = t.fba_statement_id
ORDER BY t.product_id, s.stated_at, s.kind"""

# What units lost without explanation cost, less those that came back.
_LOST = f"""
SELECT coalesce(sum(CASE to_location WHEN 'LOSS' THEN quantity ELSE -quantity END), 0) AS units,
  coalesce(sum(CASE to_location WHEN 'LOSS' THEN cost_minor ELSE -cost_minor END), 0) AS cost_minor
FROM stock_movement m WHERE product_id = :product AND kind = 'fba_statement' AND {standing_sql("m")}"""


@dataclass(frozen=True, slots=True)
class Correction:
    """Units that a change found (> 0) or lost (< 0) at one of Amazon's places, at one moment."""

    product_id: int
    place: str
    occurred_at: str
    units: int


@dataclass(slots=True)
class Facts:
    """Explained movements to post, apart by what they need: units arriving do not wait for units there.

    ``warnings`` is what there is to say once they are posted.
    """

    arriving: list[Posting] = field(default_factory=list)
    leaving: list[Posting] = field(default_factory=list)
    warnings: tuple[str, ...] = ()


def draw_staged(work: Work) -> Sequence[str]:
    """Let the sales of a file of orders that Amazon shipped draw on the units there; what to warn of."""
    connection = work.connection
    if not connection.exec_driver_sql(_HAS_BOOK).scalar_one():
        return ()
    _begin(work, ())
    facts = Facts()
    if connection.exec_driver_sql(_STAGED_LINES).rowcount:
        _draw(work, facts)
    return facts.warnings


def keep_book(work: Work, products: Collection[int], facts: Facts) -> list[Correction]:
    """Post facts, draw sales that are no history any more, and set the corrections right.

    Args:
        work: the command's frame.
        products: every product of the facts, and those of which statements came in.
        facts: what to post.

    Returns:
        What the corrections changed.
    """
    touch(work.connection, ())
    _begin(work, products)
    first = work.connection.exec_driver_sql(
        f"SELECT min(since) FROM (SELECT {_FIRST} AS since FROM fba_product u) AS found"
    ).scalar()
    since = min([first or "9999", *(p.occurred_at for p in (*facts.arriving, *facts.leaving))])
    work.connection.execute(text(_LINES_SINCE), {"since": since})
    return _draw(work, facts)


def _begin(work: Work, products: Iterable[int]) -> None:
    for statement in _TEMPORARY:
        work.connection.exec_driver_sql(statement)
    _include(work, products)


def _include(work: Work, products: Iterable[int]) -> None:
    rows = [{"product": product} for product in sorted(set(products))]
    if rows:
        work.connection.execute(text("INSERT OR IGNORE INTO fba_product VALUES (:product)"), rows)


def _draw(work: Work, facts: Facts) -> list[Correction]:
    connection = work.connection
    voided = connection.exec_driver_sql(_TO_VOID).all()
    facts.arriving += [piece.back() for piece in taken_by(connection, (r.movement_id for r in voided))]
    set_movements(connection, [(Unit(r.line, r.product_id, bool(r.is_part)), None) for r in voided])
    drawn = connection.execute(text(_TO_DRAW), {"now": work.now}).all()
    sales = [
        Posting("shipment", r.product_id, FBA, CUSTOMER, r.quantity, r.shipped_at, reference=r.order_id)
        for r in drawn
    ]
    facts.leaving += sales
    _include(work, {p.product_id for p in (*facts.arriving, *facts.leaving)})
    corrections = _corrections(work, (*facts.arriving, *facts.leaving))
    found = [*_found(work, corrections), *facts.arriving]
    facts.warnings = unknown_cost_warnings(connection, {each.product_id for each in found if _is_free(each)})
    post(work, found)
    movements = post(work, facts.leaving)
    post(
        work,
        [
            Posting("fba_statement", each.product_id, each.place, LOSS, -each.units, each.occurred_at)
            for each in corrections
            if each.units < 0
        ],
    )
    taken = list(movements)[len(facts.leaving) - len(sales) :]
    set_movements(
        connection,
        [(Unit(r.line, r.product_id, bool(r.is_part)), m) for r, m in zip(drawn, taken, strict=True)],
    )
    return corrections


def _is_free(posting: Posting) -> bool:
    """Whether units come from outside at no cost."""
    comes = posting.from_location in (LOSS, CUSTOMER) and posting.kind != "shipment_void"
    return comes and not posting.cost_minor


def _corrections(work: Work, new: Sequence[Posting]) -> list[Correction]:
    """What must be found or lost, beyond what is posted as such, once the new facts are posted."""
    connection = work.connection
    facts: dict[tuple[int, str], list[tuple[str, int]]] = {}
    for product, place, at, units in connection.exec_driver_sql(_FACTS):
        facts.setdefault((product, place), []).append((at, units))
    for posting in new:
        for place in PLACES:
            if place in (posting.from_location, posting.to_location):
                units = posting.quantity if place == posting.to_location else -posting.quantity
                facts.setdefault((posting.product_id, place), []).append((posting.occurred_at, units))
    truths = _truths(work)
    change: dict[tuple[int, str, str], int] = {}
    for key in facts.keys() | truths.keys():
        for at, units in statement_corrections(facts.get(key, ()), truths.get(key, {})).items():
            change[(*key, at)] = units
    for product, place, at, units in connection.exec_driver_sql(_POSTED):
        key_at = (product, place, at)
        change[key_at] = change.get(key_at, 0) - units
    return [Correction(*key_at, units) for key_at, units in sorted(change.items()) if units]


def _truths(work: Work) -> dict[tuple[int, str], dict[str, int]]:
    sellable: dict[int, list[tuple[str, int | None, int | None]]] = {}
    truths: dict[tuple[int, str], dict[str, int]] = {}
    for row in work.connection.exec_driver_sql(_STATED):
        sellable.setdefault(row.product_id, []).append((row.stated_at, row.fulfillable, row.reserved))
        if row.unsellable is not None:
            truths.setdefault((row.product_id, FBA_UNSELLABLE), {})[row.stated_at] = row.unsellable
    truths.update({(product, FBA): running_truth(lines) for product, lines in sellable.items()})
    return truths


def _found(work: Work, corrections: Sequence[Correction]) -> list[Posting]:
    """Units lost without explanation come back at what they cost; others at the product's usual cost."""
    lost: dict[int, tuple[int, int]] = {}
    postings = []
    for each in corrections:
        if each.units < 0:
            continue
        if each.product_id not in lost:
            row = work.connection.execute(text(_LOST), {"product": each.product_id}).one()
            lost[each.product_id] = (max(0, row.units), max(0, row.cost_minor))
        units, cost = lost[each.product_id]
        back = min(each.units, units)
        worth = layer_cost(cost, units, 0, back) if back else 0
        lost[each.product_id] = (units - back, cost - worth)
        total = worth + usual_cost(work.connection, each.product_id, each.units - back)
        postings.append(
            Posting("fba_statement", each.product_id, LOSS, each.place, each.units, each.occurred_at, total)
        )
    return postings


def correction_counts(corrections: Sequence[Correction]) -> dict[str, int]:
    """Units found and lost by corrections, for a receipt."""
    return {
        "units_found": sum(max(0, each.units) for each in corrections),
        "units_lost": sum(max(0, -each.units) for each in corrections),
    }


def correction_notes(work: Work, corrections: Sequence[Correction]) -> tuple[str, ...]:
    """A line for each correction, the first ones of many, for a receipt."""
    skus = {p.id: p.sku for p in products_of(work.connection, {c.product_id for c in corrections}).values()}
    told = sorted(f"  {skus[c.product_id]}: {c.units:+d} at {c.place}, {c.occurred_at}" for c in corrections)
    rest = [f"  … and {len(told) - _MOST_NOTES} more"] if len(told) > _MOST_NOTES else []
    return tuple(told[:_MOST_NOTES] + rest)
