"""Which later operations stand on an earlier one, so that it cannot be taken back without them.

One stands on it that refers to a row it made, that changed such a row or a column that it changed, that used units
it brought, or that counted or was told of stock with it. Sums and promises do not count: the first are added up
anew, the second are a function of all the rest.
"""

import json
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Connection, text

from ordercli.db import driver_of
from ordercli.domain.journal import is_told
from ordercli.domain.money import has_other_decimals
from ordercli.domain.on_return import OF_A_RETURN_SQL, units_on_return_sql
from ordercli.domain.settlement import AS_TOLD
from ordercli.driver import Driver
from ordercli.models.reversal import DOCUMENTS, KINDS, PROMISES, SUMS, Reversal
from ordercli.services.safety.leaving import Deed
from ordercli.services.safety.tables import Schema

_CHANGED_ROWS = """
SELECT DISTINCT c.operation_id FROM row_change c JOIN temp.leaving l ON l.table_name = c.table_name
  AND l.key = c.row_key
WHERE c.operation_id > :operation AND NOT (c.table_name = 'order_line' AND c.verb = 'update'
  AND NOT EXISTS (SELECT 1 FROM json_each(c.new) j WHERE j.key NOT IN ('quantity_allocated', 'quantity_short')))"""

_CHANGED = f"""
SELECT DISTINCT c.operation_id FROM json_each(:changes) j CROSS JOIN row_change c
  ON c.table_name = j.value ->> 0 AND c.row_key = j.value ->> 1
WHERE c.operation_id > :operation
  AND (c.verb <> 'update' OR j.value ->> 2 IS NULL OR {is_told("c.new", "(j.value ->> 2)")})"""

_REMOVED = """
SELECT DISTINCT c.operation_id FROM row_change c
WHERE c.verb = 'delete' AND c.old ->> 'operation_id' = :operation
  AND c.operation_id > :operation"""

_REMOVED_PARTS = """
SELECT DISTINCT c.operation_id FROM row_change c JOIN temp.leaving l ON l.table_name = '{owner}'
  AND l.key = CAST(c.old ->> '{column}' AS TEXT)
WHERE c.verb = 'delete' AND c.table_name = '{table}'
  AND c.operation_id > :operation"""

_MADE_AGAIN = "SELECT {made_by} FROM {table} r WHERE {condition} AND {made_by} > :operation"

_UNITS = """
WITH RECURSIVE its (id) AS (
  SELECT id FROM cost_layer WHERE movement_id IN (SELECT value FROM json_each(:movements))
  UNION SELECT c.id FROM its JOIN cost_layer c ON c.restores_id = its.id
)
SELECT DISTINCT m.operation_id FROM its JOIN layer_use u ON u.cost_layer_id = its.id
JOIN stock_movement m ON m.id = u.movement_id
WHERE m.operation_id > :operation AND NOT EXISTS (SELECT 1 FROM stock_movement z WHERE z.undoes_id = m.id)"""

_COUNTS = """
SELECT DISTINCT c.operation_id FROM stock_movement m JOIN stock_count_line l ON l.product_id = m.product_id
JOIN stock_count c ON c.id = l.stock_count_id AND c.location IN (m.from_location, m.to_location)
  AND c.counted_at >= m.occurred_at
WHERE m.id IN (SELECT value FROM json_each(:movements)) AND c.operation_id > :operation"""

# Amazon's book is a function of all its statements, so whatever came later took this one into account.
_AMAZON = """
SELECT DISTINCT n.operation_id FROM stock_movement m
JOIN location a ON a.code IN (m.from_location, m.to_location) AND a.kind LIKE 'fba%'
JOIN stock_movement n ON n.product_id = m.product_id AND n.operation_id > :operation
JOIN location b ON b.code IN (n.from_location, n.to_location) AND b.kind LIKE 'fba%'
WHERE m.id IN (SELECT value FROM json_each(:movements))"""

# What a settlement told was recorded so that more could be given; without it nobody would have told of that.
_AS_TOLD = """
SELECT DISTINCT f.operation_id FROM temp.leaving g
JOIN settlement s ON g.table_name = 'settlement' AND s.id = CAST(g.key AS INTEGER)
JOIN settlement_entry e ON e.settlement_id = s.id
JOIN sales_order o ON o.channel = s.channel AND o.order_id = e.order_id
JOIN order_line l ON l.sales_order_id = o.id
JOIN refund f ON f.order_line_id = l.id AND f.origin = 'channel' AND f.reason = :as_told
WHERE f.operation_id > :operation"""

# Without a shipment more would come back, or be allowed to, than was shipped.
_RETURNED = f"""
SELECT DISTINCT a.operation_id FROM json_each(:shipped) j JOIN order_line l ON l.id = j.value ->> 0
JOIN return_line r ON r.order_line_id = l.id JOIN return_authorization a ON a.id = r.return_authorization_id
WHERE {OF_A_RETURN_SQL} > 0
  AND l.quantity_shipped - CAST(j.value ->> 1 AS INTEGER) < {units_on_return_sql("l.id")}"""

# Written down by the decimals of the currency that an order had by then; in the one before it is another amount.
_PRICED = """
SELECT f.operation_id FROM json_each(:turned) j JOIN order_line l ON l.sales_order_id = j.value
JOIN refund f ON f.order_line_id = l.id
WHERE f.operation_id > :operation AND f.amount_minor + f.fee_minor + f.return_shipping_minor > 0
UNION SELECT a.operation_id FROM json_each(:turned) j JOIN return_authorization a ON a.sales_order_id = j.value
WHERE a.operation_id > :operation AND a.label_cost_minor > 0
UNION SELECT c.operation_id FROM json_each(:turned) j
JOIN return_authorization a ON a.sales_order_id = j.value AND a.label_cost_minor > 0
JOIN row_change c ON c.table_name = 'return_authorization' AND c.row_key = CAST(a.id AS TEXT)
WHERE c.operation_id > :operation AND c.new ->> 'label_cost_minor' IS NOT NULL
UNION SELECT c.operation_id FROM json_each(:turned) j JOIN order_line l ON l.sales_order_id = j.value
JOIN row_change c ON c.table_name = 'order_line' AND c.row_key = CAST(l.id AS TEXT)
WHERE c.operation_id > :operation AND EXISTS (SELECT 1 FROM json_each(c.new) n WHERE n.key LIKE '%_minor')"""

_NEAR = """
SELECT DISTINCT operation_id FROM stock_movement
WHERE product_id IN (SELECT value FROM json_each(:products)) AND operation_id > :operation
UNION SELECT k.operation_id FROM line_pick k JOIN order_line l ON l.id = k.order_line_id
WHERE l.product_id IN (SELECT value FROM json_each(:products)) AND k.operation_id > :operation"""


def standing_on(connection: Connection, schema: Schema, done: Deed, movements: Collection[int]) -> set[int]:
    """Operations that stand on ``done``; those before it and those that were undone do not count.

    Args:
        connection: the database, with the keys of the rows it made in ``leaving``.
        schema: its tables.
        done: what it did to rows that were there before it.
        movements: the movements it posted.
    """
    values = {"operation": done.operation, "movements": json.dumps(sorted(movements)), "as_told": AS_TOLD}
    values["changes"] = json.dumps(sorted(_changes(connection, schema, done), key=str))
    values["shipped"] = json.dumps(list(_shipped(done)))
    values["turned"] = json.dumps(list(_turned(connection, done)))
    driver = driver_of(connection)
    found = set(_referring(driver, schema))
    for statement in (
        _CHANGED_ROWS,
        _CHANGED,
        _REMOVED,
        *_removed_parts(schema),
        _UNITS,
        _COUNTS,
        _AMAZON,
        _AS_TOLD,
        _RETURNED,
        _PRICED,
    ):
        found.update(number for (number,) in driver.execute(statement, values))
    gone: dict[str, list[str]] = {}
    for name, key in done.gone:
        gone.setdefault(name, []).append(key)
    for name, keys in gone.items():
        table = schema.tables[name]
        condition = table.in_keys("r", "SELECT value AS key FROM json_each(:keys)")
        made = _MADE_AGAIN.format(made_by=schema.made_by(table, "r"), table=name, condition=condition)
        found.update(number for (number,) in driver.execute(made, values | {"keys": json.dumps(keys)}))
    return found


def _shipped(done: Deed) -> Iterator[tuple[int, int]]:
    """Lines of orders of which more was shipped after it than before, and how many."""
    for (table, key), new in done.new.items():
        units = new.get("quantity_shipped", 0) - done.old[table, key].get("quantity_shipped", 0)
        if table == "order_line" and units > 0:
            yield int(key), units


def _turned(connection: Connection, done: Deed) -> Iterator[int]:
    """Orders that it gave a currency of other decimals."""
    for (table, key), new in done.new.items():
        if table == "sales_order" and "currency" in new:
            shops = str(connection.execute(text("SELECT currency FROM shop")).scalar_one())
            if has_other_decimals(done.old[table, key]["currency"] or shops, new["currency"] or shops):
                yield int(key)


def _removed_parts(schema: Schema) -> Iterator[str]:
    for table in schema.tables.values():
        owner = schema.owner_of(table)
        if owner is not None:
            yield _REMOVED_PARTS.format(owner=owner.name, table=table.name, column=table.owner)


def _changes(connection: Connection, schema: Schema, done: Deed) -> Iterator[tuple[str, str, str | None]]:
    """Table, key and column of what must not have changed since; no column where any would do."""
    for table, key, column in done.columns:
        if table in DOCUMENTS:
            yield table, key, None
            owner = schema.owner_of(schema.tables[table])
            if owner is not None and schema.tables[table].is_numbered:
                owned = (
                    f"SELECT {schema.tables[table].owner} FROM {table} r WHERE {schema.tables[table].is_key('r')}"
                )
                row = connection.execute(text(owned), {"key": key}).first()
                if row is not None:
                    yield owner.name, str(row[0]), None
        elif column not in SUMS.get(table, ()) and column not in PROMISES.get(table, ()):
            yield table, key, column


def _referring(driver: Driver, schema: Schema) -> Iterator[int]:
    """Operations that made rows which name rows in ``leaving``, or brought such rows back."""
    leaving = driver.execute("SELECT DISTINCT table_name FROM temp.leaving ORDER BY 1").fetchall()
    for (parent,) in leaving:
        for reference in schema.references_to(parent):
            table = schema.tables[reference.table]
            if KINDS[table.name] is Reversal.FOLLOWS:
                continue
            named = f"r.{reference.column} IN ({schema.tables[parent].keys_sql()})"
            rows = driver.execute(
                f"SELECT {schema.first_made_by(table, 'r')} FROM {table.name} r WHERE {named}"
                f" UNION SELECT i.operation_id FROM {table.name} r JOIN row_change i ON i.verb = 'insert'"
                f" AND i.table_name = '{table.name}' AND i.row_key = CAST({table.key_sql('r')} AS TEXT)"
                f" WHERE {named}"
            )
            yield from (made for (made,) in rows if made is not None)


def on_the_same_rows(connection: Connection, done: Deed) -> set[int]:
    """Operations after ``done`` that changed the same rows.

    With :func:`on_the_same_stock` for what a law of the data refuses, when nothing plainly stands in the way.
    """
    changes = json.dumps([(table, key, None) for table, key in done.old])
    rows = connection.execute(text(_CHANGED), {"operation": done.operation, "changes": changes})
    return set(rows.scalars())


def on_the_same_stock(connection: Connection, done: Deed, products: Iterable[int]) -> set[int]:
    """Operations after ``done`` that moved or picked units of these products."""
    values = {"operation": done.operation, "products": json.dumps(sorted(products))}
    return set(connection.execute(text(_NEAR), values).scalars())
