"""``ordercli location``: where units can be."""

from typing import Annotated

import typer

from ordercli.cli.frame import reader, show, write
from ordercli.cli.options import DryRun, parsed

location_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Where units can be."
)


@location_app.command("add")
def add(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="Up to 20 capitals, digits and dashes, such as ATTIC.")],
    name: Annotated[str | None, typer.Option(help="What you call it.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Add a place that stores units; orders draw on HOME only, so move them there to sell them.

    Example: ordercli location add ATTIC --name "Boxes in the attic"
    """
    from ordercli.domain.fields import parse_location, parse_text
    from ordercli.services.stock.locations import add_location

    key = parsed("CODE", code.strip(), parse_location)
    label = parsed("--name", name.strip(), parse_text) if name is not None else None
    write(ctx, "location add", lambda work: add_location(work, key, label), dry_run=dry_run)


@location_app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the places and the units there.

    Example: ordercli location list
    """
    from ordercli.queries.lists import list_locations

    with reader(ctx) as opened:
        show(ctx, opened, list_locations(opened))
