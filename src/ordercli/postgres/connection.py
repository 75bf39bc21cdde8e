"""A connection to PostgreSQL with the methods and the errors of the standard library's driver of SQLite.

So the statements, and what runs them, are the same for a file and for a server. Statements go through
``spoken.py``; values are put into them here, and not bound at the server. Why: docs/adr/0049-shop-on-a-server.md
"""

import re
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, islice
from typing import Any

import psycopg
from psycopg import pq

from ordercli.driver import StreamedRows, Trigger, Values
from ordercli.errors import UnsureInterrupt
from ordercli.postgres.portions import Portions
from ordercli.postgres.spoken import PRAGMAS, SEARCH_PATH, spoken
from ordercli.postgres.taught import TaughtFunctions
from ordercli.postgres.values import READ_AS, adapt
from ordercli.postgres.work import SCHEMA, WorkTables
from ordercli.server import Server

_TAKES_LOCK = "SELECT pg_advisory_xact_lock(1869767779, 1)"
"""The turn of a writer: ``ordc`` as a number, and a lock of the whole database."""
_WRITTEN = """
SELECT c.relname::text FROM pg_locks l
JOIN pg_class c ON c.oid = l.relation AND c.relnamespace = 'ordercli'::regnamespace
WHERE l.locktype = 'relation' AND l.pid = pg_backend_pid() AND l.mode = 'RowExclusiveLock'"""
_LAW, _RAISED, _SENSELESS = "23", "P0001", "42"
BUSY = {"55P03", "40001", "40P01"}
"""States of what another process hinders."""
_CANCELED = "57014"
_NOT_COMMITTED = (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR)
_INSERT = re.compile(
    r"\s*INSERT INTO\s+(?P<table>[\w.]+)\s*(?P<columns>\([^()]*\))?\s*VALUES\s*\(\s*%s(?:\s*,\s*%s)*\s*\)\s*",
    re.IGNORECASE,
)
"""A statement that only puts values into a table, which COPY does for many rows."""
_ROWS_AT_ONCE = 2
"""Rows from which on COPY is used."""
_STATEMENTS_AT_ONCE = 200
"""Of many rows, on one way to the server and back: an import that waited for each took minutes."""
_STORED = {"INTEGER": "int8", "TEXT": "text", "REAL": "float8", "BLOB": "bytea"}
"""How SQLite's types are stored at the server."""


class ServerRows:
    """The rows of a statement; it has none where the statement gives none."""

    def __init__(self, driver: "ServerDriver") -> None:
        """Begin with no statement."""
        self._driver = driver
        self._cursor = psycopg.ClientCursor(driver.connection)
        self._written: int | None = None

    @property
    def description(self) -> Any:
        """A column's name is the first of it."""
        return self._cursor.description

    @property
    def rowcount(self) -> int:
        """How many rows were written or are given."""
        return self._cursor.rowcount if self._written is None else self._written

    @property
    def lastrowid(self) -> None:
        """Unknown: who wants the number of a new row asks for it by RETURNING."""
        return None

    def execute(self, statement: str, values: Values = ()) -> "ServerRows":
        """Run one statement."""
        self._written = None
        if statement.startswith("PRAGMA "):
            self._instead_of(statement.removeprefix("PRAGMA "))
            return self
        if statement == "COMMIT":
            self._driver.commit()
            return self
        text = self._driver.work.instead(spoken(statement))
        if due := self._driver.work.due():
            self._driver.run_script(due)
        if not text:
            return self
        with self._driver.told_errors(text):
            self._driver.taught.run(self._cursor, text, values)
        if text.startswith("ROLLBACK"):
            self._driver.taught.teach_again()
        if text == "ROLLBACK":
            self._driver.work.end_turn()
        return self

    def _instead_of(self, pragma: str) -> None:
        name = pragma.partition("=")[0].strip()
        instead = PRAGMAS.get(pragma, PRAGMAS.get(name))
        if instead is None:
            raise sqlite3.NotSupportedError(f"PRAGMA {pragma} is about a file")
        with self._driver.told_errors():
            for each in instead:
                self._cursor.execute(each.encode())

    def executemany(self, statement: str, rows: Iterable[Values]) -> "ServerRows":
        """Run a statement for each row of values."""
        text = spoken(statement)
        self._written = 0
        given = iter(rows)
        first = list(islice(given, _ROWS_AT_ONCE))
        with self._driver.told_errors(text):
            if (found := _INSERT.fullmatch(text)) and len(first) == _ROWS_AT_ONCE:
                self._copy(found["table"], found["columns"] or "", chain(first, given))
                return self
            rest = chain(first, given)
            while self._driver.taught.calls.search(text) and (one := next(rest, None)) is not None:
                self._driver.taught.run(self._cursor, text, one)
                self._written += max(self._cursor.rowcount, 0)
            while group := list(islice(rest, _STATEMENTS_AT_ONCE)):
                self._cursor.execute(";\n".join(self._cursor.mogrify(text, row) for row in group).encode())
                self._written += max(self._cursor.rowcount, 0)
                while self._cursor.nextset():
                    self._written += max(self._cursor.rowcount, 0)
        return self

    def _copy(self, table: str, columns: str, rows: Iterable[Values]) -> None:
        """Put rows into a table; those of a table of work get their numbers here, as the server asks for each."""
        if columns and (number := self._driver.work.number_of(table, columns)):
            self._cursor.execute(f"SELECT coalesce(max({number}), 0) + 1 FROM {table}".encode())
            ((first,),) = self._cursor.fetchall()
            columns = f"({number}, {columns.lstrip('(')}"
            rows = ((place, *row) for place, row in enumerate(rows, first))
        with self._cursor.copy(f"COPY {table} {columns} FROM STDIN".encode()) as copy:
            for row in rows:
                copy.write_row(list(row))
        self._written = self._cursor.rowcount

    def fetchone(self) -> Any:
        """The next row."""
        return self._cursor.fetchone() if self._cursor.description else None

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return self._cursor.fetchall() if self._cursor.description else []

    def fetchmany(self, size: int = 1) -> list[Any]:
        """The next rows."""
        return self._cursor.fetchmany(size) if self._cursor.description else []

    def __iter__(self) -> Iterator[Any]:
        """The rows that are left."""
        return iter(self._cursor) if self._cursor.description else iter(())

    def __next__(self) -> Any:
        """The next row."""
        row = self.fetchone()
        if row is None:
            raise StopIteration
        return row

    def close(self) -> None:
        """Have done with it."""
        self._cursor.close()


class ServerDriver:
    """A connection to a server. It also is what SQLAlchemy takes for a connection of SQLite's driver."""

    def __init__(self, connection: "psycopg.Connection[Any]", place: Server, wait_seconds: float) -> None:
        """Prepare a connection that is in autocommit, as the driver of a file is."""
        self.connection, self.place = connection, place
        self.wait_seconds = wait_seconds
        self.taught = TaughtFunctions()
        self.work = WorkTables()
        self._streams = 0
        adapt(connection.adapters)
        connection.execute(
            f"SET search_path = {SEARCH_PATH}, {SCHEMA}; SET client_min_messages = warning; SET jit = off;"
            f" {READ_AS}"
            # Who writes CROSS JOIN says in which order tables are read; the server would think of another.
            " SET join_collapse_limit = 1;"
            # Of a cursor all rows are read.
            " SET cursor_tuple_fraction = 1;"
            f" SET lock_timeout = {max(1, int(wait_seconds * 1000))}".encode()
        )

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction has begun."""
        return self.connection.info.transaction_status != pq.TransactionStatus.IDLE

    def told_errors(self, text: str = "", *, commits: bool = False) -> "_Told":
        """Errors of the server as those of the standard library's driver, in a statement of this text."""
        return _Told(text, self.place, commits=commits)

    def cursor(self, *_: Any) -> ServerRows:
        """A cursor, for SQLAlchemy."""
        return ServerRows(self)

    def execute(self, statement: str, values: Values = (), /) -> ServerRows:
        """Run one statement."""
        return ServerRows(self).execute(statement, values)

    def executemany(self, statement: str, rows: Iterable[Values], /) -> ServerRows:
        """Run a statement for each row of values."""
        return ServerRows(self).executemany(statement, rows)

    def streamed(self, statement: str, values: Values = (), /) -> StreamedRows:
        """Have them in portions.

        One that calls a function of Python is asked until nothing is asked of Python any more, so it has all rows.
        """
        text = self.work.instead(spoken(statement))
        if not self.in_transaction or self.taught.calls.search(text):
            return self.execute(statement, values)
        if due := self.work.due():
            self.run_script(due)
        self._streams += 1
        return Portions(self.connection, self.told_errors, f"portions_{self._streams}", text, values)

    def batches(self, select: str, types: Sequence[str], size: int, /) -> Iterator[list[Any]]:
        """The rows of a SELECT without values, so many at a time, by COPY."""
        text = f"COPY ({spoken(select).replace('%%', '%')}) TO STDOUT"
        with self.told_errors(text), self.connection.cursor().copy(text.encode()) as copy:
            copy.set_types([_STORED[kind] for kind in types])
            rows = copy.rows()
            while batch := list(islice(rows, size)):
                yield batch

    def run_each(self, statements: Iterable[str], values: Values = (), /) -> None:
        """Run several statements that give no rows, on one way to the server and back."""
        texts = list(self.work.each_instead(map(spoken, statements)))
        if text := ";\n".join(filter(None, (self.work.due(), *texts))):
            with self.told_errors(text):
                self.connection.execute(text.encode(), values)

    def may_have_written(self, tables: Collection[str], /) -> Collection[str]:
        """Those that this transaction has locks of."""
        return frozenset(name for (name,) in self.execute(_WRITTEN).fetchall()) & frozenset(tables)

    def run_script(self, text: str) -> None:
        """Run many statements of PostgreSQL's own at once: to wait for each takes minutes for a schema."""
        with self.told_errors():
            self.connection.execute(text.encode())

    def teach(self, name: str, function: Callable[..., Any], takes: Sequence[type], gives: type, /) -> None:
        """Make a function of Python one of SQL in this transaction."""
        self.taught.teach(name, function, takes, gives)

    def create_function(self, *_: Any, **__: Any) -> None:
        """SQLAlchemy makes one of regular expressions, which no statement uses."""

    def take_turn(self) -> None:
        """Begin a transaction that writes, once no other has one; who waits is served in the order of arrival.

        It sees what was committed while it waited, whatever the database or the user is set to: one that sees one
        moment would see the one before it waited.
        """
        self.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        try:
            self.execute(_TAKES_LOCK)
        except BaseException:
            self.rollback()
            raise
        self.work.begin_turn()

    def unseal(self) -> None:
        """Nothing: what pg_dump wrote is no database that somebody could change."""

    def tidy(self) -> None:
        """Nothing: a server sees to its statistics itself."""

    @contextmanager
    def checks_wait(self) -> Iterator[None]:
        """By a setting of the transaction, which CHECKs ask for, and which a savepoint takes back."""
        self.execute("PRAGMA ignore_check_constraints = ON")
        yield
        self.execute("PRAGMA ignore_check_constraints = OFF")

    def references_wait(self) -> None:
        """They are deferrable."""
        self.execute("PRAGMA defer_foreign_keys = ON")

    def references_hold(self, _: Collection[str], /) -> bool:
        """Have all that was written looked at."""
        try:
            with self.attempt():
                self.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except sqlite3.IntegrityError:
            return False
        return True

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Behind a savepoint: what is refused would end the transaction."""
        self.execute("SAVEPOINT attempt")
        try:
            yield
        except sqlite3.IntegrityError:
            self.execute("ROLLBACK TO SAVEPOINT attempt")
            self.execute("RELEASE SAVEPOINT attempt")
            raise
        self.execute("RELEASE SAVEPOINT attempt")

    @contextmanager
    def without(self, triggers: Sequence[Trigger], /) -> Iterator[None]:
        """Switch them off, and on again, which only the owner of their tables may."""
        for trigger in triggers:
            self.execute(f"ALTER TABLE {trigger.table} DISABLE TRIGGER {trigger.name}")
        yield
        for trigger in triggers:
            self.execute(f"ALTER TABLE {trigger.table} ENABLE TRIGGER {trigger.name}")

    def commit(self) -> None:
        """Commit, if a transaction has begun.

        Raises:
            UnsureInterrupt: for a Ctrl-C after which the transaction is not known to go on.
        """
        commits = self.in_transaction
        try:
            with self.told_errors(commits=commits):
                if emptied := self.work.emptied():
                    self.connection.execute(f"{emptied}COMMIT".encode())
                self.connection.commit()
        except KeyboardInterrupt as error:
            if commits and self.connection.info.transaction_status not in _NOT_COMMITTED:
                raise UnsureInterrupt from error
            raise
        self.work.end_turn()

    def rollback(self) -> None:
        """Roll back, if a transaction has begun; a server that is gone has done so itself."""
        if not self.connection.closed:
            with self.told_errors():
                self.connection.rollback()
        self.work.end_turn()
        self.taught.teach_again()

    def interrupt(self) -> None:
        """Stop the statement that runs, from another thread; who calls asks again as long as it goes on."""
        with suppress(psycopg.OperationalError):  # a server that is busy did not take the word in time
            self.connection.cancel_safe(timeout=5)

    def close(self) -> None:
        """End the connection."""
        self.connection.close()


class ServerError(sqlite3.OperationalError):
    """An error of the server.

    Attributes:
        sqlstate: what kind; None where the server did not say so.
        is_lost: whether the connection is.
        place: the server; where a shop is copied, an error may be of either place.
        is_unsure: whether the transaction was told to commit, and may have done so.
    """

    def __init__(self, error: psycopg.Error, text: str, place: Server, *, is_unsure: bool) -> None:
        """Keep what it says, and of which statement, but no value in it."""
        super().__init__(error.diag.message_primary or str(error))
        self.sqlstate, self.place, self.is_unsure = error.sqlstate, place, is_unsure
        self.is_lost = error.sqlstate is None and isinstance(
            error, psycopg.OperationalError | psycopg.InterfaceError
        )
        self.sqlite_errorcode = self._code_in_sqlite()
        if text and self.sqlstate is not None and self.sqlstate.startswith(_SENSELESS):
            self.add_note(f"{error.diag.message_hint or ''}\n{text}")

    def _code_in_sqlite(self) -> int:
        """What SQLite would call it, for those who look whether it is about the rows or the statement at all."""
        if self.is_lost or self.sqlstate == _CANCELED:
            return sqlite3.SQLITE_INTERRUPT
        return sqlite3.SQLITE_BUSY if self.sqlstate in BUSY else sqlite3.SQLITE_ERROR


class _LawError(ServerError, sqlite3.IntegrityError):
    """What is refused by a law of the data."""


class _Told:
    """Turns the server's errors into those of the standard library's driver; the server's is the cause."""

    def __init__(self, text: str, place: Server, *, commits: bool) -> None:
        """Begin with the statement before its values are put into it."""
        self._text, self._place, self._commits = text, place, commits

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        """End."""
        if isinstance(error, psycopg.Error):
            state = error.sqlstate or ""
            is_law = state.startswith(_LAW) or state == _RAISED
            kind = _LawError if is_law else ServerError
            told = kind(error, self._text, self._place, is_unsure=self._commits)
            raise told from None  # its words show the values
