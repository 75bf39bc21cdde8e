"""What the database remembers of its copies: the folders they were put into, and those that were found good."""

import sqlite3
from typing import NamedTuple

from ordercli.domain.copies import KnownCopy
from ordercli.driver import Driver

MEMORY = ("backup_copy", "backup_folder", "written_file")
"""The tables of it. They are about the file: what a copy of the shop must equal the shop in has none of them."""

FOLDERS = "SELECT path FROM backup_folder ORDER BY id"

COPIES = """
SELECT f.path, c.name, c.made_at, c.last_operation, c.row_count, c.byte_count, c.digest, c.is_encrypted,
  c.proved_at, c.bad_digest
FROM backup_copy c JOIN backup_folder f ON f.id = c.backup_folder_id"""

LAST_GOOD = """
SELECT max(made_at), (SELECT min(recorded_at) FROM operation WHERE id = 1) FROM backup_copy
WHERE bad_digest IS NULL"""
"""When the last copy was made that was found good and not bad since, NULL for never, and when the shop began."""


class Past(NamedTuple):
    """Which shop a database is, and how far its journal goes.

    Attributes:
        mark: the shop's, at random since ``init``; every copy has the same.
        last: its last operation.
        chain: the hash of that, and by it of all before.
    """

    mark: str
    last: int
    chain: str


_PAST = "SELECT (SELECT mark FROM shop), id, chain FROM operation ORDER BY id DESC LIMIT 1"


def past_of(connection: Driver) -> Past | None:
    """What a database or a copy of one says of itself; None if it has no shop, or no such tables."""
    try:
        row = connection.execute(_PAST).fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:  # busy, damaged …; this one is "no such table"
            raise
        return None
    return Past(*row) if row and row[0] else None


def has_past(connection: Driver, past: Past) -> bool:
    """Whether a database is of the same shop and its journal went through a past, as that of a copy of it."""
    sql = "SELECT EXISTS (SELECT 1 FROM operation WHERE (SELECT mark FROM shop) = ? AND id = ? AND chain = ?)"
    return bool(connection.execute(sql, past).fetchone()[0])


def is_due(connection: Driver, before: str) -> tuple[bool, str | None]:
    """Whether a backup is due, and when the last good one was made; None for never.

    It is if that was before an instant, or never and the shop began before it.

    Args:
        connection: on the database.
        before: the instant, UTC text.
    """
    last, began = connection.execute(LAST_GOOD).fetchone()
    return (last or began or before) < before, last


def is_proof_due(connection: Driver, before: str) -> bool:
    """Whether no copy that is known was proved in full after an instant, UTC text."""
    (last,) = connection.execute("SELECT max(proved_at) FROM backup_copy WHERE bad_digest IS NULL").fetchone()
    return last is None or last <= before


def remembered_folders(connection: Driver) -> list[str]:
    """Every folder that copies were ever put into, first used first; it need not be there any more."""
    return [path for (path,) in connection.execute(FOLDERS)]


def known_copies(connection: Driver) -> dict[tuple[str, str], KnownCopy]:
    """The copies that were found good once and not deleted since, by folder and name."""
    return {row[:2]: KnownCopy(*row) for row in connection.execute(COPIES)}


def row_counts(connection: Driver) -> dict[str, int]:
    """Rows of every table that is about the shop."""
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        if name not in MEMORY
    ]
    return {table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}
