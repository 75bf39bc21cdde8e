"""Units of an order line that come back or came back: they did leave, whatever is told of them later."""

OF_A_RETURN_SQL = "iif(a.closed_at IS NULL AND a.is_declined = 0, r.quantity, r.quantity_received)"
"""SQL of those that line ``r`` of return ``a`` still asks back or has received."""


def units_on_return_sql(line: str) -> str:
    """SQL of the units of the order line of that id that returns still ask back or have received."""
    return f"""coalesce((
      SELECT sum({OF_A_RETURN_SQL})
      FROM return_line r JOIN return_authorization a ON a.id = r.return_authorization_id
      WHERE r.order_line_id = {line}), 0)"""
