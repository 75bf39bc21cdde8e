"""Amazon's reports of the stock it keeps: available, FBA inventory, reserved, restock, and the ledger in detail.

Columns are found by the letters of their names, since capitals, blanks and dashes differ between downloads.

Source: Amazon, "FBA report type values", read 2026-03.
"""

import hashlib
import re
from collections.abc import Callable

from ordercli.domain.fba.fba_rows import LedgerRow, Parts, StatementRow
from ordercli.domain.fields import FieldError, RowError, parse_whole, shown
from ordercli.domain.text import unguard_formula
from ordercli.domain.times import day_of
from ordercli.formats.cells import Columns, row_error
from ordercli.formats.file_kinds import letters

Resolve = Callable[[str, str], Parts | None]
"""(SKU, FNSKU) -> what one unit of the listing is; None if nothing of that name is known."""

_MARKS = {
    "available": {"sellersku", "fulfillmentchannelsku", "quantityavailable"},
    "inventory": {"sku", "afnfulfillablequantity", "afnreservedquantity"},
    "reserved": {"sku", "reservedqty"},
    "restock": {"merchantsku", "fctransfer", "available"},
    "ledger": {"msku", "eventtype", "quantity", "date"},
    "planning": {"sku", "snapshotdate", "unitsshippedt30", "daysofsupply"},
}
_SKU = ("sku", "sellersku", "merchantsku", "msku")
_FIGURES: dict[str, dict[str, tuple[str, ...]]] = {
    "available": {"fulfillable": ("quantityavailable",)},
    "inventory": {
        "fulfillable": ("afnfulfillablequantity",),
        "reserved": ("afnreservedquantity",),
        "unsellable": ("afnunsellablequantity",),
        "inbound": ("afninboundshippedquantity", "afninboundreceivingquantity"),
    },
    "reserved": {"reserved": ("reservedqty",)},
    "restock": {
        "fulfillable": ("available",),
        "reserved": ("fctransfer", "fcprocessing", "customerorder"),
        "unsellable": ("unfulfillable",),
        "inbound": ("shipped", "receiving"),
    },
}
_SIGNED = re.compile(r"-?[0-9]{1,7}\Z")


def report_kind(header: tuple[str, ...]) -> str | None:
    """``available``, ``inventory``, ``reserved``, ``restock``, ``ledger``, ``planning``; None for another file."""
    names = {letters(name) for name in header}
    return next((kind for kind, marks in _MARKS.items() if marks <= names), None)


def statement_parser(
    header: tuple[str, ...], kind: str, resolve: Resolve
) -> Callable[[int, list[str]], StatementRow | RowError]:
    """Parser for rows of one of the four statements."""
    names = tuple(letters(name) for name in header)
    at = Columns(names)
    sku, fnsku, condition = at(*_SKU), at("fnsku", "fulfillmentchannelsku"), at("warehouseconditioncode")
    columns = {
        figure: [place for place in (at(name) for name in told) if place >= 0]
        for figure, told in _FIGURES[kind].items()
    }

    def parse_row(line: int, cells: list[str]) -> StatementRow | RowError:
        cells.append("")
        column = sku
        try:
            parts = resolved(cells, sku, fnsku, resolve)
            figures = {}
            for figure, places in columns.items():
                units = 0
                for column in places:
                    cell = cells[column].strip()
                    units += parse_whole(cell) if cell else 0
                figures[figure] = units
        except FieldError as error:
            return row_error(line, header, column, error)
        if cells[condition].strip().upper() == "UNSELLABLE":
            figures = {"unsellable": figures["fulfillable"]}
        return StatementRow(parts, figures)

    return parse_row


def ledger_parser(
    header: tuple[str, ...], zone: str, resolve: Resolve
) -> Callable[[int, list[str]], LedgerRow | RowError]:
    """Parser for rows of the ledger in detail; its days are of ``zone``."""
    from ordercli.domain.wide_dates import parse_any_instant  # noqa: PLC0415 - for this report only

    names = tuple(letters(name) for name in header)
    at = Columns(names)
    sku, fnsku, quantity, day, event = at("msku"), at("fnsku"), at("quantity"), at("date"), at("eventtype")
    disposition, reference, reason = at("disposition"), at("referenceid"), at("reason")
    told = [at(name) for name in ("date", "fnsku", "msku", "eventtype", "referenceid", "quantity")]
    told += [at(name) for name in ("fulfillmentcenter", "disposition", "reason", "country")]

    def parse_row(line: int, cells: list[str]) -> LedgerRow | RowError:
        cells.append("")
        column = sku
        try:
            parts = resolved(cells, sku, fnsku, resolve)
            column = quantity
            cell = cells[quantity].strip()
            if not _SIGNED.match(cell) or int(cell) == 0:
                raise FieldError(f"{shown(cell)} is not a number of units, above or below 0")  # noqa: TRY301 - one exit
            column = day
            occurred_on = day_of(parse_any_instant(cells[day].strip(), zone=zone), zone)
        except FieldError as error:
            return row_error(line, header, column, error)
        content = hashlib.sha256("\x1f".join(cells[place].strip() for place in told).encode()).hexdigest()
        return LedgerRow(
            parts,
            content,
            occurred_on,
            letters(cells[event]),
            int(cell),
            cells[disposition].strip().upper() or "SELLABLE",
            cells[reference].strip() or None,
            cells[reason].strip() or None,
        )

    return parse_row


def resolved(cells: list[str], sku: int, fnsku: int, resolve: Resolve) -> Parts:
    """What one unit of a row's listing is; FieldError if nothing of that name is known."""
    key, code = unguard_formula(cells[sku].strip()), cells[fnsku].strip()
    parts = resolve(key, code)
    if parts is None:
        raise FieldError(f"{shown(key)} is no listing and no product; add it with: ordercli listing add")
    return parts
