"""The write side's engine and its one transaction a command.

The driver is left in autocommit (``isolation_level=None``) and every transaction begins with BEGIN
IMMEDIATE: SQLAlchemy's default sends no BEGIN before a SELECT, so two processes could both read a level and
both sell the last unit. Why this and not the documented recipes: docs/adr/0003-transactions.md.
How writers take turns: ``turn.py``.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ordercli.dbplace import connect, database_errors, explain
from ordercli.driver import Driver, Values
from ordercli.errors import about_a_file
from ordercli.server import Server, ShopPlace
from ordercli.turn import take_turn

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite.base import SQLiteDialect

    from ordercli.postgres.connection import ServerDriver


def make_engine(place: ShopPlace, *, create: bool = False, wait_seconds: float = 30.0) -> Engine:
    """An engine whose transactions are all BEGIN IMMEDIATE and whose errors hide parameters."""
    return _engine(
        lambda: connect(place, create=create, wait_seconds=wait_seconds), is_server=isinstance(place, Server)
    )


def _engine(opens: Callable[[], Driver], *, is_server: bool = False, takes_turn: bool = True) -> Engine:
    """An engine on the driver of SQLite, or on that of a server, which has its methods."""
    engine = create_engine(
        "sqlite+pysqlite://", module=sqlite3, creator=opens, poolclass=NullPool, hide_parameters=True
    )
    if is_server:  # which does not tell the number of a new row unless asked by RETURNING
        dialect = cast("SQLiteDialect", engine.dialect)
        dialect.postfetch_lastrowid = False
        dialect.favor_returning_over_lastrowid = True

    if takes_turn:

        @event.listens_for(engine, "begin")
        def _begin_immediate(connection: Connection) -> None:
            driver = driver_of(connection)
            if isinstance(driver, sqlite3.Connection):
                take_turn(driver)
            else:
                cast("ServerDriver", driver).take_turn()

    return engine


_opens: ContextVar[Callable[[], Driver]] = ContextVar("opens")
"""How :func:`writing` wants its connection opened."""


@cache
def _writer(*, is_server: bool) -> Engine:
    """The engine of :func:`writing`: it serves every place, and keeps no connection but what it compiled.

    A process that runs many commands, as the tests do, spends a third of its time on engines otherwise.
    """

    def open_wanted() -> Driver:
        return _opens.get()()

    return _engine(open_wanted, is_server=is_server)


def driver_of(connection: Connection) -> Driver:
    """The driver's connection under a SQLAlchemy one, for staging before a transaction, and for plain rows."""
    return cast("Driver", connection.connection.driver_connection)


def file_of(driver: Driver) -> sqlite3.Connection:
    """The same, for what is about a file.

    Raises:
        Refused: for a connection to a server.
    """
    if isinstance(driver, sqlite3.Connection):
        return driver
    raise about_a_file()


def teach(driver: Driver, name: str, function: Callable[..., Any], takes: Sequence[type], gives: type) -> None:
    """Make a function of Python one of SQL on this connection.

    Args:
        driver: the connection.
        name: in SQL.
        function: gives the same for the same values.
        takes: what each of its values is: ``str`` or ``int``; any may be None.
        gives: the same.
    """
    if isinstance(driver, sqlite3.Connection):
        driver.create_function(name, len(takes), function, deterministic=True)
    else:
        cast("ServerDriver", driver).teach(name, function, takes, gives)


def run_each(driver: Driver, statements: Iterable[str], values: Values = ()) -> None:
    """Run statements of which none gives rows; a server gets them all at once.

    Args:
        driver: the connection.
        statements: call no function of Python that was made one of SQL.
        values: of all of them.
    """
    if isinstance(driver, sqlite3.Connection):
        for statement in statements:
            driver.execute(statement, values)
    else:
        cast("ServerDriver", driver).run_each(statements, values)


def may_have_written(driver: Driver, tables: Collection[str]) -> Collection[str]:
    """Those of the tables that the transaction may have written to: of a file's all, for nothing tells."""
    if isinstance(driver, sqlite3.Connection):
        return tables
    return cast("ServerDriver", driver).may_have_written() & frozenset(tables)


def insert_told(driver: Driver, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Insert rows of many cells, most of them None; only the columns that one of the rows fills are bound.

    The driver looks for an adapter of every None that it binds, which takes longer than all the rest of a row.

    Args:
        driver: the connection.
        table: of which the columns that are not bound have no default.
        columns: what each cell of a row is for; the first two are filled in every row.
        rows: the rows.
    """
    if not rows:
        return
    told = [place for place, cells in enumerate(zip(*rows, strict=True)) if cells.count(None) < len(cells)]
    names, marks = ", ".join(columns[place] for place in told), ", ".join("?" * len(told))
    driver.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", map(itemgetter(*told), rows))


@contextmanager
def writing(place: ShopPlace, *, create: bool = False, wait_seconds: float = 30.0) -> Iterator[Connection]:
    """One connection for one writer command; the caller begins and ends its transaction.

    The driver's errors come out as ordercli's (busy, full disk, damaged file).

    Raises:
        OrdercliError: for the driver's errors: busy, full disk, damaged file.
    """
    opening = _opens.set(lambda: connect(place, create=create, wait_seconds=wait_seconds))
    try:
        with told_errors(place), _writer(is_server=isinstance(place, Server)).connect() as connection:
            yield connection
            _tidy(connection)
    finally:
        _opens.reset(opening)


@contextmanager
def told_errors(place: ShopPlace) -> Iterator[None]:
    """Turn the driver's errors into ordercli's, those too that come wrapped by an engine.

    Raises:
        OrdercliError: for the driver's errors: busy, full disk, damaged file.
    """
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise explain(error.orig, place) from error
        raise
    except sqlite3.Error as error:
        raise explain(error, place) from error


@contextmanager
def trying(place: ShopPlace, *, wait_seconds: float = 30.0) -> Iterator[Connection]:
    """A connection in a transaction that sees one moment, holds no lock and can write temporary tables only.

    Raises:
        OrdercliError: for the driver's errors.
    """

    def open_readonly() -> Driver:
        driver = connect(place, readonly=True, wait_seconds=wait_seconds)
        driver.execute("PRAGMA query_only = OFF")  # the file stays closed to writing
        return driver

    engine = _engine(open_readonly, is_server=isinstance(place, Server), takes_turn=False)
    with database_errors(place), engine.connect() as connection:
        driver = driver_of(connection)
        if not driver.in_transaction:
            driver.execute("BEGIN")
        yield connection


MANY_CHANGES, SELDOM = 1_000, 100
"""SQLite's statistics are looked at after a writer changed so many rows, and at every so many operations."""


def _tidy(connection: Connection) -> None:
    """Let SQLite refresh its statistics when they are stale; a bounded sample, and never an error.

    To look whether they are takes longer than many a transaction, so a small one seldom does.
    """
    driver = driver_of(connection)
    if not isinstance(driver, sqlite3.Connection) or driver.in_transaction:  # a server does it itself
        return
    with contextlib.suppress(sqlite3.Error):
        driver.execute("PRAGMA busy_timeout = 0")
        (last,) = driver.execute("SELECT max(id) FROM operation").fetchone()
        if driver.total_changes >= MANY_CHANGES or (last or 0) % SELDOM == 0:
            driver.execute("PRAGMA analysis_limit = 400")
            driver.execute("PRAGMA optimize")
