"""What only some of Amazon's order reports have: texts, marketplace, replacements, and prices without tax."""

from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import itemgetter

from ordercli.domain.orders.order_rows import NO_EXTRAS, extras_of
from ordercli.formats.cells import Columns, boolean, text

Extras = Sequence[str | int | None]


def extras_reader(at: Columns) -> Callable[[list[str]], Extras]:
    """Reader of what only some files have; reports repeat the same few values over and over."""
    gift, url, page = at("gift-message-text"), at("customized-url"), at("customized-page")
    places = (at("sales-channel"), at("original-order-id"), at("is-replacement-order"))
    prices = (at("vat-exclusive-item-price"), at("item-price"))
    if max(gift, url, page, *places, prices[0]) < 0:
        return lambda _: NO_EXTRAS
    pick = itemgetter(gift, url, page, *places, *prices)

    @lru_cache(maxsize=65_536)
    def read(
        gift: str, url: str, page: str, sold: str, original: str, replaces: str, net: str, price: str
    ) -> Extras:
        return extras_of(
            gift_message=text(gift),
            customization=text(url) or text(page),
            sales_channel=text(sold),
            original_order_id=text(original),
            is_replacement=int(boolean(replaces)) if text(replaces) else None,
            is_tax_included=_contains_tax(net.strip(), price.strip()),
        )

    return lambda cells: read(*pick(cells))


def _contains_tax(net: str, price: str) -> int | None:
    """Whether a price contains its tax, by the price without it; None if the row does not tell.

    Source: Amazon, "Allow Amazon to create invoices": ``vat-exclusive-item-price`` is the net price.
    """
    try:
        return int(Decimal(net) != Decimal(price)) if net and price else None
    except InvalidOperation:
        return None
