"""Which cells somebody changed: a workbook remembers what each held, as check sums in a hidden cell of the row.

With what the cell holds now and what the database says now, that makes three sides, and a change of one can be
told from a change of the other. A check sum is of what a cell says, not of how a program stores it: ``5``, ``5.0``
and the text ``5`` are one.
"""

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal, NamedTuple

from ordercli.domain.shipping.carriers import carrier_of
from ordercli.domain.workbook.sheets import SheetColumn

CellContent = str | int | float | bool | date | datetime | time | timedelta | None
"""What a cell may hold; an empty one None or the empty text."""

_WIDTH = 8
_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,9})?\Z")


def canonical(value: CellContent) -> str:
    """What a cell says, the same for every program that saves it."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n") if "\r" in value else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else f"{value:.12g}"
    if isinstance(value, datetime):
        if value.microsecond:
            # Spreadsheets count days; what is left of a second by that is none.
            value = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        text = value.isoformat(" ")
        return text.removesuffix(" 00:00:00")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def check_sum(value: CellContent) -> str:
    """Eight hexadecimal digits that tell one content of a cell from another."""
    return f"{zlib.crc32(canonical(value).encode()):08x}"


def version_of(values: Sequence[CellContent], columns: tuple[SheetColumn, ...]) -> str:
    """What a row's hidden cell says of its values: eight digits of each cell that may be changed, four of others.

    Formulas are left out, since what they give follows from other cells.
    """
    return "".join(
        [
            f"{zlib.crc32(canonical(value).encode()):08x}"[:width]
            for value, width in zip(values, _widths(columns), strict=True)
            if width
        ]
    )


@lru_cache(maxsize=8)
def _widths(columns: tuple[SheetColumn, ...]) -> tuple[int, ...]:
    """How many digits of each column's check sum a version has."""
    return tuple(
        0 if column.is_formula else _WIDTH if column.editing in ("always", "change") else _WIDTH // 2
        for column in columns
    )


def _written(columns: tuple[SheetColumn, ...], version: str) -> Iterator[str]:
    """What a version says of each column; empty for formulas."""
    at = 0
    for width in _widths(columns):
        yield version[at : at + width]
        at += width


def is_same(column: str, said: CellContent, known: CellContent) -> bool:
    """Whether a cell means what is known already, however it is spelled."""
    cell, record = canonical(said).strip(), canonical(known).strip()
    if column == "carrier":
        return _carriers(cell) <= _carriers(record) and bool(cell) == bool(record)
    if column == "tracking":
        return _numbers(cell) <= _numbers(record) and bool(cell) == bool(record)
    if column == "status":
        return cell.lower() == record.lower()
    number = _number(cell)
    return cell == record or (number is not None and number == _number(record))


def _number(text: str) -> Decimal | None:
    """The number that a text is, as of a price typed into a cell of text; None if it is none."""
    return Decimal(text) if _DECIMAL.match(text) else None


def _carriers(text: str) -> set[str]:
    return {carrier_of(part.strip()).title for part in text.split(";")}


def _numbers(text: str) -> set[str]:
    return {"".join(part.split()).upper() for part in text.split(";")}


class CellState(NamedTuple):
    """How one changeable cell of a row stands.

    Attributes:
        column: whose cell it is.
        said: what the workbook says.
        known: what the database says.
        state: ``edited`` by somebody, or in ``conflict``: edited while the database changed too.
    """

    column: SheetColumn
    said: CellContent
    known: CellContent
    state: Literal["edited", "conflict"]


def is_touched(values: Sequence[CellContent], columns: tuple[SheetColumn, ...], version: str) -> bool:
    """Whether any cell of a row says another thing than when it was written; asks no database."""
    return version_of(values, columns) != version


def edited_cells(
    said: Sequence[CellContent], known: Sequence[CellContent], columns: tuple[SheetColumn, ...], version: str
) -> list[CellState]:
    """The changeable cells that somebody changed and that are not so already.

    Args:
        said: the row's values in the workbook, in the order of ``columns``.
        known: the same row as the database has it.
        columns: of the sheet.
        version: the row's hidden cell.
    """
    found: list[CellState] = []
    for column, cell, record, written in zip(columns, said, known, _written(columns, version), strict=True):
        if column.editing not in ("always", "change") or column.is_formula:
            continue
        if check_sum(cell) == written or is_same(column.key, cell, record):
            continue
        state: Literal["edited", "conflict"] = "edited" if check_sum(record) == written else "conflict"
        found.append(CellState(column, cell, record, state))
    return found


def spoiled_cells(
    said: Sequence[CellContent], known: Sequence[CellContent], columns: tuple[SheetColumn, ...], version: str
) -> list[CellState]:
    """The cells that are not to be changed and were, if they do not say what is known."""
    return [
        CellState(column, cell, record, "edited")
        for column, cell, record, written in zip(columns, said, known, _written(columns, version), strict=True)
        if not column.is_formula
        and column.editing not in ("always", "change")
        and not check_sum(cell).startswith(written)
        and canonical(cell) != canonical(record)
    ]


def is_version(text: CellContent, columns: tuple[SheetColumn, ...]) -> bool:
    """Whether a hidden cell is one that :func:`version_of` made for these columns."""
    digits = sum(_widths(columns))
    return isinstance(text, str) and len(text) == digits and set(text) <= set("0123456789abcdef")


def is_blank(values: Iterable[CellContent]) -> bool:
    """Whether nothing was typed into cells."""
    return all(canonical(value).strip() == "" for value in values)
