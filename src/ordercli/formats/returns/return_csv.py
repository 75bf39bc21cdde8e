"""ordercli's own CSV of returns: what was asked for and answered, a row a line of a return.

What units and money did is not in it: receipts, inspections and refunds are facts of the ledger, which no file
makes.
"""

from collections.abc import Callable

from ordercli.domain.fields import FieldError, RowError, parse_quantity, shown
from ordercli.domain.returns.return_reasons import FAULTS
from ordercli.domain.text import unguard_formula
from ordercli.domain.times import day_of, parse_date
from ordercli.formats.cells import (
    Columns,
    currency_code,
    optional_amount,
    optional_instant,
    row_error,
    wide_instant,
)
from ordercli.formats.returns.amazon_returns import DEFAULT_REASON, Answer, ReturnRecord, fingerprint

_ANSWERS: dict[str, Answer] = {
    "": "authorized",
    "requested": "requested",
    "authorized": "authorized",
    "declined": "declined",
}
_PAYERS = ("buyer", "seller", "channel")


def return_parser(
    header: tuple[str, ...], currency: str, zone: str, now: str
) -> Callable[[int, list[str]], ReturnRecord | RowError]:
    """Parser for rows of own returns; without a time of the request it is made now.

    Args:
        header: the columns.
        currency: of labels whose row tells none.
        zone: whose days dates without a time are.
        now: the present.
    """
    at = Columns(header)
    names = ("order_id", "order_line_id", "sku", "quantity", "reason", "fault", "requested_at", "answer")
    order, item, sku, quantity, reason, fault, requested, answer = (at(name) for name in names)
    number, own, answered, closed = at("channel_return_id"), at("return_id"), at("answered_at"), at("closed_at")
    delivered, cost, payer, money = at("delivered_on"), at("label_cost"), at("label_paid_by"), at("currency")
    moment = wide_instant(zone, needs_zone=True)

    def parse(line: int, raw: list[str]) -> ReturnRecord | RowError:
        cells = [unguard_formula(cell.strip()) for cell in raw]
        cells.append("")
        column = order
        try:
            order_id = _told(cells[order])
            column = quantity
            units = parse_quantity(cells[quantity])
            column = fault
            whose = _one_of(cells[fault], FAULTS)
            column = answer
            word = _ANSWERS.get(cells[answer])
            if word is None:
                raise FieldError(f"{shown(cells[answer])} is none of requested, authorized, declined")  # noqa: TRY301 - one exit
            column = requested
            asked_at = moment(cells[requested]) if cells[requested] else now
            column = answered
            said_at = optional_instant(cells[answered])
            column = closed
            ended_at = optional_instant(cells[closed])
            column = delivered
            back_on = parse_date(cells[delivered]) if cells[delivered] else None
            column = money
            code = currency_code(cells[money]) if cells[money] else currency
            column = cost
            label = optional_amount(cells[cost], code)
            column = payer
            bearer = _one_of(cells[payer], _PAYERS)
        except FieldError as error:
            return row_error(line, header, column, error)
        why = cells[reason] or DEFAULT_REASON
        day = day_of(asked_at, zone) if cells[requested] else ""
        return ReturnRecord(
            line,
            fingerprint("own", cells[own], order_id, cells[item], cells[sku], why, day),
            order_id,
            cells[item] or None,
            cells[sku],
            units,
            why,
            asked_at,
            word,
            cells[number] or None,
            back_on,
            label,
            bearer,
            return_id=cells[own].upper() or None,
            fault=whose,
            answered_at=said_at,
            closed_at=ended_at,
        )

    return parse


def _told(cell: str) -> str:
    if not cell:
        raise FieldError("the order id is empty")
    return cell


def _one_of(cell: str, words: tuple[str, ...]) -> str | None:
    if cell and cell not in words:
        raise FieldError(f"{shown(cell)} is none of {', '.join(words)}")
    return cell or None
