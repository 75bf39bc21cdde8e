"""Days, weeks and months as spans of instants: none missed, none twice, names that sort."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.periods import Step, label_of, periods_between, span_between
from ordercli.domain.times import end_of_day, shift, start_of_day

EASTERN = "America/New_York"
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))


@pytest.mark.parametrize(
    ("step", "labels"),
    [
        pytest.param(Step.DAY, ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"], id="days"),
        pytest.param(Step.WEEK, ["2026-W53"], id="the last week of a year reaches into the next"),
        pytest.param(Step.MONTH, ["2026-12", "2027-01"], id="months"),
    ],
)
def test_periods_are_named_as_the_calendar_names_them(step: Step, labels: list[str]) -> None:
    assert [period.label for period in periods_between("2026-12-30", "2027-01-02", step, "UTC")] == labels


def test_a_day_is_as_long_as_the_clocks_make_it() -> None:
    (spring,) = periods_between("2026-03-08", "2026-03-08", Step.DAY, EASTERN)
    (autumn,) = periods_between("2026-11-01", "2026-11-01", Step.DAY, EASTERN)

    assert (spring.start, spring.stop) == ("2026-03-08T05:00:00Z", "2026-03-09T03:59:59Z")
    assert (autumn.start, autumn.stop) == ("2026-11-01T04:00:00Z", "2026-11-02T04:59:59Z")


def test_days_the_wrong_way_round_are_no_period() -> None:
    assert periods_between("2026-03-02", "2026-03-01", Step.DAY, "UTC") == []
    assert span_between("2026-03-02", "2026-03-01", "UTC") == []


@given(DAYS, st.integers(0, 500), st.sampled_from(Step), st.sampled_from(["UTC", EASTERN, "Asia/Kolkata"]))
def test_periods_follow_each_other_without_a_gap_from_the_first_day_to_the_last(
    first: date, days: int, step: Step, zone: str
) -> None:
    since, until = first.isoformat(), (first + timedelta(days=days)).isoformat()

    periods = periods_between(since, until, step, zone)

    assert periods[0].start == start_of_day(since, zone)
    assert periods[-1].stop == end_of_day(until, zone)
    assert all(shift(a.stop, seconds=1) == b.start for a, b in pairwise(periods))
    labels = [period.label for period in periods]
    assert labels == sorted(set(labels))
    assert {label_of(first + timedelta(days=day), step) for day in range(days + 1)} == set(labels)
