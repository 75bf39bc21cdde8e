"""``ordercli location``: where units can be."""

from typing import Annotated

import typer

from ordercli.cli.frame import reader, show, write
from ordercli.cli.options import DryRun, parsed
from ordercli.errors import UsageProblem

Code = Annotated[str, typer.Argument(help="The place, such as ATTIC.")]

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


@location_app.command("edit")
def edit(
    ctx: typer.Context,
    code: Code,
    name: Annotated[str | None, typer.Option(help='What you call it; "" for nothing.')] = None,
    is_open: Annotated[bool, typer.Option("--open", help="Put units there again, if it was closed.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Name a place of yours anew, or open it again.

    Example: ordercli location edit ATTIC --name "Boxes under the roof"
    """
    from ordercli.domain.fields import parse_text
    from ordercli.services.stock.locations import edit_location

    if name is None and not is_open:
        raise UsageProblem("Say what to change: --name, or --open.")
    label = parsed("--name", name.strip(), parse_text) if name is not None else None
    write(
        ctx,
        "location edit",
        lambda work: edit_location(work, code.strip(), name=label, is_open=is_open),
        dry_run=dry_run,
    )


@location_app.command("close")
def close(ctx: typer.Context, code: Code, dry_run: DryRun = False) -> None:
    """Say that nothing is put at a place of yours any more; it must be empty, and its history stays.

    Example: ordercli location close ATTIC
    """
    from ordercli.services.stock.locations import close_location

    write(ctx, "location close", lambda work: close_location(work, code.strip()), dry_run=dry_run)


@location_app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the places and the units there.

    Example: ordercli location list
    """
    from ordercli.queries.lists import list_locations

    with reader(ctx) as opened:
        show(ctx, opened, list_locations(opened))
