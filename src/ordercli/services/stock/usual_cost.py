"""What a unit costs that nobody bought just now: found again, or sold before the ledger began."""

import json
from collections.abc import Iterable

from sqlalchemy import Connection, text

from ordercli.domain.money import layer_cost_sql

_OF_ONE = layer_cost_sql("cost_minor", "quantity", "0", "1")
_KNOWN_COST = f"""coalesce(product.unit_cost_minor,
  (SELECT {_OF_ONE} FROM cost_layer WHERE product_id = product.id ORDER BY id DESC LIMIT 1))"""
_USUAL_COST = f"SELECT coalesce({_KNOWN_COST}, 0) FROM product WHERE id = :product"
_UNKNOWN = f"""
SELECT sku FROM product
WHERE id IN (SELECT value FROM json_each(:products)) AND {_KNOWN_COST} IS NULL ORDER BY sku"""
_MOST_NAMED = 5


def usual_cost(connection: Connection, product_id: int) -> int:
    """Cost of one unit in minor units of the shop's currency: the product's, else its latest layer's, else 0."""
    return int(connection.execute(text(_USUAL_COST), {"product": product_id}).scalar_one())


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
