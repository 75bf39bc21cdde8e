"""The sheet Order Tracking."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from ordercli.domain.fields import MAX_QUANTITY
from ordercli.domain.money import EXPONENTS
from ordercli.domain.orders.orders import STATUSES
from ordercli.domain.workbook.figures import OVERDUE, TO_SHIP
from ordercli.domain.workbook.rows import BookContent, TrackedLine
from ordercli.domain.workbook.sheets import (
    BLANK_ROWS,
    KEY,
    LISTS,
    ORDER_COLUMNS,
    ORDERS,
    TITLES,
    VERSION,
    SheetColumn,
)
from ordercli.domain.workbook.versions import version_of
from ordercli.formats.spreadsheet_guard import column_letters
from ordercli.formats.workbook import formulas
from ordercli.formats.workbook.canvas import FIRST_ROW, Canvas, Cell, serial
from ordercli.formats.workbook.formulas import SheetPlace
from ordercli.formats.workbook.list_sheets import CARRIER_LETTER, CHANNEL_LETTER, LISTS_FIRST, STATUS_LETTER

if TYPE_CHECKING:
    from ordercli.formats.workbook.plain_sheet import PlainSheet


class WrittenOrders(NamedTuple):
    """What the other sheets need to know of this one."""

    place: SheetPlace
    ordered: dict[str, int]
    lines_to_ship: int
    lines_overdue: int
    units: int


def place_of(columns: Sequence[SheetColumn], rows: int) -> SheetPlace:
    """Where the rows will stand."""
    letters = {column.key: column_letters(number) for number, column in enumerate(columns)}
    return SheetPlace(TITLES[ORDERS], letters, FIRST_ROW + 1, FIRST_ROW + rows)


def write_orders(canvas: Canvas, sheet: "PlainSheet", content: BookContent, as_of: str) -> WrittenOrders:
    """Write every line, blank rows behind them, and what the sheet checks.

    Args:
        canvas: the workbook.
        sheet: the empty sheet.
        content: what is written.
        as_of: the cell that holds the present.
    """
    columns = canvas.style.arranged(ORDERS)
    rows = content.order_count + BLANK_ROWS
    place = place_of(columns, rows)
    _set_widths(sheet, columns)
    whose = "Names and notes are whole" if content.with_personal_data else "Names are short and notes left out"
    canvas.head(
        sheet,
        TITLES[ORDERS],
        f"All open orders, and those placed since {content.since}, as of {content.made:%Y-%m-%d %H:%M} "
        f"{content.zone}. {whose}. Tinted cells may be changed; new orders go into the blank rows at the end.",
    )
    headings = [*(column.heading for column in columns), KEY, VERSION]
    kinds = [column.kind for column in columns]
    canvas.headings(sheet, headings, kinds)
    write_row = _row_writer(canvas, sheet, columns, place, as_of)
    ordered: dict[str, int] = defaultdict(int)
    lines_to_ship = overdue = number = 0
    for number, line in enumerate(content.orders, start=1):
        write_row(FIRST_ROW + number - 1, line)
        ordered[line.product] += line.quantity
        lines_to_ship += line.status in TO_SHIP
        overdue += bool(line.alert)
    _write_blank_rows(canvas, sheet, columns, place, content, FIRST_ROW + number)
    _add_checks(canvas, sheet, place, len(content.channels), len(content.carriers))
    canvas.close(sheet, "OrderTracking", headings, kinds, number + BLANK_ROWS, blank=BLANK_ROWS)
    return WrittenOrders(place, ordered, lines_to_ship, overdue, sum(ordered.values()))


def _set_widths(sheet: "PlainSheet", columns: Sequence[SheetColumn]) -> None:
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
    sheet.set_column(len(columns), len(columns) + 1, 10, None, {"hidden": True})


_PLACES = {column.key: number for number, column in enumerate(ORDER_COLUMNS)}


def _row_writer(
    canvas: Canvas, sheet: "PlainSheet", columns: Sequence[SheetColumn], place: SheetPlace, as_of: str
) -> Callable[[int, TrackedLine], None]:
    """A function that writes one line; what is the same for all lines is looked up once."""
    word, late = canvas.cell("word"), canvas.cell("late")

    def formula_of(key: str) -> Callable[[int, TrackedLine], Cell]:
        if key == "alert":
            return lambda row, line: Cell(line.alert, word, formulas.alert(place, row + 1, as_of))
        return lambda row, line: Cell(line.days_late, late, formulas.days_late(place, row + 1, as_of))

    def cell_of(column: SheetColumn) -> Callable[[int, TrackedLine], Cell | None]:
        source, is_open = _PLACES[column.key], column.editing in ("always", "change")
        usual = canvas.cell(column.kind, is_open=is_open)
        is_money, is_time = column.kind == "money", column.kind in ("day", "moment")

        def cell(_: int, line: TrackedLine) -> Cell | None:
            value: Any = line[source]
            looks = usual
            if is_money and line.currency != canvas.currency:
                looks = canvas.cell("money", line.currency, is_open=is_open)
            if value is None:
                return Cell(None, looks) if is_open else None
            return Cell(serial(value) if is_time else value, looks)

        return cell

    makers = [formula_of(column.key) if column.is_formula else cell_of(column) for column in columns]

    def write(row: int, line: TrackedLine) -> None:
        cells = [make(row, line) for make in makers]
        cells.append(Cell(f"line:{line.line}", word))
        cells.append(Cell(version_of(line.cells, ORDER_COLUMNS), word))
        sheet.put_row(row, cells)

    return write


def _write_blank_rows(
    canvas: Canvas,
    sheet: "PlainSheet",
    columns: Sequence[SheetColumn],
    place: SheetPlace,
    content: BookContent,
    first: int,
) -> None:
    """Rows for new orders, each with a name of its own, so that one that was taken is known again."""
    digits = EXPONENTS.get(content.currency, 2)
    for row in range(first, first + BLANK_ROWS):
        for number, column in enumerate(columns):
            if column.editing in ("always", "new"):
                sheet.write_blank(row, number, None, canvas.cell(column.kind, is_open=True))
            elif column.key == "total":
                sheet.write_formula(
                    row, number, formulas.new_total(place, row + 1, digits), canvas.cell("money"), ""
                )
        sheet.put_text(row, len(columns), f"new:{content.tokens()}", canvas.cell("word"))


def _add_checks(canvas: Canvas, sheet: "PlainSheet", place: SheetPlace, channels: int, carriers: int) -> None:
    """What may be typed where, and what is colored; every color stands beside a word."""

    def cells(key: str) -> str:
        return f"{place.letters[key]}{place.first}:{place.letters[key]}{place.last}"

    def choose(key: str, letter: str, count: int, *, strict: bool) -> None:
        source = f"={TITLES[LISTS]}!${letter}${LISTS_FIRST}:${letter}${LISTS_FIRST + max(count, 1) - 1}"
        kind = "stop" if strict else "information"
        sheet.data_validation(cells(key), {"validate": "list", "source": source, "error_type": kind})

    choose("status", STATUS_LETTER, len(STATUSES), strict=True)
    choose("carrier", CARRIER_LETTER, carriers, strict=False)
    choose("channel", CHANNEL_LETTER, channels, strict=True)
    number = {"validate": "integer", "criteria": "between", "minimum": 1, "maximum": MAX_QUANTITY}
    sheet.data_validation(cells("quantity"), number | {"error_message": "A whole number of units, at least 1."})
    price = {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": "An amount such as 34.00."}
    sheet.data_validation(cells("price"), price)
    day = {"validate": "date", "criteria": ">=", "value": date(2000, 1, 1), "error_message": "A date."}
    sheet.data_validation(cells("shipped"), day)
    sheet.data_validation(cells("ship_by"), day)
    alarm = canvas.looks(bg_color=canvas.style.colors["alarm"], bold=True)
    alert = place.cell("alert", place.first)
    for key in ("alert", "ship_by", "days_late"):
        sheet.conditional_format(
            cells(key), {"type": "formula", "criteria": f'={alert}="{OVERDUE}"', "format": alarm}
        )
