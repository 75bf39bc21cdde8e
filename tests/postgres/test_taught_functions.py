"""Functions of Python in SQL at a server are asked once for each value, and many rows go there together."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest

from ordercli.postgres.connection import ServerDriver
from ordercli.postgres.opening import connect
from postgres.conftest import connected
from server_shops import at


@pytest.fixture
def driver(cluster: str) -> Iterator[ServerDriver]:
    """A connection of ordercli's, in a transaction of its own."""
    connected(f"{cluster} dbname=template1").close()  # it may only just have started
    folder = Path(cluster.split(maxsplit=1)[0].removeprefix("host="))
    with closing(connect(at(folder, "template1"))) as opened:
        opened.execute("BEGIN")
        opened.execute("CREATE TEMP TABLE kept (number INTEGER NOT NULL, doubled INTEGER NOT NULL)")
        yield opened


@pytest.mark.parametrize("rows", [3, 300])
@pytest.mark.parametrize("behind", ["", " ON CONFLICT DO NOTHING"])
def test_what_writes_has_every_value_and_each_is_computed_once(
    driver: ServerDriver, rows: int, behind: str
) -> None:
    computed: list[int] = []

    def double(number: int) -> int:
        computed.append(number)
        return 2 * number

    driver.teach("double", double, (int,), int)
    series = f"SELECT n, double(n) FROM pg_catalog.generate_series(1, {rows}) AS t (n)"
    assert driver.execute(f"INSERT INTO kept (number, doubled) {series}{behind}").rowcount == rows
    driver.execute(f"CREATE TEMP TABLE made AS {series} ORDER BY 1 DESC")
    assert driver.execute("SELECT double(?), double(2)", (1,)).fetchall() == [(2, 4)]
    assert driver.execute("UPDATE kept SET doubled = double(number) + 1").rowcount == rows
    assert driver.execute("SELECT count(*) FROM kept WHERE doubled = 2 * number + 1").fetchone() == (rows,)
    assert driver.execute("SELECT rowid FROM made WHERE n = ?", (rows,)).fetchone() == (1,)
    assert sorted(computed) == list(range(1, rows + 1))


@pytest.mark.parametrize("back", ["ROLLBACK TO SAVEPOINT before", "ROLLBACK"])
def test_functions_that_were_rolled_back_are_made_anew(driver: ServerDriver, back: str) -> None:
    driver.execute("SAVEPOINT before")
    driver.teach("quoted", lambda text: f"50 % {text}", (str,), str)
    assert driver.execute("SELECT quoted(?)", ("a",)).fetchone() == ("50 % a",)
    driver.execute(back)
    assert driver.execute("SELECT quoted(?)", ("b",)).fetchone() == ("50 % b",)


def test_what_a_law_refuses_is_refused_while_values_are_asked_for(driver: ServerDriver) -> None:
    driver.teach("nothing", lambda _: None, (int,), int)
    with pytest.raises(sqlite3.IntegrityError):
        driver.execute("INSERT INTO kept (number, doubled) SELECT 1, nothing(1)")


def test_a_statement_for_many_rows_goes_to_the_server_with_many_others(driver: ServerDriver) -> None:
    driver.execute("CREATE TEMP TABLE told (number INTEGER, words TEXT)")
    driver.executemany("INSERT INTO told VALUES (?, '')", [(number,) for number in range(1000)])
    ways: list[object] = []
    execute = psycopg.ClientCursor.execute

    def counted(self: object, *given: object) -> object:
        ways.append(given)
        return execute(self, *given)  # type: ignore[call-overload]

    with patch.object(psycopg.ClientCursor, "execute", counted):
        done = driver.executemany(
            "UPDATE told SET words = :words WHERE number = :number",
            ({"words": f"50 % of '{number}'; ?", "number": number} for number in range(500, 1500)),
        )
    assert (done.rowcount, len(ways)) == (500, 5)
    assert driver.execute("SELECT words FROM told WHERE number = 999").fetchone() == ("50 % of '999'; ?",)
    assert driver.executemany("UPDATE told SET words = ? WHERE number = ?", []).rowcount == 0
    with pytest.raises(sqlite3.IntegrityError):
        driver.executemany("UPDATE kept SET doubled = ? WHERE number = ?", _refused(driver))


def _refused(driver: ServerDriver) -> list[tuple[int | None, int]]:
    """Values of which the last but one is against a law of the table."""
    driver.executemany("INSERT INTO kept VALUES (?, 0)", [(number,) for number in range(300)])
    return [(None if number == 298 else number, number) for number in range(300)]


def test_a_function_of_python_is_asked_for_each_of_many_rows(driver: ServerDriver) -> None:
    driver.teach("double", lambda number: 2 * number, (int,), int)
    driver.execute("CREATE TEMP TABLE told (number INTEGER, doubled INTEGER)")
    driver.executemany("INSERT INTO told VALUES (?, 0)", [(number,) for number in range(3)])
    done = driver.executemany("UPDATE told SET doubled = double(?) WHERE number = ?", [(5, 0), (6, 1), (7, 9)])
    assert done.rowcount == 2
    assert driver.execute("SELECT doubled FROM told ORDER BY number").fetchall() == [(10,), (12,), (0,)]
