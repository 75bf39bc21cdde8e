"""Which days are open, and what velocity and deviation they give: tables of cases and laws."""

from statistics import NormalDist, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.demand import (
    Demand,
    DemandWindow,
    Ordered,
    StockoutDays,
    closed_stretches,
    look_at,
    ordered_units,
)
from ordercli.domain.reorder_point import service_factor

MONTH = [3, 5, 2, 4, 6, 0, 1, 4, 5, 3, 2, 7, 3, 4, 5, 2, 6, 3, 4, 4, 1, 5, 3, 2, 4, 6, 3, 5, 2, 4]
TODAY = 800_000


def days(units: list[int], *, end: int = TODAY) -> dict[int, int]:
    """Units of the days that end before ``end``, by day."""
    return {end - len(units) + place: each for place, each in enumerate(units)}


def test_a_month_of_orders_gives_its_mean_and_sample_deviation() -> None:
    demand = look_at(days(MONTH), (), TODAY).demand

    assert (demand.per_day, round(demand.deviation, 6), demand.units, demand.days) == (3.6, 1.673320, 108, 30)


@pytest.mark.parametrize(
    ("canceled", "units"),
    [
        ((), 5),
        (((2, "buyer"),), 3),
        (((2, "buyer-message"), (1, "buyer")), 2),
        (((2, "seller"), (1, "unknown")), 5),
        (((2, "buyer"), (-2, "buyer")), 5),
    ],
)
def test_what_the_buyer_canceled_was_not_wanted(canceled: tuple[tuple[int, str], ...], units: int) -> None:
    assert ordered_units(5, canceled) == units


# Days 0 to 29; the window is 10 to 19.
@pytest.mark.parametrize(
    ("stockout", "ordered_on", "closed"),
    [
        pytest.param((12, 16), (), [(13, 16)], id="between the day it ran out and the day it came"),
        pytest.param((12, 13), (), [], id="over night"),
        pytest.param((12, 12), (), [], id="within a day"),
        pytest.param((5, 13), (), [(10, 13)], id="from before the window"),
        pytest.param((None, 13), (), [(10, 13)], id="before the first stock"),
        pytest.param((17, None), (), [(18, 20)], id="still"),
        pytest.param((None, None), (), [(10, 20)], id="never in stock"),
        pytest.param((12, 18), (14,), [(15, 18)], id="after the last order"),
        pytest.param((12, 18), (14, 17), [], id="orders to the end"),
        pytest.param((5, 18), (7,), [(10, 18)], id="the last order before the window"),
        pytest.param((12, 18), (12, 18), [(13, 18)], id="orders on its first and last day are not inside"),
        pytest.param((None, None), (11,), [(12, 20)], id="made to order"),
        pytest.param((2, 8), (), [], id="over before the window"),
    ],
)
def test_days_are_closed_at_the_end_of_a_stockout_after_its_last_order(
    stockout: tuple[int | None, int | None], ordered_on: tuple[int, ...], closed: list[tuple[int, int]]
) -> None:
    assert list(closed_stretches([StockoutDays(*stockout)], ordered_on, 10, 20)) == closed


def test_two_stockouts_are_each_their_own() -> None:
    stockouts = [StockoutDays(None, 12), StockoutDays(14, 18)]

    assert list(closed_stretches(stockouts, (16,), 10, 20)) == [(10, 12), (17, 18)]


@pytest.mark.parametrize(
    ("open_days", "units", "per_day", "is_guess"),
    [(30, 24, 0.8, False), (7, 14, 2.0, False), (6, 14, 2.0, True), (1, 7, 1.0, True)],
)
def test_under_seven_open_days_are_taken_as_seven(
    open_days: int, units: int, per_day: float, *, is_guess: bool
) -> None:
    new = [StockoutDays(None, TODAY - open_days)]

    demand = look_at({TODAY - 1: units}, new, TODAY).demand

    assert (demand.days, demand.per_day, demand.is_guess) == (open_days, per_day, is_guess)


def test_one_open_day_has_no_deviation() -> None:
    assert look_at({TODAY - 1: 5}, [StockoutDays(None, TODAY - 1)], TODAY).demand.deviation == 0


def test_what_is_gone_keeps_what_it_sold_in_the_days_up_to_its_last_order() -> None:
    gone = [StockoutDays(TODAY - 60, None)]
    sold = days([2] * 20, end=TODAY - 60) | {TODAY - 200: 90}

    look = look_at(sold, gone, TODAY)

    assert (look.first, look.end) == (TODAY - 90, TODAY - 60)
    assert (look.demand.units, look.demand.days, look.demand.per_day) == (40, 30, 40 / 30)
    assert look.demand.until is not None


def test_what_was_never_there_and_never_ordered_is_unknown() -> None:
    demand = look_at({}, [StockoutDays(None, None)], TODAY).demand

    assert demand == Demand(0.0, 0.0, 0, 0, 30)
    assert demand.basis == "no order, and nothing to sell on any of 30 days"


@pytest.mark.parametrize(
    ("demand", "words"),
    [
        (Demand(0.8, 0.9, 30, 24), "24 ordered in 30 days"),
        (Demand(1.2, 0.9, 20, 24, 30), "24 ordered in 20 open days of 30"),
        (Demand(5 / 7, 0.0, 1, 5, 30), "5 ordered in 1 open day of 30, taken as of 7: a guess"),
        (Demand(0.0, 0.0, 30, 0), "no order in 30 days"),
        (Demand(0.0, 0.0, 3, 0, 30), "no order in 3 open days of 30"),
        (
            Demand(0.4, 0.5, 30, 12, 0, "2026-01-10"),
            "12 ordered in 30 days up to 2026-01-10, nothing to sell since",
        ),
    ],
)
def test_a_velocity_says_what_it_rests_on(demand: Demand, words: str) -> None:
    assert demand.basis == words


spells = st.lists(st.integers(TODAY - 40, TODAY + 1), max_size=6, unique=True).map(
    lambda ends: [StockoutDays(*pair) for pair in zip(sorted(ends)[::2], sorted(ends)[1::2], strict=False)]
)
orders = st.dictionaries(st.integers(TODAY - 70, TODAY - 1), st.integers(0, 9), max_size=30)


@given(units_on=orders, stockouts=spells)
def test_every_day_with_an_order_is_open_and_the_deviation_is_that_of_the_open_days(
    units_on: dict[int, int], stockouts: list[StockoutDays]
) -> None:
    look = look_at(units_on, stockouts, TODAY)
    closed = {day for start, stop in look.closed for day in range(start, stop)}
    open_days = [day for day in range(look.first, look.end) if day not in closed]

    assert not any(units_on.get(day) for day in closed)
    units = [units_on.get(day, 0) for day in open_days]
    assert (look.demand.units, look.demand.days) == (sum(units), len(units))
    if len(units) > 1:
        assert look.demand.deviation == pytest.approx(stdev(units), abs=1e-9)


@given(units_on=orders, stockouts=spells)
def test_no_stock_at_all_never_lowers_the_velocity_of_what_was_ordered(
    units_on: dict[int, int], stockouts: list[StockoutDays]
) -> None:
    known = look_at(units_on, stockouts, TODAY).demand

    assert known.per_day >= look_at(units_on, (), TODAY).demand.per_day


def test_a_look_without_anything_is_thirty_open_days() -> None:
    assert DemandWindow(0, 30, Ordered()).demand == Demand(0.0, 0.0, 30, 0)


@given(fraction=st.floats(0.5001, 0.9999))
def test_z_is_the_normal_quantile(fraction: float) -> None:
    assert service_factor(fraction) == pytest.approx(NormalDist().inv_cdf(fraction), abs=1e-9)
