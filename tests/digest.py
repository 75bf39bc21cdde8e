"""All that can be seen of a shop's state, whatever rows it is kept in: what an undo must bring back."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from ordercli.models.reversal import KINDS, Reversal
from turned import looking_into

_AS_SUMS = {
    "stock_movement": """SELECT product_id, location, occurred_at, sum(units) FROM (
  SELECT product_id, to_location AS location, occurred_at, quantity AS units FROM stock_movement
  UNION ALL SELECT product_id, from_location, occurred_at, -quantity FROM stock_movement) AS moved
 GROUP BY 1, 2, 3 HAVING sum(units) <> 0""",
    "cost_layer": """SELECT product_id, location, lot, acquired_at, sum(quantity - quantity_used),
  sum(cost_minor - cost_minor * quantity_used / quantity) FROM cost_layer
 GROUP BY 1, 2, 3, 4 HAVING sum(quantity - quantity_used) <> 0""",
    "stock_level": "SELECT * FROM stock_level WHERE quantity <> 0 OR allocated <> 0",
    "daily_sales": "SELECT * FROM daily_sales WHERE units <> 0",
    "daily_demand": "SELECT * FROM daily_demand WHERE units <> 0",
    "hourly_sum": "SELECT * FROM hourly_sum WHERE counted <> 0 OR defects <> 0",
    "order_statement": "SELECT * FROM order_statement WHERE withdrawn_operation_id IS NULL",
    "order_statement_line": """SELECT l.* FROM order_statement_line l JOIN order_statement s
  ON s.id = l.order_statement_id WHERE s.withdrawn_operation_id IS NULL""",
}
_NOT_COMPARED = {"layer_use"}
_COLUMNS = "SELECT name FROM pragma_table_xinfo(?) ORDER BY cid"
_SELECTS: dict[str, str] = {}
"""By table; the schema is the same in every test, so its columns are read once."""


def digest(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Rows by table, sorted; of the ledger what its movements come to."""
    with looking_into(path) as connection:
        return digest_of(connection)


def digest_of(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """The same through a connection that is open."""
    if not _SELECTS:
        _SELECTS.update(_selects(connection))
    found = {table: connection.execute(sql).fetchall() for table, sql in _SELECTS.items()}
    return {table: sorted(rows, key=repr) for table, rows in found.items() if rows}


def _selects(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for table, kind in KINDS.items():
        if kind is not Reversal.STAYS and table not in _NOT_COMPARED:
            columns = [name for (name,) in connection.execute(_COLUMNS, (table,))]
            kept = ", ".join(c for c in columns if c != "movement_id")
            yield table, _AS_SUMS.get(table, f"SELECT {kept} FROM {table}")
