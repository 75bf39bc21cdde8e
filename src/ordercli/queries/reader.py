"""The read connection: read-only, checked, in one transaction so that every SELECT sees the same moment."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from ordercli import dbfile
from ordercli.dbplace import check_current, connect, database_errors
from ordercli.domain.settings import default_of, value_sql, values_sql
from ordercli.driver import Driver, StatementRows, StreamedRows
from ordercli.errors import DatabaseProblem, OrdercliError, about_a_file, wrong_content
from ordercli.filedriver import FileDriver
from ordercli.server import ShopPlace

PATIENCE_SECONDS = 10.0
"""How long a reading may take before the schema is looked at; a large shop's report may take longer."""

_STEPS = 100_000
"""Instructions of SQLite's virtual machine between two looks at the clock: about a millisecond."""

_VALUE = f"SELECT {value_sql(':name', ':day', ':known')}"
_VALUES = values_sql(":day", ":known")
ALL_KNOWN = 2**62
"""The number of the last operation that is known, where everything counts that is recorded."""
_EVERY_ROW = 2**63 - 1


def at_most(limit: int | None) -> int:
    """What LIMIT is given for so many rows; None is every row, for which SQL itself has no common word."""
    return _EVERY_ROW if limit is None else limit


class Reader(NamedTuple):
    """One reading of the database.

    Attributes:
        connection: rows come as tuples.
        time_zone, currency: the shop's.
        now: the present as UTC text.
        today: the day it is in the shop's zone.
    """

    connection: Driver
    time_zone: str
    currency: str
    now: str
    today: str

    @property
    def is_at_server(self) -> bool:
        """Whether the shop is on a server, and in no file."""
        return not isinstance(self.connection, FileDriver)

    @property
    def file(self) -> FileDriver:
        """The connection, for what is about a file.

        Raises:
            Refused: if the shop is on a server.
        """
        if isinstance(self.connection, FileDriver):
            return self.connection
        raise about_a_file()

    def rows(self, sql: str, values: Mapping[str, Any] | None = None) -> StatementRows:
        """A cursor over the rows of a statement; the shop's currency, now and today are always bound."""
        return self.connection.execute(sql, self._bound(values))

    def streamed(self, sql: str, values: Mapping[str, Any] | None = None) -> StreamedRows:
        """The same of a SELECT whose rows may be very many and are looked at once."""
        return self.connection.streamed(sql, self._bound(values))

    def _bound(self, values: Mapping[str, Any] | None) -> dict[str, Any]:
        return {"currency": self.currency, "now": self.now, "today": self.today, **(values or {})}

    def setting(self, name: str, day: str | None = None, *, known: int = ALL_KNOWN) -> str:
        """Value of a setting today or on another day; the name must be a known one.

        ``known`` is the last operation that was known.
        """
        (value,) = self.rows(_VALUE, {"name": name, "day": day or self.today, "known": known}).fetchone()
        return default_of(name) if value is None else str(value)

    def settings(self, *names: str) -> list[str]:
        """Values of several settings today, asked at once; the names must be known ones."""
        told = dict(
            self.rows(_VALUES, {"names": json.dumps(names), "day": self.today, "known": ALL_KNOWN}).fetchall()
        )
        return [default_of(name) if told[name] is None else str(told[name]) for name in names]

    def channel_zone(self, channel: str, day: str | None = None, *, known: int = ALL_KNOWN) -> str:
        """The zone a channel counts its days in, today or on another day; the shop's if it has none."""
        return self.setting(f"channel.{channel}.time_zone", day, known=known) or self.time_zone


@contextmanager
def reading(place: ShopPlace, *, now: str, wait_seconds: float) -> Iterator[Reader]:
    """Open the database for reading.

    What takes long is looked at once: a view that somebody replaced could keep a reader busy for ever.

    Raises:
        DatabaseProblem: if it is missing, damaged, foreign, or of another schema.
    """
    connection = connect(place, readonly=True, wait_seconds=wait_seconds)
    guard = None
    if isinstance(connection, FileDriver) and isinstance(place, Path):
        guard = _Guard(place)
        connection.set_progress_handler(guard, _STEPS)
    try:
        with database_errors(place):
            if not connection.in_transaction:
                connection.execute("BEGIN")
            check_current(connection, place)
            yield reading_through(connection, now=now)
    except (OrdercliError, KeyboardInterrupt) as error:
        if guard is None or guard.problem is None:
            raise
        raise guard.problem from error
    finally:
        connection.close()


class _Guard:
    """Called by SQLite as it works; stops a statement that takes long on a schema that is not ordercli's."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._until: float | None = monotonic() + PATIENCE_SECONDS
        self.problem: DatabaseProblem | None = None

    def __call__(self) -> bool:
        """Whether to stop."""
        if self._until is None or monotonic() < self._until:
            return self.problem is not None
        self._until = None
        from ordercli.shape import check_shape  # noqa: PLC0415 - hardly ever needed

        with closing(dbfile.connect(self._path, readonly=True)) as other:
            try:
                check_shape(other, self._path)
            except DatabaseProblem as problem:
                self.problem = problem
        return self.problem is not None


def reading_through(connection: Driver, *, now: str) -> Reader:
    """Read through a connection that is open already, as commands do that prepare what they write.

    Raises:
        DatabaseProblem: if the database has no shop yet.
    """
    shop = connection.execute("SELECT time_zone, currency FROM shop").fetchone()
    if shop is None:
        raise DatabaseProblem("This database has no shop yet; make it with: ordercli init")
    from ordercli.domain.shop_facts import fault_of_shop  # noqa: PLC0415 - the same
    from ordercli.domain.times import day_of  # noqa: PLC0415 - zone data only where there is a shop

    zone, currency = shop
    if fault := fault_of_shop(zone, currency):
        raise wrong_content(fault)
    return Reader(connection, zone, currency, now, day_of(now, zone))
