"""What all sheets are drawn with: the formats of cells, the head of a sheet, its table or filter, its protection.

Needs the extra ``xlsx``; loaded only when a workbook is written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from ordercli.domain.money import EXPONENTS
from ordercli.domain.workbook.sheets import MOST_TABLE_ROWS
from ordercli.formats.spreadsheet_guard import column_letters
from ordercli.formats.workbook.style import BookStyle

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

    from ordercli.formats.workbook.plain_sheet import PlainSheet

TITLE_ROW, NOTE_ROW, HEADER_ROW, FIRST_ROW = 0, 1, 2, 3
"""Where a sheet's parts begin, counted from 0."""

_EPOCH = date(1899, 12, 30).toordinal()
_DAY_SECONDS = 86_400
_TABLE_STYLE = "Table Style Light 1"
_UNGUARDED = {
    "select_locked_cells": True,
    "select_unlocked_cells": True,
    "autofilter": True,
    "format_columns": True,
    "format_rows": True,
}


def serial(value: date | datetime) -> float:
    """A day or a moment as spreadsheets count them: days since 1899-12-30."""
    days = value.toordinal() - _EPOCH
    if isinstance(value, datetime):
        return days + (value.hour * 3600 + value.minute * 60 + value.second) / _DAY_SECONDS
    return days


@dataclass(slots=True)
class Canvas:
    """The workbook on its way, with the formats of its cells, each made once.

    Attributes:
        book: the library's.
        style: what the seller wants.
        currency: the shop's.
        is_streamed: whether rows go to disk as they come, so that a sheet can have no table.
    """

    book: "Workbook"
    style: BookStyle
    currency: str
    is_streamed: bool
    _formats: dict[tuple[str, str, bool], "Format"] = field(default_factory=dict)

    def cell(self, kind: str, currency: str = "", *, is_open: bool = False) -> "Format":
        """The format of a kind of cell; ``is_open`` cells are tinted and may be typed in."""
        found = self._formats.get((kind, currency, is_open))
        if found is None:
            looks: dict[str, Any] = {"num_format": self._number(kind, currency), "valign": "top"}
            if is_open:
                looks |= {
                    "bg_color": self.style.colors["editable"],
                    "locked": False,
                    "border": 1,
                    "border_color": "#E7E1CF",
                }
            if kind in ("text", "wrapped"):
                looks |= {"num_format": "@", "align": "left", "indent": 1}
            elif kind == "word":
                looks |= {"align": "left", "indent": 1}
            if kind == "wrapped":
                looks |= {"text_wrap": True}
            found = self._formats[kind, currency, is_open] = self.book.add_format(looks)
        return found

    def _number(self, kind: str, currency: str) -> str:
        if kind == "money":
            digits = EXPONENTS.get(currency or self.currency, 2)
            decimals = "." + "0" * digits if digits else ""
            foreign = f' "{currency}"' if currency and currency != self.currency else ""
            return f"#,##0{decimals}{foreign}"
        return {
            "whole": "#,##0",
            "late": "#,##0;-#,##0;",
            "number": "#,##0.##",
            "rate": "0.00%",
            "day": "yyyy-mm-dd",
            "moment": "yyyy-mm-dd hh:mm",
        }.get(kind, "General")

    def looks(self, **looks: Any) -> "Format":  # noqa: ANN401 - what the library takes
        """A format of its own."""
        return self.book.add_format(looks)

    def head(self, sheet: "PlainSheet", title: str, note: str) -> None:
        """Title and note above a sheet's rows."""
        sheet.set_row(TITLE_ROW, 24)
        sheet.put_text(
            TITLE_ROW,
            0,
            title,
            self.looks(bold=True, font_size=16, font_color=self.style.colors["header"], valign="vcenter"),
        )
        sheet.put_text(NOTE_ROW, 0, note, self.looks(italic=True, font_color="#595959"))

    def headings(self, sheet: "PlainSheet", headings: Sequence[str], kinds: Sequence[str]) -> None:
        """The row of headings, on the side where their columns' values stand."""
        colors = self.style.colors
        base = {
            "bold": True,
            "font_color": colors["header_text"],
            "bg_color": colors["header"],
            "text_wrap": True,
            "valign": "vcenter",
        }
        left, right = self.looks(**base, align="left", indent=1), self.looks(**base, align="right")
        sheet.set_row(HEADER_ROW, 44)
        for place, heading in enumerate(headings):
            is_text = place >= len(kinds) or kinds[place] in ("text", "word")
            sheet.put_text(HEADER_ROW, place, heading, left if is_text else right)

    def close(
        self,
        sheet: "PlainSheet",
        name: str,
        headings: Sequence[str],
        kinds: Sequence[str],
        rows: int,
        *,
        blank: int = 0,
    ) -> None:
        """Make the rows a table, or give them a filter, and set freezing, printing and protection.

        Args:
            sheet: whose rows are written.
            name: of the table.
            headings: of its columns, hidden ones included.
            kinds: of the columns that are shown.
            rows: how many there are.
            blank: how many of them are still to be filled in, and not printed.
        """
        last = FIRST_ROW + max(rows, 1) - 1
        if self.is_streamed or rows > MOST_TABLE_ROWS:
            sheet.autofilter(HEADER_ROW, 0, last, len(headings) - 1)
        else:
            columns = [{"header": heading} for heading in headings]
            looks = {"name": name, "columns": columns, "style": _TABLE_STYLE}
            sheet.add_table(HEADER_ROW, 0, last, len(headings) - 1, looks)
            self.headings(sheet, headings, kinds)
        sheet.freeze_panes(FIRST_ROW, 1)
        self.print_out(sheet)
        sheet.repeat_rows(HEADER_ROW)
        sheet.print_area(0, 0, max(last - blank, FIRST_ROW), len(kinds) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(len(headings) - 1)}1048576"})
        sheet.protect("", _UNGUARDED)

    def print_out(self, sheet: "PlainSheet") -> None:
        """One page wide, however many columns."""
        sheet.set_landscape()
        sheet.set_paper(1 if self.style.paper == "letter" else 9)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&8&A&R&8&P / &N")


class Cell(NamedTuple):
    """One cell of a row.

    Attributes:
        value: a text, a number, or None for an empty cell; of a formula what it gives.
        looks: its format.
        formula: with its ``=``; None where the value is typed.
    """

    value: str | float | None
    looks: "Format"
    formula: str | None = None


class Scattered:
    """Cells of a sheet in any order, written row by row at the end, as a streamed workbook asks for."""

    def __init__(self, sheet: "PlainSheet") -> None:
        self.sheet = sheet
        self._cells: dict[tuple[int, int], tuple[str | float, str | None, Format | None]] = {}

    def put(
        self,
        row: int,
        column: int,
        value: str | float,
        looks: "Format | None" = None,
        *,
        formula: str | None = None,
    ) -> None:
        """Put a text or a number into a cell, or a formula that gives it."""
        self._cells[row, column] = value, formula, looks

    def write(self) -> None:
        """Write them."""
        for (row, column), (value, formula, looks) in sorted(self._cells.items(), key=lambda cell: cell[0]):
            if formula is not None:
                self.sheet.write_formula(row, column, formula, looks, value)
            elif isinstance(value, str):
                self.sheet.put_text(row, column, value, looks)
            else:
                self.sheet.write_number(row, column, value, looks)
