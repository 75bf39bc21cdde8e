"""A spreadsheet of the seller's own, whatever it is saved as: a workbook, or a CSV, which is one sheet of text."""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

from ordercli.door import clean
from ordercli.errors import Refused, UsageProblem
from ordercli.formats.encodings import Reading
from ordercli.formats.sheet_table import DEEPEST_HEADER
from ordercli.formats.spreadsheet import LARGEST_FILE, SheetRow, spreadsheet_of
from ordercli.formats.spreadsheet_guard import Hollows
from ordercli.formats.text_file import WORKBOOKS, examine, forced_encoding, opened_file, text_of

_DELIMITERS = (",", ";", "\t")
_FIELD_LIMIT = 100_000


class TrackerBook(Protocol):
    """Sheets of rows; :class:`~ordercli.formats.spreadsheet.Spreadsheet` is one."""

    @property
    def name(self) -> str:
        """As the user named it."""

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of its sheets."""

    @property
    def hidden(self) -> frozenset[str]:
        """Those that are not shown."""

    @property
    def is_text(self) -> bool:
        """Whether it is a text file, whose rows are lines."""

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """The rows that hold anything."""

    def merged_ranges(self, sheet: str) -> Sequence[Sequence[Sequence[int]]]:
        """((row, column), (row, column)) of each range of merged cells, from 0."""

    def hollows(self, sheet: str) -> Hollows:
        """Cells that look empty and are not."""

    def formulas(self, sheet: str) -> frozenset[tuple[int, int]]:
        """(row number from 1, place of the column from 0) of the cells that have a formula."""


@dataclass(frozen=True, slots=True)
class _TextBook:
    """A CSV as a workbook of one sheet, called like the file."""

    name: str
    sheets: tuple[str, ...]
    _file: BinaryIO = field(repr=False)
    _reading: Reading = field(repr=False)
    _delimiter: str = field(repr=False)
    hidden: frozenset[str] = frozenset()
    is_text: bool = True

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """Its rows by the lines on which they begin."""
        del sheet  # there is one
        self._file.seek(0)
        text = text_of(self._file, self._reading)
        csv.field_size_limit(_FIELD_LIMIT)
        reader = csv.reader(text, delimiter=self._delimiter)
        try:
            while True:
                begin = reader.line_num + 1
                cells = next(reader, None)
                if cells is None:
                    return
                if any(cell.strip() for cell in cells):
                    yield SheetRow(begin, [clean(self._reading.mended(cell)).strip() for cell in cells])
        except csv.Error as error:
            raise Refused(f"{self.name}: line {reader.line_num}: {error}.") from error
        finally:
            if not self._file.closed:
                text.detach()

    def merged_ranges(self, sheet: str) -> Sequence[Sequence[Sequence[int]]]:
        """A CSV has none."""
        del sheet
        return ()

    def hollows(self, sheet: str) -> Hollows:
        """A CSV has none."""
        del sheet
        return Hollows()

    def formulas(self, sheet: str) -> frozenset[tuple[int, int]]:
        """A CSV has none."""
        del sheet
        return frozenset()


@contextmanager
def open_tracker(name: str, encoding: str | None) -> Iterator[tuple[TrackerBook, str]]:
    """A spreadsheet, and the hash of its bytes; ``-`` is standard input.

    Raises:
        UsageProblem: if an encoding is named of a workbook, or there is none of that name.
        Refused: if it cannot be read, or is no spreadsheet.
    """
    forced = forced_encoding(encoding)
    with opened_file(name) as file:
        file.seek(0)
        if file.read(8).startswith(WORKBOOKS):
            if forced is not None:
                raise UsageProblem(f"--encoding is for text files, and {name} is a workbook.")
            file.seek(0)
            content = file.read(LARGEST_FILE + 1)
            with spreadsheet_of(name, content) as book:
                yield book, hashlib.sha256(content).hexdigest()
            return
        file.seek(0)
        digest, reading, _ = examine(file, name, forced)
        sheet = "Sheet1" if name == "-" else Path(name).stem
        yield _TextBook(name, (sheet,), file, reading, _delimiter(file, reading)), digest


def _delimiter(file: BinaryIO, reading: Reading) -> str:
    """What parts the cells: of three signs that which most of the first lines have."""
    file.seek(0)
    text = text_of(file, reading, "replace")
    lines = [line[:_FIELD_LIMIT] for line in islice(text, DEEPEST_HEADER)]
    text.detach()
    return max(_DELIMITERS, key=lambda sign: (sum(sign in line for line in lines), lines[-1].count(sign)))
