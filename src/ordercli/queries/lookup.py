"""Finding what a report is asked about."""

from ordercli.errors import unknown
from ordercli.queries.reader import Reader


def require_sku(reader: Reader, sku: str) -> None:
    """Raise NotFound, naming the nearest SKUs, unless the product exists."""
    product_id_of(reader, sku)


def product_id_of(reader: Reader, sku: str) -> int:
    """The row id of a product.

    Raises:
        NotFound: naming the nearest SKUs.
    """
    row = reader.rows("SELECT id FROM product WHERE sku = :sku", {"sku": sku}).fetchone()
    if row is None:
        raise unknown("product", sku, (row[0] for row in reader.rows("SELECT sku FROM product")))
    return int(row[0])
