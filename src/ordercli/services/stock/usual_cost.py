"""What a unit costs that nobody bought just now: found again, or sold before the ledger began."""

from sqlalchemy import Connection, text

_USUAL_COST = """
SELECT coalesce(unit_cost_minor,
  (SELECT cost_minor / quantity FROM cost_layer WHERE product_id = product.id ORDER BY id DESC LIMIT 1), 0)
FROM product WHERE id = :product"""


def usual_cost(connection: Connection, product_id: int) -> int:
    """Cost of one unit in minor units of the shop's currency: the product's, else its latest layer's, else 0."""
    return int(connection.execute(text(_USUAL_COST), {"product": product_id}).scalar_one())
