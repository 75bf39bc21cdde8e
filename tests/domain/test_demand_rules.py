"""Velocity over days in stock, windows with weights, and TSB held against figures of an independent program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.demand import (
    Demand,
    Sold,
    VelocityWindow,
    days_out,
    demand_of,
    is_sparse,
    parse_windows,
    tsb,
    weighted_demand,
    windows_of,
)
from ordercli.domain.fields import FieldError

MONTH = [3, 5, 2, 4, 6, 0, 1, 4, 5, 3, 2, 7, 3, 4, 5, 2, 6, 3, 4, 4, 1, 5, 3, 2, 4, 6, 3, 5, 2, 4]


def sold(days: list[int], weight: float = 1.0) -> Sold:
    return Sold(len(days), sum(days), sum(units * units for units in days), weight)


def series(days: list[int]) -> list[tuple[int, int]]:
    return [(place, units) for place, units in enumerate(days) if units]


def test_a_month_of_daily_sales_gives_its_mean_and_sample_deviation() -> None:
    demand = demand_of(sum(MONTH), sum(units * units for units in MONTH), len(MONTH))

    assert (demand.per_day, round(demand.deviation, 6), demand.units) == (3.6, 1.673320, 108)


@pytest.mark.parametrize(
    ("last", "units"), [pytest.param(7, 26, id="a week"), pytest.param(14, 52, id="two weeks")]
)
def test_a_shorter_window_has_the_newest_days(last: int, units: int) -> None:
    assert demand_of(sum(MONTH[-last:]), 0, last).per_day == units / last


def test_a_window_of_one_day_has_no_deviation() -> None:
    assert demand_of(5, 25, 1) == Demand(per_day=5.0, deviation=0.0, days=1, units=5)


def test_a_window_without_a_day_in_stock_knows_nothing() -> None:
    assert demand_of(0, 0, 0) == Demand(0.0, 0.0, 0, 0)


def test_days_without_stock_make_the_others_count_more() -> None:
    assert demand_of(24, 40, 20).per_day == 1.2


def test_windows_count_by_their_weights_and_the_deviation_is_of_the_longest() -> None:
    demand = weighted_demand([sold([4] * 7, 0.5), sold([2] * 30, 0.3), sold([1, 3] * 45, 0.2)])

    assert (round(demand.per_day, 6), demand.method) == (0.5 * 4 + 0.3 * 2 + 0.2 * 2, "weighted mean")
    assert demand.deviation == demand_of(180, 450, 90).deviation


def test_a_window_that_was_out_of_stock_leaves_its_weight_to_the_others() -> None:
    demand = weighted_demand([Sold(0, 0, 0, 0.5), Sold(20, 20, 20, 0.3), Sold(60, 120, 300, 0.2)])

    assert demand.per_day == pytest.approx((0.3 * 1 + 0.2 * 2) / 0.5)


@pytest.mark.parametrize(
    ("demand", "words"),
    [
        (Demand(0.8, 0.9, 30, 24), "24 sold in 30 days"),
        (Demand(1.2, 0.9, 20, 24, window_days=30), "24 sold in 20 days in stock of 30"),
        (Demand(1 / 30, 0.2, 30, 1), "one sale in 30 days: a guess"),
        (Demand(5.0, 0.0, 1, 5, window_days=30), "5 sold in 1 day in stock of 30: a guess"),
        (Demand(0.0, 0.0, 30, 0), "no sales in 30 days"),
        (Demand(0.1, 0.3, 90, 9, "TSB"), "9 sold in 90 days, TSB"),
        (Demand(0.4, 0.5, 30, 12, until="2026-01-10"), "12 sold in 30 days up to 2026-01-10, none in stock since"),
    ],
)
def test_a_velocity_says_what_it_rests_on(demand: Demand, words: str) -> None:
    assert demand.basis == words


# Windows as settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("30", "30"),
        ("7:50,30:30,90:20", "7:50,30:30,90:20"),
        (" 90:20%, 7:80 ", "7:80,90:20"),
        ("60:100", "60:100"),
    ],
)
def test_windows_are_stored_shortest_first(text: str, stored: str) -> None:
    assert parse_windows(text) == stored


def test_windows_have_days_and_weights() -> None:
    assert windows_of("30") == (VelocityWindow(30, 1.0),)
    assert windows_of("7:50,30:30,90:20") == (
        VelocityWindow(7, 0.5),
        VelocityWindow(30, 0.3),
        VelocityWindow(90, 0.2),
    )


@pytest.mark.parametrize(
    "text", ["", "0", "366", "-7", "7,30", "7:50,30:40", "7:50,7:50", "7:", ":50", "1:20,2:20,3:20,4:20,5:20"]
)
def test_windows_that_make_no_sense_are_refused(text: str) -> None:
    with pytest.raises(FieldError):
        parse_windows(text)


# TSB -------------------------------------------------------------------------------------------------

# Figures of statsforecast 2.1.1, TSB(alpha_d=0.1, alpha_p=0.1), one step ahead.
CHECKED = [
    pytest.param([0, 0, 3, 0, 0, 0, 1, 0, 2, 0, 0, 0, 0, 4, 0], 0.6107073901977892, id="sparse"),
    pytest.param([1, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0.38742048900000015, id="sold once, on the first day"),
    pytest.param([0, 0, 0, 0, 0, 0, 0, 0, 0, 2], 0.2, id="sold once, yesterday"),
    pytest.param([0, 1, *[0] * 28], 0.005233476330273611, id="dying"),
    pytest.param([3, 5, 2, 4, 6, 0, 1, 4, 5, 3, 2, 7, 3, 4, 5], 3.61453491938117, id="nearly every day"),
    pytest.param([2] * 12, 2.0, id="steady"),
]


@pytest.mark.parametrize(("days", "velocity"), CHECKED)
def test_tsb_gives_what_an_independent_program_gives(days: list[int], velocity: float) -> None:
    assert tsb(series(days), len(days)) == pytest.approx(velocity, rel=1e-12)


def test_tsb_of_nothing_is_nothing() -> None:
    assert tsb([], 30) == 0


@given(days=st.lists(st.integers(0, 9), min_size=1, max_size=90).filter(any), smoothing=st.floats(0.01, 0.9))
def test_tsb_is_what_smoothing_day_by_day_gives(days: list[int], smoothing: float) -> None:
    likely, size = float(days[0] > 0), 0.0
    for place, units in enumerate(days):
        if place:
            likely += smoothing * ((units > 0) - likely)
        if units:
            size = size + smoothing * (units - size) if size else float(units)

    assert tsb(series(days), len(days), smoothing=smoothing) == pytest.approx(likely * size)


@given(days=st.lists(st.integers(0, 9), min_size=1, max_size=60))
def test_another_day_without_a_sale_never_raises_tsb(days: list[int]) -> None:
    assert tsb(series(days), len(days) + 1) <= tsb(series(days), len(days))


@pytest.mark.parametrize(
    ("days", "sale_days", "sparse"), [(33, 25, True), (32, 25, False), (30, 0, False), (30, 30, False)]
)
def test_sales_are_sparse_from_a_mean_interval_of_1_32_days(days: int, sale_days: int, sparse: bool) -> None:
    assert is_sparse(days, sale_days) is sparse


# Days without stock ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("began", "ended", "sold_on", "out"),
    [
        pytest.param(3, 6, (), [4, 5], id="between the day it ran out and the day it came"),
        pytest.param(3, 4, (), [], id="over night"),
        pytest.param(3, 3, (), [], id="within a day"),
        pytest.param(-1, 3, (), [0, 1, 2], id="from before the window"),
        pytest.param(3, 7, (5,), [4, 6], id="a day with a sale counts"),
    ],
)
def test_a_day_counts_as_in_stock_if_there_was_any_at_any_time(
    began: int, ended: int, sold_on: tuple[int, ...], out: list[int]
) -> None:
    assert days_out(began, ended, sold_on) == out
