"""``ordercli channel``: the places orders come from."""

from typing import Annotated

import typer

from ordercli.cli.frame import reader, show, write
from ordercli.cli.options import DryRun, parsed
from ordercli.errors import UsageProblem

channel_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="The places orders come from."
)


@channel_app.command("list")
def list_channels_(ctx: typer.Context) -> None:
    """List the channels with their settings of today.

    Example: ordercli channel list
    """
    from ordercli.queries.channels import list_channels

    with reader(ctx) as opened:
        show(ctx, opened, list_channels(opened))


@channel_app.command("edit")
def edit(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The channel.")],
    rename: Annotated[
        str | None, typer.Option("--rename", metavar="NAME", help="Its new name, while nothing came from it.")
    ] = None,
    time_zone: Annotated[str | None, typer.Option(metavar="ZONE", help="Zone of its days.")] = None,
    currency: Annotated[str | None, typer.Option(metavar="CODE", help="Of its orders that tell none.")] = None,
    valid_from: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="DATE",
            help="First day it holds; today if left out, or always where nothing came from it.",
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Set the zone or the currency of a channel right, or its name while nothing came from it.

    Its other settings: ordercli config set channel.NAME.KEY VALUE

    Example: ordercli channel edit fair --time-zone Europe/Paris
    """
    from ordercli.domain.money import parse_currency
    from ordercli.domain.settings import is_channel_name
    from ordercli.domain.times import parse_day, parse_zone
    from ordercli.services.channels import edit_channel
    from ordercli.services.operations import Outcome, Work

    settings = {"time_zone": parsed("--time-zone", time_zone, parse_zone)} if time_zone else {}
    settings |= {"currency": parsed("--currency", currency, parse_currency)} if currency else {}
    if not settings and rename is None:
        raise UsageProblem("Say what to change, such as --time-zone Europe/Paris.")
    if rename is not None and not is_channel_name(rename):
        raise UsageProblem(f"{rename!r} is not a channel name of up to 20 lower-case letters, digits and '-'.")

    def use_case(work: Work) -> Outcome:
        today = work.today
        day = parsed("--from", valid_from, lambda text: parse_day(text, today=today)) if valid_from else None
        return edit_channel(work, name, settings, rename=rename, valid_from=day)

    write(ctx, "channel edit", use_case, dry_run=dry_run)


@channel_app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits and '-'.")],
    time_zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Zone of its days; the shop's if left out.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Add a place where orders come from.

    Example: ordercli channel add fair --time-zone Europe/Vienna
    """
    from ordercli.domain.settings import is_channel_name
    from ordercli.domain.times import parse_zone
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.settings import add_channel

    if not is_channel_name(name):
        raise UsageProblem(f"{name!r} is not a channel name of up to 20 lower-case letters, digits and '-'.")
    settings = {"time_zone": parsed("--time-zone", time_zone, parse_zone)} if time_zone else {}

    def use_case(work: Work) -> Outcome:
        if add_channel(work.connection, work.operation, name, settings):
            return Outcome(f"added channel {name}", {"channels": 1})
        return Outcome(f"channel {name} is there already")

    write(ctx, "channel add", use_case, dry_run=dry_run)
