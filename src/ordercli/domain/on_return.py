"""Units that come back or came back, and the one return rate there is.

A unit is returned once it came back, to the seller or to Amazon; one that is only asked back is not. The return
rate is what was returned of what was sent: of units in the reports, of orders in the rates of the account
(``queries/health/members.py``). Orders that are no sale of their channel count in neither.
"""

RETURNED_SQL = "e.disposition IS NULL"
"""SQL: whether event ``e`` of a return says that units came back; the others say what they turned out to be."""


def return_rate_sql(returned: str, sent: str) -> str:
    """SQL of the return rate of so many units returned and sent; NULL where none was sent."""
    return f"{returned} * 1.0 / nullif({sent}, 0)"


OF_A_RETURN_SQL = "iif(a.closed_at IS NULL AND a.is_declined = 0, r.quantity, r.quantity_received)"
"""SQL of the units that line ``r`` of return ``a`` still asks back or has received."""


def units_on_return_sql(line: str) -> str:
    """SQL of the units of the order line of that id that returns still ask back or have received."""
    return f"""coalesce((
      SELECT sum({OF_A_RETURN_SQL})
      FROM return_line r JOIN return_authorization a ON a.id = r.return_authorization_id
      WHERE r.order_line_id = {line}), 0)"""
