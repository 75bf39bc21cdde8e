"""Statements as the database has them: the SELECTs, and what their rows are."""

from collections.abc import Sequence
from typing import Any

from ordercli.domain.orders.order_rows import AMOUNTS, PERSONAL
from ordercli.domain.orders.statements import HEADER, Statement, Told, in_one_currency, ranked


def _columns(alias: str, names: Sequence[str]) -> str:
    return ", ".join(f"{alias}.{name}" for name in names)


def statements_sql(orders: str) -> str:
    """The statements held of the orders in a table or subselect with a column ``sales_order_id``."""
    return f"""
SELECT s.sales_order_id, s.id, s.as_of, s.ranked_at, s.is_complete, s.joins_rows, s.is_own, f.name, s.fingerprint,
  {_columns("s", HEADER)}, s.is_released, s.is_replacement, s.channel_updated_at, s.recorded_at, s.tags,
  {_columns("p", PERSONAL)}
FROM {orders} b JOIN order_statement s ON s.sales_order_id = b.sales_order_id
  AND s.withdrawn_operation_id IS NULL
JOIN import_file f ON f.id = s.import_file_id
LEFT JOIN personal_data p ON p.personal_id = s.personal_id AND p.version = s.personal_version
ORDER BY s.sales_order_id, s.id"""


def statement_lines_sql(orders: str) -> str:
    """Their rows."""
    return f"""
SELECT s.sales_order_id, s.id, l.item_id, l.product_id, p.sku, l.units_per_pack, l.name, l.quantity,
  l.quantity_shipped, l.quantity_canceled, l.canceled_by, l.shipped_at, l.sold_on, l.is_estimate,
  l.is_tax_included,
  {", ".join(f"l.{c}_minor" for c in AMOUNTS)}, l.shipment_item_id, t.gift_message, t.customization
FROM {orders} b JOIN order_statement s ON s.sales_order_id = b.sales_order_id
  AND s.withdrawn_operation_id IS NULL
JOIN order_statement_line l ON l.order_statement_id = s.id
JOIN product p ON p.id = l.product_id
LEFT JOIN personal_data t ON t.personal_id = l.personal_id AND t.version = l.personal_version
ORDER BY s.sales_order_id, s.id, l.id"""


_H = len(HEADER)
_A = len(AMOUNTS)


def statement_of(row: Sequence[Any], lines: Sequence[Sequence[Any]]) -> Statement:
    """A statement from a row of :func:`statements_sql` and its rows of :func:`statement_lines_sql`."""
    fields = (
        *row[1:9],
        tuple(row[9 : 9 + _H]),
        *row[9 + _H : 13 + _H],
        tuple(row[14 + _H :]),
        row[13 + _H],
        tuple(_told(line, place) for place, line in enumerate(lines)),
    )
    return Statement._make(fields)


def _told(row: Sequence[Any], place: int) -> Told:
    fields = (*row[2:15], tuple(row[15 : 15 + _A]), row[7], row[15 + _A], place, (row[16 + _A], row[17 + _A]))
    return Told._make(fields)


def statements_of(
    rows: Sequence[Sequence[Any]], lines: Sequence[Sequence[Any]], shop_currency: str
) -> list[Statement]:
    """The statements of one order, the one that holds first, with amounts of one currency."""
    mine: dict[int, list[Sequence[Any]]] = {}
    for line in lines:
        mine.setdefault(line[1], []).append(line)
    best_first = ranked(statement_of(row, mine.get(row[1], ())) for row in rows)
    return in_one_currency(best_first, shop_currency)
