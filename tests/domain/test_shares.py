"""One way to share an amount: tables of cases, laws, and the SQL beside the function on the same data."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.shares import COLUMNS, ITEM, LEFT, TOTAL, Amounts, share, share_sql, shares_of, total_of

MINOR = st.integers(0, 10**10)
QUANTITY = st.integers(0, 40)
AMOUNTS = st.builds(Amounts, *[MINOR | st.integers(0, 9)] * 7)
LIKELY = st.builds(Amounts, st.integers(50, 10**6), *[st.integers(0, 10**6)] * 5, st.integers(0, 50))


@pytest.mark.parametrize(
    ("minor", "part", "whole", "expected"),
    [
        pytest.param(100, 1, 3, 33, id="below half a cent"),
        pytest.param(200, 1, 3, 67, id="above half a cent"),
        pytest.param(5, 1, 2, 3, id="half a cent goes up"),
        pytest.param(-5, 1, 2, -3, id="below zero as above"),
        pytest.param(100, 2, 3, 67, id="two of three"),
        pytest.param(100, 3, 3, 100, id="all"),
        pytest.param(100, 0, 3, 0, id="none"),
        pytest.param(0, 1, 7, 0, id="of nothing"),
        pytest.param(100, 0, 0, 0, id="of a line without units"),
        pytest.param(10**15 + 1, 1, 2, 5 * 10**14 + 1, id="large"),
    ],
)
def test_a_share_is_rounded_half_up(minor: int, part: int, whole: int, expected: int) -> None:
    assert share(minor, part, whole) == expected


EVERYTHING = Amounts(1000, 100, 100, 100, 100, 100, 0)


@pytest.mark.parametrize(
    ("paid", "units", "quantity", "expected"),
    [
        pytest.param(Amounts(1000, 100), 2, 3, Amounts(666, 67), id="tax: 7.33 = 6.66 + 0.67"),
        pytest.param(EVERYTHING, 2, 3, Amounts(665, 67, 67, 67, 67, 67), id="five amounts: 10.00"),
        pytest.param(Amounts(1000, discount=10), 2, 3, Amounts(667, discount=7), id="discount: 6.67 - 0.07"),
        pytest.param(Amounts(1000), 1, 3, Amounts(333), id="nothing but the item"),
        pytest.param(Amounts(100, discount=300), 1, 2, Amounts(50, discount=150), id="more taken off than paid"),
        pytest.param(Amounts(), 1, 3, Amounts(), id="nothing paid"),
    ],
)
def test_the_item_has_what_the_other_parts_leave_of_the_total(
    paid: Amounts, units: int, quantity: int, expected: Amounts
) -> None:
    assert paid.first(units, quantity) == expected
    assert paid.first(units, quantity).total == share(paid.total, units, quantity)


def test_no_unit_of_five_has_a_tax_below_zero() -> None:
    taxes = [Amounts(903, 1).between(unit, unit + 1, 5).item_tax for unit in range(5)]

    assert taxes == [0, 0, 1, 0, 0]


def test_an_item_that_costs_nothing_bears_the_cents_of_the_rest() -> None:
    units = [Amounts(0, 1, 1).between(unit, unit + 1, 4) for unit in range(4)]

    assert [unit.item for unit in units] == [1, -2, 1, 0]
    assert [unit.total for unit in units] == [1, 0, 1, 0]


@given(AMOUNTS, st.integers(1, 40), st.data())
def test_parts_add_up_whatever_the_pieces(paid: Amounts, quantity: int, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, quantity), max_size=5)))
    pieces = [
        paid.between(start, stop, quantity) for start, stop in zip([0, *cuts], [*cuts, quantity], strict=True)
    ]

    assert Amounts(*map(sum, zip(*pieces, strict=True))) == paid
    assert all(piece.total == sum(piece[:-1]) - piece.discount for piece in pieces)
    assert all(part >= 0 for piece in pieces for part in piece[1:])


@given(LIKELY, st.integers(1, 40), st.data())
def test_a_share_is_fair_to_less_than_a_cent(paid: Amounts, quantity: int, data: st.DataObject) -> None:
    units = data.draw(st.integers(0, quantity))
    mine = paid.first(units, quantity)

    assert all(
        2 * abs(had * quantity - all_of_it * units) <= quantity
        for had, all_of_it in zip(mine[1:], paid[1:], strict=True)
    )
    assert 2 * abs(mine.total * quantity - paid.total * units) <= quantity
    assert abs(mine.item * quantity - paid.item * units) <= 4 * quantity


def sql_row(expression: str, paid: Amounts, quantity: int, canceled: int) -> tuple[int, ...]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(
            f"CREATE TABLE order_line (quantity INTEGER, quantity_canceled INTEGER, {', '.join(COLUMNS.values())})"
        )
        told = [part or None for part in paid]  # what is not known is NULL
        connection.execute(f"INSERT INTO order_line VALUES (?, ?{', ?' * len(told)})", (quantity, canceled, *told))
        (row,) = connection.execute(expression).fetchall()
    return tuple(row)


@given(AMOUNTS, QUANTITY, st.data())
def test_the_sql_shares_as_the_function(paid: Amounts, quantity: int, data: st.DataObject) -> None:
    canceled = data.draw(st.integers(0, quantity))
    mine = paid.first(quantity - canceled, quantity)

    found = sql_row(
        f"SELECT {total_of(LEFT)}, {TOTAL}, total, {ITEM}, {', '.join(Amounts._fields[1:])}"
        f" FROM (SELECT l.*, {shares_of(LEFT)} FROM order_line l) l",
        paid,
        quantity,
        canceled,
    )

    assert found == (mine.total, paid.total, mine.total, *mine)


@given(st.integers(-(10**12), 10**12), st.integers(0, 10**5), st.integers(0, 10**5))
def test_the_sql_rounds_as_the_function(minor: int, part: int, whole: int) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        ((found,),) = connection.execute(
            f"SELECT {share_sql('m', 'p', 'w')} FROM (SELECT ? AS m, ? AS p, ? AS w)", (minor, part, whole)
        )

    assert found == share(minor, part, whole)
