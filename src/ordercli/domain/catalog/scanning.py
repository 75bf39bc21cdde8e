"""What a scanner may read off one unit of a product."""

from collections.abc import Iterable

from ordercli.domain.fields import same_barcode


def scan_keys(
    products: Iterable[tuple[int, str, str | None]], fnskus: Iterable[tuple[str, int]]
) -> dict[str, int]:
    """Row id by SKU, barcode with or without zeros, and FNSKU where it means one product.

    Args:
        products: (row id, SKU, barcode) of those with stock of their own.
        fnskus: (FNSKU, row id) of listings of single units.
    """
    owners: dict[str, set[int]] = {}
    for fnsku, product in fnskus:
        owners.setdefault(fnsku, set()).add(product)
    keys = {code: found.pop() for code, found in owners.items() if len(found) == 1}
    known = list(products)
    for product, _, barcode in known:
        if barcode:
            padded = same_barcode(barcode)
            keys.update({padded[zeros:]: product for zeros in range(len(padded) - len(padded.lstrip("0")) + 1)})
    keys.update({sku: product for product, sku, _ in known})
    return keys
