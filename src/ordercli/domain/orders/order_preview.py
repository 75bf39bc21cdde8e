"""An order file's rows as they would be read, before anything is written."""

from ordercli.domain.fields import RowError
from ordercli.domain.orders.order_rows import AMOUNTS, PERSONAL, OrderRow
from ordercli.domain.report import Column

PREVIEW_COLUMNS = (
    Column("file", importance="spare"),
    Column("line", "whole"),
    Column("order_id", "word", "order"),
    Column("ordered_at", "instant", "ordered"),
    Column("sku", "key"),
    Column("name", importance="spare"),
    Column("quantity", "whole"),
    Column("item_price", "money", "price"),
    Column("currency", "word", in_table=False),
    Column("ship_by", "instant", "ship by", importance="spare"),
    Column("customer", "person", importance="spare"),
    Column("error"),
)


def preview_row(file: str, row: OrderRow | RowError, currency: str) -> tuple[object, ...]:
    """One row for :data:`PREVIEW_COLUMNS`; of a faulty one its line and its fault.

    Args:
        file: its name.
        row: as it was read.
        currency: the shop's, where the row tells none.
    """
    if isinstance(row, RowError):
        where = f"column {row.column}: " if row.column else ""
        return (file, row.line, *[None] * (len(PREVIEW_COLUMNS) - 3), where + row.reason)
    person = dict(zip(PERSONAL, row.person, strict=True))
    return (
        file,
        row.line,
        row.order_id,
        row.ordered_at,
        row.sku,
        row.name,
        row.quantity,
        row.amounts[AMOUNTS.index("item_price")],
        row.currency or currency,
        row.ship_by,
        person["customer_name"] or person["ship_name"],
        None,
    )
