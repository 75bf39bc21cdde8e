"""``ordercli listing``: how the channels name the products."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, removal_question, show, write, write_asking
from ordercli.cli.options import DryRun, parsed
from ordercli.cli.several import LISTINGS, for_each
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work

listing_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="How the channels name the products."
)


ChannelSku = Annotated[str, typer.Argument(metavar="CHANNEL_SKU", help="The channel's key of the listing.")]
ChannelSkus = Annotated[
    list[str],
    typer.Argument(
        metavar="CHANNEL_SKU...", parser=LISTINGS, help="The channel's keys of the listings; - reads stdin."
    ),
]
Channel = Annotated[str, typer.Option(help="Where it is listed.")]
Title = Annotated[str | None, typer.Option("--name", help="The title there.")]
Price = Annotated[str | None, typer.Option(metavar="X", help="The price there.")]
Asin = Annotated[str | None, typer.Option(help="Amazon's catalog key.")]
Fulfillment = Annotated[str | None, typer.Option(help="FBM or FBA; FBM if never told.")]
Fnsku = Annotated[str | None, typer.Option(help="Amazon's key of the units in its stores.")]
UnitsPerPack = Annotated[
    str | None, typer.Option(metavar="N", help="Units of the product in one of the listing; 1 if never told.")
]
Buffer = Annotated[
    str | None, typer.Option(metavar="N", help="How many to hold back from the channel; 0 if never told.")
]
Cap = Annotated[str | None, typer.Option(metavar="N", help="The most to tell the channel; no limit if blank.")]


@listing_app.command("add")
def add(
    ctx: typer.Context,
    channel_sku: ChannelSku,
    product: Annotated[str, typer.Option("--product", metavar="SKU", help="The product it sells.")],
    channel: Channel = "amazon",
    name: Title = None,
    price: Price = None,
    asin: Asin = None,
    fulfillment: Fulfillment = None,
    fnsku: Fnsku = None,
    units_per_pack: UnitsPerPack = None,
    buffer: Buffer = None,
    cap: Cap = None,
    dry_run: DryRun = False,
) -> None:
    """Say which product a channel sells under a SKU of its own; orders with that SKU are then orders of it.

    One of a listing may be several units of the product, --units-per-pack; orders that are in keep theirs.

    Example: ordercli listing add RING-7-FBA --product RING-7 --fulfillment FBA
    """
    from ordercli.domain.fields import parse_sku
    from ordercli.services.catalog.listings import add_listing

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
        return add_listing(work, channel, key, product, {**fields, **_price(work, channel, price)})

    write(ctx, "listing add", use_case, dry_run=dry_run)


@listing_app.command("edit")
def edit(
    ctx: typer.Context,
    channel_skus: ChannelSkus,
    channel: Channel = "amazon",
    product: Annotated[
        str | None, typer.Option("--product", metavar="SKU", help="The product it sells instead.")
    ] = None,
    name: Title = None,
    price: Price = None,
    asin: Asin = None,
    fulfillment: Fulfillment = None,
    fnsku: Fnsku = None,
    units_per_pack: UnitsPerPack = None,
    buffer: Buffer = None,
    cap: Cap = None,
    dry_run: DryRun = False,
) -> None:
    """Change what is said of listings; an empty value clears one. Orders that are in stay as they are.

    Example: ordercli listing edit RING-7-FBA --price 36.00 --buffer 2
    """
    from ordercli.services.catalog.listings import edit_listing

    fields = _fields(
        name=name,
        asin=asin,
        fulfillment=fulfillment,
        fnsku=fnsku,
        units_per_pack=units_per_pack,
        buffer=buffer,
        cap=cap,
    )
    if not fields and product is None and price is None:
        raise UsageProblem("Say what to change, such as --price 36.00.")

    def edit_one(work: "Work", channel_sku: str) -> "Outcome":
        told = {**fields, **_price(work, channel, price)}
        return edit_listing(work, channel, channel_sku.strip(), product, told)

    write(ctx, "listing edit", for_each(channel_skus, edit_one, "listing"), dry_run=dry_run)


@listing_app.command("remove")
def remove(
    ctx: typer.Context, channel_skus: ChannelSkus, channel: Channel = "amazon", dry_run: DryRun = False
) -> None:
    """Take listings back that were a mistake or are no more. It asks first (or takes --yes).

    Orders that are in stay as they are; what the listing said is kept.

    Example: ordercli listing remove RING-7-FBA --yes
    """
    from ordercli.services.catalog.listings import remove_listing

    write_asking(
        ctx,
        "listing remove",
        for_each(channel_skus, lambda work, sku: remove_listing(work, channel, sku.strip()), "listing"),
        removal_question,
        dry_run=dry_run,
    )


def _price(work: "Work", channel: str, price: str | None) -> "dict[str, str | int | None]":
    """The price as a field, in the channel's currency; none where it is not told."""
    from ordercli.domain.money import parse_amount
    from ordercli.services.catalog.listings import listing_currency

    if price is None:
        return {}
    currency = listing_currency(work, channel)
    is_blank = not price.strip()
    return {
        "price_minor": None
        if is_blank
        else parsed("--price", price.strip(), lambda cell: parse_amount(cell, currency))
    }


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
