"""``ordercli product``: the catalog."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import EACH, PRODUCTS, Rejects
from ordercli.cli.frame import reader, removal_question, show, write, write_asking
from ordercli.cli.options import (
    DayFirst,
    DecimalComma,
    DryRun,
    Encoding,
    OnlyFields,
    OwnFields,
    SheetName,
    Strict,
    parsed,
    parsed_lines,
)
from ordercli.cli.several import SkuNames, for_each, show_cards
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Callable

    from ordercli.formats.catalog.product_csv import Parser, Value
    from ordercli.formats.source import Source
    from ordercli.formats.styles import Style
    from ordercli.services.operations import Outcome, Work

product_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="The catalog.")

Sku = Annotated[str, typer.Argument(help="The seller's key.")]
Name = Annotated[str | None, typer.Option(help="What it is called.")]
Price = Annotated[str | None, typer.Option(metavar="X", help="Usual selling price of one.")]
Cost = Annotated[str | None, typer.Option(metavar="X", help="Usual purchase cost of one.")]
ReorderPoint = Annotated[str | None, typer.Option(metavar="N", help="Available units at which it is LOW.")]
CoverDays = Annotated[str | None, typer.Option(metavar="DAYS", help="Days of sales a reorder should last.")]
Supplier = Annotated[str | None, typer.Option(help="Who sells it to you.")]
LeadTime = Annotated[str | None, typer.Option(metavar="DAYS", help="Days from order to receipt.")]
Weight = Annotated[str | None, typer.Option(metavar="N", help="Grams of one, packed.")]
Bin = Annotated[str | None, typer.Option(help="Where it lies.")]
Asin = Annotated[str | None, typer.Option(help="Amazon's catalog key.")]
Barcode = Annotated[str | None, typer.Option(metavar="DIGITS", help="EAN or UPC on the article.")]
CasePack = Annotated[str | None, typer.Option(metavar="N", help="Units in the supplier's case.")]
RetiredOn = Annotated[
    str | None, typer.Option(metavar="DATE", help="Sold no more from that day; its history stays.")
]
ServiceLevel = Annotated[
    str | None, typer.Option(metavar="P", help="How surely it should last through the lead time, such as 97.5%.")
]

Packaging = Annotated[str | None, typer.Option(help="What one is packed in, such as a box.")]
PackagingCost = Annotated[str | None, typer.Option(metavar="X", help="What that costs.")]


def _fields(work: "Work", given: dict[str, str | None]) -> "dict[str, Value]":
    """Fields of a product from options; one given as "" is cleared, one left out is left alone."""
    from ordercli.domain.times import parse_day
    from ordercli.formats.catalog.product_csv import PRODUCT_FIELDS

    today = work.today
    readers: dict[str, Parser] = {"retired_on": lambda cell, _: parse_day(cell, today=today)}

    fields: dict[str, Value] = {}
    for name, value in given.items():
        if value is None:
            continue
        field, parse = PRODUCT_FIELDS[name]
        option = f"--{name.replace('_', '-')}"
        cell = value.strip()
        parse = readers.get(name, parse)
        fields[field] = parsed(option, cell, _in_currency(parse, work.shop.currency)) if cell else None
    return fields


def _in_currency(parse: "Parser", currency: str) -> "Callable[[str], Value]":
    return lambda text: parse(text, currency)


@product_app.command("add")
def add(
    ctx: typer.Context,
    sku: Sku,
    name: Name = None,
    unit_price: Price = None,
    unit_cost: Cost = None,
    reorder_point: ReorderPoint = None,
    cover_days: CoverDays = None,
    supplier: Supplier = None,
    lead_time_days: LeadTime = None,
    weight_grams: Weight = None,
    bin: Bin = None,  # noqa: A002 - the option is --bin
    asin: Asin = None,
    barcode: Barcode = None,
    case_pack: CasePack = None,
    retired_on: RetiredOn = None,
    packaging: Packaging = None,
    packaging_cost: PackagingCost = None,
    service_level: ServiceLevel = None,
    field: OwnFields = None,
    dry_run: DryRun = False,
) -> None:
    """Add a product.

    Example: ordercli product add RING-7 --name "Silver ring, size 7" --unit-price 34.00 --unit-cost 9.50
    """
    from ordercli.domain.fields import parse_sku
    from ordercli.services.catalog.products import add_product
    from ordercli.services.own_fields import told_values

    key = parsed("SKU", sku, parse_sku)
    given = _given(
        name,
        unit_price,
        unit_cost,
        reorder_point,
        cover_days,
        supplier,
        lead_time_days,
        weight_grams,
        bin,
        asin,
        barcode,
        case_pack,
        retired_on,
        packaging,
        packaging_cost,
        service_level,
    )
    write(
        ctx,
        "product add",
        lambda work: add_product(work, key, _fields(work, given), told_values(work, "product", field or ())),
        dry_run=dry_run,
    )


@product_app.command("edit")
def edit(
    ctx: typer.Context,
    skus: SkuNames,
    name: Name = None,
    unit_price: Price = None,
    unit_cost: Cost = None,
    reorder_point: ReorderPoint = None,
    cover_days: CoverDays = None,
    supplier: Supplier = None,
    lead_time_days: LeadTime = None,
    weight_grams: Weight = None,
    bin: Bin = None,  # noqa: A002 - the option is --bin
    asin: Asin = None,
    barcode: Barcode = None,
    case_pack: CasePack = None,
    retired_on: RetiredOn = None,
    packaging: Packaging = None,
    packaging_cost: PackagingCost = None,
    service_level: ServiceLevel = None,
    field: OwnFields = None,
    dry_run: DryRun = False,
) -> None:
    """Change fields of products; an empty value clears one.

    Example: ordercli product edit RING-7 --reorder-point 6 --supplier ""
    """
    from ordercli.services.catalog.products import edit_product
    from ordercli.services.own_fields import told_values

    given = _given(
        name,
        unit_price,
        unit_cost,
        reorder_point,
        cover_days,
        supplier,
        lead_time_days,
        weight_grams,
        bin,
        asin,
        barcode,
        case_pack,
        retired_on,
        packaging,
        packaging_cost,
        service_level,
    )
    if all(value is None for value in given.values()) and not field:
        raise UsageProblem("Say what to change, such as --unit-price 36.00.")

    def edit_one(work: "Work", sku: str) -> "Outcome":
        return edit_product(work, sku, _fields(work, given), told_values(work, "product", field or ()))

    write(
        ctx,
        "product edit",
        for_each(skus, edit_one, "product"),
        dry_run=dry_run,
    )


def _given(*values: str | None) -> dict[str, str | None]:
    from ordercli.formats.catalog.product_csv import PRODUCT_FIELDS

    return dict(zip(PRODUCT_FIELDS, values, strict=True))


@product_app.command("kit")
def kit(
    ctx: typer.Context,
    sku: Sku,
    components: Annotated[list[str], typer.Argument(metavar="SKU:QTY...", help="What one kit is made of.")],
    dry_run: DryRun = False,
) -> None:
    """Make a product a kit, or change what it is made of.

    A kit has no stock of its own: as many are available as its components allow, and shipping one ships
    them. Orders that are in already keep what they were made of.

    Example: ordercli product kit GIFT-SET RING-7:1 NECK-MOON:1
    """
    from ordercli.services.stock.recipes import set_recipe

    recipe = parsed_lines(components, "SKU:QTY")
    write(ctx, "product kit", lambda work: set_recipe(work, sku, recipe), dry_run=dry_run)


@product_app.command("remove")
def remove(ctx: typer.Context, skus: SkuNames, dry_run: DryRun = False) -> None:
    """Take back products that nothing was ever done with, such as one typed wrong.

    It asks first (or takes --yes). A product with stock, orders, purchases or listings stays, since its history
    does; retire it.

    Example: ordercli product remove RNIG-7 --yes
    """
    from ordercli.services.catalog.products import remove_product

    use_case = for_each(skus, remove_product, "product")
    write_asking(ctx, "product remove", use_case, removal_question, dry_run=dry_run)


@product_app.command("list")
def list_(ctx: typer.Context, field: OnlyFields = None) -> None:
    """List all products, or those with something in a field of yours.

    Example: ordercli product list --format csv
    """
    from ordercli.queries.catalog.products import list_products
    from ordercli.queries.own_fields import told_filter

    with reader(ctx) as opened:
        show(ctx, opened, list_products(opened, wanted=told_filter(opened, "product", field or ())))


@product_app.command("show")
def show_product(ctx: typer.Context, skus: SkuNames) -> None:
    """Show products: their fields, what each is made of or part of, and its listings.

    Example: ordercli product show RING-7
    """
    from ordercli.queries.stock.product_card import product_card

    with reader(ctx) as opened:
        show_cards(ctx, opened, [product_card(opened, sku) for sku in skus])


@product_app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE...", parser=EACH, help="CSVs, or listings reports; - is stdin.")
    ],
    channel: Annotated[
        str | None, typer.Option(help="Whose listings they are; amazon if left out. Not for a catalog.")
    ] = None,
    day_first: DayFirst = None,
    decimal_comma: DecimalComma = False,
    encoding: Encoding = None,
    sheet: SheetName = None,
    rejects: Rejects = None,
    strict: Strict = False,
    dry_run: DryRun = False,
) -> None:
    """Import a catalog: new products are added, columns the file has replace what was there.

    Columns: sku, name, unit_price, unit_cost, reorder_point, cover_days, supplier, lead_time_days,
    weight_grams, bin, asin, barcode, case_pack, retired_on, packaging, packaging_cost, and components, which is
    SKU:QTY;SKU:QTY for a kit; only sku is needed. A field of your own has the column field_NAME, or NAME.

    Amazon's listings reports (all, active or open listings) are taken too: they make listings, products for
    those that have none yet, and fill in names, ASINs and prices that are missing.

    Example: ordercli product import products.csv
    """
    from ordercli.cli.intake import exit_if_rejected, learned_style, opened_for, refuse_habits
    from ordercli.formats.catalog.amazon_listings import is_listings_report
    from ordercli.formats.catalog.product_csv import CATALOG, require_columns
    from ordercli.formats.styles import Habits
    from ordercli.formats.telling import Telling

    telling = Telling(encoding, sheet, decimal_comma)
    with opened_for(ctx, "product import", file, telling, strict=strict, needs=("sku",)) as source:
        if is_listings_report(source.header):
            refuse_habits(day_first, decimal_comma=decimal_comma)
            use_case = _listings_case(source, channel or "amazon", rejects, strict=strict)
        elif channel is not None:
            raise UsageProblem("--channel is for listings reports; a catalog has no channel.")
        else:
            require_columns(source.name, source.header, ("sku",), "a catalog")
            style = learned_style(ctx, source, CATALOG, Habits(day_first, decimal_comma))
            use_case = _catalog_case(source, style, rejects, strict=strict)
        exit_if_rejected(write(ctx, "product import", use_case, dry_run=dry_run).counts["rows_rejected"])


def _catalog_case(
    source: "Source", style: "Style", rejects: str | None, *, strict: bool
) -> "Callable[[Work], Outcome]":
    from ordercli.cli.intake import take_whole, tell_unknown_own
    from ordercli.formats.catalog.product_csv import product_parser
    from ordercli.services.catalog.known_products import known_barcodes
    from ordercli.services.own_fields import fields_of
    from ordercli.services.stock.recipes import import_catalog

    def use_case(work: "Work") -> "Outcome":
        own = tuple(fields_of(work.connection, "product").values())
        tell_unknown_own(source, "product", own)
        parser = product_parser(
            source.header, work.shop.currency, known_barcodes(work.connection), own, tells_once=True
        )
        intake = take_whole(source, style.reading(source.header, parser), rejects, strict=strict)
        return import_catalog(work, intake.rows, rows_read=intake.rows_read, rows_rejected=len(intake.errors))

    return use_case


def _listings_case(
    source: "Source", channel: str, rejects: str | None, *, strict: bool
) -> "Callable[[Work], Outcome]":
    from ordercli.cli.intake import take_whole
    from ordercli.formats.catalog.amazon_listings import listing_parser
    from ordercli.services.catalog.listings import import_listings, listing_currency

    def use_case(work: "Work") -> "Outcome":
        parse = listing_parser(source.header, listing_currency(work, channel))
        intake = take_whole(source, parse, rejects, strict=strict)
        return import_listings(
            work, channel, intake.rows, rows_read=intake.rows_read, rows_rejected=len(intake.errors)
        )

    return use_case


@product_app.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", parser=PRODUCTS, help="The CSV to write; - is stdout.")
    ] = "-",
) -> None:
    """Export the catalog as CSV; product import reads it back.

    Example: ordercli product export products.csv
    """
    from ordercli.cli.outgoing import export_csv
    from ordercli.queries.catalog.products import list_products

    with reader(ctx) as opened:
        export_csv(ctx, list_products(opened), file, opened.currency)
