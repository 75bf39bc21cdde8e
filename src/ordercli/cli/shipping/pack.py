"""``ordercli pack``: an order put into its parcel, unit by unit under a scanner or as a whole."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, settings_of, write
from ordercli.cli.options import DryRun, parsed, reader_of
from ordercli.cli.several import SomeOrderIds
from ordercli.errors import Refused, UsageProblem
from ordercli.naming import order_name

if TYPE_CHECKING:
    from ordercli.domain.shipping.packing import PackOrder
    from ordercli.services.operations import Outcome, Work

pack_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@pack_app.command()
def pack(
    ctx: typer.Context,
    orders: SomeOrderIds = None,
    picked: Annotated[
        bool, typer.Option("--picked", help="All orders that are picked and complete, the most urgent first.")
    ] = False,
    scan: Annotated[
        bool, typer.Option("--scan", help="Read what goes in from stdin: a SKU or barcode a line, one a unit.")
    ] = False,
    weight: Annotated[
        str | None, typer.Option("--weight-grams", metavar="N", help="As weighed; else what the products say.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Record that what is there of an order went into its parcel; what was not picked yet is picked by it.

    With --scan every unit is read with a scanner, which types and presses Enter; a parcel is recorded once it is
    complete, then the next one is asked for, and an order's bar code goes to that one. What does not belong into
    the parcel is refused by name and not counted (exit 4 if it was packed all the same); "undo" takes the last
    unit out. On a terminal it ends with the last unit, or an empty line; a pipe is read to its end.

    Example: ordercli pack --picked --scan
    """
    if picked == bool(orders):
        raise UsageProblem("Name the orders, or take all that are picked with --picked.")
    names = _picked(ctx) if picked else orders or []
    grams = _grams(weight, names)
    if scan and names:
        _scan(ctx, names, grams, dry_run=dry_run)
    else:
        write(ctx, "pack", lambda work: _pack(work, names, None, grams), dry_run=dry_run)


def _picked(ctx: typer.Context) -> list[str]:
    from ordercli.queries.shipping.scanning import orders_picked

    with reader(ctx) as opened:
        return orders_picked(opened)


def _grams(weight: str | None, orders: list[str]) -> int | None:
    from ordercli.domain.fields import parse_quantity

    if weight is None:
        return None
    if len(orders) > 1:
        raise UsageProblem("--weight-grams is of one parcel; name one order.")
    return parsed("--weight-grams", weight, parse_quantity)


def _pack(work: "Work", orders: list[str], seen: "PackOrder | None", grams: int | None) -> "Outcome":
    from ordercli.queries.shipping.packing import pack_order
    from ordercli.queries.shipping.picking import pickable_orders
    from ordercli.services.operations import Outcome
    from ordercli.services.shipping.packing import pack as pack_orders

    if not orders:
        return Outcome("no order is picked and waits to be packed")
    opened = reader_of(work)
    found = [pack_order(opened.connection, row) for row in pickable_orders(opened, orders)]
    if seen is not None and found != [seen]:
        raise Refused(f"Order {seen.order_id} changed while it was scanned; scan it again.")
    return pack_orders(work, found, is_scanned=seen is not None, weight_grams=grams)


def _scan(ctx: typer.Context, names: list[str], grams: int | None, *, dry_run: bool) -> None:
    """Pack each order as it is scanned in full.

    The database is not kept open meanwhile, so that nobody waits for a person.
    """
    from ordercli.cli.shipping.pack_scan import PackSession
    from ordercli.queries.shipping.packing import pack_order, scanned
    from ordercli.queries.shipping.picking import pickable_orders

    with reader(ctx) as opened:
        orders = [pack_order(opened.connection, row) for row in pickable_orders(opened, names)]
        keys, skus = scanned(opened)

    def record(order: "PackOrder") -> None:
        name = order_name(order.channel, order.order_id)
        write(ctx, "pack", lambda work: _pack(work, [name], order, grams), dry_run=dry_run)

    session = PackSession(orders, keys, skus, record, settings_of(ctx).quiet)
    session.run()
    if session.code:
        raise typer.Exit(session.code)
