"""``ordercli listing``: how the channels name the products."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, show, write
from ordercli.cli.options import DryRun, parsed

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work

listing_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="How the channels name the products."
)


@listing_app.command("add")
def add(
    ctx: typer.Context,
    channel_sku: Annotated[str, typer.Argument(metavar="CHANNEL_SKU", help="The channel's key of the listing.")],
    product: Annotated[str, typer.Option("--product", metavar="SKU", help="The product it sells.")],
    channel: Annotated[str, typer.Option(help="Where it is listed.")] = "amazon",
    name: Annotated[str | None, typer.Option(help="The title there.")] = None,
    price: Annotated[str | None, typer.Option(metavar="X", help="The price there.")] = None,
    asin: Annotated[str | None, typer.Option(help="Amazon's catalogue key.")] = None,
    fulfillment: Annotated[str | None, typer.Option(help="FBM or FBA; FBM if left out.")] = None,
    fnsku: Annotated[str | None, typer.Option(help="Amazon's key of the units in its stores.")] = None,
    units_per_pack: Annotated[
        str | None, typer.Option(metavar="N", help="Units of the product in one of the listing; 1 if left out.")
    ] = None,
    buffer: Annotated[
        str | None, typer.Option(metavar="N", help="How many to hold back from the channel; 0 if left out.")
    ] = None,
    cap: Annotated[
        str | None, typer.Option(metavar="N", help="The most to tell the channel; no limit if blank.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Say which product a channel sells under a SKU of its own; orders with that SKU are then orders of it.

    One of a listing may be several units of the product, --units-per-pack; orders that are in keep theirs.

    Example: ordercli listing add RING-7-FBA --product RING-7 --fulfillment FBA
    """
    from ordercli.domain.fields import parse_asin, parse_fnsku, parse_quantity, parse_sku, parse_text, parse_whole
    from ordercli.domain.money import parse_amount
    from ordercli.formats.cells import fulfillment as parse_fulfillment
    from ordercli.services.catalog.listings import add_listing, listing_currency

    key = parsed("CHANNEL_SKU", channel_sku.strip(), parse_sku)
    fields: dict[str, str | int | None] = {}
    if name is not None:
        fields["name"] = parsed("--name", name.strip(), parse_text) or None
    if asin is not None:
        fields["asin"] = parsed("--asin", asin.strip(), parse_asin) if asin.strip() else None
    if fulfillment is not None:
        fields["fulfillment"] = parsed("--fulfillment", fulfillment, parse_fulfillment)
    if fnsku is not None:
        fields["fnsku"] = parsed("--fnsku", fnsku.strip(), parse_fnsku) if fnsku.strip() else None
    if units_per_pack is not None:
        fields["units_per_pack"] = parsed("--units-per-pack", units_per_pack.strip(), parse_quantity)
    if buffer is not None:
        fields["buffer"] = parsed("--buffer", buffer.strip(), parse_whole)
    if cap is not None:
        fields["cap"] = parsed("--cap", cap.strip(), parse_whole) if cap.strip() else None

    def use_case(work: "Work") -> "Outcome":
        told = dict(fields)
        if price is not None:
            currency = listing_currency(work, channel)
            told["price_minor"] = (
                parsed("--price", price.strip(), lambda cell: parse_amount(cell, currency))
                if price.strip()
                else None
            )
        return add_listing(work, channel, key, product, told)

    write(ctx, "listing add", use_case, dry_run=dry_run)


@listing_app.command("list")
def list_(
    ctx: typer.Context,
    channel: Annotated[str | None, typer.Option(help="Only of this channel.")] = None,
    sku: Annotated[str | None, typer.Option("--sku", help="Only of this product, or called so there.")] = None,
) -> None:
    """List how the channels name the products, at what price, and who ships them.

    Example: ordercli listing list --sku RING-7
    """
    from ordercli.queries.catalog.listings import list_listings

    with reader(ctx) as opened:
        show(ctx, opened, list_listings(opened, channel=channel, sku=sku))
