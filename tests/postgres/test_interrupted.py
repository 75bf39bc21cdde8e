"""Ctrl-C while a server commits: what is said of it is true."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from here import run_here
from ordercli.server import Server
from patience import LONG, started, until
from postgres.conftest import connected
from server_shops import at

NOW = "2026-03-20T14:00:00Z"
_SLOW = """
CREATE FUNCTION public.waits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_catalog.pg_sleep(3600); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON ordercli.location DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION public.waits()"""


@pytest.fixture
def shop(cluster: str) -> Server:
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        first.execute(b"DROP DATABASE IF EXISTS interrupted WITH (FORCE)")
        first.execute(b"CREATE DATABASE interrupted TEMPLATE template0")
    server = at(Path(cluster.split(maxsplit=1)[0].removeprefix("host=")), "interrupted")
    words = ("init", "--time-zone", "America/New_York", "--currency", "USD")
    made = run_here(words, environment={"ORDERCLI_DB": str(server), "ORDERCLI_NOW": NOW})
    assert made.exit_code == 0, made.stderr
    return server


@pytest.fixture
def keeper(cluster: str, shop: Server) -> Iterator[Any]:  # noqa: ARG001 - which makes the database
    """Of the server's own: what it is set to is given back."""
    with closing(connected(f"{cluster} dbname=interrupted")) as connection:
        yield connection
        connection.execute(b"ALTER SYSTEM RESET synchronous_standby_names")
        connection.execute(b"SELECT pg_reload_conf()")


def interrupted(shop: Server, keeper: Any, waits_for: str) -> str:
    """What a command says that is interrupted as its commit waits."""
    words = [sys.executable, "-m", "ordercli", "--db", str(shop), "location", "add", "ATTIC"]
    asks = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'ordercli' AND wait_event = %s"
    with started(words, stderr=subprocess.PIPE, text=True, env={**os.environ, "ORDERCLI_NOW": NOW}) as ran:
        until(lambda: keeper.execute(asks.encode(), (waits_for,)).fetchone() == (1,), "it does not wait")
        ran.send_signal(signal.SIGINT)
        _, said = ran.communicate(timeout=LONG)
    assert ran.returncode == 130, said
    return str(said)


def is_there(keeper: Any) -> bool:
    return bool(keeper.execute(b"SELECT count(*) FROM ordercli.location WHERE code = 'ATTIC'").fetchone()[0])


def test_who_interrupts_a_commit_that_waits_for_a_standby_is_told_to_look(shop: Server, keeper: Any) -> None:
    keeper.execute(b"ALTER SYSTEM SET synchronous_standby_names = '*'")
    keeper.execute(b"SELECT pg_reload_conf()")

    said = interrupted(shop, keeper, "SyncRep")

    assert said.startswith("Interrupted while the change was committed: it may be there or not."), said
    assert "ordercli log" in said
    assert is_there(keeper)


def test_who_interrupts_laws_that_are_asked_as_it_commits_is_told_the_same(shop: Server, keeper: Any) -> None:
    keeper.execute(_SLOW.encode())

    said = interrupted(shop, keeper, "PgSleep")

    assert said.startswith("Interrupted while the change was committed: it may be there or not."), said
    assert not is_there(keeper)
