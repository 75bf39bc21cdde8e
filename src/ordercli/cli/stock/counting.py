"""``stock sheet`` and ``stock count``: a sheet to count with, and what was found."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import EACH
from ordercli.cli.frame import reader, show, write_asking
from ordercli.cli.options import DecimalComma, DryRun, Encoding, SheetName, parsed
from ordercli.errors import Refused, UsageProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ordercli.formats.source import Source
    from ordercli.formats.styles import Style
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.stock.counts import CountEntry


def sheet(
    ctx: typer.Context,
    location: Annotated[str, typer.Option(help="What place to count.")] = "HOME",
    blind: Annotated[bool, typer.Option("--blind", help="Do not tell what is expected.")] = False,
    recount: Annotated[
        int | None, typer.Option("--recount", metavar="N", help="Only what differed in count N.")
    ] = None,
    questions: Annotated[
        bool, typer.Option("--questions", help="Only what was missing when it should have been picked.")
    ] = False,
) -> None:
    """A sheet to count with: fill in its column quantity and give it to stock count.

    What moves between now and the count is allowed for, since the sheet tells its own moment.

    Example: ordercli stock sheet --blind --format csv > sheet.csv
    """
    from ordercli.queries.stock.counts import count_sheet
    from ordercli.queries.stock.stock import require_location

    if questions and recount is not None:
        raise UsageProblem("Give --questions or --recount, not both.")
    with reader(ctx) as opened:
        require_location(opened, location)
        show(
            ctx,
            opened,
            count_sheet(opened, location=location, blind=blind, recount=recount, questions=questions),
        )


def count(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE...", parser=EACH, help="Sheets, or lines of SKU or SKU,QTY; - is stdin.")
    ],
    location: Annotated[
        str | None, typer.Option(help="What was counted; else what the file says, else HOME.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="TS", help="When; else what the file says, else now.")
    ] = None,
    complete: Annotated[bool, typer.Option("--complete", help="What is not in the file is not there.")] = False,
    decimal_comma: DecimalComma = False,
    encoding: Encoding = None,
    sheet: SheetName = None,
    dry_run: DryRun = False,
) -> None:
    """Post a count: all rows or none, each file once; --dry-run shows the differences before.

    The columns are sku and quantity, and maybe location and counted_at; rows without quantity were not
    counted. Without a header each line is a SKU, barcode or FNSKU as a scanner types it, one unit a line or
    with ",QTY" behind it. Lines of the same SKU add up. What moved after the moment of the count is allowed for.

    If more than a third of the units or of the products differ, and more than three, it shows the ten largest
    differences and asks (or takes --yes).

    Example: ordercli stock count sheet.csv --dry-run
    """
    from ordercli.cli.intake import learned_style, opened_for
    from ordercli.domain.times import day_of, parse_moment_or_day
    from ordercli.formats.stock.count_csv import BARE_COLUMNS, KINDS, refuse_no_sheet
    from ordercli.formats.styles import Habits
    from ordercli.formats.telling import Telling
    from ordercli.services.catalog.known_products import scan_keys
    from ordercli.services.stock.counts import post_count, read_count

    telling = Telling(encoding, sheet, decimal_comma)
    with opened_for(ctx, "stock count", file, telling, bare=BARE_COLUMNS, needs=BARE_COLUMNS[:1]) as source:
        refuse_no_sheet(source)
        style = learned_style(ctx, source, KINDS, Habits(decimal_comma=decimal_comma))
        entries: list[CountEntry] = []

        def use_case(work: "Work") -> "Outcome":
            if not entries:  # it may run twice, and a pipe is read once
                entries.extend(_counted(source, scan_keys(work.connection), style))
            told = None
            if at is not None:
                zone = work.shop.time_zone
                today = day_of(work.now, zone)
                told = parsed("--at", at, lambda text: parse_moment_or_day(text, zone=zone, today=today))
            return post_count(
                work,
                read_count(
                    work, entries, sha256=source.sha256, location=location, counted_at=told, complete=complete
                ),
            )

        write_asking(ctx, "stock count", use_case, _count_question, dry_run=dry_run)


def _counted(source: "Source", products: "Mapping[str, int]", style: "Style") -> "list[CountEntry]":
    """The rows of a count, if all of them can be read."""
    from ordercli.cli.intake import report_faults
    from ordercli.domain.fields import RowError
    from ordercli.formats.stock.count_csv import count_records

    rows = list(count_records(source, products, style))
    faults = [row for row in rows if isinstance(row, RowError)]
    report_faults(source, faults, None)
    if faults:
        raise Refused("A count is posted whole or not at all; nothing changed.")
    return [
        (row.product_id, row.quantity, row.location, row.counted_at, row.line)
        for row in rows
        if not isinstance(row, RowError)
    ]


def _count_question(preview: "Outcome") -> str | None:
    """What to ask about a count that is far from the ledger; None where it is not."""
    from ordercli.domain.stock.counting import is_far_off

    counts = preview.counts
    is_much = is_far_off(
        products=counts["products_counted"],
        differing=counts["products_differing"],
        expected=counts["units_expected"],
        off=counts["units_found"] + counts["units_missing"],
    )
    return f"More than a third is not as expected. Post {preview.summary}?" if is_much else None
