"""``ordercli pack``: an order put into its parcel, unit by unit under a scanner or as a whole."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import ROWS_REJECTED, reader, settings_of, write
from ordercli.cli.options import DryRun, parsed, reader_of
from ordercli.errors import Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.domain.shipping.packing import PackOrder, ScanTally
    from ordercli.services.operations import Outcome, Work

pack_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@pack_app.command()
def pack(
    ctx: typer.Context,
    orders: Annotated[list[str], typer.Argument(metavar="ID...", help="The orders, each a parcel of its own.")],
    scan: Annotated[
        bool, typer.Option("--scan", help="Read what goes in from stdin: a SKU or barcode a line, one a unit.")
    ] = False,
    weight: Annotated[
        str | None, typer.Option("--weight-grams", metavar="N", help="As weighed; else what the products say.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Record that what is there of an order went into its parcel; what was not picked yet is picked by it.

    With --scan every unit is read with a scanner, which types and presses Enter. What does not belong into the
    parcel is refused by name and not counted (exit 4 if the parcel was packed all the same). On a terminal it
    ends with the last unit, or an empty line; a pipe is read to its end. If something is missing nothing is
    recorded.

    Example: ordercli pack 0000001 --scan
    """
    grams = _grams(weight, orders)
    seen, refused = _scanned(ctx, orders) if scan else (None, 0)
    write(ctx, "pack", lambda work: _pack(work, orders, seen, grams), dry_run=dry_run)
    if refused:
        raise typer.Exit(ROWS_REJECTED)


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
    from ordercli.services.shipping.packing import pack as pack_orders

    opened = reader_of(work)
    found = [pack_order(opened.connection, row) for row in pickable_orders(opened, orders)]
    if seen is not None and found != [seen]:
        raise Refused(f"Order {seen.order_id} changed while it was scanned; scan it again.")
    return pack_orders(work, found, is_scanned=seen is not None, weight_grams=grams)


def _scanned(ctx: typer.Context, orders: list[str]) -> "tuple[PackOrder, int]":
    """The order as it was scanned in full, and how many scans were refused.

    The database is not kept open meanwhile, so that nobody waits for a person.

    Raises:
        Refused: naming what is missing, once the scans end.
    """
    from ordercli.domain.shipping.packing import ScanTally
    from ordercli.queries.shipping.packing import pack_order, scanned
    from ordercli.queries.shipping.picking import pickable_orders

    with reader(ctx) as opened:
        rows = pickable_orders(opened, orders)
        if len(rows) != 1:
            raise UsageProblem("--scan packs one order at a time; name one.")
        order = pack_order(opened.connection, rows[0])
        keys, skus = scanned(opened)
    tally = ScanTally.of(order)
    if tally.missing:
        console.say(f"Order {order.order_id}: {_list(tally.missing)}")
    for text in _scans(tally):
        product = keys.get(text)
        said = _said(tally, product, text, skus)
        if tally.scan(product) != "counted":
            console.say(f"refused: {said}")
        elif not settings_of(ctx).quiet:
            sku, units = tally.wanted[keys[text]]
            console.say(f"{sku}: {tally.counted[keys[text]]} of {units}")
    if tally.missing:
        raise Refused(
            f"Order {order.order_id} is not complete: {_list(tally.missing)} missing; nothing was recorded."
        )
    return order, tally.refused


def _scans(tally: "ScanTally") -> Iterator[str]:
    """Lines as a scanner types them, blanks left out; on a terminal until the parcel is complete."""
    stream = sys.stdin
    if stream is None:  # closed by the caller: `ordercli pack X --scan <&-`
        return
    is_typed = stream.isatty()
    while tally.missing or not is_typed:
        line = stream.buffer.readline(1000)
        text = line.decode("utf-8", "replace").strip()
        if not line or (is_typed and not text):
            return
        if text:
            yield text


def _said(tally: "ScanTally", product: int | None, text: str, skus: dict[int, str]) -> str:
    """Why a scan would be refused."""
    from ordercli.domain.fields import shown

    if product is None:
        return f"{shown(text)} is no SKU or barcode of a product; nothing was counted"
    if product in tally.wanted:
        return f"{skus[product]}: all {tally.wanted[product][1]} are in; take this one out"
    return f"{skus[product]} does not belong to this order; take it out"


def _list(units: dict[str, int]) -> str:
    return ", ".join(f"{number} {sku}" for sku, number in units.items())
