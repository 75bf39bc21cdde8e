"""BigCart's order files, Nordpost's pages and a list of stock, for ordercli."""

from collections.abc import Iterator

from ordercli.extension import CarrierPage, Exporter, FileLayout, OpenShop

LAYOUT = FileLayout(
    name="bigcart",
    title="BigCart's order export",
    columns={
        "Cart No": "order_id",
        "Article": "sku",
        "Pieces": "quantity",
        "Placed": "ordered_at",
        "Each": "unit_price",
    },
    marks=frozenset({"Cart No", "Article", "Pieces"}),
    channel="shop",
    decimal_comma=True,
)
PAGE = CarrierPage("Nordpost", "https://nordpost.example/track?id={}", other_names=("Nord Post AB",))


def _ledger(shop: OpenShop) -> Iterator[bytes]:
    yield f"stock of {shop.today}\n".encode()
    for sku, units in shop.rows(
        "SELECT p.sku, sum(s.quantity) FROM stock_level s JOIN product p ON p.id = s.product_id"
        " GROUP BY p.sku ORDER BY p.sku"
    ):
        yield f"{sku} {units}\n".encode()


LEDGER = Exporter("ledger", "Units of each product, as text.", _ledger)
