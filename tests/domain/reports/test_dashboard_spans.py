"""The spans of a dashboard: every day counts once, beside the right days before it, however points are cut."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign import examples
from ordercli.domain.reports.board_words import ENGLISH, change_text, point_text, rate_text
from ordercli.domain.reports.dashboard import (
    SPANS,
    WAITING,
    YEAR,
    Figure,
    RateRow,
    SalesHistory,
    Sold,
    span_of,
    waiting_of,
)

LAST = date(2026, 3, 15)
DAYS = [(LAST - timedelta(days=number)).isoformat() for number in range(2 * max(SPANS) + YEAR)]
sold = st.builds(Sold, st.integers(0, 9999), st.integers(-999, 999), st.integers(1, 9), st.integers(1, 9))
histories = st.builds(
    SalesHistory,
    st.dictionaries(
        st.sampled_from(["USD", "EUR", "JPY"]), st.dictionaries(st.sampled_from(DAYS), sold, max_size=40)
    ),
    st.dictionaries(st.sampled_from(DAYS), st.integers(1, 5), max_size=20),
)


@pytest.mark.parametrize("days", SPANS)
@examples(15)
@given(history=histories)
def test_figures_and_points_are_sums_of_the_same_days(days: int, history: SalesHistory) -> None:
    span = span_of(history, "USD", LAST.isoformat(), days)
    now, before = DAYS[:days], DAYS[days : 2 * days]
    year = [(date.fromisoformat(day) - timedelta(days=YEAR)).isoformat() for day in now]
    figures = {figure.key: figure for figure in span.figures}
    mine = history.sold.get("USD", {})

    assert (span.first, span.last) == (now[-1], now[0])
    assert date.fromisoformat(year[0]).weekday() == LAST.weekday()
    getters: dict[str, Callable[[Sold], int]] = {
        "sales": lambda one: one.sales,
        "profit": lambda one: one.profit,
        "orders": lambda one: one.orders,
        "units": lambda one: one.units,
    }
    for key in ("sales", "profit"):
        for days_then, told in ((now, figures[key].now), (before, figures[key].before)):
            assert told == sum(getters[key](mine[day]) for day in days_then if day in mine)
        assert sum(figures[key].line) == (figures[key].now if span.trends and "USD" in history.sold else 0)
    for key in ("orders", "units"):
        every = [each[day] for each in history.sold.values() for day in now if day in each]
        assert figures[key].now == sum(map(getters[key], every))
    assert figures["returns"].now == sum(history.returns.get(day, 0) for day in now)
    for trend in span.trends:
        each = history.sold[trend.currency]
        for total, then in (
            (sum(point.before for point in trend.points), before),
            (sum(point.year for point in trend.points), year),
        ):
            assert total == sum(each[day].sales for day in then if day in each)
        assert [day for point in trend.points for day in (point.first, point.last)] == sorted(
            day for point in trend.points for day in (point.first, point.last)
        )
    shown = {code for code, each in history.sold.items() if code == "USD" or any(day in each for day in now)}
    assert {trend.currency for trend in span.trends} == shown


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (112_00, 100_00, "+12% on $100.00"),
        (0, 100_00, "-100% on $100.00"),
        (2_000_00, 1_00, "+199,900% on $1.00"),
        (5_00, 0, "$0.00 before"),
        (5_00, -3_00, "-$3.00 before"),
        (None, 5_00, "$5.00 before"),
        (5_00, None, "none before"),
    ],
)
def test_a_change_is_a_percentage_of_what_was_above_nothing(
    now: int | None, before: int | None, said: str
) -> None:
    assert change_text(ENGLISH, Figure("sales", "USD", now, before, ())) == said


def rate(status: str, headroom: int | None, *, value: float | None = 0.02, limit: float | None = 0.04) -> RateRow:
    return RateRow("late_shipment_rate_30d", value, limit, 1, 50, status, headroom)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (rate("OK", 2), "3 more would break it"),
        (rate("AT_RISK", 0), "1 more would break it"),
        (rate("AT_RISK", 3), "what is open will break it"),
        (rate("AT_RISK", None, value=None), "what is open will break it"),
        (rate("BREACH", 0, value=0.05), "over its limit"),
        (rate("BREACH", 0, value=0.90, limit=0.95), "under its limit"),
        (rate("OK", None, limit=None), "no limit"),
    ],
)
def test_the_room_of_a_rate_is_how_many_more_break_it(row: RateRow, said: str) -> None:
    assert rate_text(ENGLISH, row) == said


def test_the_first_row_adds_up_sections_of_today() -> None:
    tiles = {tile.key: tile for tile in waiting_of([("to ship today", 2, True), ("to ship later", 3, False)], 4)}

    assert list(tiles) == list(WAITING)
    assert (tiles["ship"].number, tiles["ship"].is_urgent) == (5, True)
    assert tiles["ship"].parts == (("to ship today", 2), ("to ship later", 3))
    assert (tiles["buy"].number, tiles["overdue"].number) == (4, 0)


def test_a_week_is_named_by_its_first_day_in_the_span() -> None:
    history = SalesHistory({"USD": {LAST.isoformat(): Sold(1, 1, 1, 1)}}, {})
    (trend,) = span_of(history, "USD", LAST.isoformat(), 365).trends

    assert point_text(ENGLISH, trend.points[0]) == "week of Sun 16 Mar"
    assert (trend.points[0].label, len(trend.points)) == ("2025-W11", 53)
    (by_day,) = span_of(history, "USD", LAST.isoformat(), 90).trends
    assert point_text(ENGLISH, by_day.points[-1]) == "Sun 15 Mar"
