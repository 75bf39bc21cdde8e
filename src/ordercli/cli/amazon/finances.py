"""``ordercli sync amazon finances``: the settlement reports that Amazon makes by itself.

Amazon's finances have calls too, but what those tell names no row of a settlement: money would be counted twice,
or booked where it cannot be compared with what was paid out. So the books are made of settlement reports alone.
"""

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from ordercli.cli.frame import reader, settings_of, write_prepared
from ordercli.domain.fields import AMAZON
from ordercli.domain.times import shift
from ordercli.errors import OutOfReach
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.amazon.account import Account
    from ordercli.amazon.client import Client
    from ordercli.domain.amazon.windows import Cursor
    from ordercli.queries.reader import Reader
    from ordercli.services.operations import Outcome, Work

COMMAND = "sync amazon"
WHAT = "settlements"
KIND = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
KEPT_DAYS = 89
"""How long Amazon keeps reports, and so how far back it lets anybody ask."""


def take_settlements(
    ctx: typer.Context, client: "Client", account: "Account", *, since: str | None, dry_run: bool
) -> None:
    """Take in every settlement that Amazon reported since the last time, each as an operation.

    Args:
        ctx: the command's context.
        client: the connection.
        account: the seller's.
        since: begin of what to ask for; None to go on.
        dry_run: say what would come, and keep nothing.

    Raises:
        Refused: if one of them cannot be read; those before it are in.
    """
    from ordercli.amazon.reports import content_of, made_since
    from ordercli.domain.amazon.windows import Cursor
    from ordercli.queries.amazon.pulls import cursor_of

    with reader(ctx) as opened:
        known, earliest = cursor_of(opened.connection, WHAT), shift(opened.now, days=-KEPT_DAYS)
    begin = since or (earliest if known is None else known.since)
    found = made_since(client, KIND, account.marketplaces, max(begin, earliest))
    if not found and not settings_of(ctx).quiet:
        console.say("Amazon reported no settlement since the last time.")
    for made_at, reports in groupby(found, lambda each: each.made_at):
        together = list(reports)
        for each in together:
            # Of one second all are in before the next run passes them by.
            is_last = each is together[-1]
            behind = Cursor(shift(made_at, seconds=1)) if is_last else None
            _take(ctx, content_of(client, each.document), behind, dry_run=dry_run)


def _take(ctx: typer.Context, content: bytes, behind: "Cursor | None", *, dry_run: bool) -> None:
    """Take a settlement in, as ``settlement import`` does, and keep where to go on.

    Raises:
        OutOfReach: if it is empty.
        Refused: if it is no settlement, or has a row that cannot be read.
    """
    from ordercli.cli.intake import opened_for
    from ordercli.cli.reports.settlement import stage_source
    from ordercli.services.amazon.report_pull import keep_cursor
    from ordercli.services.reports.settlement import import_settlements
    from ordercli.unfinished import kept_beside

    if not content.strip():
        raise OutOfReach("Amazon gave an empty settlement report; try again later.")
    # Beside the database: what a killed run leaves of it is deleted by the next one that writes.
    with kept_beside(settings_of(ctx).beside, content) as kept, opened_for(ctx, None, str(kept)) as file:
        source = replace(file, name="Amazon, its settlement report")

        def prepare(opened: "Reader") -> int:
            return stage_source(ctx, opened, source, None)

        def use_case(work: "Work", rows_read: int) -> "Outcome":
            told = {"channel": AMAZON, "name": "Amazon", "layout": "amazon-settlement"}
            outcome = import_settlements(work, **told, sha256=source.sha256)
            if behind is not None:
                keep_cursor(work, WHAT, behind)
                outcome = replace(outcome, changed={**outcome.changed, "reports": 1})
            return replace(outcome, counts={"rows_read": rows_read, "rows_rejected": 0, **outcome.counts})

        write_prepared(ctx, COMMAND, prepare, use_case, dry_run=dry_run)
