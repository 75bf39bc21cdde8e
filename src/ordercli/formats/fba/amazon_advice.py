"""What Amazon advises of the stock it keeps: figures of the restock and of the planning report.

Sources: Amazon, "FBA report type values"; column names of both reports as downloaded, read 2026-03.
"""

import re
from collections.abc import Callable

from ordercli.domain.fba.fba_rows import AdviceRow, RestockRow
from ordercli.domain.fields import FieldError, RowError, shown
from ordercli.formats.cells import Columns, row_error
from ordercli.formats.fba.amazon_fba import Resolve, resolved, statement_parser
from ordercli.formats.file_kinds import letters

FIGURES: dict[str, tuple[str, ...]] = {
    "days_of_supply": ("totaldaysofsupplyincludingunitsfromopenshipments", "daysofsupply"),
    "recommended_quantity": ("recommendedreplenishmentqty", "recommendedshipinquantity"),
    "units_7": ("unitsshippedt7",),
    "units_30": ("unitssoldlast30days", "unitsshippedt30"),
    "units_60": ("unitsshippedt60",),
    "units_90": ("unitsshippedt90",),
    "excess_quantity": ("estimatedexcessquantity",),
}
"""Figure -> the letters of the column that tells it, in either report."""

_WHOLE = re.compile(r"[<>]?\s*([0-9]{1,7})(?:\.[0-9]+)?\+?\Z")


def advice_parser(header: tuple[str, ...], resolve: Resolve) -> Callable[[int, list[str]], AdviceRow | RowError]:
    """Parser for rows of a restock or planning report; blank figures are not told."""
    at = Columns(tuple(letters(name) for name in header))
    sku, fnsku, alert = at("merchantsku", "sku"), at("fnsku"), at("alert")
    columns = {figure: at(*names) for figure, names in FIGURES.items()}

    def parse_row(line: int, cells: list[str]) -> AdviceRow | RowError:
        cells.append("")
        column = sku
        try:
            parts = resolved(cells, sku, fnsku, resolve)
            figures = {}
            for figure, column in columns.items():
                cell = cells[column].strip().replace(",", "")
                if cell:
                    figures[figure] = _whole(cell)
        except FieldError as error:
            return row_error(line, header, column, error)
        return AdviceRow(parts, figures, cells[alert].strip() or None)

    return parse_row


def restock_parser(header: tuple[str, ...], resolve: Resolve) -> Callable[[int, list[str]], RestockRow | RowError]:
    """Parser for rows of a restock report."""
    statement, advice = statement_parser(header, "restock", resolve), advice_parser(header, resolve)

    def parse_row(line: int, cells: list[str]) -> RestockRow | RowError:
        stated = statement(line, [*cells])
        if isinstance(stated, RowError):
            return stated
        advised = advice(line, cells)
        return advised if isinstance(advised, RowError) else RestockRow(stated, advised)

    return parse_row


def _whole(cell: str) -> int:
    """A figure without its decimals and without the signs of a bound, as in ``365+``."""
    match = _WHOLE.match(cell)
    if match is None:
        raise FieldError(f"{shown(cell)} is not a number of units or days")
    return int(match.group(1))
