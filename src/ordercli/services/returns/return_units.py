"""Returned units: taken into quarantine at the cost they left with, and moved on by what they turn out to be."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import text

from ordercli.domain.money import layer_cost
from ordercli.domain.orders.orders import fill_oldest_first
from ordercli.domain.places import CUSTOMER, QUARANTINE
from ordercli.domain.returns.return_reasons import Fault
from ordercli.domain.returns.returns import Disposition, place_after
from ordercli.domain.words import count
from ordercli.errors import NotFound, Refused
from ordercli.services.events import add_events
from ordercli.services.operations import Outcome, Work
from ordercli.services.returns.return_lines import (
    NamedUnits,
    Return,
    ReturnableLine,
    add_step,
    get_return,
    return_lines,
    take,
)
from ordercli.services.stock.allocation import settle, touch
from ordercli.services.stock.deliveries import given
from ordercli.services.stock.ledger import Posting, post
from ordercli.services.stock.usual_cost import unknown_cost_warnings, usual_cost


def receive_return(work: Work, reference: str, wanted: NamedUnits) -> Outcome:
    """Take returned units into QUARANTINE at the cost they left with; what is here already is unchanged.

    What was never answered is authorized by taking it in.

    Raises:
        NotFound: for an unknown return or line.
        Refused: if more comes than is authorized, or the return is declined or closed.
    """
    rma = get_return(work, reference)
    lines = return_lines(work, rma.id, "r.quantity - r.quantity_received")
    if not wanted and not any(line.free for line in lines):
        return Outcome(f"return {rma.return_id} is received already", reference=rma.return_id)
    taken = take(lines, wanted, f"return {rma.return_id}", "still to come")
    _allow(work, rma)
    parts = {line.id: _parts(work, line) for line in lines if line.id in taken}
    touch(work.connection, {product for each in parts.values() for product in each})
    pieces = [
        (line, product, piece)
        for line in lines
        if line.id in taken
        for product, each in parts[line.id].items()
        for piece in _original_pieces(work, line, product, each, taken[line.id])
    ]
    costless = unknown_cost_warnings(
        work.connection, {product for _, product, piece in pieces if not piece.cost_minor}
    )
    movements = post(
        work,
        [
            Posting(
                "return",
                product,
                CUSTOMER,
                QUARANTINE,
                piece.quantity,
                work.now,
                piece.cost_minor,
                piece.acquired_at,
                reference=rma.return_id,
                to_lot=line.id,
            )
            for line, product, piece in pieces
        ],
    )
    _record(work, None, taken, [line.id for line, _, _ in pieces], movements)
    units = sum(taken.values())
    add_events(work, "return", [(rma.sales_order_id, f"{rma.return_id}: {count(units, 'unit')} received")])
    return Outcome(
        f"received {count(units, 'unit')} of return {rma.return_id} into quarantine; inspect them next",
        {"movements": len(pieces)},
        {"units_received": units},
        costless + settle(work).warnings,
        reference=rma.return_id,
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """Returned units of one cost layer."""

    quantity: int
    cost_minor: int
    acquired_at: str


def _parts(work: Work, line: ReturnableLine) -> dict[int, int]:
    """Units of each stocked product in one unit of a returned line."""
    rows = work.connection.execute(
        text(
            "SELECT c.product_id, c.quantity FROM return_line r"
            " JOIN order_line_component c ON c.order_line_id = r.order_line_id WHERE r.id = :line"
        ),
        {"line": line.id},
    )
    return {row.product_id: row.quantity for row in rows} or {line.product_id: 1}


def _original_pieces(work: Work, line: ReturnableLine, product: int, each: int, units: int) -> list[_Piece]:
    """The layers that a product of the next ``units`` returned units of a line came from, ``each`` in a unit.

    Units sold before the ledger began have the product's usual cost.
    """
    skip = each * int(
        work.connection.execute(
            text(
                "SELECT l.quantity_returned FROM return_line r JOIN order_line l ON l.id = r.order_line_id"
                " WHERE r.id = :line"
            ),
            {"line": line.id},
        ).scalar_one()
    )
    left = each * units
    rows = work.connection.execute(
        text(
            "SELECT u.quantity, u.cost_minor, c.acquired_at FROM return_line r"
            " JOIN shipped_unit s ON s.order_line_id = r.order_line_id AND s.product_id = :product"
            " JOIN shipment h ON h.id = s.shipment_id AND h.status <> 'void'"
            " JOIN layer_use u ON u.movement_id = s.movement_id JOIN cost_layer c ON c.id = u.cost_layer_id"
            " WHERE r.id = :line ORDER BY s.shipment_line_id, c.acquired_at, c.id"
        ),
        {"line": line.id, "product": product},
    )
    pieces = []
    for quantity, cost, acquired_at in rows:
        start, stop = min(skip, quantity), min(skip + left, quantity)
        skip -= start
        if stop > start:
            pieces.append(_Piece(stop - start, layer_cost(cost, quantity, start, stop), acquired_at))
            left -= stop - start
    if left:
        pieces.append(_Piece(left, usual_cost(work.connection, product, left), work.now))
    return pieces


def _record(
    work: Work,
    disposition: str | None,
    taken: Mapping[int, int],
    lines: Sequence[int],
    movements: Sequence[int],
    sellable: Collection[int] = (),
) -> None:
    """Write what happened to units of each line.

    Args:
        work: the command's frame.
        disposition: what they turned out to be; None for units that came.
        taken: units by line.
        lines: the line of each movement.
        movements: what moved them.
        sellable: the places among these of what went back on the shelf.
    """
    shelved = {movements[place] for place in sellable}
    moved: dict[int, list[int]] = {}
    for line, movement in zip(lines, movements, strict=True):
        moved.setdefault(line, []).append(movement)
    costs = {
        row.id: row.cost_minor
        for row in work.connection.execute(
            text("SELECT id, cost_minor FROM stock_movement WHERE id BETWEEN :first AND :last"),
            {"first": min(movements), "last": max(movements)},
        )
    }
    work.connection.execute(
        text(
            "INSERT INTO return_event (return_line_id, disposition, quantity, occurred_at, movement_id,"
            " cost_minor, sellable_cost_minor, operation_id)"
            " VALUES (:line, :disposition, :units, :now, :movement, :cost, :sellable, :operation)"
        ),
        [
            {
                "line": line,
                "disposition": disposition,
                "units": units,
                "now": work.now,
                "movement": moved[line][0],
                "cost": sum(costs[movement] for movement in moved[line]),
                "sellable": sum(costs[movement] for movement in moved[line] if movement in shelved),
                "operation": work.operation,
            }
            for line, units in taken.items()
        ],
    )


_ELSEWHERE = """
INSERT INTO return_event (return_line_id, disposition, quantity, occurred_at, cost_minor, sellable_cost_minor,
  detail, operation_id)
VALUES (:line, :disposition, :units, :at, :cost, iif(:disposition = 'sellable', :cost, 0), :detail, :operation)"""


def record_elsewhere(work: Work, line: ReturnableLine, disposition: str, at: str, detail: str | None) -> None:
    """Write that units of a line came back to Amazon and what they are; nothing of ours moves."""
    pieces = [
        piece
        for product, each in _parts(work, line).items()
        for piece in _original_pieces(work, line, product, each, line.free)
    ]
    work.connection.execute(
        text(_ELSEWHERE),
        [
            {
                "line": line.id,
                "disposition": word,
                "units": line.free,
                "at": at,
                "cost": sum(piece.cost_minor for piece in pieces),
                "detail": detail,
                "operation": work.operation,
            }
            for word in (None, disposition)
        ],
    )


_STANDING = """
SELECT r.id AS line, e.disposition, sum(e.quantity) AS units, sum(e.cost_minor) AS cost,
  max(e.occurred_at) AS judged_at
FROM return_line r JOIN return_event e ON e.return_line_id = r.id AND e.disposition IS NOT NULL
WHERE r.return_authorization_id = :rma AND e.movement_id IS NULL
GROUP BY r.id, e.disposition HAVING sum(e.quantity) > 0 ORDER BY r.id"""


def judge_again(work: Work, rma: Return, disposition: str, at: str, detail: str | None) -> bool:
    """Write that Amazon says otherwise of units it took back, if this is said of a later instant.

    Of one instant the greater word holds, so that the order of files decides nothing.

    Returns:
        Whether it is news.
    """
    standing = work.connection.execute(text(_STANDING), {"rma": rma.id}).all()
    later = [row for row in standing if (at, disposition) > (row.judged_at, row.disposition)]
    told = [
        {
            "line": row.line,
            "disposition": word,
            "units": sign * row.units,
            "at": at,
            "cost": sign * row.cost,
            "detail": detail,
            "operation": work.operation,
        }
        for row in later
        for word, sign in ((row.disposition, -1), (disposition, 1))
    ]
    if told:
        work.connection.execute(text(_ELSEWHERE), told)
        add_events(work, "return", [(rma.sales_order_id, f"{rma.return_id}: {disposition}, by a later report")])
    return bool(told)


def _allow(work: Work, rma: Return) -> None:
    if rma.is_declined or rma.is_closed:
        state = "closed; open another one" if rma.is_closed else "declined; authorize it first"
        raise Refused(f"Return {rma.return_id} is {state}.")
    if not rma.is_answered:
        add_step(work, rma.id, "authorized", "seller", work.now)


class Part(NamedTuple):
    """Components of kits or packs that turned out otherwise than the units they are of."""

    sku: str
    units: int
    disposition: Disposition


def inspect_return(
    work: Work,
    reference: str,
    wanted: NamedUnits,
    disposition: Disposition,
    *,
    fault: Fault | None = None,
    apart: Sequence[Part] = (),
) -> Outcome:
    """Say what received units turned out to be; only this moves them out of quarantine.

    Args:
        work: the command's frame.
        reference: the return.
        wanted: which units; empty for all that wait.
        disposition: what they are; it decides about the money.
        fault: whose it is, where that is not as the reason of the return says.
        apart: components that go where another disposition sends them.

    Raises:
        NotFound: for an unknown return or line.
        Refused: if fewer units are received and not inspected, or have fewer of a component.
    """
    rma = get_return(work, reference)
    lines = return_lines(work, rma.id, "r.quantity_received - r.quantity_inspected")
    taken = take(lines, wanted, f"return {rma.return_id}", "received and not inspected")
    if not taken:
        raise Refused(f"Return {rma.return_id} has nothing to inspect; receive it first, or look at: return show.")
    chosen = [line for line in lines if line.id in taken]
    if fault is not None:
        _judge(work, rma, chosen, fault)
    moves = _moves(work, rma, chosen, taken, disposition, apart)
    movements = _moved(work, rma, moves)
    sellable = [place for place, move in enumerate(moves) if move.disposition == "sellable"]
    _record(work, disposition, taken, [move.line for move in moves], movements, sellable)
    units = sum(taken.values())
    but = "".join(f", of it {part.units} {part.sku} {part.disposition}" for part in apart)
    said = f"{rma.return_id}: {count(units, 'unit')} {disposition}{but}"
    add_events(work, "return", [(rma.sales_order_id, said)])
    settled = settle(work)
    return Outcome(
        f"inspected {count(units, 'unit')} of return {rma.return_id} as {disposition}{but}{given(settled)}",
        {"movements": len(moves), "lines_allocated": len(settled.gained)},
        {"units_inspected": units},
        settled.warnings,
        reference=rma.return_id,
    )


class _Move(NamedTuple):
    """Units of a stocked product that leave quarantine for one line of a return."""

    line: int
    product: int
    units: int
    disposition: str


def _moves(
    work: Work,
    rma: Return,
    lines: Sequence[ReturnableLine],
    taken: Mapping[int, int],
    disposition: Disposition,
    apart: Sequence[Part],
) -> list[_Move]:
    """Where the units go: those named apart first, of the oldest line first, the rest as the units they are of."""
    left = {
        (line.id, product): taken[line.id] * each for line in lines for product, each in _parts(work, line).items()
    }
    moves = []
    for part in apart:
        product = _component(work, rma, part, {product for _, product in left})
        places = [place for place in left if place[1] == product]
        free = [left[place] for place in places]
        if sum(free) < part.units:
            raise Refused(
                f"The units of return {rma.return_id} have {sum(free)} of {part.sku} to inspect, not {part.units}."
            )
        for place, units in zip(places, fill_oldest_first(part.units, free), strict=True):
            left[place] -= units
            moves.append(_Move(*place, units, part.disposition))
    moves += [_Move(*place, units, disposition) for place, units in left.items()]
    return [move for move in moves if move.units]


def _moved(work: Work, rma: Return, moves: Sequence[_Move]) -> Sequence[int]:
    """Post what leaves quarantine; the movements."""
    touch(work.connection, {move.product for move in moves})
    return post(
        work,
        [
            Posting(
                "inspection",
                move.product,
                QUARANTINE,
                place_after(move.disposition),
                move.units,
                work.now,
                reference=rma.return_id,
                reason=move.disposition,
                from_lot=move.line,
            )
            for move in moves
        ],
    )


def _component(work: Work, rma: Return, part: Part, products: set[int]) -> int:
    product = work.connection.execute(text("SELECT id FROM product WHERE sku = :sku"), {"sku": part.sku}).scalar()
    if product not in products:
        raise NotFound(f"The units of return {rma.return_id} to inspect have no component {part.sku}.")
    return int(product)


def _judge(work: Work, rma: Return, lines: Sequence[ReturnableLine], fault: Fault) -> None:
    changed = work.connection.execute(
        text("UPDATE return_line SET fault = :fault WHERE id = :line AND fault <> :fault"),
        [{"fault": fault, "line": line.id} for line in lines],
    )
    if changed.rowcount:
        add_events(work, "return", [(rma.sales_order_id, f"{rma.return_id}: fault judged to be {fault}")])
