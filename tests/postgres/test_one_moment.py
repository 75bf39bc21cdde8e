"""A reader of a server sees one moment to its end, and a commit whose answer is lost is told as that."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from ordercli.dbplace import connect, database_errors
from ordercli.driver import Driver
from ordercli.errors import OutOfReach
from ordercli.server import Server
from postgres.conftest import connected, made
from server_shops import at


@pytest.fixture
def moment(cluster: str) -> Iterator[Server]:
    """An empty shop."""
    made(cluster, "moment").close()
    yield at(Path(cluster.split(maxsplit=1)[0].removeprefix("host=")), "moment")
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        first.execute(b"DROP DATABASE moment WITH (FORCE)")


def write(there: Driver) -> None:
    there.execute("SET session_replication_role = replica")
    there.execute("INSERT INTO ordercli.alembic_version VALUES ('more')")


def seen(there: Driver) -> int:
    return int(there.execute("SELECT count(*) FROM alembic_version").fetchone()[0])


def test_a_reader_that_makes_views_of_its_own_sees_one_moment_and_only_reads(moment: Server) -> None:
    with closing(connect(moment, readonly=True)) as there, closing(connect(moment)) as beside:
        before = seen(there)
        write(beside)
        for name in ("first", "second"):
            there.execute("PRAGMA query_only = OFF")
            there.execute(f"CREATE TEMP TABLE {name} (x INTEGER)")
            there.execute("PRAGMA query_only = ON")
            there.execute(f"INSERT INTO {name} VALUES (1)")
            assert (seen(there), seen(beside)) == (before, before + 1)
        with pytest.raises(sqlite3.Error, match="read-only"):
            there.execute("DELETE FROM alembic_version")


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("SELECT 1", "was lost; what was not committed was rolled back, run it again."),
        ("COMMIT", "was lost while the change was committed: it may be there or not."),
    ],
)
def test_only_of_a_commit_it_is_unsure_what_became_of_it(moment: Server, last: str, said: str) -> None:
    with closing(connect(moment)) as there, closing(connect(moment)) as beside:
        there.execute("BEGIN")
        write(there)
        (pid,) = there.execute("SELECT pg_backend_pid()").fetchone()
        beside.execute("SELECT pg_terminate_backend(?, 5000)", (pid,))
        with pytest.raises(OutOfReach, match=said), database_errors(moment):
            there.execute(last)


def test_a_server_that_is_too_busy_to_be_interrupted_is_told_again(
    moment: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object, **__: object) -> None:
        raise psycopg.errors.CancellationTimeout

    with closing(connect(moment)) as there:
        monkeypatch.setattr(psycopg.Connection, "cancel_safe", late)
        there.interrupt()
        assert seen(there) == 0
