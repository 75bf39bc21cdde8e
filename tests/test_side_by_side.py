"""Checks that are asked through two connections at once."""

import sqlite3
from pathlib import Path
from threading import Barrier, get_ident

import pytest

from ordercli.queries.doctor import Check, row_checks, row_findings
from ordercli.queries.reader import Reader, reading
from ordercli.queries.side_by_side import side_by_side

NOW = "2026-03-16T13:00:00Z"
WAIT = 20


def check(code: str) -> Check:
    return Check(code, f"{code} holds")


def test_what_they_find_is_told_in_their_order_whoever_asked(template: Path) -> None:
    both, asked_by = Barrier(2), dict[str, tuple[int, int]]()

    def ask(reader: Reader, name: str) -> str | None:
        both.wait(WAIT)  # each waits for the other, so neither asks all of them
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
