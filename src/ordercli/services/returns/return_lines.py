"""What every step of a return needs: naming it, its lines, and taking units of them oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from ordercli.domain.near import did_you_mean
from ordercli.domain.orders.orders import HANDLE, fill_oldest_first, names_line
from ordercli.domain.words import count
from ordercli.errors import NotFound, Refused, unknown
from ordercli.services.operations import Work

NamedUnits = Sequence[tuple[str, int]]
"""(SKU or ``#ITEM_ID``, units) as the user names lines; empty for all there is."""


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """A line as far as a return is concerned; ``free`` is how many of its units the step may take."""

    id: int
    sku: str
    item_id: str | None
    handle: str
    product_id: int
    free: int


def take(lines: Sequence[ReturnableLine], wanted: NamedUnits, name: str, what: str) -> dict[int, int]:
    """Units of each line that a step takes, oldest line first.

    Raises:
        NotFound: if a named line is not there.
        Refused: if fewer units are free for the step than asked.
    """
    if not wanted:
        return {line.id: line.free for line in lines if line.free}
    taken: dict[int, int] = {}
    for key, units in wanted:
        meant = [line for line in lines if names_line(key, line.sku, line.handle)]
        if not meant:
            near = did_you_mean(key, (line.sku for line in lines))
            raise NotFound(f"{name[:1].upper()}{name[1:]} has no line {key}{near}")
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
class Return:
    """A return, how far it is, and the order it is of; ``currency`` is None while no file told the order's."""

    id: int
    return_id: str
    sales_order_id: int
    order_id: str
    channel: str
    fulfillment: str
    currency: str | None
    is_answered: bool
    is_declined: bool
    is_closed: bool
    units: int
    units_received: int
    units_inspected: int
    units_settled: int
    units_replaced: int
    refunded_minor: int


def get_return(work: Work, reference: str) -> Return:
    """The return of this id, in capitals or not.

    Raises:
        NotFound: naming the nearest returns there are.
    """
    row = work.connection.execute(
        text(
            "SELECT a.id, a.return_id, a.sales_order_id, o.order_id, o.channel, o.fulfillment, o.currency,"
            " a.answered_at IS NOT NULL, a.is_declined, a.closed_at IS NOT NULL, a.units, a.units_received,"
            " a.units_inspected, a.units_settled, a.units_replaced, a.refunded_minor"
            " FROM return_authorization a"
            " JOIN sales_order o ON o.id = a.sales_order_id WHERE a.return_id = :rma"
        ),
        {"rma": reference.upper()},
    ).one_or_none()
    if row is None:
        known = work.connection.execute(
            text("SELECT return_id FROM return_authorization ORDER BY id DESC LIMIT 1000")
        ).scalars()
        raise unknown("return", reference, known)
    return Return(*row)


def add_step(work: Work, rma: int, kind: str, actor: str, at: str, detail: str | None = None) -> None:
    """Record that a return was asked for, answered or closed; ``detail`` holds no personal data."""
    work.connection.execute(
        text(
            "INSERT INTO return_step (return_authorization_id, kind, actor, occurred_at, detail, operation_id)"
            " VALUES (:rma, :kind, :actor, :at, :detail, :operation)"
        ),
        {"rma": rma, "kind": kind, "actor": actor, "at": at, "detail": detail, "operation": work.operation},
    )


def return_lines(work: Work, rma: int, free: str) -> list[ReturnableLine]:
    """The lines of a return; ``free`` is SQL over ``return_line r`` for the units that a step may take."""
    rows = work.connection.execute(
        text(
            f"SELECT r.id, p.sku, l.item_id, {HANDLE}, r.product_id, {free} FROM return_line r"
            " JOIN order_line l ON l.id = r.order_line_id JOIN product p ON p.id = r.product_id"
            " WHERE r.return_authorization_id = :rma ORDER BY l.line_no"
        ),
        {"rma": rma},
    )
    return [ReturnableLine(*row) for row in rows]
