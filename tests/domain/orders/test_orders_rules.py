"""Order rules: status from quantities, lateness to the second, the oldest line first."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import insert, rolled_back
from ordercli.domain.orders.orders import (
    CANCELED_BY,
    STATUSES,
    counts_against,
    counts_against_sql,
    fill_oldest_first,
    is_late,
    order_status,
)

PROMISE = "2026-03-18T06:59:59Z"


@pytest.mark.parametrize(
    ("units", "shipped", "canceled", "is_released", "status"),
    [
        (2, 0, 0, False, "pending"),
        (2, 0, 0, True, "unshipped"),
        (2, 1, 0, True, "partially_shipped"),
        (2, 1, 0, False, "partially_shipped"),
        (3, 1, 1, True, "partially_shipped"),
        (2, 2, 0, True, "shipped"),
        (2, 1, 1, True, "shipped"),
        (2, 0, 1, True, "unshipped"),
        (2, 0, 1, False, "pending"),
        (2, 0, 2, True, "canceled"),
        (0, 0, 0, True, "canceled"),
    ],
)
def test_the_status_follows_from_the_quantities(
    units: int, shipped: int, canceled: int, *, is_released: bool, status: str
) -> None:
    assert order_status(units, shipped, canceled, is_released=is_released) == status


@given(
    open_units=st.integers(0, 9), shipped=st.integers(0, 9), canceled=st.integers(0, 9), is_released=st.booleans()
)
def test_an_order_is_done_exactly_when_no_unit_is_open(
    open_units: int, shipped: int, canceled: int, *, is_released: bool
) -> None:
    status = order_status(open_units + shipped + canceled, shipped, canceled, is_released=is_released)

    assert status in STATUSES
    assert (status in ("shipped", "canceled")) == (open_units == 0)
    assert (status in ("pending", "unshipped", "canceled")) == (shipped == 0)


few = st.integers(0, 3)


@given(open_units=few, shipped=few, canceled=few, is_released=st.booleans())
def test_the_status_and_what_is_open_are_the_same_in_the_database(
    blank: sqlite3.Connection, open_units: int, shipped: int, canceled: int, *, is_released: bool
) -> None:
    units = open_units + shipped + canceled
    sums = {"units": units, "units_shipped": shipped, "units_canceled": canceled}
    with rolled_back(blank):
        insert(blank, "sales_order", fulfillment="FBM", is_released=int(is_released), **sums)
        found = blank.execute("SELECT status, units_open FROM sales_order").fetchone()
    assert tuple(found) == (order_status(units, shipped, canceled, is_released=is_released), open_units)


@pytest.mark.parametrize(
    ("confirmed_at", "ship_by", "late"),
    [
        (PROMISE, PROMISE, False),
        ("2026-03-18T07:00:00Z", PROMISE, True),
        ("2026-03-18T06:59:58Z", PROMISE, False),
        (None, PROMISE, None),
        (PROMISE, None, None),
        (None, None, None),
    ],
    ids=["that-second", "a-second-later", "before", "not-confirmed", "no-promise", "neither"],
)
def test_a_shipment_is_late_a_second_after_its_promise(
    confirmed_at: str | None, ship_by: str | None, late: bool | None
) -> None:
    assert is_late(confirmed_at, ship_by) is late


@pytest.mark.parametrize("canceled_by", [*CANCELED_BY, "unknown"])
def test_what_the_seller_or_a_message_canceled_counts_against_the_seller(
    blank: sqlite3.Connection, canceled_by: str
) -> None:
    sql = f"SELECT {counts_against_sql('c.')} FROM (SELECT ? AS canceled_by) c"
    (found,) = blank.execute(sql, (canceled_by,)).fetchone()
    assert found == counts_against(canceled_by) == (canceled_by in ("buyer-message", "seller"))


@pytest.mark.parametrize(
    ("wanted", "open_units", "taken"),
    [
        (3, [2, 2], [2, 1]),
        (1, [2, 2], [1, 0]),
        (0, [2], [0]),
        (9, [2, 2], [2, 2]),
        (2, [0, 2], [0, 2]),
        (1, [], []),
    ],
)
def test_the_oldest_line_is_filled_first(wanted: int, open_units: list[int], taken: list[int]) -> None:
    assert fill_oldest_first(wanted, open_units) == taken


@given(st.integers(0, 50), st.lists(st.integers(0, 9), max_size=8))
def test_filling_takes_all_that_is_wanted_and_there(wanted: int, open_units: list[int]) -> None:
    taken = fill_oldest_first(wanted, open_units)

    assert sum(taken) == min(wanted, sum(open_units))
    assert all(0 <= part <= units for part, units in zip(taken, open_units, strict=True))


def test_who_cancels_is_one_of_three() -> None:
    assert CANCELED_BY == ("buyer", "buyer-message", "seller")
