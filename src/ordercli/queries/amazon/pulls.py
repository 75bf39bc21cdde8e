"""How far each pull from Amazon has come."""

from ordercli.domain.amazon.windows import Cursor
from ordercli.driver import Driver

LAST_PULL = """
SELECT since, until, next_token, token_at, is_short FROM amazon_pull WHERE what = :what ORDER BY id DESC LIMIT 1"""

FIRST_PULL = "SELECT MIN(since) FROM amazon_pull WHERE what = :what"


def reaches(connection: Driver, what: str, since: str) -> bool:
    """Whether a pull of a kind that has not come to its end began at a moment or before it."""
    known = cursor_of(connection, what)
    if known is None or known.until is None:
        return False
    (begin,) = connection.execute(FIRST_PULL, {"what": what}).fetchone()
    return bool(begin <= since)


def cursor_of(connection: Driver, what: str) -> Cursor | None:
    """The cursor behind the last page of a kind; None before the first."""
    found = connection.execute(LAST_PULL, {"what": what}).fetchone()
    if found is None:
        return None
    since, until, next_token, token_at, is_short = found
    return Cursor(since, until, next_token, token_at, bool(is_short))
