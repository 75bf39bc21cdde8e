"""ordercli's own CSV of returns: what was asked for and answered, a row a line of a return.

What units and money did is not in it: receipts, inspections and refunds are facts of the ledger, which no file
makes.
"""

from collections.abc import Callable
from typing import TypeVar

from ordercli.domain.fields import FieldError, RowError, parse_quantity, shown
from ordercli.domain.returns.return_reasons import FAULTS
from ordercli.domain.returns.returns import RequestAnswer
from ordercli.domain.returns.told_returns import ToldReturn
from ordercli.domain.text import unguard_formula
from ordercli.domain.times import day_of, parse_date
from ordercli.formats.cells import (
    Cells,
    Columns,
    currency_code,
    optional_amount,
    optional_instant,
    row_error,
    wide_instant,
)
from ordercli.formats.returns.amazon_returns import DEFAULT_REASON, fingerprint
from ordercli.formats.styles import Kinds

_ANSWERS: dict[str, RequestAnswer] = {
    "": "authorized",
    "requested": "requested",
    "authorized": "authorized",
    "declined": "declined",
}
NEEDED = ("order_id", "sku", "quantity", "reason")
KINDS = Kinds(dates=("requested_at", "delivered_on"), numbers=("quantity", "label_cost"))
_PAYERS = ("buyer", "seller", "channel")
W = TypeVar("W", bound=str)


def return_parser(
    header: tuple[str, ...], currency: str, zone: str, now: str
) -> Callable[[int, list[str]], ToldReturn | RowError]:
    """Parser for rows of own returns; without a time of the request it is made now.

    Args:
        header: the columns.
        currency: of labels whose row tells none.
        zone: whose days dates without a time are.
        now: the present.
    """
    return _OwnReturns(header, currency, zone, now).parse


class _OwnReturns:
    """Rows of own returns."""

    def __init__(self, header: tuple[str, ...], currency: str, zone: str, now: str) -> None:
        at = Columns(header)
        self._header, self._currency, self._zone, self._now = header, currency, zone, now
        self._moment = wide_instant(zone, needs_zone=True)
        self._return, self._order, self._item, self._sku = (
            at("return_id"),
            at("order_id"),
            at("order_line_id"),
            at("sku"),
        )
        self._quantity, self._reason, self._fault = at("quantity"), at("reason"), at("fault")
        self._requested, self._answer, self._answered = at("requested_at"), at("answer"), at("answered_at")
        self._number, self._closed, self._delivered = at("channel_return_id"), at("closed_at"), at("delivered_on")
        self._cost, self._payer, self._money = at("label_cost"), at("label_paid_by"), at("currency")

    def parse(self, line: int, raw: list[str]) -> ToldReturn | RowError:
        """One row."""
        cells = Cells(unguard_formula(cell.strip()) for cell in [*raw, ""])
        try:
            order_id = cells.read(self._order, _told)
            quantity = cells.read(self._quantity, parse_quantity)
            fault = cells.read(self._fault, lambda cell: _one_of(cell, FAULTS))
            answer = cells.read(self._answer, _answer)
            requested_at = cells.read_told(self._requested, self._moment)
            answered_at = cells.read(self._answered, optional_instant)
            closed_at = cells.read(self._closed, optional_instant)
            delivered_on = cells.read_told(self._delivered, parse_date)
            currency = cells.read_told(self._money, currency_code) or self._currency
            label_cost = cells.read(self._cost, lambda cell: optional_amount(cell, currency))
            payer = cells.read(self._payer, lambda cell: _one_of(cell, _PAYERS))
        except FieldError as error:
            return row_error(line, self._header, cells.place, error)
        reason = cells[self._reason] or DEFAULT_REASON
        item, sku, own = cells[self._item], cells[self._sku], cells[self._return]
        day = day_of(requested_at, self._zone) if requested_at else ""
        return ToldReturn(
            line=line,
            key=fingerprint("own", own, order_id, item, sku, reason, day),
            order_id=order_id,
            item_id=item or None,
            sku=sku,
            quantity=quantity,
            reason=reason,
            requested_at=requested_at or self._now,
            answer=answer,
            channel_return_id=cells[self._number] or None,
            delivered_on=delivered_on,
            label_cost_minor=label_cost,
            label_paid_by=payer,
            read_in=currency,
            return_id=own.upper() or None,
            fault=fault,
            answered_at=answered_at,
            closed_at=closed_at,
        )


def _answer(cell: str) -> RequestAnswer:
    answer = _ANSWERS.get(cell)
    if answer is None:
        raise FieldError(f"{shown(cell)} is none of requested, authorized, declined")
    return answer


def _told(cell: str) -> str:
    if not cell:
        raise FieldError("the order id is empty")
    return cell


def _one_of(cell: str, words: tuple[W, ...]) -> W | None:
    if not cell:
        return None
    for word in words:
        if cell == word:
            return word
    raise FieldError(f"{shown(cell)} is none of {', '.join(words)}")
