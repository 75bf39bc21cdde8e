"""The shops of tests on a private server of PostgreSQL, whose rows are exchanged for each test.

``ORDERCLI_TEST_ENGINE=postgres`` chooses it for the fixtures of ``conftest.py``; what is about a file is skipped
there (``about_files.py``).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ordercli.postgres.spoken import spoken
from ordercli.queries import laws
from ordercli.server import Server, ShopPlace
from pg_server import private_server

if TYPE_CHECKING:
    from ordercli.postgres.connection import ServerDriver

IS_CHOSEN = os.environ.get("ORDERCLI_TEST_ENGINE") == "postgres"
"""Whether tests run on a server."""


def at(folder: Path, name: str) -> Server:
    """A database of the server whose socket is in the folder."""
    url = f"postgresql://postgres@/{name}?host={folder}"
    return Server(url, url)


def looking_at(server: Server) -> Any:
    """A connection that reads what is in a database now."""
    from ordercli.postgres.opening import connect  # noqa: PLC0415 - psycopg is for those who test on a server

    return closing(connect(server, readonly=True, wait_seconds=5))


def staying_at(server: Server) -> "ServerDriver":
    """A connection for who asks many times."""
    from ordercli.postgres.opening import connect  # noqa: PLC0415 - the same

    return connect(server, wait_seconds=5)


Content = dict[str, bytes]
"""The rows of a shop, by the tables that have any, as COPY writes them."""
_TABLES = """
SELECT c.relname::text, string_agg(a.attname::text, ', ' ORDER BY a.attnum) FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated::text = ''
WHERE c.relnamespace = 'ordercli'::regnamespace AND c.relkind::text = 'r' GROUP BY 1"""
_NEXT_WRITER = "SELECT pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot())::text"
_MOMENT = "SELECT pg_catalog.pg_current_snapshot()::text"
_VERSION = "SELECT count(*), max(id) FROM operation"
_VACUUMED = 50
"""Changes after which the rows that are gone are cleared away."""


class Database:
    """A database of a shop, whose rows can be exchanged, and which knows whether its laws hold.

    To copy a database takes half a second, to exchange its rows a fiftieth of that.
    """

    def __init__(self, server: Server) -> None:
        """Keep a session open at it, which has the plans of all that is asked again and again."""
        from ordercli.postgres.opening import connect  # noqa: PLC0415 - the same

        self.server = server
        self.keeper: ServerDriver = connect(server)
        self._ask("SET session_replication_role = replica")
        self._columns = dict(self.keeper.execute(_TABLES).fetchall())
        filled = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in self._columns)
        self._ask(f"PREPARE filled AS {filled}")
        self._has_laws = False
        self._writer = ""
        self._turns = 0
        self._told: tuple[Any, Content] | None = None

    def _ask(self, sql: str) -> Any:
        return self.keeper.connection.execute(sql.encode())

    @property
    def is_written_to(self) -> bool:
        """Whether any session of the server may have written since the rows were exchanged."""
        return bool(self._ask(_NEXT_WRITER).fetchone()[0] != self._writer)

    def seen(self) -> tuple[str, set[str]]:
        """What changes with every commit, begun or ended, and with nothing else; and the tables that have rows."""
        (moment,) = self._ask(_MOMENT).fetchone()
        return moment, {name for (name,) in self._ask("EXECUTE filled").fetchall()}

    def broken_laws(self) -> list[str]:
        """Names of the laws that some row breaks."""
        if not self._has_laws:
            for place, sql in enumerate(laws.LAWS.values()):
                self._ask(f"PREPARE law_{place} AS {spoken(sql).replace('%%', '%')} LIMIT 1")
            self._has_laws = True
        answer, broken = self._ask("; ".join(f"EXECUTE law_{place}" for place in range(len(laws.LAWS)))), []
        for law in laws.LAWS:
            broken += [law] if answer.fetchone() else []
            answer.nextset()
        return broken

    def content(self) -> Content:
        """All its rows."""
        version = self._ask(_VERSION).fetchone()
        if self._told is None or self._told[0] != version:
            found = {}
            for (name,) in self._ask("EXECUTE filled").fetchall():
                with self.keeper.connection.cursor().copy(
                    f"COPY {name} ({self._columns[name]}) TO STDOUT".encode()
                ) as copy:
                    found[name] = b"".join(bytes(part) for part in copy)
            self._told = (version, found)
        return self._told[1]

    def put(self, content: Content) -> None:
        """Have these rows and no others."""
        self._turns += 1
        if self._turns % _VACUUMED == 0:
            self._ask("VACUUM")
        filled = self._ask("EXECUTE filled").fetchall()
        self._ask("; ".join(["BEGIN", *(f"DELETE FROM {name}" for (name,) in filled)]))
        for name, rows in content.items():
            with self.keeper.connection.cursor().copy(
                f"COPY {name} ({self._columns[name]}) FROM STDIN".encode()
            ) as copy:
                copy.write(rows)
        self._ask("COMMIT")
        self._writer = self._ask(_NEXT_WRITER).fetchone()[0]
        self._told = None


class ServerShelf:
    """The database of tests, others for those that want several shops at once, and what is kept to begin with."""

    def __init__(self, folder: Path, set_up: Callable[[Server], None]) -> None:
        """Make the database, with the empty shop."""
        from ordercli.postgres.opening import connect  # noqa: PLC0415 - the same

        self._folder = folder
        self._maker = connect(at(folder, "postgres"))
        self._maker.execute("CREATE DATABASE blank TEMPLATE template0")
        set_up(at(folder, "blank"))
        self._databases: dict[Server, Database] = {}
        self._benches: dict[Path, Database] = {}
        self.shop = self._made("shop")
        self._empty = self.shop.content()
        self._kept: dict[str, Content] = {}
        self._name, self._due, self._is_due = "", "", True
        self._kept[""] = self._empty
        _SHELVES.append(self)

    def _made(self, name: str) -> Database:
        self._maker.execute(f"CREATE DATABASE {name} TEMPLATE blank")
        made = Database(at(self._folder, name))
        self._databases[made.server] = made
        return made

    def empty(self) -> Server:
        """The database of tests, with the empty shop from the next :meth:`settle` on."""
        self._due = ""
        self._is_due = True
        return self.shop.server

    def settle(self) -> None:
        """Put into the database of tests what is due there; nothing, if that is what it has."""
        if self._is_due:
            self._is_due = False
            if self._name != self._due or self.shop.is_written_to:
                self.shop.put(self._kept[self._due])
                self._name = self._due

    def fill(self, server: Server, name: str, build: Callable[[], object]) -> None:
        """Do what :meth:`plan` does, at once."""
        self.plan(server, name, build)
        self.settle()

    def plan(self, server: Server, name: str, build: Callable[[], object]) -> None:
        """Bring the database to where ``build`` brings it: by a copy, or, the first time, by building."""
        if server != self.shop.server:  # a bench, of which nothing is kept
            build()
            check_laws(server)
            return
        if not self._is_due and self.shop.is_written_to:  # by something that is not kept
            build()
            return
        before = self._due if self._is_due else self._name
        after = f"{before} {name}"
        if after in self._kept:
            self._due, self._is_due = after, True
            if os.environ.get("PYTEST_CURRENT_TEST", "").endswith("(call)"):  # the test itself has asked for it
                self.settle()
            return
        self.settle()
        build()
        check_laws(server)
        self._kept[after] = self.shop.content()
        self._due, self._is_due = after, True

    def check(self) -> None:
        """Every law of the data holds in the database of tests, if anybody wrote to it."""
        if not self._is_due and self.shop.is_written_to:
            check_laws(self.shop.server)

    def bench(self, source: ShopPlace, target: ShopPlace) -> Server:
        """A database with the rows of another, or of the empty shop if that is a file.

        Args:
            source: of which.
            target: a name for it; the same as long as its folder is there.
        """
        there = self.database(source) if isinstance(source, Server) else None
        content = there.content() if there else self._empty
        database = (self.database(target) if isinstance(target, Server) else None) or self._bench(target)
        if database is self.shop:
            self._is_due, self._name = False, "of a bench"
        database.put(content)
        return database.server

    def _bench(self, target: ShopPlace) -> Database:
        assert isinstance(target, Path), "no database of the shelf"
        if target not in self._benches:
            free = next((path for path in self._benches if not path.parent.exists()), None)
            self._benches[target] = (
                self._made(f"bench_{len(self._benches)}") if free is None else self._benches.pop(free)
            )
        return self._benches[target]

    def database(self, server: Server) -> Database | None:
        """One of the shelf's; None for others."""
        if server == self.shop.server:
            self.settle()
        return self._databases.get(server)

    def close(self) -> None:
        """Be done with it."""
        _SHELVES.remove(self)
        for database in self._databases.values():
            database.keeper.close()
        self._maker.close()


_SHELVES: list[ServerShelf] = []
"""The one of this process."""


def settle() -> None:
    """Put into the database of tests what is due there."""
    for shelf in _SHELVES:
        shelf.settle()


def seen(server: Server) -> tuple[str, set[str]] | None:
    """See :meth:`Database.seen`; None for a database that is not of the shelf."""
    found = next((database for shelf in _SHELVES if (database := shelf.database(server))), None)
    return None if found is None else found.seen()


def broken_laws(server: Server) -> list[str]:
    """Names of the laws that do not hold."""
    for shelf in _SHELVES:
        if database := shelf.database(server):
            return database.broken_laws()
    with looking_at(server) as driver:
        return laws.broken_laws(driver)


def check_laws(server: Server) -> None:
    """Every law of the data holds."""
    broken = broken_laws(server)
    assert not broken, f"laws that do not hold: {broken}"


def bench(source: ShopPlace, target: ShopPlace) -> Server:
    """A database with the rows of another; see :meth:`ServerShelf.bench`."""
    return _SHELVES[0].bench(source, target)


@contextmanager
def server_shelf(set_up: Callable[[Server], None]) -> Iterator[ServerShelf]:
    """A server for this process, with a shelf; ``set_up`` makes the empty shop."""
    from server_sessions import kept_sessions  # noqa: PLC0415 - the same

    with private_server() as folder, kept_sessions(folder):
        shelf = ServerShelf(folder, set_up)
        try:
            yield shelf
        finally:
            shelf.close()
