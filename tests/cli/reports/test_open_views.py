"""The open views hold nobody's data and keep their names; that they say what reports say is in ``viewed.py``."""

import re
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from cli.lists import NOW, lived_in
from cli.steps import listed
from conftest import Run
from ordercli.cli.reports.view_reference import reference
from ordercli.domain.money import EXPONENTS, MAX_MINOR, format_amount, nearest_number, nearest_number_sql
from ordercli.domain.orders.personal import ERASED
from ordercli.domain.report import Column
from ordercli.queries.reports.open_views import VERSION, VIEWS, type_of
from ordercli.queries.reports.view_meanings import meaning_of, unused

__all__ = ["lived_in"]

DOCS = Path(__file__).parents[3] / "docs"


def test_every_view_has_rows_in_a_shop_that_has_lived(lived_in: Run) -> None:
    counts = {name: listed(lived_in, "sql", f"SELECT * FROM {name}", now=NOW) for name in VIEWS}

    assert [name for name, rows in counts.items() if not rows] == []
    assert {name: list(rows[0]) for name, rows in counts.items()} == {
        name: [column.name for column in view.columns] for name, view in VIEWS.items()
    }
    kept = {str(row[each]) for rows in counts.values() for row in rows for each in row}
    assert not [text for text in kept if re.search(r"Ana|Roth|Byron|Birch Lane|@|555-", text)]


def test_no_view_has_a_column_about_a_person_or_a_name_that_must_be_quoted() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        for name, view in VIEWS.items():
            names = [column.name for column in view.columns]
            assert not {*names} & {*ERASED, "customer", "state", "country"}, name
            assert len(set(names)) == len(names)
            connection.execute(f"CREATE TABLE {name} ({', '.join(names)})")
            connection.execute(f"SELECT {', '.join(names)} FROM {name}")
            assert "currency" in names or not [c for c in view.columns if c.kind == "money"]


PINNED = Path(__file__).parents[2] / "data" / "open_views" / "columns.txt"


def test_the_views_keep_their_columns(request: pytest.FixtureRequest) -> None:
    """Whoever takes a column away, or lets it mean another thing, raises the version; more may come without."""
    lines = [f"{name}.{c.name} {type_of(c)} {c.kind}" for name, view in VIEWS.items() for c in view.columns]
    text = "\n".join([f"version {VERSION}", *lines]) + "\n"
    if request.config.getoption("--update-golden"):
        PINNED.write_text(text, encoding="utf-8")

    assert text == PINNED.read_text(encoding="utf-8")


def test_the_page_of_the_views_is_what_they_are() -> None:
    assert reference() == (DOCS / "views.md").read_text(encoding="utf-8")
    assert unused() == set()
    assert all(meaning_of(column) for view in VIEWS.values() for column in view.columns)


@pytest.mark.parametrize("currency", [*EXPONENTS, "XXX"])
def test_an_amount_is_the_nearest_number_and_comes_back_from_it(currency: str) -> None:
    amounts = [0, 1, -1, 10, 3410, 29, 57, 113, 1_234_567_891, MAX_MINOR, -MAX_MINOR]
    with closing(sqlite3.connect(":memory:")) as connection:
        for minor in amounts:
            number = nearest_number(minor, currency)
            (in_sql,) = connection.execute(
                f"SELECT {nearest_number_sql(':minor', ':currency')}", {"minor": minor, "currency": currency}
            ).fetchone()
            assert (number, type(number)) == (in_sql, float)
            assert number == float(Decimal(format_amount(minor, currency)))
            assert f"{number:.{EXPONENTS.get(currency, 2)}f}" == format_amount(minor, currency)


def test_a_kind_of_values_has_one_type() -> None:
    assert type_of(Column("x", "money")) == "REAL"
    assert type_of(Column("x", "flag")) == "INTEGER"
    assert type_of(Column("x")) == "TEXT"
