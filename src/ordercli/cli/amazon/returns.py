"""``ordercli sync amazon returns``: reports of returns, asked for, waited for and taken in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from ordercli.cli.frame import reader, settings_of, write
from ordercli.errors import OutOfReach, Refused
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.amazon.account import Account
    from ordercli.amazon.client import Client
    from ordercli.domain.amazon.return_reports import ReturnReport
    from ordercli.domain.amazon.windows import Cursor
    from ordercli.services.operations import Outcome, Work

COMMAND = "sync amazon"


class ReturnPull:
    """The reports of one run.

    Args:
        ctx: the command's context.
        client: the connection.
        account: the seller's.
        since: begin of what to ask for; None to go on.
        dry_run: ask for nothing, and say what would come of what was asked for.
    """

    def __init__(
        self, ctx: typer.Context, client: "Client", account: "Account", *, since: str | None, dry_run: bool
    ) -> None:
        self._ctx, self._client, self._account = ctx, client, account
        self._since, self._dry_run = since, dry_run

    def pull(self, *, only_due: bool) -> int:
        """Ask for every report, then take in each as it comes.

        Args:
            only_due: leave those alone that came lately.

        Returns:
            How many rows were rejected.
        """
        from ordercli.domain.amazon.return_reports import REPORTS

        asked = [
            (each, cursor) for each in REPORTS if (cursor := self._asked(each, only_due=only_due)) is not None
        ]
        return sum(self._take(each, cursor) for each, cursor in asked)

    def _asked(self, each: "ReturnReport", *, only_due: bool) -> "Cursor | None":
        """The cursor of a report that was asked for, now or by an earlier run; None if none is."""
        from ordercli.amazon.client import Refusal
        from ordercli.amazon.reports import ask_for
        from ordercli.domain.amazon.return_reports import is_fresh, span_of
        from ordercli.domain.amazon.windows import Cursor, first
        from ordercli.domain.times import wall_clock
        from ordercli.queries.amazon.pulls import cursor_of
        from ordercli.services.amazon.report_pull import note_asked

        with reader(self._ctx) as opened:
            known, now, zone = cursor_of(opened.connection, each.what), opened.now, opened.time_zone
        if self._since is None and only_due and is_fresh(known, now):
            return None
        if known is not None and self._since is None and (usable := known.usable(now)).is_within:
            return usable
        begin = first(now, self._since) if self._since is not None or known is None else known
        since, until = span_of(begin, now)
        if self._dry_run:
            begins = wall_clock(since, zone)
            console.say(f"Dry run, nothing asked: would ask Amazon for {each.title} since {begins}.")
            return None
        try:
            report = ask_for(self._client, each.kind, self._account.marketplaces, since, until)
        except Refusal as refusal:
            if refusal.status != _FORBIDDEN:
                raise
            console.say(f"left out: {refusal}")
            return None
        cursor = Cursor(since, until, report, now)
        write(self._ctx, COMMAND, lambda work: note_asked(work, each.what, cursor, each.title), dry_run=False)
        return cursor

    def _take(self, each: "ReturnReport", cursor: "Cursor") -> int:
        """Wait for a report and take it in.

        Raises:
            OutOfReach: if it is not there yet.
            Refused: if Amazon could not make it.
        """
        from ordercli.amazon.reports import content_of, wait_for
        from ordercli.services.amazon.report_pull import drop_report, take_in_report

        report = wait_for(self._client, cursor.next_token or "", each.title)
        if report.ending == "FATAL":
            write(
                self._ctx,
                COMMAND,
                lambda work: drop_report(work, each.what, cursor, each.title),
                dry_run=self._dry_run,
            )
            raise Refused(f"Amazon could not make {each.title}; the next run asks for it anew.")
        content = b"" if report.document is None else content_of(self._client, report.document)
        with _use_case(self._ctx, each, content) as use_case:
            outcome = write(
                self._ctx,
                COMMAND,
                lambda work: take_in_report(work, each.what, cursor, each.title, use_case),
                dry_run=self._dry_run,
            )
        return outcome.counts["rows_rejected"]


_FORBIDDEN = 403


@contextmanager
def _use_case(
    ctx: typer.Context, each: "ReturnReport", content: bytes
) -> "Iterator[Callable[[Work], Outcome] | None]":
    """What takes a report's bytes in, as ``return import`` does; None of an empty one.

    Raises:
        OutOfReach: if they are no such report.
    """
    from ordercli.cli.intake import opened_for
    from ordercli.cli.returns.return_files import use_case_of
    from ordercli.formats.returns.amazon_returns import report_kind
    from ordercli.formats.styles import Style
    from ordercli.unfinished import kept_beside

    if not content.strip():
        yield None
        return
    # Beside the database: what a killed run leaves of it is deleted by the next one that writes.
    with kept_beside(settings_of(ctx).beside, content) as kept, opened_for(ctx, None, str(kept)) as opened:
        source = replace(opened, name=f"Amazon, {each.title}")
        kind = report_kind(source.header)
        if kind is None or kind == "own":
            raise OutOfReach(f"What Amazon gave is not {each.title}; try again later.")
        yield use_case_of(source, kind, Style(), None, strict=False, may_fail=True)
