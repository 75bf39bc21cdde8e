"""Picking: what was taken from the shelf stays with its order line, what was not there is asked after.

Until a line is picked its units are whoever's turn it is; a picked unit is pinned (``services/stock/ledger.py``).
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import text

from ordercli.domain.places import HOME, LOSS
from ordercli.domain.shipping.picking import ShortLine, plan_short
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.services.events import add_events
from ordercli.services.lookup import OrderFacts, ProductFacts, get_order, get_product, products_of, recipe_of
from ordercli.services.operations import Outcome, Work
from ordercli.services.stock.allocation import Settled, settle, touch
from ordercli.services.stock.counts import ask
from ordercli.services.stock.ledger import Posting, post

PICKED = """
SELECT l.sales_order_id, sum(k.quantity) FROM line_pick k JOIN order_line l ON l.id = k.order_line_id
WHERE k.operation_id = :operation GROUP BY l.sales_order_id ORDER BY l.sales_order_id"""

_RECORD = """
INSERT INTO line_pick (order_line_id, quantity, reason, picked_at, operation_id)
VALUES (:line, :units, :reason, :now, :operation)"""


def record_picks(work: Work, units_by_line: Sequence[tuple[int, int]], reason: str = "picked") -> None:
    """Write that units of lines were picked, or with a minus and another reason are picked no more.

    A CHECK refuses more than is allocated, or fewer than none.
    """
    if units_by_line:
        work.connection.execute(
            text(_RECORD),
            [
                {"line": line, "units": units, "reason": reason, "now": work.now, "operation": work.operation}
                for line, units in units_by_line
            ],
        )


def confirm_picks(work: Work, units_by_line: Sequence[tuple[int, int]]) -> Outcome:
    """Pin units that were taken from the shelf: their allocation moves no more.

    Args:
        work: the command's frame.
        units_by_line: (row id of an order line, units allocated to it and not picked yet).
    """
    if not units_by_line:
        return Outcome("nothing waits to be picked")
    record_picks(work, units_by_line)
    picked = work.connection.execute(text(PICKED), {"operation": work.operation}).all()
    add_events(work, "picked", [(order, count(units, "unit")) for order, units in picked])
    total = sum(units for _, units in units_by_line)
    return Outcome(
        f"picked {count(total, 'unit')} for {count(len(picked), 'order')}",
        {"units_picked": total},
        {"orders": len(picked)},
    )


def put_back(work: Work, references: Sequence[str]) -> Outcome:
    """Take back that units of these orders were picked; they are whoever's turn it is again.

    Raises:
        NotFound: for an unknown order.
    """
    orders = {order.id: order for order in (get_order(work.connection, reference) for reference in references)}
    rows = work.connection.execute(
        text(
            "SELECT id, sales_order_id, product_id, quantity_picked FROM order_line"
            " WHERE quantity_picked > 0 AND sales_order_id IN (SELECT value FROM json_each(:orders))"
        ),
        {"orders": str(sorted(orders))},
    ).all()
    if not rows:
        names = ", ".join(order.order_id for order in orders.values())
        return Outcome(f"nothing of {names} is picked")
    touch(work.connection, {row.product_id for row in rows})
    record_picks(work, [(row.id, -row.quantity_picked) for row in rows], "put_back")
    units = dict.fromkeys((row.sales_order_id for row in rows), 0)
    for row in rows:
        units[row.sales_order_id] += row.quantity_picked
    add_events(work, "put back", [(order, count(number, "unit")) for order, number in units.items()])
    settled = _without_picks(settle(work))
    total = sum(units.values())
    return Outcome(
        f"put back {count(total, 'unit')} of {count(len(units), 'order')}",
        {"units_put_back": total},
        {},
        settled.warnings,
    )


def _without_picks(settled: Settled) -> Settled:
    """The same without the remark that units were picked, where the command itself says so."""
    return replace(settled, put_back=(), lost=tuple(replace(p, units_picked=0) for p in settled.lost))


def report_short(work: Work, reference: str, sku: str, units: int) -> Outcome:
    """Units of an order were not on the shelf: they are backordered, leave the book, and a count is asked for.

    The rest of the order can ship. The units get no other stock until the product is counted or more of it
    comes, since nobody knows what else is missing.

    Args:
        work: the command's frame.
        reference: the order.
        sku: what was not there; of a kit, the component.
        units: how many.

    Raises:
        NotFound: for an unknown order or SKU.
        Refused: if the order has fewer units of it allocated, or for a kit.
    """
    order = get_order(work.connection, reference)
    product = get_product(work.connection, sku)
    if product.is_kit:
        raise Refused(f"{sku} is a kit; name what was missing of it: {_components(work, product)}.")
    lines = _lines_with(work, order, product)
    plan = plan_short(lines, units)
    if plan is None:
        there = sum(line.allocated * line.each for line in lines)
        raise Refused(f"Order {order.order_id} has {there} {sku} allocated, so {units} of them cannot be short.")
    touch(work.connection, {product.id, *(line.product_id for line in lines if line.id in plan)})
    _backorder(work, lines, plan)
    post(
        work,
        [
            Posting(
                "adjustment",
                product.id,
                HOME,
                LOSS,
                units,
                work.now,
                reference=order.order_id,
                reason="short pick",
            )
        ],
    )
    ask(work, product.id, units, order=order.id)
    add_events(work, "short", [(order.id, f"{units} {sku} not on the shelf")])
    settled = settle(work)
    others = tuple(p for p in settled.lost if p.order_id != order.order_id)
    waiting = sum(plan.values())
    return Outcome(
        f"short of {units} {sku} for order {order.order_id}: {count(waiting, 'unit')} of it backordered",
        {"units_short": units, "movements": 1},
        {"units_backordered": waiting},
        replace(settled, lost=others, put_back=()).warnings,
        (_next_step(order, lines, plan), f"Count {sku}; open questions: ordercli stock sheet --questions"),
        reference=order.order_id,
    )


def _components(work: Work, kit: ProductFacts) -> str:
    parts = recipe_of(work.connection, kit)
    return " or ".join(sorted(part.sku for part in products_of(work.connection, parts).values()))


def _lines_with(work: Work, order: OrderFacts, product: ProductFacts) -> list[ShortLine]:
    rows = work.connection.execute(
        text(
            "SELECT l.id, l.product_id, q.sku, l.quantity_allocated AS allocated, l.quantity_picked AS picked,"
            " coalesce(c.quantity, 1) AS each FROM order_line l JOIN product q ON q.id = l.product_id"
            " LEFT JOIN order_line_component c ON c.order_line_id = l.id"
            " WHERE l.sales_order_id = :order AND coalesce(c.product_id, l.product_id) = :product"
            " AND l.quantity_allocated > 0 ORDER BY l.line_no"
        ),
        {"order": order.id, "product": product.id},
    )
    return [ShortLine(*row) for row in rows]


def _backorder(work: Work, lines: Sequence[ShortLine], plan: dict[int, int]) -> None:
    """Take units off what lines are allocated, from those not picked first, until somebody counts."""
    unpicked = [
        (line.id, line.allocated - plan[line.id] - line.picked)
        for line in lines
        if line.id in plan and line.picked > line.allocated - plan[line.id]
    ]
    record_picks(work, unpicked, "short")
    work.connection.execute(
        text(
            "UPDATE order_line SET quantity_allocated = quantity_allocated - :units,"
            " quantity_short = quantity_short + :units WHERE id = :line"
        ),
        [{"line": line, "units": units} for line, units in plan.items()],
    )


def _next_step(order: OrderFacts, lines: Sequence[ShortLine], plan: dict[int, int]) -> str:
    left = " ".join(
        f"--line {line.sku}:{line.allocated - plan.get(line.id, 0)}"
        for line in lines
        if line.allocated > plan.get(line.id, 0)
    )
    if not left:
        return f"What else order {order.order_id} has can ship without it; name it with --line."
    return f"What was there can ship without it: ordercli ship {order.order_id} {left} …"
