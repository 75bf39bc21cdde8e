"""Names of copies, and which of them a rule keeps."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.copies import CopyName, Keep, copy_stem, kept, parse_copy_name, parse_keep
from ordercli.domain.fields import FieldError

ZONE = "America/New_York"
NOON = datetime(2026, 3, 16, 16, tzinfo=UTC)


def copy(moment: datetime, number: int = 1) -> CopyName:
    return CopyName(moment.strftime("%Y-%m-%dT%H:%M:%SZ"), number, is_encrypted=False)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("shop-20260316T130000Z.db", CopyName("2026-03-16T13:00:00Z", 1, is_encrypted=False)),
        ("shop-20260316T130000Z-12.db", CopyName("2026-03-16T13:00:00Z", 12, is_encrypted=False)),
        ("shop-20260316T130000Z.db.age", CopyName("2026-03-16T13:00:00Z", 1, is_encrypted=True)),
        ("other-20260316T130000Z.db", None),
        ("shop-2-20260316T130000Z.db", None),
        ("shop-20260316T130000Z.db.bak", None),
        ("shop-20260316T130000Z-0.db", None),
        ("shop-2026.db", None),
        ("shop.db", None),
    ],
)
def test_only_a_name_as_a_copy_gets_it_is_one(name: str, expected: CopyName | None) -> None:
    assert parse_copy_name("shop", name) == expected


def test_the_name_of_a_copy_is_known_again() -> None:
    stem = copy_stem("a [b].c", "2026-03-16T13:00:00Z")
    found = parse_copy_name("a [b].c", f"{stem}.db")
    assert found == CopyName("2026-03-16T13:00:00Z", 1, is_encrypted=False)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30", (Keep(30, ""),)),
        ("14d,8w,12m", (Keep(14, "d"), Keep(8, "w"), Keep(12, "m"))),
        ("24h, 2y", (Keep(24, "h"), Keep(2, "y"))),
    ],
)
def test_a_rule_is_read(text: str, expected: tuple[Keep, ...]) -> None:
    assert parse_keep(text) == expected


@pytest.mark.parametrize("text", ["", "0", "0d", "-1", "3x", "14d,", "14d;8w", "d", "1.5d", "99999"])
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="such as 14d,8w,12m"):
        parse_keep(text)


def test_of_each_day_week_and_month_that_has_one_the_newest_stays() -> None:
    copies = [copy(NOON - timedelta(days=day, hours=hour)) for day in range(400) for hour in (0, 3)]
    days = {copy(NOON - timedelta(days=day)) for day in range(14)}
    sundays = {copy(NOON)} | {copy(NOON - timedelta(days=1 + 7 * week)) for week in range(7)}
    ends = {copy(NOON)} | {
        copy(datetime(year, month, 1, 16, tzinfo=UTC) - timedelta(days=1))
        for year, month in [(2026, 3), (2026, 2), (2026, 1), *((2025, month) for month in range(12, 4, -1))]
    }

    assert kept(copies, parse_keep("14d"), ZONE) == days
    assert kept(copies, parse_keep("8w"), ZONE) == sundays
    assert kept(copies, parse_keep("12m"), ZONE) == ends
    assert kept(copies, parse_keep("14d,8w,12m"), ZONE) == days | sundays | ends


def test_a_day_is_one_of_the_shops_zone() -> None:
    late, early = copy(datetime(2026, 3, 17, 3, 59, tzinfo=UTC)), copy(datetime(2026, 3, 17, 4, tzinfo=UTC))
    assert kept([late, early], [Keep(2, "d")], ZONE) == {late, early}
    assert kept([late, early], [Keep(2, "d")], "UTC") == {early}


def test_spans_without_a_copy_do_not_count() -> None:
    copies = [copy(NOON - timedelta(days=100 * step)) for step in range(5)]
    assert kept(copies, [Keep(3, "d")], ZONE) == set(copies[:3])


MOMENTS = st.integers(0, 60_000).map(lambda minutes: copy(NOON - timedelta(minutes=minutes)))
RULES = st.lists(st.builds(Keep, st.integers(1, 5), st.sampled_from(["", *"hdwmy"])), min_size=1, max_size=3)


@given(st.sets(MOMENTS, min_size=1, max_size=30), RULES)
def test_what_stays_has_the_newest_and_a_second_look_takes_nothing(
    copies: set[CopyName], rules: list[Keep]
) -> None:
    stay = kept(list(copies), rules, ZONE)
    assert max(copies) in stay
    assert stay <= copies
    assert len(stay) <= sum(rule.most for rule in rules)
    assert kept(list(stay), rules, ZONE) == stay
