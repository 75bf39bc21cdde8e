"""What left of an order line by some day: units, what they cost, what the labels of their shipments cost.

Of the past: as it was when ``:known`` was the last operation. All asks for ``:as_of_day``.
"""

from ordercli.domain.line_cost import cost_sql, units_without_cost_sql
from ordercli.queries.past import joined_past, shipment_lines_then, then


def _shipment_lines(line: str) -> str:
    """The lines of shipments that are not void; of the past there is ``shipment_lines_then``."""
    return f"""(
    SELECT i.shipment_id, i.quantity, i.sold_on, {cost_sql("i.id")} AS cost_minor,
      {units_without_cost_sql("i.id")} AS units_without_cost
    FROM shipment_line i JOIN shipment h ON h.id = i.shipment_id AND h.status <> 'void'
    WHERE i.order_line_id = {line})"""


def sum_of_shipped(figure: str, line: str, *, is_past: bool) -> str:
    """SQL of ``quantity``, ``cost_minor`` or ``units_without_cost`` of what left of an order line."""
    lines = shipment_lines_then(line) if is_past else _shipment_lines(line)
    return f"""(SELECT coalesce(sum({figure}), 0) FROM {lines} AS found WHERE sold_on <= :as_of_day)"""


def labels_of_lines(orders: str, *, is_past: bool) -> str:
    """A SELECT of box (a shipment), order_line_id, the cost of its label, and the line's quantity in it.

    Args:
        orders: SQL of the orders, as ``x`` with ``order_row``.
        is_past: as it was; ``line_then`` has the lines.
    """
    if not is_past:
        return f"""SELECT h.id AS box, i.order_line_id, h.cost_minor AS cost, sum(i.quantity) AS quantity
    FROM {orders} CROSS JOIN shipment h ON h.sales_order_id = x.order_row
      AND h.status <> 'void' AND h.cost_minor > 0
    JOIN shipment_line i ON i.shipment_id = h.id AND i.sold_on <= :as_of_day GROUP BY h.id, i.order_line_id"""
    cost = then("cost_minor", "h", "p")
    return f"""SELECT * FROM (
    SELECT h.id AS box, l.id AS order_line_id, {cost} AS cost,
      (SELECT sum(quantity) FROM {shipment_lines_then("l.id")} AS found
        WHERE shipment_id = h.id AND sold_on <= :as_of_day) AS quantity
    FROM {orders} CROSS JOIN shipment h ON h.sales_order_id = x.order_row AND h.operation_id <= :known
    {joined_past("shipment_past", "shipment_id", "h.id", "p")}
    CROSS JOIN line_then l ON l.sales_order_id = x.order_row
    WHERE {cost} > 0) AS found WHERE quantity > 0"""
