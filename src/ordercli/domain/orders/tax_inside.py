"""Whether prices contain their tax, and which orders are no sale of the channel."""

FOREIGN = "non-amazon"
"""Marketplace, in lower case, of orders that Amazon ships for other channels."""


def is_foreign_sale(sales_channel: str | None) -> bool:
    """Whether an order was sold elsewhere, and the channel only ships it."""
    return (sales_channel or "").lower().startswith(FOREIGN)


def no_sale_sql(row: str = "") -> str:
    """SQL: whether what a report tells is no sale: a replacement, or :func:`is_foreign_sale`.

    Args:
        row: alias of what has ``is_replacement`` and ``sales_channel``, with a dot, or nothing.
    """
    return f"({row}is_replacement <> 0 OR lower(coalesce({row}sales_channel, '')) LIKE '{FOREIGN}%')"


def is_sale_sql(order: str) -> str:
    """SQL: whether an order is a sale of its channel; replacements, and what Amazon only ships, are none.

    It is equal to nothing, lest SQLite make an index of all orders by it for a statement about some days.

    Args:
        order: its alias, with a dot.
    """
    return f"{order}is_sale <> 0"


IS_SALE = is_sale_sql("o.")

IS_JUDGED = f"o.fulfillment = 'FBM' AND {IS_SALE}"
"""SQL: whether order ``o`` counts in the rates of what the seller ships: late, tracked, on time, answered.

Source: Amazon, "Late shipment rate" (200285190), read 2026-03: seller-fulfilled orders.
"""


_SINCE = "2000-01-01"
_TAX_ON_TOP = (
    ("amazon.com", _SINCE),
    ("amazon.ca", _SINCE),
)
_TAX_INSIDE = (
    ("amazon.co.uk", _SINCE),
    ("amazon.de", _SINCE),
    ("amazon.fr", _SINCE),
    ("amazon.it", _SINCE),
    ("amazon.es", _SINCE),
    ("amazon.nl", _SINCE),
    ("amazon.se", _SINCE),
    ("amazon.pl", _SINCE),
    ("amazon.com.be", _SINCE),
    ("amazon.ie", _SINCE),
    ("amazon.com.tr", _SINCE),
    ("amazon.co.jp", _SINCE),
    ("amazon.com.au", _SINCE),
    ("amazon.in", _SINCE),
    ("amazon.com.mx", _SINCE),
    ("amazon.com.br", _SINCE),
    ("amazon.sg", _SINCE),
    ("amazon.ae", _SINCE),
    ("amazon.sa", _SINCE),
    ("amazon.eg", _SINCE),
)
MARKETPLACES: dict[str, tuple[tuple[str, bool], ...]] = {
    **{name: ((since, False),) for name, since in _TAX_ON_TOP},
    **{name: ((since, True),) for name, since in _TAX_INSIDE},
}
"""By marketplace, in lower case: from which day its prices contain the tax, or do not; the last begun holds.

Source: Amazon, "Allow Amazon to create invoices" (developer documentation, read 2026-03) for the EU and the United
Kingdom; the United States and Canada add the tax; the others follow their law on prices shown to consumers.
"""
_INSIDE_CURRENCIES = frozenset(
    ["EUR", "GBP", "SEK", "PLN", "TRY", "JPY", "AUD", "INR", "MXN", "BRL", "SGD", "AED", "SAR", "EGP"]
)
"""Of the marketplaces whose prices contain the tax."""


def contains_tax(sales_channel: str | None, currency: str | None, day: str, setting: str) -> bool:
    """Whether the prices of an order contain the tax, where its rows do not tell.

    Args:
        sales_channel: the marketplace, in the channel's words; None if no report tells.
        currency: of the prices; None if not told.
        day: of the order.
        setting: ``yes`` or ``no``, or ``auto`` for what the marketplace does; where that is not known, a price in
            the currency of marketplaces that do contains it.
    """
    if setting != "auto":
        return setting == "yes"
    known = [inside for since, inside in MARKETPLACES.get((sales_channel or "").lower(), ()) if since <= day]
    if known:
        return known[-1]
    return currency in _INSIDE_CURRENCIES
