"""``ordercli workbook import``: the spreadsheet that the seller kept so far."""

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import SHEETS, Rejects
from ordercli.cli.frame import reader, write_prepared
from ordercli.cli.options import DayFirst, DecimalComma, DryRun, Encoding, Strict, ValueMap
from ordercli.cli.orders.order_import import (
    MadeAt,
    check_map_name,
    instant_told,
    modified,
    with_map,
)
from ordercli.cli.orders.order_readers import saved_mapping
from ordercli.errors import UsageProblem, unknown

if TYPE_CHECKING:
    from ordercli.domain.workbook.tracker import SheetCorrection
    from ordercli.formats.orders.mapped import ColumnMapping
    from ordercli.formats.workbook.tracker_sheets import Tracker
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.workbook.import_book import TrackerContent

SheetMap = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="COL=FIELD",
        help="Read SHEET.COLUMN as FIELD, SHEET as orders, inventory or suppliers, or ignore either; repeatable.",
    ),
]


def import_(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE...", parser=SHEETS, help="Files .xlsx, .xls, .ods or .csv; - is stdin.")
    ],
    column: SheetMap = None,
    value: ValueMap = None,
    channel: Annotated[
        str | None,
        typer.Option(help="Where orders were sold whose row does not tell; the form of their ids if left out."),
    ] = None,
    day_first: DayFirst = None,
    decimal_comma: DecimalComma = False,
    layout: Annotated[str | None, typer.Option(help="The name of a map that was saved.")] = None,
    save_map: Annotated[
        str | None, typer.Option("--save-map", metavar="NAME", help="Keep the map; --layout NAME uses it.")
    ] = None,
    encoding: Encoding = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show what each sheet and column is taken for, and stop.")
    ] = False,
    rejects: Rejects = None,
    strict: Strict = False,
    create_products: Annotated[
        bool, typer.Option("--create-products", help="Make products of unknown SKUs in orders.")
    ] = False,
    as_of: MadeAt = None,
    dry_run: DryRun = False,
) -> None:
    """Import the spreadsheet you kept so far: products, suppliers, opening stock and orders, at once.

    Sheets and columns are found by their names, in several languages; --preview shows what is taken for what, and
    --map corrects it. Orders that were shipped or canceled come in as past. The same file again changes nothing.

    Example: ordercli workbook import tracker.xlsx --preview
    """
    told = _told(ctx, column, value, channel, layout, save_map, day_first=day_first, decimal_comma=decimal_comma)
    with ExitStack() as stack:
        tracker = _opened(stack, file, encoding, told, is_saved=layout is not None)
        if preview:
            from ordercli.cli.workbook.tracker_preview import show_preview

            show_preview(ctx, tracker, told)
            return
        from ordercli.cli.intake import exit_if_rejected
        from ordercli.cli.workbook.tracker_intake import TrackerIntake, Wish, reject_files, tell_tracker

        targets = reject_files(ctx, tracker, rejects, file)
        tell_tracker(ctx, tracker)
        wish = Wish(told, strict, create_products, instant_told(as_of) or modified(file))
        intake = TrackerIntake(ctx, tracker, wish, targets)
        use_case = partial(_import, save_map, told)
        outcome = write_prepared(ctx, "workbook import", intake.prepare, use_case, dry_run=dry_run)
    exit_if_rejected(outcome.counts["rows_rejected"])


def _opened(
    stack: ExitStack, file: str, encoding: str | None, told: "ColumnMapping", *, is_saved: bool
) -> "Tracker":
    """The spreadsheet, as far as it is known."""
    from ordercli.formats.workbook.tracker_book import open_tracker
    from ordercli.formats.workbook.tracker_sheets import read_tracker

    corrections = _corrections(told)
    book, digest = stack.enter_context(open_tracker(file, encoding))
    return read_tracker(stack, book, digest, corrections, decimal_comma=told.decimal_comma, is_saved=is_saved)


def _import(save_map: str | None, told: "ColumnMapping", work: "Work", content: "TrackerContent") -> "Outcome":
    from ordercli.services.workbook.import_book import import_book

    outcome = import_book(work, content)
    return outcome if save_map is None else with_map(work, outcome, save_map, told)


def _corrections(told: "ColumnMapping") -> "tuple[SheetCorrection, ...]":
    from ordercli.domain.fields import FieldError
    from ordercli.domain.workbook.tracker import parse_corrections

    try:
        return parse_corrections(f"{left}={target}" for left, target in told.columns)
    except FieldError as error:
        raise UsageProblem(f"--map: {error}{'' if str(error)[-1] == '?' else '.'}") from error


def _told(
    ctx: typer.Context,
    columns: list[str] | None,
    values: list[str] | None,
    channel: str | None,
    layout: str | None,
    save_map: str | None,
    *,
    day_first: bool | None,
    decimal_comma: bool,
) -> "ColumnMapping":
    """What the user says of the spreadsheet, now or in a map saved before."""
    from ordercli.formats.orders.mapped import ColumnMapping, parse_words
    from ordercli.queries.channels import require_channel
    from ordercli.queries.orders.column_maps import saved_maps

    if save_map is not None:
        check_map_name(save_map)
    if layout is not None and (columns or values or save_map or channel):
        raise UsageProblem("--layout is a map; leave out --map, --map-value, --channel and --save-map.")
    with reader(ctx) as opened:
        if channel is not None:
            require_channel(opened, channel)
        maps = saved_maps(opened.connection) if layout is not None else {}
    if layout is None:
        pairs = tuple((pair.rpartition("=")[0], pair.rpartition("=")[2]) for pair in columns or ())
        words = parse_words(values or ())
        return ColumnMapping(channel or "", pairs, day_first, decimal_comma, words, is_book=True)
    if layout not in maps:
        raise unknown("map", layout, maps)
    mapping = saved_mapping(layout, maps[layout], is_book=True)
    return mapping._replace(
        day_first=mapping.day_first if day_first is None else day_first,
        decimal_comma=mapping.decimal_comma or decimal_comma,
    )
