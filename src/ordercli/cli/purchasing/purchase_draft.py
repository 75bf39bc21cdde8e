"""Drafts of purchases on the command line: by hand, by CSV, by the reorder report; placing, changing, export."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import EACH, PDF, PURCHASES, Rejects
from ordercli.cli.frame import reader, settings_of, write, write_asking
from ordercli.cli.options import DayFirst, DecimalComma, DryRun, Encoding, SheetName, Strict, parsed
from ordercli.cli.several import PurchaseNumbers, for_each
from ordercli.errors import UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.formats.styles import Habits
    from ordercli.formats.telling import Telling
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.purchasing.purchases import Wanted

Expected = Annotated[
    str | None,
    typer.Option("--expected", metavar="DATE", help="The day it should come; else by the lead time."),
]
SupplierReference = Annotated[str | None, typer.Option(metavar="R", help="The supplier's number of the order.")]


def day_to_come(work: "Work", option: str, text: str) -> str:
    """A day from today on.

    Raises:
        UsageProblem: for another day.
    """
    from ordercli.domain.times import parse_day

    today = work.today
    day = parsed(option, text, lambda cell: parse_day(cell, today=today))
    if day < today:
        raise UsageProblem(f"{option} {day} is past; give a day from today on.")
    return day


def wanted_of(work: "Work", text: str, cost: str | None, supplier: str | None) -> "Wanted":
    """One ``SKU:QTY[@COST]``, its cost in the currency of whom it is bought from."""
    from ordercli.domain.fields import parse_line_option, parse_quantity
    from ordercli.domain.money import parse_amount
    from ordercli.services.catalog.suppliers import buying_currency
    from ordercli.services.purchasing.purchases import Wanted

    sku, quantity, price = parsed("SKU:QTY", text, parse_line_option)
    units = parsed("SKU:QTY", quantity, parse_quantity)
    option, told = ("SKU:QTY@COST", price) if price is not None else ("--cost", cost)
    if told is None:
        return Wanted(sku, units)
    currency = buying_currency(work, sku, supplier)
    return Wanted(sku, units, parsed(option, told, lambda cell: parse_amount(cell, currency)))


def draft(
    ctx: typer.Context,
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[SKU:QTY[@COST]...]", help="COST is what one unit costs.")
    ] = None,
    from_reorder: Annotated[
        bool, typer.Option("--from-reorder", help="What reorder suggests now, one draft a supplier.")
    ] = False,
    csv: Annotated[
        str | None,
        typer.Option(
            "--csv", metavar="FILE", parser=EACH, help="Lines, or reorder's own CSV; - is stdin; repeatable."
        ),
    ] = None,
    supplier: Annotated[str | None, typer.Option(help="Whose draft; else the product's supplier.")] = None,
    day_first: DayFirst = None,
    decimal_comma: DecimalComma = False,
    encoding: Encoding = None,
    sheet: SheetName = None,
    rejects: Rejects = None,
    strict: Strict = False,
    dry_run: DryRun = False,
) -> None:
    """Put lines into the open drafts of the suppliers; nothing counts as on order before purchase place.

    Run daily, --from-reorder keeps the drafts as reorder suggests; lines you set or canceled by hand stay.

    Example: ordercli purchase draft --from-reorder
    """
    if sum((bool(what), from_reorder, csv is not None)) != 1:
        raise UsageProblem("Give SKU:QTY, --from-reorder or --csv FILE, one of them.")
    if supplier is not None and not what:
        raise UsageProblem("--supplier goes with SKU:QTY; rows of a file name their own.")
    of_file = (day_first, decimal_comma or None, encoding, sheet, rejects, strict or None)
    if csv is None and any(told is not None for told in of_file):
        raise UsageProblem(
            "--day-first, --month-first, --decimal-comma, --encoding, --sheet, --rejects and --strict go with"
            " --csv."
        )
    if from_reorder:
        _draft_suggested(ctx, dry_run=dry_run)
    elif csv is not None:
        from ordercli.formats.styles import Habits
        from ordercli.formats.telling import Telling

        habits, telling = Habits(day_first, decimal_comma), Telling(encoding, sheet, decimal_comma)
        _draft_file(ctx, csv, habits, telling, rejects, strict=strict, dry_run=dry_run)
    else:
        _draft_by_hand(ctx, what or [], supplier, dry_run=dry_run)


def _draft_by_hand(ctx: typer.Context, what: list[str], supplier: str | None, *, dry_run: bool) -> None:
    from ordercli.services.purchasing.purchase_drafts import DraftLine, draft_lines

    def use_case(work: "Work") -> "Outcome":
        wanted = [wanted_of(work, text, None, supplier) for text in what]
        if len({one.sku for one in wanted}) < len(wanted):
            raise UsageProblem("Name each SKU once.")
        return draft_lines(work, [DraftLine(one, supplier) for one in wanted])

    write(ctx, "purchase draft", use_case, dry_run=dry_run)


def _draft_suggested(ctx: typer.Context, *, dry_run: bool) -> None:
    from ordercli.domain.standing import Wishes
    from ordercli.queries.purchasing.reorder import reorder
    from ordercli.services.purchasing.purchase_drafts import draft_suggestions
    from ordercli.services.purchasing.purchases import Wanted

    with reader(ctx) as opened:
        report = reorder(opened, Wishes(), sku=None, every=False)
        names = [column.name for column in report.columns]
        sku, quantity = names.index("sku"), names.index("suggested_quantity")
        wanted = [Wanted(row[sku], row[quantity]) for row in report.rows if row[quantity]]
    write(
        ctx,
        "purchase draft",
        lambda work: draft_suggestions(work, wanted, is_complete=True),
        dry_run=dry_run,
    )


def _draft_file(
    ctx: typer.Context,
    file: str,
    habits: "Habits",
    telling: "Telling",
    rejects: str | None,
    *,
    strict: bool,
    dry_run: bool,
) -> None:
    from ordercli.cli.intake import exit_if_rejected, learned_style, opened_for, take_whole
    from ordercli.formats.purchasing.purchase_csv import KINDS, Market, draft_parser, holds_suggestions
    from ordercli.services.catalog.suppliers import currencies, sellers
    from ordercli.services.purchasing.purchase_drafts import DraftLine, draft_lines, draft_suggestions
    from ordercli.services.purchasing.purchases import Wanted

    with opened_for(ctx, "purchase draft --csv", file, telling, strict=strict, needs=("sku",)) as source:
        suggests = holds_suggestions(source.name, source.header)
        style = learned_style(ctx, source, KINDS, habits)

        def use_case(work: "Work") -> "Outcome":
            market = Market(work.shop.currency, sellers(work.connection), currencies(work.connection))
            parse = style.reading(source.header, draft_parser(source.header, market))
            intake = take_whole(source, parse, rejects, strict=strict)
            rows = [
                DraftLine(Wanted(r.sku, r.quantity, r.unit_cost_minor), r.supplier, r.expected_on)
                for r in intake.rows
                if r.quantity
            ]
            if suggests:
                outcome = draft_suggestions(work, [row.wanted for row in rows], is_complete=False)
            else:
                outcome = draft_lines(work, rows)
            return outcome.with_counts({"rows_read": intake.rows_read, "rows_rejected": len(intake.errors)})

        exit_if_rejected(write(ctx, "purchase draft", use_case, dry_run=dry_run).counts["rows_rejected"])


def place(
    ctx: typer.Context,
    numbers: PurchaseNumbers,
    expected: Expected = None,
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="The day it was ordered; today if left out.")
    ] = None,
    reference: SupplierReference = None,
    dry_run: DryRun = False,
) -> None:
    """Say that drafts were ordered: their units are on order from then on. It asks first (or takes --yes).

    Example: ordercli purchase place 1 --expected 2026-04-02 --yes
    """
    from ordercli.cli.options import day_told
    from ordercli.domain.fields import parse_text
    from ordercli.domain.times import day_of
    from ordercli.services.purchasing.purchase_drafts import place_purchase

    label = parsed("--reference", reference.strip(), parse_text) or None if reference else None

    def place_one(work: "Work", number: int) -> "Outcome":
        day = day_of(day_told(work, on), work.shop.time_zone)
        due = day_to_come(work, "--expected", expected) if expected else None
        return place_purchase(work, number, placed_on=day, expected_on=due, reference=label)

    def question(preview: "Outcome") -> str:
        return f"{preview.summary[:1].upper()}{preview.summary[1:]}?".replace("Placed", "Place", 1)

    write_asking(ctx, "purchase place", for_each(numbers, place_one, "purchase"), question, dry_run=dry_run)


def edit(
    ctx: typer.Context,
    numbers: PurchaseNumbers,
    expected: Annotated[
        str | None, typer.Option("--expected", metavar="DATE", help="The day the rest should come now.")
    ] = None,
    skus: Annotated[
        list[str] | None, typer.Option("--sku", help="Only these products come on that day. Repeatable.")
    ] = None,
    reference: Annotated[
        str | None, typer.Option(help='The supplier\'s number of the order; "" clears it.')
    ] = None,
    note: Annotated[str | None, typer.Option(help='Anything else; "" clears it.')] = None,
    dry_run: DryRun = False,
) -> None:
    """Change the day purchases should come, their reference or their note.

    Example: ordercli purchase edit 1 --expected 2026-04-20
    """
    from ordercli.domain.fields import parse_text
    from ordercli.services.purchasing.purchases import PurchaseEdit, edit_purchase

    if expected is None and reference is None and note is None:
        raise UsageProblem("Say what to change, such as --expected 2026-04-20.")
    if skus and expected is None:
        raise UsageProblem("--sku goes with --expected.")
    label = parsed("--reference", reference.strip(), parse_text) if reference is not None else None
    words = parsed("--note", note.strip(), parse_text) if note is not None else None

    def edit_one(work: "Work", number: int) -> "Outcome":
        day = day_to_come(work, "--expected", expected) if expected is not None else None
        return edit_purchase(work, number, PurchaseEdit(day, tuple(skus or ()), label, words))

    write(ctx, "purchase edit", for_each(numbers, edit_one, "purchase"), dry_run=dry_run)


def export(
    ctx: typer.Context,
    number: Annotated[
        int | None,
        typer.Option("--purchase", metavar="NUMBER", min=1, max=10**9, help="Only this; else all drafts."),
    ] = None,
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", parser=PURCHASES, help="The CSV to write; stdout if left out, or -."),
    ] = None,
    pdf: Annotated[
        str | None,
        typer.Option(
            "--pdf", metavar="FILE", parser=PDF, help="Write the purchase to send to the supplier instead."
        ),
    ] = None,
    sender: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="Your address on the PDF, its lines with \\n between; else as configured."
        ),
    ] = None,
) -> None:
    """Export drafts, or one purchase, as CSV, which purchase draft --csv reads back; or one as PDF.

    Example: ordercli purchase export --purchase 1 --pdf order.pdf
    """
    from ordercli.cli.outgoing import export_csv
    from ordercli.queries.purchasing.purchases import export_lines

    if pdf is not None:
        if number is None or file is not None:
            raise UsageProblem("A PDF is one purchase's: purchase export --purchase NUMBER --pdf FILE.")
        _print(ctx, number, pdf, sender)
        return
    if sender is not None:
        raise UsageProblem("--sender goes with --pdf.")
    with reader(ctx) as opened:
        export_csv(ctx, export_lines(opened, number), file or "-", opened.currency)


def _print(ctx: typer.Context, number: int, file: str, sender: str | None) -> None:
    from ordercli.cli.shipping.paper import stationery, usual_paper
    from ordercli.domain.paper import SIZES
    from ordercli.files import write_file
    from ordercli.formats.purchasing.purchase_pdf import purchase_pdf
    from ordercli.queries.purchasing.purchases import purchase_order

    with reader(ctx) as opened:
        paper = stationery(ctx, sender)
        order = purchase_order(opened, number, paper)
        written = purchase_pdf(order, SIZES[usual_paper(opened.currency)], paper)
    write_file(file, written)
    if file != "-" and not settings_of(ctx).quiet:
        console.say(f"Wrote purchase {number} to {file}.")
