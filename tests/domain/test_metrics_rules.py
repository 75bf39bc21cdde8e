"""How a rate is judged, and which days it looks at."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ordercli.domain.metrics import METRICS, Judgment, judge, window_of

ONE, TWO_AND_HALF, FOUR = Decimal("0.01"), Decimal("0.025"), Decimal("0.04")


@pytest.mark.parametrize(
    ("defects", "orders", "limit", "status", "headroom"),
    [
        pytest.param(2, 60, FOUR, "AT_RISK", 0, id="2 of 60 late"),
        pytest.param(1, 60, FOUR, "OK", 1, id="1 of 60 late"),
        pytest.param(3, 60, FOUR, "BREACH", 0, id="3 of 60 late"),
        pytest.param(4, 120, FOUR, "AT_RISK", 0, id="4 of 120 late"),
        pytest.param(5, 120, FOUR, "BREACH", 0, id="5 of 120 late"),
        pytest.param(4, 100, FOUR, "BREACH", 0, id="exactly at the limit"),
        pytest.param(27896, 870669, FOUR, "OK", 6930, id="a very large seller"),
        pytest.param(1, 38, TWO_AND_HALF, "BREACH", 0, id="1 of 38 canceled"),
        pytest.param(0, 38, TWO_AND_HALF, "AT_RISK", 0, id="none of 38 canceled, one would be too many"),
        pytest.param(3, 115, TWO_AND_HALF, "BREACH", 0, id="3 of 115 canceled"),
        pytest.param(7, 800, ONE, "AT_RISK", 0, id="7 of 800 defective"),
        pytest.param(8, 800, ONE, "BREACH", 0, id="8 of 800 defective"),
        pytest.param(0, 800, ONE, "OK", 7, id="none of 800 defective"),
        pytest.param(0, 0, ONE, "NO_DATA", None, id="no orders"),
    ],
)
def test_a_rate_must_stay_under_its_limit(
    defects: int, orders: int, limit: Decimal, status: str, headroom: int | None
) -> None:
    judged = judge(defects, orders, limit)

    assert (judged.status, judged.headroom) == (status, headroom)
    assert judged.rate == (defects / orders if orders else None)


@pytest.mark.parametrize(
    ("defects", "orders", "foreseen", "status"),
    [
        pytest.param(1, 60, 0, "OK", id="nothing open"),
        pytest.param(1, 60, 1, "OK", id="2 of 61"),
        pytest.param(1, 60, 2, "AT_RISK", id="3 of 62 would breach"),
        pytest.param(0, 96, 4, "AT_RISK", id="4 of 100 would be exactly at the limit"),
        pytest.param(3, 60, 5, "BREACH", id="a breach stays one"),
        pytest.param(0, 0, 1, "AT_RISK", id="only open orders"),
    ],
)
def test_a_breach_foreseen_from_what_is_open_is_a_risk(
    defects: int, orders: int, foreseen: int, status: str
) -> None:
    assert judge(defects, orders, FOUR, foreseen=foreseen).status == status


limits = st.decimals("0.001", 1, places=3)


@given(orders=st.integers(1, 10**6), share=st.floats(0, 1), limit=limits)
def test_headroom_more_defects_are_no_breach_and_one_more_is(orders: int, share: float, limit: Decimal) -> None:
    defects = int(orders * share * float(limit))
    judged = judge(defects, orders, limit)
    assume(judged.status != "BREACH")
    assert judged.headroom is not None

    assert judge(defects + judged.headroom, orders, limit).status == "AT_RISK"
    assert judge(defects + judged.headroom + 1, orders, limit).status == "BREACH"


@given(orders=st.integers(1, 10**6), defects=st.integers(0, 10**6), limit=limits)
def test_a_rate_is_a_breach_exactly_if_it_is_not_under_the_limit(
    orders: int, defects: int, limit: Decimal
) -> None:
    assume(defects <= orders)

    assert (judge(defects, orders, limit).status == "BREACH") == (Decimal(defects) >= limit * orders)


def test_nothing_is_judged_without_orders() -> None:
    assert judge(0, 0, FOUR) == Judgment(rate=None, status="NO_DATA", headroom=None)


@pytest.mark.parametrize(
    ("day", "days", "first", "last"),
    [
        pytest.param("2026-03-16", 7, "2026-03-09", "2026-03-15", id="a week"),
        pytest.param("2026-03-09", 10, "2026-02-27", "2026-03-08", id="over the end of a month"),
        pytest.param("2026-01-01", 30, "2025-12-02", "2025-12-31", id="ending with the year"),
        pytest.param("2026-01-15", 30, "2025-12-16", "2026-01-14", id="over the end of a year"),
        pytest.param("2028-03-01", 10, "2028-02-20", "2028-02-29", id="ending with a leap day"),
        pytest.param("2026-03-16", 60, "2026-01-15", "2026-03-15", id="sixty days"),
        pytest.param("2026-03-16", 1, "2026-03-15", "2026-03-15", id="yesterday"),
    ],
)
def test_a_window_is_whole_days_ending_yesterday(day: str, days: int, first: str, last: str) -> None:
    assert window_of(day, days) == (first, last)


def test_the_rates_and_the_length_of_their_windows() -> None:
    assert {rule.name: rule.days for rule in METRICS} == {
        "order_defect_rate": 60,
        "late_shipment_rate_10d": 10,
        "late_shipment_rate_30d": 30,
        "cancellation_rate": 7,
    }
