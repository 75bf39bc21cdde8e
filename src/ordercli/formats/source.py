"""A text file from outside: examined once, then read as often as needed, row by row.

The examination reads the bytes in blocks (memory does not grow with the file), learns the encoding, computes
the hash, and refuses what is no text at all. Standard input is spooled to an unnamed temporary file first.
"""

import codecs
import csv
import hashlib
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Protocol, Self

from ordercli.domain.fields import MAX_TEXT, FieldError, RowError, parse_text
from ordercli.domain.text import unguard_formula
from ordercli.errors import Refused

_BLOCK = 1 << 20
_FIELD_LIMIT = 100_000
_SIGNATURES = (
    (b"PK\x03\x04", "a spreadsheet or archive; save it as CSV or text first"),
    (b"%PDF", "a PDF, not a report"),
    (b"\xff\xfe", "encoded as UTF-16; save it as UTF-8 first"),
    (b"\xfe\xff", "encoded as UTF-16; save it as UTF-8 first"),
    (b"SQLite format 3", "a database, not a report"),
    (b"<?xml", "an XML report; download the flat-file (.txt) form instead"),
)


class _Reader(Protocol):
    """What the csv module's readers have in common."""

    line_num: int

    def __next__(self) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """An examined file, open until its ``with`` block ends.

    Attributes:
        name: as the user named it, ``-`` for standard input.
        sha256: hash of its bytes, hexadecimal.
        encoding: ``utf-8-sig``, or ``cp1252`` or ``latin-1`` for files that are not UTF-8.
        header: trimmed names of its columns.
        delimiter: TAB (no quoting, as Amazon writes) or comma (quoted).
        has_nul: whether a NUL byte is in it anywhere, which damages the row it is in.
    """

    name: str
    sha256: str
    encoding: str
    header: tuple[str, ...]
    delimiter: str
    has_nul: bool
    _file: BinaryIO

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def rows(self) -> Iterator[tuple[int, list[str]] | RowError]:
        """Each data row as (line on which it begins, cells), or what is wrong with it as a row.

        Empty lines are passed over.

        Raises:
            Refused: if a quote is opened and never closed.
        """
        for line, cells, fault in self.records():
            if fault:
                yield RowError(line, "", fault)
            elif len(max(cells, key=len)) > MAX_TEXT or (self.has_nul and "\0" in "".join(cells)):
                yield self._cell_fault(line, cells) or (line, cells)
            else:
                yield line, cells

    def _cell_fault(self, line: int, cells: list[str]) -> RowError | None:
        for column, cell in zip(self.header, cells, strict=True):
            try:
                parse_text(unguard_formula(cell))
            except FieldError as error:
                return RowError(line, column, str(error))
        return None

    def records(self) -> Iterator[tuple[int, list[str], str]]:
        """Each data row as (line, cells, what is wrong with it as a row or "")."""
        self._file.seek(0)
        text = TextIOWrapper(self._file, encoding=self.encoding, newline="")
        try:
            yield from self._read(text)
        finally:
            if not self._file.closed:
                text.detach()

    def _read(self, text: TextIOWrapper) -> Iterator[tuple[int, list[str], str]]:
        csv.field_size_limit(_FIELD_LIMIT)
        reader = _reader(text, self.delimiter)
        next(reader, None)  # the header
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


def _reader(text: TextIOWrapper, delimiter: str) -> _Reader:
    if delimiter == "\t":
        return csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
    return csv.reader(text, delimiter=delimiter, strict=True)


def open_source(name: str) -> Source:
    """Open and examine a file; ``-`` is standard input.

    Raises:
        Refused: if it cannot be read, is empty, is not text, or its header is unusable.
    """
    file = _spool_stdin() if name == "-" else _open(name)
    try:
        file.seek(0)
        digest, encoding, has_nul = _examine(file, name)
        header, delimiter = _header(file, name, encoding)
    except BaseException:
        file.close()
        raise
    return Source(name, digest, encoding, header, delimiter, has_nul, file)


def _open(name: str) -> BinaryIO:
    path = Path(name)
    try:
        if path.is_dir():
            raise Refused(f"{name} is a folder, not a file.")
        file = path.open("rb")
        if file.seekable():
            return file
        with file:
            return _spooled(file)
    except FileNotFoundError as error:
        raise Refused(f"There is no file {name}.") from error
    except OSError as error:
        raise Refused(f"{name} cannot be read: {os.strerror(error.errno or 0)}.") from error
    except ValueError as error:
        raise Refused(f"{name!r} is not a file name.") from error


def _spool_stdin() -> BinaryIO:
    if sys.stdin is None or sys.stdin.isatty():
        raise Refused("Nothing was piped in; give a file name, or pipe the file into this command.")
    return _spooled(sys.stdin.buffer)


def _spooled(stream: BinaryIO) -> BinaryIO:
    spool = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the source
    while block := stream.read(_BLOCK):
        spool.write(block)
    return spool


def _examine(file: BinaryIO, name: str) -> tuple[str, str, bool]:
    start = file.read(_BLOCK)
    if not start.strip():
        raise Refused(f"{name} is empty.")
    for signature, what in _SIGNATURES:
        if start.startswith(signature):
            raise Refused(f"{name} is {what}.")
    if start[:4096].count(0) > len(start[:4096]) // 8:
        raise Refused(f"{name} is not a text file.")
    digest = hashlib.sha256()
    has_nul = False
    for block in _blocks(file):
        digest.update(block)
        has_nul = has_nul or b"\0" in block
    encoding = next(e for e in ("utf-8-sig", "cp1252", "latin-1") if _decodes(file, e))
    return digest.hexdigest(), encoding, has_nul


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while block := file.read(_BLOCK):
        yield block


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in _blocks(file):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _header(file: BinaryIO, name: str, encoding: str) -> tuple[tuple[str, ...], str]:
    file.seek(0)
    first = file.readline(_FIELD_LIMIT).decode(encoding, errors="replace").partition("\r")[0]
    delimiter = "\t" if "\t" in first else ","
    file.seek(0)
    text = TextIOWrapper(file, encoding=encoding, newline="")
    csv.field_size_limit(_FIELD_LIMIT)
    try:
        cells = next(_reader(text, delimiter), [])
    except csv.Error as error:
        raise Refused(f"{name}: its first line is not a header: {error}.") from error
    finally:
        text.detach()
    header = tuple(cell.strip() for cell in cells)
    if not any(header):
        raise Refused(f"{name}: its first line is blank where it should name the columns.")
    for column, times in Counter(header).items():
        if column and times > 1:
            raise Refused(f"{name}: the header has the column {column!r} twice; remove one.")
    return header, delimiter
