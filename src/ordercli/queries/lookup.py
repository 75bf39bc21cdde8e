"""Finding what a report is asked about."""

from ordercli.errors import unknown
from ordercli.queries.reader import Reader


def require_sku(reader: Reader, sku: str) -> None:
    """Raise NotFound, naming the nearest SKUs, unless the product exists."""
    if reader.rows("SELECT 1 FROM product WHERE sku = :sku", {"sku": sku}).fetchone() is None:
        raise unknown("product", sku, (row[0] for row in reader.rows("SELECT sku FROM product")))
