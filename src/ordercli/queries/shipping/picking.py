"""What is to be taken from the shelves: allocated units of orders that may ship, not picked yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ordercli.domain.orders.orders import MAY_GO, OVERDUE
from ordercli.domain.report import Column, Report
from ordercli.domain.stock.waiting import order_turn_sql, turn_sql
from ordercli.driver import Driver
from ordercli.errors import Refused
from ordercli.queries.orders.orders import find_order
from ordercli.queries.reader import Reader

ORDER_COLUMNS = (
    Column("order_id", "word", "order", importance="key"),
    Column("ship_by", "instant", "ship by", importance="key"),
    Column("is_overdue", "flag", "overdue"),
    Column("bin", importance="key"),
    Column("sku", "key", "SKU", importance="key"),
    Column("name", importance="spare"),
    Column("quantity", "whole", "units", importance="key"),
    Column("kit", is_seldom=True),
    Column("customization", is_seldom=True),
    Column("gift_message", title="gift message", is_seldom=True),
)

SKU_COLUMNS = (
    Column("bin", importance="key"),
    Column("sku", "key", "SKU", importance="key"),
    Column("name", importance="spare"),
    Column("quantity", "whole", "units", importance="key"),
    Column("ship_by", "instant", "ship by", importance="key"),
    Column("is_overdue", "flag", "overdue"),
    Column("orders", "keys", "for"),
    Column("customization", is_seldom=True),
    Column("gift_message", title="gift message", is_seldom=True),
)

# An order that may be picked, and one of its lines with units to pick; :orders is null or JSON of row ids.
READY = f"""
FROM sales_order o
JOIN order_line l ON l.sales_order_id = o.id AND l.quantity_allocated > l.quantity_picked
WHERE {MAY_GO}
  AND (:due IS NULL OR o.ship_by <= :due)
  AND (:orders IS NULL OR o.id IN (SELECT CAST(value AS INTEGER) FROM json_each(:orders)))"""

READY_LINES = f"""
SELECT l.id, l.quantity_allocated - l.quantity_picked {READY}
ORDER BY {turn_sql()}"""

# The riskiest promise first: whoever must ship first, as units are promised.
_WANTED = f"""ready AS (
  SELECT o.id AS sales_order_id, o.order_id, o.ship_by, coalesce({OVERDUE}, false) AS is_overdue, l.id AS line,
    l.line_no, l.product_id, l.is_assembled, l.quantity_allocated - l.quantity_picked AS units,
    dense_rank() OVER (ORDER BY {order_turn_sql()}) AS turn,
    :singles = 1 AND count(*) OVER (PARTITION BY o.id) > 1 AS is_later
  {READY}
), wanted AS (
  SELECT r.*, p.bin, p.sku, p.name, r.units * coalesce(c.quantity, 1) AS quantity,
    CASE WHEN c.product_id <> r.product_id THEN k.sku END AS kit, d.customization, d.gift_message
  FROM ready r
  LEFT JOIN order_line_component c ON c.order_line_id = r.line
  JOIN product p ON p.id = coalesce(c.product_id, r.product_id)
  JOIN product k ON k.id = r.product_id
  LEFT JOIN line_text t ON t.order_line_id = r.line
  LEFT JOIN personal_data d ON d.personal_id = t.personal_id AND d.version = t.personal_version
)"""

BY_ORDER = f"""
WITH {_WANTED}
SELECT order_id, ship_by, is_overdue, bin, sku, name, quantity, kit, customization, gift_message
FROM wanted ORDER BY is_later, turn, bin IS NULL, bin, sku, line_no"""


def _by_sku(orders: str) -> str:
    """A row for each product; units to make something of, or that go with a card, have one for each order.

    Args:
        orders: an aggregate that tells whom a row is for.
    """
    return f"""
WITH {_WANTED}
SELECT min(bin), sku, min(name), sum(quantity), min(ship_by), max(is_overdue),
  {orders}, min(customization), min(gift_message)
FROM (SELECT *, iif(customization IS NULL AND gift_message IS NULL, 0, line) AS own FROM wanted
  ORDER BY is_later, sku, own, turn, line) AS found
GROUP BY is_later, sku, own
ORDER BY is_later, min(bin) IS NULL, min(bin), sku, min(turn), own"""


BY_SKU = _by_sku("group_concat(order_id || ':' || quantity, ' ')")
PAPER_BY_SKU = _by_sku("json_group_array(json_array(order_id, quantity))")

NOTREADY = """
SELECT o.order_id, o.status, o.fulfillment, o.is_on_hold FROM sales_order o
WHERE o.id IN (SELECT CAST(value AS INTEGER) FROM json_each(:orders))
  AND (o.is_on_hold = 1 OR o.fulfillment <> 'FBM' OR o.status IN ('pending', 'canceled'))
ORDER BY o.order_id, o.channel LIMIT 1"""


@dataclass(frozen=True, slots=True)
class PickFilter:
    """Which lines to pick.

    Attributes:
        orders: row ids; empty for every order that may ship.
        due: only orders to ship by this instant.
        singles_first: orders with one line to pick before the others.
    """

    orders: tuple[int, ...] = ()
    due: str | None = None
    singles_first: bool = False

    def values(self) -> dict[str, Any]:
        """The parameters of the statements."""
        chosen = f"[{','.join(map(str, self.orders))}]" if self.orders else None
        return {"orders": chosen, "due": self.due, "singles": int(self.singles_first)}


def pickable_orders(reader: Reader, references: Sequence[str]) -> tuple[int, ...]:
    """Row ids of the orders that are named.

    Raises:
        NotFound: if one is none or several.
        Refused: if one is held back, not released, canceled or not the seller's to ship.
    """
    rows = tuple(dict.fromkeys(find_order(reader, reference) for reference in references))
    refused = reader.rows(NOTREADY, {"orders": f"[{','.join(map(str, rows))}]"}).fetchone()
    if refused is None:
        return rows
    order_id, status, fulfillment, is_on_hold = refused
    if fulfillment != "FBM":
        raise Refused(f"Order {order_id} is fulfilled by Amazon; there is nothing to send.")
    if is_on_hold:
        raise Refused(f"Order {order_id} is on hold; release it first with: ordercli order release {order_id}")
    if status == "pending":
        raise Refused(f"Order {order_id} is pending: the channel has not released it yet.")
    raise Refused(f"Order {order_id} is canceled; there is nothing to send.")


def pick_list(reader: Reader, wanted: PickFilter, *, by_sku: bool) -> Report:
    """What to take from the shelves, kits taken apart.

    Args:
        reader: the database.
        wanted: which lines.
        by_sku: one row for each product in the order of the bins; otherwise order by order.
    """
    columns, sql = (SKU_COLUMNS, BY_SKU) if by_sku else (ORDER_COLUMNS, BY_ORDER)
    return Report(columns, reader.streamed(sql, wanted.values()), "Nothing to pick.")


def ready_lines(connection: Driver, wanted: PickFilter) -> list[tuple[int, int]]:
    """(Row id of an order line, units of it to pick): what the pick list shows, line by line."""
    values = {**wanted.values(), "singles": 0}
    return connection.execute(READY_LINES, values).fetchall()
