"""Stock rules: status words, who is promised what, and when late news can be booked."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercli.domain.reorder_point import stock_status
from ordercli.domain.stock.stock import latest_possible, plan_allocation

NOW = "2026-03-16T13:00:00Z"


def at(hour: int) -> str:
    return f"2026-03-16T{hour:02d}:00:00Z"


@pytest.mark.parametrize(
    ("available", "reorder_point", "status"),
    [(0, 0, "OUT"), (0, 5, "OUT"), (-1, 0, "OUT"), (1, 0, "OK"), (5, 5, "LOW"), (6, 5, "OK"), (1, 5, "LOW")],
)
def test_stock_is_low_at_its_reorder_point_and_out_at_nothing(
    available: int, reorder_point: int, status: str
) -> None:
    assert stock_status(available, available, reorder_point) == status


@pytest.mark.parametrize(
    ("available", "position", "status"), [(1, 5, "LOW"), (1, 6, "OK"), (7, 5, "LOW"), (0, 90, "OUT")]
)
def test_what_is_low_is_decided_by_all_there_is_and_comes(available: int, position: int, status: str) -> None:
    assert stock_status(available, position, 5.5) == status


@pytest.mark.parametrize(
    ("on_hand", "lines", "promised"),
    [
        (3, [(2, 0), (2, 0)], [2, 1]),
        (0, [(2, 0)], [0]),
        (5, [], []),
        (5, [(2, 0), (2, 0)], [2, 2]),
        (3, [(2, 0), (2, 2)], [1, 2]),
        (2, [(2, 0), (2, 2)], [0, 2]),
        (4, [(3, 1), (2, 2)], [2, 2]),
        (1, [(2, 0), (2, 2), (1, 0)], [0, 2, 0]),
    ],
    ids=[
        "first-first",
        "none",
        "no-lines",
        "enough",
        "picked-stays",
        "picked-takes-all",
        "part-picked",
        "too-few",
    ],
)
def test_stock_is_promised_to_the_first_line_first(
    on_hand: int, lines: list[tuple[int, int]], promised: list[int]
) -> None:
    assert plan_allocation(on_hand, lines) == promised


@st.composite
def stock_and_lines(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    open_units = draw(st.lists(st.integers(min_value=1, max_value=9), max_size=8))
    lines = [(units, draw(st.integers(min_value=0, max_value=units))) for units in open_units]
    picked = sum(picked for _, picked in lines)
    return picked + draw(st.integers(min_value=0, max_value=30)), lines


@given(stock_and_lines())
def test_no_more_is_promised_than_is_there_and_nothing_is_left_idle(
    case: tuple[int, list[tuple[int, int]]],
) -> None:
    on_hand, lines = case

    promised = plan_allocation(on_hand, lines)

    assert sum(promised) == min(on_hand, sum(units for units, _ in lines))
    assert all(picked <= part <= units for part, (units, picked) in zip(promised, lines, strict=True))


@given(stock_and_lines())
def test_a_line_gets_new_units_only_if_all_before_it_are_full(case: tuple[int, list[tuple[int, int]]]) -> None:
    on_hand, lines = case

    waiting = False
    for part, (units, picked) in zip(plan_allocation(on_hand, lines), lines, strict=True):
        assert not (waiting and part > picked)
        waiting = waiting or part < units


@given(stock_and_lines(), st.integers(min_value=1, max_value=9))
def test_a_later_line_takes_nothing_from_earlier_ones(case: tuple[int, list[tuple[int, int]]], units: int) -> None:
    on_hand, lines = case
    assert plan_allocation(on_hand, [*lines, (units, 0)])[:-1] == plan_allocation(on_hand, lines)


@pytest.mark.parametrize(
    ("deltas", "wanted", "chosen"),
    [
        ([(at(1), 5)], [(at(2), 5)], [at(2)]),
        ([(at(3), 5)], [(at(2), 5)], [NOW]),
        ([(at(2), 5)], [(at(2), 5)], [at(2)]),
        ([(at(1), 5), (at(3), -5), (at(4), 5)], [(at(2), 1)], [NOW]),
        ([(at(1), 5), (at(3), -4), (at(4), 5)], [(at(2), 1)], [at(2)]),
        ([(at(1), 2), (at(5), 2)], [(at(2), 2), (at(3), 2)], [at(2), NOW]),
        ([(at(1), 2), (at(5), 2)], [(at(2), 3), (at(3), 1)], [NOW, at(3)]),
        ([(at(4), 2), (at(1), 3)], [(at(2), 3)], [at(2)]),
        ([], [], []),
    ],
    ids=["covered", "not-yet", "same-instant", "dip", "dip-held", "used-up", "later-fits", "unsorted", "nothing"],
)
def test_news_is_booked_when_told_unless_the_book_held_too_little(
    deltas: list[tuple[str, int]], wanted: list[tuple[str, int]], chosen: list[str]
) -> None:
    assert booked_when(deltas, wanted) == chosen


def booked_when(deltas: list[tuple[str, int]], wanted: list[tuple[str, int]]) -> list[str]:
    """When withdrawals are booked, as only what moved after the first of them is told."""
    after = [delta for delta in deltas if delta[0] > wanted[0][0]] if wanted else []
    return latest_possible(sum(units for _, units in deltas), after, wanted, NOW)


def lowest_balance(deltas: Iterable[tuple[str, int]]) -> int:
    """Smallest balance at the end of any instant, by trying them all."""
    events = list(deltas)
    return min((sum(u for at_, u in events if at_ <= moment) for moment, _ in events), default=0)


@st.composite
def book_and_withdrawals(draw: st.DrawFn) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """A book whose balance is below zero after no instant, and withdrawals that it covers from the present on.

    Up to three movements are of one instant, some of the present and some of later.
    """
    hours = sorted(draw(st.lists(st.integers(min_value=0, max_value=15), unique=True, max_size=8)))
    deltas: list[tuple[str, int]] = []
    balance = 0
    for hour in hours:
        units = draw(st.integers(min_value=-balance, max_value=6))
        split = draw(st.lists(st.integers(min_value=-4, max_value=4), max_size=2))
        deltas += [(at(hour), part) for part in (*split, units - sum(split))]
        balance += units
    deltas = draw(st.permutations(deltas))
    balance = min(sum(units for told, units in deltas if told <= max(at(hour), NOW)) for hour in (0, *hours))
    wanted = []
    for hour in sorted(draw(st.lists(st.integers(min_value=0, max_value=12), max_size=5))):
        units = draw(st.integers(min_value=0, max_value=balance))
        wanted.append((at(hour), units))
        balance -= units
    return deltas, wanted


@given(book_and_withdrawals())
def test_no_past_balance_falls_below_zero_and_no_withdrawal_waits_without_need(
    case: tuple[list[tuple[str, int]], list[tuple[str, int]]],
) -> None:
    deltas, wanted = case

    chosen = booked_when(deltas, wanted)

    booked = list(deltas)
    for (told, units), moment in zip(wanted, chosen, strict=True):
        fits = lowest_balance([*booked, (told, -units)]) >= 0
        assert moment == (told if fits else NOW)
        booked.append((moment, -units))
    assert lowest_balance(booked) >= 0
