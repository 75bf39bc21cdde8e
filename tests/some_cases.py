"""Which cases of a large table a run takes, and how many random examples, where it need not take all of them.

``make test-postgres`` asks a server what ``make test`` asks of a file, and a server takes longer for each. So it
takes every test, but of a table of many cases only those whose turn it is on this day; in as many days as ``DAYS``
says all have had theirs. ``ORDERCLI_ALL_CASES=1`` takes all of them.
"""

import os
import time
from collections import defaultdict
from typing import Any

IS_ASKED = "ORDERCLI_SOME_CASES" in os.environ and "ORDERCLI_ALL_CASES" not in os.environ
"""Whether this is such a run."""
MOST = 3
"""Cases of a test that are not many."""
DAYS = 7
"""Days in which each case of many has its turn."""
_DAY = "ORDERCLI_CASES_OF"


def set_day() -> None:
    """Settle which day it is, for all processes of the run, which may go on past midnight."""
    os.environ.setdefault(_DAY, str(int(time.time()) // 86_400))


def turn() -> int:
    """Whose turn it is: a number below ``DAYS``, another one each day; ORDERCLI_CASES_OF has the day's."""
    return int(os.environ[_DAY]) % DAYS


def left_out(items: list[Any]) -> set[Any]:
    """The cases whose turn it is not; the cases of a test are counted by the order of their names."""
    tables = defaultdict(list)
    for item in items:
        tables[item.location[0], getattr(item, "originalname", item.name)].append(item)
    return {
        item
        for cases in tables.values()
        if IS_ASKED and len(cases) > MOST
        for place, item in enumerate(sorted(cases, key=lambda each: str(each.nodeid)))
        if place % DAYS != turn()
    }


def header() -> str | None:
    """What a run says of it."""
    if not IS_ASKED:
        return None
    which = f"those of turn {turn()} ({_DAY}={os.environ[_DAY]})"
    return f"cases: of a table of more than {MOST} every {DAYS}th, {which}; all with ORDERCLI_ALL_CASES=1"


def some(number: int, least: int = 2) -> int:
    """So many random examples, or a part of them, at least so many."""
    return max(number // DAYS, least) if IS_ASKED else number
