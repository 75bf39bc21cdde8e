"""Finding what a report is asked about."""

from ordercli.naming import PRODUCT_GONE, no_product
from ordercli.queries.reader import Reader


def require_sku(reader: Reader, sku: str) -> None:
    """Raise NotFound, naming the nearest SKUs, unless the product exists."""
    product_id_of(reader, sku)


def product_id_of(reader: Reader, sku: str) -> int:
    """The row id of a product.

    Raises:
        NotFound: naming what took it away, or the nearest SKUs.
    """
    row = reader.rows("SELECT id FROM product WHERE sku = :sku", {"sku": sku}).fetchone()
    if row is None:
        gone = reader.rows(PRODUCT_GONE, {"sku": sku}).fetchone()
        raise no_product(sku, gone, (known for (known,) in reader.rows("SELECT sku FROM product")))
    return int(row[0])
