"""What a channel is told of the stock of its listings."""

from typing import NamedTuple


class FeedRow(NamedTuple):
    """One listing and how many of it can be sold.

    Attributes:
        listing_id: row of the listing.
        channel_sku: the channel's key of it.
        quantity: units of the listing to tell; 0 if its product is retired.
        sent_quantity: what was told last; None if nothing was.
    """

    listing_id: int
    channel_sku: str
    quantity: int
    sent_quantity: int | None


def quantity_to_tell(available: int, units_per_pack: int, buffer: int, cap: int | None) -> int:
    """Units of a listing that can be sold: whole packs, less what is held back, and not more than the cap.

    Args:
        available: units of the product on hand and not allocated.
        units_per_pack: units of the product in one of the listing.
        buffer: units of the listing held back.
        cap: most to tell; None for no limit.
    """
    told = max(0, available // units_per_pack - buffer)
    return told if cap is None else min(told, cap)
