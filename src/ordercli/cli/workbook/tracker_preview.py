"""What a spreadsheet is taken for, sheet by sheet and column by column, before anything is written."""

from collections.abc import Iterator

import typer

from ordercli.cli.frame import reader, settings_of, show
from ordercli.cli.workbook.tracker_intake import tell_tracker
from ordercli.domain.orders.order_rows import LINE_TEXT, PERSONAL
from ordercli.domain.report import Column, Report
from ordercli.formats.orders.mapped import ColumnMapping, bare_word
from ordercli.formats.spreadsheet_guard import column_letters
from ordercli.formats.workbook.tracker_rows import order_mapping
from ordercli.formats.workbook.tracker_sheets import Tracker, TrackerSheet
from ordercli.render import console

_COLUMNS = (
    Column("sheet", "key", importance="key"),
    Column("taken_for", "word", in_table=False),
    Column("letter", "word", in_table=False),
    Column("column"),
    Column("field", "word", "is read as", importance="key"),
    Column("first_values", title="first values"),
    Column("remark"),
)
_HIDDEN = frozenset({*PERSONAL, *LINE_TEXT, "email", "address"})
"""Fields whose values are nobody's business on a screen."""


def show_preview(ctx: typer.Context, tracker: Tracker, told: ColumnMapping) -> None:
    """Show how a spreadsheet would be read."""
    with reader(ctx) as opened:
        show(ctx, opened, Report(_COLUMNS, _rows(tracker, told), "No sheets."))
    tell_tracker(ctx, tracker)
    if not settings_of(ctx).quiet:
        console.say(
            "Nothing was written. Correct it with --map SHEET.COLUMN=FIELD; --dry-run says what would change."
        )


def _rows(tracker: Tracker, told: ColumnMapping) -> Iterator[tuple[object, ...]]:
    for sheet in tracker.sheets:
        plan = sheet.plan
        for column in plan.columns:
            fields = set(column.fields)
            is_shown = bool(fields) and fields.isdisjoint(_HIDDEN)
            values = "; ".join(sheet.samples[column.heading]) if is_shown else None
            remark = _states(sheet, told) if "status" in fields else column.reason or None
            letter = column_letters(column.place)
            yield plan.sheet, plan.kind, letter, column.heading, "+".join(column.fields) or None, values, remark
    for other in tracker.others:
        yield other.sheet, None, None, None, None, None, f"not read; {other.reason}"


def _states(sheet: TrackerSheet, told: ColumnMapping) -> str:
    """What each word of status is taken for."""
    meaning = dict(order_mapping(sheet, told).values)
    words = (word for word in sheet.states if word)
    return ", ".join(f"{word} = {meaning.get(bare_word(word), '?')}" for word in words)
