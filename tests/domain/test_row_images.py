"""How the journal writes rows: what triggers and statements put together is what comes out."""

import sqlite3
from contextlib import closing
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.journal import image_sql, is_told, literals_sql, read_image, read_literals, write_image

TYPES = {"id": "INTEGER", "name": "TEXT", "mark": "BLOB", "told": "TEXT"}
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
rows = st.fixed_dictionaries(
    {
        "id": st.integers(-(2**63), 2**63 - 1),
        "name": st.none() | texts,
        "mark": st.binary(),
        "told": st.none() | st.sampled_from(["NULL", "'", "'',NULL", "12", '{"hex":"00"}', "%Q"]),
    }
)


def asked(sql: str, *columns: str, values: dict[str, Any]) -> Any:
    with closing(sqlite3.connect(":memory:")) as connection:
        told = ", ".join(f":{name} AS {name}" for name in columns)
        return connection.execute(f"SELECT {sql} FROM (SELECT {told}) r", values).fetchone()[0]


@given(rows)
def test_literals_of_a_trigger_are_read_as_the_values_they_were(row: dict[str, Any]) -> None:
    literals = asked(literals_sql([*TYPES], "r", binary=["mark"]), *TYPES, values=row)

    assert read_literals(literals, TYPES) == row


@given(rows)
def test_an_image_is_the_same_whoever_writes_it_and_leaves_out_what_is_null(
    row: dict[str, Any],
) -> None:
    image = asked(image_sql([*row], "r", binary=["mark"]), *row, values=row)

    told = {name: value for name, value in row.items() if value is not None}
    assert read_image(image) == read_image(write_image(told)) == told


def test_a_column_is_told_even_if_what_is_told_is_null() -> None:
    image = write_image({"name": None})

    assert asked(is_told("r.image", "'name'"), "image", values={"image": image}) == 1
    assert asked(is_told("r.image", "'told'"), "image", values={"image": image}) == 0
    assert read_image(None) == {}
