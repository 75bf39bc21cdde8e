"""Whether a workbook holds changes that were not taken back, so that building it anew would lose them."""

from collections.abc import Iterator

from ordercli.domain.workbook.pulled import PulledBook, PulledRow
from ordercli.domain.workbook.rows import StockedProduct, TrackedLine
from ordercli.domain.workbook.sheets import COLUMNS, INVENTORY, ORDERS
from ordercli.domain.workbook.versions import canonical, edited_cells
from ordercli.queries.reader import Reader
from ordercli.queries.workbook.inventory_rows import products_named
from ordercli.queries.workbook.order_rows import lines_named

_ORDER = "SELECT 1 FROM sales_order WHERE order_id = :name LIMIT 1"
_PRODUCT = "SELECT 1 FROM product WHERE sku = :name"


def not_pulled(reader: Reader, book: PulledBook) -> list[str]:
    """The cells that say another thing than the shop does by now, and the new rows that it does not have."""
    known = [row for row in book.rows if row.version]
    orders = [row for row in known if row.sheet == ORDERS]
    products = [row for row in known if row.sheet == INVENTORY]
    return [
        *_changed_lines(reader, orders, with_personal_data=book.with_personal_data),
        *(_changed(products, products_named(reader, [_number(row) for row in products])) if products else ()),
        *(row.cells[0] for row in book.rows if not row.version and not _is_there(reader, row)),
    ]


def _number(row: PulledRow) -> int:
    return int(row.key.partition(":")[2])


def _changed_lines(reader: Reader, rows: list[PulledRow], *, with_personal_data: bool) -> Iterator[str]:
    if not rows:
        return
    numbers = [_number(row) for row in rows]
    whole = lines_named(reader, numbers, with_personal_data=True)
    added = {
        row.cell("note")
        for row in rows
        if _number(row) in whole
        and canonical(row.said["note"]).strip() in (whole[_number(row)].note or "").split("\n")
    }
    shown = whole if with_personal_data else lines_named(reader, numbers, with_personal_data=False)
    yield from (cell for cell in _changed(rows, shown) if cell not in added)


def _changed(rows: list[PulledRow], records: dict[int, TrackedLine] | dict[int, StockedProduct]) -> Iterator[str]:
    for row in rows:
        record = records.get(_number(row))
        if record is not None:
            states = edited_cells(row.values, record.cells, COLUMNS[row.sheet], row.version)
            yield from (row.cell(state.column.key) for state in states)


def _is_there(reader: Reader, row: PulledRow) -> bool:
    said = row.said
    if row.sheet == INVENTORY:
        return reader.rows(_PRODUCT, {"name": canonical(said["sku"]).strip()}).fetchone() is not None
    name = canonical(said["order_id"]).strip() or f"WB-{row.key.partition(':')[2].upper()}"
    return reader.rows(_ORDER, {"name": name}).fetchone() is not None
