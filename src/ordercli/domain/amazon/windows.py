"""Which span of time a pull asks for, and where it goes on.

What Amazon changed is asked for by the time of its last update. The span ends at the server's own time as it told
it (the watermark), and the next one begins a little before that end, since an order may become visible somewhat
after the time it bears. What comes twice is held already and changes nothing. A span of which a line was rejected
(its product is not there yet, say) is read again the next time, for nothing else would tell that line once more.
"""

from dataclasses import dataclass

from ordercli.domain.times import shift

OVERLAP_SECONDS = 600
"""How far a span reaches back behind the end of the one before."""

TOKEN_SECONDS = 23 * 3600
"""How long the token of a next page is trusted; Amazon lets it expire after a day."""

REPORT_DAYS = 30
"""The longest span that Amazon makes one report of orders of."""

FIRST_DAYS = 30
"""How far back the first pull asks."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a pull has come.

    Attributes:
        since: begin of the span that is being read, or that comes next.
        until: its end as the first page told it; None while none is being read.
        next_token: of its next page; None where none is left.
        token_at: when that token was given.
        is_short: whether a line of the span was rejected.
    """

    since: str
    until: str | None = None
    next_token: str | None = None
    token_at: str | None = None
    is_short: bool = False

    def usable(self, now: str) -> "Cursor":
        """The cursor without a token that has grown too old: its span is read from its begin again."""
        if self.next_token is None or self.token_at is None or shift(self.token_at, seconds=TOKEN_SECONDS) > now:
            return self
        return Cursor(self.since)

    def after_page(self, until: str, next_token: str | None, now: str, *, is_short: bool) -> "Cursor":
        """The cursor behind a page.

        Args:
            until: end of the span, as the page tells it.
            next_token: of the page after it; None for the last.
            now: the present.
            is_short: whether a line of the page was rejected.
        """
        is_short = is_short or self.is_short
        if next_token is not None:
            return Cursor(self.since, self.until or until, next_token, now, is_short)
        ahead = shift(self.until or until, seconds=-OVERLAP_SECONDS)
        return Cursor(self.since if is_short else max(self.since, ahead))

    def after_report(self) -> "Cursor":
        """The cursor behind the report of a part of a span that ends at :attr:`until`."""
        end = report_end(self)
        return Cursor(end, None if end == self.until else self.until)

    @property
    def is_within(self) -> bool:
        """Whether a span is being read."""
        return self.next_token is not None


def report_end(cursor: Cursor) -> str:
    """The end of the part of a span that one report is asked for."""
    end = shift(cursor.since, days=REPORT_DAYS)
    return end if cursor.until is None else min(end, cursor.until)


def split_first(begin: Cursor, now: str) -> tuple[Cursor | None, Cursor]:
    """What of a first pull comes by reports, and what page by page; None if nothing does by reports.

    Pages are few for some days and would be thousands for years, of which Amazon gives one in three minutes.
    """
    border = shift(now, days=-FIRST_DAYS)
    if shift(begin.since, days=1) > border:
        return None, begin
    return Cursor(begin.since, border), Cursor(border)


def first(now: str, since: str | None) -> Cursor:
    """Where a pull that never ran begins: where it is told to, or some days back."""
    return Cursor(since or shift(now, days=-FIRST_DAYS))
