"""What a unit costs that nobody bought just now: found again, or sold before the ledger began."""

import json
from collections.abc import Iterable

from sqlalchemy import Connection, text

from ordercli.domain.shares import share_sql

# Of all units at once: what a layer cost is shared by how many it has, and rounded once. A layer at nothing is
# most likely one that was found when nobody knew what one costs.
_OF_UNITS = share_sql("cost_minor", ":units", "quantity")
_USUAL_COST = f"""
SELECT coalesce(product.unit_cost_minor * :units,
  (SELECT {_OF_UNITS} FROM cost_layer WHERE product_id = product.id
    ORDER BY cost_minor > 0 DESC, id DESC LIMIT 1), 0)
FROM product WHERE id = :product"""
_UNKNOWN = """
SELECT sku FROM product
WHERE id IN (SELECT CAST(value AS INTEGER) FROM json_each(:products)) AND unit_cost_minor IS NULL
  AND NOT EXISTS (SELECT 1 FROM cost_layer c JOIN stock_movement m ON m.id = c.movement_id
    WHERE c.product_id = product.id AND (c.cost_minor > 0 OR m.kind IN ('receipt', 'opening'))) ORDER BY sku"""
_MOST_NAMED = 5


def usual_cost(connection: Connection, product_id: int, units: int) -> int:
    """Cost of so many units in the shop's currency: the product's, else as its latest layer's, else 0."""
    values = {"product": product_id, "units": units}
    return int(connection.execute(text(_USUAL_COST), values).scalar_one())


def unknown_cost_warnings(connection: Connection, products: Iterable[int]) -> tuple[str, ...]:
    """Say that units found count at nothing, since nobody said what one costs; asked before they are posted.

    Args:
        connection: the open transaction.
        products: row ids of those of which units were found.
    """
    skus = list(connection.execute(text(_UNKNOWN), {"products": json.dumps(sorted(products))}).scalars())
    if not skus:
        return ()
    more = f" and {len(skus) - _MOST_NAMED} more" if len(skus) > _MOST_NAMED else ""
    sentence = (
        f"what one costs is not known of {', '.join(skus[:_MOST_NAMED])}{more}, so what was found counts at 0 and"
        f" profit is too high; take this back, say it with: ordercli product edit {skus[0]} --unit-cost COST, and"
        " do it again"
    )
    return (sentence,)
