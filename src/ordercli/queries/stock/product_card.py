"""One product in full: its fields, what it is made of or part of, and how channels list it."""

from typing import Any

from ordercli.domain.money import format_amount
from ordercli.queries.catalog.listings import list_listings
from ordercli.queries.lists import list_products
from ordercli.queries.lookup import require_sku
from ordercli.queries.reader import Reader

PART_OF = """
SELECT kit.sku, k.quantity FROM product p
JOIN kit_component k ON k.component_id = p.id AND k.quantity > 0 JOIN product kit ON kit.id = k.kit_id
WHERE p.sku = :sku ORDER BY kit.sku"""


def product_card(reader: Reader, sku: str) -> dict[str, Any]:
    """Everything the catalogue says of a product, ready for JSON or a card.

    Raises:
        NotFound: for an unknown SKU.
    """
    require_sku(reader, sku)
    report = list_products(reader, sku)
    (row,) = report.rows
    card: dict[str, Any] = {
        column.name: format_amount(value, reader.currency)
        if column.kind == "money" and value is not None
        else value
        for column, value in zip(report.columns, row, strict=True)
    }
    kits = reader.rows(PART_OF, {"sku": sku}).fetchall()
    card["part_of"] = ";".join(f"{kit}:{units}" for kit, units in kits) or None
    listings = list_listings(reader, sku=sku)
    card["listings"] = [
        {
            column.name: format_amount(value, listing[8])
            if column.kind == "money" and value is not None
            else value
            for column, value in zip(listings.columns, listing, strict=True)
            if column.name != "sku"
        }
        for listing in listings.rows
        if listing[2] == sku
    ]
    return card
