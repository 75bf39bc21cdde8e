"""Units still open: the function and the generated columns say the same, and never less than none."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import insert, rolled_back
from ordercli.domain.open_units import open_units

few = st.integers(0, 4)

# Each table, with the two columns of units that are open no more.
ROWS = {
    "order_line": ("quantity_shipped", "quantity_canceled"),
    "purchase_line": ("quantity_received", "quantity_canceled"),
    "fba_shipment_line": ("quantity_received", "quantity_lost"),
}


def test_more_than_was_ordered_leaves_nothing_open() -> None:
    assert (open_units(5, 2, 1), open_units(5, 5), open_units(5, 6, 1)) == (2, 0, 0)


@pytest.mark.parametrize(("table", "gone"), ROWS.items(), ids=ROWS)
@given(quantity=st.integers(1, 6), first=few, second=few)
def test_a_line_has_its_open_units_as_the_function_says(
    blank: sqlite3.Connection, table: str, gone: tuple[str, str], quantity: int, first: int, second: int
) -> None:
    told = {"quantity": quantity, gone[0]: first, gone[1]: second}
    if table == "purchase_line":
        told["quantity_over"] = max(0, first + second - quantity)
    elif first + second > quantity:
        return
    if table == "fba_shipment_line":
        told["quantity_arrived"] = first + second
    with rolled_back(blank):
        insert(blank, table, **told)
        (found,) = blank.execute(f"SELECT quantity_open FROM {table}").fetchone()
    assert found == open_units(quantity, first, second)
