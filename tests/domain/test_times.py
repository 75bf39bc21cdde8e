"""Instants and days: strict reading, and the edges of days on the nights the clocks change."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ordercli.domain.fields import FieldError
from ordercli.domain.times import (
    day_finder,
    day_of,
    end_of_day,
    local,
    parse_day,
    parse_instant,
    parse_moment_or_day,
    parse_zone,
    shift,
    start_of_day,
)

PACIFIC = "America/Los_Angeles"
EASTERN = "America/New_York"
ZONES = st.sampled_from([PACIFIC, EASTERN, "UTC", "Asia/Kolkata", "Europe/Berlin", "Pacific/Auckland"])
DAYS = st.dates(min_value=date(2000, 1, 2), max_value=date(2199, 12, 30)).map(date.isoformat)
TODAY = "2026-03-16"


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-16T09:00:00-04:00", "2026-03-16T13:00:00Z"),
        ("2026-03-18T06:59:59+00:00", "2026-03-18T06:59:59Z"),
        ("2026-03-18T06:59:59Z", "2026-03-18T06:59:59Z"),
        ("2026-03-18 06:59:59Z", "2026-03-18T06:59:59Z"),
        ("2026-03-18T06:59Z", "2026-03-18T06:59:00Z"),
        ("2026-03-18T06:59:59.999+00:00", "2026-03-18T06:59:59Z"),
        ("2026-01-01T05:29:59+0530", "2025-12-31T23:59:59Z"),
        ("2024-02-29T23:00:00-08:00", "2024-03-01T07:00:00Z"),
        ("2026-03-16T090000.1+00:00", "2026-03-16T09:00:00Z"),
    ],
)
def test_an_instant_is_its_utc_second(text: str, instant: str) -> None:
    assert parse_instant(text) == instant


@pytest.mark.parametrize("text", ["2026-03-16T09:00:00", "2026-03-16 09:00", "2026-03-16T09:00:00.5"])
def test_a_time_without_offset_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="has no time zone; add an offset such as -08:00 or Z"):
        parse_instant(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-16",
        "16.03.2026 09:00:00Z",
        "1999-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "2026-03-16T09:00:00 PST",
        "2026-03-16T09:00:00Z ",
        "2026-03-16T09:00:00Z\n",
        "٢٠٢٦-03-16T09:00:00Z",
        "2026-W12-1T09:00:00Z",
        "2026-W12-1T09:00:00+00:00",
        "2026-03-16T090000,1+00:00",
        "20260316T090000Z",
    ],
)
def test_another_shape_is_no_instant(text: str) -> None:
    with pytest.raises(FieldError, match="is not a date-time such as 2026-03-16T09:00:00-04:00"):
        parse_instant(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29T00:00:00Z",
        "2026-02-29T00:00:00+00:00",
        "2026-13-01T00:00:00Z",
        "2026-03-16T25:00:00Z",
        "2026-03-16T09:00:00+99:00",
    ],
)
def test_an_impossible_instant_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="is not a possible date-time"):
        parse_instant(text)


@given(st.datetimes(min_value=datetime(2000, 1, 2), max_value=datetime(2199, 12, 30)), ZONES)  # noqa: DTZ001
def test_an_instant_survives_being_written_in_any_zone(moment: datetime, zone: str) -> None:
    instant = moment.replace(microsecond=0, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert parse_instant(local(instant, zone).isoformat()) == instant


NEAR_DATES = st.from_regex(r"2[01][0-9]{2}-([0-9]{2}-[0-9]{2}|W[0-9]{2}-[1-7])", fullmatch=True)
NEAR_TIMES = st.from_regex(r"[0-9]{2}:[0-9]{2}:[0-9]{2}|[0-9]{6}[.,][0-9]|[0-9:.,]{8}", fullmatch=True)


@given(NEAR_DATES, NEAR_TIMES, st.sampled_from(["Z", "+00:00", "-07:00", ""]))
@example("2026-W12-1", "09:00:00", "+00:00")
@example("2026-03-16", "090000.1", "+00:00")
def test_whatever_is_accepted_has_the_one_shape_of_instants(day: str, clock: str, offset: str) -> None:
    try:
        instant = parse_instant(f"{day}T{clock}{offset}")
    except FieldError:
        return
    assert datetime.strptime(instant, "%Y-%m-%dT%H:%M:%S%z").strftime("%Y-%m-%dT%H:%M:%SZ") == instant


def test_a_zone_is_a_name_of_the_database() -> None:
    assert parse_zone(EASTERN) == EASTERN


@pytest.mark.parametrize(
    "text", ["EDT5", "New York", "../../etc/passwd", "/etc/passwd", "America", "a\0b", "x" * 5_000, "\ud800"]
)
def test_another_zone_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="is not a time zone such as America/New_York"):
        parse_zone(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", "2026-03-01"),
        ("today", TODAY),
        ("yesterday", "2026-03-15"),
        ("0d", TODAY),
        ("3d", "2026-03-13"),
        ("16d", "2026-02-28"),
    ],
)
def test_a_day_may_be_named_by_its_distance(text: str, day: str) -> None:
    assert parse_day(text, today=TODAY) == day


@pytest.mark.parametrize("text", ["", "Today", "tomorrow", "3", "-3d", "10000d", "٣d", "20260316"])
def test_another_shape_is_no_day(text: str) -> None:
    with pytest.raises(FieldError, match="is not a date such as 2026-03-16, today, yesterday or 3d"):
        parse_day(text, today=TODAY)


@pytest.mark.parametrize("text", ["1999-01-01", "0026-03-16", "2200-01-01"])
def test_a_day_of_another_century_says_so(text: str) -> None:
    with pytest.raises(FieldError, match=f"^'{text}' is not from 2000 to 2199$"):
        parse_day(text, today=TODAY)


@pytest.mark.parametrize("text", ["2026-02-29", "2026-00-01", "2026-04-31"])
def test_an_impossible_day_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="is not a possible date"):
        parse_day(text, today=TODAY)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-17", "2026-03-18T06:59:59Z"),
        ("today", "2026-03-17T06:59:59Z"),
        ("2026-03-17T12:00:00Z", "2026-03-17T12:00:00Z"),
    ],
)
def test_a_promise_by_day_holds_until_its_last_second(text: str, instant: str) -> None:
    assert parse_moment_or_day(text, zone=PACIFIC, today=TODAY) == instant


def test_a_promise_with_a_time_needs_an_offset() -> None:
    with pytest.raises(FieldError, match="has no time zone"):
        parse_moment_or_day("2026-03-17 12:00:00", zone=PACIFIC, today=TODAY)


@pytest.mark.parametrize(
    ("zone", "day", "start", "end"),
    [
        (PACIFIC, "2026-03-08", "2026-03-08T08:00:00Z", "2026-03-09T06:59:59Z"),
        (PACIFIC, "2026-11-01", "2026-11-01T07:00:00Z", "2026-11-02T07:59:59Z"),
        (EASTERN, "2026-03-08", "2026-03-08T05:00:00Z", "2026-03-09T03:59:59Z"),
        (EASTERN, "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T04:59:59Z"),
        ("Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00Z", "2024-04-26T20:59:59Z"),
    ],
    ids=["pacific-spring", "pacific-autumn", "eastern-spring", "eastern-autumn", "midnight-skipped"],
)
def test_a_day_of_23_or_25_hours_has_its_true_edges(zone: str, day: str, start: str, end: str) -> None:
    assert (start_of_day(day, zone), end_of_day(day, zone)) == (start, end)


@given(DAYS, ZONES)
def test_a_day_is_exactly_the_seconds_between_its_edges(day: str, zone: str) -> None:
    start, end = start_of_day(day, zone), end_of_day(day, zone)

    assert day_of(start, zone) == day_of(end, zone) == day
    assert day_of(shift(start, seconds=-1), zone) < day < day_of(shift(end, seconds=1), zone)


@given(st.datetimes(min_value=datetime(2000, 1, 2), max_value=datetime(2199, 12, 30)), ZONES)  # noqa: DTZ001 - drawn as UTC
@example(datetime(2011, 12, 30, 9, 59, 59), "Pacific/Apia")  # noqa: DTZ001 - which had no such day
@example(datetime(2011, 12, 30, 10), "Pacific/Apia")  # noqa: DTZ001
@example(datetime(2018, 11, 4, 2, 59, 59), "America/Sao_Paulo")  # noqa: DTZ001 - a day without a midnight
@example(datetime(2018, 11, 4, 3), "America/Sao_Paulo")  # noqa: DTZ001
@example(datetime(2018, 2, 18, 2, 30), "America/Sao_Paulo")  # noqa: DTZ001 - an hour of the day before, twice
@example(datetime(2025, 11, 2, 5), "America/Havana")  # noqa: DTZ001 - a midnight twice
@example(datetime(2026, 1, 1, 10), "Pacific/Kiritimati")  # noqa: DTZ001
def test_the_finder_of_days_finds_each_instants_day(moment: datetime, zone: str) -> None:
    instant = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert day_finder(zone)(instant) == day_of(instant, zone)


def test_the_repeated_hour_belongs_to_one_day_and_reads_alike() -> None:
    first, second = "2026-11-01T08:30:00Z", "2026-11-01T09:30:00Z"
    assert local(first, PACIFIC).strftime("%H:%M") == local(second, PACIFIC).strftime("%H:%M") == "01:30"
    assert day_of(first, PACIFIC) == day_of(second, PACIFIC) == "2026-11-01"


@pytest.mark.parametrize(
    ("seconds", "days", "moved"),
    [(1, 0, "2026-03-08T10:00:00Z"), (-1, 0, "2026-03-08T09:59:58Z"), (0, 1, "2026-03-09T09:59:59Z")],
)
def test_a_shift_counts_exact_seconds_and_days_of_24_hours(seconds: int, days: int, moved: str) -> None:
    assert shift("2026-03-08T09:59:59Z", seconds=seconds, days=days) == moved
