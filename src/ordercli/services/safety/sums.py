"""What follows from other rows is computed anew for the products and orders that an undo touched."""

import json
from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection

from ordercli.db import driver_of
from ordercli.domain.orders.tax_inside import IS_SALE
from ordercli.driver import Driver
from ordercli.services.safety.leaving import KEYS, Deed
from ordercli.services.safety.tables import Schema

_PRODUCTS = "(SELECT value FROM json_each(:products))"
_ORDERS = "(SELECT value FROM json_each(:orders))"

# Of products and orders that leave no sum stays; what they held in the hours' sums is taken off.
_OF_GONE = f"product_id IN (SELECT CAST(key AS INTEGER) FROM ({KEYS.format(table='product')}) AS found)"
_GONE = (
    *(
        f"DELETE FROM {table} WHERE {_OF_GONE}"
        for table in ("stock_level", "stockout", "daily_sales", "daily_demand")
    ),
    f"""DELETE FROM confirmed_order
WHERE sales_order_id IN (SELECT CAST(key AS INTEGER) FROM ({KEYS.format(table="sales_order")}) AS found)""",
    f"DELETE FROM stock_level WHERE location IN ({KEYS.format(table='location')})",
    f"DELETE FROM hourly_sum WHERE channel IN ({KEYS.format(table='channel')})",
    f"""UPDATE hourly_sum SET counted = counted - g.orders FROM (
  SELECT o.fulfillment, o.channel, substr(o.ordered_at, 1, 13) AS hour, count(*) AS orders FROM sales_order o
  WHERE {IS_SALE} AND o.id IN (SELECT CAST(key AS INTEGER) FROM ({KEYS.format(table="sales_order")}) AS found)
  GROUP BY 1, 2, 3) g
WHERE hourly_sum.kind = g.fulfillment AND hourly_sum.channel = g.channel AND hourly_sum.hour = g.hour""",
)

# Movements that this undo compensated a moment ago leave as they were before that.
_UNUSED = f"""
UPDATE cost_layer SET quantity_used = quantity_used - u.units FROM (
  SELECT s.cost_layer_id, sum(s.quantity) AS units FROM layer_use s JOIN stock_movement m ON m.id = s.movement_id
  WHERE m.operation_id = :operation AND m.{_OF_GONE} GROUP BY 1) u
WHERE cost_layer.id = u.cost_layer_id"""

_ANEW = (
    f"DELETE FROM daily_sales WHERE product_id IN {_PRODUCTS}",
    f"""INSERT INTO daily_sales (product_id, day, units)
SELECT u.product_id, u.sold_on, sum(u.quantity) FROM shipped_unit u JOIN shipment h ON h.id = u.shipment_id
WHERE h.status <> 'void' AND u.product_id IN {_PRODUCTS} GROUP BY u.product_id, u.sold_on""",
    f"DELETE FROM daily_demand WHERE product_id IN {_PRODUCTS}",
    f"""INSERT INTO daily_demand (product_id, day, fulfillment, units)
SELECT product_id, ordered_on, fulfillment, sum(units) FROM ordered_unit WHERE product_id IN {_PRODUCTS}
GROUP BY product_id, ordered_on, fulfillment""",
    f"""UPDATE stock_level SET quantity = (
  SELECT coalesce(sum(CASE stock_level.location WHEN m.to_location THEN m.quantity ELSE -m.quantity END), 0)
  FROM stock_movement m WHERE m.product_id = stock_level.product_id
    AND stock_level.location IN (m.from_location, m.to_location))
WHERE product_id IN {_PRODUCTS}""",
    # Promises must fit their lines before they are given out anew.
    f"""UPDATE order_line SET quantity_short = max(0, quantity_open - quantity_picked)
WHERE product_id IN {_PRODUCTS} AND quantity_short > max(0, quantity_open - quantity_picked)""",
    f"""UPDATE order_line
SET quantity_allocated = max(quantity_picked, min(quantity_allocated, quantity_open - quantity_short))
WHERE product_id IN {_PRODUCTS}
  AND (quantity_allocated > quantity_open - quantity_short OR quantity_allocated < quantity_picked)""",
    f"""UPDATE stock_level SET allocated = (
  SELECT coalesce(sum(l.quantity_allocated), 0) FROM order_line l
  WHERE l.product_id = stock_level.product_id AND l.is_assembled = 0) + (
  SELECT coalesce(sum(c.quantity * l.quantity_allocated), 0) FROM order_line_component c
  JOIN order_line l ON l.id = c.order_line_id WHERE c.product_id = stock_level.product_id)
WHERE location = 'HOME' AND product_id IN {_PRODUCTS}""",
    f"""INSERT INTO stockout_since (product_id, since)
SELECT m.product_id, min(m.occurred_at) FROM stock_movement m WHERE m.product_id IN {_PRODUCTS}
GROUP BY m.product_id""",
    f"DELETE FROM confirmed_order WHERE sales_order_id IN {_ORDERS}",
    f"""INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments,
  shipments_tracked, units_followed, units_on_time)
SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments, shipments_tracked, units_followed,
  units_on_time FROM confirmed_order_now WHERE sales_order_id IN {_ORDERS}""",
)

_OF_PRODUCT = ("product_id", "component_id", "kit_id")


class TouchedByUndo(NamedTuple):
    """The products and orders whose sums an undo may change."""

    products: frozenset[int]
    orders: frozenset[int]


def touched_by(
    connection: Connection, schema: Schema, done: Deed, movements: Collection[int], leaving: Collection[str]
) -> TouchedByUndo:
    """What rows that leave, come back or change belong to.

    Args:
        connection: the database, with the keys of what leaves in ``leaving``.
        schema: its tables.
        done: what the operation did to rows that were there before it.
        movements: movements that are taken back.
        leaving: the tables that rows leave.
    """
    driver = driver_of(connection)
    products, orders, lines = set[int](), set[int](), set[int]()
    for table in map(schema.tables.__getitem__, leaving):
        for names, found in ((_OF_PRODUCT, products), (("sales_order_id",), orders), (("order_line_id",), lines)):
            for name in names:
                if name in table.columns:
                    condition = table.in_keys("r", KEYS.format(table=table.name))
                    rows = driver.execute(f"SELECT DISTINCT r.{name} FROM {table.name} r WHERE {condition}")
                    found.update(value for (value,) in rows if value is not None)
    for (table_name, key), values in (*done.gone.items(), *done.old.items()):
        products.update(values[name] for name in _OF_PRODUCT if values.get(name) is not None)
        orders.update(int(value) for value in (values.get("sales_order_id"),) if value is not None)
        lines.update(int(value) for value in (values.get("order_line_id"),) if value is not None)
        if (of := {"product": products, "sales_order": orders, "order_line": lines}.get(table_name)) is not None:
            of.add(int(key))  # keys of other tables may be words, of any length
    moved = driver.execute(
        "SELECT DISTINCT product_id FROM stock_movement WHERE id IN (SELECT value FROM json_each(:ids))",
        {"ids": json.dumps(sorted(movements))},
    )
    products.update(product for (product,) in moved)
    return _with_lines(driver, products, orders, lines)


def _with_lines(driver: Driver, products: set[int], orders: set[int], lines: set[int]) -> TouchedByUndo:
    """The same with the orders of lines, the lines of orders, and the products and parts of both."""
    ids = {"lines": json.dumps(sorted(lines)), "orders": json.dumps(sorted(orders))}
    rows = driver.execute(
        f"SELECT l.sales_order_id, coalesce(c.product_id, l.product_id), l.product_id FROM order_line l"
        f" LEFT JOIN order_line_component c ON c.order_line_id = l.id"
        f" WHERE l.sales_order_id IN {_ORDERS} OR l.id IN (SELECT value FROM json_each(:lines))",
        ids,
    ).fetchall()
    for order, part, product in rows:
        orders.add(order)
        products.update((part, product))
    kits = driver.execute(
        f"SELECT component_id FROM kit_component WHERE kit_id IN {_PRODUCTS}",
        {"products": json.dumps(sorted(products))},
    )
    products.update(product for (product,) in kits)
    return TouchedByUndo(frozenset(products), frozenset(orders))


def forget_gone(connection: Connection, operation: int) -> None:
    """Take away the sums of products and orders that are about to leave, and what this undo used of them."""
    driver = driver_of(connection)
    driver.execute(_UNUSED, {"operation": operation})
    for statement in _GONE:
        driver.execute(statement)


def sum_anew(connection: Connection, touched: TouchedByUndo) -> None:
    """Compute the sums of products and orders that were touched, and are there, from what they add up."""
    driver, wanted = driver_of(connection), {"products": json.dumps(sorted(touched.products))}
    products = driver.execute(f"SELECT id FROM product WHERE id IN {_PRODUCTS}", wanted)
    values = {
        "products": json.dumps(sorted(product for (product,) in products)),
        "orders": json.dumps(sorted(touched.orders)),
    }
    for statement in _ANEW:
        driver.execute(statement, values)
