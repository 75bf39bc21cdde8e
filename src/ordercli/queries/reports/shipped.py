"""What left of an order line by some day: units, what they cost, what the labels of their shipments cost.

Of the past: as it was when ``:known`` was the last operation. All asks for ``:as_of_day``.
"""

from ordercli.domain.line_cost import COST, SHIPPED_UNITS, UNITS_WITHOUT_COST
from ordercli.queries.past import joined_past, shipment_lines_then, then


def sum_of_shipped(figure: str, line: str) -> str:
    """SQL of ``quantity``, ``cost_minor`` or ``units_without_cost`` of what left of an order line, of the past."""
    return f"""(SELECT coalesce(sum({figure}), 0) FROM {shipment_lines_then(line)} AS found
      WHERE sold_on <= :as_of_day)"""


COSTS_OF_LINES = f"""\
gone AS MATERIALIZED (
  SELECT i.order_line_id, {COST} AS cost_out, {UNITS_WITHOUT_COST} AS units_without_cost
  FROM part s CROSS JOIN shipment_line i ON i.order_line_id = s.order_line_id AND i.sold_on <= :as_of_day
  CROSS JOIN shipment h ON h.id = i.shipment_id AND h.status <> 'void'
  {SHIPPED_UNITS}
  GROUP BY i.order_line_id
)"""
"""``gone``: of each line of ``part`` what its units cost that left by now, and how many have no cost."""


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
