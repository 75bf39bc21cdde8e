"""What the database remembers of its copies: the folders they were put into, and those that were found good."""

import sqlite3

from ordercli.domain.copies import KnownCopy

MEMORY = ("backup_copy", "backup_folder", "written_file")
"""The tables of it. They are about the file: what a copy of the shop must equal the shop in has none of them."""

FOLDERS = "SELECT path FROM backup_folder ORDER BY id"

COPIES = """
SELECT f.path, c.name, c.made_at, c.last_operation, c.row_count, c.byte_count, c.digest, c.is_encrypted,
  c.proved_at
FROM backup_copy c JOIN backup_folder f ON f.id = c.backup_folder_id"""

LAST_GOOD = "SELECT max(made_at), (SELECT min(recorded_at) FROM operation WHERE id = 1) FROM backup_copy"
"""When the last copy was made that was found good, NULL for never, and when the shop began."""


def is_due(connection: sqlite3.Connection, before: str) -> tuple[bool, str | None]:
    """Whether a backup is due, and when the last good one was made; None for never.

    It is if that was before an instant, or never and the shop began before it.

    Args:
        connection: on the database.
        before: the instant, UTC text.
    """
    last, began = connection.execute(LAST_GOOD).fetchone()
    return (last or began or before) < before, last


def is_proof_due(connection: sqlite3.Connection, before: str) -> bool:
    """Whether no copy that is known was proved in full after an instant, UTC text."""
    (last,) = connection.execute("SELECT max(proved_at) FROM backup_copy").fetchone()
    return last is None or last <= before


def remembered_folders(connection: sqlite3.Connection) -> list[str]:
    """Every folder that copies were ever put into, first used first; it need not be there any more."""
    return [path for (path,) in connection.execute(FOLDERS)]


def known_copies(connection: sqlite3.Connection) -> dict[tuple[str, str], KnownCopy]:
    """The copies that were found good and not deleted since, by folder and name."""
    return {row[:2]: KnownCopy(*row) for row in connection.execute(COPIES)}
