"""The sheets that are reports: Purchases, Returns, Metrics, Profit, and own fields."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from ordercli.domain.money import EXPONENTS
from ordercli.domain.report import Column, Report
from ordercli.domain.text import mask_name
from ordercli.domain.times import local
from ordercli.domain.workbook.rows import BookContent
from ordercli.domain.workbook.sheets import TITLES
from ordercli.formats.spreadsheet_guard import column_letters
from ordercli.formats.workbook.canvas import FIRST_ROW, Canvas, serial
from ordercli.formats.workbook.formulas import SheetPlace

if TYPE_CHECKING:
    from ordercli.formats.workbook.plain_sheet import PlainSheet

_WIDTHS = {"instant": 17, "day": 12, "money": 12, "whole": 11, "number": 10, "rate": 10, "flag": 11, "word": 16}
_LONG = {"name": 28, "contents": 34, "reason": 26, "metric": 26, "note": 28, "order_id": 22}
_KINDS = {"instant": "moment", "flag": "word", "person": "text"}
_WARNINGS = {"OVERDUE": "alarm", "BREACH": "alarm", "AT_RISK": "warning", "LATE": "alarm"}


class Reported(NamedTuple):
    """Where a report stands, and its rows by the names of its columns."""

    place: SheetPlace
    rows: Sequence[dict[str, Any]]


def write_report(
    canvas: Canvas, sheet: "PlainSheet", key: str, report: Report, content: BookContent, note: str
) -> Reported:
    """Write the rows of a report; nothing of it may be changed."""
    columns = list(report.columns)
    headings = [column.name.replace("_", " ") for column in columns]
    for number, column in enumerate(columns):
        width = _LONG.get(column.name, _WIDTHS.get(column.kind, 16))
        wide = max(width, min(len(headings[number]) + 2, 20))
        sheet.set_column(number, number, wide, None, {} if column.in_table else {"hidden": True})
    kinds = [_KINDS.get(column.kind, column.kind) for column in columns]
    canvas.head(sheet, TITLES[key], note)
    canvas.headings(sheet, headings, kinds)
    put = [_cell(canvas, sheet, column, content) for column in columns]
    names = [column.name for column in columns]
    rows = []
    for number, values in enumerate(report.rows):
        row = dict(zip(names, values, strict=True))
        rows.append(row)
        for place, value in enumerate(values):
            if value is not None and value != "":
                put[place](FIRST_ROW + number, place, value, row)
    if not rows:
        sheet.put_text(FIRST_ROW, 0, report.empty)
    last = FIRST_ROW + max(len(rows), 1)
    for word, color in _WARNINGS.items():
        looks = canvas.looks(bg_color=canvas.style.colors[color], bold=True)
        rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": looks}
        sheet.conditional_format(FIRST_ROW, 0, last - 1, len(columns) - 1, rule)
    canvas.close(sheet, TITLES[key].replace(" ", ""), headings, kinds, len(rows))
    letters = {column.name: column_letters(number) for number, column in enumerate(columns)}
    return Reported(SheetPlace(TITLES[key], letters, FIRST_ROW + 1, last), rows)


def _cell(
    canvas: Canvas, sheet: "PlainSheet", column: Column, content: BookContent
) -> Callable[[int, int, Any, dict[str, Any]], object]:
    """A function that writes the cells of a column."""
    looks = canvas.cell(_KINDS.get(column.kind, column.kind))
    zone, day = content.zone, canvas.cell("day")

    def instant(row: int, place: int, value: str, _: dict[str, Any]) -> None:
        sheet.write_number(row, place, serial(local(value, zone)), looks if "T" in value else day)

    def on_day(row: int, place: int, value: str, _: dict[str, Any]) -> None:
        sheet.write_number(row, place, serial(date.fromisoformat(value)), looks)

    def money(row: int, place: int, value: int, told: dict[str, Any]) -> None:
        currency = told.get("currency") or content.currency
        amount = value / 10 ** EXPONENTS.get(currency, 2)
        sheet.write_number(row, place, amount, canvas.cell("money", currency))

    def number(row: int, place: int, value: float | str, _: dict[str, Any]) -> None:
        sheet.write_number(row, place, float(value), looks)

    def flag(row: int, place: int, _: int, __: dict[str, Any]) -> None:
        sheet.put_text(row, place, column.heading.upper(), looks)

    def person(row: int, place: int, value: str, _: dict[str, Any]) -> None:
        sheet.put_text(row, place, mask_name(value) or "", looks)

    def text(row: int, place: int, value: object, _: dict[str, Any]) -> None:
        sheet.put_text(row, place, str(value), looks)

    if column.kind == "flag":
        return lambda row, place, value, told: flag(row, place, value, told) if value else None
    kinds: dict[str, Callable[[int, int, Any, dict[str, Any]], object]] = {
        "instant": instant,
        "day": on_day,
        "money": money,
        "whole": number,
        "number": number,
        "rate": number,
        "person": person,
    }
    return kinds.get(column.kind, text)
