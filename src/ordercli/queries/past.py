"""Rows as they were known at a moment: what later commands replaced stands in the tables of ``models/past.py``.

The expressions ask for ``:known``, the last operation that was known (:func:`known_operation`).
"""

from ordercli.domain.journal import told_value
from ordercli.domain.line_cost import cost_sql, units_without_cost_sql
from ordercli.domain.periods import within_sql
from ordercli.queries.reader import ALL_KNOWN, Reader
from ordercli.queries.undone import show_as_known

KNOWN_OPERATION = "SELECT coalesce(max(id), 0) FROM operation WHERE recorded_at <= :at"


def known_operation(reader: Reader, known_at: str | None) -> int:
    """The last operation recorded by a moment; all of them if there is none.

    From then on this reading sees what undos since have taken away.
    """
    if known_at is None:
        return ALL_KNOWN
    (known,) = reader.rows(KNOWN_OPERATION, {"at": known_at}).fetchone()
    show_as_known(reader, known)
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


PRODUCT_THEN = joined_past("product_past", "product_id", "p.id", "g")
"""Joins to ``product p`` what it was, for :func:`product_then`."""


def product_then(column: str) -> str:
    """SQL of ``name``, ``is_kit`` or ``packaging_cost_minor`` of ``product p`` as it was, beside the join."""
    return then(column, "p", "g")


def removed_since(table: str, columns: tuple[str, ...]) -> str:
    """A SELECT of rows of ``table`` that were removed since, by the journal: id, ``columns``, removed_by."""
    wanted = ", ".join(f"{told_value('c.old', name)} AS {name}" for name in columns)
    return f"""SELECT CAST(c.row_key AS INTEGER) AS id, {wanted}, c.operation_id AS removed_by FROM row_change c
    WHERE c.verb = 'delete' AND c.table_name = '{table}' AND c.operation_id > :known
      AND c.operation_id NOT IN (SELECT operation_id FROM undone_operation)
      AND {told_value("c.old", "operation_id")} <= :known"""


PRODUCTS_THEN = f"""\
product_then AS (
  SELECT p.id, p.sku, {product_then("name")} AS name, {product_then("is_kit")} AS is_kit
  FROM product p {PRODUCT_THEN} WHERE p.operation_id <= :known
  UNION ALL
  SELECT NULL, r.sku, coalesce(q.name, r.name), coalesce(q.is_kit, r.is_kit)
  FROM ({removed_since("product", ("sku", "name", "is_kit"))}) r
  LEFT JOIN product_past q ON q.id = (SELECT e.id FROM product_past e
    WHERE e.product_id = r.id AND e.operation_id > :known AND e.operation_id < r.removed_by
    ORDER BY e.operation_id, e.id LIMIT 1)
)"""
"""``product_then``: the products there were, as they were known; those that were taken back since have no id."""

LISTINGS_THEN = f"""(
      SELECT product_id, channel, channel_sku FROM listing WHERE operation_id <= :known
      UNION ALL SELECT product_id, channel, channel_sku
      FROM ({removed_since("listing", ("product_id", "channel", "channel_sku"))}) AS found)"""
"""SQL: the listings there were, with those that were removed since."""

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
    SELECT s.id FROM period t CROSS JOIN sales_order s ON {within_sql("s.ordered_at")}
    UNION SELECT q.sales_order_id FROM period t CROSS JOIN order_past q ON {within_sql("q.ordered_at")}
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


def shipment_lines_then(line: str) -> str:
    """A subselect of the lines of shipments as they were known, of the order line of that id.

    It has ``shipment_id``, ``quantity``, ``sold_on``, ``cost_minor`` and ``units_without_cost``. A shipment is
    part of it until it is known to be void.
    """
    replaced = "{row} AND {past}.operation_id > :known AND {past}.made_by <= :known"
    of_line = "{past}.shipment_line_id = {line}"
    return f"""(
    SELECT * FROM (
      SELECT q.shipment_id, q.quantity, q.sold_on, q.cost_minor, q.units_without_cost
      FROM shipment_line_past q
      WHERE {replaced.format(row=f"q.order_line_id = {line}", past="q")}
        AND NOT EXISTS (SELECT 1 FROM shipment_line_past e
          WHERE {replaced.format(row=of_line.format(past="e", line="q.shipment_line_id"), past="e")}
            AND e.made_by = q.made_by AND (e.operation_id, e.id) < (q.operation_id, q.id))
      UNION ALL
      SELECT i.shipment_id, i.quantity, i.sold_on, {cost_sql("i.id")}, {units_without_cost_sql("i.id")}
      FROM shipment_line i JOIN shipment h ON h.id = i.shipment_id AND h.operation_id <= :known
      WHERE i.order_line_id = {line} AND NOT EXISTS (SELECT 1 FROM shipment_line_past q
        WHERE {replaced.format(row=of_line.format(past="q", line="i.id"), past="q")})
    ) s
    WHERE NOT EXISTS (SELECT 1 FROM shipment_event v
      WHERE v.shipment_id = s.shipment_id AND v.status = 'void' AND v.operation_id <= :known))"""


def had_shipment_that_is_gone(order: str) -> str:
    """SQL: whether the order of that id had a shipment by the channel's word that the channel took back later."""
    return f"""EXISTS (SELECT 1 FROM shipment_line_past q
    WHERE q.sales_order_id = {order} AND q.operation_id > :known AND q.made_by <= :known
      AND NOT EXISTS (SELECT 1 FROM shipment s WHERE s.id = q.shipment_id AND s.operation_id = q.made_by))"""
