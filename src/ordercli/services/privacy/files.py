"""The record of files with people's data; outside operations, for no act of the shop is in it."""

from collections.abc import Iterable

from ordercli.driver import Driver


def note_written(connection: Driver, files: Iterable[tuple[str, str]], now: str) -> None:
    """Note (absolute path, what it is) of files that were written now, in the caller's transaction."""
    connection.executemany(
        "INSERT INTO written_file (path, kind, written_at) VALUES (?, ?, ?)"
        " ON CONFLICT (path) DO UPDATE SET kind = excluded.kind, written_at = excluded.written_at",
        [(path, kind, now) for path, kind in files],
    )


def forget_written(connection: Driver, paths: Iterable[str]) -> None:
    """Take files off the record that are not there any more."""
    connection.executemany("DELETE FROM written_file WHERE path = ?", [(path,) for path in paths])
