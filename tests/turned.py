"""Looking into a test's database without reading its schema: by a connection that stays open and is turned to it.

To read the schema takes ten times as long as most of what a test asks, and compiling the laws longer still.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from ordercli.driver import Driver, Trigger
from ordercli.filedriver import FileDriver
from ordercli.server import Server, ShopPlace
from server_shops import looking_at, staying_at

_SCHEMA = "SELECT group_concat(name || ' ' || rootpage || ' ' || coalesce(sql, '')) FROM sqlite_schema"
"""All of it in one text: rows would take longer than to look whether they are the same."""
_HEADER = 100
"""Bytes of it at the beginning of a file."""


def has_journal(database: Path) -> bool:
    """Whether somebody writes to it, or a process was killed: then not all is in the file itself.

    A reader leaves an empty one, in which nothing is.
    """
    try:
        return database.with_name(f"{database.name}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False


@dataclass(slots=True)
class Turned:
    """A connection on a file of its own, whose content is changed under it for each database."""

    file: Path
    connection: FileDriver
    schema: str = ""
    turn: int = 0

    def to(self, database: Path) -> None:
        """Show what is in ``database``, in whose file it is whole."""
        content = database.read_bytes()
        # Of the header (sqlite.org/fileformat.html, 1.3): there is no journal beside the file; and it has changed,
        # by which the connection knows that the pages it has read are those of another.
        self.turn += 1
        header = bytearray(content[:_HEADER])
        header[18:20] = b"\1\1"
        header[24:28] = self.turn.to_bytes(4, "big")
        with self.file.open("r+b") as file:  # over the one before: the system has its pages
            file.write(content)
            file.truncate()
            file.seek(0)
            file.write(header)
        if self._schema() != self.schema:
            self.connection.close()
            self.connection = _connect(self.file)
            self.schema = self._schema()

    def _schema(self) -> str:
        (text,) = self.connection.execute(_SCHEMA).fetchone()
        return text or ""


def _connect(file: Path) -> FileDriver:
    return sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, cached_statements=1_000, factory=FileDriver)


_OPEN: list[Turned] = []
"""The one of this process, once it was asked for."""


@contextmanager
def looking_into(database: ShopPlace) -> Iterator[FileDriver]:
    """A connection that reads what is in a database now; no longer than until the next one is asked for."""
    if isinstance(database, Server):
        with looking_at(database) as connection:
            yield connection
        return
    if has_journal(database):
        with closing(sqlite3.connect(database, factory=FileDriver)) as connection:
            yield connection
        return
    if not _OPEN:
        file = Path(mkdtemp()) / "turned.db"
        file.touch()
        _OPEN.append(Turned(file, _connect(file)))
    (turned,) = _OPEN
    turned.to(database)
    yield turned.connection


@contextmanager
def changing(database: ShopPlace) -> Iterator[Driver]:
    """A connection past all commands, in a transaction: what a database itself refuses is seen by it.

    An error takes back all that was written.
    """
    with closing(staying(database)) as driver:
        driver.execute("PRAGMA foreign_keys = ON")
        driver.execute("BEGIN")
        try:
            yield driver
        except BaseException:
            driver.execute("ROLLBACK")
            raise
        driver.execute("COMMIT")


_TRIGGERS = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
_NO_CHECK = (
    "CREATE OR REPLACE FUNCTION ordercli.checks_wait() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true'"
)
_CHECKS = "SELECT pg_get_functiondef('ordercli.checks_wait'::regproc)"


@contextmanager
def spoiling(database: ShopPlace) -> Iterator[Driver]:
    """As :func:`changing`, but no trigger, CHECK or reference is asked."""
    with closing(staying(database)) as driver:
        driver.execute("PRAGMA ignore_check_constraints = ON")
        driver.execute("BEGIN")
        if isinstance(database, Server):
            (checks,) = driver.execute(_CHECKS).fetchone()
            driver.execute("SET LOCAL session_replication_role = replica")
            driver.execute(_NO_CHECK)
            yield driver
            driver.execute(checks)
        else:
            triggers = driver.execute(_TRIGGERS).fetchall()
            for name, _ in triggers:
                driver.execute(f"DROP TRIGGER {name}")
            yield driver
            for _, sql in triggers:
                driver.execute(sql)
        driver.execute("COMMIT")


@contextmanager
def writing_meanwhile(database: ShopPlace) -> Iterator[None]:
    """Another process has the writers' turn."""
    with closing(staying(database)) as driver:
        driver.take_turn()
        yield
        driver.execute("ROLLBACK")


def staying(database: ShopPlace) -> Driver:
    """A connection past all commands, for who asks many times; it is its to close."""
    if isinstance(database, Server):
        return staying_at(database)
    return sqlite3.connect(database, isolation_level=None, factory=FileDriver)


def texts_in(database: ShopPlace) -> list[tuple[str, str]]:
    """The texts of each row of each table, with the table's name."""
    with looking_into(database) as connection:
        named = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        return [
            (table, " ".join(value for value in row if isinstance(value, str)))
            for (table,) in connection.execute(named).fetchall()
            for row in connection.execute(f'SELECT * FROM "{table}"')
        ]


@contextmanager
def held_back(connection: Driver, trigger: str) -> Iterator[None]:
    """A law of the data does not hold meanwhile."""
    named = "SELECT tbl_name, sql FROM sqlite_schema WHERE name = ?"
    table, made = connection.execute(named, (trigger,)).fetchone()
    with connection.without([Trigger(trigger, table, made)]):
        yield


def forget() -> None:
    """Close the connection and remove its file."""
    while _OPEN:
        turned = _OPEN.pop()
        turned.connection.close()
        rmtree(turned.file.parent)
