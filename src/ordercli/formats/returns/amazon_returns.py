"""Amazon's two reports of returns: of orders the seller ships, and of orders Amazon ships.

Columns are found by the letters of their names, since capitals, blanks and dashes differ between downloads. What
buyers wrote is not read: it may name people.

Source: Amazon, "Returns by return date" and "FBA customer returns" reports, read 2026-03.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ordercli.domain.fields import FieldError, RowError, parse_order_id, parse_quantity
from ordercli.domain.returns.returns import Disposition
from ordercli.domain.text import unguard_formula
from ordercli.domain.times import day_of
from ordercli.formats.cells import Columns, currency_code, optional_amount, row_error, wide_instant
from ordercli.formats.fba.amazon_fba import letters

Answer = Literal["requested", "authorized", "declined", "canceled"]

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


@dataclass(frozen=True, slots=True)
class ReturnRecord:
    """One row of a report: units of one product of one order that come back.

    Attributes:
        key: what the row is about, the same in every report that tells it.
        item_id: the channel's order-item id; None if the report does not tell it.
        requested_at: when the buyer asked; for Amazon's own returns when the unit came back.
        answer: how far the channel says it is.
        disposition, detail: what Amazon found, and its own words; None for the seller's returns.
        refunded_minor: what the channel says went back by now.
        return_id, fault, answered_at, closed_at: of ordercli's own layout only.
    """

    line: int
    key: str
    order_id: str
    item_id: str | None
    sku: str
    quantity: int
    reason: str
    requested_at: str
    answer: Answer
    channel_return_id: str | None = None
    delivered_on: str | None = None
    label_cost_minor: int | None = None
    label_paid_by: str | None = None
    refunded_minor: int | None = None
    currency: str | None = None
    disposition: Disposition | None = None
    detail: str | None = None
    return_id: str | None = None
    fault: str | None = None
    answered_at: str | None = None
    closed_at: str | None = None


def fingerprint(*parts: str | None) -> str:
    """Hash of what identifies a row."""
    return hashlib.sha256("\x1f".join(part or "" for part in parts).encode()).hexdigest()


def parse_answer(cell: str) -> Answer:
    """How far a return is by the words of the report, whose set is open: unknown ones mean it was asked for."""
    word = letters(cell)
    if word.startswith(("approv", "authori", "complet", "clos", "refund", "receiv")):
        return "authorized"
    if word.startswith(("declin", "den", "reject")):
        return "declined"
    return "canceled" if word.startswith("cancel") else "requested"


def seller_return_parser(
    header: tuple[str, ...], currency: str, zone: str
) -> Callable[[int, list[str]], ReturnRecord | RowError]:
    """Parser for rows of the report of returns to the seller.

    Args:
        header: the columns.
        currency: of amounts whose row tells none.
        zone: whose days the report's dates are.
    """
    at = Columns(tuple(letters(name) for name in header))
    order, sku, quantity, requested = (
        at("orderid"),
        at("merchantsku"),
        at("returnquantity"),
        at("returnrequestdate"),
    )
    item, reason, status, number = (
        at("orderitemid"),
        at("returnreason"),
        at("returnrequeststatus"),
        at("amazonrmaid"),
    )
    delivered, cost, payer = at("returndeliverydate"), at("labelcost"), at("labeltobepaidby")
    money, refunded = at("currencycode"), at("refundedamount")
    moment = wide_instant(zone)

    def parse(line: int, raw: list[str]) -> ReturnRecord | RowError:
        cells = [unguard_formula(cell.strip()) for cell in raw]
        cells.append("")
        column = order
        try:
            order_id = parse_order_id(cells[order], channel="amazon")
            column = quantity
            units = parse_quantity(cells[quantity])
            column = requested
            asked_at = moment(cells[requested])
            column = delivered
            back_on = day_of(moment(cells[delivered]), zone) if cells[delivered] else None
            column = money
            code = currency_code(cells[money]) if cells[money] else currency
            column = cost
            label = optional_amount(cells[cost], code)
            column = refunded
            given = optional_amount(cells[refunded], code)
        except FieldError as error:
            return row_error(line, header, column, error)
        why = cells[reason] or DEFAULT_REASON
        return ReturnRecord(
            line,
            fingerprint("fbm", order_id, cells[sku], cells[number], why),
            order_id,
            cells[item] or None,
            cells[sku],
            units,
            why,
            asked_at,
            parse_answer(cells[status]),
            cells[number] or None,
            back_on,
            label,
            _PAYERS.get(letters(cells[payer])),
            given,
            cells[money] or None,
        )

    return parse


def amazon_return_parser(
    header: tuple[str, ...], zone: str
) -> Callable[[int, list[str]], ReturnRecord | RowError]:
    """Parser for rows of the report of units that came back to Amazon."""
    at = Columns(tuple(letters(name) for name in header))
    order, sku, quantity, day = at("orderid", "amazonorderid"), at("sku"), at("quantity"), at("returndate")
    found, reason, status, plate = at("detaileddisposition"), at("reason"), at("status"), at("licenseplatenumber")
    center = at("fulfillmentcenterid")
    moment = wide_instant(zone)

    def parse(line: int, raw: list[str]) -> ReturnRecord | RowError:
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
        return ReturnRecord(
            line,
            fingerprint("fba", cells[plate]) if cells[plate] else fingerprint("fba", *whole),
            order_id,
            None,
            cells[sku],
            units,
            why,
            came_at,
            "authorized",
            disposition=parse_disposition(cells[found], cells[status]),
            detail=", ".join(filter(None, (cells[found], cells[status]))) or None,
        )

    return parse


def parse_disposition(found: str, status: str) -> Disposition:
    """What a unit at Amazon turned out to be; only ``sellable`` ones that are back in stock count as that.

    Unknown words mean that it cannot be sold.
    """
    word = _DISPOSITIONS.get(letters(found), "defective")
    return "missing" if word == "sellable" and letters(status) not in _BACK_IN_STOCK else word
