"""Checks that are asked through two connections at once."""

import signal
import sqlite3
import sys
from functools import partial
from pathlib import Path
from threading import Barrier, get_ident, main_thread
from time import sleep
from typing import Any

import pytest

from conftest import Run
from ordercli.domain import ledger_walk as walking
from ordercli.domain.ledger_walk import Walked
from ordercli.queries import ledger_walk
from ordercli.queries.doctor import Check, Find, row_checks, row_findings
from ordercli.queries.ledger_walk import WALKED, LedgerWalk
from ordercli.queries.reader import Reader, reading
from ordercli.queries.side_by_side import side_by_side
from patience import LONG, until

NOW = "2026-03-16T13:00:00Z"


def check(code: str) -> Check:
    return Check(code, f"{code} holds")


def laws(walked: LedgerWalk) -> list[Find]:
    return [find for law in WALKED if (find := walked.asking(law))]


def has_nothing_left() -> bool:
    """Whether the first thread waits for what the other finds."""
    frame = sys._current_frames().get(main_thread().ident or 0)  # noqa: SLF001 - the one way to see another thread
    while frame is not None and frame.f_code.co_name != "result":
        frame = frame.f_back
    return frame is not None


def meet(both: Barrier, _: Reader) -> str | None:
    both.wait(LONG)
    return None


def test_what_they_find_is_told_in_their_order_whoever_asked(template: Path) -> None:
    both, asked_by = Barrier(2), dict[str, tuple[int, int]]()

    def ask(reader: Reader, name: str) -> str | None:
        both.wait(LONG)  # each waits for the other, so neither asks all of them
        asked_by[name] = get_ident(), id(reader.connection)
        return name if name in "bd" else None

    checks = [(check(name), lambda reader, name=name: ask(reader, name)) for name in "abcd"]
    with reading(template, now=NOW, wait_seconds=5) as reader:
        found = side_by_side(reader, template, checks)

    assert [(each.check.code, each.example) for each in found] == [
        ("a", None),
        ("b", "b"),
        ("c", None),
        ("d", "d"),
    ]
    assert len(set(asked_by.values())) == 2


def test_they_find_what_one_connection_finds(template: Path) -> None:
    with reading(template, now=NOW, wait_seconds=5) as reader:
        found = side_by_side(reader, template, list(row_checks(deep=True)))

        assert found == list(row_findings(reader, deep=True))


@pytest.mark.parametrize("number", [0, 1])
def test_an_error_that_says_nothing_of_the_rows_comes_out(template: Path, number: int) -> None:
    def ask(reader: Reader, of: int) -> str | None:
        if of == number:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        return reader.currency and None

    checks = [(check(str(of)), lambda reader, of=of: ask(reader, of)) for of in range(9)]
    with (
        reading(template, now=NOW, wait_seconds=5) as reader,
        pytest.raises(Exception, match=r"kept .* locked|database is locked"),
    ):
        side_by_side(reader, template, checks)


def test_two_readers_between_whose_beginnings_another_process_wrote_find_nothing(database: Path, run: Run) -> None:
    assert run("product", "add", "B", "--name", "Brooch", "--unit-price", "5").exit_code == 0
    with reading(database, now=NOW, wait_seconds=5) as early:
        assert run("stock", "receive", "B:3", "--cost", "2").exit_code == 0
        with reading(database, now=NOW, wait_seconds=5) as late:
            for readers in ((early, late), (late, early)):
                walked = LedgerWalk()
                assert {ask(each) for each in readers for ask in laws(walked)} == {None}
        both = Barrier(2)
        meeting: list[tuple[Check, Find]] = [(check(name), partial(meet, both)) for name in "ab"]
        checks = [*meeting, *row_checks(deep=True), *row_checks(deep=True)]

        assert [each for each in side_by_side(early, database, checks) if each.example is not None] == []


def test_two_readers_of_one_moment_share_a_walk(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walks: list[object] = []

    def walk(*told: Any) -> Walked:
        walks.append(told)
        return walking.walk(*told)

    monkeypatch.setattr(ledger_walk, "walk", walk)
    walked = LedgerWalk()
    with (
        reading(template, now=NOW, wait_seconds=5) as one,
        reading(template, now=NOW, wait_seconds=5) as other,
    ):
        assert {ask(each) for each in (one, other) for ask in laws(walked)} == {None}

    assert len(walks) == 1


def test_ctrl_c_after_the_other_connection_ended_is_ctrl_c(template: Path) -> None:
    both, others = Barrier(2), list[sqlite3.Connection]()

    def ask(reader: Reader, mine: Reader) -> None:
        if reader is not mine:
            others.append(reader.file)
            both.wait(LONG)
            return
        both.wait(LONG)
        while True:
            try:
                others[0].interrupt()
            except sqlite3.ProgrammingError:  # it is closed
                raise KeyboardInterrupt from None
            sleep(0.001)

    with reading(template, now=NOW, wait_seconds=5) as reader, pytest.raises(KeyboardInterrupt):
        side_by_side(reader, template, [(check(name), lambda each: ask(each, reader)) for name in "ab"])


def test_ctrl_c_stops_what_the_other_connection_still_asks(template: Path) -> None:
    both = Barrier(2)
    long = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000000) SELECT max(i) FROM n"
    stopped: list[str] = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def ask(reader: Reader, mine: Reader) -> None:
        both.wait(LONG)
        if reader is not mine:
            until(has_nothing_left)
            signal.pthread_kill(main_thread().ident or 0, signal.SIGINT)
            with pytest.raises(sqlite3.OperationalError) as told:
                reader.rows(long).fetchone()
            stopped.append(str(told.value))

    try:
        with reading(template, now=NOW, wait_seconds=5) as reader, pytest.raises(KeyboardInterrupt):
            side_by_side(reader, template, [(check(name), lambda each: ask(each, reader)) for name in "ab"])
    finally:
        signal.signal(signal.SIGINT, before)

    assert stopped == ["interrupted"]
