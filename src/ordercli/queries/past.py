"""Rows as they were known at a moment: what later commands replaced stands in the tables of ``models/past.py``.

The expressions ask for ``:known``, the last operation that was known (:func:`known_operation`).
"""

from ordercli.queries.reader import ALL_KNOWN, Reader

KNOWN_OPERATION = "SELECT coalesce(max(id), 0) FROM operation WHERE recorded_at <= :at"


def known_operation(reader: Reader, known_at: str | None) -> int:
    """The last operation recorded by a moment; all of them if there is none."""
    if known_at is None:
        return ALL_KNOWN
    (known,) = reader.rows(KNOWN_OPERATION, {"at": known_at}).fetchone()
    return int(known)


def joined_past(past: str, key: str, row: str, alias: str) -> str:
    """A join of what a row was when ``:known`` was the last operation; nothing if it is the same.

    Args:
        past: the table of what was before.
        key: its column for the row.
        row: an expression for the row's id.
        alias: of the join.
    """
    return f"""LEFT JOIN {past} {alias} ON {alias}.id = (SELECT q.id FROM {past} q
    WHERE q.{key} = {row} AND q.operation_id > :known ORDER BY q.operation_id, q.id LIMIT 1)"""


def then(column: str, row: str, past: str) -> str:
    """SQL of a column of ``row`` as it was, of aliases that :func:`joined_past` made."""
    return f"iif({past}.id IS NULL, {row}.{column}, {past}.{column})"


def columns_then(columns: tuple[str, ...], row: str, past: str) -> str:
    """Several of :func:`then`, each under its own name."""
    return ", ".join(f"{then(column, row, past)} AS {column}" for column in columns)


_LINE = (
    "product_id",
    "quantity",
    "item_price_minor",
    "item_tax_minor",
    "shipping_price_minor",
    "shipping_tax_minor",
    "gift_wrap_price_minor",
    "gift_wrap_tax_minor",
    "discount_minor",
    "price_is_estimated",
    "is_tax_included",
)
_ORDER = (
    "ordered_at",
    "fulfillment",
    "is_sale",
    "currency",
    "personal_version",
    "original_order_id",
)

ORDERS_THEN = f"""\
order_then AS MATERIALIZED (
  SELECT o.id, o.order_id, o.channel, o.personal_id, {columns_then(_ORDER, "o", "b")}
  FROM (
    SELECT s.id FROM period t CROSS JOIN sales_order s ON s.ordered_at BETWEEN t.start AND t.stop
    UNION SELECT q.sales_order_id FROM period t CROSS JOIN order_past q ON q.ordered_at BETWEEN t.start AND t.stop
  ) c
  CROSS JOIN sales_order o ON o.id = c.id AND o.operation_id <= :known
  {joined_past("order_past", "sales_order_id", "o.id", "b")}
), line_then AS MATERIALIZED (
  SELECT l.id, l.sales_order_id, l.line_no, l.item_id, {columns_then(_LINE, "l", "x")}
  FROM order_then o CROSS JOIN order_line l ON l.sales_order_id = o.id
  LEFT JOIN order_line_past x ON x.id = (SELECT q.id FROM order_line_past q
    WHERE q.order_line_id = l.id AND q.sales_order_id = o.id AND q.operation_id > :known
    ORDER BY q.operation_id, q.id LIMIT 1)
  UNION ALL
  SELECT q.order_line_id, q.sales_order_id, 0, NULL, {", ".join(f"q.{column}" for column in _LINE)}
  FROM order_then o CROSS JOIN order_line_past q ON q.sales_order_id = o.id AND q.operation_id > :known
  WHERE NOT EXISTS (SELECT 1 FROM order_line l WHERE l.id = q.order_line_id AND l.sales_order_id = o.id)
    AND NOT EXISTS (SELECT 1 FROM order_line_past e WHERE e.order_line_id = q.order_line_id
      AND e.sales_order_id = o.id AND e.operation_id > :known AND (e.operation_id, e.id) < (q.operation_id, q.id))
)"""
"""``order_then`` and ``line_then``: the orders placed in ``period`` and their lines, as they were known."""
