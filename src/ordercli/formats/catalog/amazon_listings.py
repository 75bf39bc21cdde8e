"""Amazon's listings reports: all, active or open listings, as a catalog of products and how Amazon lists them.

All listings has 29 columns, of which older accounts see fewer; open listings has four, or 23 with business
prices. Columns are found by name. Both are tab-separated without quoting; item descriptions are not read.
"""

from collections.abc import Callable

from ordercli.domain.catalog.catalog_rows import ListingRow
from ordercli.domain.fields import FieldError, RowError, parse_asin, parse_sku
from ordercli.formats.cells import Columns, amount, fulfillment, row_error, text

_ALL = frozenset({"seller-sku", "price", "quantity"})
_OPEN = frozenset({"sku", "asin", "price", "quantity"})
_ASIN_TYPE = "1"
_TOLD_BY = {
    "name": ("item-name",),
    "asin": ("asin1", "asin", "product-id"),
    "price_minor": ("price",),
    "fulfillment": ("fulfillment-channel", "fulfilment-channel", "quantity"),
    "channel_status": ("status",),
}
"""Field -> the columns any of which tells it; a report that has none says nothing of it."""


def is_listings_report(header: tuple[str, ...]) -> bool:
    """Whether a file with these columns is one of Amazon's listings reports."""
    return set(header) >= _ALL or set(header) >= _OPEN


def listing_parser(header: tuple[str, ...], currency: str) -> Callable[[int, list[str]], ListingRow | RowError]:
    """Parser for rows of a listings report.

    Args:
        header: the file's columns.
        currency: of the channel's prices; the reports do not tell it.
    """
    at = Columns(header)
    sku, name, price, quantity = at("seller-sku", "sku"), at("item-name"), at("price"), at("quantity")
    channel, status = at("fulfillment-channel", "fulfilment-channel"), at("status")
    asin, product_id, id_type = at("asin1", "asin"), at("product-id"), at("product-id-type")
    told_fields = [field for field, names in _TOLD_BY.items() if not set(names).isdisjoint(header)]

    def parse_row(line: int, cells: list[str]) -> ListingRow | RowError:
        cells.append("")
        column = sku
        try:
            key = parse_sku(cells[sku].strip())
            column = asin
            code = cells[asin].strip()
            if not code and cells[id_type].strip() == _ASIN_TYPE:
                column = product_id
                code = cells[product_id].strip()
            catalog_key = parse_asin(code) if code else None
            column = price
            told = cells[price].strip()
            minor = amount(told, currency) if told else None
            column = channel
            # Without the column it is the quantity that tells: Amazon leaves it blank where it keeps the stock.
            word = cells[channel] if channel >= 0 else ("" if cells[quantity].strip() else "AFN")
            shipped_by = fulfillment(word)
        except FieldError as error:
            return row_error(line, header, column, error)
        values = {
            "name": text(cells[name]),
            "asin": catalog_key,
            "price_minor": minor,
            "fulfillment": shipped_by,
            "channel_status": text(cells[status]),
        }
        return ListingRow(key, {field: values[field] for field in told_fields})

    return parse_row
