"""Where the time of an order went, from order to confirmation."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.health.stages import UNRECORDED, Milestones, slowest, stage_hours


def at(hour: int | None) -> str | None:
    return None if hour is None else f"2026-03-{10 + hour // 24:02d}T{hour % 24:02d}:00:00Z"


def order(*hours: int | None) -> Milestones:
    return Milestones(*(at(hour) for hour in hours))  # type: ignore[arg-type]


CASES = [
    pytest.param(
        (0, 2, 26, 28, 29, 30),
        {"import": 2, "pick": 24, "pack": 2, "hand-over": 2, UNRECORDED: 0},
        "pick",
        id="all is recorded",
    ),
    pytest.param(
        (0, 1, None, None, None, 48), {"import": 1, UNRECORDED: 47}, UNRECORDED, id="nothing is but the import"
    ),
    pytest.param(
        (0, 1, None, 9, 9, 40),
        {"import": 1, "hand-over": 31, UNRECORDED: 8},
        "hand-over",
        id="packed without a pick",
    ),
    pytest.param(
        (0, 1, 3, None, 4, 8),
        {"import": 1, "pick": 2, "hand-over": 5, UNRECORDED: 0},
        "hand-over",
        id="only picked",
    ),
    pytest.param(
        (0, 1, None, None, 30, 48), {"import": 1, "hand-over": 18, UNRECORDED: 29}, UNRECORDED, id="only shipped"
    ),
    pytest.param((0, 60, None, None, None, 48), {"import": 48, UNRECORDED: 0}, "import", id="recorded afterwards"),
    pytest.param(
        (0, 2, 10, 6, 10, 12),
        {"import": 2, "pick": 8, "pack": 0, "hand-over": 2, UNRECORDED: 0},
        "pick",
        id="packed before the pick",
    ),
    pytest.param(
        (0, 2, 40, 41, 42, 43, 30),
        {"import": 2, "waiting for stock": 28, "pick": 10, "pack": 1, "hand-over": 2, UNRECORDED: 0},
        "waiting for stock",
        id="waited for stock",
    ),
    pytest.param(
        (0, 2, None, None, 42, 43, 30),
        {"import": 2, "waiting for stock": 28, "hand-over": 1, UNRECORDED: 12},
        "waiting for stock",
        id="waited for stock and was only shipped",
    ),
]


@pytest.mark.parametrize(("hours", "expected", "longest"), CASES)
def test_an_order_is_told_by_the_stage_that_took_longest(
    hours: tuple[int | None, ...], expected: dict[str, float], longest: str
) -> None:
    found = stage_hours(order(*hours))

    assert found == expected
    assert slowest(found) == longest


HOUR = st.integers(0, 200)
MAYBE = st.none() | HOUR


@given(st.tuples(HOUR, HOUR, MAYBE, MAYBE, MAYBE, HOUR, MAYBE))
def test_the_stages_add_up_to_the_whole_time(hours: tuple[int | None, ...]) -> None:
    found = stage_hours(order(*hours))

    assert min(found.values()) >= 0
    assert sum(found.values()) == pytest.approx(max(0, (hours[5] or 0) - (hours[0] or 0)))
    assert found[slowest(found)] == max(found.values())
