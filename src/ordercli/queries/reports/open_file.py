"""The open views as tables of a SQLite file of their own, for programs that know nothing of ordercli."""

import sqlite3
from contextlib import closing

from ordercli.queries.reader import Reader
from ordercli.queries.reports.open_views import VERSION, VIEWS, rows_of, table_of

APPLICATION_ID = 0x6F726476
"""``ordv`` in the file's header, by which one is recognised and written anew."""


def open_file(reader: Reader) -> bytes:
    """A database with a table for each open view, as the shop is now; its ``user_version`` is that of the views.

    It is put together in memory.
    """
    with closing(sqlite3.connect(":memory:")) as made:
        made.execute(f"PRAGMA user_version = {VERSION}")
        made.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for name, view in VIEWS.items():
            made.execute(f"CREATE TABLE {name} ({table_of(name)})")
            made.executemany(
                f"INSERT INTO {name} VALUES ({', '.join('?' * len(view.columns))})", rows_of(reader, name)
            )
        made.commit()
        return made.serialize()
