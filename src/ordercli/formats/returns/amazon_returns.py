"""Amazon's two reports of returns: of orders the seller ships, and of orders Amazon ships.

Columns are found by the letters of their names, since capitals, blanks and dashes differ between downloads. What
buyers wrote is not read: it may name people.

Source: Amazon, "Returns by return date" and "FBA customer returns" reports, read 2026-03.
"""

import hashlib
from collections.abc import Callable

from ordercli.domain.fields import FieldError, RowError, parse_order_id, parse_quantity
from ordercli.domain.returns.returns import Disposition, RequestAnswer
from ordercli.domain.returns.told_returns import ToldReturn
from ordercli.domain.text import unguard_formula
from ordercli.domain.times import day_of
from ordercli.formats.cells import Cells, Columns, currency_code, optional_amount, row_error, wide_instant
from ordercli.formats.file_kinds import letters

_MARKS = {
    "fbm": {"orderid", "returnrequestdate", "merchantsku", "returnquantity"},
    "fba": {"returndate", "sku", "quantity", "detaileddisposition"},
    "own": {"orderid", "sku", "quantity", "reason"},
}
_PAYERS = {"customer": "buyer", "buyer": "buyer", "seller": "seller", "merchant": "seller", "amazon": "channel"}
_DISPOSITIONS: dict[str, Disposition] = {
    "sellable": "sellable",
    "customerdamaged": "customer_damaged",
    "carrierdamaged": "carrier_damaged",
    "damaged": "carrier_damaged",
    "fulfillerdamaged": "carrier_damaged",
    "warehousedamaged": "carrier_damaged",
    "defective": "defective",
    "expired": "expired",
}
_BACK_IN_STOCK = ("", "unitreturnedtoinventory")
DEFAULT_REASON = "NO_REASON_GIVEN"


def report_kind(header: tuple[str, ...]) -> str | None:
    """``fbm``, ``fba``, or ``own`` for ordercli's layout; None for another file."""
    names = {letters(name) for name in header}
    names |= {"orderid"} if "amazonorderid" in names else set()
    return next((kind for kind, marks in _MARKS.items() if marks <= names), None)


def fingerprint(*parts: str | None) -> str:
    """Hash of what identifies a row."""
    return hashlib.sha256("\x1f".join(part or "" for part in parts).encode()).hexdigest()


def parse_answer(cell: str) -> RequestAnswer:
    """How far a return is by the words of the report, whose set is open: unknown ones mean it was asked for."""
    word = letters(cell)
    if word.startswith(("approv", "authori", "complet", "clos", "refund", "receiv")):
        return "authorized"
    if word.startswith(("declin", "den", "reject")):
        return "declined"
    return "canceled" if word.startswith("cancel") else "requested"


def seller_return_parser(
    header: tuple[str, ...], currency: str, zone: str
) -> Callable[[int, list[str]], ToldReturn | RowError]:
    """Parser for rows of the report of returns to the seller.

    Args:
        header: the columns.
        currency: of amounts whose row tells none.
        zone: whose days the report's dates are.
    """
    return _SellerReturns(header, currency, zone).parse


class _SellerReturns:
    """Rows of the report of returns to the seller."""

    def __init__(self, header: tuple[str, ...], currency: str, zone: str) -> None:
        at = Columns(tuple(letters(name) for name in header))
        self._header, self._currency, self._zone = header, currency, zone
        self._moment = wide_instant(zone)
        self._order, self._item, self._sku = at("orderid"), at("orderitemid"), at("merchantsku")
        self._quantity, self._requested = at("returnquantity"), at("returnrequestdate")
        self._reason, self._status = at("returnreason"), at("returnrequeststatus")
        self._number, self._delivered = at("amazonrmaid"), at("returndeliverydate")
        self._cost, self._payer = at("labelcost"), at("labeltobepaidby")
        self._money, self._refunded = at("currencycode"), at("refundedamount")

    def parse(self, line: int, raw: list[str]) -> ToldReturn | RowError:
        """One row."""
        cells = Cells(unguard_formula(cell.strip()) for cell in [*raw, ""])
        try:
            order_id = cells.read(self._order, lambda cell: parse_order_id(cell, channel="amazon"))
            quantity = cells.read(self._quantity, parse_quantity)
            requested_at = cells.read(self._requested, self._moment)
            back_at = cells.read_told(self._delivered, self._moment)
            currency = cells.read_told(self._money, currency_code) or self._currency
            label_cost = cells.read(self._cost, lambda cell: optional_amount(cell, currency))
            refunded = cells.read(self._refunded, lambda cell: optional_amount(cell, currency))
        except FieldError as error:
            return row_error(line, self._header, cells.place, error)
        reason, number = cells[self._reason] or DEFAULT_REASON, cells[self._number]
        return ToldReturn(
            line=line,
            key=fingerprint("fbm", order_id, cells[self._sku], number, reason),
            order_id=order_id,
            item_id=cells[self._item] or None,
            sku=cells[self._sku],
            quantity=quantity,
            reason=reason,
            requested_at=requested_at,
            answer=parse_answer(cells[self._status]),
            channel_return_id=number or None,
            delivered_on=day_of(back_at, self._zone) if back_at else None,
            label_cost_minor=label_cost,
            label_paid_by=_PAYERS.get(letters(cells[self._payer])),
            refunded_minor=refunded,
            currency=cells[self._money] or None,
            read_in=currency,
        )


def amazon_return_parser(header: tuple[str, ...], zone: str) -> Callable[[int, list[str]], ToldReturn | RowError]:
    """Parser for rows of the report of units that came back to Amazon."""
    at = Columns(tuple(letters(name) for name in header))
    order, sku, quantity, day = at("orderid", "amazonorderid"), at("sku"), at("quantity"), at("returndate")
    found, reason, status, plate = at("detaileddisposition"), at("reason"), at("status"), at("licenseplatenumber")
    center = at("fulfillmentcenterid")
    moment = wide_instant(zone)

    def parse(line: int, raw: list[str]) -> ToldReturn | RowError:
        cells = [unguard_formula(cell.strip()) for cell in raw]
        cells.append("")
        column = order
        try:
            order_id = parse_order_id(cells[order], channel="amazon")
            column = quantity
            units = parse_quantity(cells[quantity])
            column = day
            came_at = moment(cells[day])
        except FieldError as error:
            return row_error(line, header, column, error)
        why = cells[reason] or DEFAULT_REASON
        whole = (came_at, order_id, cells[sku], cells[found], why, cells[center])
        return ToldReturn(
            line=line,
            key=fingerprint("fba", cells[plate]) if cells[plate] else fingerprint("fba", *whole),
            order_id=order_id,
            item_id=None,
            sku=cells[sku],
            quantity=units,
            reason=why,
            requested_at=came_at,
            answer="authorized",
            disposition=parse_disposition(cells[found], cells[status]),
            detail=", ".join(filter(None, (cells[found], cells[status]))) or None,
            is_one_unit=bool(cells[plate]),
        )

    return parse


def parse_disposition(found: str, status: str) -> Disposition:
    """What a unit at Amazon turned out to be; only ``sellable`` ones that are back in stock count as that.

    Unknown words mean that it cannot be sold.
    """
    word = _DISPOSITIONS.get(letters(found), "defective")
    return "missing" if word == "sellable" and letters(status) not in _BACK_IN_STOCK else word
