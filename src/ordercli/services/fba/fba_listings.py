"""What Amazon's names for things stand for: channel SKUs, the seller's SKUs and FNSKUs."""

from collections.abc import Callable

from sqlalchemy import text

from ordercli.services.lookup import all_products, recipe_of
from ordercli.services.operations import Work


def listing_resolver(work: Work, channel: str) -> Callable[[str, str], dict[int, int] | None]:
    """What one unit of a listing is, by the channel's SKU, else the seller's, else the FNSKU."""
    products = all_products(work.connection)
    by_key: dict[str, dict[int, int]] = {}
    by_fnsku: dict[str, dict[int, int]] = {}
    for product in products.values():
        by_key[product.sku] = recipe_of(work.connection, product)
    listings = work.connection.execute(
        text("SELECT channel_sku, fnsku, product_id, units_per_pack FROM listing WHERE channel = :channel"),
        {"channel": channel},
    )
    for listing in listings:
        recipe = recipe_of(work.connection, products[listing.product_id])
        by_key[listing.channel_sku] = {part: units * listing.units_per_pack for part, units in recipe.items()}
        if listing.fnsku:
            by_fnsku[listing.fnsku] = by_key[listing.channel_sku]

    def resolve(sku: str, fnsku: str) -> dict[int, int] | None:
        return by_key.get(sku) or by_fnsku.get(fnsku)

    return resolve
