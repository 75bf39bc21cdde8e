"""Commands that run through connections that stay open, for tests that run thousands of them in one process.

To open a database takes longer than most of what a command asks: SQLite reads the schema, and compiles every
statement anew. What a command does through its connection is the same; only opening it is left out, which other
tests look at.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection

from ordercli import dbfile
from ordercli.domain.made_rows import Made
from ordercli.driver import Driver
from ordercli.filedriver import FileDriver
from ordercli.services.made_rows import _tables as _its_tables
from ordercli.services.safety.tables import Schema

_STATEMENTS = 2_000
_EMPTIED = frozenset(
    (
        *("leaving", "wanted_order", "counted_product", "fba_product", "fba_line"),
        *(
            "pending_movement",
            "pending_piece",
            "touched_product",
            "touched_line",
            "allocation_target",
            "tied_product",
        ),
        *("planned_shipment", "planned_line", "planned_unit"),
    )
)
"""Temporary tables that commands make where there is none yet; any other goes with the command that made it."""


class _Staying(FileDriver):
    """A connection that is as if new when it was closed."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._known: set[str] = set()
        self._before = 0

    @property
    def total_changes(self) -> int:
        """Rows changed since it was as if new: after many, statistics are looked at."""
        return super().total_changes - self._before

    def create_function(self, name: str, *arguments: Any, **options: Any) -> None:
        """Make it once: to make it again has every statement compiled anew."""
        if name not in self._known:
            super().create_function(name, *arguments, **options)
            self._known.add(name)

    def close(self) -> None:
        """Leave nothing of what a command kept in the connection."""
        if self.in_transaction:
            self.execute("ROLLBACK")
        self.set_progress_handler(None, 0)
        self._before = super().total_changes
        for kind, name in self.execute("SELECT type, name FROM sqlite_temp_schema").fetchall():
            if kind == "table" and name in _EMPTIED:
                self.execute(f"DELETE FROM temp.{name}")
            elif kind in ("table", "view"):
                self.execute(f"DROP {kind} IF EXISTS temp.{name}")

    def end(self) -> None:
        """Close it."""
        super().close()


_SCHEMAS: list[Schema] = []
_TABLES: dict[str, Made] = {}


def _schema(connection: Connection) -> Schema:
    """The tables of a database: those of every other."""
    if not _SCHEMAS:
        _SCHEMAS.append(Schema(connection))
    return _SCHEMAS[0]


def _tables(driver: Driver, names: Sequence[str]) -> list[Made]:
    if missing := [name for name in names if name not in _TABLES]:
        _TABLES.update({table.name: table for table in _its_tables(driver, missing)})
    return [_TABLES[name] for name in names]


@contextmanager
def staying(database: Path) -> Iterator[None]:
    """Let all commands on a database run through two connections, one that reads and one that writes."""
    kept: dict[bool, _Staying] = {}
    connect, driver = dbfile.connect, sqlite3.connect

    def kept_for(path: Path, *, create: bool = False, readonly: bool = False, wait_seconds: float = 30.0) -> Any:
        if create or path != database:
            return connect(path, create=create, readonly=readonly, wait_seconds=wait_seconds)
        if readonly not in kept:
            with (
                patch("sqlite3.connect", partial(driver, cached_statements=_STATEMENTS)),
                patch("ordercli.dbfile.FileDriver", _Staying),
            ):
                kept[readonly] = connect(path, readonly=readonly, wait_seconds=wait_seconds)  # type: ignore[assignment]
        return kept[readonly]

    try:
        with (
            patch("ordercli.db.connect", kept_for),
            patch("ordercli.queries.reader.connect", kept_for),
            patch("ordercli.services.safety.undo.Schema", _schema),
            patch("ordercli.services.made_rows._tables", _tables),
        ):
            yield
    finally:
        for connection in kept.values():
            connection.end()
