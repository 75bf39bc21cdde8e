"""Which dated value of a setting holds on a day: said once by a function and once in SQL, they agree."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import insert, rolled_back
from ordercli.domain.settings import (
    BEGINNING,
    CHANNEL_RULES,
    OLDEST_FIRST,
    PRODUCT_RULES,
    RULES,
    default_of,
    value_on,
    value_sql,
)


@pytest.mark.parametrize(
    ("dated", "day", "value"),
    [
        ([], "2026-03-16", None),
        ([("2026-03-17", "9")], "2026-03-16", None),
        ([("2026-03-16", "9")], "2026-03-16", "9"),
        ([(BEGINNING, "5"), ("2026-03-16", "9")], "2026-03-15", "5"),
        ([(BEGINNING, "5"), ("2026-03-16", "9"), ("2026-03-16", "7")], "2026-03-20", "7"),
    ],
    ids=["no-row", "not-yet", "that-day", "the-day-before", "the-later-of-one-day"],
)
def test_the_latest_row_not_after_a_day_holds_on_it(
    dated: list[tuple[str, str]], day: str, value: str | None
) -> None:
    assert value_on(dated, day) == value


days = st.sampled_from([BEGINNING, "2026-03-15", "2026-03-16", "2026-03-17"])
names = st.sampled_from(["cover_days", "lead_time_days"])


@given(rows=st.lists(st.tuples(names, days, st.integers(0, 9).map(str)), max_size=8), day=days)
def test_the_value_on_a_day_is_the_same_in_sql(
    blank: sqlite3.Connection, rows: list[tuple[str, str, str]], day: str
) -> None:
    with rolled_back(blank):
        for name, valid_from, value in rows:
            insert(blank, "setting", name=name, valid_from=valid_from, value=value)
        sql = f"SELECT {value_sql(':name', ':day')}"
        (found,) = blank.execute(sql, {"name": "cover_days", "day": day}).fetchone()
        sql = f"SELECT valid_from, value FROM setting WHERE name = 'cover_days' ORDER BY {OLDEST_FIRST}"
        dated = [(since, value) for since, value in blank.execute(sql)]
    assert found == value_on(dated, day)


def test_a_channel_and_a_product_have_the_defaults_of_all() -> None:
    assert {default_of(rule.name) for rule in RULES} == {rule.default for rule in RULES}
    for rule in CHANNEL_RULES:
        assert default_of(f"channel.etsy.{rule.name}") == rule.default
    for rule in PRODUCT_RULES:
        assert default_of(f"product.RING.7.{rule.name}") == rule.default
