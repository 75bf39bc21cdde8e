"""``ordercli location``: where units can be."""

from typing import Annotated

import typer

from ordercli.cli.frame import reader, show, write
from ordercli.cli.options import DryRun, parsed
from ordercli.cli.several import LOCATIONS, for_each
from ordercli.errors import UsageProblem

Codes = Annotated[
    list[str], typer.Argument(metavar="CODE...", parser=LOCATIONS, help="Places, such as ATTIC; - reads stdin.")
]

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
    codes: Codes,
    name: Annotated[str | None, typer.Option(help='What you call it; "" for nothing.')] = None,
    is_open: Annotated[bool, typer.Option("--open", help="Put units there again, if it was closed.")] = False,
    dry_run: DryRun = False,
) -> None:
    """Name places of yours anew, or open them again.

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
        for_each(
            codes, lambda work, code: edit_location(work, code.strip(), name=label, is_open=is_open), "place"
        ),
        dry_run=dry_run,
    )


@location_app.command("close")
def close(ctx: typer.Context, codes: Codes, dry_run: DryRun = False) -> None:
    """Say that nothing is put at places of yours any more; they must be empty, and their history stays.

    Example: ordercli location close ATTIC
    """
    from ordercli.services.stock.locations import close_location

    use_case = for_each(codes, lambda work, code: close_location(work, code.strip()), "place")
    write(ctx, "location close", use_case, dry_run=dry_run)


@location_app.command("list")
def list_(ctx: typer.Context) -> None:
    """List the places and the units there.

    Example: ordercli location list
    """
    from ordercli.queries.stock.locations import list_locations

    with reader(ctx) as opened:
        show(ctx, opened, list_locations(opened))
