"""No test waits for a span that should do: what is done by then on one machine is not on another."""

import re
from pathlib import Path

import pytest

from patience import until

TESTS = Path(__file__).parent
SPAN = re.compile(r"\bsleep\((?!\))|\btimeout=\d*[1-9]|\.(?:wait|join|communicate)\([\d.]|monotonic\(\) \+ \d")
SPANS = {
    "campaigns/struck.py": "a look at a process that stops itself",
    "campaigns/traced.py": "the same",
    "campaigns/test_copies_under_writers.py": "a look, and a campaign that measures for a minute",
    "cli/test_run.py": "Ctrl-C comes somewhere in the midst of a list; where does not matter",
    "patience.py": "the look that the others have",
    "postgres/client.py": "strikes by chance, and comes again later",
    "postgres/test_many_at_once.py": "looks after its clients",
    "test_side_by_side.py": "a look at another thread",
    "test_turn.py": "the same",
    "warm.py": "the same",
}
"""The files that wait for a span, and for what that is enough."""


def test_tests_wait_for_a_state() -> None:
    found = {
        file.relative_to(TESTS).as_posix()
        for file in TESTS.rglob("*.py")
        if file != Path(__file__) and any(map(SPAN.search, lines_of(file)))
    }

    assert found == SPANS.keys()


def lines_of(file: Path) -> list[str]:
    """Those of Python, not those that a shell or a server is given."""
    return [line for line in file.read_text("utf-8").splitlines() if "pg_sleep" not in line]


def test_what_comes_is_given_and_what_does_not_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter(["", "", "it"])
    assert until(lambda: next(looks)) == "it"

    monkeypatch.setattr("patience.LONG", 0)
    with pytest.raises(AssertionError, match="no word of it"):
        until(lambda: False, lambda: "no word of it")
