"""What the units of a line of a shipment cost, as the ledger fixed it on the movements that took them."""


def cost_sql(line: str) -> str:
    """SQL of the cost of the shipment line of that id, in minor units; 0 where no movement took its units."""
    return f"""(SELECT coalesce(sum(m.cost_minor), 0) FROM shipped_unit u
   JOIN stock_movement m ON m.id = u.movement_id WHERE u.shipment_line_id = {line})"""


def units_without_cost_sql(line: str) -> str:
    """SQL of the units of stock in the shipment line of that id that no movement took from it."""
    return f"""(SELECT coalesce(sum(u.quantity), 0) FROM shipped_unit u
   WHERE u.shipment_line_id = {line} AND u.movement_id IS NULL)"""


SHIPPED_UNITS = """CROSS JOIN shipped_unit u ON u.shipment_line_id = i.id
  LEFT JOIN stock_movement m ON m.id = u.movement_id"""
"""A join of the units of the shipment lines ``i`` and what took them, where many lines are read at once."""

COST = "coalesce(sum(m.cost_minor), 0)"
""":func:`cost_sql` of all lines of a group, over :data:`SHIPPED_UNITS`."""

UNITS_WITHOUT_COST = "coalesce(sum(u.quantity) FILTER (WHERE u.movement_id IS NULL), 0)"
""":func:`units_without_cost_sql` of all lines of a group, over :data:`SHIPPED_UNITS`."""
