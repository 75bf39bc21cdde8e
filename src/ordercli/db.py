"""The write side's engine and its one transaction a command.

The driver is left in autocommit (``isolation_level=None``) and every transaction begins with BEGIN
IMMEDIATE: SQLAlchemy's default sends no BEGIN before a SELECT, so two processes could both read a level and
both sell the last unit. Why this and not the documented recipes: docs/adr/0003-transactions.md.
How writers take turns: ``turn.py``.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from operator import itemgetter
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from ordercli.dbfile import connect, database_errors, explain
from ordercli.turn import take_turn


def make_engine(path: Path, *, create: bool = False, wait_seconds: float = 30.0) -> Engine:
    """An engine on ``path`` whose transactions are all BEGIN IMMEDIATE and whose errors hide parameters."""
    return _engine(lambda: connect(path, create=create, wait_seconds=wait_seconds))


def _engine(opens: Callable[[], sqlite3.Connection]) -> Engine:
    engine = create_engine("sqlite+pysqlite://", creator=opens, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _begin_immediate(connection: Connection) -> None:
        take_turn(driver_of(connection))

    return engine


_opens: ContextVar[Callable[[], sqlite3.Connection]] = ContextVar("opens")
"""How :func:`writing` wants its connection opened."""


@cache
def _writer() -> Engine:
    """The engine of :func:`writing`: it serves every file, and keeps no connection but the statements it compiled.

    A process that runs many commands, as the tests do, spends a third of its time on engines otherwise.
    """

    def open_wanted() -> sqlite3.Connection:
        return _opens.get()()

    return _engine(open_wanted)


def driver_of(connection: Connection) -> sqlite3.Connection:
    """The stdlib connection under a SQLAlchemy one, for pragmas and for staging before a transaction."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, sqlite3.Connection):  # the engine above makes no other
        message = f"unexpected driver {type(driver)}"
        raise TypeError(message)
    return driver


def insert_told(
    driver: sqlite3.Connection, table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
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
def writing(path: Path, *, create: bool = False, wait_seconds: float = 30.0) -> Iterator[Connection]:
    """One connection for one writer command; the caller begins and ends its transaction.

    The driver's errors come out as ordercli's (busy, full disk, damaged file).

    Raises:
        OrdercliError: for the driver's errors: busy, full disk, damaged file.
    """
    opening = _opens.set(lambda: connect(path, create=create, wait_seconds=wait_seconds))
    try:
        with _writer().connect() as connection:
            yield connection
            _tidy(connection)
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise explain(error.orig, path) from error
        raise
    except sqlite3.Error as error:
        raise explain(error, path) from error
    finally:
        _opens.reset(opening)


@contextmanager
def trying(path: Path, *, wait_seconds: float = 30.0) -> Iterator[Connection]:
    """A connection in a transaction that sees one moment, holds no lock and can write temporary tables only.

    Raises:
        OrdercliError: for the driver's errors.
    """

    def open_readonly() -> sqlite3.Connection:
        driver = connect(path, readonly=True, wait_seconds=wait_seconds)
        driver.execute("PRAGMA query_only = OFF")  # the file stays closed to writing
        return driver

    engine = create_engine("sqlite+pysqlite://", creator=open_readonly, poolclass=NullPool, hide_parameters=True)
    with database_errors(path), engine.connect() as connection:
        driver_of(connection).execute("BEGIN")
        yield connection


MANY_CHANGES, SELDOM = 1_000, 100
"""SQLite's statistics are looked at after a writer changed so many rows, and at every so many operations."""


def _tidy(connection: Connection) -> None:
    """Let SQLite refresh its statistics when they are stale; a bounded sample, and never an error.

    To look whether they are takes longer than many a transaction, so a small one seldom does.
    """
    driver = driver_of(connection)
    if driver.in_transaction:
        return
    with contextlib.suppress(sqlite3.Error):
        driver.execute("PRAGMA busy_timeout = 0")
        (last,) = driver.execute("SELECT max(id) FROM operation").fetchone()
        if driver.total_changes >= MANY_CHANGES or (last or 0) % SELDOM == 0:
            driver.execute("PRAGMA analysis_limit = 400")
            driver.execute("PRAGMA optimize")
