"""Which tests and cases a run takes, and which random examples, where it need not take all of them.

``make test-postgres`` asks a server what ``make test`` asks of a file, and a server takes longer for each. So of a
table of many cases it takes only those whose turn it is on this day. Of the rooms that write most it takes every
test that has a shop; of each file of the others every fourth test, one at least, another one each day. In as many
days as ``DAYS`` says, times ``TURNS``, all have had theirs. What is of a server alone takes all its cases, but of
a table that says that each of them is ``costly`` a part. Random examples are fewer, and other ones each day.
``ORDERCLI_ALL_CASES=1`` takes all tests and cases, and the examples of ``make test``.
"""

import os
import time
from collections import defaultdict
from typing import Any

from about_files import is_of_servers

IS_ASKED = "ORDERCLI_SOME_CASES" in os.environ and "ORDERCLI_ALL_CASES" not in os.environ
"""Whether this is such a run."""
MOST = 1
"""Cases of a test that are not many."""
DAYS = 14
"""Days in which each case of many has its turn."""
TURNS = 4
"""Days in which each test of a file has its turn, but in the rooms that are taken whole; of a file with fewer
tests in as many as it has, so that no day passes a file by."""
WHOLE = ("services/", "cli/orders/", "cli/stock/", "cli/shipping/")
"""Rooms that write most: stock, orders, and what leaves."""
COSTLY_DAYS = 3
"""The same for a table of what is of a server alone, if each case of it takes seconds."""
EXAMPLES = 7
"""Of so many random examples one is tried."""
_DAY = "ORDERCLI_CASES_OF"


def set_day() -> None:
    """Settle which day it is, for all processes of the run, which may go on past midnight."""
    os.environ.setdefault(_DAY, str(int(time.time()) // 86_400))


def salt() -> str:
    """What random examples begin from on this day; nothing where a run takes all cases."""
    if not IS_ASKED:
        return ""
    set_day()
    return f"day {os.environ[_DAY]}"


def left_out(items: list[Any]) -> set[Any]:
    """The cases whose turn it is not; tests and cases are counted by the order of their names."""
    if not IS_ASKED:
        return set()
    files, today = defaultdict[str, dict[str, list[Any]]](dict), int(os.environ[_DAY])
    for item in items:
        files[item.location[0]].setdefault(getattr(item, "originalname", item.name), []).append(item)
    left = set[Any]()
    for tests in files.values():
        for number, (_, cases) in enumerate(sorted(tests.items())):
            turns = min(_turns(cases[0]), len(tests))
            day, is_todays = today // turns, (number + today) % turns == 0
            every = min(_days(cases[0]), len(cases)) if len(cases) > MOST else 1  # so that one has its turn
            named = sorted(cases, key=lambda case: str(case.nodeid))
            left |= {case for place, case in enumerate(named) if not is_todays or place % every != day % every}
    return left


def _turns(case: Any) -> int:
    """In how many days its test has its turn."""
    is_whole = is_of_servers(case) or str(case.nodeid).removeprefix("tests/").startswith(WHOLE)
    return 1 if is_whole else TURNS


def _days(case: Any) -> int:
    """In how many days each case of its table has its turn."""
    if is_of_servers(case):
        return COSTLY_DAYS if "costly" in {mark.name for mark in case.iter_markers()} else 1
    return DAYS


def turn(parts: int, part: int = 0) -> slice:
    """Which of many lines, that are cut into parts, have their turn as one of the parts on this day."""
    return slice((int(os.environ[_DAY]) + part) % parts, None, parts) if IS_ASKED else slice(None)


def header() -> str | None:
    """What a run says of it."""
    if not IS_ASKED:
        return None
    return (
        f"cases: of a table every {DAYS}th, of many files every {TURNS}th test, other random examples, each day"
        f" ({_DAY}={os.environ[_DAY]}); all with ORDERCLI_ALL_CASES=1"
    )


def some(number: int, least: int = 2) -> int:
    """So many random examples, or a part of them, at least so many."""
    return max(number // EXAMPLES, least) if IS_ASKED else number
