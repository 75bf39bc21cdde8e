"""The open views as tables of a SQLite file of their own, for programs that know nothing of ordercli."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

from ordercli.errors import Refused
from ordercli.queries.reader import Reader
from ordercli.queries.reports.open_views import VERSION, VIEWS, rows_of, table_of

APPLICATION_ID = 0x6F726476
"""``ordv`` in the file's header, by which one is recognised and written anew."""
_AT_ONCE = 1_000
_ALONE = f"""
PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
PRAGMA user_version = {VERSION}; PRAGMA application_id = {APPLICATION_ID};
BEGIN"""
"""A file that is half is dropped: nothing in it is waited for on the way."""


def fill_open_file(reader: Reader, path: Path, name: str) -> None:
    """Make an empty file a database with a table for each open view; its ``user_version`` is that of the views.

    No more rows are held than some.

    Args:
        reader: the shop as it is now.
        path: the file.
        name: how it is called where it cannot be written.

    Raises:
        Refused: if it cannot be written.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as made:
        with _written(name):
            made.executescript(_ALONE)
        for view, rows in ((view, rows_of(reader, view)) for view in VIEWS):
            with _written(name):
                made.execute(f"CREATE TABLE {view} ({table_of(view)})")
            put = f"INSERT INTO {view} VALUES ({', '.join('?' * len(VIEWS[view].columns))})"
            given = iter(rows)
            while some := list(islice(given, _AT_ONCE)):
                with _written(name):
                    made.executemany(put, some)
        with _written(name):
            made.execute("COMMIT")
    with _written(name), path.open("rb") as file:
        os.fsync(file.fileno())


@contextmanager
def _written(name: str) -> Iterator[None]:
    """What is about the file that is written, and not about the shop that is read."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Refused(f"{name} cannot be written: {reason}.") from error
