"""A workbook from outside, as Excel (``.xlsx``, ``.xls``) or LibreOffice (``.ods``) saves it: sheets of rows.

What a formula gave when the file was saved is what a cell holds here; :meth:`Spreadsheet.formulas` tells which
cells have one. Needs the extra ``xlsx``.
"""

import io
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from ordercli.domain.fields import FieldError, shown
from ordercli.door import clean
from ordercli.errors import Refused, lacks_extra
from ordercli.formats.spreadsheet_guard import (
    DAMAGES,
    Hollows,
    SpreadsheetKind,
    address,
    damaged,
    encrypted,
    examined,
    formulas_of,
    hollows_of,
    merged_of,
)

CellValue = str | int | float | bool | date | datetime | time | timedelta
"""What a cell holds; an empty one the empty text. Numbers come as floats, dates without a time as ``date``."""

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes of a workbook."""
NEEDS = ("Workbooks need two packages", "xlsx")
"""What is said where the extra is missing."""

_EXACT_DIGITS = 15
_SECONDS = 60.0


class SheetRow(NamedTuple):
    """One row: its number in the sheet, from 1, and its cells from column A on."""

    number: int
    cells: list[CellValue]


class Grid(NamedTuple):
    """The used part of a sheet as the library gives it.

    Attributes:
        left: empty columns before it.
        rows: from the sheet's first row on.
        merged: ((row, column), (row, column)) of merged cells, from 0.
    """

    left: int
    rows: Callable[[], Iterable[Sequence[CellValue]]]
    merged: Sequence[Sequence[Sequence[int]]]


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """An examined workbook, open until its ``with`` block ends.

    Attributes:
        name: as the user named it, ``-`` for standard input.
        kind: how it is saved.
        sheets: names of its sheets in their order, hidden ones included.
        hidden: those that the program does not show.
    """

    name: str
    kind: SpreadsheetKind
    sheets: tuple[str, ...]
    _content: bytes = field(repr=False)
    _grid: Callable[[str], Grid] = field(repr=False)
    hidden: frozenset[str] = frozenset()

    @property
    def is_text(self) -> bool:
        """Whether it is a text file: never."""
        return False

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """The rows of a sheet that hold anything, each as wide as the sheet is; its text came through the door.

        Raises:
            Refused: if the sheet is damaged.
        """
        left, rows, _ = self._grid(sheet)
        margin: list[CellValue] = [""] * left
        for number, cells in enumerate(rows(), start=1):
            if any(cell != "" for cell in cells):
                yield SheetRow(number, [*margin, *(clean(c) if isinstance(c, str) else c for c in cells)])

    def merged(self, sheet: str) -> list[str]:
        """Ranges of cells that are merged, such as ``B7:C8``."""
        return [
            f"{address(start[0] + 1, start[1])}:{address(end[0] + 1, end[1])}"
            for start, end in self.merged_ranges(sheet)
        ]

    def merged_ranges(self, sheet: str) -> Sequence[Sequence[Sequence[int]]]:
        """((row, column), (row, column)) of each range of merged cells, from 0."""
        return merged_of(self._content, sheet) if self.kind == "ods" else self._grid(sheet).merged

    def hollows(self, sheet: str) -> Hollows:
        """Its cells that look empty and are not; none are known of ``.xls``.

        Raises:
            Refused: if the sheet is damaged.
        """
        try:
            return hollows_of(self._content, self.kind, sheet)
        except DAMAGES as error:
            raise damaged(self.name) from error

    def formulas(self, sheet: str) -> frozenset[tuple[int, int]]:
        """(row number from 1, place of the column from 0) of the cells that have a formula; none of ``.xls``.

        A formula that a program keeps once for many cells is found in each of them.

        Raises:
            Refused: if the sheet is damaged.
        """
        try:
            return formulas_of(self._content, self.kind, sheet)
        except DAMAGES as error:
            raise damaged(self.name) from error


def cell_text(value: CellValue) -> str:
    """A cell as the text that a CSV file would have: ``5``, ``19.99``, ``2026-03-16``, ``2026-03-16T10:30:00``.

    Raises:
        FieldError: for a number of more digits than a spreadsheet keeps, as of a tracking number typed into a
            cell that is not formatted as text.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if abs(value) >= 10**_EXACT_DIGITS:
            raise FieldError(
                f"{shown(f'{value:.6g}')} was turned into a number by the spreadsheet, which keeps "
                f"{_EXACT_DIGITS} digits; format the cell as text and type it again"
            )
        return str(int(value)) if value == int(value) else f"{value:.{_EXACT_DIGITS}g}"
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


@contextmanager
def open_spreadsheet(name: str) -> Iterator[Spreadsheet]:
    """Open and examine a workbook; ``-`` is standard input.

    Raises:
        Refused: if it cannot be read, is no workbook, is encrypted, or is larger than a workbook can be.
    """
    with spreadsheet_of(name, _content_of(name)) as opened:
        yield opened


@contextmanager
def spreadsheet_of(name: str, content: bytes) -> Iterator[Spreadsheet]:
    """The same of the bytes of one.

    Raises:
        Refused: as above.
    """
    if len(content) > LARGEST_FILE:
        raise Refused(f"{name} is larger than {LARGEST_FILE // 1024**2} MB, which no such workbook is.")
    kind = examined(name, content)
    try:
        from python_calamine import (  # noqa: PLC0415 - an extra
            CalamineError,
            PasswordError,
            SheetVisibleEnum,
            load_workbook,
        )
    except ImportError as error:
        raise lacks_extra(*NEEDS) from error
    if kind == "xls":
        yield _old(name, content)
        return
    try:
        book = load_workbook(io.BytesIO(content))
    except PasswordError as error:
        raise encrypted(name) from error
    except (CalamineError, OSError, ValueError) as error:
        raise damaged(name) from error

    @lru_cache(maxsize=1)
    def grid(sheet: str) -> Grid:
        try:
            found = book.get_sheet_by_name(sheet)
        except (CalamineError, OSError, ValueError) as error:
            raise damaged(name) from error
        return Grid(found.start[1] if found.start else 0, found.iter_rows, found.merged_cell_ranges or [])

    hidden = {each.name for each in book.sheets_metadata if each.visible != SheetVisibleEnum.Visible}
    with book:
        yield Spreadsheet(name, kind, tuple(book.sheet_names), content, grid, frozenset(hidden))


def _old(name: str, content: bytes) -> Spreadsheet:
    """An ``.xls``, read by another process: a damaged one may end the process that reads it."""
    answer = _answer_of_child(content)
    if answer == "password":
        raise encrypted(name)
    if answer is None or isinstance(answer, str):
        raise damaged(name)
    sheets: dict[str, Grid] = {
        sheet: Grid(left, [[_revived(cell) for cell in cells] for cells in rows].__iter__, merged)
        for sheet, (left, rows, merged, _) in answer.items()
    }
    hidden = frozenset(sheet for sheet, (*_, is_hidden) in answer.items() if is_hidden)
    return Spreadsheet(name, "xls", tuple(sheets), content, sheets.__getitem__, hidden)


def _answer_of_child(content: bytes) -> dict[str, Any] | str | None:
    """Every sheet as ``xls_child`` tells it, a word on why not, or None if the process died over it."""
    import json  # noqa: PLC0415 - only for the older kind of file
    import subprocess  # noqa: PLC0415 - the same

    command = [sys.executable, "-P", "-m", "ordercli.formats.xls_child"]
    try:
        ran = subprocess.run(  # noqa: S603 - of ours
            command,
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
        answer: dict[str, Any] | str = json.loads(ran.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None
    return answer if ran.returncode == 0 else None


def _revived(cell: Any) -> CellValue:  # noqa: ANN401 - as JSON has it
    """A cell as it was before JSON, which knows no dates."""
    if not isinstance(cell, list):
        return cell  # type: ignore[no-any-return] # text, a number or a boolean
    kind, text = cell
    kinds: dict[str, Callable[[str], CellValue]] = {
        "date": date.fromisoformat,
        "datetime": datetime.fromisoformat,
        "time": time.fromisoformat,
        "timedelta": lambda told: timedelta(seconds=float(told)),
    }
    return kinds[kind](text)


def _content_of(name: str) -> bytes:
    try:
        if name == "-":
            if sys.stdin is None or sys.stdin.isatty():
                raise Refused("Nothing was piped in; give a file name, or pipe the file into this command.")
            content = sys.stdin.buffer.read(LARGEST_FILE + 1)
        else:
            with Path(name).open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError as error:
        raise Refused(f"There is no file {name}.") from error
    except (OSError, ValueError) as error:
        raise Refused(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    return content
