"""``ordercli stock``: levels, receipts, moves, corrections, counts, value, history."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.fba.fba import fba_app
from ordercli.cli.file_options import EACH, FEED, STOCK, Rejects
from ordercli.cli.frame import CHECK_FOUND, reader, settings_of, show, write
from ordercli.cli.options import (
    AsOf,
    CameOn,
    DecimalComma,
    DeliveryReference,
    DryRun,
    Duty,
    Encoding,
    KnownAt,
    OnlySku,
    OwnReference,
    SharedBy,
    SheetName,
    Skus,
    Split,
    day_told,
    moment_told,
    parsed,
    parsed_lines,
    told_reference,
)
from ordercli.cli.several import SkuNames, for_each, show_cards
from ordercli.cli.stock.counting import count, sheet
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work

stock_app = typer.Typer(rich_markup_mode=None, add_completion=False)
stock_app.add_typer(fba_app, name="fba")
DoneOn = Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day; now if left out.")]


class By(StrEnum):
    """What a row of the levels is about."""

    PRODUCT = "product"
    LOCATION = "location"


@stock_app.callback(invoke_without_command=True)
def levels(
    ctx: typer.Context,
    low: Annotated[bool, typer.Option("--low", help="Only products that are LOW or OUT.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if any product shown is LOW or OUT.")] = False,
    sku: OnlySku = None,
    by: Annotated[By, typer.Option("--by", help="A row a product, or a row a place of it.")] = By.PRODUCT,
    location: Annotated[str | None, typer.Option(help="Only this place; a row a place then.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """Stock levels, now or at a past moment; with a subcommand: receive, adjust, value, history and more.

    Example: ordercli stock --low --check
    """
    if ctx.invoked_subcommand is not None:
        return
    by_location = by is By.LOCATION or location is not None
    if (low or check) and (by_location or as_of or known_at):
        raise UsageProblem("--low and --check are about all of a product now, not about a place or the past.")
    from ordercli.queries.lookup import require_sku
    from ordercli.queries.stock import stock
    from ordercli.queries.stock.stock_past import levels_then, places_then

    with reader(ctx) as opened:
        moment = moment_told(opened, as_of, known_at)
        if sku is not None:
            require_sku(opened, sku)
        if location is not None:
            stock.require_location(opened, location)
        if by_location and moment is None:
            report = stock.stock_places(opened, sku=sku, location=location)
        elif by_location and moment is not None:
            report = places_then(opened, moment, sku=sku, location=location)
        elif moment is not None:
            report = levels_then(opened, moment, sku=sku)
        else:
            report = stock.stock_levels(opened, sku=sku, low_only=low)
        rows = list(report.rows) if check else report.rows
        show(ctx, opened, report._replace(rows=rows))
        if check:
            status = next(place for place, column in enumerate(report.columns) if column.name == "status")
            if any(row[status] != "OK" for row in rows):
                raise typer.Exit(CHECK_FOUND)


@stock_app.command("show")
def show_product(ctx: typer.Context, skus: SkuNames) -> None:
    """Show the stock of products and the orders waiting for them.

    Example: ordercli stock show RING-7
    """
    from ordercli.queries.stock.stock import stock_card

    with reader(ctx) as opened:
        show_cards(ctx, opened, [stock_card(opened, sku) for sku in skus])


@stock_app.command("receive")
def receive(
    ctx: typer.Context,
    what: Annotated[list[str], typer.Argument(metavar="SKU:QTY[@COST]...", help="COST is what one unit cost.")],
    cost: Annotated[
        str | None, typer.Option(metavar="X", help="The same, of all without their own; else the product's.")
    ] = None,
    freight: Annotated[
        str | None, typer.Option(metavar="X", help="What all of the delivery's freight cost.")
    ] = None,
    duty: Duty = None,
    split: SharedBy = Split.VALUE,
    reference: DeliveryReference = None,
    on: CameOn = None,
    dry_run: DryRun = False,
) -> None:
    """Receive units from a supplier; waiting orders get theirs first.

    Freight and duty become part of what the units cost. The same again comes in once more, but not under the
    same --reference.

    Example: ordercli stock receive NECK-MOON:10@15.00 RING-7:20@9.50 --freight 12.00
    """
    from ordercli.domain.fields import parse_line_option, parse_quantity
    from ordercli.domain.money import parse_amount
    from ordercli.services.stock.deliveries import LandedCost
    from ordercli.services.stock.stock import Receipt
    from ordercli.services.stock.stock import receive as receive_units

    label = told_reference(reference)

    def use_case(work: "Work") -> "Outcome":
        def amount(option: str, text: str) -> int:
            return parsed(option, text, lambda cell: parse_amount(cell, work.shop.currency))

        unit = amount("--cost", cost) if cost else None
        receipts = []
        for text in what:
            sku, quantity, price = parsed("SKU:QTY", text, parse_line_option)
            paid = unit if price is None else amount("SKU:QTY@COST", price)
            receipts.append(Receipt(sku, parsed("SKU:QTY", quantity, parse_quantity), paid))
        beside = (amount("--freight", freight) if freight else 0) + (amount("--duty", duty) if duty else 0)
        landed = LandedCost(beside, split.value)
        return receive_units(work, receipts, occurred_at=day_told(work, on), reference=label, landed=landed)

    write(ctx, "stock receive", use_case, dry_run=dry_run)


@stock_app.command("adjust")
def adjust(
    ctx: typer.Context,
    skus: SkuNames,
    by: Annotated[str, typer.Option("--by", metavar="±N", help="How many more or fewer: +3 or -1.")],
    reason: Annotated[
        str, typer.Option("--reason", help="Why: damage, loss, found, gift, sample, correction, or your own.")
    ],
    location: Annotated[str, typer.Option(help="Where.")] = "HOME",
    on: DoneOn = None,
    reference: OwnReference = None,
    dry_run: DryRun = False,
) -> None:
    """Correct the units at a place: damaged ones go to DAMAGED, others to or from LOSS.

    The same again corrects once more; name it with --reference, and a repeat changes nothing.

    Reasons of your own: ordercli config set adjustment_reasons loss,found,gift,sample,theft

    Example: ordercli stock adjust RING-7 --by -1 --reason damage
    """
    from ordercli.domain.fields import parse_difference
    from ordercli.services.references import once
    from ordercli.services.stock.stock import adjust as adjust_units

    difference = parsed("--by", by, parse_difference)

    def adjust_one(work: "Work", sku: str) -> "Outcome":
        day = day_told(work, on)
        return adjust_units(work, sku, difference, reason=reason, occurred_at=day, location=location)

    content = (*skus, difference, reason, location, on)
    use_case = once("stock adjust", told_reference(reference), content, for_each(skus, adjust_one, "product"))
    write(ctx, "stock adjust", use_case, dry_run=dry_run)


@stock_app.command("move")
def move(
    ctx: typer.Context,
    what: Skus,
    source: Annotated[str, typer.Argument(metavar="FROM", help="Where they are.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Where they go.")],
    on: DoneOn = None,
    reference: OwnReference = None,
    dry_run: DryRun = False,
) -> None:
    """Carry units from one of your places to another; those that come HOME go to waiting orders first.

    The same again moves once more; name it with --reference, and a repeat changes nothing.

    Example: ordercli stock move RING-7:5 HOME DAMAGED
    """
    from ordercli.services.references import once
    from ordercli.services.stock.stock import move as move_units

    wanted = parsed_lines(what, "SKU:QTY")

    def move_one(work: "Work", units: tuple[str, int]) -> "Outcome":
        return move_units(work, *units, source, target, occurred_at=day_told(work, on))

    use_case = for_each(wanted, move_one, "product")
    content = (wanted, source, target, on)
    write(ctx, "stock move", once("stock move", told_reference(reference), content, use_case), dry_run=dry_run)


stock_app.command("sheet")(sheet)
stock_app.command("count")(count)


@stock_app.command("value")
def value(ctx: typer.Context, as_of: AsOf = None, known_at: KnownAt = None) -> None:
    """What the stock cost, first in first out, by place.

    Example: ordercli stock value --as-of 2026-03-31
    """
    from ordercli.queries.stock.stock import stock_value
    from ordercli.queries.stock.stock_past import value_then

    with reader(ctx) as opened:
        moment = moment_told(opened, as_of, known_at)
        show(ctx, opened, stock_value(opened) if moment is None else value_then(opened, moment))


@stock_app.command("history")
def history(ctx: typer.Context, skus: SkuNames, as_of: AsOf = None, known_at: KnownAt = None) -> None:
    """Every movement of products with the running balance of each.

    Example: ordercli stock history RING-7
    """
    from itertools import chain

    from ordercli.queries.stock.stock import stock_history

    with reader(ctx) as opened:
        moment = moment_told(opened, as_of, known_at)
        past = {} if moment is None else moment._asdict()
        reports = [stock_history(opened, sku, **past) for sku in skus]
        show(ctx, opened, reports[0]._replace(rows=chain.from_iterable(report.rows for report in reports)))


class FeedLayout(StrEnum):
    """The generations of Amazon's price-and-quantity file."""

    CURRENT = "current"
    LEADTIME = "leadtime"
    OLD = "old"


@stock_app.command("feed")
def feed(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", parser=FEED, help="The file to write; - is stdout.")
    ] = "-",
    channel: Annotated[str, typer.Option(help="Whose listings.")] = "amazon",
    changed: Annotated[bool, typer.Option("--changed", help="Only what is another than told last.")] = False,
    layout: Annotated[
        FeedLayout | None, typer.Option("--layout", help="Which header, of Amazon's file; current if left out.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Write how many of each listing can be sold, for upload: Amazon's price-and-quantity file, else a CSV.

    The quantity is what is available, in whole packs, less the listing's buffer and at most its cap; 0 for
    retired products. Listings that Amazon ships are left out. Prices stay as they are.

    Example: ordercli stock feed --channel amazon --changed price-quantity.txt
    """
    from ordercli.db import driver_of
    from ordercli.files import write_file
    from ordercli.formats.stock.amazon_feed import write_price_quantity
    from ordercli.formats.stock.stock_csv import write_quantities
    from ordercli.queries.stock.feed import feed_rows
    from ordercli.services.settings import confirms_by_upload
    from ordercli.services.stock.feed import feed_stock

    raw = settings_of(ctx).raw

    def use_case(work: "Work") -> "Outcome":
        now = feed_rows(driver_of(work.connection), channel, today=work.today)
        outcome, rows = feed_stock(work, channel, now, changed_only=changed)
        told = [(row.channel_sku, row.quantity) for row in rows]
        if confirms_by_upload(work.connection, channel, work.today):
            content = write_price_quantity(told, layout.value if layout else "current")
        elif layout is not None:
            raise UsageProblem(f"--layout is for Amazon's file; {channel} gets a plain CSV.")
        else:
            content = write_quantities(told, raw=raw)
        if not dry_run:
            write_file(file, content)
        return outcome

    write(ctx, "stock feed", use_case, dry_run=dry_run, json_receipt=file != "-")


@stock_app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE...", parser=EACH, help="CSVs; - is stdin.")],
    decimal_comma: DecimalComma = False,
    encoding: Encoding = None,
    sheet: SheetName = None,
    rejects: Rejects = None,
    dry_run: DryRun = False,
) -> None:
    """Open stock from a CSV of sku, quantity, unit_cost and maybe location; all rows or none.

    Example: ordercli stock import opening-stock.csv
    """
    from ordercli.cli.intake import learned_style, opened_for, take_whole
    from ordercli.formats.catalog.product_csv import LEVELS, level_parser, require_columns
    from ordercli.formats.styles import Habits
    from ordercli.formats.telling import Telling
    from ordercli.services.catalog.known_products import known_costs, known_skus
    from ordercli.services.stock.locations import own_places
    from ordercli.services.stock.stock import open_stock

    telling, needs = Telling(encoding, sheet, decimal_comma), ("sku", "quantity")
    with opened_for(ctx, "stock import", file, telling, needs=needs) as source:
        require_columns(source.name, source.header, needs, "a CSV of stock levels")
        style = learned_style(ctx, source, LEVELS, Habits(decimal_comma=decimal_comma))

        def use_case(work: "Work") -> "Outcome":
            places = own_places(work.connection)
            parser = level_parser(source.header, work.shop.currency, known_costs(work.connection), places)
            intake = take_whole(source, style.reading(source.header, parser), rejects, strict=None)
            return open_stock(work, intake.rows, known_skus(work.connection))

        write(ctx, "stock import", use_case, dry_run=dry_run)


@stock_app.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", parser=STOCK, help="The CSV to write; - is stdout.")
    ] = "-",
) -> None:
    """Export the stock on hand with its cost, one row a cost layer; stock import reads it back.

    Example: ordercli stock export levels.csv
    """
    from ordercli.cli.outgoing import export_csv
    from ordercli.queries.stock.stock import export_levels

    with reader(ctx) as opened:
        export_csv(ctx, export_levels(opened), file, opened.currency)
