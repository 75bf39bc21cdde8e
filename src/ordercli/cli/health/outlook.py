"""``ordercli metrics what-if``, ``forecast`` and ``compare``: what becomes of the rates, and if they changed."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, show
from ordercli.cli.options import parsed
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.queries.reader import Reader

Channel = Annotated[str, typer.Option(help="The channel judged.")]


def _orders(text: str | None) -> list[str]:
    return [part.strip() for part in (text or "").split(",") if part.strip()]


def what_if(
    ctx: typer.Context,
    ship: Annotated[
        str | None, typer.Option("--ship", metavar="A,B,C", help="Orders confirmed now; late if they are due.")
    ] = None,
    miss: Annotated[str | None, typer.Option("--miss", metavar="A,B", help="Orders confirmed too late.")] = None,
    cancel: Annotated[str | None, typer.Option("--cancel", metavar="A,B", help="Orders you cancel.")] = None,
    channel: Channel = "amazon",
) -> None:
    """The rates as they are, and with open orders shipped, missed or canceled; and how to recover.

    Example: ordercli metrics what-if --ship 0000001,0000002 --miss 0000003
    """
    from ordercli.queries.channels import require_channel
    from ordercli.queries.health.what_if import Plan
    from ordercli.queries.health.what_if import what_if as suppose

    plan = Plan(_orders(ship), _orders(miss), _orders(cancel))
    if not any(plan):
        raise UsageProblem("Say what to suppose: --ship, --miss or --cancel, with orders parted by commas.")
    with reader(ctx) as opened:
        require_channel(opened, channel)
        show(ctx, opened, suppose(opened, plan, channel=channel))


def forecast(
    ctx: typer.Context,
    rate: Annotated[
        str | None, typer.Argument(metavar="[RATE]", help="One rate; all if left out.", show_default=False)
    ] = None,
    every_day: Annotated[
        bool, typer.Option("--every-day", help="Every day, not only those on which something changes.")
    ] = False,
    channel: Channel = "amazon",
) -> None:
    """Each rate on the next 30 days as orders leave its window, if nothing new happens.

    Nothing is assumed: no new order, shipment, cancellation or feedback, and no open order turns late. The first
    row of a rate is today's, as metrics tells it; the others are the days on which it changes.

    Example: ordercli metrics forecast late_shipment_rate_30d
    """
    from ordercli.queries.channels import require_channel
    from ordercli.queries.health.forecast import forecast as forecast_rates

    with reader(ctx) as opened:
        require_channel(opened, channel)
        show(ctx, opened, forecast_rates(opened, rate, channel=channel, is_every_day=every_day))


def compare(
    ctx: typer.Context,
    before: Annotated[str, typer.Option("--before", metavar="A..B", help="First and last day before.")],
    after: Annotated[str, typer.Option("--after", metavar="C..D", help="First and last day after.")],
    measure: Annotated[
        str | None,
        typer.Option("--measure", metavar="RATE", help="One rate, or hours_to_confirm; all if left out."),
    ] = None,
    channel: Channel = "amazon",
) -> None:
    """Each rate before and after a change, with an exact test and what may be said of the difference.

    Example: ordercli metrics compare --before 2026-02-01..2026-02-14 --after 2026-02-15..2026-02-28
    """
    from ordercli.queries.channels import require_channel
    from ordercli.queries.health.compare import compare as compare_spans

    with reader(ctx) as opened:
        require_channel(opened, channel)
        first, second = _days(opened, "--before", before), _days(opened, "--after", after)
        if max(first[0], second[0]) <= min(first[1], second[1]):
            raise UsageProblem("The two spans share days, so they cannot be compared.")
        show(ctx, opened, compare_spans(opened, first, second, measure=measure, channel=channel))


def _days(opened: "Reader", option: str, text: str) -> tuple[str, str]:
    from ordercli.domain.times import parse_day

    first, dots, last = text.partition("..")
    if not dots:
        raise UsageProblem(f"{option}: {text!r} is not two days such as 2026-02-01..2026-02-14.")
    start, end = (parsed(option, day, lambda value: parse_day(value, today=opened.today)) for day in (first, last))
    if start > end:
        raise UsageProblem(f"{option}: {start} is after {end}.")
    return start, end
