"""The shops of tests on a private server of PostgreSQL: a database each, copied from a template.

``ORDERCLI_TEST_ENGINE=postgres`` chooses it for the fixtures of ``conftest.py``; what is about a file is skipped
there (``about_files.py``).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from ordercli.queries.laws import broken_laws
from ordercli.server import Server
from pg_server import private_server

IS_CHOSEN = os.environ.get("ORDERCLI_TEST_ENGINE") == "postgres"
"""Whether tests run on a server."""


def at(folder: Path, name: str) -> Server:
    """A database of the server whose socket is in the folder."""
    url = f"postgresql://postgres@/{name}?host={folder}"
    return Server(url, url)


def looking_at(server: Server) -> Any:
    """A connection that reads what is in a database now."""
    from ordercli.dbserver import connect  # noqa: PLC0415 - psycopg is for those who test on a server

    return closing(connect(server, readonly=True, wait_seconds=5))


@contextmanager
def changing_at(server: Server) -> Iterator[Any]:
    """A connection that changes what is in a database; it is committed at the end."""
    from ordercli.dbserver import connect  # noqa: PLC0415 - the same

    with closing(connect(server, wait_seconds=5)) as driver:
        driver.execute("BEGIN")
        yield driver
        driver.commit()


def check_laws(server: Server) -> None:
    """Every law of the data holds."""
    with looking_at(server) as connection:
        broken = broken_laws(connection)
    assert not broken, f"laws that do not hold: {broken}"


Content = dict[str, bytes]
"""The rows of a shop, by the tables that have any, as COPY writes them."""
_TABLES = """
SELECT c.relname::text, string_agg(a.attname::text, ', ' ORDER BY a.attnum) FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated::text = ''
WHERE c.relnamespace = 'ordercli'::regnamespace AND c.relkind::text = 'r' GROUP BY 1"""
_VACUUMED = 50
"""Tests after which the rows that are gone are cleared away."""


class ServerShelf:
    """One database, whose rows are changed for each test; each process has a server of its own.

    To copy a database takes half a second, to change its rows a twentieth of that.
    """

    def __init__(self, folder: Path, set_up: Callable[[Server], None]) -> None:
        """Make the database, with the empty shop."""
        from ordercli.dbserver import connect  # noqa: PLC0415 - the same

        self.server = at(folder, "shop")
        with closing(connect(at(folder, "postgres"))) as first:
            first.execute("CREATE DATABASE shop TEMPLATE template0")
        set_up(self.server)
        self._keeper = connect(self.server)
        self._keeper.execute("SET session_replication_role = replica")
        self._columns = dict(self._keeper.execute(_TABLES).fetchall())
        filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in self._columns)
        self._keeper.execute(f"CREATE TEMP VIEW filled AS {filled}")
        self._empty = self._content()
        self._kept: dict[str, Content] = {}
        self._name = ""
        self._turns = 0

    def empty(self) -> Server:
        """The database, with the empty shop."""
        self._turns += 1
        if self._turns % _VACUUMED == 0:
            self._keeper.execute("VACUUM")
        self._put(self._empty)
        self._name = ""
        return self.server

    def close(self) -> None:
        """Be done with the database."""
        self._keeper.close()

    def fill(self, server: Server, name: str, build: Callable[[], object]) -> None:
        """Bring the database to where ``build`` brings it: by a copy, or, the first time, by building."""
        self._name = f"{self._name} {name}"
        if self._name in self._kept:
            self._put(self._kept[self._name])
            return
        build()
        check_laws(server)
        self._kept[self._name] = self._content()

    def _filled(self) -> list[str]:
        return [name for (name,) in self._keeper.execute("SELECT * FROM filled").fetchall()]

    def _content(self) -> Content:
        found = {}
        for name in self._filled():
            with self._keeper.connection.cursor().copy(
                f"COPY {name} ({self._columns[name]}) TO STDOUT".encode()
            ) as copy:
                found[name] = b"".join(bytes(part) for part in copy)
        return found

    def _put(self, content: Content) -> None:
        driver = self._keeper
        driver.execute("BEGIN")
        for name in self._filled():
            driver.execute(f"DELETE FROM {name}")
        for name, rows in content.items():
            with driver.connection.cursor().copy(
                f"COPY {name} ({self._columns[name]}) FROM STDIN".encode()
            ) as copy:
                copy.write(rows)
        driver.commit()


@contextmanager
def server_shelf(set_up: Callable[[Server], None]) -> Iterator[ServerShelf]:
    """A server for this process, with a shelf; ``set_up`` makes the empty shop."""
    with private_server() as folder:
        shelf = ServerShelf(_listening(folder), set_up)
        try:
            yield shelf
        finally:
            shelf.close()


def _listening(folder: Path) -> Path:
    import time  # noqa: PLC0415 - the same

    until = time.monotonic() + 30
    while not (folder / ".s.PGSQL.5432").exists() and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.1)
    return folder
