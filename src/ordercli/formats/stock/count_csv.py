"""A count of stock: a filled-in count sheet, or what a scanner types, a SKU a line."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ordercli.domain.fields import FieldError, RowError, parse_sku, parse_whole
from ordercli.domain.text import unguard_formula
from ordercli.domain.times import parse_instant
from ordercli.errors import Refused
from ordercli.formats.cells import Columns, row_error
from ordercli.formats.source import Source
from ordercli.formats.styles import Kinds, Style

KINDS = Kinds(numbers=("quantity",))
BARE_COLUMNS = ("sku", "quantity")
"""What the cells of a file without header are; a line without quantity is one unit."""


_BESIDE = frozenset({"location", "counted_at"})


def refuse_no_sheet(source: Source) -> None:
    """Refuse a file whose header names other things than a count: it would count one of each row.

    Raises:
        Refused: naming what is missing. A header without quantity is one over scanned lines, if it is of nothing
            else.
    """
    if source.is_bare or "quantity" in source.header or set(source.header) <= {"sku", *_BESIDE}:
        return
    raise Refused(
        f"{source.name} is no count: it has no column quantity; a sheet with one comes from: "
        "ordercli stock sheet --format csv"
    )


@dataclass(frozen=True, slots=True)
class CountRecord:
    """Units found of one product; None in ``quantity`` where the sheet was left blank."""

    line: int
    product_id: int
    quantity: int | None
    location: str | None
    counted_at: str | None


def count_records(source: Source, products: Mapping[str, int], style: Style) -> Iterator[CountRecord | RowError]:
    """Every row of a count, or what is wrong with it.

    Args:
        source: the opened file; its columns are sku, and maybe quantity, location and counted_at.
        products: row id by everything a scanner may read off a product.
        style: how it writes numbers.
    """
    at = Columns(source.header)
    sku, quantity, location, moment = at("sku"), at("quantity"), at("location"), at("counted_at")
    is_scanned = source.is_bare or quantity < 0
    for line, cells, fault in source.records():
        is_short = source.is_bare and len(cells) == 1
        row = source.checked(line, [*cells, ""] if is_short else cells, "" if is_short else fault)
        if isinstance(row, RowError):
            yield row
            continue
        row = [*(unguard_formula(cell.strip()) for cell in row), ""]
        column = sku
        try:
            key = row[sku]
            if key not in products:
                raise FieldError(f"{parse_sku(key)!r} is no product with stock of its own")  # noqa: TRY301 - one exit
            column = quantity
            row = style.plain(row)
            units = parse_whole(row[quantity]) if row[quantity] else (1 if is_scanned else None)
            column = moment
            counted_at = parse_instant(row[moment]) if row[moment] else None
        except FieldError as error:
            yield row_error(line, source.header, column, error)
            continue
        yield CountRecord(line, products[key], units, row[location] or None, counted_at)
