"""Which reports of returns are asked for, and of which span of time.

A report tells requests by the day they were made, with what became of them since. So each one reaches back over
the days in which something may still become of a request; what it tells again is held already and changes nothing.
"""

from typing import NamedTuple

from ordercli.domain.amazon.windows import Cursor
from ordercli.domain.times import shift

LOOK_BACK_DAYS = 30
MOST_DAYS = 60
"""The longest span that Amazon reports on at once."""

REST_SECONDS = 12 * 3600
"""How long ``sync amazon all`` leaves a report alone that came."""


class ReturnReport(NamedTuple):
    """One kind of report.

    Attributes:
        what: its name among the pulls.
        kind: Amazon's name of it.
        title: how messages call it.
    """

    what: str
    kind: str
    title: str


REPORTS = (
    ReturnReport("returns", "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE", "its report of returns"),
    ReturnReport("fba_returns", "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA", "its report of returns to Amazon"),
)


def span_of(cursor: Cursor, now: str) -> tuple[str, str]:
    """The span to ask for: from where the last one ended, or some days back if that is earlier."""
    since = min(cursor.since, shift(now, days=-LOOK_BACK_DAYS))
    return since, min(now, shift(since, days=MOST_DAYS))


def is_fresh(cursor: Cursor | None, now: str) -> bool:
    """Whether the last report came so lately that ``all`` need not ask."""
    return cursor is not None and not cursor.is_within and shift(cursor.since, seconds=REST_SECONDS) > now
