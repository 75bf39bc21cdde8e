"""``ordercli sync amazon``: what changed in the seller's account, page by page, and what it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.amazon.order_history import OrderHistory
from ordercli.cli.amazon.session import PATIENCE_SECONDS, MaxWait, account_of, connected
from ordercli.cli.frame import ROWS_REJECTED, reader, write_prepared
from ordercli.cli.options import DryRun, parsed
from ordercli.errors import UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.amazon.account import Account
    from ordercli.amazon.client import Client
    from ordercli.domain.amazon.windows import Cursor
    from ordercli.queries.reader import Reader
    from ordercli.services.amazon.order_pull import StagedPage

_FORBIDDEN = 403

sync_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="Take from a channel what it knows, and tell it what it does not.",
)


class Part(StrEnum):
    """What can be taken from Amazon, or told it."""

    ORDERS = "orders"
    INVENTORY = "inventory"
    RETURNS = "returns"
    FINANCES = "finances"
    PUSH = "push"
    QUANTITIES = "quantities"
    CANCELLATIONS = "cancellations"
    REFUNDS = "refunds"
    ALL = "all"


Since = Annotated[
    str | None,
    typer.Option("--since", metavar="DATE", help="Take anew what changed from that day on; else it goes on."),
]
CreateProducts = Annotated[bool, typer.Option("--create-products", help="Make products of unknown SKUs.")]
_TOLD = frozenset({Part.PUSH, Part.QUANTITIES, Part.CANCELLATIONS, Part.REFUNDS})
"""What Amazon is told; the rest is taken from it."""


@sync_app.callback()
def sync() -> None:
    """Take from a channel what it knows, and tell it what it does not."""


@sync_app.command("amazon")
def sync_amazon(
    ctx: typer.Context,
    what: Annotated[
        Part,
        typer.Argument(
            metavar="[WHAT]",
            help="Taken: orders, inventory, returns, finances, or all of these. Told: push (of shipments),"
            " quantities, cancellations, refunds.",
        ),
    ] = Part.ALL,
    since: Since = None,
    create_products: CreateProducts = False,
    again: Annotated[
        bool, typer.Option("--again", help="When telling: tell once more what Amazon refused.")
    ] = False,
    max_wait: MaxWait = PATIENCE_SECONDS,
    dry_run: DryRun = False,
) -> None:
    """Take from Amazon what changed, or tell it of shipments, quantities, cancellations or refunds.

    orders come with their lines, as a report would tell them.
    inventory takes the stock that Amazon keeps, as its FBA inventory report would tell it now: stock fba import.

    returns asks Amazon for its two reports of returns, waits until they are made, and takes them as return import
    does; where that takes longer than --max-wait, the next run goes on. all asks for them twice a day at most.
    finances takes the settlement reports that Amazon makes, as settlement import does; the books are made of those
    alone, since what its other calls tell of money names no row of a settlement.

    push tells Amazon of shipments instead, as shipment confirm does by a file: each once, by whichever is first.
    quantities tells it how many of each listing can be sold, as stock feed does, where it was told otherwise last.

    cancellations and refunds tell it of those, as order cancel-file and return refund-file do by files, in a feed
    that Amazon works off in some minutes. refunds asks first; leave it aside if you refund in Seller Central.
    The others, all too, tell Amazon nothing. What it refuses is in today, and the exit code is 4.

    A first run that reaches back more than thirty days has what came before those from reports that Amazon makes.
    Each page is an operation of its own. A line that cannot be taken is told (exit code 4) and asked for again the
    next time. Amazon allows few calls; where it wants a wait that is longer than --max-wait, the exit code is 7.

    Example: ordercli sync amazon orders --dry-run
    """
    _refuse_idle(what, since=since, create_products=create_products, again=again)
    if what in _TOLD:
        _exit_if(_tell(ctx, what, again=again, max_wait=max_wait, dry_run=dry_run))
        return
    history, cursor, begin = _begin(ctx, since)
    account = account_of(ctx)
    with connected(ctx, account, max_wait) as client:
        rejected = 0
        if what in (Part.ORDERS, Part.ALL):
            past = OrderHistory(ctx, client, account, create_products=create_products, dry_run=dry_run)
            orders = _Orders(ctx, client, account, create_products=create_products, dry_run=dry_run)
            past.begin(history)
            rejected += orders.pull(cursor) + past.pull()
        rejected += _pull_others(ctx, what, client, account, begin, dry_run=dry_run)
    _exit_if(rejected)


def _tell(ctx: typer.Context, what: Part, *, again: bool, max_wait: float, dry_run: bool) -> int:
    """Tell Amazon what is asked for; how much of it was refused."""
    if what is Part.PUSH:
        from ordercli.cli.amazon.push import push_shipments

        return push_shipments(ctx, again=again, max_wait=max_wait, dry_run=dry_run)
    if what is Part.QUANTITIES:
        from ordercli.cli.amazon.quantities import push_quantities

        return push_quantities(ctx, max_wait=max_wait, dry_run=dry_run)
    from ordercli.cli.amazon.order_feeds import push_order_feed
    from ordercli.domain.amazon.order_feeds import CANCELLATIONS, REFUNDS

    feed = CANCELLATIONS if what is Part.CANCELLATIONS else REFUNDS
    return push_order_feed(ctx, feed, again=again, max_wait=max_wait, dry_run=dry_run)


def _pull_others(
    ctx: typer.Context, what: Part, client: "Client", account: "Account", since: str | None, *, dry_run: bool
) -> int:
    """Take what is asked for besides orders; how much of it was rejected."""
    from ordercli.cli.amazon.finances import take_settlements
    from ordercli.cli.amazon.inventory import take_inventory
    from ordercli.cli.amazon.returns import ReturnPull

    rejected = 0
    if what in (Part.INVENTORY, Part.ALL):
        with _left_out(what):
            rejected += take_inventory(ctx, client, account, dry_run=dry_run)
    if what in (Part.RETURNS, Part.ALL):
        returns = ReturnPull(ctx, client, account, since=since, dry_run=dry_run)
        rejected += returns.pull(only_due=what is Part.ALL)
    if what in (Part.FINANCES, Part.ALL):
        with _left_out(what):
            take_settlements(ctx, client, account, since=since, dry_run=dry_run)
    return rejected


def _exit_if(rejected: int) -> None:
    if rejected:
        raise typer.Exit(ROWS_REJECTED)


@contextmanager
def _left_out(what: Part) -> Iterator[None]:
    """Where all is asked for, say that the account may not see a part, and go on."""
    from ordercli.amazon.client import Refusal

    try:
        yield
    except Refusal as refusal:
        if what is not Part.ALL or refusal.status != _FORBIDDEN:
            raise
        console.say(f"left out: {refusal}")


def _refuse_idle(what: Part, *, since: str | None, create_products: bool, again: bool) -> None:
    """Refuse options that would do nothing.

    Raises:
        UsageProblem: naming the first.
    """
    given = {"--since": since is not None, "--create-products": create_products, "--again": again}
    fits = {
        Part.PUSH: {"--again"},
        Part.CANCELLATIONS: {"--again"},
        Part.REFUNDS: {"--again"},
        Part.INVENTORY: set[str](),
        Part.RETURNS: {"--since"},
        Part.FINANCES: {"--since"},
        Part.QUANTITIES: set[str](),
    }.get(what, {"--since", "--create-products"})
    for name, is_given in given.items():
        if is_given and name not in fits:
            raise UsageProblem(f"{name} does nothing with: ordercli sync amazon {what.value}")


def _begin(ctx: typer.Context, since: str | None) -> "tuple[Cursor | None, Cursor, str | None]":
    """Where to go on: from a day, behind the last page, or some days back the first time.

    Returns:
        What of a first run comes by reports, if anything does; what comes page by page; and the begin of the day.
    """
    from ordercli.cli.amazon.order_history import WHAT
    from ordercli.domain.amazon.windows import first, split_first
    from ordercli.domain.times import parse_day, start_of_day
    from ordercli.queries.amazon.pulls import cursor_of, reaches

    with reader(ctx) as opened:
        known = cursor_of(opened.connection, "orders")
        goes_on = first(opened.now, None) if known is None else known.usable(opened.now)
        if since is not None:
            day = parsed("--since", since, lambda text: parse_day(text, today=opened.today))
            begin = first(opened.now, start_of_day(day, opened.time_zone))
            if known is None:
                return *split_first(begin, opened.now), begin.since
            # The same again, after a first run that could not end: its reports go on, and pages are few.
            is_going_on = reaches(opened.connection, WHAT, begin.since)
            return None, goes_on if is_going_on else begin, begin.since
        return None, goes_on, None


class _Orders:
    """The pages of one run."""

    def __init__(
        self, ctx: typer.Context, client: "Client", account: "Account", *, create_products: bool, dry_run: bool
    ) -> None:
        self._ctx, self._client, self._account = ctx, client, account
        self._create_products, self._dry_run = create_products, dry_run
        self._with_people = True
        self._behind: Cursor

    def pull(self, cursor: "Cursor") -> int:
        """Take in what is left of a span that was begun, and then the span up to now.

        Returns:
            How many lines were rejected.
        """
        from ordercli.amazon.orders import TokenExpired
        from ordercli.domain.amazon.windows import Cursor

        rejected = 0
        is_last_span = not cursor.is_within
        while True:
            try:
                rejected += self._page(cursor)
            except TokenExpired:
                cursor, is_last_span = Cursor(cursor.since), True
                continue
            cursor = self._behind
            if not cursor.is_within:
                if is_last_span:
                    return rejected
                is_last_span = True

    def _page(self, cursor: "Cursor") -> int:
        """Ask for a page and take it in; the number of its lines that were rejected."""
        from ordercli.services.amazon.order_pull import take_in_page

        outcome = write_prepared(
            self._ctx,
            "sync amazon",
            lambda opened: self._staged(opened, cursor),
            lambda work, page: take_in_page(work, page, cursor, self._behind),
            dry_run=self._dry_run,
        )
        return outcome.counts["rows_rejected"]

    def _staged(self, opened: "Reader", cursor: "Cursor") -> "StagedPage":
        from ordercli.amazon.orders import page_at
        from ordercli.formats.amazon.order_json import LAYOUT, rows_of
        from ordercli.services.amazon.order_pull import stage_page

        page = page_at(self._client, self._account.marketplaces, cursor, opened.now, with_people=self._with_people)
        self._with_people = page.has_people
        staged = stage_page(
            opened.connection,
            rows_of(page.orders, opened.time_zone),
            layout=LAYOUT,
            content=page.content,
            create_products=self._create_products,
            now=opened.now,
        )
        is_short = bool(staged.file.rows_rejected)
        self._behind = cursor.after_page(page.until, page.next_token, opened.now, is_short=is_short)
        return staged
