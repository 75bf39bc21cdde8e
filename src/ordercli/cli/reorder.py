"""``ordercli reorder``: what to buy."""

from typing import Annotated

import typer

from ordercli.cli.frame import CHECK_FOUND, reader, show
from ordercli.cli.options import parsed

reorder_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@reorder_app.command()
def reorder(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if there is something to buy.")] = False,
    sku: Annotated[str | None, typer.Option(help="Only this product, needed or not.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every product, needed or not.")] = False,
    service_level: Annotated[
        str | None, typer.Option(metavar="P", help="Such as 95%; the setting if left out.")
    ] = None,
    cover: Annotated[
        int | None, typer.Option(min=1, max=365, metavar="DAYS", help="Days of sales an order should last.")
    ] = None,
    window: Annotated[
        int | None, typer.Option(min=1, max=365, metavar="DAYS", help="Days of sales velocity is the mean of.")
    ] = None,
) -> None:
    """What to buy now, how much, and why.

    Velocity is units shipped a day over a window ending yesterday. Reorder at velocity x lead time + safety
    stock; buy up to velocity x (lead time + cover) + safety stock, less what is available and arrives in time.

    Example: ordercli reorder --check --format csv
    """
    from ordercli.domain.percent import parse_service_level
    from ordercli.queries.reorder import Wishes
    from ordercli.queries.reorder import reorder as reorder_report

    level = parsed("--service-level", service_level, parse_service_level) if service_level else None
    with reader(ctx) as opened:
        report = reorder_report(opened, Wishes(level, cover, window), sku=sku, every=every)
        rows = list(report.rows)
        show(ctx, opened, report)
        place = next(place for place, column in enumerate(report.columns) if column.name == "suggested_quantity")
        if check and any(row[place] for row in rows):
            raise typer.Exit(CHECK_FOUND)
