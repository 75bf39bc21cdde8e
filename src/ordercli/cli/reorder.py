"""``ordercli reorder`` and ``ordercli purchase``: what to buy, and what is on order."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import CHECK_FOUND, reader, show, write
from ordercli.cli.options import DryRun, parsed

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work

reorder_app = typer.Typer(rich_markup_mode=None, add_completion=False)
purchase_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="What is on order."
)

Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, max=10**9, help="The purchase's number.")]


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


@purchase_app.command("add")
def add(
    ctx: typer.Context,
    what: Annotated[list[str], typer.Argument(metavar="SKU:QTY...")],
    expected: Annotated[str, typer.Option("--expected", metavar="DATE", help="The day it should come.")],
    cost: Annotated[str | None, typer.Option(metavar="X", help="What one unit costs; else the product's.")] = None,
    supplier: Annotated[str | None, typer.Option(help="Whom it is bought from; else the product's.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Record what you ordered from a supplier, so that reorder counts it.

    Example: ordercli purchase add RING-7:35 --expected 2026-04-02
    """
    from ordercli.domain.fields import parse_line_option, parse_quantity, parse_text
    from ordercli.domain.money import parse_amount
    from ordercli.domain.times import day_of, parse_day
    from ordercli.errors import UsageProblem
    from ordercli.services.purchases import NewPurchase, add_purchases

    seller = parsed("--supplier", supplier.strip(), parse_text) if supplier else None

    def use_case(work: "Work") -> "Outcome":
        today = day_of(work.now, work.shop.time_zone)
        day = parsed("--expected", expected, lambda text: parse_day(text, today=today))
        if day < today:
            raise UsageProblem(f"--expected {day} is past; give a day from today on.")
        unit = parsed("--cost", cost, lambda text: parse_amount(text, work.shop.currency)) if cost else None
        purchases = []
        for text in what:
            sku, quantity, price = parsed("SKU:QTY", text, parse_line_option)
            if price is not None:
                raise UsageProblem(f"{text!r}: give the cost with --cost.")
            purchases.append(NewPurchase(sku, parsed("SKU:QTY", quantity, parse_quantity), unit, seller, day))
        return add_purchases(work, purchases)

    write(ctx, "purchase add", use_case, dry_run=dry_run)


@purchase_app.command("list")
def list_(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Received and canceled ones too.")] = False,
) -> None:
    """List what is on order, by the day it should come.

    Example: ordercli purchase list
    """
    from ordercli.queries.reorder import list_purchases

    with reader(ctx) as opened:
        show(ctx, opened, list_purchases(opened, every=every))


@purchase_app.command("receive")
def receive(
    ctx: typer.Context,
    number: Number,
    quantity: Annotated[str | None, typer.Option(metavar="N", help="Units that came; all if left out.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Take a purchase into stock at its cost; waiting orders get theirs first.

    Example: ordercli purchase receive 1 --quantity 20
    """
    from ordercli.domain.fields import parse_quantity
    from ordercli.services.purchases import receive_purchase

    units = parsed("--quantity", quantity, parse_quantity) if quantity is not None else None
    write(ctx, "purchase receive", lambda work: receive_purchase(work, number, units), dry_run=dry_run)


@purchase_app.command("cancel")
def cancel(ctx: typer.Context, number: Number, dry_run: DryRun = False) -> None:
    """Give up what is still to come of a purchase.

    Example: ordercli purchase cancel 1
    """
    from ordercli.services.purchases import cancel_purchase

    write(ctx, "purchase cancel", lambda work: cancel_purchase(work, number), dry_run=dry_run)
