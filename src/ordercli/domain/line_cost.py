"""What the units of a line of a shipment cost, as the ledger fixed it on the movements that took them."""


def cost_sql(line: str) -> str:
    """SQL of the cost of the shipment line of that id, in minor units; 0 where no movement took its units."""
    return f"""(SELECT coalesce(sum(m.cost_minor), 0) FROM shipped_unit u
   JOIN stock_movement m ON m.id = u.movement_id WHERE u.shipment_line_id = {line})"""


def units_without_cost_sql(line: str) -> str:
    """SQL of the units of stock in the shipment line of that id that no movement took from it."""
    return f"""(SELECT coalesce(sum(u.quantity), 0) FROM shipped_unit u
   WHERE u.shipment_line_id = {line} AND u.movement_id IS NULL)"""


_TAKEN_BY = "CASE WHEN c.product_id IS NULL THEN i.movement_id ELSE c.movement_id END"

SHIPPED_UNITS = f"""LEFT JOIN shipment_component c ON c.shipment_line_id = i.id
  LEFT JOIN stock_movement m ON m.id = {_TAKEN_BY}"""
"""A join of the units of the shipment lines ``i`` and what took them, where many lines are read at once.

It is ``shipped_unit`` of lines that are at hand: a server makes a view with a join in it whole before it looks for
a line there.
"""

COST = "coalesce(sum(m.cost_minor), 0)"
""":func:`cost_sql` of all lines of a group, over :data:`SHIPPED_UNITS`."""

UNITS_WITHOUT_COST = f"""coalesce(sum(coalesce(c.quantity, i.quantity))
    FILTER (WHERE {_TAKEN_BY} IS NULL), 0)"""
""":func:`units_without_cost_sql` of all lines of a group, over :data:`SHIPPED_UNITS`."""
