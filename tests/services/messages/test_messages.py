"""The log of messages: which states follow which, once only, and two processes that send at the same moment."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from cli.steps import done
from conftest import Run
from ordercli.domain.messages.messages import STATES
from turned import changing, looking_into
from warm import start

ALLOWED = {
    ("intended", "unknown"),
    ("failed", "unknown"),
    ("unknown", "sent"),
    ("unknown", "failed"),
    ("unknown", "refused"),
    ("refused", "failed"),
}
PATHS = {
    "intended": (),
    "unknown": ("unknown",),
    "sent": ("unknown", "sent"),
    "failed": ("unknown", "failed"),
    "refused": ("unknown", "refused"),
}


@pytest.fixture
def begun(shop: Run, database: Path) -> Iterator[Any]:
    """A connection to a message that is intended, number 1."""
    done(shop("order", "add", "SHOP-7", "--line", "RING-7:1"))
    with changing(database) as connection:
        connection.execute(
            "INSERT INTO message (sales_order_id, kind, occasion, language, intended_at, operation_id)"
            " VALUES (1, 'delay', 'order', 'en', '2026-03-16T13:00:00Z', 1)"
        )
        yield connection


@contextmanager
def refused(connection: Any, why: str) -> Iterator[None]:
    """What the database refuses leaves all as it was."""
    connection.execute("SAVEPOINT before")
    with pytest.raises(sqlite3.IntegrityError, match=why):
        yield
    connection.execute("ROLLBACK TO SAVEPOINT before")


def become(connection: Any, state: str) -> None:
    connection.execute(
        "INSERT INTO message_event (message_id, state, via, occurred_at, operation_id)"
        " VALUES (1, ?, 'smtp', '2026-03-16T13:00:00Z', 1)",
        (state,),
    )


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES[1:])), ids=str)
def test_a_state_follows_another_as_the_rules_say_and_in_no_other_way(begun: Any, before: str, after: str) -> None:
    for state in PATHS[before]:
        become(begun, state)
    if (before, after) in ALLOWED:
        become(begun, after)
    else:
        with refused(begun, "does not become that now"):
            become(begun, after)
    expected = after if (before, after) in ALLOWED else before
    assert begun.execute("SELECT state FROM message").fetchall() == [(expected,)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE message SET occasion = 'other'",
        "UPDATE message SET kind = 'other'",
        "UPDATE message SET sales_order_id = 2",
        "DELETE FROM message",
        "UPDATE message_event SET detail = 'x'",
        "DELETE FROM message_event",
    ],
)
def test_the_log_is_not_rewritten(begun: Any, statement: str) -> None:
    become(begun, "unknown")
    with refused(begun, "append-only"):
        begun.execute(statement)


def test_the_key_of_a_message_is_there_once(begun: Any) -> None:
    with refused(begun, "(?i)unique"):
        begun.execute(
            "INSERT INTO message (sales_order_id, kind, occasion, language, intended_at, operation_id)"
            " VALUES (1, 'delay', 'order', 'de', '2026-03-17T13:00:00Z', 1)"
        )


@pytest.mark.usefixtures("busy_shop")
def test_two_runs_at_the_same_moment_share_the_work(database: Path, tmp_path: Path) -> None:
    command = ("message", "send", "--plan", "--outbox", "out", "--format", "json")
    running = [start(*command, ORDERCLI_NOW="2026-03-19T09:00:00-04:00") for _ in range(3)]
    codes, said = zip(*(process.ended() for process in running), strict=True)

    assert codes == (0, 0, 0), said
    with looking_into(database) as connection:
        claims = "SELECT count(*), count(DISTINCT message_id) FROM message_event WHERE state = 'unknown'"
        assert connection.execute(claims).fetchone() == (11, 11)
        assert connection.execute("SELECT DISTINCT state FROM message").fetchall() == [("sent",)]
    assert len(list((tmp_path / "out").iterdir())) == 11
