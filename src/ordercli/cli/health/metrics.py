"""``ordercli metrics``: the rates Amazon judges by, and what stands behind them."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import CHECK_FOUND, reader, show, show_list
from ordercli.cli.health.late_reasons import why_app
from ordercli.cli.health.outlook import compare, forecast, what_if
from ordercli.cli.health.performance import amazon, import_
from ordercli.cli.health.remarks import claim_app, feedback_app
from ordercli.cli.news import NOTHING_NEW, News, news_of, refuse_without_check
from ordercli.cli.options import All, KnownAt, Limit, Rate, parsed
from ordercli.domain.health.metrics import Lag
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.queries.health.rates import RateQuestion
    from ordercli.queries.reader import Reader

metrics_app = typer.Typer(rich_markup_mode=None, add_completion=False)
metrics_app.add_typer(why_app, name="why")
metrics_app.add_typer(feedback_app, name="feedback")
metrics_app.add_typer(claim_app, name="claim")

Channel = Annotated[str, typer.Option(help="The channel judged.")]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="As it stood on that day of the channel.")
]
WindowEnd = Annotated[
    Lag,
    typer.Option("--lag", help="Windows end yesterday (none), as late as Amazon's (amazon), or as is usual."),
]


def question_told(
    opened: "Reader", channel: str, as_of: str | None, known_at: str | None = None, lag: Lag = Lag.USUAL
) -> "RateQuestion":
    """What is asked of the rates; days are the channel's, and so is what today means."""
    from ordercli.domain.times import day_of, parse_day, parse_moment_or_day
    from ordercli.queries.channels import require_channel
    from ordercli.queries.health.rates import RateQuestion

    require_channel(opened, channel)
    zone = opened.channel_zone(channel)
    today = day_of(opened.now, zone)
    known = day = None
    if known_at is not None:
        known = parsed("--known-at", known_at, lambda text: parse_moment_or_day(text, zone=zone, today=today))
    if as_of is not None:
        day = parsed("--as-of", as_of, lambda text: parse_day(text, today=today))
        if day > today:
            raise UsageProblem(f"--as-of {day} is still to come for {channel}, where it is {today} ({zone}).")
    return RateQuestion(channel, day, known, lag)


@metrics_app.callback(invoke_without_command=True)
def metrics(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if a rate is AT_RISK or BREACH.")] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    lag: WindowEnd = Lag.USUAL,
    channel: Channel = "amazon",
    news: News = False,
) -> None:
    """Every rate Amazon judges by: window, what counts, limit, status, and how many more defects it takes.

    Example: ordercli metrics --check
    """
    if ctx.invoked_subcommand is not None:
        return
    refuse_without_check(check=check, news=news)
    if news and (as_of is not None or known_at is not None):
        raise UsageProblem("--news is of the present; leave out --as-of and --known-at.")
    from ordercli.queries.health.metrics import metrics as rates_of
    from ordercli.queries.health.metrics import metrics_report, rates_at_risk

    with reader(ctx) as opened:
        rates = rates_of(opened, question_told(opened, channel, as_of, known_at, lag))
        if news:
            at_risk = rates_at_risk(rates)
            found = {f"{rate.metric}: {rate.status}": rate for rate in rates if rate.metric in at_risk}
            with news_of(ctx, f"metrics of {channel}", found.keys()) as fresh:
                rates = [rate for name, rate in found.items() if name in fresh]
                show(ctx, opened, metrics_report(rates)._replace(empty=NOTHING_NEW))
            raise typer.Exit(CHECK_FOUND if rates else 0)
        show(ctx, opened, metrics_report(rates))
        if check and rates_at_risk(rates):
            raise typer.Exit(CHECK_FOUND)


@metrics_app.command("show")
def show_rate(
    ctx: typer.Context,
    rate: Rate,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    lag: WindowEnd = Lag.USUAL,
    channel: Channel = "amazon",
    limit: Limit = None,
    every: All = False,
) -> None:
    """The orders behind a rate, defects first.

    Example: ordercli metrics show late_shipment_rate_30d
    """
    from ordercli.queries.health.metrics import orders_behind

    with reader(ctx) as opened:
        question = question_told(opened, channel, as_of, known_at, lag)
        show_list(
            ctx,
            opened,
            lambda rows: orders_behind(opened, rate, question, limit=rows),
            limit=limit,
            every=every,
        )


metrics_app.command("what-if")(what_if)
metrics_app.command("forecast")(forecast)
metrics_app.command("compare")(compare)
metrics_app.command("import")(import_)
metrics_app.command("amazon")(amazon)
