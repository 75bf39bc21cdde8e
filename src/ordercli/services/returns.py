"""Returns: the permission to send units of an order back."""

from collections.abc import Sequence

from sqlalchemy import text

from ordercli.domain.orders import names_line
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.services.events import add_events
from ordercli.services.lookup import get_order
from ordercli.services.operations import Outcome, Work
from ordercli.services.return_lines import ReturnLine, Wanted, take


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
    taken = take(lines, wanted, name, "shipped and not on a return")
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


def _returnable(work: Work, order: int) -> list[ReturnLine]:
    rows = work.connection.execute(
        text(
            "SELECT l.id, p.sku, l.item_id, l.product_id, l.quantity_shipped"
            " - (SELECT coalesce(sum(r.quantity), 0) FROM return_line r WHERE r.order_line_id = l.id)"
            " FROM order_line l JOIN product p ON p.id = l.product_id"
            " WHERE l.sales_order_id = :order ORDER BY l.line_no"
        ),
        {"order": order},
    )
    return [ReturnLine(*row) for row in rows]


def _open_twin(work: Work, order: int, lines: Sequence[ReturnLine], wanted: Wanted, reason: str) -> str | None:
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
