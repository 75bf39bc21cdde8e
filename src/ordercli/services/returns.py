"""Returns: opened, received into quarantine, inspected, refunded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import text

from ordercli.domain.money import format_amount, layer_cost
from ordercli.domain.orders import fill_oldest_first, names_line
from ordercli.domain.returns import (
    DISPOSITIONS,
    Disposition,
    LineRefund,
    PaidLine,
    place_after,
    refund_for_units,
    spread_amount,
)
from ordercli.domain.stock import CUSTOMER, QUARANTINE
from ordercli.domain.words import count
from ordercli.errors import NotFound, Refused, UsageProblem, unknown
from ordercli.services.events import add_events
from ordercli.services.ledger import Posting, post, settle, touch
from ordercli.services.lookup import get_order
from ordercli.services.operations import Outcome, Work

Wanted = Sequence[tuple[str, int]]
"""(SKU or ``#ITEM_ID``, units) as the user names lines; empty for all there is."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line as far as a return is concerned; ``free`` is how many of its units the step may take."""

    id: int
    sku: str
    item_id: str | None
    product_id: int
    free: int


def open_return(work: Work, order_reference: str, wanted: Wanted, *, reason: str) -> Outcome:
    """Allow units of an order to come back.

    The same return again, as long as nothing of it has come, changes nothing.

    Raises:
        NotFound: for an unknown order or line.
        Refused: if more is asked than was shipped and is not on a return already.
    """
    order = get_order(work.session, order_reference)
    lines = _returnable(work, order.id)
    name = f"order {order.order_id}"
    twin = _open_twin(work, order.id, lines, wanted, reason)
    if twin is not None:
        return Outcome(f"return {twin} of {name} is open already", reference=twin)
    taken = _take(lines, wanted, name, "shipped and not on a return")
    if not taken:
        raise Refused(f"Nothing of {name} is shipped and not on a return already.")
    number = work.connection.execute(
        text("SELECT coalesce(max(id), 0) + 1 FROM return_authorization")
    ).scalar_one()
    rma = f"RMA-{number:06d}"
    work.connection.execute(
        text(
            "INSERT INTO return_authorization (id, return_id, sales_order_id, reason, opened_at, operation_id)"
            " VALUES (:id, :rma, :order, :reason, :now, :operation)"
        ),
        {
            "id": number,
            "rma": rma,
            "order": order.id,
            "reason": reason,
            "now": work.now,
            "operation": work.operation,
        },
    )
    work.connection.execute(
        text(
            "INSERT INTO return_line (return_authorization_id, order_line_id, product_id, quantity)"
            " VALUES (:rma, :line, :product, :units)"
        ),
        [
            {"rma": number, "line": line.id, "product": line.product_id, "units": taken[line.id]}
            for line in lines
            if line.id in taken
        ],
    )
    units = sum(taken.values())
    add_events(work, "return", [(order.id, f"{rma} opened for {count(units, 'unit')}: {reason}")])
    return Outcome(
        f"opened return {rma} for {count(units, 'unit')} of {name}",
        {"returns_new": 1},
        {"units_authorized": units},
        reference=rma,
    )


def _returnable(work: Work, order: int) -> list[_Line]:
    rows = work.connection.execute(
        text(
            "SELECT l.id, p.sku, l.item_id, l.product_id, l.quantity_shipped"
            " - (SELECT coalesce(sum(r.quantity), 0) FROM return_line r WHERE r.order_line_id = l.id)"
            " FROM order_line l JOIN product p ON p.id = l.product_id"
            " WHERE l.sales_order_id = :order ORDER BY l.line_no"
        ),
        {"order": order},
    )
    return [_Line(*row) for row in rows]


def _open_twin(work: Work, order: int, lines: Sequence[_Line], wanted: Wanted, reason: str) -> str | None:
    """A return of the same units for the same reason of which nothing has come yet."""
    rows = work.connection.execute(
        text(
            "SELECT a.return_id, p.sku, r.quantity FROM return_authorization a"
            " JOIN return_line r ON r.return_authorization_id = a.id JOIN product p ON p.id = r.product_id"
            " WHERE a.sales_order_id = :order AND a.units_received = 0 AND a.reason = :reason"
        ),
        {"order": order, "reason": reason},
    )
    by_return: dict[str, dict[str, int]] = {}
    for row in rows:
        content = by_return.setdefault(row.return_id, {})
        content[row.sku] = content.get(row.sku, 0) + row.quantity
    asked: dict[str, int] = {}
    for key, units in wanted:
        sku = next((line.sku for line in lines if names_line(key, line.sku, line.item_id)), key)
        asked[sku] = asked.get(sku, 0) + units
    is_all_taken = not any(line.free for line in lines)
    return next(
        (rma for rma, content in by_return.items() if content == asked or (not wanted and is_all_taken)), None
    )


def _take(lines: Sequence[_Line], wanted: Wanted, name: str, what: str) -> dict[int, int]:
    """Units of each line that a step takes, oldest line first.

    Raises:
        NotFound: if a named line is not there.
        Refused: if fewer units are free for the step than asked.
    """
    if not wanted:
        return {line.id: line.free for line in lines if line.free}
    taken: dict[int, int] = {}
    for key, units in wanted:
        meant = [line for line in lines if names_line(key, line.sku, line.item_id)]
        if not meant:
            raise NotFound(f"{name[:1].upper()}{name[1:]} has no line {key}.")
        free = [line.free - taken.get(line.id, 0) for line in meant]
        if sum(free) < units:
            raise Refused(
                f"{name[:1].upper()}{name[1:]} has {count(sum(free), 'unit')} of {key} {what}, not {units}."
            )
        for line, part in zip(meant, fill_oldest_first(units, free), strict=True):
            if part:
                taken[line.id] = taken.get(line.id, 0) + part
    return taken


@dataclass(frozen=True, slots=True)
class _Return:
    id: int
    return_id: str
    sales_order_id: int
    order_id: str
    currency: str | None


def _get_return(work: Work, reference: str) -> _Return:
    row = work.connection.execute(
        text(
            "SELECT a.id, a.return_id, a.sales_order_id, o.order_id, o.currency FROM return_authorization a"
            " JOIN sales_order o ON o.id = a.sales_order_id WHERE a.return_id = :rma"
        ),
        {"rma": reference.upper()},
    ).one_or_none()
    if row is None:
        known = work.connection.execute(
            text("SELECT return_id FROM return_authorization ORDER BY id DESC LIMIT 1000")
        ).scalars()
        raise unknown("return", reference, known)
    return _Return(*row)


def _return_lines(work: Work, rma: int, free: str) -> list[_Line]:
    rows = work.connection.execute(
        text(
            f"SELECT r.id, p.sku, l.item_id, r.product_id, {free} FROM return_line r"
            " JOIN order_line l ON l.id = r.order_line_id JOIN product p ON p.id = r.product_id"
            " WHERE r.return_authorization_id = :rma ORDER BY l.line_no"
        ),
        {"rma": rma},
    )
    return [_Line(*row) for row in rows]


def receive_return(work: Work, reference: str, wanted: Wanted) -> Outcome:
    """Take returned units into QUARANTINE at the cost they left with; what is here already is unchanged.

    Raises:
        NotFound: for an unknown return or line.
        Refused: if more comes than is authorized.
    """
    rma = _get_return(work, reference)
    lines = _return_lines(work, rma.id, "r.quantity - r.quantity_received")
    if not wanted and not any(line.free for line in lines):
        return Outcome(f"return {rma.return_id} is received already", reference=rma.return_id)
    taken = _take(lines, wanted, f"return {rma.return_id}", "still to come")
    parts = {line.id: _parts(work, line) for line in lines if line.id in taken}
    touch(work.connection, {product for each in parts.values() for product in each})
    pieces = [
        (line, product, piece)
        for line in lines
        if line.id in taken
        for product, each in parts[line.id].items()
        for piece in _original_pieces(work, line, product, each, taken[line.id])
    ]
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
    first: dict[int, int] = {}
    for (line, _, _), movement in zip(pieces, movements, strict=True):
        first.setdefault(line.id, movement)
    _record(work, [(line, None, units, first[line]) for line, units in taken.items()])
    units = sum(taken.values())
    add_events(work, "return", [(rma.sales_order_id, f"{rma.return_id}: {count(units, 'unit')} received")])
    return Outcome(
        f"received {count(units, 'unit')} of return {rma.return_id} into quarantine; inspect them next",
        {"movements": len(pieces)},
        {"units_received": units},
        settle(work).warnings,
        reference=rma.return_id,
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """Returned units of one cost layer."""

    quantity: int
    cost_minor: int
    acquired_at: str


def _parts(work: Work, line: _Line) -> dict[int, int]:
    """Units of each stocked product in one unit of a returned line."""
    rows = work.connection.execute(
        text(
            "SELECT c.product_id, c.quantity FROM return_line r"
            " JOIN order_line_component c ON c.order_line_id = r.order_line_id WHERE r.id = :line"
        ),
        {"line": line.id},
    )
    return {row.product_id: row.quantity for row in rows} or {line.product_id: 1}


def _original_pieces(work: Work, line: _Line, product: int, each: int, units: int) -> list[_Piece]:
    """The layers that a product of the next ``units`` returned units of a line came from, ``each`` in a unit.

    Units sold before the ledger began have today's cost.
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
        usual = work.connection.execute(
            text("SELECT coalesce(unit_cost_minor, 0) FROM product WHERE id = :id"), {"id": product}
        ).scalar_one()
        pieces.append(_Piece(left, usual * left, work.now))
    return pieces


def _record(work: Work, events: Sequence[tuple[int, str | None, int, int]]) -> None:
    work.connection.execute(
        text(
            "INSERT INTO return_event (return_line_id, disposition, quantity, occurred_at, movement_id,"
            " operation_id) VALUES (:line, :disposition, :units, :now, :movement, :operation)"
        ),
        [
            {
                "line": line,
                "disposition": disposition,
                "units": units,
                "now": work.now,
                "movement": movement,
                "operation": work.operation,
            }
            for line, disposition, units, movement in events
        ],
    )


def inspect_return(work: Work, reference: str, wanted: Wanted, disposition: Disposition) -> Outcome:
    """Say what received units turned out to be; only this moves them out of quarantine.

    Raises:
        NotFound: for an unknown return or line.
        Refused: if fewer units are received and not inspected.
    """
    rma = _get_return(work, reference)
    lines = _return_lines(work, rma.id, "r.quantity_received - r.quantity_inspected")
    taken = _take(lines, wanted, f"return {rma.return_id}", "received and not inspected")
    if not taken:
        raise Refused(f"Return {rma.return_id} has nothing to inspect; receive it first, or look at: return show.")
    chosen = [line for line in lines if line.id in taken]
    parts = [(line, product, each) for line in chosen for product, each in _parts(work, line).items()]
    touch(work.connection, {product for _, product, _ in parts})
    movements = post(
        work,
        [
            Posting(
                "inspection",
                product,
                QUARANTINE,
                place_after(disposition),
                taken[line.id] * each,
                work.now,
                reference=rma.return_id,
                reason=disposition,
                from_lot=line.id,
            )
            for line, product, each in parts
        ],
    )
    first: dict[int, int] = {}
    for (line, _, _), movement in zip(parts, movements, strict=True):
        first.setdefault(line.id, movement)
    _record(work, [(line.id, disposition, taken[line.id], first[line.id]) for line in chosen])
    units = sum(taken.values())
    add_events(work, "return", [(rma.sales_order_id, f"{rma.return_id}: {count(units, 'unit')} {disposition}")])
    settlement = settle(work)
    given = "".join(f"; order {p.order_id} gets {p.units} {p.sku}" for p in settlement.gained)
    return Outcome(
        f"inspected {count(units, 'unit')} of return {rma.return_id} as {disposition}{given}",
        {"movements": len(parts), "lines_allocated": len(settlement.gained)},
        {"units_inspected": units},
        settlement.warnings,
        reference=rma.return_id,
    )


@dataclass(frozen=True, slots=True)
class _RefundLine:
    id: int
    paid: PaidLine
    is_priced: bool
    settled: int
    units: Mapping[str, int]
    units_settled: Mapping[str, int]

    def open_units(self, disposition: str) -> int:
        """Inspected units of a disposition that no refund has settled yet."""
        return self.units.get(disposition, 0) - self.units_settled.get(disposition, 0)


def refund_return(work: Work, reference: str, *, amount: int | None, fee: Decimal) -> Outcome:
    """Give money back: for the inspected units not settled yet, or an amount given by hand.

    Args:
        work: the command's frame.
        reference: the return.
        amount: minor units of the order's currency; None computes it from the inspected units.
        fee: restocking fee as a fraction of the price, for units whose disposition allows one.

    Raises:
        NotFound: for an unknown return.
        UsageProblem: if the price of a line is not known and no amount is given.
        Refused: if nothing is inspected, or more is asked than is left of what was paid.
    """
    rma = _get_return(work, reference)
    currency = rma.currency or work.shop.currency
    lines = _refund_lines(work, rma.id)
    if amount is not None:
        rooms = [line.paid.left for line in lines]
        parts = spread_amount(amount, rooms)
        if parts is None:
            raise Refused(
                f"Return {rma.return_id} has {format_amount(sum(rooms), currency)} {currency} left of what was "
                f"paid, not {format_amount(amount, currency)}."
            )
        by_hand = [
            (line.id, None, LineRefund(0, part, 0)) for line, part in zip(lines, parts, strict=True) if part
        ]
        return _write_refund(work, rma, currency, by_hand)
    refunds = [(line.id, name, refund) for line in lines for name, refund in _auto(line, fee)]
    if not refunds:
        if any(line.units_settled for line in lines):
            return Outcome(f"return {rma.return_id} is refunded already", reference=rma.return_id)
        raise Refused(f"Return {rma.return_id} has no inspected units; inspect them, or give an --amount.")
    unpriced = {line.id for line in lines if not line.is_priced}
    if any(line in unpriced for line, _, _ in refunds):
        raise UsageProblem(f"The price paid is not known for return {rma.return_id}; give an --amount.")
    return _write_refund(work, rma, currency, refunds)


def _auto(line: _RefundLine, fee: Decimal) -> Iterator[tuple[str, LineRefund]]:
    """The refund for the open units of each disposition; the fee follows the unit, whatever came before."""
    paid, settled = line.paid, line.settled
    for name in DISPOSITIONS:
        units = line.open_units(name)
        if units > 0:
            refund = refund_for_units(paid, {name: units}, settled, fee)
            yield name, refund
            settled += units
            paid = replace(paid, refunded=paid.refunded + refund.amount)


def _refund_lines(work: Work, rma: int) -> list[_RefundLine]:
    inspected = _units_by_disposition(work, "return_event", rma)
    settled = _units_by_disposition(work, "refund", rma)
    rows = work.connection.execute(
        text(
            "SELECT r.id, l.quantity, l.quantity_canceled, l.item_price_minor, l.refunded_minor,"
            " coalesce(l.item_tax_minor, 0) + coalesce(l.gift_wrap_price_minor, 0)"
            " + coalesce(l.gift_wrap_tax_minor, 0) AS tax, coalesce(l.discount_minor, 0) AS discount,"
            " coalesce(l.shipping_price_minor, 0) + coalesce(l.shipping_tax_minor, 0) AS shipping,"
            " (SELECT coalesce(sum(f.quantity), 0) FROM refund f JOIN return_line o ON o.id = f.return_line_id"
            "   WHERE o.order_line_id = l.id) AS settled"
            " FROM return_line r JOIN order_line l ON l.id = r.order_line_id"
            " WHERE r.return_authorization_id = :rma ORDER BY l.line_no"
        ),
        {"rma": rma},
    )
    return [
        _RefundLine(
            row.id,
            PaidLine(
                row.quantity,
                row.item_price_minor or 0,
                row.tax,
                row.discount,
                row.shipping,
                row.refunded_minor,
                row.quantity_canceled,
            ),
            row.item_price_minor is not None,
            row.settled,
            inspected.get(row.id, {}),
            settled.get(row.id, {}),
        )
        for row in rows
    ]


def _units_by_disposition(work: Work, table: str, rma: int) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for line, disposition, units in work.connection.execute(
        text(
            f"SELECT e.return_line_id, e.disposition, sum(e.quantity) FROM {table} e"
            " JOIN return_line r ON r.id = e.return_line_id"
            " WHERE r.return_authorization_id = :rma AND e.disposition IS NOT NULL GROUP BY 1, 2"
        ),
        {"rma": rma},
    ):
        found.setdefault(line, {})[disposition] = units
    return found


def _write_refund(
    work: Work, rma: _Return, currency: str, refunds: Sequence[tuple[int, str | None, LineRefund]]
) -> Outcome:
    total = sum(refund.amount for *_, refund in refunds)
    fee = sum(refund.fee for *_, refund in refunds)
    if not total:
        return Outcome(f"there is nothing left to refund on return {rma.return_id}", reference=rma.return_id)
    work.connection.execute(
        text(
            "INSERT INTO refund (return_line_id, disposition, quantity, fee_minor, amount_minor, refunded_at,"
            " operation_id) VALUES (:line, :disposition, :units, :fee, :amount, :now, :operation)"
        ),
        [
            {
                "line": line,
                "disposition": disposition,
                "units": refund.quantity,
                "fee": refund.fee,
                "amount": refund.amount,
                "now": work.now,
                "operation": work.operation,
            }
            for line, disposition, refund in refunds
        ],
    )
    kept = f", restocking fee {format_amount(fee, currency)} kept" if fee else ""
    sentence = f"{format_amount(total, currency)} {currency}{kept}"
    add_events(work, "refund", [(rma.sales_order_id, f"{rma.return_id}: {sentence}")])
    return Outcome(
        f"refunded {sentence} on return {rma.return_id} of order {rma.order_id}",
        {"refunds": 1},
        {"amount_minor": total, "fee_minor": fee},
        reference=rma.return_id,
    )


def return_currency(work: Work, reference: str) -> str:
    """The currency a return is refunded in: its order's."""
    return _get_return(work, reference).currency or work.shop.currency
