"""By when an order must ship when its file does not say."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.orders.handling import HandlingRules, is_business_day, ship_by
from ordercli.domain.times import DAY_NAMES, day_of, local

ZONE = "America/Los_Angeles"
PLAIN = HandlingRules(ZONE, 1)
SAME_DAY_BY_NOON = HandlingRules(ZONE, 0, "12:00")


def utc(wall: str, zone: str = ZONE) -> str:
    moment = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# 2026-03-16 is a Monday. Source of the first five: Amazon's help on handling time, read 2026-03.
CASES: dict[str, tuple[str, HandlingRules, str]] = {
    "one day, Friday morning": ("2026-03-13 10:00", PLAIN, "2026-03-16"),
    "two days, Thursday morning": ("2026-03-12 09:00", PLAIN._replace(handling_days=2), "2026-03-16"),
    "one day, Monday before midnight": ("2026-03-16 23:30", PLAIN, "2026-03-17"),
    "same day, before the cut-off": ("2026-03-16 11:00", SAME_DAY_BY_NOON, "2026-03-16"),
    "same day, after the cut-off": ("2026-03-16 16:00", SAME_DAY_BY_NOON, "2026-03-17"),
    "same day, in the minute of the cut-off": ("2026-03-16 12:00", SAME_DAY_BY_NOON, "2026-03-17"),
    "same day, on a Sunday": ("2026-03-15 08:00", SAME_DAY_BY_NOON, "2026-03-16"),
    "same day, Friday after the cut-off": ("2026-03-13 16:00", SAME_DAY_BY_NOON, "2026-03-16"),
    "one day, on a Saturday": ("2026-03-14 10:00", PLAIN, "2026-03-16"),
    "one day, before a holiday": ("2026-12-24 10:00", PLAIN._replace(holidays=frozenset({"12-25"})), "2026-12-28"),
    "a holiday of that year alone": (
        "2027-12-23 10:00",
        PLAIN._replace(holidays=frozenset({"2026-12-24"})),
        "2027-12-24",
    ),
    "one day, Friday, where Saturday is worked": (
        "2026-03-13 10:00",
        PLAIN._replace(work_days=frozenset({*DAY_NAMES[:6]})),
        "2026-03-14",
    ),
    "one day, into the night the clocks go forward": (
        "2026-03-07 10:00",
        PLAIN._replace(work_days=frozenset(DAY_NAMES)),
        "2026-03-08",
    ),
}


@pytest.mark.parametrize(("ordered", "rules", "day"), CASES.values(), ids=CASES)
def test_an_order_ships_by_the_end_of_the_day(ordered: str, rules: HandlingRules, day: str) -> None:
    promised = ship_by(utc(ordered), rules)
    assert promised is not None
    assert local(promised, ZONE).strftime("%Y-%m-%d %H:%M:%S") == f"{day} 23:59:59"


def test_a_year_without_work_gives_no_promise() -> None:
    assert ship_by(utc("2026-03-13 10:00"), PLAIN._replace(work_days=frozenset())) is None


moments = st.integers(1_735_689_600, 1_861_919_999).map(
    lambda second: datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
)
rules = st.builds(
    HandlingRules,
    st.sampled_from([ZONE, "Etc/UTC", "Asia/Kolkata", "Pacific/Auckland"]),
    st.integers(0, 30),
    st.sampled_from(["", "00:00", "09:30", "12:00", "23:59"]),
    st.frozensets(st.sampled_from(["12-25", "12-26", "01-01", "2026-03-16"])),
    st.frozensets(st.sampled_from(DAY_NAMES), min_size=1),
)


@given(moments, rules)
def test_it_is_the_last_second_of_a_business_day_after_the_order(ordered: str, given_rules: HandlingRules) -> None:
    promised = ship_by(ordered, given_rules)
    assert promised is not None
    assert promised > ordered
    assert is_business_day(date.fromisoformat(day_of(promised, given_rules.zone)), given_rules)
    following = (datetime.fromisoformat(promised) + timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert day_of(following, given_rules.zone) > day_of(promised, given_rules.zone)


@given(moments, moments, rules)
def test_a_later_order_is_never_promised_earlier(one: str, other: str, given_rules: HandlingRules) -> None:
    first, second = sorted((one, other))
    assert (ship_by(first, given_rules) or "") <= (ship_by(second, given_rules) or "")


@given(moments, rules)
def test_more_handling_time_never_promises_earlier(ordered: str, given_rules: HandlingRules) -> None:
    longer = given_rules._replace(handling_days=given_rules.handling_days + 1)
    assert (ship_by(ordered, given_rules) or "") <= (ship_by(ordered, longer) or "")
