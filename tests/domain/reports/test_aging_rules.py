"""Value classes, sell-through, excess and what to do, and the two classical figures, held against worked ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.purchasing.economy import economic_order, worst_case_stock
from ordercli.domain.reports.aging import Shelf, action_of, excess_units, sell_through, status_of
from ordercli.domain.value_classes import abc_classes


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        pytest.param(
            [5000, 3000, 900, 500, 300, 150, 100, 50], "AABBBCCC", id="the share before the item decides"
        ),
        pytest.param([50, 3000, 300, 5000, 150, 900, 100, 500], "CABACBCB", id="in any order"),
        pytest.param([100], "A", id="one product"),
        pytest.param([0, 0], "CC", id="worth nothing"),
        pytest.param([], "", id="none"),
        pytest.param([8000, 2000], "AB", id="exactly 80 % before"),
        pytest.param([1, 1, 1, 1, 1], "AAAAB", id="equal ones in their order"),
    ],
)
def test_products_fall_into_classes_by_value(values: list[int], classes: str) -> None:
    assert "".join(abc_classes(values)) == classes


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40))
def test_no_product_is_of_a_lower_class_than_one_worth_less(values: list[int]) -> None:
    ranked = sorted(zip(values, abc_classes(values), strict=True), key=lambda pair: (-pair[0], pair[1]))

    assert [name for _, name in ranked] == sorted(name for _, name in ranked)


def test_sell_through_is_shipped_over_the_mean_on_hand() -> None:
    assert sell_through(270, (60 + 90 + 120 + 90) / 4) == 3.0
    assert sell_through(5, 0) is None


@pytest.mark.parametrize(
    ("on_hand", "per_day", "excess"), [(100, 1.0, 10), (90, 1.0, 0), (40, 0.0, 40), (200, 0.7, 137), (5, 0.1, 0)]
)
def test_what_is_above_ninety_days_of_sales_is_excess(on_hand: int, per_day: float, excess: int) -> None:
    assert excess_units(on_hand, per_day, 90) == excess


@pytest.mark.parametrize(
    ("shelf", "status", "action"),
    [
        pytest.param(Shelf(10, 400, 200, 10), "DEAD", "clear all 10", id="sold long ago"),
        pytest.param(Shelf(10, 400, None, 10), "DEAD", "clear all 10", id="never sold"),
        pytest.param(Shelf(10, 29, None, 10), "NEW", "wait", id="new, not sold yet"),
        pytest.param(Shelf(10, 30, None, 10), "EXCESS", "buy none; sell off 10", id="not new any more"),
        pytest.param(Shelf(10, 20, 300, 4), "EXCESS", "buy none; sell off 4", id="new stock after a long pause"),
        pytest.param(Shelf(100, 80, 1, 10), "EXCESS", "buy none; sell off 10", id="more than is enough"),
        pytest.param(Shelf(10, 80, 1, 0), "OK", "keep", id="sells"),
    ],
)
def test_what_lies_there_has_a_status_and_something_to_do(shelf: Shelf, status: str, action: str) -> None:
    assert status_of(shelf, 180) == status
    assert action_of(status, shelf).startswith(action)


def test_the_economic_order_is_the_worked_one() -> None:
    found = economic_order(3650, 25, 2)

    assert [round(figure, 6) for figure in found] == [302.076149, 12.083046, 30.207615, 604.152299]
    assert economic_order(1200, 50, 12 * 0.25)[:2] == (200.0, 6.0)


def test_the_worst_seen_is_the_worked_one() -> None:
    assert worst_case_stock(18, 12, 10, 9) == 126
