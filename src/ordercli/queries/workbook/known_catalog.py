"""What the catalog has already, for a spreadsheet that is about to come in."""

from typing import NamedTuple

from ordercli.domain.fields import same_barcode
from ordercli.domain.movements import standing_sql
from ordercli.domain.places import HOME
from ordercli.queries.reader import Reader


class KnownCatalog(NamedTuple):
    """The catalog as far as a spreadsheet is compared with it.

    Attributes:
        names: (name, SKU) of every product.
        costs: usual cost of one unit of every product with stock of its own, in minor units, by SKU.
        barcodes: SKU by barcode, spelled as :func:`same_barcode` does.
        kits: SKUs of products without stock of their own.
        currencies: of every supplier, by its name.
        open_orders: (channel, id) of orders of which units are still to be shipped.
        stock_since: when stock of a product was first here, by SKU.
    """

    names: tuple[tuple[str, str], ...]
    costs: dict[str, int | None]
    barcodes: dict[str, str]
    kits: frozenset[str]
    currencies: dict[str, str]
    open_orders: frozenset[tuple[str, str]]
    stock_since: dict[str, str]


_OPEN = """
SELECT DISTINCT o.channel, o.order_id FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id
WHERE l.quantity_open > 0"""

_SINCE = f"""
SELECT p.sku, min(m.occurred_at) FROM stock_movement m JOIN product p ON p.id = m.product_id
WHERE '{HOME}' IN (m.from_location, m.to_location) AND {standing_sql("m")} GROUP BY p.id"""


def known_catalog(reader: Reader) -> KnownCatalog:
    """The same as it is now."""
    rows = reader.rows("SELECT sku, name, unit_cost_minor, barcode, is_kit FROM product ORDER BY id")
    products = [tuple(row) for row in rows]
    return KnownCatalog(
        tuple((str(name), str(sku)) for sku, name, *_ in products),
        {str(sku): cost for sku, _, cost, _, is_kit in products if not is_kit},
        {same_barcode(str(code)): str(sku) for sku, _, _, code, _ in products if code},
        frozenset(str(sku) for sku, *_, is_kit in products if is_kit),
        dict(reader.rows("SELECT name, currency FROM supplier")),
        frozenset((channel, order_id) for channel, order_id in reader.rows(_OPEN)),
        dict(reader.rows(_SINCE)),
    )
