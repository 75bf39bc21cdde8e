"""A workbook that ``workbook build`` wrote, as somebody saved it: which rows say another thing than then.

Columns are found by their headings, which the hidden sheet keeps, rows by their hidden key. No program has to keep
more than cells, sheets and hidden columns for that.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ordercli.domain.fields import FieldError
from ordercli.domain.workbook.pulled import CellFault, PulledBook, PulledRow
from ordercli.domain.workbook.sheets import BOOK, COLUMNS, FORMAT, KEY, TITLES, VERSION, SheetColumn
from ordercli.domain.workbook.versions import canonical, is_blank, is_touched, is_version
from ordercli.errors import Refused
from ordercli.formats.spreadsheet import SheetRow, Spreadsheet, cell_text
from ordercli.formats.spreadsheet_guard import address

_LAST_HEADER = 20
"""Rows in which the headings are looked for."""


class _Layout(NamedTuple):
    """Where a sheet's columns stand."""

    title: str
    header: int
    columns: tuple[SheetColumn, ...]
    places: tuple[int, ...]
    key: int
    version: int


def read_book(book: Spreadsheet) -> PulledBook:
    """Read what a workbook says of the sheets that may be changed.

    Raises:
        Refused: if it is not one of ours, or of another generation, or lacks a sheet, a column or a heading.
    """
    mark, headings = _mark(book)
    found = PulledBook(
        book.name, mark["shop"], mark.get("made_at", ""), mark.get("with_personal_data") == "yes", [], 0, []
    )
    read = 0
    for sheet, titles in headings.items():
        if TITLES[sheet] not in book.sheets:
            raise Refused(f"{book.name} has no sheet {TITLES[sheet]} any more; build it anew and change that one.")
        read += _read_sheet(book, sheet, titles, found)
    return found._replace(rows_read=read)


def _mark(book: Spreadsheet) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """The facts of the hidden sheet, and the headings of each sheet by the columns' keys."""
    if book.kind != "xlsx":
        raise Refused(f"{book.name} is no .xlsx; save it as an Excel workbook (.xlsx), then pull that.")
    if TITLES[BOOK] not in book.sheets:
        raise Refused(f"{book.name} was not made by ordercli workbook build, or lost its hidden sheet.")
    facts: dict[str, str] = {}
    headings: dict[str, dict[str, str]] = {}
    for row in book.rows(TITLES[BOOK]):
        cells = [canonical(cell) for cell in row.cells]
        if cells[0] == "column" and len(cells) > 3 and cells[1] in COLUMNS:  # noqa: PLR2004 - sheet, key, heading
            headings.setdefault(cells[1], {})[cells[2]] = cells[3]
        elif len(cells) > 1:
            facts[cells[0]] = cells[1]
    if facts.get("format") != FORMAT or "shop" not in facts:
        raise Refused(f"{book.name} was made by another version of ordercli; build it anew and change that one.")
    for sheet, told in headings.items():
        if told.keys() != {column.key for column in COLUMNS[sheet]}:
            raise Refused(f"{book.name}: the hidden sheet was changed; build the workbook anew.")
    return facts, headings


def _read_sheet(book: Spreadsheet, sheet: str, headings: dict[str, str], found: PulledBook) -> int:
    """Add the rows of a sheet that say something new; how many rows there are."""
    title = TITLES[sheet]
    if merged := book.merged(title):
        raise Refused(f"{book.name}: {title}!{merged[0]} are merged cells; split them, then pull again.")
    rows = book.rows(title)
    layout = _layout(book, sheet, headings, rows)
    formulas = book.formulas(title)
    computed = {
        place
        for place, column in zip(layout.places, layout.columns, strict=True)
        if column.is_formula and any(place == at for _, at in formulas)
    }
    keys: Counter[str] = Counter()
    read = 0
    for row in rows:
        read += 1
        pulled = _row(layout, sheet, row, formulas, computed)
        if pulled is None:
            continue
        if pulled.key and keys[pulled.key]:
            found.faults.append(
                CellFault(
                    f"{title}!{address(row.number, 0)}",
                    "is a copy of another row; type what is new into the blank rows at the end",
                )
            )
            continue
        keys[pulled.key] += 1
        found.rows.append(pulled)
    return read


def _layout(book: Spreadsheet, sheet: str, headings: dict[str, str], rows: Iterator[SheetRow]) -> _Layout:
    title = TITLES[sheet]
    for row in rows:
        if row.number > _LAST_HEADER:
            break
        shown = [canonical(cell) for cell in row.cells]
        if KEY in shown and VERSION in shown:
            return _placed(book, sheet, headings, row.number, shown)
    raise Refused(f"{book.name}: {title} lost its hidden columns, by which rows are known; build it anew.")


def _placed(book: Spreadsheet, sheet: str, headings: dict[str, str], header: int, shown: Sequence[str]) -> _Layout:
    title = TITLES[sheet]
    places = []
    for column in COLUMNS[sheet]:
        heading = headings[column.key]
        at = [place for place, text in enumerate(shown) if text == heading]
        if len(at) != 1:
            fault = "is there twice" if at else "is gone or called otherwise"
            raise Refused(
                f"{book.name}: the heading {heading!r} of {title} {fault} (row {header}); name it as it was."
            )
        places.append(at[0])
    return _Layout(title, header, COLUMNS[sheet], tuple(places), shown.index(KEY), shown.index(VERSION))


def _row(
    layout: _Layout,
    sheet: str,
    row: SheetRow,
    formulas: frozenset[tuple[int, int]],
    computed: set[int],
) -> PulledRow | None:
    """The row, if it says anything that is not as it was written."""
    values = tuple(row.cells[place] for place in layout.places)
    key, version = canonical(row.cells[layout.key]), canonical(row.cells[layout.version])
    is_new = not is_version(version, layout.columns)
    lost = [
        place
        for place, column in zip(layout.places, layout.columns, strict=True)
        if place in computed and not is_new and (row.number, place) not in formulas and column.is_formula
    ]
    if is_new:
        typed = [
            v for v, column in zip(values, layout.columns, strict=True) if column.editing in ("always", "new")
        ]
        if is_blank(typed):
            return None
    elif not lost and not is_touched(values, layout.columns, version):
        return None
    cells = tuple(f"{layout.title}!{address(row.number, place)}" for place in layout.places)
    faults = [
        CellFault(cells[layout.places.index(place)], "is computed; your own value is not taken") for place in lost
    ]
    for column, place, value, cell in zip(layout.columns, layout.places, values, cells, strict=True):
        if not column.is_formula and column.key != "total" and (row.number, place) in formulas:
            faults.append(CellFault(cell, "holds a formula where a value belongs; type the value"))
        elif column.editing != "never":
            try:
                cell_text(value or "")
            except FieldError as error:
                faults.append(CellFault(cell, str(error)))
    return PulledRow(sheet, row.number, key, "" if is_new else version, values, cells, tuple(faults))
