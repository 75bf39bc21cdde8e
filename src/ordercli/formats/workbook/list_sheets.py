"""The sheets Lists, Help and the hidden one: what is chosen from, what columns mean, what the workbook is."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ordercli.domain.orders.orders import STATUSES
from ordercli.domain.workbook.rows import BookContent
from ordercli.domain.workbook.sheets import (
    COLUMNS,
    FORMAT,
    HELP,
    INVENTORY,
    LISTS,
    ORDERS,
    TITLES,
    SheetColumn,
)
from ordercli.formats.workbook.canvas import HEADER_ROW, Canvas, Scattered, serial

if TYPE_CHECKING:
    from ordercli.formats.workbook.plain_sheet import PlainSheet

LISTS_FIRST = 4
"""Number of the first row of the lists."""
STATUS_LETTER, CARRIER_LETTER, CHANNEL_LETTER = "A", "B", "C"
PRESENT = f"{TITLES[LISTS]}!$F$4"
"""The cell that says when the workbook was made; what is late is late as of then."""
LEAST = f"{TITLES[LISTS]}!$F$5"
"""The cell with the setting ``reorder_point``."""
TREND_COLUMN, BEST_COLUMN, STOCK_COLUMN, RATE_COLUMN = 7, 11, 14, 18
"""Where what the charts show begins, counted from 0."""

_EDITING = {
    "never": "no",
    "always": "yes",
    "change": "yes, of rows that are there",
    "new": "in blank rows only",
}

HOW = (
    "Change tinted cells, save, and close the file. Then: ordercli workbook pull FILE --dry-run",
    "It says cell by cell what you changed and what will happen; nothing is changed by --dry-run.",
    "Without --dry-run it asks, and does all of it as one operation, as the commands would.",
    "A quantity on hand is a count. A status is a request: shipped, with carrier and tracking, or canceled.",
    "New orders and products go into the blank rows at the end of their sheets.",
    "What changed in the shop meanwhile is not overwritten: it is told, with its cell, and stays.",
    "Pulling the same file again changes nothing.",
    "Figures are as of the moment the workbook was made (sheet Lists); build it anew for those of today.",
    "The sheets are protected without a password, so that formulas stay; take it off if you like.",
    "Leave the headings and the hidden columns as they are: rows are known by them.",
)


def put_lists(canvas: Canvas, cells: Scattered, content: BookContent, least: int) -> None:
    """What drop-downs choose from, and the present."""
    canvas.head(
        cells.sheet, TITLES[LISTS], "What can be chosen, and what the charts show. Nothing here is taken back."
    )
    bold = canvas.looks(bold=True)
    lists = (("status", STATUSES), ("carrier", content.carriers), ("channel", content.channels))
    for column, (heading, words) in enumerate(lists):
        cells.put(HEADER_ROW, column, heading, bold)
        for row, word in enumerate(words, start=LISTS_FIRST - 1):
            cells.put(row, column, word)
    cells.put(HEADER_ROW, 4, "as of", bold)
    cells.put(3, 4, "made")
    cells.put(3, 5, serial(content.made), canvas.looks(num_format="yyyy-mm-dd hh:mm:ss", align="left"))
    cells.put(4, 4, "least reorder point")
    cells.put(4, 5, least)
    cells.sheet.set_column(0, 2, 18)
    cells.sheet.set_column(4, 5, 20)
    canvas.print_out(cells.sheet)
    cells.sheet.protect()


def write_help(canvas: Canvas, sheet: "PlainSheet", headings: Mapping[str, Sequence[SheetColumn]]) -> None:
    """How to work with it, and every column of the sheets that may be changed."""
    canvas.head(sheet, TITLES[HELP], "How to work with this workbook")
    wrapped = canvas.cell("wrapped")
    row = HEADER_ROW
    for line in HOW:
        sheet.merge_range(row, 0, row, 3, line, wrapped)
        row += 1
    row += 1
    looks = canvas.looks(
        bold=True, font_color=canvas.style.colors["header_text"], bg_color=canvas.style.colors["header"]
    )
    for column, heading in enumerate(("sheet", "column", "meaning", "may be changed")):
        sheet.put_text(row, column, heading, looks)
    for key in (ORDERS, INVENTORY):
        for told in headings.get(key, ()):
            row += 1
            texts = (TITLES[key], told.heading, told.meaning, _EDITING[told.editing])
            for column, text in enumerate(texts):
                sheet.put_text(row, column, text, wrapped)
    for column, width in enumerate((16, 20, 84, 24)):
        sheet.set_column(column, column, width)
    canvas.print_out(sheet)
    sheet.repeat_rows(0)
    sheet.protect()


def write_mark(sheet: "PlainSheet", content: BookContent, headings: Mapping[str, Sequence[SheetColumn]]) -> None:
    """What ``workbook pull`` knows a workbook by: generation, shop, and headings of columns."""
    facts = [
        ("format", FORMAT),
        ("shop", content.shop),
        ("made_at", content.made_at),
        ("with_personal_data", "yes" if content.with_personal_data else "no"),
    ]
    for row, (name, value) in enumerate(facts):
        sheet.put_text(row, 0, name)
        sheet.put_text(row, 1, value)
    row = len(facts)
    for key in COLUMNS:
        for column in headings.get(key, ()):
            for place, text in enumerate(("column", key, column.key, column.heading)):
                sheet.put_text(row, place, text)
            row += 1
    sheet.protect()
    sheet.hide()
