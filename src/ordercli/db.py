"""The write side's engine and its one transaction a command.

The driver is left in autocommit (``isolation_level=None``) and every transaction begins with BEGIN
IMMEDIATE: SQLAlchemy's default sends no BEGIN before a SELECT, so two processes could both read a level and
both sell the last unit. Why this and not the documented recipes: docs/adr/0003-transactions.md.
How writers take turns: ``turn.py``.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ordercli.dbplace import connect, database_errors, explain
from ordercli.driver import Driver
from ordercli.errors import about_a_file
from ordercli.filedriver import FileDriver
from ordercli.server import Server, ShopPlace

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite.base import SQLiteDialect


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
            driver_of(connection).take_turn()

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


def file_of(driver: Driver) -> FileDriver:
    """The same, for what is about a file.

    Raises:
        Refused: for a connection to a server.
    """
    if isinstance(driver, FileDriver):
        return driver
    raise about_a_file()


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
            driver_of(connection).tidy()
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
