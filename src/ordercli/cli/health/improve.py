"""``ordercli improve``: changes of how the shop works, noted so that before and after can be compared."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, show, write
from ordercli.cli.options import DryRun, parsed
from ordercli.cli.several import IMPROVEMENTS, for_each
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work

improve_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Changes of how the shop works."
)
On = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day; today if left out.")]


class Ending(StrEnum):
    """How a change was judged."""

    KEPT = "kept"
    DROPPED = "dropped"


def _day(work: "Work", text: str | None) -> str:
    from ordercli.domain.times import parse_day

    today = work.today
    day = parsed("--on", text, lambda value: parse_day(value, today=today)) if text else today
    if day > today:
        raise UsageProblem(f"--on {day} is still to come.")
    return day


@improve_app.command("start")
def start(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What is done in another way.")],
    rate: Annotated[
        str | None, typer.Option("--measure", metavar="RATE", help="The rate it is meant to move.")
    ] = None,
    on: On = None,
    dry_run: DryRun = False,
) -> None:
    """Note a change of how you work, so that before and after can be compared.

    Example: ordercli improve start "labels the evening before" --measure late_shipment_rate_30d
    """
    from ordercli.domain.fields import parse_text
    from ordercli.queries.health.rates import rule_named
    from ordercli.services.health.improvements import start_improvement

    title = parsed("NAME", " ".join(name.split()), parse_text)
    if not title:
        raise UsageProblem("Say in a few words what is done in another way.")
    metric = None if rate is None else rule_named(rate).name
    write(
        ctx,
        "improve start",
        lambda work: start_improvement(work, title, metric=metric, started_on=_day(work, on)),
        dry_run=dry_run,
    )


@improve_app.command("end")
def end(
    ctx: typer.Context,
    numbers: Annotated[
        list[int],
        typer.Argument(metavar="NUMBER...", parser=IMPROVEMENTS, help="As the list has them; - reads stdin."),
    ],
    outcome: Annotated[Ending, typer.Option("--outcome", help="Whether it stays.")],
    on: On = None,
    dry_run: DryRun = False,
) -> None:
    """Note that changes were judged: they stay, or not.

    Example: ordercli improve end 1 --outcome kept
    """
    from ordercli.services.health.improvements import end_improvement

    def end_one(work: "Work", number: int) -> "Outcome":
        return end_improvement(work, number, ended_on=_day(work, on), outcome=outcome.value)

    write(ctx, "improve end", for_each(numbers, end_one, "change"), dry_run=dry_run)


@improve_app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the changes, each with the command that compares before and after.

    Example: ordercli improve list
    """
    from ordercli.queries.health.improvements import list_improvements

    with reader(ctx) as opened:
        show(ctx, opened, list_improvements(opened))
