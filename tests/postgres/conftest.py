"""A private server of PostgreSQL for the run, and shops that stand in both engines with the same rows."""

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import chdir, closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import psycopg
import pytest
import pytest_socket

from conftest import copied_file, empty_file, shelf_of_files
from here import run_here
from ordercli.dbplace import connect
from ordercli.moving import copy_shop, shop_digest
from ordercli.postgres.schema import statements
from ordercli.postgres.spoken import SEARCH_PATH
from ordercli.server import Server
from patience import until
from pg_server import private_server
from server_shops import at
from shelf import Shelf, only_names

TOP = Path(__file__).parents[2]
sys.path.insert(0, str(TOP / "bench"))
NOW = "2026-03-20T14:00:00Z"
COPIED_AT = "2026-03-20T10:00:00-04:00"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty shop in a file, from which these tests bring it to a server; so it is where others run on one."""
    return empty_file(tmp_path_factory)


@pytest.fixture
def database(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of it, named by ORDERCLI_DB."""
    yield from copied_file(template, tmp_path / "shop.db", monkeypatch)


@pytest.fixture(scope="session")
@only_names
def shelf(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Shelf:
    """Where such files are kept."""
    return shelf_of_files(tmp_path_factory, worker_id)


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """How to connect to a server that listens at a socket in a folder of its own, and nowhere else."""
    with private_server() as folder:
        yield f"host={folder} user=postgres"


class _Truth(psycopg.adapt.Loader):
    """Truth as SQLite has it: 1 or 0."""

    def load(self, data: Any) -> int:
        return int(bytes(data) == b"t")


def connected(address: str) -> "psycopg.Connection[Any]":
    """A connection as soon as the server takes one; it puts values into statements itself."""

    def tried() -> "psycopg.Connection[Any] | None":
        with suppress(psycopg.OperationalError):
            return psycopg.connect(address, autocommit=True, cursor_factory=psycopg.ClientCursor)
        return None

    connection = until(tried, f"no server takes a connection: {address}")
    assert connection is not None
    connection.adapters.register_loader("bool", _Truth)
    return connection


def made(cluster: str, name: str) -> "psycopg.Connection[Any]":
    """A new database with the functions and the whole schema, and no rows."""
    with connected(f"{cluster} dbname=postgres") as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())  # a module's, asked for again
        connection.execute(f"CREATE DATABASE {name}".encode())
    database = connected(f"{cluster} dbname={name}")
    with database.transaction():
        database.execute(";\n".join(statements()).encode())  # at once: a look back for each takes minutes
    database.execute(f"SET search_path = {SEARCH_PATH}".encode())
    return database


class Twin(NamedTuple):
    """A shop that stands in both engines."""

    file: Path
    here: sqlite3.Connection
    there: "psycopg.Connection[Any]"

    @property
    def url(self) -> str:
        """What ``--db`` takes for the server's."""
        return f"postgresql://postgres@/{self.there.info.dbname}?host={self.there.info.host}"


@contextmanager
def twin(cluster: str, file: Path) -> Iterator[Twin]:
    """The shop of a file, and a database with the same rows; no trigger ran for them."""
    with closing(sqlite3.connect(file)) as here, closing(made(cluster, file.stem)) as there:
        there.execute(b"SET session_replication_role = replica")
        tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        for (table,) in here.execute(tables).fetchall():
            named = here.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
            columns = ", ".join(name for (name,) in named)
            with there.cursor().copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy:
                for row in here.execute(f"SELECT {columns} FROM {table}"):
                    copy.write_row(row)
        there.execute(b"SET session_replication_role = origin")
        there.execute(b"ANALYZE")
        yield Twin(file, here, there)


@contextmanager
def _outside(folder: Path, file: Path) -> Iterator[None]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ORDERCLI_", "XDG_"))}
    with (
        patch.dict(os.environ, {**kept, "HOME": str(folder), "ORDERCLI_DB": str(file)}, clear=True),
        chdir(folder),
    ):
        yield


@pytest.fixture(scope="session")
def varied(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """A small shop that has rows in every table."""
    from migrations import rows  # noqa: PLC0415 - it loads the whole program

    folder = tmp_path_factory.mktemp("varied")
    with _outside(folder, folder / "varied.db"):
        rows.run("init --time-zone America/New_York --currency USD", rows.MONDAY)
        pytest_socket.enable_socket()  # Amazon's stand-in is asked too
        try:
            rows.fill()
        finally:
            pytest_socket.disable_socket(allow_unix_socket=True)
    with twin(cluster, folder / "varied.db") as both:
        yield both


@pytest.fixture(scope="session")
def large(cluster: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twin]:
    """A shop with some hundred orders, of which reports have much to tell."""
    import large as shop  # noqa: PLC0415 - once the path has its folder
    from measure import beside_python, clean_environment  # noqa: PLC0415 - the same

    folder = tmp_path_factory.mktemp("large")
    environment = {**clean_environment(folder), "ORDERCLI_DB": str(folder / "large.db")}
    shop.fill(beside_python("ordercli", "install the project there first."), environment, folder, 600)
    with twin(cluster, folder / "large.db") as both:
        yield both


def content_of(server: Server) -> str:
    with closing(connect(server, readonly=True)) as shop:
        return shop_digest(shop).digest


def folder_of(cluster: str) -> Path:
    return Path(cluster.split(maxsplit=1)[0].removeprefix("host="))


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of this user, in which copies of before are kept."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="session")
def copied(cluster: str, varied: Twin, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A copy of a shop with rows in every table, proved, and what it holds."""
    with connected(f"{cluster} dbname=postgres") as connection:
        connection.execute(b"CREATE DATABASE first TEMPLATE template0")
    first = at(folder_of(cluster), "first")
    copy_shop(varied.file, first, wait_seconds=5)
    folder = tmp_path_factory.mktemp("copies")
    ran = run_here(
        ["backup", "--to", str(folder)], environment={"ORDERCLI_DB": str(first), "ORDERCLI_NOW": COPIED_AT}
    )
    assert ran.exit_code == 0, ran.stderr
    (copy,) = folder.iterdir()
    return copy, content_of(first)
