r"""Amazon's price-and-quantity upload (POST_FLAT_FILE_PRICEANDQUANTITYONLY_UPDATE_DATA).

Tab-separated, UTF-8, ``\n``, header first. Blank cells leave at Amazon what is there, so only the SKU and its
quantity are filled in.

Source: Amazon, "Price & Quantity file" (200385490), read 2026-03; its header has come in three generations.
"""

from collections.abc import Iterable

_PRICES = ("sku", "price", "minimum-seller-allowed-price", "maximum-seller-allowed-price", "quantity")

HEADERS = {
    "current": (*_PRICES, "handling-time", "fulfillment-channel"),
    "leadtime": (*_PRICES, "leadtime-to-ship", "fulfillment-channel"),
    "old": (*_PRICES, "leadtime-to-ship"),
}
"""Columns of each generation, newest first."""


def write_price_quantity(rows: Iterable[tuple[str, int]], layout: str) -> bytes:
    """The file's bytes from (SKU, quantity) pairs, in one of :data:`HEADERS`.

    A SKU cannot hold TABs or line breaks, so nothing needs quoting.
    """
    header = HEADERS[layout]
    place = header.index("quantity")
    blanks_before, blanks_after = [""] * (place - 1), [""] * (len(header) - place - 1)
    lines = ["\t".join(header)]
    lines += ["\t".join([sku, *blanks_before, str(quantity), *blanks_after]) for sku, quantity in rows]
    return ("\n".join(lines) + "\n").encode()
