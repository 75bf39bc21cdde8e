"""Rates of the days to come, from orders imported, shipped and confirmed with the real commands."""

import pytest

from cli.health.test_metrics_commands import (
    FEBRUARY,
    LATE_10,
    LATE_30,
    RATES,
    confirm,
    number,
    rates,
    remark,
    send,
    sixty,
    take_in,
)
from cli.steps import done, listed
from conftest import Run

__all__ = ["sixty"]
SHARED = ("numerator", "denominator", "rate", "limit", "status", "headroom")


def test_the_first_day_is_what_metrics_tells(sixty: Run) -> None:
    take_in(sixty, [FEBRUARY] * 60 + ["2026-03-12T12:00:00-04:00"] * 5)
    remark(sixty, 61, stars=1)
    done(sixty("--yes", "order", "cancel", number(62), "--by", "seller", "--reason", "broken"))
    first = {row["metric"]: row for row in reversed(listed(sixty, "metrics", "forecast"))}

    now = rates(sixty)

    assert tuple(reversed(first)) == RATES
    for name in RATES:
        assert {key: first[name][key] for key in SHARED} == {key: now[name][key] for key in SHARED}, name
        assert first[name]["day"] == "2026-03-16"


def test_orders_leave_the_window_on_the_day_after_its_last_day_with_them(sixty: Run) -> None:
    rows = listed(sixty, "metrics", "forecast", LATE_30)

    assert [(row["day"], row["numerator"], row["denominator"], row["status"]) for row in rows] == [
        ("2026-03-16", 2, 60, "AT_RISK"),
        ("2026-03-31", 0, 0, "NO_DATA"),
    ]


@pytest.mark.parametrize("day", ["2026-03-17", "2026-03-20", "2026-03-22", "2026-03-31", "2026-04-15"])
def test_the_forecast_comes_true_if_nothing_happens(sixty: Run, day: str) -> None:
    days = [f"2026-03-{place:02d}T08:00:00-04:00" for place in range(9, 17) for _ in range(2)]
    take_in(sixty, [FEBRUARY] * 60 + days)
    for place in range(61, 69):
        done(sixty("--yes", "order", "cancel", number(place), "--by", "seller", "--reason", "broken"))
    done(sixty("stock", "receive", "PIN:8", "--cost", "1.00", now=FEBRUARY))
    send(sixty, range(69, 77), now="2026-03-16T08:30:00-04:00")
    confirm(sixty, now="2026-03-16T08:40:00-04:00")
    told = {row["metric"]: row for row in listed(sixty, "metrics", "forecast", "--every-day") if row["day"] == day}

    then = rates(sixty, now=f"{day}T09:00:00-04:00")

    for name in RATES:
        assert {key: told[name][key] for key in SHARED} == {key: then[name][key] for key in SHARED}, name


def test_open_orders_count_neither_as_late_nor_as_in_time(run: Run) -> None:
    take_in(run, ["2026-03-15T12:00:00-04:00"], ship_by="2026-03-18T06:59:59+00:00")

    rows = listed(run, "metrics", "forecast", LATE_30)

    assert [(row["denominator"], row["status"]) for row in rows] == [(0, "NO_DATA")]


def test_a_limit_set_for_a_day_to_come_holds_from_that_day(sixty: Run) -> None:
    done(sixty("config", "set", "limit.late_shipment_rate", "3%", "--from", "2026-03-20"))

    rows = listed(sixty, "metrics", "forecast", LATE_30)

    assert [(row["day"], row["limit"], row["status"]) for row in rows] == [
        ("2026-03-16", 0.04, "AT_RISK"),
        ("2026-03-20", 0.03, "BREACH"),
        ("2026-03-31", 0.03, "NO_DATA"),
    ]


def test_every_day_is_today_and_thirty_more(sixty: Run) -> None:
    days = [row["day"] for row in listed(sixty, "metrics", "forecast", LATE_10, "--every-day")]

    assert (len(days), days[0], days[-1], days) == (31, "2026-03-16", "2026-04-15", sorted(set(days)))


def test_the_header_says_that_nothing_new_is_assumed(sixty: Run) -> None:
    assert "if nothing new, on" in done(sixty("metrics", "forecast", LATE_30)).stdout.splitlines()[0]


@pytest.mark.parametrize(
    "arguments",
    [pytest.param(("late",), id="an unknown rate"), pytest.param(("--channel", "ebay"), id="a channel")],
)
def test_what_is_unknown_is_one_sentence(sixty: Run, arguments: tuple[str, ...]) -> None:
    ran = sixty("metrics", "forecast", *arguments)

    assert (ran.exit_code, ran.stdout, ran.stderr.count("\n")) == (6, "", 1), ran
