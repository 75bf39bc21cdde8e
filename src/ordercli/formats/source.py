"""A text file from outside: examined once, then read as often as needed, row by row.

The examination reads the bytes in blocks (memory does not grow with the file), learns the encoding, computes
the hash, and refuses what is no text at all. Standard input is spooled to an unnamed temporary file first.
"""

import csv
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from typing import BinaryIO, Protocol, Self

from ordercli.domain.fields import MAX_TEXT, FieldError, RowError, parse_text
from ordercli.domain.text import unguard_formula
from ordercli.door import clean
from ordercli.errors import Refused, UsageProblem
from ordercli.formats.encodings import UTF8, Reading
from ordercli.formats.telling import NOTHING_TOLD, Fits, SourceSheet, Telling
from ordercli.formats.text_file import WORKBOOKS, examine, forced_encoding, opened_file, text_of

_FIELD_LIMIT = 100_000
_DEEPEST_HEADER = 30
"""Most lines above the header that name nothing."""
_ABOVE_HEADER = re.compile(r'TemplateType=|(?:[\s,;]|"")*$|"?sep=.?"?$', re.IGNORECASE)
JSON_LINES = ""
"""The delimiter of a file of JSON objects, one a line."""


class _CsvReader(Protocol):
    """What the csv module's readers have in common."""

    line_num: int

    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """An examined file, open until its ``with`` block ends.

    Attributes:
        name: as the user named it, ``-`` for standard input.
        sha256: hash of its bytes, hexadecimal.
        reading: how its bytes are decoded; not all its cells need be in one encoding.
        header: trimmed names of its columns.
        delimiter: TAB (no quoting, as Amazon writes), comma or semicolon (quoted), or :data:`JSON_LINES`.
        has_nul: whether a NUL byte is in it anywhere, which damages the row it is in.
    """

    name: str
    sha256: str
    reading: Reading
    header: tuple[str, ...]
    delimiter: str
    has_nul: bool
    _file: BinaryIO
    skipped: int = 0
    """Lines above the header."""
    is_bare: bool = False
    """Whether it has no header, so that its first line is data."""
    sheet: SourceSheet | None = None
    """Which sheet it is, if it is a workbook."""

    @property
    def encoding(self) -> str:
        """``utf-8-sig``, or for files that are (mostly) not UTF-8 ``cp1252``, ``cp932`` or ``latin-1``."""
        return self.reading.encoding

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def place(self, line: int, column: str = "") -> str:
        """Where something stands, for sentences: ``line 5, column sku``; of a sheet also the cell's address."""
        named = f", column {column}" if column else ""
        if self.sheet is None:
            return f"line {line}{named}"
        if not self.sheet.name:
            return f"line {line}{named}"
        if not column or column not in self.header[: len(self.sheet.columns)]:
            return f"sheet {self.sheet.name}, row {line}{named}"
        from ordercli.formats.spreadsheet_guard import address  # noqa: PLC0415 - of workbooks only

        cell = address(line, self.sheet.columns[self.header.index(column)])
        return f"sheet {self.sheet.name}, row {line}{named} (cell {cell})"

    def size(self) -> int:
        """Bytes in it."""
        return os.fstat(self._file.fileno()).st_size

    def position(self) -> int:
        """Bytes of it that have been read."""
        return self._file.tell() if not self._file.closed else 0

    def rows(self) -> Iterator[tuple[int, list[str]] | RowError]:
        """Each data row as (line on which it begins, cells), or what is wrong with it as a row.

        Empty lines are passed over.

        Raises:
            Refused: if a quote is opened and never closed.
        """
        for line, cells, fault in self.records():
            row = self.checked(line, cells, fault) if fault or self.is_doubtful(cells) else cells
            yield row if isinstance(row, RowError) else (line, row)

    def is_doubtful(self, cells: list[str]) -> bool:
        """Whether a row must be looked at cell by cell; nearly none must."""
        # The length of a whole row is known at once, that of its longest cell is not.
        return self.has_nul or (len("".join(cells)) > MAX_TEXT and len(max(cells, key=len)) > MAX_TEXT)

    def checked(self, line: int, cells: list[str], fault: str) -> list[str] | RowError:
        """The cells of a record, or what is wrong with it."""
        if fault:
            return RowError(line, "", fault)
        return self._cell_fault(line, cells) or cells

    def _cell_fault(self, line: int, cells: list[str]) -> RowError | None:
        for column, cell in zip(self.header, cells, strict=True):
            try:
                parse_text(unguard_formula(cell))
            except FieldError as error:
                return RowError(line, column, str(error))
        return None

    def records(self) -> Iterator[tuple[int, list[str], str]]:
        """Each data row as (line, cells, what is wrong with it as a row or ""); its text came through the door."""
        mended = self.reading.mended if self.reading.is_mixed else None
        for line, told, fault in self._decoded():
            cells = told if mended is None else [mended(cell) for cell in told]
            yield line, cells if "".join(cells).isprintable() else [clean(cell) for cell in cells], fault

    def odd_cells(self) -> Iterator[tuple[int, str]]:
        """Line and column of every cell that is in another encoding than most."""
        for line, cells, fault in self._decoded() if self.reading.is_mixed else ():
            for column, cell in zip(self.header, cells, strict=not fault):
                if self.reading.is_odd(cell):
                    yield line, column

    def _decoded(self) -> Iterator[tuple[int, list[str], str]]:
        self._file.seek(0)
        text = text_of(self._file, self.reading)
        try:
            yield from self._read(text)
        finally:
            if not self._file.closed:
                text.detach()

    def _read(self, text: TextIOWrapper) -> Iterator[tuple[int, list[str], str]]:
        if self.delimiter == JSON_LINES:
            yield from _json_records(text, self.header)
            return
        csv.field_size_limit(_FIELD_LIMIT)
        if self.sheet is not None:
            yield from ((int(number), cells, fault) for number, fault, *cells in csv.reader(text))
            return
        reader = _reader(text, self.delimiter)
        for _ in range(0 if self.is_bare else self.skipped + 1):
            next(reader, None)  # the header, and what stands above it
        width = len(self.header)
        while True:
            begin = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield begin, [], self._fault(error, begin, reader.line_num)
                continue
            if len(cells) == width:
                yield begin, cells, ""
            elif any(cells):
                yield begin, cells, f"has {len(cells)} cells where the header has {width}"

    def _fault(self, error: csv.Error, line: int, last: int) -> str:
        if "unexpected end of data" in str(error) or ("field limit" in str(error) and last > line):
            raise Refused(f"{self.name}: the quote opened on line {line} is never closed; nothing was imported.")
        if "field limit" in str(error):
            return f"has a cell of over {_FIELD_LIMIT:,} characters"
        return "has text after a closing quote"


def _reader(text: TextIOWrapper, delimiter: str) -> _CsvReader:
    if delimiter == "\t":
        return csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
    return csv.reader(text, delimiter=delimiter, strict=True)


def open_source(
    name: str,
    telling: Telling = NOTHING_TOLD,
    bare: tuple[str, ...] = (),
    fits: Fits = bool,
) -> Source:
    """Open and examine a file; ``-`` is standard input.

    Args:
        name: the file.
        telling: what the user says of it.
        bare: the columns of a file whose first line does not name the first of them; empty if every file must
            have a header.
        fits: how well a header of a workbook's sheets fits; see ``sheet_table.py``.

    Raises:
        UsageProblem: if there is no such encoding, or a sheet is named of what is no workbook.
        Refused: if it cannot be read, is empty, is not text, its header is unusable, or it is a workbook of which
            no sheet, or more than one, can be meant.
    """
    forced = forced_encoding(telling.encoding)
    file = opened_file(name)
    try:
        file.seek(0)
        if file.read(8).startswith(WORKBOOKS):
            return _workbook(file, name, telling, bare, fits)
        _refuse_sheet(name, telling)
        file.seek(0)
        digest, read_as, has_nul = examine(file, name, forced)
        if _is_json(file, read_as):
            return Source(name, digest, read_as, _keys(file, name, read_as), JSON_LINES, has_nul, file)
        header, delimiter, skipped, is_bare = _header(file, name, read_as, bare)
    except BaseException:
        file.close()
        raise
    return Source(name, digest, read_as, header, delimiter, has_nul, file, skipped, is_bare)


def _refuse_sheet(name: str, telling: Telling) -> None:
    if telling.sheet is not None:
        raise UsageProblem(f"--sheet is for workbooks, and {name} is none.")


def _workbook(file: BinaryIO, name: str, telling: Telling, bare: tuple[str, ...], fits: Fits) -> Source:
    """The sheet that is meant, as its rows; the file is closed."""
    from ordercli.formats.sheet_table import sheet_table  # noqa: PLC0415 - of workbooks only
    from ordercli.formats.spreadsheet import LARGEST_FILE  # noqa: PLC0415 - the same

    file.seek(0)
    with file:
        content = file.read(LARGEST_FILE + 1)
    table = sheet_table(name, content, telling.sheet, fits, bare, decimal_comma=telling.decimal_comma)
    digest = hashlib.sha256(content)
    digest.update(table.sheet.encode("utf-8", "replace"))
    return Source(
        name,
        digest.hexdigest(),
        Reading(UTF8),
        table.header,
        ",",
        table.has_nul,
        table.file,
        is_bare=table.is_bare,
        sheet=SourceSheet(table.sheet, table.columns, table.sheets - 1),
    )


def _is_json(file: BinaryIO, reading: Reading) -> bool:
    file.seek(0)
    start = file.read(4096).decode(reading.codec, errors="replace").lstrip()
    return start.startswith("{")


def _keys(file: BinaryIO, name: str, reading: Reading) -> tuple[str, ...]:
    """Every key of a file of JSON objects, in the order in which they first appear."""
    file.seek(0)
    text = text_of(file, reading)
    found: dict[str, None] = {}
    try:
        for line in text:
            try:
                record = json.loads(line) if line.strip() else {}
            except ValueError:
                continue  # told with its row
            if isinstance(record, dict):
                found.update(dict.fromkeys(record))
    finally:
        text.detach()
    if not found:
        raise Refused(f"{name} holds no JSON object on a line of its own.")
    return tuple(map(clean, found))


def _json_records(text: TextIOWrapper, header: tuple[str, ...]) -> Iterator[tuple[int, list[str], str]]:
    for number, line in enumerate(text, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line, parse_float=str, parse_int=str, parse_constant=str)
        except (ValueError, RecursionError):
            yield number, [], "is no JSON object"
            continue
        if not isinstance(record, dict):
            yield number, [], "is no JSON object"
            continue
        nested = next((key for key, value in record.items() if isinstance(value, dict | list)), None)
        fault = "" if nested is None else f"has a list or an object under {nested!r}; give one line an order line"
        yield number, [_json_cell(record.get(key)) for key in header], fault


def _json_cell(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _delimiter_of(first: str) -> str:
    if "\t" in first:
        return "\t"
    return ";" if first.count(";") > first.count(",") else ","


def _first_line(text: TextIOWrapper) -> tuple[str, int]:
    """The line that should name the columns, and how many stand above it.

    Those are blank ones, Amazon's own mark of its templates, and ``sep=;``, by which Excel is told the delimiter.
    """
    above = 0
    while True:
        line = text.readline(_FIELD_LIMIT)
        first = line.partition("\r")[0].lstrip("\ufeff")
        if not line or above == _DEEPEST_HEADER or not _ABOVE_HEADER.match(first):
            return first, above
        above += 1


def _header(
    file: BinaryIO, name: str, reading: Reading, bare: tuple[str, ...]
) -> tuple[tuple[str, ...], str, int, bool]:
    file.seek(0)
    text = text_of(file, reading, "replace")
    first, skipped = _first_line(text)
    text.detach()
    if first.startswith("["):
        raise Refused(f"{name} is a JSON list; give one JSON object a line (--format jsonl writes that).")
    delimiter = _delimiter_of(first)
    file.seek(0)
    text = text_of(file, reading)
    csv.field_size_limit(_FIELD_LIMIT)
    try:
        reader = _reader(text, delimiter)
        for _ in range(skipped):
            next(reader, None)
        cells = next(reader, [])
    except csv.Error as error:
        raise Refused(f"{name}: its first line is not a header: {error}.") from error
    finally:
        text.detach()
    header = tuple(clean(reading.mended(cell)).strip() for cell in cells)
    if bare and bare[0] not in header:
        return bare, delimiter, 0, True
    if not any(header):
        raise Refused(f"{name}: its first lines are blank where one should name the columns.")
    for column, times in Counter(header).items():
        if column and times > 1:
            raise Refused(f"{name}: the header has the column {column!r} twice; remove one.")
    return header, delimiter, skipped, False
