"""A number with its noun is the same in SQL."""

import sqlite3
from contextlib import closing

from ordercli.domain.words import count, counted_sql


def test_sql_counts_as_the_function_does() -> None:
    numbers = (-1200, -1, 0, 1, 2, 999, 1000, 1_234_567)
    with closing(sqlite3.connect(":memory:")) as connection:
        found = [connection.execute(f"SELECT {counted_sql('?1', 'unit')}", (n,)).fetchone()[0] for n in numbers]
    assert found == [count(number, "unit") for number in numbers]
    assert found[3:5] == ["1 unit", "2 units"]
