"""``ordercli metrics`` and ``ordercli today``: how the shop stands."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import CHECK_FOUND, reader, show, write
from ordercli.cli.options import All, DryRun, Limit, parsed
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.queries.reader import Reader
    from ordercli.services.operations import Outcome, Work

metrics_app = typer.Typer(rich_markup_mode=None, add_completion=False)
feedback_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Stars that buyers gave.")
claim_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="A-to-z claims and chargebacks.")
metrics_app.add_typer(feedback_app, name="feedback")
metrics_app.add_typer(claim_app, name="claim")
today_app = typer.Typer(rich_markup_mode=None, add_completion=False)

Channel = Annotated[str, typer.Option(help="The channel judged.")]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="As it stood on that day.")]
OrderId = Annotated[str, typer.Argument(metavar="ID", help="The order's id, or its last characters.")]
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day it was given; today if left out.")]


class Kind(StrEnum):
    """What can be held against an order."""

    A_TO_Z = "a-to-z"
    CHARGEBACK = "chargeback"


class ClaimStatus(StrEnum):
    """How a claim stands; a denied one is no defect."""

    OPEN = "open"
    GRANTED = "granted"
    DENIED = "denied"


def _as_of(opened: "Reader", text: str | None, channel: str) -> str | None:
    from ordercli.domain.times import parse_day
    from ordercli.queries.lists import require_channel

    require_channel(opened, channel)
    if text is None:
        return None
    day = parsed("--as-of", text, lambda value: parse_day(value, today=opened.today))
    if day > opened.today:
        raise UsageProblem(f"--as-of {day} is still to come.")
    return day


@metrics_app.callback(invoke_without_command=True)
def metrics(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if a rate is AT_RISK or BREACH.")] = False,
    as_of: AsOf = None,
    channel: Channel = "amazon",
) -> None:
    """Every rate Amazon judges by: window, defects, orders, limit, status, and how many more it takes.

    Example: ordercli metrics --check
    """
    if ctx.invoked_subcommand is not None:
        return
    from ordercli.queries.metrics import metrics as metrics_report
    from ordercli.queries.metrics import rates_at_risk

    with reader(ctx) as opened:
        report = metrics_report(opened, channel=channel, as_of=_as_of(opened, as_of, channel))
        rows = list(report.rows)
        show(ctx, opened, report)
        if check and rates_at_risk(rows):
            raise typer.Exit(CHECK_FOUND)


@metrics_app.command("show")
def show_rate(
    ctx: typer.Context,
    rate: Annotated[str, typer.Argument(metavar="RATE", help="Such as late_shipment_rate_30d.")],
    as_of: AsOf = None,
    channel: Channel = "amazon",
    limit: Limit = 50,
    every: All = False,
) -> None:
    """The orders behind a rate, defects first.

    Example: ordercli metrics show late_shipment_rate_30d
    """
    from ordercli.queries.metrics import orders_behind

    with reader(ctx) as opened:
        day = _as_of(opened, as_of, channel)
        rows = None if every else limit
        show(ctx, opened, orders_behind(opened, rate, channel=channel, as_of=day, limit=rows))


def _day(work: "Work", text: str | None) -> str:
    from ordercli.domain.times import day_of, parse_day

    today = day_of(work.now, work.shop.time_zone)
    day = parsed("--on", text, lambda value: parse_day(value, today=today)) if text else today
    if day > today:
        raise UsageProblem(f"--on {day} is still to come.")
    return day


@feedback_app.command("add")
def add_feedback(
    ctx: typer.Context,
    order: OrderId,
    stars: Annotated[int, typer.Option("--stars", min=1, max=5, help="1 to 5; 1 and 2 are defects.")],
    on: On = None,
    dry_run: DryRun = False,
) -> None:
    """Record the stars a buyer gave; a later record replaces an earlier one.

    Example: ordercli metrics feedback add 0000003 --stars 2
    """
    from ordercli.services.health import add_feedback as record

    def use_case(work: "Work") -> "Outcome":
        return record(work, order, stars=stars, given_on=_day(work, on))

    write(ctx, "metrics feedback add", use_case, dry_run=dry_run)


@claim_app.command("add")
def add_claim(
    ctx: typer.Context,
    order: OrderId,
    kind: Annotated[Kind, typer.Option("--kind", help="What it is.")] = Kind.A_TO_Z,
    status: Annotated[ClaimStatus, typer.Option("--status", help="How it stands.")] = ClaimStatus.OPEN,
    on: On = None,
    dry_run: DryRun = False,
) -> None:
    """Record a claim or chargeback, or how it ended; a later record replaces an earlier one.

    Example: ordercli metrics claim add 0000003 --kind a-to-z --status denied
    """
    from ordercli.services.health import add_claim as record

    def use_case(work: "Work") -> "Outcome":
        return record(work, order, kind=kind.value, status=status.value, filed_on=_day(work, on))

    write(ctx, "metrics claim add", use_case, dry_run=dry_run)


@today_app.command()
def today(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if anything is urgent.")] = False,
) -> None:
    """The day at a glance: what waits, what is urgent, and the command that acts.

    Example: ordercli today --check
    """
    from ordercli.queries.today import today as today_report

    with reader(ctx) as opened:
        report = today_report(opened)
        rows = list(report.rows)
        show(ctx, opened, report)
        urgent = next(place for place, column in enumerate(report.columns) if column.name == "is_urgent")
        if check and any(row[urgent] for row in rows):
            raise typer.Exit(CHECK_FOUND)
