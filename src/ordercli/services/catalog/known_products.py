"""What commands and files name products by, of all products at once: SKUs, barcodes, FNSKUs, usual costs."""

from sqlalchemy import Connection, text

from ordercli.domain.catalog import scanning
from ordercli.domain.fields import same_barcode


def known_skus(connection: Connection) -> dict[str, int]:
    """Row id of every product by its SKU."""
    return {row.sku: row.id for row in connection.execute(text("SELECT sku, id FROM product"))}


def known_barcodes(connection: Connection) -> dict[str, str]:
    """SKU of the product with each barcode, spelled as :func:`same_barcode` does."""
    rows = connection.execute(text("SELECT barcode, sku FROM product WHERE barcode IS NOT NULL"))
    return {same_barcode(row.barcode): row.sku for row in rows}


def scan_keys(connection: Connection) -> dict[str, int]:
    """Row id by everything a scanner may read off one unit: SKU, barcode with or without zeros, FNSKU.

    An FNSKU counts where it means single units of one product.
    """
    fnskus = connection.execute(
        text("SELECT fnsku, product_id FROM listing WHERE units_per_pack = 1 AND fnsku IS NOT NULL")
    )
    products = connection.execute(text("SELECT id, sku, barcode, is_kit FROM product")).all()
    keys = scanning.scan_keys(
        ((row.id, row.sku, row.barcode) for row in products if not row.is_kit),
        ((row.fnsku, row.product_id) for row in fnskus),
    )
    for row in products:
        if row.is_kit:
            keys.pop(row.sku, None)
    return keys


def known_costs(connection: Connection) -> dict[str, int | None]:
    """Usual cost of one unit, in the shop's minor units, of every product with stock of its own, by its SKU."""
    rows = connection.execute(text("SELECT sku, unit_cost_minor FROM product WHERE is_kit = 0"))
    return {row.sku: row.unit_cost_minor for row in rows}
