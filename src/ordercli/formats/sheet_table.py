"""One sheet of a workbook as a table: which sheet, where its header stands, and its rows as a CSV would have them.

The rows go to an unnamed temporary file, from which they are read as often as a CSV is, so that a reader needs no
more memory for a workbook once it is open. What a spreadsheet knows and a CSV does not is decided here:

- dates and times are written as ISO 8601 has them, numbers with a point, booleans as ``true`` and ``false``;
- a formula is what it gave when the file was saved; one that nobody computed is a fault of its row;
- a cell with an error value (``#N/A``), and cells that are merged, are faults of their rows, since which row they
  are of cannot be told;
- rows in which nothing stands but formulas that give nothing, and boxes that are not ticked, are empty ones.
"""

import csv
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from io import TextIOWrapper
from itertools import islice
from typing import BinaryIO, NamedTuple

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.own_sheet import OWN_SHEET
from ordercli.errors import Refused
from ordercli.formats.spreadsheet import CellValue, SheetRow, Spreadsheet, cell_text, spreadsheet_of
from ordercli.formats.spreadsheet_guard import Hollows, address
from ordercli.formats.telling import OWN_WORKBOOK, SURE, Fits, OwnWorkbook

DEEPEST_HEADER = 30
"""Rows that hold anything, among which the header is looked for."""
_ROUNDED = timedelta(milliseconds=500)

Rows = Iterator[SheetRow]


class Table(NamedTuple):
    """One sheet, written out.

    Attributes:
        sheet: its name.
        sheets: how many of the workbook's sheets hold anything and are shown.
        header: its columns; those without a name are left out.
        columns: the place of each of them in the sheet, from 0.
        is_bare: whether it has no header.
        has_nul: whether a NUL is in any cell.
        file: the rows as CSV: number, what is wrong with it, cells.
    """

    sheet: str
    sheets: int
    header: tuple[str, ...]
    columns: tuple[int, ...]
    is_bare: bool
    has_nul: bool
    file: BinaryIO


class _Head(NamedTuple):
    """Where the header of a sheet stands, as far as it fits."""

    rank: int
    sheet: str
    number: int
    cells: list[CellValue]


def sheet_table(
    name: str, content: bytes, wanted: str | None, fits: Fits, bare: tuple[str, ...], *, decimal_comma: bool
) -> Table:
    """The sheet of a workbook that a command reads.

    Args:
        name: the file, for messages.
        content: its bytes.
        wanted: the sheet's name if the user says it; hidden ones are looked at only then.
        fits: how well a header fits.
        bare: the columns of a table without a header; empty if there must be one.
        decimal_comma: whether the file's numbers have a comma: then its cells of numbers are written so too.

    Raises:
        Refused: if it cannot be read, or which sheet is meant cannot be told.
    """
    with spreadsheet_of(name, content) as book:
        if wanted is None and OWN_SHEET in book.hidden:
            raise OwnWorkbook(f"{name} is {OWN_WORKBOOK}; take back what you changed with: ordercli workbook pull")
        sheets = [wanted_sheet(book, wanted)] if wanted is not None else _shown_sheets(book)
        heads = [found for sheet in sheets if (found := _head(book, sheet, fits)) is not None]
        head = _chosen(name, heads)
        columns, header, is_bare = _columns(name, head, bare)
        file = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the source
        try:
            has_nul = write_rows(
                file, _plain_rows(book, head, columns, len(header), is_bare, decimal_comma=decimal_comma)
            )
        except BaseException:
            file.close()
            raise
    return Table(head.sheet, len(heads), header, columns, is_bare, has_nul, file)


def wanted_sheet(book: Spreadsheet, wanted: str) -> str:
    """The sheet that the user names, in whatever case.

    Raises:
        Refused: naming those there are.
    """
    for sheet in book.sheets:
        if sheet.casefold().strip() == wanted.casefold().strip():
            return sheet
    raise Refused(f"{book.name} has no sheet {shown(wanted)}; it has {_named(_shown_sheets(book))}.")


def _shown_sheets(book: Spreadsheet) -> list[str]:
    return [sheet for sheet in book.sheets if sheet not in book.hidden]


def _named(sheets: Iterable[str]) -> str:
    return ", ".join(shown(sheet) for sheet in sheets)


def header_of(cells: Sequence[CellValue]) -> tuple[str, ...]:
    """The names in a row as a header has them: blanks and line breaks in them are one blank each."""
    return tuple(" ".join((cell if isinstance(cell, str) else _named_by(cell)).split()) for cell in cells)


def _named_by(cell: CellValue) -> str:
    try:
        return text_of_cell(cell)
    except FieldError:
        return str(cell)


def _head(book: Spreadsheet, sheet: str, fits: Fits) -> _Head | None:
    """The row of a sheet that is its header: the one that fits best, or else the first that names most columns."""
    rows = list(islice(book.rows(sheet), DEEPEST_HEADER))
    ranked = [(fits(tuple(name for name in header_of(row.cells) if name)), row) for row in rows]
    best = max((rank for rank, _ in ranked), default=0)
    if best:
        row = next(row for rank, row in ranked if rank == best)
        return _Head(best, sheet, *row)
    named = [(len(_texts(row.cells)), row) for row in rows]
    most = max((names for names, _ in named), default=0)
    return next((_Head(0, sheet, *row) for names, row in named if names == most), None)


def _texts(cells: Sequence[CellValue]) -> list[str]:
    """The names in a row of nothing but names."""
    told = [cell for cell in cells if cell != ""]
    return [cell for cell in told if isinstance(cell, str)] if all(isinstance(cell, str) for cell in told) else []


def _chosen(name: str, heads: Sequence[_Head]) -> _Head:
    """The sheet that is meant.

    Raises:
        Refused: if there is none, or several.
    """
    if not heads:
        raise Refused(f"{name} is empty.")
    best = max(head.rank for head in heads)
    meant = [head for head in heads if head.rank == best]
    if len(meant) == 1:
        return meant[0]
    sheets = _named(head.sheet for head in meant)
    if best >= SURE:
        raise Refused(f"{name}: the sheets {sheets} can all be read here; name one with --sheet.")
    raise Refused(
        f"{name}: none of the sheets {sheets} has the columns that are read here; name one with --sheet."
    )


def _columns(name: str, head: _Head, bare: tuple[str, ...]) -> tuple[tuple[int, ...], tuple[str, ...], bool]:
    """Places and names of the columns, and whether the sheet has no header.

    Raises:
        Refused: if a name is there twice.
    """
    names = header_of(head.cells)
    if bare and bare[0] not in names:
        return tuple(place for place, cell in enumerate(names) if cell)[: len(bare)], bare, True
    places = tuple(place for place, cell in enumerate(names) if cell)
    for column, times in Counter(names).items():
        if column and times > 1:
            twice = " and ".join(address(head.number, place) for place in places if names[place] == column)
            raise Refused(
                f"{name}: sheet {head.sheet} has the column {column!r} twice, in cells {twice}; rename one."
            )
    return places, tuple(names[place] for place in places), False


class PlainRow(NamedTuple):
    """A row as it is written out."""

    number: int
    fault: str
    cells: list[str]


def _plain_rows(
    book: Spreadsheet, head: _Head, columns: tuple[int, ...], width: int, is_bare: bool, *, decimal_comma: bool
) -> Iterator[PlainRow]:
    hollows, formulas = book.hollows(head.sheet), book.formulas(head.sheet)
    faults = row_faults(hollows, book.merged_ranges(head.sheet), set(columns))
    for number, cells in book.rows(head.sheet):
        if number < head.number or (number == head.number and not is_bare):
            continue
        if says_nothing(number, cells, formulas) and number not in faults:
            continue
        yield plain_row(number, cells, columns, width, faults.get(number, ""), decimal_comma=decimal_comma)


def says_nothing(number: int, cells: Sequence[CellValue], formulas: frozenset[tuple[int, int]]) -> bool:
    """Whether a row was only prepared: boxes not ticked, and formulas that give nothing yet."""
    return all(
        cell == "" or cell is False or (cell == 0 and (number, place) in formulas)
        for place, cell in enumerate(cells)
    )


def row_faults(hollows: Hollows, merged: Sequence[Sequence[Sequence[int]]], columns: set[int]) -> dict[int, str]:
    """What is wrong with rows before their cells are looked at, by their numbers."""
    faults: dict[int, str] = {}
    for row, column in sorted(hollows.uncomputed):
        if column in columns:
            faults[row] = (
                f"has a formula in cell {address(row, column)} that was never computed; open the file in a"
                " spreadsheet program and save it"
            )
    for row, column in sorted(hollows.errors):
        if column in columns:
            faults[row] = (
                f"has an error of the spreadsheet in cell {address(row, column)}; mend or empty that cell"
            )
    for (top, left), (bottom, right) in merged:
        if not columns.isdisjoint(range(left, right + 1)):
            cells = f"{address(top + 1, left)}:{address(bottom + 1, right)}"
            for row in range(top + 1, bottom + 2):
                faults[row] = f"has merged cells, {cells}; split them and fill in each"
    return faults


def plain_row(
    number: int, cells: list[CellValue], columns: tuple[int, ...], width: int, fault: str, *, decimal_comma: bool
) -> PlainRow:
    """A row with the cells of its columns as a CSV would have them, and what is wrong with it."""
    texts = [""] * width
    for place, column in enumerate(columns):
        value = cells[column] if column < len(cells) else ""
        if isinstance(value, str):
            texts[place] = value
            continue
        try:
            texts[place] = text_of_cell(value)
        except FieldError as error:
            fault = fault or f"cell {address(number, column)}: {error}"
        if decimal_comma and isinstance(value, float):
            texts[place] = texts[place].replace(".", ",")
    return PlainRow(number, fault, texts)


def text_of_cell(value: CellValue) -> str:
    """A cell as a CSV would have it; a moment to the second, since spreadsheets keep fractions of days."""
    if isinstance(value, datetime):
        return (value + _ROUNDED).replace(microsecond=0).isoformat()
    return cell_text(value)


def write_rows(file: BinaryIO, rows: Iterable[PlainRow]) -> bool:
    """Write the rows; whether a NUL is in any."""
    has_nul = False
    text = TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
    writer = csv.writer(text)
    for number, fault, cells in rows:
        has_nul = has_nul or any("\0" in cell for cell in cells)
        writer.writerow((number, fault, *cells))
    text.detach()
    return has_nul
