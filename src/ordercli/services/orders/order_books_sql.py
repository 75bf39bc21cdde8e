"""The statements by which ``order_books.py`` reads orders with their statements, and writes what differs."""

from collections.abc import Sequence

from ordercli.domain.on_return import units_on_return_sql
from ordercli.domain.orders.order_rows import AMOUNTS, PERSONAL
from ordercli.domain.orders.statement_rows import statement_lines_sql, statements_sql
from ordercli.domain.words import counted_sql
from ordercli.services.orders.statement_sql import columns

BOOK = (
    "ordered_at",
    "ordered_on",
    "ship_by",
    "is_ship_by_computed",
    "deliver_by",
    "fulfillment",
    "service_level",
    "currency",
    "is_released",
    "channel_updated_at",
    "channel_status",
    "sales_channel",
    "original_order_id",
    "is_sale",
)
"""Fields of an order that statements decide."""

SAID = {
    "ordered_at": "ordered at",
    "ship_by": "ship by",
    "deliver_by": "deliver by",
    "fulfillment": "fulfillment",
    "service_level": "service level",
    "currency": "currency",
    "channel_status": "channel status",
    "channel_updated_at": "channel's update",
    "sales_channel": "marketplace",
    "original_order_id": "replaces",
}
"""What of these is told in an order's history when it changes, and under which name."""

LINE = (
    "line_no",
    "item_id",
    "name",
    "quantity",
    *(f"{price}_minor" for price in AMOUNTS),
    "price_is_estimated",
    "is_tax_included",
    "channel_shipped",
    "channel_shipped_at",
    "channel_canceled",
)

_NUMBERS = {"line_no", "quantity", "price_is_estimated", "channel_shipped", "channel_canceled"}


def _typed(columns: Sequence[str]) -> str:
    """Columns with their types."""
    return ", ".join(
        f"{name} {'INTEGER' if name in _NUMBERS or name.startswith('is_') or name.endswith('_minor') else 'TEXT'}"
        for name in columns
    )


TEMPORARY = {
    "opened_order": "sales_order_id INTEGER PRIMARY KEY, is_new INTEGER, is_merged INTEGER",
    "changed_order": f"id INTEGER PRIMARY KEY, {_typed(BOOK)}, personal_id INTEGER, personal_version INTEGER, said TEXT",
    "target_line": f"id INTEGER PRIMARY KEY, is_new INTEGER, sales_order_id INTEGER, product_id INTEGER,"
    f" units_per_pack INTEGER, {_typed(LINE)}, said TEXT",
    "changed_cancel": "order_line_id INTEGER, units INTEGER, canceled_by TEXT",
    "gone_line": "id INTEGER PRIMARY KEY",
    "taken_back": "order_line_id INTEGER PRIMARY KEY, units INTEGER",
    "target_text": "order_line_id INTEGER PRIMARY KEY, gift_message TEXT, customization TEXT",
    "moved_unit": "id INTEGER PRIMARY KEY, kind TEXT, act INTEGER, from_line INTEGER, to_line INTEGER, units INTEGER",
    "new_person": f"personal_id INTEGER, version INTEGER, {_typed(PERSONAL)}",
}

# Reading -----------------------------------------------------------------------------------------

_ASKED = "(SELECT * FROM opened_order WHERE is_merged <> 1)"

ORDERS = f"""
SELECT o.id, b.is_new, o.channel, o.order_id, o.edited_fields, o.personal_id, o.personal_version,
  {columns("o.{c}", BOOK)}, {columns("p.{c}", PERSONAL)}
FROM {_ASKED} b JOIN sales_order o ON o.id = b.sales_order_id
LEFT JOIN personal_data p ON p.personal_id = o.personal_id AND p.version = o.personal_version
ORDER BY o.id"""

STATEMENTS = statements_sql(_ASKED)
STATEMENT_LINES = statement_lines_sql(_ASKED)

_USED = (
    "l.quantity_canceled <> 0 OR l.quantity_picked <> 0"
    " OR EXISTS (SELECT 1 FROM cancellation u WHERE u.order_line_id = l.id)"
    " OR EXISTS (SELECT 1 FROM shipment_line u JOIN shipment h ON h.id = u.shipment_id"
    " AND (h.origin <> 'channel' OR h.status = 'void') WHERE u.order_line_id = l.id)"
    " OR EXISTS (SELECT 1 FROM line_pick u WHERE u.order_line_id = l.id)"
    " OR EXISTS (SELECT 1 FROM return_line u WHERE u.order_line_id = l.id)"
    " OR EXISTS (SELECT 1 FROM line_text u WHERE u.order_line_id = l.id)"
)

HELD = f"""
SELECT l.sales_order_id, l.id, l.line_no, l.item_id, l.product_id, p.sku, l.units_per_pack, l.name, l.quantity,
  l.quantity_shipped, l.quantity_picked,
  min(coalesce((SELECT sum(i.quantity) FROM shipment_line i JOIN shipment h ON h.id = i.shipment_id
    AND h.origin = 'channel' AND h.status <> 'void' WHERE i.order_line_id = l.id), 0),
    max(0, l.quantity_shipped - {units_on_return_sql("l.id")})),
  coalesce((SELECT sum(c.quantity) FROM cancellation c WHERE c.order_line_id = l.id AND c.is_told <> 1), 0),
  coalesce((SELECT sum(c.quantity) FROM cancellation c WHERE c.order_line_id = l.id
    AND (c.id <= (SELECT max(d.id) FROM cancellation d WHERE d.order_line_id = l.id AND d.is_told <> 1
      AND d.quantity > 0) OR (c.quantity < 0 AND c.is_told <> 1))), 0),
  coalesce((SELECT sum(c.quantity) FROM cancellation c
    WHERE c.order_line_id = l.id AND c.is_told <> 0 AND c.canceled_by = 'buyer'), 0),
  coalesce((SELECT sum(c.quantity) FROM cancellation c
    WHERE c.order_line_id = l.id AND c.is_told <> 0 AND c.canceled_by = 'unknown'), 0),
  {columns("l.{c}_minor", AMOUNTS)}, l.price_is_estimated, l.is_tax_included, l.channel_shipped,
  l.channel_shipped_at, l.channel_canceled, l.edited_fields, {_USED},
  {units_on_return_sql("l.id")}, l.refunded_minor, d.gift_message, d.customization
FROM {_ASKED} b JOIN order_line l ON l.sales_order_id = b.sales_order_id
JOIN product p ON p.id = l.product_id
LEFT JOIN line_text t ON t.order_line_id = l.id
LEFT JOIN personal_data d ON d.personal_id = t.personal_id AND d.version = t.personal_version
ORDER BY l.sales_order_id, l.line_no, l.id"""

# What the seller did with units of a line. It is loose where she did not say which line of its product she meant, or
# nothing had told these apart by then, and the channel was not told since which of them it was.
ACTS = """
WITH line AS (
  SELECT l.id, l.item_id, l.quantity_picked, (SELECT min(s.operation_id)
    FROM order_statement s JOIN order_statement_line t ON t.order_statement_id = s.id AND t.product_id = l.product_id
    WHERE s.sales_order_id = l.sales_order_id AND s.withdrawn_operation_id IS NULL
      AND (t.item_id IS NOT NULL OR s.joins_rows <> 1)) AS told_apart
  FROM order_line l
  WHERE l.id = :line
)
SELECT 'shipped', i.id, l.id, i.quantity, h.operation_id,
  (SELECT min(e.operation_id) FROM shipment_event e WHERE e.shipment_id = h.id AND e.status = 'void'),
  iif((i.is_named <> 1 OR h.operation_id < l.told_apart) AND (h.upload_file_id IS NULL OR l.item_id IS NULL), 1, 0)
FROM line l JOIN shipment_line i ON i.order_line_id = l.id
JOIN shipment h ON h.id = i.shipment_id AND h.origin = 'seller'
UNION ALL
SELECT 'canceled', min(c.id), l.id, sum(c.quantity), coalesce(c.act_operation_id, c.operation_id) AS act, NULL,
  iif(c.is_named <> 1 OR coalesce(c.act_operation_id, c.operation_id) < l.told_apart, 1, 0)
FROM line l JOIN cancellation c ON c.order_line_id = l.id AND c.is_told <> 1
GROUP BY l.id, l.told_apart, act, c.canceled_by, c.reason, c.canceled_at, c.is_named HAVING sum(c.quantity) > 0
UNION ALL
SELECT 'picked', l.id, l.id, l.quantity_picked, (SELECT max(id) FROM operation), NULL, 0
FROM line l WHERE l.quantity_picked > 0"""

# Writing -----------------------------------------------------------------------------------------

TAKE_BACK = """
INSERT INTO cancellation (order_line_id, quantity, canceled_by, reason, canceled_at, operation_id, is_told)
SELECT order_line_id, units, canceled_by, 'told by the channel', :now, :operation, 1
FROM changed_cancel WHERE units < 0"""

UPDATE_ORDERS = f"""
UPDATE sales_order SET {columns("{c} = c.{c}", BOOK)},
  personal_id = c.personal_id, personal_version = c.personal_version
FROM changed_order c WHERE sales_order.id = c.id"""

# What Amazon fulfills is promised no stock of ours.
FREE_AMAZONS = """
UPDATE order_line SET quantity_allocated = 0, quantity_picked = 0
WHERE quantity_allocated > 0 AND sales_order_id IN (SELECT id FROM changed_order WHERE fulfillment = 'FBA')"""

ORDER_EVENTS = """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT id, :operation, :now, 'changed', said FROM changed_order WHERE said <> ''"""

GONE_PARTS = "DELETE FROM order_line_component WHERE order_line_id IN (SELECT id FROM gone_line)"
GONE = "DELETE FROM order_line WHERE id IN (SELECT id FROM gone_line)"
GONE_FIRST = """
UPDATE order_line SET quantity_allocated = 0, quantity_picked = 0, quantity_short = 0, quantity = 0
WHERE id IN (SELECT id FROM gone_line)"""

UPDATE_LINES = f"""
UPDATE order_line SET {columns("{c} = c.{c}", LINE)},
  quantity_allocated = min(quantity_allocated, c.quantity - quantity_shipped - quantity_canceled),
  quantity_picked = min(quantity_picked, c.quantity - quantity_shipped - quantity_canceled),
  quantity_short = max(0, quantity_short - max(0, order_line.quantity - c.quantity))
FROM target_line c WHERE order_line.id = c.id AND c.is_new <> 1"""

# An id may pass from one line to another; no two lines have it at a time.
FREE_IDS = """
UPDATE order_line SET item_id = NULL FROM target_line c
WHERE order_line.id = c.id AND c.is_new <> 1 AND order_line.item_id IS NOT NULL AND order_line.item_id IS DISTINCT FROM c.item_id"""

INSERT_LINES = f"""
INSERT INTO order_line (id, sales_order_id, product_id, units_per_pack, {", ".join(LINE)})
SELECT id, sales_order_id, product_id, units_per_pack, {", ".join(LINE)} FROM target_line WHERE is_new <> 0 ORDER BY id"""

LINE_EVENTS = """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT sales_order_id, :operation, :now, 'changed', said FROM target_line WHERE said IS NOT NULL ORDER BY id"""

PEOPLE = f"""
INSERT INTO personal_data (personal_id, version, {", ".join(PERSONAL)})
SELECT personal_id, version, {", ".join(PERSONAL)} FROM new_person"""

TEXTS = (
    """
INSERT INTO personal_data (personal_id, version, gift_message, customization)
SELECT coalesce(t.personal_id, :people
    + row_number() OVER (PARTITION BY t.personal_id IS NULL ORDER BY x.order_line_id)),
  coalesce((SELECT max(version) FROM personal_data p WHERE p.personal_id = t.personal_id), 0) + 1,
  x.gift_message, x.customization
FROM target_text x LEFT JOIN line_text t ON t.order_line_id = x.order_line_id""",
    """
INSERT INTO line_text (order_line_id, personal_id, personal_version)
SELECT x.order_line_id, coalesce(t.personal_id, :people
    + row_number() OVER (PARTITION BY t.personal_id IS NULL ORDER BY x.order_line_id)),
  coalesce((SELECT max(version) FROM personal_data p WHERE p.personal_id = t.personal_id), 1)
FROM target_text x LEFT JOIN line_text t ON t.order_line_id = x.order_line_id WHERE true
ON CONFLICT (order_line_id) DO UPDATE SET personal_version = excluded.personal_version""",
    """
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT l.sales_order_id, :operation, :now, 'changed', p.sku || ': text, version ' || t.personal_version
FROM target_text x JOIN order_line l ON l.id = x.order_line_id JOIN product p ON p.id = l.product_id
JOIN line_text t ON t.order_line_id = l.id
JOIN opened_order b ON b.sales_order_id = l.sales_order_id AND b.is_new <> 1""",
)

CANCEL_EVENTS = f"""
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT l.sales_order_id, :operation, :now, 'canceled', {counted_sql("sum(c.quantity)", "unit")} || ' canceled by the channel'
FROM staged_line l CROSS JOIN cancellation c ON c.order_line_id = l.order_line_id AND c.operation_id = :operation
  AND c.is_told <> 0
WHERE l.is_new_order <> 1 GROUP BY l.sales_order_id HAVING sum(c.quantity) <> 0"""


FILE_OF = """
SELECT coalesce(nullif(f.name, ''), p.command)
FROM order_statement s JOIN import_file f ON f.id = s.import_file_id JOIN operation p ON p.id = s.operation_id
WHERE s.id = ?"""
VERSIONS = f"SELECT version, {', '.join(PERSONAL)} FROM personal_data WHERE personal_id = ? ORDER BY version"
