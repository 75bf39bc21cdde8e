"""The sheet Inventory."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from ordercli.domain.fields import MAX_QUANTITY
from ordercli.domain.money import EXPONENTS
from ordercli.domain.workbook.rows import BookContent, StockedProduct
from ordercli.domain.workbook.sheets import (
    BLANK_ROWS,
    INVENTORY,
    INVENTORY_COLUMNS,
    KEY,
    TITLES,
    VERSION,
    SheetColumn,
)
from ordercli.domain.workbook.versions import version_of
from ordercli.formats.spreadsheet_guard import column_letters
from ordercli.formats.workbook import formulas
from ordercli.formats.workbook.canvas import FIRST_ROW, Canvas, Cell
from ordercli.formats.workbook.formulas import SheetPlace
from ordercli.formats.workbook.list_sheets import LEAST

if TYPE_CHECKING:
    from ordercli.formats.workbook.plain_sheet import PlainSheet

_HIDDEN = ("wait", "variance", "factor")
"""Hidden columns that formulas use: days to wait, variance of the lead time, Z of the service level."""


class Stocked(NamedTuple):
    """What the other sheets need to know of this one."""

    place: SheetPlace
    products: Sequence[StockedProduct]


def write_inventory(
    canvas: Canvas,
    sheet: "PlainSheet",
    content: BookContent,
    products: Sequence[StockedProduct],
    orders: SheetPlace | None,
) -> Stocked:
    """Write every product, blank rows behind them, and what the sheet checks.

    Args:
        canvas: the workbook.
        sheet: the empty sheet.
        content: what is written.
        products: the rows.
        orders: where Order Tracking stands; None if it is not in the workbook.
    """
    columns = canvas.style.arranged(INVENTORY)
    headings = [*(column.heading for column in columns), KEY, VERSION, *(f"ordercli_{name}" for name in _HIDDEN)]
    letters = {column.key: column_letters(number) for number, column in enumerate(columns)}
    letters |= {name: column_letters(len(columns) + 2 + number) for number, name in enumerate(_HIDDEN)}
    place = SheetPlace(TITLES[INVENTORY], letters, FIRST_ROW + 1, FIRST_ROW + len(products) + BLANK_ROWS)
    for number, column in enumerate(columns):
        sheet.set_column(number, number, column.width)
    sheet.set_column(len(columns), len(headings) - 1, 10, None, {"hidden": True})
    canvas.head(
        sheet,
        TITLES[INVENTORY],
        f"As of {content.made:%Y-%m-%d %H:%M} {content.zone}, amounts in {content.currency}. Another number on "
        "hand is a count. Tinted cells may be changed; new products go into the blank rows at the end.",
    )
    kinds = [column.kind for column in columns]
    canvas.headings(sheet, headings, kinds)
    rows = _Rows(canvas, sheet, columns, place, orders, _doubtful(products))
    for number, product in enumerate(products):
        rows.write(FIRST_ROW + number, product)
    for row in range(FIRST_ROW + len(products), FIRST_ROW + len(products) + BLANK_ROWS):
        rows.write_blank(row, content.tokens())
    _add_checks(canvas, sheet, place)
    canvas.close(sheet, "Inventory", headings, kinds, len(products) + BLANK_ROWS, blank=BLANK_ROWS)
    return Stocked(place, products)


def _doubtful(products: Sequence[StockedProduct]) -> frozenset[str]:
    """SKUs that a spreadsheet could take for a number, a pattern or for another SKU."""
    same = Counter(product.sku.casefold() for product in products)
    return frozenset(
        product.sku
        for product in products
        if same[product.sku.casefold()] > 1 or not formulas.is_plain_sku(product.sku)
    )


class _Rows:
    """Writes the rows; the order of the columns, formats and places are the same for all."""

    def __init__(
        self,
        canvas: Canvas,
        sheet: "PlainSheet",
        columns: Sequence[SheetColumn],
        place: SheetPlace,
        orders: SheetPlace | None,
        doubtful: frozenset[str],
    ) -> None:
        self._canvas, self._sheet, self._columns = canvas, sheet, columns
        self._place, self._orders, self._doubtful = place, orders, doubtful
        self._digits = EXPONENTS.get(canvas.currency, 2)

    def write(self, row: int, product: StockedProduct) -> None:
        """One product."""
        cells = [self._cell(column, row, product) for column in self._columns]
        word = self._canvas.cell("word")
        cells.append(Cell(f"product:{product.product}", word))
        cells.append(Cell(version_of(product.cells, INVENTORY_COLUMNS), word))
        cells += [Cell(getattr(product, name), word) for name in _HIDDEN]
        self._sheet.put_row(row, cells)

    def _cell(self, column: SheetColumn, row: int, product: StockedProduct) -> Cell:
        # A kit is made of others: it is not counted, and nobody waits for it.
        is_open = column.editing == "always" and not (product.is_kit and column.key in ("on_hand", "lead_time"))
        looks = self._canvas.cell(column.kind, is_open=is_open)
        return Cell(getattr(product, column.key), looks, self._formula(column.key, row + 1, product))

    def write_blank(self, row: int, token: str) -> None:
        """A row for a new product, with a name of its own."""
        for number, column in enumerate(self._columns):
            if column.editing in ("always", "new"):
                self._sheet.write_blank(row, number, None, self._canvas.cell(column.kind, is_open=True))
        self._sheet.put_text(row, len(self._columns), f"new:{token}", self._canvas.cell("word"))

    def _formula(self, key: str, row: int, product: StockedProduct) -> str | None:
        """The formula of a cell; None where it is a value."""
        place = self._place
        if key == "ordered":
            if self._orders is None:
                return None
            return formulas.ordered(place, row, self._orders, is_plain=product.sku not in self._doubtful)
        if product.is_kit and key in ("available", "total_cost"):
            # It has no units to reckon with, but a cell of a computed column is a formula all the same.
            return f"={product.available}" if key == "available" else '=""'
        made = {
            "available": lambda: formulas.available(place, row),
            "total_cost": lambda: formulas.total_cost(place, row, self._digits),
            "safety_stock": lambda: formulas.safety_stock(place, row),
            "reorder_point": lambda: formulas.reorder_point(place, row, LEAST),
            "status": lambda: formulas.status(place, row, LEAST),
        }.get(key)
        return None if made is None else made()


def _add_checks(canvas: Canvas, sheet: "PlainSheet", place: SheetPlace) -> None:
    """What may be typed where, and what is colored; every color stands beside a word."""

    def cells(key: str) -> str:
        return f"{place.letters[key]}{place.first}:{place.letters[key]}{place.last}"

    whole = {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": MAX_QUANTITY}
    for key in ("on_hand", "own_point"):
        sheet.data_validation(cells(key), whole | {"error_message": "A whole number of units, 0 or more."})
    for key, message in (
        ("price", "An amount such as 34.00."),
        ("unit_cost", "An amount such as 9.50."),
        ("lead_time", "Whole days, 0 or more."),
    ):
        sheet.data_validation(
            cells(key), {"validate": "decimal", "criteria": ">=", "value": 0, "error_message": message}
        )
    status = place.cell("status", place.first)
    for word, color in (("OUT", "alarm"), ("LOW", "warning")):
        looks = canvas.looks(bg_color=canvas.style.colors[color], bold=True)
        for key in ("status", "available", "reorder_point"):
            rule = {"type": "formula", "criteria": f'={status}="{word}"', "format": looks}
            sheet.conditional_format(cells(key), rule)
