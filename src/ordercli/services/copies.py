"""What the database remembers of its copies, written: outside operations, for no act of the shop is in it.

A folder is remembered before anything is put into it, so that a run killed in between leaves no copy that nobody
knows of. Each function works in the transaction of its caller.
"""

from collections.abc import Iterable

from ordercli.domain.copies import KnownCopy
from ordercli.driver import Driver

_COLUMNS = KnownCopy._fields[1:]
"""Of ``backup_copy``, besides its folder."""
_ANEW = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)


def remember_folder(connection: Driver, folder: str, now: str) -> None:
    """Note a folder, absolute and with its links resolved; one that is known stays as it is."""
    connection.execute("INSERT OR IGNORE INTO backup_folder (path, first_used_at) VALUES (?, ?)", (folder, now))


def note_copy(connection: Driver, copy: KnownCopy) -> None:
    """Note a copy that was found good, or bad since, and its folder; of a known one, what is told now holds."""
    remember_folder(connection, copy.folder, copy.made_at)
    connection.execute(
        f"INSERT INTO backup_copy (backup_folder_id, {', '.join(_COLUMNS)})"
        f" SELECT id, {', '.join('?' * len(_COLUMNS))} FROM backup_folder WHERE path = ?"
        f" ON CONFLICT (backup_folder_id, name) DO UPDATE SET {_ANEW}",
        (*copy[1:], copy.folder),
    )


def forget_copies(connection: Driver, folder: str, names: Iterable[str]) -> None:
    """Take copies off the list that are no more there; the folder stays remembered."""
    connection.executemany(
        "DELETE FROM backup_copy WHERE name = ?"
        " AND backup_folder_id = (SELECT id FROM backup_folder WHERE path = ?)",
        [(name, folder) for name in names],
    )
