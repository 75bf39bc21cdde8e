"""Takes away the sums of days that an operation changed something about, when it is sealed.

What an operation did is known by then, whatever the command: rows that it made carry its number, or belong to a
row that does, and what it changed in others is in the journal. So no command has to think of sums, and no trigger
is needed. ``READ`` has every table that the sums are taken from; a test asks SQLite which they are.
"""

from collections.abc import Collection, Mapping
from typing import Final

from ordercli.domain.journal import is_told
from ordercli.driver import Driver

_OF_LINE = "JOIN order_line l ON l.id = {row}.order_line_id"

_MADE: Final = {
    "sales_order": """SELECT m.id FROM sales_order m WHERE m.id >= :first
  UNION SELECT r.id FROM sales_order m JOIN sales_order r ON r.original_order_id = m.order_id
  WHERE m.id >= :first""",
    "shipment": "SELECT m.sales_order_id FROM shipment m WHERE m.id >= :first",
    "packing": "SELECT m.sales_order_id FROM packing m WHERE m.id >= :first",
    "refund": f"SELECT l.sales_order_id FROM refund m {_OF_LINE.format(row='m')} WHERE m.id >= :first",
    "return_authorization": "SELECT m.sales_order_id FROM return_authorization m WHERE m.id >= :first",
    "return_event": f"""SELECT l.sales_order_id FROM return_event m JOIN return_line r ON r.id = m.return_line_id
  {_OF_LINE.format(row="r")} WHERE m.id >= :first""",
    "replacement": f"SELECT l.sales_order_id FROM replacement m {_OF_LINE.format(row='m')} WHERE m.id >= :first",
    "settlement": """SELECT DISTINCT w.id FROM settlement m JOIN settlement_entry e ON e.settlement_id = m.id
  CROSS JOIN sales_order w ON w.channel = m.channel AND w.order_id = e.order_id WHERE m.id >= :first""",
}
"""Orders that rows are about which an operation made, from the first of them on, by the table."""

_CHANGED: Final = {
    "sales_order": "SELECT CAST(c.row_key AS INTEGER) FROM changed c",
    "order_line": """SELECT l.sales_order_id FROM changed c JOIN order_line l ON l.id = CAST(c.row_key AS INTEGER)
  UNION SELECT CAST(c.old ->> 'sales_order_id' AS INTEGER) FROM changed c""",
    "shipment": """SELECT h.sales_order_id FROM changed c JOIN shipment h ON h.id = CAST(c.row_key AS INTEGER)
  UNION SELECT CAST(c.old ->> 'sales_order_id' AS INTEGER) FROM changed c""",
    "shipment_line": f"""SELECT l.sales_order_id FROM changed c
  JOIN shipment_line s ON s.id = CAST(c.row_key AS INTEGER) {_OF_LINE.format(row="s")}
  UNION SELECT l.sales_order_id FROM changed c
  JOIN order_line l ON l.id = CAST(c.old ->> 'order_line_id' AS INTEGER)""",
    "shipment_component": f"""SELECT l.sales_order_id FROM changed c
  JOIN shipment_line s ON s.id = CAST(substr(c.row_key, 1, instr(c.row_key, ' ')) AS INTEGER)
  {_OF_LINE.format(row="s")}""",
    "return_authorization": """SELECT a.sales_order_id FROM changed c
  JOIN return_authorization a ON a.id = CAST(c.row_key AS INTEGER)""",
    "return_line": f"""SELECT l.sales_order_id FROM changed c
  JOIN return_line r ON r.id = CAST(c.row_key AS INTEGER) {_OF_LINE.format(row="r")}""",
}
"""Orders that rows are about which an operation changed, by the table."""

_CHANGES = """WITH changed AS (
  SELECT row_key, old FROM row_change WHERE operation_id = :operation AND table_name = :table)
"""
_OF_ORDERS = (
    "DELETE FROM counted_day WHERE day IN (SELECT o.ordered_on FROM sales_order o WHERE o.id IN ({orders}))"
)
_WAS_ON = "DELETE FROM counted_day WHERE day IN (SELECT c.old ->> 'ordered_on' FROM changed c)"

_ALL_BY: Final = {
    "channel": "true",
    "listing": " OR ".join(is_told("old", f"'{name}'") for name in ("channel", "channel_sku", "product_id")),
    "product": " OR ".join(is_told("old", f"'{name}'") for name in ("sku", "packaging_cost_minor")),
    "setting": "true",
}
"""What reaches orders that nobody names, when an operation changes it: then all days are counted anew."""
_SETS_FEES = """SELECT EXISTS (SELECT 1 FROM setting
  WHERE id >= :first AND (name LIKE 'channel.%' OR name LIKE 'product.%.fba_fee'))"""
_NAMES_ANEW = "SELECT EXISTS (SELECT 1 FROM listing WHERE id >= :first AND product_id < :product)"

READ = frozenset(
    {
        *_MADE,
        *_CHANGED,
        *_ALL_BY,
        "packing_line",  # made with its packing
        "settlement_entry",  # made with its settlement
        "stock_movement",  # of a line of a shipment, which names it
        "personal_data",  # of which an order names a version; where somebody lives stays when they are erased
        "operation",
    }
)
"""The tables that sums of days are taken from."""

_NO_PRODUCT = 2**62
"""A number that no product reaches: where none is new, every listing is of one that was there."""
_HAS_SUMS = "SELECT EXISTS (SELECT 1 FROM counted_day)"
_FORGET = "DELETE FROM counted_day"
_TABLES = "SELECT DISTINCT table_name FROM row_change WHERE operation_id = :operation"


def mark_days(driver: Driver, operation: int, made: Mapping[str, int] | None) -> None:
    """Take away the sums of the days of all orders that an operation had to do with.

    Args:
        driver: the connection, in the operation's transaction, when its journal is written.
        operation: its number.
        made: of each table the first row that it made; None of an undo, which may reach anything.
    """
    if not driver.execute(_HAS_SUMS).fetchone()[0]:
        return
    changed = {table for (table,) in driver.execute(_TABLES, {"operation": operation})}
    if made is None or _reaches_all(driver, operation, made, changed):
        driver.execute(_FORGET)
        return
    for table, orders in _MADE.items():
        if table in made:
            driver.execute(_OF_ORDERS.format(orders=orders), {"first": made[table]})
    for table, orders in _CHANGED.items():
        if table in changed:
            values = {"operation": operation, "table": table}
            driver.execute(_CHANGES + _OF_ORDERS.format(orders=orders), values)
            if table == "sales_order":
                driver.execute(_CHANGES + _WAS_ON, values)


def _reaches_all(driver: Driver, operation: int, made: Mapping[str, int], changed: Collection[str]) -> bool:
    """Whether an operation changed what orders have in common: fees, SKUs, the cost of packing."""
    asked: list[tuple[str, dict[str, int | str]]] = []
    if "setting" in made:
        asked.append((_SETS_FEES, {"first": made["setting"]}))
    if "listing" in made:
        asked.append((_NAMES_ANEW, {"first": made["listing"], "product": made.get("product", _NO_PRODUCT)}))
    for table, which in _ALL_BY.items():
        if table in changed:
            sql = f"{_CHANGES}SELECT EXISTS (SELECT 1 FROM changed WHERE {which})"
            asked.append((sql, {"operation": operation, "table": table}))
    return any(driver.execute(sql, values).fetchone()[0] for sql, values in asked)
