"""What of an order can go into a parcel now, and what a scanner reads off products."""

from typing import Any

from ordercli.domain.backorders import uncovered_sql
from ordercli.domain.catalog.scanning import scan_keys
from ordercli.domain.shipping.packing import PackLine, PackOrder
from ordercli.driver import Driver
from ordercli.queries.reader import Reader

LINES = f"""
SELECT l.id, p.sku, l.quantity_allocated - coalesce(u.quantity, 0), l.quantity_shipped + coalesce(u.quantity, 0),
  l.quantity_picked - coalesce(u.quantity, 0),
  {uncovered_sql()},
  p.is_kit, p.weight_grams, p.packaging, p.packaging_cost_minor
FROM order_line l JOIN product p ON p.id = l.product_id LEFT JOIN packed_unit u ON u.order_line_id = l.id
WHERE l.sales_order_id = :order ORDER BY l.line_no"""

PARTS = """
SELECT l.id, q.id, q.sku, coalesce(c.quantity, 1), q.weight_grams, q.packaging, q.packaging_cost_minor
FROM order_line l LEFT JOIN order_line_component c ON c.order_line_id = l.id
JOIN product q ON q.id = coalesce(c.product_id, l.product_id)
WHERE l.sales_order_id = :order ORDER BY l.line_no, q.sku"""

NUMBER = "SELECT channel, order_id FROM sales_order WHERE id = :order"

SCANNED_PRODUCTS = "SELECT id, sku, barcode FROM product WHERE is_kit = 0"

SCANNED_LISTINGS = "SELECT fnsku, product_id FROM listing WHERE units_per_pack = 1 AND fnsku IS NOT NULL"

SKUS = "SELECT id, sku FROM product"


def pack_order(connection: Driver, order: int) -> PackOrder:
    """An order of this row id, with what can be packed of each line."""
    values = {"order": order}
    parts: dict[int, list[tuple[Any, ...]]] = {}
    for line, *part in connection.execute(PARTS, values):
        parts.setdefault(line, []).append(tuple(part))
    lines = tuple(_line(row, parts[row[0]]) for row in connection.execute(LINES, values))
    channel, number = connection.execute(NUMBER, values).fetchone()
    return PackOrder(order, channel, number, lines)


def _line(row: tuple[Any, ...], parts: list[tuple[Any, ...]]) -> PackLine:
    """A kit has its own weight and packaging where it says so, else those of its parts."""
    line, sku, units, before, picked, backordered, is_kit, weight, packaging, cost = row
    if not (is_kit and weight is not None):
        weights = [each * grams if grams is not None else None for _, _, each, grams, *_ in parts]
        weight = None if None in weights else sum(weights)
    if is_kit and packaging is not None:
        used = [(packaging, cost)]
    else:
        used = [(what, price) for _, _, each, _, what, price in parts for _ in range(each) if what is not None]
    contents = {product: (part, each) for product, part, each, *_ in parts}
    return PackLine(line, sku, units, before, picked, backordered, contents, weight, tuple(used))


def scanned(reader: Reader) -> tuple[dict[str, int], dict[int, str]]:
    """What a scanner may read, with the product it means; and the SKU of every product."""
    keys = scan_keys(reader.rows(SCANNED_PRODUCTS), reader.rows(SCANNED_LISTINGS))
    return keys, dict(reader.rows(SKUS).fetchall())
