"""What a unit costs that nobody bought just now: found again, or sold before the ledger began."""

from sqlalchemy import text

from ordercli.models import Product
from ordercli.services.operations import Work


def usual_cost(work: Work, product: Product) -> int:
    """Cost of one unit found again: the product's, else that of its latest layer, else nothing."""
    if product.unit_cost_minor is not None:
        return product.unit_cost_minor
    latest = work.connection.execute(
        text("SELECT cost_minor / quantity FROM cost_layer WHERE product_id = :p ORDER BY id DESC LIMIT 1"),
        {"p": product.id},
    ).scalar()
    return int(latest or 0)
