"""Rows that a server gives in portions: what a process holds of them, and what becomes of the rest."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from here import Ran, run_here
from ordercli.dbplace import connect
from ordercli.postgres import portions
from ordercli.queries.reader import Reader, reading
from ordercli.server import Server, place_of
from postgres.conftest import NOW, Twin

MANY = "SELECT id FROM sales_order ORDER BY id"
CURSORS = "SELECT count(*) FROM pg_cursors WHERE name LIKE 'portions%'"


@pytest.fixture
def reader(large: Twin, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    """A reading that is given seven rows at once."""
    monkeypatch.setattr(portions, "AT_ONCE", 7)
    with reading(place_of(large.url), now=NOW, wait_seconds=5) as opened:
        yield opened


def test_no_more_rows_are_held_than_those_of_a_portion(reader: Reader) -> None:
    rows: Any = reader.streamed(MANY)
    for _ in zip(range(20), rows, strict=False):
        assert rows.held <= portions.AT_ONCE


@pytest.mark.parametrize("limit", [0, 1, 6, 7, 8, 14, 15, 600])
def test_all_rows_come_in_their_order_and_nothing_stays_at_the_server(reader: Reader, limit: int) -> None:
    asked = f"{MANY} LIMIT {limit}"
    rows = reader.streamed(asked)
    assert rows.description[0][0] == "id"
    assert list(rows) == reader.rows(asked).fetchall()
    assert next(rows, None) is None
    assert reader.rows(CURSORS).fetchone() == (0,)


def test_other_statements_are_asked_between_two_portions(reader: Reader) -> None:
    pairs = [(one, other) for one in reader.streamed(MANY) for other in reader.streamed(f"{MANY} LIMIT 8")]
    (orders,) = reader.rows("SELECT count(*) FROM sales_order").fetchone()
    assert len(pairs) == orders * 8


def test_a_statement_with_a_function_of_python_is_asked_as_ever(large: Twin) -> None:
    place = place_of(large.url)
    assert isinstance(place, Server)
    with closing(connect(place)) as driver:
        driver.execute("BEGIN")
        driver.teach("doubled", lambda number: number * 2, (int,), int)
        rows = driver.streamed("SELECT doubled(id) FROM product ORDER BY id LIMIT 2")
        assert list(rows) == [(2,), (4,)]


def struck(
    url: str, monkeypatch: pytest.MonkeyPatch, strike: Callable[[portions.Portions], None], *words: str
) -> Ran:
    """What a list says of which the third portion is hindered."""
    fetch, asked = portions.Portions.fetch, [0]

    def third(self: portions.Portions, *told: Any) -> None:
        asked[0] += 1
        if asked[0] == 3:
            strike(self)
        fetch(self, *told)

    monkeypatch.setattr(portions, "AT_ONCE", 7)
    monkeypatch.setattr(portions.Portions, "fetch", third)
    return run_here(words, environment={"ORDERCLI_DB": url, "ORDERCLI_NOW": NOW, "ORDERCLI_FORMAT": "csv"})


def test_a_connection_that_is_lost_on_the_way_ends_the_list_with_what_it_has(
    large: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(rows: portions.Portions) -> None:
        pid = rows.connection.info.backend_pid
        large.there.execute(f"SELECT pg_terminate_backend({pid})".encode())

    ran = struck(large.url, monkeypatch, end, "order", "list")
    assert (ran.exit_code, ran.stdout.count("\n")) == (7, 1 + 2 * 7)
    assert "connection" in ran.stderr


def test_ctrl_c_on_the_way_ends_the_list(large: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: portions.Portions) -> None:
        raise KeyboardInterrupt

    ran = struck(large.url, monkeypatch, interrupt, "order", "list")
    assert (ran.exit_code, ran.stdout.count("\n")) == (130, 1 + 2 * 7)
