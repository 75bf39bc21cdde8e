"""``ordercli listing``: how the channels name the products."""

from collections.abc import Callable
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
    from ordercli.domain.fields import parse_sku
    from ordercli.domain.money import parse_amount
    from ordercli.services.catalog.listings import add_listing, listing_currency

    key = parsed("CHANNEL_SKU", channel_sku.strip(), parse_sku)
    fields = _fields(
        name=name,
        asin=asin,
        fulfillment=fulfillment,
        fnsku=fnsku,
        units_per_pack=units_per_pack,
        buffer=buffer,
        cap=cap,
    )

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


def _fields(**told: str | None) -> "dict[str, str | int | None]":
    """Fields of a listing as the options tell them; where blank takes one back, it is None.

    Raises:
        UsageProblem: naming the option whose text cannot be.
    """
    from ordercli.domain.fields import parse_asin, parse_fnsku, parse_quantity, parse_text, parse_whole
    from ordercli.formats.cells import fulfillment

    parsers: dict[str, tuple[Callable[[str], str | int], bool]] = {
        "name": (parse_text, True),
        "asin": (parse_asin, True),
        "fulfillment": (fulfillment, False),
        "fnsku": (parse_fnsku, True),
        "units_per_pack": (parse_quantity, False),
        "buffer": (parse_whole, False),
        "cap": (parse_whole, True),
    }
    fields: dict[str, str | int | None] = {}
    for field, text in told.items():
        if text is not None:
            parse, may_be_blank = parsers[field]
            is_blank = may_be_blank and not text.strip()
            fields[field] = None if is_blank else parsed(f"--{field.replace('_', '-')}", text.strip(), parse)
    return fields


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
