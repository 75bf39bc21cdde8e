"""Reports that Amazon makes: which was asked for, and where to go on when it was taken in.

The cursor of such a pull is a row of ``amazon_pull`` like a page's; the report's identifier stands where a page's
token does. It is kept before anybody looks whether the report is there, so that a run that was killed is gone on
with.
"""

from collections.abc import Callable
from dataclasses import asdict, replace

from sqlalchemy import text

from ordercli.domain.amazon.windows import Cursor
from ordercli.domain.times import wall_clock
from ordercli.services.operations import Outcome, Work

_KEEP = """
INSERT INTO amazon_pull (what, since, until, next_token, token_at, is_short, operation_id)
VALUES (:what, :since, :until, :next_token, :token_at, :is_short, :operation)"""


def keep_cursor(work: Work, what: str, cursor: Cursor) -> None:
    """Keep how far a pull has come."""
    values = {**asdict(cursor), "is_short": int(cursor.is_short), "what": what, "operation": work.operation}
    work.connection.execute(text(_KEEP), values)


def note_asked(work: Work, what: str, cursor: Cursor, title: str) -> Outcome:
    """Keep that a report was asked for."""
    keep_cursor(work, what, cursor)
    since = wall_clock(cursor.since, work.shop.time_zone)
    return Outcome(f"asked Amazon for {title} since {since}", {"reports": 1})


def take_in_report(
    work: Work, what: str, cursor: Cursor, title: str, use_case: Callable[[Work], Outcome] | None
) -> Outcome:
    """Take a report in, and keep where to go on.

    Args:
        work: the command's frame.
        what: the pull's name.
        cursor: with the report's identifier.
        title: of the report.
        use_case: what takes it in; None if there was nothing to report.
    """
    outcome = Outcome(f"Amazon has nothing for {title}", {}, {"rows_rejected": 0})
    if use_case is not None:
        outcome = use_case(work)
    # The next one reaches back as far again, so that what was rejected comes once more.
    keep_cursor(work, what, cursor.after_page(cursor.until or work.now, None, work.now, is_short=False))
    return replace(outcome, changed={**outcome.changed, "reports": 1})


def take_in_span(
    work: Work, what: str, cursor: Cursor, title: str, use_case: Callable[[Work], Outcome] | None
) -> Outcome:
    """Take in the report of a part of a longer span, and keep where to go on: behind it if all of it was taken.

    Args:
        work: the command's frame.
        what: the pull's name.
        cursor: with the report's identifier, and the end of the longer span.
        title: of the report.
        use_case: what takes it in; None if there was nothing to report.
    """
    outcome = Outcome(f"Amazon has nothing for {title}", {}, {"rows_rejected": 0})
    if use_case is not None:
        outcome = use_case(work)
    behind = cursor.after_report()
    if outcome.counts["rows_rejected"]:
        behind = Cursor(cursor.since, cursor.until)
    keep_cursor(work, what, behind)
    return replace(outcome, changed={**outcome.changed, "reports": 1})


def drop_span(work: Work, what: str, cursor: Cursor, title: str) -> Outcome:
    """Keep that the report of a part of a longer span could not be made: it is asked for again."""
    keep_cursor(work, what, Cursor(cursor.since, cursor.until))
    return Outcome(f"Amazon could not make {title}", {"reports": 1})


def drop_report(work: Work, what: str, cursor: Cursor, title: str) -> Outcome:
    """Keep that a report could not be made: its span is asked for again."""
    keep_cursor(work, what, Cursor(cursor.since))
    return Outcome(f"Amazon could not make {title}", {"reports": 1})
