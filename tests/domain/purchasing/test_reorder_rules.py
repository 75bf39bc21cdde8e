"""When to buy and how much, held against figures computed by hand."""

from collections.abc import Sequence
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.demand import Demand, DemandWindow, Ordered
from ordercli.domain.purchasing.reorder import (
    Holding,
    Suggestion,
    SupplierTerms,
    is_quiet,
    order_quantity,
    suggest,
)
from ordercli.domain.purchasing.risk import Risk, shortage_risk
from ordercli.domain.reorder_point import (
    Arrival,
    Levels,
    Policy,
    levels_of,
    safety_stock,
    service_factor,
    up,
)

TODAY = "2026-03-16"
RING = Demand(per_day=0.8, deviation=0.9, days=30, units=24)
RING_POLICY = Policy(lead_time_days=14, cover_days=30, service=0.95)
MONTH = [3, 5, 2, 4, 6, 0, 1, 4, 5, 3, 2, 7, 3, 4, 5, 2, 6, 3, 4, 4, 1, 5, 3, 2, 4, 6, 3, 5, 2, 4]


def demand_of(units: int, squares: int, days: int) -> Demand:
    return DemandWindow(0, days, Ordered(units, squares)).demand


def advise(
    demand: Demand,
    policy: Policy,
    available: int,
    backordered: int,
    arrivals: Sequence[Arrival],
    *,
    terms: SupplierTerms = SupplierTerms(),  # noqa: B008 - a tuple
) -> Suggestion:
    """A suggestion for a product of which a lot was ordered of late."""
    return suggest(demand, policy, terms, Holding(available, backordered, arrivals, 10_000), TODAY)


def ring(*arrivals: Arrival, available: int = 6, backordered: int = 0) -> Suggestion:
    return advise(RING, RING_POLICY, available, backordered, arrivals)


def risk_of(found: Suggestion) -> float:
    assert found.risk is not None
    return found.risk.probability


def test_six_rings_that_sell_0_8_a_day_are_filled_up_to_the_target() -> None:
    found = ring()

    assert round(found.levels.safety_stock, 2) == 5.54
    assert (round(found.levels.reorder_point, 2), found.reorder_point_shown) == (16.74, 17)
    assert round(found.levels.target, 2) == 40.74
    assert found.quantity == 35
    assert found.risk == Risk(pytest.approx(0.929, abs=0.0005), "poisson")  # type: ignore[arg-type]
    assert found.stockout_on == "2026-03-23"
    assert found.reason == "position 6 is at or below reorder point 17 (24 ordered in 30 days)"


def test_twenty_that_arrive_in_ten_days_need_no_order_but_leave_a_risk() -> None:
    found = ring(Arrival(20, "2026-03-26"))

    assert (found.quantity, found.is_gap) == (0, True)
    assert risk_of(found) == pytest.approx(0.687, abs=0.0005)
    assert found.reason == (
        "position 26 is above reorder point 17 (24 ordered in 30 days); 68.7% risk of a gap before 2026-03-26"
    )


def test_twenty_that_arrive_in_sixty_days_are_too_late_and_worth_expediting() -> None:
    found = ring(Arrival(20, "2026-05-15"))

    assert found.quantity == 35
    assert risk_of(found) == pytest.approx(0.929, abs=0.0005)
    assert found.reason.endswith("; expedite: what is on order comes too late")


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

    assert advise(steady, Policy(14, 30, 0.95), 14, 0, []).quantity == 30
    assert advise(steady, Policy(14, 30, 0.95), 15, 0, []).quantity == 0


VECTORS = [
    pytest.param(
        Demand(3.6, 1.6733200530681511, 30, 108), Policy(14, 30, 0.95), 10.298413, 60.698413, id="a month"
    ),
    pytest.param(
        Demand(3.6, 1.6733200530681511, 30, 108),
        Policy(14, 30, 0.95, 9),
        20.533677,
        70.933677,
        id="late deliveries",
    ),
    pytest.param(Demand(10.0, 3.0, 30, 300), Policy(9, 30, 0.95), 14.803683, 104.803683, id="ten a day"),
    pytest.param(
        Demand(10.0, 3.0, 30, 300), Policy(9, 30, 0.95, 4), 36.074456, 126.074456, id="ten a day, late deliveries"
    ),
]


@pytest.mark.parametrize(("demand", "policy", "safety", "point"), VECTORS)
def test_safety_stock_and_reorder_point_are_the_worked_ones(
    demand: Demand, policy: Policy, safety: float, point: float
) -> None:
    found = levels_of(demand, policy)

    assert (round(found.safety_stock, 6), round(found.reorder_point, 6)) == (safety, point)
    assert (up(found.safety_stock), up(found.reorder_point)) == (int(safety) + 1, int(point) + 1)


def test_only_deliveries_that_vary_need_safety_stock_too() -> None:
    policy = Policy(9, 30, 0.95, 4)

    assert safety_stock(Demand(10.0, 0.0, 30, 300), policy) == pytest.approx(service_factor(0.95) * 10 * 2)


def test_days_until_the_supplier_takes_orders_again_lengthen_the_lead_time() -> None:
    waiting = Policy(14, 30, 0.95, wait_days=6)

    assert levels_of(RING, waiting) == levels_of(RING, Policy(20, 30, 0.95))


@pytest.mark.parametrize(
    ("level", "factor"),
    [(0.8, 0.8416), (0.9, 1.2816), (0.975, 1.9600), (0.98, 2.0537), (0.99, 2.3263), (0.999, 3.0902)],
)
def test_higher_service_levels_have_larger_factors(level: float, factor: float) -> None:
    assert service_factor(level) == pytest.approx(factor, abs=5e-5)


def test_an_order_fills_up_to_lead_time_and_cover() -> None:
    demand = Demand(per_day=4.0, deviation=20 / (service_factor(0.95) * sqrt(14)), days=30, units=120)

    found = advise(demand, Policy(14, 30, 0.95), 35, 0, [Arrival(20, "2026-03-20")])

    assert (round(found.levels.target, 6), found.quantity) == (196, 141)
    assert order_quantity(141, SupplierTerms(case_pack=12)) == (144, "cases of 12")


def test_the_last_unit_sells_after_the_days_it_covers() -> None:
    demand = Demand(per_day=4.0, deviation=1.0, days=30, units=120)

    assert advise(demand, RING_POLICY, 120, 0, []).stockout_on == "2026-04-15"


def test_a_product_without_sales_is_never_suggested() -> None:
    found = advise(demand_of(0, 0, 30), RING_POLICY, 40, 0, [])

    assert found[:6] == (Levels(0.0, 0.0, 0.0), 0, 40, 0, None, None)
    assert (found.is_gap, found.is_large, found.reason) == (False, False, "no order in 30 days")


def test_a_product_without_sales_is_bought_for_the_orders_that_wait() -> None:
    found = advise(demand_of(0, 0, 30), RING_POLICY, 0, 5, [Arrival(2, "2026-03-20")])

    assert (found.quantity, found.reason) == (3, "no order in 30 days; 3 owed to waiting orders")


def test_few_open_days_are_taken_as_a_week_and_said_to_be_a_guess() -> None:
    found = advise(demand_of(5, 25, 1), RING_POLICY, 0, 0, [])

    assert [round(units, 6) for units in found.levels] == [0.0, 10.0, round(5 / 7 * 44, 6)]
    assert "5 ordered in 1 day, taken as of 7: a guess" in found.reason


@pytest.mark.parametrize(
    ("own", "least", "point", "quantity"),
    [
        pytest.param(None, 0, 16.739, 35, id="computed"),
        pytest.param(5, 0, 5, 0, id="its own, below what is there"),
        pytest.param(6, 0, 6, 35, id="its own, at what is there"),
        pytest.param(60, 0, 60, 35, id="its own decides when, demand how much"),
        pytest.param(None, 20, 20, 35, id="the shop's least"),
        pytest.param(None, 10, 16.739, 35, id="a least below what demand asks for"),
        pytest.param(0, 20, 0, 0, id="its own 0"),
    ],
)
def test_the_reorder_point_is_its_own_else_computed(
    own: int | None, least: int, point: float, quantity: int
) -> None:
    found = suggest(RING, RING_POLICY, SupplierTerms(), Holding(6, recent=100), TODAY, own, least)

    assert (round(found.point, 3), found.quantity) == (point, quantity)
    assert not is_quiet(RING, RING_POLICY, Holding(6), own, least)
    # Six are not enough until an order now arrives: where its own point says to wait, that is told.
    assert found.is_gap is (quantity == 0)
    assert ("risk of a gap before an order now arrives" in found.reason) is (quantity == 0)


@pytest.mark.parametrize("own", [None, 2, 5, 17])
def test_no_gap_is_told_where_there_is_enough_whatever_its_own_point(own: int | None) -> None:
    found = suggest(RING, RING_POLICY, SupplierTerms(), Holding(60, recent=100), TODAY, own)

    assert (found.quantity, found.is_gap) == (0, False)


def test_what_is_above_a_rounded_point_is_told_the_unrounded_one() -> None:
    assert ring(available=17).reason.startswith("position 17 is above reorder point 16.74 (")


@pytest.mark.parametrize(("recent", "is_large"), [(11, True), (12, False)])
def test_more_than_three_times_what_was_ordered_of_late_needs_a_look(recent: int, *, is_large: bool) -> None:
    found = suggest(RING, RING_POLICY, SupplierTerms(), Holding(6, recent=recent), TODAY)

    assert (found.quantity, found.is_large) == (35, is_large)
    assert ("more than 3 times the 11 ordered in 60 days: have a look" in found.reason) is is_large


BREAKS = ((1, 950), (50, 800), (100, 790))


@pytest.mark.parametrize(
    ("needed", "terms", "quantity", "why"),
    [
        pytest.param(35, SupplierTerms(), 35, "", id="as needed"),
        pytest.param(0, SupplierTerms(minimum=50), 0, "", id="nothing needed, nothing bought"),
        pytest.param(35, SupplierTerms(minimum=50), 50, "the minimum is 50", id="the minimum"),
        pytest.param(35, SupplierTerms(case_pack=12), 36, "cases of 12", id="whole cases"),
        pytest.param(36, SupplierTerms(case_pack=12), 36, "", id="whole cases already"),
        pytest.param(35, SupplierTerms(minimum=50, case_pack=12), 60, "the minimum is 50, cases of 12", id="both"),
        pytest.param(
            45,
            SupplierTerms(breaks=BREAKS),
            50,
            "50 cost less than 45 from the price break on",
            id="427.50 for 45, 400.00 for 50",
        ),
        pytest.param(42, SupplierTerms(breaks=BREAKS), 42, "", id="399.00 for 42, 400.00 for 50"),
        pytest.param(99, SupplierTerms(breaks=BREAKS), 100, "100 cost less than 99 from the price break on"),
        pytest.param(
            45,
            SupplierTerms(case_pack=15, breaks=BREAKS),
            45,
            "",
            id="the break is 60 in whole cases, which cost more",
        ),
    ],
)
def test_an_order_is_raised_to_minimum_cases_and_a_price_break_that_saves(
    needed: int, terms: SupplierTerms, quantity: int, why: str
) -> None:
    assert order_quantity(needed, terms) == (quantity, why)


def test_the_risk_of_a_steady_demand_is_poisson_and_of_a_wild_one_normal() -> None:
    steady, wild = shortage_risk(8.0, 8.1, 6), shortage_risk(36.0, 144.0, 40)

    assert steady == Risk(pytest.approx(0.6866, abs=5e-5), "poisson")  # type: ignore[arg-type]
    assert wild == Risk(pytest.approx(0.3538, abs=5e-5), "normal")  # type: ignore[arg-type]


def test_a_small_risk_keeps_its_digits() -> None:
    """Held against sums of 60 decimals."""
    assert shortage_risk(1.0, 1.0, 20).probability == pytest.approx(7.542625077205278e-21, rel=1e-12)
    assert shortage_risk(400.0, 400.0, 520).probability == pytest.approx(4.128952580942186e-09, rel=1e-10)
    assert shortage_risk(0.5, 0.5, 0).probability == pytest.approx(1 - 0.6065306597126334, rel=1e-12)


def test_there_is_no_risk_before_something_arrives_today() -> None:
    assert risk_of(ring(Arrival(20, TODAY))) == 0


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
    target = levels_of(measured(days), policy).target

    assert advise(measured(days), policy, stock + int(target) + 1, 0, coming).quantity == 0


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

    bought = advise(demand, policy, available, owed, coming).quantity

    left = available - owed + bought
    assert advise(demand, policy, max(left, 0), max(-left, 0), coming).quantity == 0


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
    faster = demand._replace(per_day=demand.per_day + later, units=demand.units + later * demand.days)

    def quantity(wanted: Demand, policy: Policy) -> int:
        return advise(wanted, policy, stock, 0, []).quantity

    usual = quantity(demand, Policy(lead, cover, level))
    assert quantity(demand, Policy(lead, cover, level + (0.9999 - level) * surer)) >= usual
    assert quantity(demand, Policy(lead + later, cover, level)) >= usual
    assert quantity(faster, Policy(lead, cover, level)) >= usual


policies = st.builds(Policy, leads, covers, levels, st.floats(0, 50), st.integers(0, 6))
packs = st.builds(
    SupplierTerms,
    st.integers(1, 60),
    st.integers(1, 24),
    st.lists(st.tuples(st.integers(2, 200), st.integers(1, 900)), max_size=3).map(
        lambda found: ((1, 950), *sorted(dict(found).items()))
    ),
)


@given(needed=st.integers(0, 300), terms=packs)
def test_an_order_is_never_less_than_needed_nor_broken_into_cases(needed: int, terms: SupplierTerms) -> None:
    quantity, _ = order_quantity(needed, terms)

    assert quantity >= needed
    assert quantity % terms.case_pack == 0
    assert quantity == 0 or quantity >= terms.minimum
    assert (quantity == 0) == (needed == 0)


@given(
    days=counts, policy=policies, terms=packs, stock=st.integers(0, 500), owed=st.integers(0, 50), coming=arrivals
)
def test_a_quiet_product_has_nothing_to_buy_and_no_gap(
    days: list[int], policy: Policy, terms: SupplierTerms, stock: int, owed: int, coming: list[Arrival]
) -> None:
    demand = measured(days)
    found = advise(demand, policy, stock, owed, coming, terms=terms)

    if is_quiet(demand, policy, Holding(stock, owed, coming)):
        assert (found.quantity, found.is_gap) == (0, False)
    elif not coming:
        assert found.quantity > 0 or found.position <= found.levels.reorder_point


@given(days=counts, policy=policies, terms=packs, stock=st.integers(0, 500), owed=st.integers(0, 50))
def test_a_suggestion_in_whole_cases_brought_in_leads_to_none(
    days: list[int], policy: Policy, terms: SupplierTerms, stock: int, owed: int
) -> None:
    demand = measured(days)
    bought = advise(demand, policy, stock, owed, [], terms=terms).quantity

    assert advise(demand, policy, stock + bought, owed, [], terms=terms).quantity == 0


@given(days=counts, span=st.integers(0, 120), stock=st.integers(0, 300))
def test_a_risk_is_a_probability_that_more_stock_never_raises(days: list[int], span: int, stock: int) -> None:
    demand = measured(days)
    mean, variance = demand.per_day * span, demand.deviation**2 * span
    risk = shortage_risk(mean, variance, stock).probability

    assert 0 <= risk <= 1
    assert shortage_risk(mean, variance, stock + 1).probability <= risk + 1e-12
