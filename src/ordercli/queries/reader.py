"""The read connection: read-only, checked, in one transaction so that every SELECT sees the same moment."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ordercli.dbfile import check_current, connect, database_errors
from ordercli.domain.settings import default_of, value_sql
from ordercli.errors import DatabaseProblem

_VALUE = f"SELECT {value_sql(':name', ':day')}"


class Reader(NamedTuple):
    """One reading of the database.

    Attributes:
        connection: rows come as tuples.
        time_zone, currency: the shop's.
        now: the present as UTC text.
        today: the day it is in the shop's zone.
    """

    connection: sqlite3.Connection
    time_zone: str
    currency: str
    now: str
    today: str

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> sqlite3.Cursor:
        """A cursor over the rows of a statement; the shop's currency, now and today are always bound."""
        bound = {"currency": self.currency, "now": self.now, "today": self.today, **(values or {})}
        return self.connection.execute(sql, bound)

    def setting(self, name: str, day: str | None = None) -> str:
        """Value of a setting today or on another day; the name must be a known one."""
        (value,) = self.rows(_VALUE, {"name": name, "day": day or self.today}).fetchone()
        return default_of(name) if value is None else str(value)

    def channel_zone(self, channel: str) -> str:
        """The zone a channel counts its days in today; the shop's where the channel has none."""
        return self.setting(f"channel.{channel}.time_zone") or self.time_zone


@contextmanager
def reading(path: Path, *, now: str, wait_seconds: float) -> Iterator[Reader]:
    """Open the database for reading.

    Raises:
        DatabaseProblem: if it is missing, damaged, foreign, or of another schema.
    """
    connection = connect(path, readonly=True, wait_seconds=wait_seconds)
    try:
        with database_errors(path):
            connection.execute("BEGIN")
            check_current(connection, path)
            yield reading_through(connection, now=now)
    finally:
        connection.close()


def reading_through(connection: sqlite3.Connection, *, now: str) -> Reader:
    """Read through a connection that is open already, as commands do that prepare what they write.

    Raises:
        DatabaseProblem: if the database has no shop yet.
    """
    shop = connection.execute("SELECT time_zone, currency FROM shop").fetchone()
    if shop is None:
        raise DatabaseProblem("This database has no shop yet; make it with: ordercli init")
    from ordercli.domain.times import day_of  # noqa: PLC0415 - zone data only where there is a shop

    zone, currency = shop
    return Reader(connection, zone, currency, now, day_of(now, zone))
