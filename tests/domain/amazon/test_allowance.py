"""The bucket of an operation against a plain one that counts tokens, and what it allows in any span of time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.amazon.allowance import PLANS, Allowance, UsagePlan

PLAN = UsagePlan(0.5, 4)
steps = st.lists(st.floats(0, 30), max_size=40)


@given(steps)
def test_it_allows_what_a_bucket_of_tokens_allows(pauses: list[float]) -> None:
    allowance, tokens, now = Allowance(PLAN), float(PLAN.burst), 1000.0
    for pause in pauses:
        now += pause
        tokens = min(PLAN.burst, tokens + pause * PLAN.rate)
        wait = allowance.seconds_to_wait(now)
        if tokens < 1:
            assert wait == pytest.approx((1 - tokens) / PLAN.rate, abs=1e-3)
        if not wait:
            assert tokens >= 1 - 1e-3
            allowance, tokens = allowance.after_call(now), tokens - 1


@given(steps)
def test_in_no_span_of_time_are_there_more_calls_than_the_plan_has(pauses: list[float]) -> None:
    allowance, now, made = Allowance(PLAN), 0.0, []
    for pause in pauses:
        now += pause
        now += allowance.seconds_to_wait(now)
        assert allowance.seconds_to_wait(now) == pytest.approx(0, abs=1e-3)
        allowance = allowance.after_call(now)
        made.append(now)
    for place, begin in enumerate(made):
        for number, end in enumerate(made[place:], start=1):
            assert number <= PLAN.burst + (end - begin) * PLAN.rate + 1e-3


def test_a_refused_call_empties_it_and_a_told_rate_counts_from_then_on() -> None:
    emptied = Allowance(PLAN).emptied(100.0)
    slower = emptied.corrected(0.25, 100.0)

    assert emptied.seconds_to_wait(100.0) == pytest.approx(2.0)
    assert slower.seconds_to_wait(100.0) == pytest.approx(4.0)
    assert slower.seconds_to_wait(104.0) == 0
    assert Allowance(PLAN, full_at=50.0).seconds_to_wait(100.0) == 0


def test_a_clock_that_goes_back_gives_nothing_and_takes_no_more_than_a_bucket() -> None:
    allowance = Allowance(PLAN)
    for _ in range(PLAN.burst):
        allowance = allowance.after_call(1000.0)

    seen = allowance.seen_at(900.0)
    assert allowance.seconds_to_wait(900.0) == pytest.approx(allowance.seconds_to_wait(1000.0))
    assert allowance.seconds_to_wait(1000.0) == pytest.approx(1 / PLAN.rate)
    assert seen.seconds_to_wait(900.0 + 1 / PLAN.rate) == 0
    assert seen.after_call(902.0).seconds_to_wait(902.0) == pytest.approx(1 / PLAN.rate)


def test_every_plan_gives_a_call_at_once() -> None:
    assert all(Allowance(plan).seconds_to_wait(0) == 0 for plan in PLANS.values())
