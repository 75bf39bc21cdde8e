"""What the journal says that commands changed, held against the rows before and after."""

from pathlib import Path
from typing import Any

from sqlalchemy import Table

import ordercli.models.schema  # noqa: F401 - maps every table
from cli.steps import Content
from ordercli.domain.journal import BESIDE, read_image
from ordercli.driver import Driver
from ordercli.models.base import Base
from ordercli.models.journal_ddl import OWNERS, journaled
from turned import looking_into

TABLES = {table.name: table for table in journaled(Base.metadata)}
Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]


def rows_of(database: Path) -> Rows:
    """The rows of every table of states by their key, as the journal spells it, and by name of column."""
    with looking_into(database) as connection:
        return {name: _rows(table, connection) for name, table in TABLES.items()}


def _rows(table: Table, connection: Driver) -> dict[str, Row]:
    names = table.c.keys()  # a server has the number of a row besides
    found = connection.execute(f"SELECT {', '.join(map(_quoted, names))} FROM {table.name}")
    rows = [dict(zip(names, row, strict=True)) for row in found]
    return {" ".join(str(row[column.name]) for column in table.primary_key): row for row in rows}


def _quoted(name: str) -> str:
    return f'"{name}"'


def undone(after: Rows, journal: Content, last: int) -> Rows:
    """The rows as they were when ``last`` was the last operation, as the journal of later ones tells."""
    rows = {name: {key: dict(row) for key, row in found.items()} for name, found in after.items()}
    for _, operation, name, key, verb, *images in reversed(journal["row_change"]):
        if operation <= last or name not in rows:  # facts that an undo moved
            continue
        if verb == "insert":
            rows[name].pop(key, None)
            continue
        old, new = map(read_image, images)
        for column, value in new.items():
            assert rows[name][key][column] == value, (name, key, column)
        rows[name].setdefault(key, {}).update(old)
    return {
        name: {key: row for key, row in found.items() if not is_later(rows, name, row, last)}
        for name, found in rows.items()
    }


def is_later(rows: Rows, name: str, row: Row, last: int) -> bool:
    """Whether a row, or the row it belongs to, was made after ``last``."""
    if name in OWNERS:
        column = OWNERS[name]
        (key,) = TABLES[name].c[column].foreign_keys
        owner = rows[key.column.table.name].get(str(row[column]))
        return owner is None or is_later(rows, key.column.table.name, owner, last)
    return (row["operation_id"] or 0) > last


def told(rows: Rows) -> Rows:
    """Rows without what no journal has: generated columns, empty ones, and what changes outside operations."""
    return {
        name: {
            key: {
                column: value
                for column, value in row.items()
                if value is not None and TABLES[name].c[column].computed is None and (name, column) not in BESIDE
            }
            for key, row in found.items()
        }
        for name, found in rows.items()
    }
