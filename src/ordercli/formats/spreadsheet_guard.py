"""What is looked at in a workbook's bytes before the library opens them, and what it does not tell: formulas.

A zip archive of a few kilobytes may unpack to terabytes, and a cell far down and to the right, or repeated a
million times, makes the library keep room for all cells before it.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple
from xml.parsers import expat

from ordercli.errors import Refused

SpreadsheetKind = Literal["xlsx", "xls", "ods"]

LARGEST_CONTENT = 512 * 1024 * 1024
"""Bytes that its parts may have together once unpacked; 200,000 rows of twenty cells take about 200 MB."""
MOST_CELLS = 16_000_000
"""Cells of the rectangle that a sheet's values cover, as the library keeps room for all of them."""
MOST_PARTS = 4_000

DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    ValueError,
)
"""What unpacking and reading may end with."""

_BLOCK = 4 * 1024 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_KIND_SHOWN = _CALC + "value-type"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0 "

_REMARKABLE = frozenset(
    {
        _TABLE + "formula",
        _TABLE + "number-rows-spanned",
        _TABLE + "number-columns-spanned",
    }
)
"""What the cells have that :meth:`_OdsTable.look_at` is for."""

_COLUMNS_USED = re.compile(rb"""\br=["']([A-Za-z]{1,3})[0-9]""")
_ROWS_USED = re.compile(rb"""\br=["'][A-Za-z]{0,3}([0-9]{1,7})["']""")
_FORMULA_CELL = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v>([^<]*)<)?",
    re.ASCII,
)
_ERROR_CELL = re.compile(rb"""<(?:\w+:)?c\b([^>]*?\bt=["']e["'][^>]*)>""", re.ASCII)
_CELL_AT = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_IS_TEXT = re.compile(rb"""\bt=["']str["']""")
_FORMULA = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["'][^>]*>\s*<(?:\w+:)?f\b""", re.ASCII
)


def address(row: int, column: int) -> str:
    """How a spreadsheet calls a cell: ``address(7, 1)`` is ``B7``; rows from 1, columns from 0."""
    return f"{column_letters(column)}{row}"


@lru_cache(maxsize=512)
def column_letters(column: int) -> str:
    """How a spreadsheet calls a column: 0 is ``A``, 26 is ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_place(letters: str) -> int:
    """The other way round: ``A`` is 0."""
    place = 0
    for letter in letters.upper():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def formulas_of(content: bytes, kind: SpreadsheetKind, sheet: str) -> frozenset[tuple[int, int]]:
    """(row number from 1, place of the column from 0) of a sheet's cells that have a formula; none of ``.xls``."""
    if kind == "xls":
        return frozenset()
    if kind == "ods":
        return frozenset(_ods_tables(content)[sheet].formulas)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        part = _parts_of_sheets(archive)[sheet]
        return frozenset(
            (int(row), column_place(letters.decode()))
            for block in _whole_cells(_blocks(archive, part))
            if _has_formulas(block)
            for letters, row in _FORMULA.findall(block)
        )


class Hollows(NamedTuple):
    """Cells that look empty and are not, each as (row number from 1, place of the column from 0).

    Attributes:
        errors: those with an error value, such as ``#N/A``.
        uncomputed: formulas saved by a program that computes nothing, so that nobody knows their value.
    """

    errors: frozenset[tuple[int, int]] = frozenset()
    uncomputed: frozenset[tuple[int, int]] = frozenset()


def hollows_of(content: bytes, kind: SpreadsheetKind, sheet: str) -> Hollows:
    """The cells of a sheet that look empty and are not; none are known of ``.xls``."""
    if kind == "xls":
        return Hollows()
    if kind == "ods":
        table = _ods_tables(content)[sheet]
        return Hollows(frozenset(table.errors), frozenset(table.uncomputed))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        errors, uncomputed = set[tuple[int, int]](), set[tuple[int, int]]()
        for block in _whole_cells(_blocks(archive, _parts_of_sheets(archive)[sheet])):
            if b't="e"' in block or b"t='e'" in block:
                errors.update(_cells_at(_ERROR_CELL.findall(block)))
            if _has_formulas(block):
                bare = (
                    told for told, value in _FORMULA_CELL.findall(block) if not value and not _IS_TEXT.search(told)
                )
                uncomputed.update(_cells_at(bare))
        return Hollows(frozenset(errors), frozenset(uncomputed - errors))


def _has_formulas(block: bytes) -> bool:
    return b"<f" in block or b":f" in block


def _cells_at(attributes: Iterable[bytes]) -> Iterator[tuple[int, int]]:
    for told in attributes:
        if found := _CELL_AT.search(told):
            yield int(found[2]), column_place(found[1].decode())


def merged_of(content: bytes, sheet: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """((row, column), (row, column)) of the merged cells of a sheet of an ``.ods``, from 0."""
    return _ods_tables(content)[sheet].merged


def damaged(name: str) -> Refused:
    """What is said of a file that no program made like this."""
    return Refused(f"{name} is damaged, or no workbook; save it anew from the program it comes from.")


def encrypted(name: str) -> Refused:
    """What is said of a file that only its password opens."""
    return Refused(f"{name} is protected with a password; save it without one, then try again.")


def examined(name: str, content: bytes) -> SpreadsheetKind:
    """What a workbook is, once it is known that opening it does no harm.

    Raises:
        Refused: if it is none, is encrypted, or would take more memory than a workbook does.
    """
    if content.startswith(_OLE):
        if _ENCRYPTED in content:
            raise encrypted(name)
        return "xls"
    if not content.startswith(b"PK\x03\x04"):
        raise Refused(f"{name} is no workbook (.xlsx, .xls or .ods).")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            kind = _examined_archive(name, archive)
        if kind == "ods":
            for table in _ods_tables(content).values():
                _refuse_too_wide(name, table.height, table.width)
    except DAMAGES as error:
        raise damaged(name) from error
    return kind


def _examined_archive(name: str, archive: zipfile.ZipFile) -> Literal["xlsx", "ods"]:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    is_ods = "content.xml" in names
    if not is_ods and "xl/workbook.xml" not in names:
        raise Refused(f"{name} is a zip archive without a workbook in it.")
    if is_ods and b"encryption-data" in b"".join(_limited(archive, "META-INF/manifest.xml", 1 << 20)):
        raise encrypted(name)
    # What the directory of the archive says of sizes may be a lie: only unpacking tells.
    left = LARGEST_CONTENT
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > left:
        raise Refused(_is_bomb(name))
    for part in parts:
        rows, columns = 0, set[bytes]()
        for block in _whole_cells(_blocks(archive, part.filename)):
            left -= len(block)
            if left < 0:
                raise Refused(_is_bomb(name))
            # Any part may be a sheet, whatever it is called.
            rows = max(rows, 0, *map(int, set(_ROWS_USED.findall(block))))
            columns.update(_COLUMNS_USED.findall(block))
        width = max((column_place(letters.decode()) for letters in columns), default=-1) + 1
        _refuse_too_wide(name, rows, width)
    return "ods" if is_ods else "xlsx"


def _refuse_too_wide(name: str, rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        raise Refused(
            f"{name}: a sheet reaches to cell {address(rows, columns - 1)}, too far to be read; delete the rows "
            "and columns that are not used."
        )


def _is_bomb(name: str) -> str:
    return f"{name} unpacks to more than {LARGEST_CONTENT // 1024**2} MB, which no such workbook does."


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as opened:
        while block := opened.read(_BLOCK):
            yield block


def _limited(archive: zipfile.ZipFile, part: str, most: int) -> Iterator[bytes]:
    if part in archive.namelist():
        with archive.open(part) as opened:
            yield opened.read(most)


def _whole_cells(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in blocks none of which ends inside a cell's element."""
    rest = b""
    for block in blocks:
        joined = rest + block
        end = max(joined.rfind(b"<c "), joined.rfind(b":c "))
        end = joined.rfind(b"<", 0, end + 1) if end > 0 else len(joined)
        rest = joined[end:]
        yield joined[:end]
    yield rest


def _parts_of_sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of the archive that each sheet of an ``.xlsx`` is in."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(_: str, attributes: dict[str, str]) -> None:
        if "Id" in attributes and "Target" in attributes:
            target = attributes["Target"]
            targets[attributes["Id"]] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"

    def sheet(element: str, attributes: dict[str, str]) -> None:
        if element.endswith(" sheet"):
            key = next((value for name, value in attributes.items() if name.endswith("relationships id")), "")
            sheets[attributes.get("name", "")] = key

    for part, handler in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = handler
        for block in _limited(archive, part, 1 << 22):
            parser.Parse(block, True)  # noqa: FBT003 - expat takes no names
    return {name: targets[key] for name, key in sheets.items() if key in targets}


@dataclass(slots=True)
class _OdsTable:
    """How far a sheet of an ``.ods`` reaches, and where it has formulas, errors and merged cells."""

    height: int = 0
    width: int = 0
    formulas: set[tuple[int, int]] = field(default_factory=set)
    errors: set[tuple[int, int]] = field(default_factory=set)
    uncomputed: set[tuple[int, int]] = field(default_factory=set)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)

    def look_at(self, row: int, column: int, attributes: dict[str, str]) -> None:
        """Keep what is told of a cell that is not repeated; both from 0."""
        if _TABLE + "formula" in attributes:
            self.formulas.add((row + 1, column))
            if _OFFICE + "value-type" not in attributes:
                self.uncomputed.add((row + 1, column))
        if attributes.get(_KIND_SHOWN) == "error":
            self.errors.add((row + 1, column))
        down, right = _repeat(attributes, "number-rows-spanned"), _repeat(attributes, "number-columns-spanned")
        if down > 1 or right > 1:
            self.merged.append(((row, column), (row + down - 1, column + right - 1)))


@lru_cache(maxsize=1)
def _ods_tables(content: bytes) -> dict[str, _OdsTable]:
    """The sheets of an ``.ods`` with what repeated cells and rows add up to, which is said in a few bytes."""
    tables: dict[str, _OdsTable] = {}
    table, row, row_repeat, column = _OdsTable(), 0, 0, 0

    def start(element: str, attributes: dict[str, str]) -> None:
        nonlocal table, row, row_repeat, column
        if element == _TABLE + "table":
            table = tables.setdefault(attributes.get(_TABLE + "name", ""), _OdsTable())
            row = row_repeat = 0
        elif element == _TABLE + "table-row":
            row += row_repeat
            row_repeat = _repeat(attributes, "number-rows-repeated")
            column = 0
        elif element in (_TABLE + "table-cell", _TABLE + "covered-table-cell"):
            repeat = _repeat(attributes, "number-columns-repeated")
            if _OFFICE + "value-type" in attributes or _TABLE + "formula" in attributes:
                table.height = max(table.height, row + row_repeat)
                table.width = max(table.width, column + repeat)
            if not _REMARKABLE.isdisjoint(attributes) or attributes.get(_KIND_SHOWN) == "error":
                table.look_at(row, column, attributes)
            column += repeat

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for block in _blocks(archive, "content.xml"):
            parser.Parse(block, False)  # noqa: FBT003 - as above
    parser.Parse(b"", True)  # noqa: FBT003 - as above
    return tables


def _repeat(attributes: dict[str, str], name: str) -> int:
    told = attributes.get(_TABLE + name)
    if told is None:
        return 1
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 1  # noqa: PLR2004 - digits
