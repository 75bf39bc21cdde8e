"""Units sent instead of returned ones, on an order of their own that costs the buyer nothing."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import text

from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.services.events import add_events
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.orders import NewLine, NewOrder, add_order
from ordercli.services.returns.return_lines import (
    NamedUnits,
    Return,
    ReturnableLine,
    get_return,
    return_lines,
    take,
)
from ordercli.services.settings import add_channel, channel_names

CHANNEL = "replacement"
"""Where such orders stand: no marketplace knows them, so they are in none of its files and rates."""

_SETTINGS = {"handling_days": "1", "message_policy": "amazon"}


def replace_return(work: Work, reference: str, wanted: NamedUnits, *, again: bool = False) -> Outcome:
    """Send units again for those of a return, before or after they are back; they are not refunded then.

    Args:
        work: the command's frame.
        reference: the return.
        wanted: which units; empty for all that are neither refunded nor replaced.
        again: whether units of the same products, as many as were sent before, are meant to be sent once more.

    Raises:
        NotFound: for an unknown return or line.
        Refused: for a return that is declined, closed or Amazon's, if fewer units are left to replace, or if as
            many of the same were sent already and it is not said to be ``again``.
    """
    rma = get_return(work, reference)
    lines = return_lines(work, rma.id, "r.quantity - r.quantity_settled - r.quantity_replaced")
    if not wanted and rma.units_replaced and not any(line.free for line in lines):
        return Outcome(f"return {rma.return_id} is replaced already", reference=rma.return_id)
    _refuse_unless_open(rma)
    taken = take(lines, wanted, f"return {rma.return_id}", "neither refunded nor replaced")
    if not taken:
        raise Refused(f"Return {rma.return_id} has nothing left to replace.")
    chosen = [line for line in lines if line.id in taken]
    if wanted and not again:
        _refuse_repeat(work, rma, chosen, taken)
    order, order_id, added = _send_again(work, rma, chosen, taken)
    work.connection.execute(
        text(
            "INSERT INTO replacement (return_line_id, quantity, order_line_id, replaced_at, operation_id)"
            " VALUES (:line, :units, :new, :now, :operation)"
        ),
        [
            {"line": line.id, "units": taken[line.id], "new": new, "now": work.now, "operation": work.operation}
            for line, new in zip(chosen, _lines_of(work, order), strict=True)
        ],
    )
    units = sum(taken.values())
    said = f"{rma.return_id}: {count(units, 'unit')} sent again as {order_id}"
    add_events(work, "return", [(rma.sales_order_id, said), (order, f"replaces {said}")])
    return Outcome(
        f"order {order_id} replaces {count(units, 'unit')} of return {rma.return_id}",
        {"replacements": 1, **added.changed},
        {"units_replaced": units, **added.counts},
        added.warnings,
        reference=order_id,
    )


def _refuse_repeat(work: Work, rma: Return, lines: Sequence[ReturnableLine], taken: dict[int, int]) -> None:
    """Whoever names the same units twice has more often typed twice than meant it."""
    sent: dict[int, Counter[str]] = {}
    rows = work.connection.execute(
        text(
            "SELECT x.operation_id, p.sku, x.quantity FROM replacement x"
            " JOIN return_line r ON r.id = x.return_line_id JOIN product p ON p.id = r.product_id"
            " WHERE r.return_authorization_id = :rma"
        ),
        {"rma": rma.id},
    )
    for operation, sku, units in rows:
        sent.setdefault(operation, Counter())[sku] += units
    asked: Counter[str] = Counter()
    for line in lines:
        asked[line.sku] += taken[line.id]
    operation = next((number for number, units in sent.items() if units == asked), None)
    if operation is not None:
        what = ", ".join(f"{units} {sku}" for sku, units in asked.items())
        raise Refused(
            f"{what} of return {rma.return_id} were sent again already (operation {operation}); to send as many "
            "once more, say --again."
        )


def _refuse_unless_open(rma: Return) -> None:
    if rma.is_declined or rma.is_closed:
        raise Refused(f"Return {rma.return_id} is {'closed' if rma.is_closed else 'declined'}.")
    if rma.fulfillment == "FBA":
        raise Refused(f"Order {rma.order_id} was shipped by Amazon, which replaces its units itself.")


def _send_again(
    work: Work, rma: Return, lines: Sequence[ReturnableLine], taken: dict[int, int]
) -> tuple[int, str, Outcome]:
    """The new order, to the same person and address: its row id, its name, and what became of it."""
    if CHANNEL not in channel_names(work.connection):
        add_channel(work.connection, work.operation, CHANNEL, _SETTINGS)
    name = _next_name(work, f"{rma.order_id}-R")
    new = NewOrder(
        name,
        CHANNEL,
        [NewLine(line.sku, taken[line.id] * _units_per_pack(work, line), 0) for line in lines],
        work.now,
        currency=rma.currency,
        replaces=rma.order_id,
    )
    added = add_order(work, new)
    order = work.connection.execute(
        text(
            "UPDATE sales_order SET personal_id = old.personal_id, personal_version = old.personal_version"
            " FROM sales_order old WHERE old.id = :old AND sales_order.channel = :channel"
            " AND sales_order.order_id = :name RETURNING sales_order.id"
        ),
        {"old": rma.sales_order_id, "channel": CHANNEL, "name": name},
    ).scalar_one()
    return int(order), name, added


def _next_name(work: Work, beginning: str) -> str:
    """The name with the number after the greatest there is, whichever before it are gone."""
    names = work.connection.execute(
        text(
            "SELECT order_id FROM sales_order WHERE channel = :channel"
            " AND order_id > :beginning AND order_id < :beginning || ':'"
        ),
        {"channel": CHANNEL, "beginning": beginning},
    ).scalars()
    numbers = (name.removeprefix(beginning) for name in names)
    return f"{beginning}{1 + max((int(n) for n in numbers if n.isascii() and n.isdigit()), default=0)}"


def _units_per_pack(work: Work, line: ReturnableLine) -> int:
    return int(
        work.connection.execute(
            text(
                "SELECT l.units_per_pack FROM return_line r JOIN order_line l ON l.id = r.order_line_id"
                " WHERE r.id = :line"
            ),
            {"line": line.id},
        ).scalar_one()
    )


def _lines_of(work: Work, order: int) -> list[int]:
    rows = work.connection.execute(
        text("SELECT id FROM order_line WHERE sales_order_id = :order ORDER BY line_no"), {"order": order}
    )
    return list(rows.scalars())
