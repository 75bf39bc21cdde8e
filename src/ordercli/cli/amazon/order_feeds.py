"""``ordercli sync amazon cancellations`` and ``refunds``: telling Amazon of them by feeds, each once."""

from typing import TYPE_CHECKING, NamedTuple

import typer

from ordercli.cli.amazon.push import COMMAND
from ordercli.cli.amazon.session import account_of, connected
from ordercli.cli.frame import confirm, now_of, print_receipt, settings_of, write
from ordercli.domain.amazon.order_feeds import OrderFeed
from ordercli.errors import OrdercliError, OutOfReach, Refused

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ordercli.amazon.client import Client
    from ordercli.domain.shipping.upload_feeds import FeedLine
    from ordercli.domain.shipping.upload_files import ProcessingReport
    from ordercli.services.amazon.calls import OpenCall
    from ordercli.services.operations import Outcome, Work

_GONE = 404


def push_order_feed(ctx: typer.Context, feed: OrderFeed, *, again: bool, max_wait: float, dry_run: bool) -> int:
    """Tell Amazon of every refund or cancellation that it was not told, and record what came of it.

    Args:
        ctx: the command's context.
        feed: which of the two.
        again: tell once more what Amazon refused, or may not have got.
        max_wait: seconds.
        dry_run: say what would be told, and call nobody.

    Returns:
        How many were refused.

    Raises:
        OutOfReach: if Amazon did not answer, or is still working on it; the next run goes on.
        Refused: if Amazon does not let the account do it, or the answer to the question is no.
    """
    account = account_of(ctx)
    if dry_run:
        from ordercli.services.amazon.order_feed_push import foresee_feed

        write(ctx, COMMAND, lambda work: foresee_feed(work, feed.kind, again=again), dry_run=True)
        return 0
    with connected(ctx, account, max_wait) as client:
        run = _Run(ctx, client, account.marketplaces, feed, again=again)
        rejected = run.finish_earlier()
        return rejected + run.tell()


class _Filled(NamedTuple):
    """A feed to hand over."""

    lines: "list[FeedLine]"
    content: bytes


class _Proven(NamedTuple):
    """A feed that is a call's for certain, with the report that says so."""

    number: str
    report: "ProcessingReport"


def _started(work: "Work", feed: OrderFeed, *, again: bool) -> "tuple[Outcome, _Filled | None]":
    """What a feed would tell, in a transaction of which nothing stays."""
    from ordercli.cli.shipping.upload_file import content_of
    from ordercli.db import driver_of
    from ordercli.queries.shipping.upload_files import upload_rows
    from ordercli.services.amazon.order_feed_push import lines_of, start_feed

    outcome = start_feed(work, feed.kind, again=again)
    for number in outcome.ids.get("upload_file", ()):
        rows = upload_rows(driver_of(work.connection), number, work.shop.currency)
        return outcome, _Filled(lines_of(work, feed.kind, number, rows.told), content_of(rows))
    return outcome, None


class _Run:
    """The feeds of one run."""

    def __init__(
        self, ctx: typer.Context, client: "Client", marketplaces: "Sequence[str]", feed: OrderFeed, *, again: bool
    ) -> None:
        from ordercli.domain.shipping.upload_feeds import FEED_CALL, FEED_TYPES
        from ordercli.services.amazon.calls import StoredCalls

        settings = settings_of(ctx)
        self._ctx, self._client, self._marketplaces = ctx, client, marketplaces
        self._feed, self._again, self._type = feed, again, FEED_TYPES[feed.kind]
        self._has_recorded = False
        self._calls = StoredCalls(settings.database, settings.wait_seconds, FEED_CALL, self._type)

    def finish_earlier(self) -> int:
        """Find out what came of feeds that an earlier run handed over, and record it; how many were refused.

        Raises:
            OutOfReach: if it cannot be said yet.
        """
        rejected = 0
        for call in self._calls.open():
            if call.state == "taken":
                report = None if call.answer is None else self._report(call.answer)
                rejected += self._record(call.id, call.content, report)
            else:
                rejected += self._look_up(call)
        return rejected

    def tell(self) -> int:
        """Hand over what waits, and record what Amazon made of it; how many were refused.

        Raises:
            OutcomeUnknown: if Amazon did not answer, and shows no feed that must be it.
            OrdercliError: if nothing was told.
        """
        from ordercli.amazon.answers import OutcomeUnknown
        from ordercli.amazon.feeds import TABS_TYPE, begin, begun_since, upload
        from ordercli.domain.amazon.order_feeds import known_since
        from ordercli.domain.shipping.upload_feeds import content_of_feed
        from ordercli.services.amazon.order_feed_push import still_waits

        outcome, filled = self._waiting()
        if filled is None:
            if outcome.warnings or not self._has_recorded:
                print_receipt(self._ctx, COMMAND, outcome, dry_run=False)
            return 0
        if not self._feed.is_harmless:
            told, total = outcome.details["what"], outcome.details["total"]
            confirm(self._ctx, f"Have Amazon pay back {told}, {total}?")
        document = upload(self._client, filled.content, TABS_TYPE)
        known = begun_since(self._client, self._type, known_since(now_of(self._ctx)))
        content = content_of_feed(filled.lines, {each.number for each in known})
        call = self._calls.begin(
            self._type,
            content,
            now_of(self._ctx),
            may_go=lambda connection: still_waits(connection, self._feed.kind, filled.lines, again=self._again),
        )
        if call is None:
            raise OutOfReach(f"Another run is telling Amazon {self._feed.title}; run this again then.")
        try:
            number = begin(self._client, self._type, self._marketplaces, document)
        except OutcomeUnknown:
            made = next(each for each in self._calls.open() if each.id == call)
            proven = self._proven(made, self._candidates(made))
            if proven is None:
                raise
            self._calls.settle(call, "taken", answer=proven.number)
            return self._record(call, content, proven.report, outcome.warnings)
        except OrdercliError:
            self._calls.settle(call, "lost")
            raise
        self._calls.settle(call, "taken", answer=number)
        return self._record(call, content, self._report(number), outcome.warnings)

    def _waiting(self) -> "tuple[Outcome, _Filled | None]":
        found: list[_Filled | None] = []

        def use_case(work: "Work") -> "Outcome":
            outcome, filled = _started(work, self._feed, again=self._again)
            found.append(filled)
            return outcome

        outcome = write(self._ctx, COMMAND, use_case, dry_run=True, silent=True)
        return outcome, found[0]

    def _look_up(self, call: "OpenCall") -> int:
        """Find out what came of a feed whose call nobody answered, and record it; how many were refused.

        Raises:
            OutOfReach: if that cannot be said.
        """
        from ordercli.domain.amazon.packages import is_over

        candidates = self._candidates(call)
        proven = self._proven(call, candidates)
        if proven is not None:
            self._calls.settle(call.id, "taken", answer=proven.number)
            return self._record(call.id, call.content, proven.report)
        may_end = is_over(call.called_at, now_of(self._ctx))
        if may_end and (self._feed.is_harmless or self._again):
            self._calls.settle(call.id, "lost")
            return 0
        if may_end and candidates:  # one of them may be it, which nobody but the seller can tell
            self._calls.settle(call.id, "taken")
            return self._record(call.id, call.content, None)
        start = (
            f"Amazon did not say whether it got the {self._feed.title} it was told, and no feed there must be it"
        )
        if not may_end:
            raise OutOfReach(
                f"{start} yet; run this again in some minutes: it is asked before any are told again."
            )
        raise OutOfReach(f"{start}; look in Seller Central, and if none of them is there either, add --again.")

    def _candidates(self, call: "OpenCall") -> list[str]:
        """The feeds begun since a call that no call of ours is known to have begun: one of them may be its."""
        from ordercli.amazon.feeds import begun_since
        from ordercli.domain.shipping.upload_feeds import FEED_CALL, known_feeds
        from ordercli.services.amazon.calls import answers_of

        with self._calls.locked() as connection:
            others = answers_of(connection, FEED_CALL) | known_feeds(call.content)
        found = begun_since(self._client, self._type, call.called_at)
        return [each.number for each in found if each.begun_at >= call.called_at and each.number not in others]

    def _proven(self, call: "OpenCall", candidates: "Sequence[str]") -> "_Proven | None":
        """The one of some feeds whose report names what a call told; None if none does."""
        from ordercli.domain.shipping.upload_feeds import feed_lines, is_report_on

        for number in candidates:
            report = self._report(number)
            if report is not None and is_report_on(report, feed_lines(call.content)):
                return _Proven(number, report)
        return None

    def _record(
        self, call: int, content: str, report: "ProcessingReport | None", warnings: tuple[str, ...] = ()
    ) -> int:
        """Record what came of a feed by Amazon's report; None if nobody knows what of it holds."""
        from dataclasses import replace

        from ordercli.domain.shipping.upload_feeds import feed_lines
        from ordercli.services.amazon.order_feed_push import record_feed_of_orders

        lines = feed_lines(content)
        self._has_recorded = True

        def use_case(work: "Work") -> "Outcome":
            outcome = record_feed_of_orders(work, self._feed.kind, call, lines, report)
            return replace(outcome, warnings=(*warnings, *outcome.warnings))

        return write(self._ctx, COMMAND, use_case, dry_run=False).counts.get("rows_rejected", 0)

    def _report(self, number: str) -> "ProcessingReport | None":
        """Wait until Amazon has worked a feed off; what it says of it, None if not what of it holds."""
        from ordercli.amazon.client import Refusal
        from ordercli.amazon.feeds import processing_report, wait_for
        from ordercli.domain.shipping.upload_files import NOT_BEGUN
        from ordercli.formats.shipping.processing_report import read_processing_report

        try:
            processed = wait_for(self._client, number, self._feed.title)
            if processed.ending == "CANCELLED":
                return NOT_BEGUN
            if processed.ending == "FATAL" or processed.document is None:
                return None
            content = processing_report(self._client, processed.document)
        except Refusal as refusal:
            if refusal.status != _GONE:
                raise
            return None
        try:
            return read_processing_report("Amazon's report", content)
        except Refused:
            return None
