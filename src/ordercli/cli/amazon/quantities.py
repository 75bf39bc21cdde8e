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
    from ordercli.services.amazon.calls import StoredCalls


def push_quantities(ctx: typer.Context, *, max_wait: float, dry_run: bool) -> int:
    """Tell Amazon the quantity of every listing whose quantity is another than the one told last.

    Returns:
        How many were refused.

    Raises:
        UsageProblem: if the account does not say whose listings these are.
        Refused: if it sells in several marketplaces, or Amazon refuses the account.
        OutOfReach: if Amazon does not answer; what is known is recorded.
    """
    from ordercli.amazon.account import find_account
    from ordercli.queries.stock.feed import feed_rows
    from ordercli.services.amazon.calls import StoredCalls
    from ordercli.services.amazon.quantity_push import CALL, CHANNEL, foresee_quantities, record_quantities

    settings = settings_of(ctx)
    account = find_account(settings.config_folder)
    _refuse_unclear(account)
    with reader(ctx) as opened:
        rows = feed_rows(opened.connection, CHANNEL, today=opened.today)
    if dry_run:
        write(ctx, COMMAND, lambda work: foresee_quantities(work, rows), dry_run=True)
        return 0
    calls = StoredCalls(settings.database, settings.wait_seconds, CALL)
    problem = None
    with connected(ctx, account, max_wait) as client:
        from ordercli.amazon.listings import Place

        try:
            _tell(ctx, client, Place(account.seller_id, account.marketplaces[0]), calls, rows)
        except OrdercliError as error:
            problem = error
    outcome = write(ctx, COMMAND, record_quantities, dry_run=False, silent=True)
    if problem is None or outcome.is_change:
        print_receipt(ctx, COMMAND, outcome, dry_run=False)
    if problem is not None:
        raise problem
    return outcome.counts["rows_rejected"]


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


def _tell(
    ctx: typer.Context, client: "Client", place: "Place", calls: "StoredCalls", rows: "Sequence[FeedRow]"
) -> None:
    """Tell what is to be told.

    Raises:
        OutOfReach: if Amazon does not answer, or another run may be telling one of the listings.
        Refused: if Amazon refuses the account.
    """
    from ordercli.amazon.client import Refusal
    from ordercli.amazon.listings import tell_quantity
    from ordercli.domain.amazon.packages import is_over
    from ordercli.services.amazon.quantity_push import to_tell

    unknown = {call.subject: call for call in calls.unknown()}
    with calls.locked() as connection:
        news = to_tell(connection, rows)
    busy = []
    for row in news:
        sku, earlier, now = row.channel_sku, unknown.get(row.channel_sku), now_of(ctx)
        may_replace = earlier is not None and is_over(earlier.called_at, now)
        call = calls.begin(sku, str(row.quantity), now, instead=earlier.id if earlier and may_replace else None)
        if call is None:
            busy.append(sku)
            continue
        try:
            code = tell_quantity(client, place, sku, row.quantity)
        except Refusal as refusal:
            if refusal.status not in ABOUT_IT:
                calls.settle(call, "lost")
                raise
            code = refusal.code
        calls.settle(call, "taken" if code is None else "refused", code=code)
    if busy:
        raise OutOfReach(
            f"Another run may be telling Amazon the quantity of {busy[0]}, or was cut off just now; run this again"
            " in some minutes."
        )
