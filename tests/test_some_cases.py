"""Which cases a run takes where it need not take all, and which tests have a shop at all."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import some_cases
from about_files import ROOMS, opens_shop, reason_of
from some_cases import COSTLY_DAYS, DAYS, EXAMPLES, MOST, TURNS, left_out, some, turn

CI = Path(__file__).parents[1] / ".ci" / "run"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(some_cases, "IS_ASKED", True)


class Case:
    """A case of a test, as far as it is asked."""

    def __init__(self, test: str, number: int, *marks: str, room: str = "") -> None:
        self.name, self.nodeid = f"{test}[{number}]", f"tests/{room}x.py::{test}[{number}]"
        self.originalname, self.location = test, (f"tests/{room}x.py", 1, test)
        self._marks = [pytest.Mark(mark, (), {}, _ispytest=True) for mark in marks]

    def iter_markers(self) -> list[pytest.Mark]:
        return self._marks


def table(test: str, cases: int, *marks: str, room: str = "") -> list[Any]:
    return [Case(test, number, *marks, room=room) for number in range(cases)]


def taken(items: list[Any], day: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setenv("ORDERCLI_CASES_OF", str(day))
    left = left_out(items)
    return [item.nodeid for item in items if item not in left]


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("cases", [MOST + 1, DAYS, DAYS + 1, 10 * DAYS + 3])
def test_each_case_of_many_has_its_turn_on_one_day_of_two_weeks(
    cases: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = table("test_many", cases, room="services/")
    days = [taken(items, day, monkeypatch) for day in range(20_000, 20_000 + DAYS)]

    assert {case for each in days for case in each} == {item.nodeid for item in items}
    assert all(0 < len(each) <= 1 + cases // min(DAYS, cases) for each in days)
    assert taken(items[::-1], 20_000, monkeypatch) == days[0][::-1]


@pytest.mark.usefixtures("asked")
def test_few_cases_are_all_taken_each_day(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [*table("test_one", 1, room="services/"), *table("test_few", MOST, room="services/")]

    assert taken(items, 20_000, monkeypatch) == [item.nodeid for item in items]
    assert [some(number) for number in (1, 20, 100)] == [2, 2, 100 // EXAMPLES]


@pytest.mark.usefixtures("asked")
def test_elsewhere_each_test_has_its_turn_every_fourth_day_and_each_case_in_eight_weeks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    single = ("test_act", "test_one", "test_two")
    items = [case for name in single for case in table(name, 1)] + table("test_zoo", DAYS + 3)
    days = [set(taken(items, day, monkeypatch)) for day in range(20_000, 20_000 + TURNS * DAYS)]

    assert set().union(*days) == {item.nodeid for item in items}
    for name in (*single, "test_zoo"):
        assert [place for place, one in enumerate(days) if name in str(one)] in [
            list(range(begin, len(days), TURNS)) for begin in range(TURNS)
        ]
    assert all(len({case.partition("[")[0] for case in one}) <= 1 for one in days)
    assert all(len(one) <= 2 for one in days)


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("tests", range(1, TURNS))
def test_no_day_passes_a_small_file_by(tests: int, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [case for number in range(tests) for case in table(f"test_{number}", DAYS)]
    days = [taken(items, day, monkeypatch) for day in range(20_000, 20_000 + tests * DAYS)]

    assert all(len(each) == 1 for each in days)
    assert sorted(case for each in days for case in each) == sorted(item.nodeid for item in items)


@pytest.mark.usefixtures("asked")
def test_on_the_day_of_continuous_integration_each_file_has_a_test_and_in_some_days_each_test_its_turn(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = re.search(r"ORDERCLI_CASES_OF=(\d+) make test-postgres", CI.read_text())
    assert said is not None
    items = [item for item in request.session.items if reason_of(item) is None]
    tests = {item.nodeid: item.nodeid.partition("[")[0] for item in items}
    days = [{tests[name] for name in taken(items, int(said[1]) + later, monkeypatch)} for later in range(TURNS)]

    files = [{name.partition("::")[0] for name in day} for day in [{*tests.values()}, days[0]]]
    assert files[0] - files[1] == set()
    assert {*tests.values()} - set().union(*days) == set()


@pytest.mark.usefixtures("asked")
def test_of_what_is_of_a_server_alone_costly_cases_have_their_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap, dear = table("test_cheap", 20, room="postgres/"), table("test_dear", 7, "costly", room="postgres/")
    days = [taken([*cheap, *dear], day, monkeypatch) for day in range(20_000, 20_000 + COSTLY_DAYS)]

    assert all({case.nodeid for case in cheap} < set(each) for each in days)
    assert sorted(case for each in days for case in each if "dear" in case) == [case.nodeid for case in dear]


@pytest.mark.usefixtures("asked")
def test_lines_of_one_test_have_their_turns_too(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = list(range(7))
    for day in ("20000", "20001"):
        monkeypatch.setenv("ORDERCLI_CASES_OF", day)
        assert sorted([*lines[turn(2, 0)], *lines[turn(2, 1)]]) == lines
    first = lines[turn(2)]
    monkeypatch.setenv("ORDERCLI_CASES_OF", "20000")
    assert sorted([*first, *lines[turn(2)]]) == lines


def test_a_run_that_is_not_asked_to_leave_cases_out_takes_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(some_cases, "IS_ASKED", False)
    items = table("test_many", 100)

    assert len(taken(items, 20_000, monkeypatch)) == len(items[turn(2)]) == 100
    assert some(20) == 20


DRAWN = """
from hypothesis import given, strategies
from campaign import drawing
drawn = []
@given(strategies.integers())
def test_one(number):
    drawn.append(number)
test_one()
print(drawn, drawing("a shop").random())
"""


def drawn(**said: str) -> str:
    """What a property and a simulated shop begin with in a run."""
    names = (
        "ORDERCLI_ALL_CASES",
        "ORDERCLI_CAMPAIGN",
        "ORDERCLI_CASES_OF",
        "ORDERCLI_SALT",
        "ORDERCLI_SOME_CASES",
    )
    path = os.pathsep.join([str(Path(__file__).parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = {name: value for name, value in os.environ.items() if name not in names}
    words = [sys.executable, "-c", DRAWN]
    return subprocess.run(
        words, env={**environment, "PYTHONPATH": path, **said}, check=True, capture_output=True, text=True
    ).stdout


def test_random_examples_are_other_ones_each_day_and_the_same_again_for_who_names_the_day() -> None:
    asked = {"ORDERCLI_SOME_CASES": "1"}
    today, again, tomorrow = (drawn(**asked, ORDERCLI_CASES_OF=day) for day in ("20000", "20000", "20001"))
    whole = drawn()

    assert today == again
    assert all(one != other for one, other in zip(today.split("] "), tomorrow.split("] "), strict=True))
    assert drawn(**asked, ORDERCLI_ALL_CASES="1", ORDERCLI_CASES_OF="20000") == whole
    assert len(whole.split()) > EXAMPLES * len(today.split()) // 2


def test_folders_that_are_left_out_on_a_server_have_no_test_for_one(request: pytest.FixtureRequest) -> None:
    rooms = tuple(f"tests/{room}/" for room in ROOMS)
    there = [item for item in request.session.items if item.nodeid.startswith(rooms)]
    if not there:
        pytest.skip("asks for a run in which these folders are collected, such as make test")

    assert [item.nodeid for item in there if not reason_of(item)] == []


def test_this_test_opens_no_shop(request: pytest.FixtureRequest) -> None:
    assert not opens_shop(request.node)


@pytest.mark.usefixtures("blank")
def test_one_in_memory_is_none(request: pytest.FixtureRequest) -> None:
    assert not opens_shop(request.node)


@pytest.mark.usefixtures("shop")
def test_a_shop_is_one(request: pytest.FixtureRequest) -> None:
    assert opens_shop(request.node)
