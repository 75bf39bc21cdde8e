"""How a rate is judged, and which days it looks at."""

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.domain.health.metrics import METRICS, Judgment, clean_to_recover, judge, window_of
from ordercli.domain.limits import Limit, Window, parse_limit, parse_window


def under(percent: str) -> Limit:
    return parse_limit(percent, is_most=True)


def at_least(percent: str) -> Limit:
    return parse_limit(percent, is_most=False)


ONE, TWO_AND_HALF, FOUR = under("1%"), under("2.5%"), under("4%")


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
        pytest.param(0, 38, TWO_AND_HALF, "OK", 0, id="none of 38 canceled, though one would be too many"),
        pytest.param(3, 115, TWO_AND_HALF, "BREACH", 0, id="3 of 115 canceled"),
        pytest.param(7, 800, ONE, "AT_RISK", 0, id="7 of 800 defective"),
        pytest.param(8, 800, ONE, "BREACH", 0, id="8 of 800 defective"),
        pytest.param(0, 800, ONE, "OK", 7, id="none of 800 defective"),
        pytest.param(0, 0, ONE, "NO_DATA", None, id="no orders"),
    ],
)
def test_a_rate_must_stay_under_its_limit(
    defects: int, orders: int, limit: Limit, status: str, headroom: int | None
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
        pytest.param(0, 50, 2, "OK", id="2 of 52 would be within it, though 2 of 50 would not"),
        pytest.param(0, 48, 2, "AT_RISK", id="2 of 50 would be exactly at the limit"),
        pytest.param(3, 60, 5, "BREACH", id="a breach stays one"),
        pytest.param(0, 0, 1, "AT_RISK", id="only open orders"),
    ],
)
def test_a_breach_foreseen_from_what_is_open_is_a_risk(
    defects: int, orders: int, foreseen: int, status: str
) -> None:
    assert judge(defects, orders, FOUR, foreseen=foreseen).status == status


limits = st.builds(Limit, st.decimals("0.001", 1, places=3), st.booleans(), st.booleans())


@pytest.mark.parametrize(
    ("good", "counted", "limit", "status", "headroom"),
    [
        pytest.param(190, 200, "95%", "AT_RISK", 0, id="190 of 200 shipments tracked is exactly enough"),
        pytest.param(189, 200, "95%", "BREACH", 0, id="189 of 200 is not"),
        pytest.param(90, 100, "90%", "AT_RISK", 0, id="90 of 100 units on time is exactly enough"),
        pytest.param(90, 100, ">90%", "BREACH", 0, id="unless it must be more"),
        pytest.param(100, 100, "90%", "OK", 10, id="all on time"),
        pytest.param(0, 0, "90%", "NO_DATA", None, id="nothing"),
    ],
)
def test_what_is_in_order_must_reach_its_limit(
    good: int, counted: int, limit: str, status: str, headroom: int | None
) -> None:
    judged = judge(counted - good, counted, at_least(limit), is_most=False)

    assert (judged.status, judged.headroom) == (status, headroom)
    assert judged.rate == (good / counted if counted else None)


def test_a_rate_without_limit_is_told_and_not_judged() -> None:
    assert judge(5, 10, None) == Judgment(rate=0.5, status="OK", headroom=None)


@given(counted=st.integers(1, 10**6), share=st.floats(0, 1), limit=limits)
def test_headroom_more_defects_are_no_breach_and_one_more_is(counted: int, share: float, limit: Limit) -> None:
    defects = int(counted * share * float(limit.share))
    judged = judge(defects, counted, limit, is_most=limit.is_most)
    assume(judged.status != "BREACH")
    assert judged.headroom is not None

    used_up = defects + judged.headroom
    assert judge(used_up, counted, limit, is_most=limit.is_most).status == ("AT_RISK" if used_up else "OK")
    assert judge(defects + judged.headroom + 1, counted, limit, is_most=limit.is_most).status == "BREACH"


def keeps(defects: int, counted: int, limit: Limit) -> bool:
    """Whether a rate is within its limit, by the words of the limit."""
    part = defects if limit.is_most else counted - defects
    told, most = Decimal(part), limit.share * counted
    if limit.is_most:
        return told < most if limit.is_strict else told <= most
    return told > most if limit.is_strict else told >= most


@given(counted=st.integers(1, 10**6), defects=st.integers(0, 10**6), limit=limits)
def test_a_rate_is_a_breach_exactly_if_it_does_not_keep_its_limit(
    counted: int, defects: int, limit: Limit
) -> None:
    assume(defects <= counted)

    assert (judge(defects, counted, limit, is_most=limit.is_most).status != "BREACH") == keeps(
        defects, counted, limit
    )


@pytest.mark.parametrize(
    ("defects", "counted", "limit", "more"),
    [
        pytest.param(2, 63, FOUR, 0, id="2 of 63 is within"),
        pytest.param(3, 63, FOUR, 13, id="3 of 63 needs 13, since 3 of 75 is exactly 4 %"),
        pytest.param(3, 63, under("<=4%"), 12, id="12 if exactly the limit will do"),
        pytest.param(11, 200, at_least("95%"), 20, id="189 of 200 tracked shipments needs 20"),
        pytest.param(1, 0, FOUR, 26, id="from nothing"),
    ],
)
def test_how_many_clean_orders_bring_a_rate_back(defects: int, counted: int, limit: Limit, more: int) -> None:
    assert clean_to_recover(defects, counted, limit) == more


@given(
    counted=st.integers(1, 10**5),
    defects=st.integers(0, 10**3),
    limit=limits.filter(lambda it: it.share < 1),
)
def test_one_order_fewer_would_not_bring_it_back(counted: int, defects: int, limit: Limit) -> None:
    assume(defects <= counted)
    more = clean_to_recover(defects, counted, limit)

    assert more is not None
    assert keeps(defects, counted + more, limit)
    assert more == 0 or not keeps(defects, counted + more - 1, limit)


def test_no_number_of_clean_orders_makes_up_for_a_defect_where_all_must_be_clean() -> None:
    assert clean_to_recover(1, 60, at_least("100%")) is None
    assert clean_to_recover(0, 60, at_least("100%")) == 0


@pytest.mark.parametrize("text", ["", "0%", "101%", "under 4%", ">4%", "==4%", "< <4%", "4%%"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(FieldError):
        parse_limit(text, is_most=True)


def test_a_limit_says_its_sign() -> None:
    assert [str(limit) for limit in (FOUR, under("<= 4 %"), at_least("95%"), at_least(">95"))] == [
        "< 4 %",
        "<= 4 %",
        ">= 95 %",
        "> 95 %",
    ]


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("60 days, lag 16", Window(60, 16)),
        ("60d lag 16d", Window(60, 16)),
        ("7", Window(7, 0)),
        ("1 days", Window(1, 0)),
        ("365 days, lag 60", Window(365, 60)),
    ],
)
def test_a_window_is_days_and_a_lag(text: str, window: Window) -> None:
    assert parse_window(text) == window
    assert parse_window(str(window)) == window


@pytest.mark.parametrize("text", ["", "0", "366", "7 weeks", "lag 3", "7, lag 61", "-7", "٧"])
def test_what_is_no_window_is_refused(text: str) -> None:
    with pytest.raises(FieldError):
        parse_window(text)


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


@pytest.mark.parametrize(
    ("day", "days", "lag", "first", "last"),
    [
        pytest.param("2020-11-20", 60, 15, "2020-09-06", "2020-11-04", id="order defects in Amazon's example"),
        pytest.param("2020-11-20", 30, 10, "2020-10-11", "2020-11-09", id="tracking there"),
        pytest.param("2020-11-19", 7, 0, "2020-11-12", "2020-11-18", id="cancellations there"),
        pytest.param("2026-03-16", 14, 7, "2026-02-23", "2026-03-08", id="deliveries: the last week is left out"),
    ],
)
def test_a_lag_ends_a_window_earlier(day: str, days: int, lag: int, first: str, last: str) -> None:
    assert window_of(day, days, lag) == (first, last)


def test_the_rates_there_are() -> None:
    assert [rule.name for rule in METRICS] == [
        "order_defect_rate",
        "order_defect_rate_fba",
        "late_shipment_rate_10d",
        "late_shipment_rate_30d",
        "cancellation_rate",
        "valid_tracking_rate",
        "on_time_delivery_rate",
        "return_dissatisfaction_rate",
        "refund_rate",
        "return_rate",
    ]
