"""Orders of long ago, by the reports that Amazon makes of them: the first run of ``ordercli sync amazon orders``.

What changed in the last thirty days comes page by page. Where the first run is to reach back farther, what came
before that is asked for as reports, thirty days each: pages of a year would take the calls of a day.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from ordercli.cli.frame import reader, settings_of, write, write_prepared
from ordercli.errors import Refused
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.amazon.account import Account
    from ordercli.amazon.client import Client
    from ordercli.domain.amazon.windows import Cursor
    from ordercli.queries.reader import Reader
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.orders.order_import import StagedFile

COMMAND = "sync amazon"
WHAT = "order_reports"
KIND = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
TITLE = "its report of orders"


class OrderHistory:
    """The reports of one run.

    Args:
        ctx: the command's context.
        client: the connection.
        account: the seller's.
        create_products: make products of unknown SKUs.
        dry_run: ask for nothing, and say what would be asked for.
    """

    def __init__(
        self, ctx: typer.Context, client: "Client", account: "Account", *, create_products: bool, dry_run: bool
    ) -> None:
        self._ctx, self._client, self._account = ctx, client, account
        self._create_products, self._dry_run = create_products, dry_run

    def begin(self, span: "Cursor | None") -> None:
        """Ask for the first report of a span of time, if there is one and no earlier run did."""
        from ordercli.domain.times import wall_clock
        from ordercli.queries.amazon.pulls import cursor_of

        if span is None:
            return
        with reader(self._ctx) as opened:
            is_begun = cursor_of(opened.connection, WHAT) is not None
            since = wall_clock(span.since, opened.time_zone)
        if self._dry_run:
            console.say(f"Dry run, nothing asked: would ask Amazon for reports of orders since {since}.")
        elif not is_begun:
            self._ask(span)

    def pull(self) -> int:
        """Take in every report that is left, one after the other.

        Returns:
            How many rows were rejected; then the rest waits for the next run.

        Raises:
            OutOfReach: if one is not there yet.
            Refused: if Amazon could not make one.
        """
        from ordercli.queries.amazon.pulls import cursor_of

        while True:
            with reader(self._ctx) as opened:
                known, now = cursor_of(opened.connection, WHAT), opened.now
            if known is None or known.until is None or self._dry_run:
                return 0
            is_asked = known.is_within and known.usable(now).is_within
            if rejected := self._take(known if is_asked else self._ask(known)):
                return rejected

    def _ask(self, cursor: "Cursor") -> "Cursor":
        """Ask for the report at a cursor, and keep its identifier."""
        from ordercli.amazon.reports import ask_for
        from ordercli.domain.amazon.windows import report_end
        from ordercli.services.amazon.report_pull import note_asked

        end = report_end(cursor)
        report = ask_for(self._client, KIND, self._account.marketplaces, cursor.since, end)
        with reader(self._ctx) as opened:
            asked = replace(cursor, next_token=report, token_at=opened.now)
        write(self._ctx, COMMAND, lambda work: note_asked(work, WHAT, asked, TITLE), dry_run=False)
        return asked

    def _take(self, cursor: "Cursor") -> int:
        """Wait for a report and take it in; how many of its rows were rejected."""
        from ordercli.amazon.reports import content_of, wait_for
        from ordercli.services.amazon.report_pull import drop_span, take_in_span

        report = wait_for(self._client, cursor.next_token or "", TITLE)
        if report.ending == "FATAL":
            write(self._ctx, COMMAND, lambda work: drop_span(work, WHAT, cursor, TITLE), dry_run=False)
            raise Refused(f"Amazon could not make {TITLE}; the next run asks for it anew.")
        content = b"" if report.document is None else content_of(self._client, report.document)
        if not content.strip():
            write(self._ctx, COMMAND, lambda work: take_in_span(work, WHAT, cursor, TITLE, None), dry_run=False)
            return 0
        return self._import(cursor, content)

    def _import(self, cursor: "Cursor", content: bytes) -> int:
        from ordercli.cli.intake import opened_for
        from ordercli.cli.orders.order_import import Wish, stage_orders
        from ordercli.services.amazon.report_pull import take_in_span
        from ordercli.services.orders.order_import import import_orders
        from ordercli.unfinished import kept_beside

        makes = self._create_products
        wish = Wish("auto", None, None, None, strict=False, create_products=makes, as_of=cursor.token_at)
        database = settings_of(self._ctx).beside
        # Beside the database: what a killed run leaves of it is deleted by the next one that writes.
        with kept_beside(database, content) as kept, opened_for(self._ctx, None, str(kept)) as file:
            source = replace(file, name="Amazon, its report of orders")

            def prepare(opened: "Reader") -> "list[StagedFile]":
                return [replace(each, name="Amazon") for each in stage_orders(self._ctx, opened, [source], wish)]

            def use_case(work: "Work", staged: "list[StagedFile]") -> "Outcome":
                return take_in_span(work, WHAT, cursor, TITLE, lambda inner: import_orders(inner, staged))

            outcome = write_prepared(self._ctx, COMMAND, prepare, use_case, dry_run=False)
        return outcome.counts["rows_rejected"]
