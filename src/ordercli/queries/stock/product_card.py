"""One product in full: its fields, what it is made of or part of, and how channels list it."""

from ordercli.domain.report import Card, Column
from ordercli.queries.catalog.listings import LISTING_COLUMNS, list_listings
from ordercli.queries.catalog.products import PRODUCT_COLUMNS, list_products
from ordercli.queries.columns import card_values
from ordercli.queries.lookup import require_sku
from ordercli.queries.reader import Reader

PART_OF = """
SELECT kit.sku, k.quantity FROM product p
JOIN kit_component k ON k.component_id = p.id AND k.quantity > 0 JOIN product kit ON kit.id = k.kit_id
WHERE p.sku = :sku ORDER BY kit.sku"""


FIELDS = (*(column._replace(in_table=True) for column in PRODUCT_COLUMNS), Column("part_of"))
LISTS = {
    "listings": tuple(column._replace(in_table=True) for column in LISTING_COLUMNS if column.name != "sku"),
}


def product_card(reader: Reader, sku: str) -> Card:
    """Everything the catalog says of a product, ready for JSON or a card.

    Raises:
        NotFound: for an unknown SKU.
    """
    require_sku(reader, sku)
    report = list_products(reader, sku)
    (row,) = report.rows
    card = card_values(report.columns, row, reader.currency)
    kits = reader.rows(PART_OF, {"sku": sku}).fetchall()
    card["part_of"] = ";".join(f"{kit}:{units}" for kit, units in kits) or None
    listings = list_listings(reader, sku=sku).rows
    named = (card_values(LISTING_COLUMNS, listing, reader.currency) for listing in listings)
    card["listings"] = [listing for listing in named if listing["sku"] == sku]
    return Card((*FIELDS, *report.columns[len(PRODUCT_COLUMNS) :]), card, LISTS)
