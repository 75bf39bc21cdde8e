"""Units that open orders want and no stock covers, as a function and as SQL; a test holds both together."""


def backordered(open_units: int, allocated: int, fulfillment: str) -> int:
    """Units of a line that no stock covers yet; what Amazon ships is not the seller's to cover."""
    return open_units - allocated if fulfillment == "FBM" else 0


def uncovered_sql(line: str = "l") -> str:
    """SQL of :func:`backordered` of a line of an order that the seller ships."""
    return f"{line}.quantity_open - {line}.quantity_allocated"


def backordered_sql(order: str = "o", line: str = "l") -> str:
    """SQL of :func:`backordered` of a line of any order."""
    return f"CASE {order}.fulfillment WHEN 'FBM' THEN {uncovered_sql(line)} ELSE 0 END"


BACKORDERED = f"""
  SELECT product_id, sum(units) AS units FROM (
    SELECT coalesce(c.product_id, ol.product_id) AS product_id, coalesce(c.quantity, 1)
      * ({uncovered_sql("ol")}) AS units
    FROM order_line ol CROSS JOIN sales_order o ON o.id = ol.sales_order_id AND o.fulfillment = 'FBM'
    LEFT JOIN order_line_component c ON c.order_line_id = ol.id
    WHERE ol.quantity_open > 0
    UNION ALL
    SELECT ol.product_id, {uncovered_sql("ol")}
    FROM order_line ol CROSS JOIN sales_order o ON o.id = ol.sales_order_id AND o.fulfillment = 'FBM'
    CROSS JOIN product p ON p.id = ol.product_id AND p.is_kit = 1
    WHERE ol.is_assembled = 1 AND ol.quantity_open > 0
  ) AS found GROUP BY product_id"""
"""Units that open lines want and no stock covers, by product; a kit's line counts for it and its components.

The joins are CROSS so that the few open lines are read, not all orders, whatever the statistics say.
"""
