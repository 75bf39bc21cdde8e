"""Where a pull goes on: as a table of cursors before and behind a page."""

import pytest

from ordercli.domain.amazon.windows import Cursor, first

NOW = "2026-03-16T13:00:00Z"
UNTIL = "2026-03-16T12:58:00Z"
OLD = "2026-03-01T00:00:00Z"


@pytest.mark.parametrize(
    ("before", "token", "is_short", "behind"),
    [
        (Cursor(OLD), None, False, Cursor("2026-03-16T12:48:00Z")),
        (Cursor(OLD), "next", False, Cursor(OLD, UNTIL, "next", NOW)),
        (Cursor(OLD), "next", True, Cursor(OLD, UNTIL, "next", NOW, is_short=True)),
        (Cursor(OLD), None, True, Cursor(OLD)),
        (Cursor(OLD, "2026-03-10T00:00:00Z", "a", NOW), None, False, Cursor("2026-03-09T23:50:00Z")),
        (Cursor(OLD, UNTIL, "a", NOW, is_short=True), "b", False, Cursor(OLD, UNTIL, "b", NOW, is_short=True)),
        (Cursor(OLD, UNTIL, "a", NOW, is_short=True), None, False, Cursor(OLD)),
        (Cursor("2026-03-16T12:57:00Z"), None, False, Cursor("2026-03-16T12:57:00Z")),
    ],
    ids=[
        "the next span begins a little before the end",
        "the next page",
        "the next page of a span with a rejected line",
        "a span with a rejected line is read again",
        "the end is that of the first page",
        "a rejected line is not forgotten on the way",
        "nor at the end",
        "never back",
    ],
)
def test_a_pull_goes_on_behind_the_page_it_took(
    before: Cursor, token: str | None, is_short: bool, behind: Cursor
) -> None:
    assert before.after_page(UNTIL, token, NOW, is_short=is_short) == behind


def test_a_token_that_grew_old_is_not_used() -> None:
    fresh, old = (Cursor(OLD, UNTIL, "a", at) for at in ("2026-03-15T14:30:00Z", "2026-03-15T13:30:00Z"))

    assert fresh.usable(NOW) == fresh
    assert old.usable(NOW) == Cursor(OLD)
    assert Cursor(OLD).usable(NOW) == Cursor(OLD)


def test_the_first_pull_reaches_thirty_days_back_or_to_where_it_is_told() -> None:
    assert first(NOW, None) == Cursor("2026-02-14T13:00:00Z")
    assert first(NOW, OLD) == Cursor(OLD)
