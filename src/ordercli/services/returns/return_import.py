"""Returns told by files: Amazon's two reports and ordercli's own CSV, each row once however often it is told.

What a later file adds (an answer, the day it came back, money the channel gave) is added; what was done here
stays.
Units that came back to Amazon move nothing: its statements and its ledger tell that book (``fba_book.py``), and
a second word for it would count them twice. Their cost is kept, so that profit knows what came back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from sqlalchemy import text

from ordercli.domain.money import format_amount, has_other_decimals, written_in
from ordercli.domain.orders.orders import HANDLE, fill_oldest_first
from ordercli.domain.returns.return_reasons import fault_of
from ordercli.domain.returns.told_returns import ToldReturn
from ordercli.domain.words import count
from ordercli.errors import NotFound, OrdercliError, Refused
from ordercli.naming import Candidate, one_order, order_words
from ordercli.services.events import add_events
from ordercli.services.lookup import matching_orders
from ordercli.services.operations import Outcome, Work
from ordercli.services.returns.refunds import currency_of, refund_lines, write_refund
from ordercli.services.returns.return_lines import Return, ReturnableLine, add_step, get_return
from ordercli.services.returns.return_units import judge_again, record_elsewhere
from ordercli.services.returns.returns import (
    NewReturn,
    NewReturnLine,
    ReturnLabel,
    add_lines,
    record_return,
    returnable,
    set_label,
)


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that could not be taken, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class _Tally:
    new: int = 0
    updated: set[str] = field(default_factory=set)
    unchanged: int = 0
    faults: list[RowFault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def import_returns(
    work: Work, rows: Sequence[ToldReturn], *, channel: str | None, actor: Literal["seller", "channel"]
) -> tuple[Outcome, list[RowFault]]:
    """Take returns in that a file tells.

    Args:
        work: the command's frame.
        rows: what it says.
        channel: whose orders they are of; None for an order of any channel.
        actor: who answered, for answers that the file tells.

    Returns:
        The outcome, and the rows that could not be taken: of unknown orders, or of more units than were shipped.
    """
    orders = _orders(work, {row.order_id for row in rows}, channel)
    tally = _Tally()
    occurrences: dict[str, list[str | None]] = {}
    for row in rows:
        seen = occurrences.setdefault(row.key, [])
        stands_alone = row.disposition is not None and not row.is_one_unit
        if row.item_id not in seen or stands_alone:
            seen.append(row.item_id)
        place = len(seen) - 1 if stands_alone else seen.index(row.item_id)
        try:
            _take_in(work, tally, row, f"{row.key}-{place}", orders.get(row.order_id, []), actor)
        except OrdercliError as error:
            tally.faults.append(RowFault(row.line, str(error).rstrip(".")))
    return _outcome(rows, tally), tally.faults


def _orders(work: Work, ids: Iterable[str], channel: str | None) -> dict[str, list[Candidate]]:
    """Orders of a channel, or of any, by their whole id."""
    return {
        told: [
            each
            for each in matches
            if each.order_id == order_words(told)["reference"] and channel in (None, each.channel)
        ]
        for told, matches in matching_orders(work.connection, ids).items()
    }


def _take_in(work: Work, tally: _Tally, row: ToldReturn, key: str, found: list[Candidate], actor: str) -> None:
    if not found:
        raise NotFound(f"there is no order {row.order_id}; import its order report first")
    number = one_order(row.order_id, found)
    row = _in_its_currency(work, row, number)
    known = _known(work, row, key, number)
    if known is None:
        rma = _record(work, row, key, number)
        tally.new += 1
    else:
        rma = known
    changes = _follow(work, tally, rma, row, key, actor)
    if known is not None and changes:
        tally.updated.add(rma.return_id)
    tally.unchanged += known is not None and not changes


def _in_its_currency(work: Work, row: ToldReturn, order: int) -> ToldReturn:
    """The row with its amounts as minor units of the order's currency: what is written stays."""
    if row.read_in is None or not (row.label_cost_minor or row.refunded_minor):
        return row
    told = work.connection.execute(text("SELECT currency FROM sales_order WHERE id = :id"), {"id": order}).scalar()
    currency, read_in = told or work.shop.currency, row.read_in
    if not has_other_decimals(read_in, currency):
        return row

    def written(minor: int | None) -> int | None:
        value = None if minor is None else written_in(minor, read_in, currency)
        if value is None and minor is not None:
            raise Refused(f"order {row.order_id} is in {currency}, which has no {format_amount(minor, read_in)}")
        return value

    return replace(row, label_cost_minor=written(row.label_cost_minor), refunded_minor=written(row.refunded_minor))


def _known(work: Work, row: ToldReturn, key: str, order: int) -> Return | None:
    """The return a row is about: told before, of the same id, or opened here for the same units."""
    told = work.connection.execute(
        text(
            "SELECT a.return_id FROM return_line r"
            " JOIN return_authorization a ON a.id = r.return_authorization_id WHERE r.fingerprint = :key"
        ),
        {"key": key},
    ).scalar()
    if told is not None:
        return get_return(work, told)
    matches = work.connection.execute(
        text(
            "SELECT r.id, a.return_id, p.sku, l.item_id, r.quantity FROM return_authorization a"
            " JOIN return_line r ON r.return_authorization_id = a.id JOIN product p ON p.id = r.product_id"
            " JOIN order_line l ON l.id = r.order_line_id"
            " WHERE a.sales_order_id = :order AND r.fingerprint IS NULL AND r.quantity = :units"
            " AND (a.return_id = :own OR :own IS NULL AND a.channel_return_id IS NULL AND a.closed_at IS NULL)"
            " ORDER BY r.id"
        ),
        {"order": order, "units": row.quantity, "own": row.return_id},
    ).all()
    match = next((m for m in matches if _means(work, row, m.sku, m.item_id)), None)
    if match is None or row.disposition is not None:
        return None
    if row.return_id is None:
        work.connection.execute(
            text("UPDATE return_line SET fingerprint = :key WHERE id = :line"), {"key": key, "line": match.id}
        )
    return get_return(work, match.return_id)


def _means(work: Work, row: ToldReturn, sku: str, item_id: str | None) -> bool:
    """Whether a row is about a line: by its item id where both have one, else by the SKU of it or of a listing."""
    if row.item_id is not None and item_id is not None:
        return row.item_id == item_id
    if row.sku == sku:
        return True
    return bool(
        work.connection.execute(
            text(
                "SELECT EXISTS (SELECT 1 FROM listing g JOIN product p ON p.id = g.product_id"
                " WHERE g.channel_sku = :told AND p.sku = :sku)"
            ),
            {"told": row.sku, "sku": sku},
        ).scalar_one()
    )


def _record(work: Work, row: ToldReturn, key: str, order: int) -> Return:
    lines = [line for line in returnable(work, order) if _means(work, row, line.sku, line.item_id)]
    if not lines:
        raise NotFound(f"order {row.order_id} has no line {row.sku}")
    free = [line.free for line in lines]
    if sum(free) < row.quantity:
        raise Refused(
            f"order {row.order_id} has {count(sum(free), 'unit')} of {row.sku} shipped and not on a return,"
            f" not {row.quantity}"
        )
    taken = [
        (line, units) for line, units in zip(lines, fill_oldest_first(row.quantity, free), strict=True) if units
    ]
    # What is told again is found by its first line.
    new = [
        _new_line(row, line, units, f"{key}.{place}" if place else key)
        for place, (line, units) in enumerate(taken)
    ]
    together = _return_to_join(work, row, order, new)
    if together is not None:
        add_lines(work, together.id, new)
        return get_return(work, together.return_id)
    _, rma = record_return(
        work,
        NewReturn(
            order,
            new,
            row.requested_at,
            row.channel_return_id,
            row.delivered_on,
            ReturnLabel(row.label_cost_minor, row.label_paid_by),
            row.return_id,
        ),
    )
    add_events(work, "return", [(order, f"{rma} told by a file for {count(row.quantity, 'unit')}: {row.reason}")])
    return get_return(work, rma)


def _new_line(row: ToldReturn, line: ReturnableLine, units: int, key: str) -> NewReturnLine:
    return NewReturnLine(line.id, line.product_id, units, row.reason, row.fault or fault_of(row.reason), key)


def _return_to_join(work: Work, row: ToldReturn, order: int, new: Sequence[NewReturnLine]) -> Return | None:
    """The return of the same number that other lines of it are on already."""
    if row.return_id is None and row.channel_return_id is None:
        return None
    name = work.connection.execute(
        text(
            "SELECT a.return_id FROM return_authorization a"
            " WHERE a.sales_order_id = :order AND a.closed_at IS NULL AND a.is_declined = 0"
            " AND iif(:own IS NULL, a.channel_return_id = :channel_id, a.return_id = :own)"
            " AND NOT EXISTS (SELECT 1 FROM return_line r"
            f"  WHERE r.return_authorization_id = a.id AND r.order_line_id IN ({_ids(new)}))"
            " ORDER BY a.id DESC LIMIT 1"
        ),
        {"order": order, "own": row.return_id, "channel_id": row.channel_return_id},
    ).scalar()
    return None if name is None else get_return(work, name)


def _ids(new: Sequence[NewReturnLine]) -> str:
    return ", ".join(str(line.order_line_id) for line in new)


def _follow(work: Work, tally: _Tally, rma: Return, row: ToldReturn, key: str, actor: str) -> int:
    """Add what a row tells beyond what is known; how many things that were."""
    if row.disposition is not None:
        return _elsewhere(work, rma, row)
    changes = _tell_dates(work, rma, row)
    changes += set_label(work, rma, ReturnLabel(row.label_cost_minor, row.label_paid_by))
    changes += _answer(work, rma, row, actor)
    changes += _refunds(work, tally, rma, row, key)
    return changes


def _tell_dates(work: Work, rma: Return, row: ToldReturn) -> int:
    told = work.connection.execute(
        text(
            "UPDATE return_authorization SET delivered_on = coalesce(min(delivered_on, :day), delivered_on, :day),"
            " channel_return_id = coalesce(channel_return_id, :number) WHERE id = :rma"
            " AND (delivered_on IS DISTINCT FROM coalesce(min(delivered_on, :day), delivered_on, :day)"
            "  OR channel_return_id IS DISTINCT FROM coalesce(channel_return_id, :number))"
        ),
        {"day": row.delivered_on, "number": row.channel_return_id, "rma": rma.id},
    ).rowcount
    is_earlier = work.connection.execute(
        text("SELECT requested_at > :at FROM return_authorization WHERE id = :rma"),
        {"at": row.requested_at, "rma": rma.id},
    ).scalar_one()
    if is_earlier and row.return_id is None:
        add_step(work, rma.id, "requested", "buyer", row.requested_at)
        told += 1
    return int(told)


def _answer(work: Work, rma: Return, row: ToldReturn, actor: str) -> int:
    """The answer, and the end, that a row tells; an answer given here stays."""
    changes = 0
    at = row.answered_at or row.requested_at
    if not rma.is_answered and row.answer in ("authorized", "declined"):
        add_step(work, rma.id, row.answer, actor, at)
        add_events(work, "return", [(rma.sales_order_id, f"{rma.return_id} {row.answer} by the {actor}")])
        changes += 1
    ended_at = row.closed_at or (work.now if row.answer == "canceled" else None)
    if ended_at and not rma.is_closed and rma.units_received == rma.units_inspected:
        add_step(work, rma.id, "closed", actor, ended_at, "canceled" if row.answer == "canceled" else None)
        changes += 1
    return changes


def _refunds(work: Work, tally: _Tally, rma: Return, row: ToldReturn, key: str) -> int:
    """Book what the channel says went back beyond what is booked, as far as so much was paid."""
    line = _line_of(work, key)
    if not row.refunded_minor or line is None:
        return 0
    currency = currency_of(work, rma)
    if row.currency not in (None, currency):
        tally.warnings.append(f"{rma.return_id}: a refund in {row.currency} of an order in {currency} is left out")
        return 0
    open_line = next(each for each in refund_lines(work, rma) if each.id == line).by_books()
    told = row.refunded_minor - open_line.before.settled - open_line.before.by_hand.total
    more = min(told, open_line.left)
    if told > more:
        tally.warnings.append(
            f"{rma.return_id}: {format_amount(row.refunded_minor, currency)} {currency} went back by the file,"
            f" {format_amount(told - more, currency)} more than the units cost; that much is left out"
        )
    if more <= 0:
        return 0
    write_refund(work, rma, [open_line.by_hand(more)], origin="channel")
    return 1


def _line_of(work: Work, key: str) -> int | None:
    return work.connection.execute(
        text("SELECT id FROM return_line WHERE fingerprint = :key"), {"key": key}
    ).scalar()


def _elsewhere(work: Work, rma: Return, row: ToldReturn) -> int:
    """Units that Amazon took back: received, looked at and done with, without a movement of ours.

    Amazon may look at one unit again: what it says of the later day holds, whatever file is read first.
    """
    if rma.is_closed:
        if not row.is_one_unit or not judge_again(work, rma, str(row.disposition), row.requested_at, row.detail):
            return 0
        work.connection.execute(
            text(
                "UPDATE return_line SET reason = :reason, fault = :fault"
                " WHERE return_authorization_id = :rma AND reason <> :reason"
            ),
            {"reason": row.reason, "fault": row.fault or fault_of(row.reason), "rma": rma.id},
        )
        return 1
    add_step(work, rma.id, "authorized", "channel", row.requested_at)
    lines = work.connection.execute(
        text(
            f"SELECT r.id, p.sku, l.item_id, {HANDLE}, r.product_id, r.quantity FROM return_line r"
            " JOIN order_line l ON l.id = r.order_line_id JOIN product p ON p.id = r.product_id"
            " WHERE r.return_authorization_id = :rma"
        ),
        {"rma": rma.id},
    ).all()
    for line in lines:
        record_elsewhere(work, ReturnableLine(*line), str(row.disposition), row.requested_at, row.detail)
    add_step(work, rma.id, "closed", "channel", row.requested_at)
    return 1


def with_rejected(outcome: Outcome, rows_read: int, rejected: int) -> Outcome:
    """The same with all rows of the file in its numbers, those too that could not be read as rows."""
    counts = {**outcome.counts, "rows_read": rows_read, "rows_rejected": rejected}
    return replace(outcome, summary=_summary(counts), counts=counts)


def _summary(counts: Mapping[str, int]) -> str:
    said = (
        f"{counts['returns_new']} new, {counts['returns_updated']} updated, {counts['rows_unchanged']} unchanged"
    )
    rejected = f"; {count(counts['rows_rejected'], 'row')} rejected" if counts["rows_rejected"] else ""
    return f"imported returns of {count(counts['rows_read'], 'row')}: {said}{rejected}"


def _outcome(rows: Sequence[ToldReturn], tally: _Tally) -> Outcome:
    counts = {
        "rows_read": len(rows),
        "rows_rejected": len(tally.faults),
        "returns_new": tally.new,
        "returns_updated": len(tally.updated),
        "rows_unchanged": tally.unchanged,
    }
    return Outcome(
        _summary(counts),
        {"returns_new": tally.new, "returns_updated": len(tally.updated)},
        counts,
        tuple(tally.warnings),
    )
