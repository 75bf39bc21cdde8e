"""``ordercli sync amazon quantities``: telling Amazon how many of each listing can be sold."""

from typing import TYPE_CHECKING

import typer

from ordercli.cli.amazon.push import ABOUT_IT, COMMAND
from ordercli.cli.amazon.session import connected
from ordercli.cli.frame import now_of, print_receipt, reader, settings_of, write
from ordercli.errors import OrdercliError, OutOfReach, Refused, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ordercli.amazon.account import Account
    from ordercli.amazon.client import Client
    from ordercli.amazon.listings import Place
    from ordercli.domain.stock.feed import FeedRow
    from ordercli.services.amazon.calls import OpenCall


def push_quantities(ctx: typer.Context, *, max_wait: float, dry_run: bool) -> int:
    """Tell Amazon the quantity of every listing whose quantity is another than the one told last.

    Few are told one by one, many in a feed; of one that an earlier run began, it is looked first what came of it.

    Returns:
        How many were refused.

    Raises:
        UsageProblem: if the account does not say whose listings these are.
        Refused: if it sells in several marketplaces, or Amazon refuses the account.
        OutOfReach: if Amazon does not answer; what is known is recorded.
    """
    from ordercli.amazon.account import find_account
    from ordercli.services.amazon.quantity_push import foresee_quantities

    account = find_account(settings_of(ctx).config_folder)
    _refuse_unclear(account)
    if dry_run:
        rows = _rows(ctx)
        write(ctx, COMMAND, lambda work: foresee_quantities(work, rows), dry_run=True)
        return 0
    with connected(ctx, account, max_wait) as client:
        from ordercli.amazon.listings import Place

        return _Push(ctx, client, Place(account.seller_id, account.marketplaces[0])).tell()


def _rows(ctx: typer.Context) -> "list[FeedRow]":
    from ordercli.domain.fields import AMAZON
    from ordercli.queries.stock.feed import feed_rows

    with reader(ctx) as opened:
        return feed_rows(opened.connection, AMAZON, today=opened.today)


def _refuse_unclear(account: "Account") -> None:
    if not account.seller_id:
        raise UsageProblem(
            "Amazon has to be told whose listings these are: log in again with --seller-id, or set"
            " ORDERCLI_AMAZON_SELLER_ID."
        )
    if len(account.marketplaces) != 1:
        raise Refused(
            "A call tells the quantity in one marketplace, and the account sells in several or none; use a file:"
            " ordercli stock feed --channel amazon FILE"
        )


class _Push:
    """The calls of one run."""

    def __init__(self, ctx: typer.Context, client: "Client", place: "Place") -> None:
        from ordercli.domain.shipping.upload_feeds import FEED_CALL
        from ordercli.services.amazon.calls import StoredCalls
        from ordercli.services.amazon.quantity_push import CALL, FEED_SUBJECT

        settings = settings_of(ctx)
        self._ctx, self._client, self._place = ctx, client, place
        self._calls = StoredCalls(settings.database, settings.wait_seconds, CALL)
        self._feeds = StoredCalls(settings.database, settings.wait_seconds, FEED_CALL, FEED_SUBJECT)

    def tell(self) -> int:
        """Tell what is to be told, and record it; how much was refused.

        Raises:
            OutOfReach: if Amazon does not answer, or another run may be telling one of the listings.
            Refused: if Amazon refuses the account.
        """
        from ordercli.services.amazon.quantity_push import MOST_CALLS, to_tell, told_by

        lost, rejected = self._finish_feed()
        rows, unsure = _rows(self._ctx), told_by(lost.content) if lost is not None else {}
        with self._calls.locked() as connection:
            news = to_tell(connection, rows, unsure)
        if len(news) > MOST_CALLS or (lost is not None and news):
            self._settle_old(news)
            self._record_calls(is_silent=True)
            return rejected + self._tell_together(news, instead=None if lost is None else lost.id)
        problem = None
        try:
            self._tell_each(news)
        except OrdercliError as error:
            problem = error
        rejected += self._record_calls(is_silent=problem is not None or rejected > 0)
        if problem is not None:
            raise problem
        return rejected

    def _record_calls(self, *, is_silent: bool) -> int:
        """Record what came of the calls; how many were refused. What changed nothing is told unless silent."""
        from ordercli.services.amazon.quantity_push import record_quantities

        outcome = write(self._ctx, COMMAND, record_quantities, dry_run=False, silent=True)
        if not is_silent or outcome.is_change:
            print_receipt(self._ctx, COMMAND, outcome, dry_run=False)
        return outcome.counts["rows_rejected"]

    def _tell_each(self, news: "Sequence[FeedRow]") -> None:
        from ordercli.amazon.client import Refusal
        from ordercli.amazon.listings import tell_quantity
        from ordercli.domain.amazon.packages import is_over

        unknown = {call.subject: call for call in self._calls.unknown()}
        busy = []
        for row in news:
            sku, earlier, now = row.channel_sku, unknown.get(row.channel_sku), now_of(self._ctx)
            may_replace = earlier is not None and is_over(earlier.called_at, now)
            instead = earlier.id if earlier and may_replace else None
            call = self._calls.begin(sku, str(row.quantity), now, instead=instead)
            if call is None:
                busy.append(sku)
                continue
            try:
                code = tell_quantity(self._client, self._place, sku, row.quantity)
            except Refusal as refusal:
                if refusal.status not in ABOUT_IT:
                    self._calls.settle(call, "lost")
                    raise
                code = refusal.code
            self._calls.settle(call, "taken" if code is None else "refused", code=code)
        if busy:
            raise _busy(f"the quantity of {busy[0]}")

    def _settle_old(self, news: "Sequence[FeedRow]") -> None:
        """Calls of which nothing is known are over once a feed tells the same listings anew.

        Raises:
            OutOfReach: if one may still be under way.
        """
        from ordercli.domain.amazon.packages import is_over

        told = {row.channel_sku for row in news}
        unknown = [call for call in self._calls.unknown() if call.subject in told]
        for call in unknown:
            if not is_over(call.called_at, now_of(self._ctx)):
                raise _busy(f"the quantity of {call.subject}")
        for call in unknown:
            self._calls.settle(call.id, "lost")

    def _tell_together(self, news: "Sequence[FeedRow]", *, instead: int | None) -> int:
        """Tell all in a feed, and record what Amazon made of it; how many were refused.

        Amazon works off the feeds of a seller one after the other, so that the numbers of a later one hold.
        """
        from ordercli.amazon.answers import OutcomeUnknown
        from ordercli.amazon.feeds import JSON_TYPE, begin, upload
        from ordercli.formats.amazon.quantity_feed import feed_of
        from ordercli.services.amazon.quantity_push import FEED_SUBJECT, content_of

        content = content_of(news)
        quantities = {row.channel_sku: row.quantity for row in news}
        document = upload(self._client, feed_of(self._place.seller_id, quantities), JSON_TYPE)
        call = self._feeds.begin(FEED_SUBJECT, content, now_of(self._ctx), instead=instead)
        if call is None:
            raise _busy("quantities in a feed")
        try:
            feed = begin(self._client, FEED_SUBJECT, [self._place.marketplace], document)
        except OutcomeUnknown:
            raise
        except OrdercliError:
            self._feeds.settle(call, "lost")
            raise
        self._feeds.settle(call, "taken", answer=feed)
        return self._record_feed(call, content, feed)

    def _finish_feed(self) -> "tuple[OpenCall | None, int]":
        """Find out what came of a feed that an earlier run began.

        Returns:
            One of which nothing is known, in whose place another must come; and how much was refused.

        Raises:
            OutOfReach: if Amazon is still working on it, or may not have it yet.
        """
        from ordercli.domain.amazon.packages import is_over

        lost: OpenCall | None = None
        rejected = 0
        for call in self._feeds.open():
            if call.state == "taken" and call.answer is not None:
                rejected += self._record_feed(call.id, call.content, call.answer)
            elif is_over(call.called_at, now_of(self._ctx)):
                lost = call
            else:
                raise _busy("quantities in a feed")
        return lost, rejected

    def _record_feed(self, call: int, content: str, feed: str) -> int:
        from ordercli.amazon.answers import understood
        from ordercli.amazon.feeds import DOCUMENT, processing_report, wait_for
        from ordercli.formats.amazon.quantity_feed import refused_in
        from ordercli.services.amazon.quantity_push import record_feed

        processed = wait_for(self._client, feed, "quantities")
        refused: dict[str, str] | None = None
        if processed.ending == "DONE":
            refused = {}
            if processed.document is not None:
                report = processing_report(self._client, processed.document)
                with understood(DOCUMENT):
                    refused = refused_in(report)
        outcome = write(self._ctx, COMMAND, lambda work: record_feed(work, call, content, refused), dry_run=False)
        return outcome.counts.get("rows_rejected", 0)


def _busy(what: str) -> OutOfReach:
    return OutOfReach(
        f"Another run may be telling Amazon {what}, or was cut off just now; run this again in some minutes."
    )
