"""Where in a database file the rows of each table stand, so that a test can flip any bit of them.

Source of the layout: https://www.sqlite.org/fileformat2.html
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

Span = tuple[int, int]
"""Offset in the file, and how many bytes."""

_INNER_INDEX, _INNER_TABLE, _LEAF_INDEX, _LEAF_TABLE = 2, 5, 10, 13


class Rows(NamedTuple):
    """A database without anything in its journal."""

    data: bytes
    page_size: int

    def of(self, page: int) -> Iterator[Span]:
        """Spans of the rows in a b-tree, what flows over to other pages included."""
        begin = (page - 1) * self.page_size
        head = begin + (100 if page == 1 else 0)
        kind = self.data[head]
        cells = self._number(head + 3, 2)
        pointers = head + (12 if kind in (_INNER_INDEX, _INNER_TABLE) else 8)
        for place in range(cells):
            cell = begin + self._number(pointers + 2 * place, 2)
            if kind in (_INNER_INDEX, _INNER_TABLE):
                yield from self.of(self._number(cell, 4))
                cell += 4
            if kind != _INNER_TABLE:
                yield from self._payload(cell, kind)
        if kind in (_INNER_INDEX, _INNER_TABLE):
            yield from self.of(self._number(head + 8, 4))

    def _payload(self, cell: int, kind: int) -> Iterator[Span]:
        size, cell = self._varint(cell)
        if kind == _LEAF_TABLE:
            _, cell = self._varint(cell)
        usable = self.page_size
        most = usable - 35 if kind == _LEAF_TABLE else (usable - 12) * 64 // 255 - 23
        least = (usable - 12) * 32 // 255 - 23
        local = size
        if size > most:
            spilled = least + (size - least) % (usable - 4)
            local = spilled if spilled <= most else least
        yield cell, local
        left, following = size - local, cell + local
        while left:
            page = (self._number(following, 4) - 1) * self.page_size
            part = min(left, usable - 4)
            yield page + 4, part
            left, following = left - part, page

    def _number(self, place: int, size: int) -> int:
        return int.from_bytes(self.data[place : place + size])

    def _varint(self, place: int) -> tuple[int, int]:
        value = 0
        for byte in self.data[place : place + 9]:
            place += 1
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                break
        return value, place


def spans(database: Path) -> dict[str, list[Span]]:
    """Where the rows of every table stand."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        tables = connection.execute(
            "SELECT name, rootpage FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
        ).fetchall()
    rows = Rows(database.read_bytes(), size)
    return {table: list(rows.of(root)) for table, root in tables}
