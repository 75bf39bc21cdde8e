"""When to buy and how much, held against figures computed by hand."""

from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.reorder import (
    Arrival,
    Demand,
    Policy,
    Suggestion,
    demand_of,
    safety_stock,
    service_factor,
    shortage_risk,
    suggest,
)

TODAY = "2026-03-16"
RING = Demand(per_day=0.8, deviation=0.9, days=30, units=24)
RING_POLICY = Policy(lead_time_days=14, cover_days=30, service=0.95)
MONTH = [3, 5, 2, 4, 6, 0, 1, 4, 5, 3, 2, 7, 3, 4, 5, 2, 6, 3, 4, 4, 1, 5, 3, 2, 4, 6, 3, 5, 2, 4]


def ring(*arrivals: Arrival, available: int = 6, backordered: int = 0) -> Suggestion:
    return suggest(RING, RING_POLICY, available, backordered, arrivals, TODAY)


def test_six_rings_that_sell_0_8_a_day_are_filled_up_to_the_target() -> None:
    found = ring()

    assert round(found.safety_stock, 2) == 5.54
    assert (round(found.reorder_point, 2), found.reorder_point_shown) == (16.74, 17)
    assert round(found.target, 2) == 40.74
    assert found.quantity == 35
    assert found.stockout_on == "2026-03-23"
    assert found.reason == "position 6 is at or below reorder point 17 (24 sold in 30 days)"


def test_twenty_that_arrive_in_ten_days_need_no_order_but_leave_a_risk() -> None:
    found = ring(Arrival(20, "2026-03-26"))

    assert found.quantity == 0
    assert found.risk == pytest.approx(0.687, abs=0.0005)
    assert found.reason == "position 26 is above reorder point 17 (24 sold in 30 days)"


def test_twenty_that_arrive_in_sixty_days_are_too_late_and_worth_expediting() -> None:
    found = ring(Arrival(20, "2026-05-15"))

    assert found.quantity == 35
    assert found.risk == pytest.approx(0.929, abs=0.0005)
    assert "expedite" in found.reason


@pytest.mark.parametrize(
    ("day", "quantity"),
    [
        pytest.param("2026-03-30", 0, id="on the last day of the lead time"),
        pytest.param("2026-03-31", 15, id="after the lead time, in time for the cover"),
        pytest.param("2026-04-29", 15, id="on the last day of the cover"),
        pytest.param("2026-04-30", 35, id="after the cover"),
        pytest.param("2026-03-01", 0, id="overdue, so any day now"),
    ],
)
def test_an_arrival_counts_if_it_comes_in_time(day: str, quantity: int) -> None:
    assert ring(Arrival(20, day)).quantity == quantity


def test_enough_on_order_after_the_lead_time_is_low_but_covered() -> None:
    found = ring(Arrival(35, "2026-04-10"))

    assert (found.quantity, "what is on order covers it" in found.reason) == (0, True)


def test_units_owed_to_waiting_orders_are_bought_too() -> None:
    assert ring(available=0, backordered=3).quantity == 35 + 6 + 3


@pytest.mark.parametrize(
    ("available", "is_needed"), [pytest.param(16, True, id="at 16 of 16.74"), pytest.param(17, False, id="at 17")]
)
def test_the_position_is_compared_with_the_unrounded_point(available: int, is_needed: bool) -> None:
    assert (ring(available=available).quantity > 0) is is_needed


def test_a_position_exactly_at_the_point_is_reordered() -> None:
    steady = Demand(per_day=1.0, deviation=0.0, days=30, units=30)

    assert suggest(steady, Policy(14, 30, 0.95), 14, 0, [], TODAY).quantity == 30
    assert suggest(steady, Policy(14, 30, 0.95), 15, 0, [], TODAY).quantity == 0


def test_a_month_of_daily_sales_gives_its_mean_and_sample_deviation() -> None:
    demand = demand_of(sum(MONTH), sum(units * units for units in MONTH), len(MONTH))

    assert demand.per_day == pytest.approx(3.6)
    assert demand.deviation == pytest.approx(1.673320, abs=5e-7)
    assert safety_stock(demand, 14, 0.95) == pytest.approx(10.298413, abs=5e-7)
    found = suggest(demand, Policy(14, 30, 0.95), 50, 0, [], TODAY)
    assert found.reorder_point == pytest.approx(60.698413, abs=5e-7)
    assert found.reorder_point_shown == 61


def test_the_factor_of_a_service_level_is_the_exact_quantile() -> None:
    demand = Demand(per_day=10.0, deviation=3.0, days=30, units=300)

    assert service_factor(0.95) == pytest.approx(1.6448536, abs=5e-8)
    assert safety_stock(demand, 9, 0.95) == pytest.approx(14.803683, abs=5e-7)
    found = suggest(demand, Policy(9, 30, 0.95), 104, 0, [], TODAY)
    assert found.reorder_point == pytest.approx(104.803683, abs=5e-7)


@pytest.mark.parametrize(
    ("level", "factor"),
    [(0.8, 0.8416), (0.9, 1.2816), (0.975, 1.9600), (0.98, 2.0537), (0.99, 2.3263), (0.999, 3.0902)],
)
def test_higher_service_levels_have_larger_factors(level: float, factor: float) -> None:
    assert service_factor(level) == pytest.approx(factor, abs=5e-5)


def test_an_order_fills_up_to_lead_time_and_cover() -> None:
    demand = Demand(per_day=4.0, deviation=20 / (service_factor(0.95) * sqrt(14)), days=30, units=120)

    found = suggest(demand, Policy(14, 30, 0.95), 35, 0, [Arrival(20, "2026-03-20")], TODAY)

    assert (round(found.target, 6), found.quantity) == (196, 141)


def test_the_last_unit_sells_after_the_days_it_covers() -> None:
    demand = Demand(per_day=4.0, deviation=1.0, days=30, units=120)

    assert suggest(demand, RING_POLICY, 120, 0, [], TODAY).stockout_on == "2026-04-15"


def test_a_product_without_sales_is_never_suggested() -> None:
    found = suggest(demand_of(0, 0, 30), RING_POLICY, 40, 0, [], TODAY)

    assert found == Suggestion(0.0, 0.0, 0.0, 0, None, None, "no sales in 30 days")


def test_a_product_without_sales_is_bought_for_the_orders_that_wait() -> None:
    found = suggest(demand_of(0, 0, 30), RING_POLICY, 0, 5, [Arrival(2, "2026-03-20")], TODAY)

    assert (found.quantity, found.reason) == (3, "no sales in 30 days; 3 owed to waiting orders")


def test_one_sale_is_said_to_be_a_guess() -> None:
    found = suggest(demand_of(1, 1, 30), RING_POLICY, 0, 0, [], TODAY)

    assert found.quantity > 0
    assert "one sale in 30 days: a guess" in found.reason


def test_a_window_of_one_day_has_no_deviation() -> None:
    assert demand_of(5, 25, 1) == Demand(per_day=5.0, deviation=0.0, days=1, units=5)


def test_the_risk_of_a_steady_demand_is_poisson_and_of_a_wild_one_normal() -> None:
    assert shortage_risk(RING, 6, 10) == pytest.approx(0.6866, abs=5e-5)
    assert shortage_risk(Demand(4.0, 4.0, 30, 120), 40, 9) == pytest.approx(0.3538, abs=5e-5)


def test_there_is_no_risk_before_something_arrives_today() -> None:
    assert ring(Arrival(20, TODAY)).risk == 0


counts = st.lists(st.integers(0, 40), min_size=2, max_size=90)
arrivals = st.lists(st.builds(Arrival, st.integers(1, 60), st.dates().map(str)), max_size=4)
leads = st.integers(0, 60)
covers = st.integers(1, 90)
levels = st.floats(0.501, 0.9999)


def measured(days: list[int]) -> Demand:
    return demand_of(sum(days), sum(units * units for units in days), len(days))


@given(days=counts, lead=leads, cover=covers, level=levels, stock=st.integers(0, 500), coming=arrivals)
def test_nothing_is_suggested_at_or_above_the_target(
    days: list[int], lead: int, cover: int, level: float, stock: int, coming: list[Arrival]
) -> None:
    policy = Policy(lead, cover, level)
    target = suggest(measured(days), policy, stock, 0, coming, TODAY).target

    assert suggest(measured(days), policy, stock + int(target) + 1, 0, coming, TODAY).quantity == 0


@given(
    days=counts,
    lead=leads,
    cover=covers,
    level=levels,
    stock=st.integers(0, 500),
    owed=st.integers(0, 50),
    coming=arrivals,
)
def test_a_suggestion_brought_in_leads_to_none(
    days: list[int], lead: int, cover: int, level: float, stock: int, owed: int, coming: list[Arrival]
) -> None:
    demand, policy = measured(days), Policy(lead, cover, level)
    available = 0 if owed else stock

    bought = suggest(demand, policy, available, owed, coming, TODAY).quantity

    left = available - owed + bought
    assert suggest(demand, policy, max(left, 0), max(-left, 0), coming, TODAY).quantity == 0


@given(
    days=counts,
    lead=leads,
    cover=covers,
    level=levels,
    more=st.tuples(st.integers(0, 9), st.floats(0, 0.4)),
    stock=st.integers(0, 500),
)
def test_a_surer_or_slower_supply_and_more_demand_never_ask_for_less(
    days: list[int], lead: int, cover: int, level: float, more: tuple[int, float], stock: int
) -> None:
    demand, (later, surer) = measured(days), more
    faster = Demand(demand.per_day + later, demand.deviation, demand.days, demand.units + later * demand.days)

    def quantity(wanted: Demand, policy: Policy) -> int:
        return suggest(wanted, policy, stock, 0, [], TODAY).quantity

    usual = quantity(demand, Policy(lead, cover, level))
    assert quantity(demand, Policy(lead, cover, level + (0.9999 - level) * surer)) >= usual
    assert quantity(demand, Policy(lead + later, cover, level)) >= usual
    assert quantity(faster, Policy(lead, cover, level)) >= usual


@given(days=counts, span=st.integers(0, 120), stock=st.integers(0, 300))
def test_a_risk_is_a_probability_that_more_stock_never_raises(days: list[int], span: int, stock: int) -> None:
    risk = shortage_risk(measured(days), stock, span)

    assert 0 <= risk <= 1
    assert shortage_risk(measured(days), stock + 1, span) <= risk + 1e-12
