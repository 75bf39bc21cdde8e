"""Returns: opened, answered, closed. What the units do is in ``return_units.py``, the money in ``refunds.py``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import text

from ordercli.domain.on_return import OF_A_RETURN_SQL
from ordercli.domain.orders.orders import HANDLE, names_line
from ordercli.domain.returns.return_reasons import Fault, fault_of
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.services.events import add_events
from ordercli.services.lookup import get_order
from ordercli.services.operations import Outcome, Work
from ordercli.services.returns.return_lines import NamedUnits, Return, ReturnableLine, add_step, get_return, take


@dataclass(frozen=True, slots=True)
class ReturnLabel:
    """A label for the way back that was paid for: its cost, and who has to bear it (None: by the reason)."""

    cost_minor: int | None = None
    paid_by: str | None = None


@dataclass(frozen=True, slots=True)
class NewReturnLine:
    """Units of an order line that may come back, and why."""

    order_line_id: int
    product_id: int
    quantity: int
    reason: str
    fault: Fault
    fingerprint: str | None = None


@dataclass(frozen=True, slots=True)
class NewReturn:
    """A return to record.

    Attributes:
        order: row id of the order.
        requested_at: when the buyer asked.
        channel_return_id, delivered_on: as the channel tells them.
        label: of the way back.
        return_id: its name, where a file gives one; None for the next free one.
    """

    order: int
    lines: Sequence[NewReturnLine]
    requested_at: str
    channel_return_id: str | None = None
    delivered_on: str | None = None
    label: ReturnLabel = field(default_factory=ReturnLabel)
    return_id: str | None = None


def open_return(
    work: Work,
    order_reference: str,
    wanted: NamedUnits,
    *,
    reason: str,
    fault: Fault | None = None,
    requested_at: str | None = None,
    label: ReturnLabel | None = None,
) -> Outcome:
    """Allow units of an order to come back, or record that a buyer asked for it.

    The same return again, as long as nothing of it has come, changes nothing.

    Args:
        work: the command's frame.
        order_reference: the order.
        wanted: which units; empty for all that were shipped.
        reason: in the seller's or buyer's words, or the channel's code.
        fault: whose it is; None takes what the reason says.
        requested_at: when the buyer asked, for a return that is still to be answered; None opens it allowed.
        label: of the way back.

    Raises:
        NotFound: for an unknown order or line.
        Refused: if more is asked than was shipped and is not on a return already, or before the order was placed.
    """
    order = get_order(work.connection, order_reference)
    lines = returnable(work, order.id)
    name = f"order {order.order_id}"
    twin = _open_twin(work, order.id, lines, wanted, reason)
    if twin is not None:
        return Outcome(f"return {twin} of {name} is open already", reference=twin)
    if requested_at is not None and not order.ordered_at <= requested_at <= work.now:
        raise Refused(f"Nobody can have asked at {requested_at} to return {name} of {order.ordered_at}.")
    taken = take(lines, wanted, name, "shipped and not on a return")
    if not taken:
        raise Refused(f"Nothing of {name} is shipped and not on a return already.")
    whose = fault or fault_of(reason)
    back = [NewReturnLine(it.id, it.product_id, taken[it.id], reason, whose) for it in lines if it.id in taken]
    new = NewReturn(order.id, back, requested_at or work.now, label=label or ReturnLabel())
    number, rma = record_return(work, new)
    units = sum(taken.values())
    verb = "asked for" if requested_at else "opened"
    if requested_at is None:
        add_step(work, number, "authorized", "seller", work.now)
    add_events(work, "return", [(order.id, f"{rma} {verb} for {count(units, 'unit')}: {reason}")])
    said = "recorded the request for" if requested_at else "opened"
    return Outcome(
        f"{said} return {rma} for {count(units, 'unit')} of {name}",
        {"returns_new": 1},
        {"units_authorized": 0 if requested_at else units},
        reference=rma,
    )


def order_currency(work: Work, reference: str) -> str:
    """The currency of an order; the shop's where no file told it."""
    return get_order(work.connection, reference).currency or work.shop.currency


def record_return(work: Work, new: NewReturn) -> tuple[int, str]:
    """Write a return that was asked for; its row id and its name."""
    number = _number(work, new.return_id)
    rma = f"RMA-{number:06d}"
    work.connection.execute(
        text(
            "INSERT INTO return_authorization (id, return_id, sales_order_id, opened_at, operation_id,"
            " channel_return_id, delivered_on, label_cost_minor, label_paid_by)"
            " VALUES (:id, :rma, :order, :now, :operation, :channel_id, :delivered, :cost, :paid_by)"
        ),
        {
            "id": number,
            "rma": rma,
            "order": new.order,
            "now": work.now,
            "operation": work.operation,
            "channel_id": new.channel_return_id,
            "delivered": new.delivered_on,
            "cost": new.label.cost_minor,
            "paid_by": new.label.paid_by,
        },
    )
    add_lines(work, number, new.lines)
    add_step(work, number, "requested", "buyer", new.requested_at)
    return number, rma


def _number(work: Work, wanted: str | None) -> int:
    """The row id, which the name has in it.

    Raises:
        Refused: if the name is another return's, or none.
    """
    if wanted is None:
        return int(
            work.connection.execute(text("SELECT coalesce(max(id), 0) + 1 FROM return_authorization")).scalar_one()
        )
    match = re.fullmatch(r"RMA-([0-9]{6,9})", wanted)
    if match is None:
        raise Refused(f"{wanted!r} is no name of a return such as RMA-000001.")
    is_taken = work.connection.execute(
        text("SELECT EXISTS (SELECT 1 FROM return_authorization WHERE return_id = :rma)"), {"rma": wanted}
    ).scalar_one()
    if is_taken:
        raise Refused(f"{wanted} is another return.")
    return int(match.group(1))


def add_lines(work: Work, number: int, lines: Sequence[NewReturnLine]) -> None:
    """Put units on a return."""
    work.connection.execute(
        text(
            "INSERT INTO return_line (return_authorization_id, order_line_id, product_id, quantity, reason, fault,"
            " fingerprint) VALUES (:rma, :line, :product, :units, :reason, :fault, :fingerprint)"
        ),
        [
            {
                "rma": number,
                "line": line.order_line_id,
                "product": line.product_id,
                "units": line.quantity,
                "reason": line.reason,
                "fault": line.fault,
                "fingerprint": line.fingerprint,
            }
            for line in lines
        ],
    )


def returnable(work: Work, order: int) -> list[ReturnableLine]:
    """The lines of an order with their units that are shipped and on no return."""
    rows = work.connection.execute(
        text(
            f"SELECT l.id, p.sku, l.item_id, {HANDLE}, l.product_id, l.quantity_shipped"
            f" - (SELECT coalesce(sum({OF_A_RETURN_SQL}), 0) FROM return_line r"
            "   JOIN return_authorization a ON a.id = r.return_authorization_id WHERE r.order_line_id = l.id)"
            " FROM order_line l JOIN product p ON p.id = l.product_id"
            " WHERE l.sales_order_id = :order ORDER BY l.line_no"
        ),
        {"order": order},
    )
    return [ReturnableLine(*row) for row in rows]


def _open_twin(
    work: Work, order: int, lines: Sequence[ReturnableLine], wanted: NamedUnits, reason: str
) -> str | None:
    """A return of the same units for the same reason of which nothing has come yet."""
    rows = work.connection.execute(
        text(
            "SELECT a.return_id, p.sku, r.quantity FROM return_authorization a"
            " JOIN return_line r ON r.return_authorization_id = a.id JOIN product p ON p.id = r.product_id"
            " WHERE a.sales_order_id = :order AND a.units_received = 0 AND r.reason = :reason"
            " AND a.status IN ('requested', 'authorized')"
        ),
        {"order": order, "reason": reason},
    )
    by_return: dict[str, dict[str, int]] = {}
    for row in rows:
        content = by_return.setdefault(row.return_id, {})
        content[row.sku] = content.get(row.sku, 0) + row.quantity
    asked: dict[str, int] = {}
    for key, units in wanted:
        sku = next((line.sku for line in lines if names_line(key, line.sku, line.handle)), key)
        asked[sku] = asked.get(sku, 0) + units
    is_all_taken = not any(line.free for line in lines)
    return next(
        (rma for rma, content in by_return.items() if content == asked or (not wanted and is_all_taken)), None
    )


def authorize_return(work: Work, reference: str, *, label: ReturnLabel | None = None) -> Outcome:
    """Answer a buyer's request with yes, also after a no; or add the label to a return that is allowed.

    Raises:
        NotFound: for an unknown return.
        Refused: for a closed return, or if its units are on another one by now.
    """
    rma = get_return(work, reference)
    _refuse_if_closed(rma)
    is_answered = rma.is_answered and not rma.is_declined
    has_label = label is not None and set_label(work, rma, label)
    if is_answered and not has_label:
        return Outcome(f"return {rma.return_id} is authorized already", reference=rma.return_id)
    if rma.is_declined:
        _refuse_if_taken(work, rma)
    if not is_answered:
        add_step(work, rma.id, "authorized", "seller", work.now)
    add_events(
        work, "return", [(rma.sales_order_id, f"{rma.return_id} {'label' if is_answered else 'authorized'}")]
    )
    said = "noted the label of" if is_answered else "authorized"
    return Outcome(
        f"{said} return {rma.return_id} of order {rma.order_id}", {"returns": 1}, reference=rma.return_id
    )


def set_label(work: Work, rma: Return, label: ReturnLabel) -> bool:
    """Keep what is told of a label; whether that is anything new."""
    told = work.connection.execute(
        text(
            "UPDATE return_authorization SET label_cost_minor = coalesce(:cost, label_cost_minor),"
            " label_paid_by = coalesce(:paid_by, label_paid_by) WHERE id = :rma"
            " AND (label_cost_minor IS DISTINCT FROM coalesce(:cost, label_cost_minor)"
            "  OR label_paid_by IS DISTINCT FROM coalesce(:paid_by, label_paid_by))"
        ),
        {"cost": label.cost_minor, "paid_by": label.paid_by, "rma": rma.id},
    )
    return told.rowcount > 0


def _refuse_if_taken(work: Work, rma: Return) -> None:
    free = {line.id: line.free for line in returnable(work, rma.sales_order_id)}
    rows = work.connection.execute(
        text("SELECT order_line_id, quantity FROM return_line WHERE return_authorization_id = :rma"),
        {"rma": rma.id},
    )
    if any(free[row.order_line_id] < row.quantity for row in rows):
        raise Refused(f"Units of return {rma.return_id} are on another return of order {rma.order_id} by now.")


def decline_return(work: Work, reference: str, *, reason: str) -> Outcome:
    """Answer a buyer's request with no.

    Raises:
        NotFound: for an unknown return.
        Refused: if units of it came back already, or it is closed.
    """
    rma = get_return(work, reference)
    if rma.is_declined:
        return Outcome(f"return {rma.return_id} is declined already", reference=rma.return_id)
    _refuse_if_closed(rma)
    if rma.units_received:
        raise Refused(f"Return {rma.return_id} has come back already; inspect it and refund what is due.")
    add_step(work, rma.id, "declined", "seller", work.now, reason)
    add_events(work, "return", [(rma.sales_order_id, f"{rma.return_id} declined: {reason}")])
    return Outcome(
        f"declined return {rma.return_id} of order {rma.order_id}", {"returns": 1}, reference=rma.return_id
    )


def close_return(work: Work, reference: str, *, reason: str | None) -> Outcome:
    """End a return: nothing more is expected of it. Units that never came may be on another return later.

    Args:
        work: the command's frame.
        reference: the return.
        reason: why, needed where something is left undone.

    Raises:
        NotFound: for an unknown return.
        Refused: while units wait for inspection; without a reason also while others wait for money or did not
            come.
    """
    rma = get_return(work, reference)
    if rma.is_closed:
        return Outcome(f"return {rma.return_id} is closed already", reference=rma.return_id)
    waiting = rma.units_received - rma.units_inspected
    if waiting:
        raise Refused(f"Return {rma.return_id} has {count(waiting, 'unit')} in quarantine; inspect them first.")
    if reason is None and not rma.is_declined:
        _refuse_if_undone(rma)
    add_step(work, rma.id, "closed", "seller", work.now, reason)
    why = f": {reason}" if reason else ""
    add_events(work, "return", [(rma.sales_order_id, f"{rma.return_id} closed{why}")])
    return Outcome(
        f"closed return {rma.return_id} of order {rma.order_id}", {"returns": 1}, reference=rma.return_id
    )


def _refuse_if_undone(rma: Return) -> None:
    undone = rma.units_inspected - rma.units_settled - rma.units_replaced
    if undone > 0 and not rma.refunded_minor:
        what = f"{count(undone, 'unit')} came back and are neither refunded nor replaced"
    elif rma.units_received < rma.units:
        what = f"{count(rma.units - rma.units_received, 'unit')} did not come back"
    else:
        return
    raise Refused(f"Return {rma.return_id}: {what}; say with --reason why it is closed.")


def _refuse_if_closed(rma: Return) -> None:
    if rma.is_closed:
        raise Refused(f"Return {rma.return_id} is closed; open another one.")
