"""What the listings of a channel can be told of the stock."""

from ordercli.domain.reorder_point import AVAILABLE, RETIRED
from ordercli.domain.stock.feed import FeedRow, quantity_to_tell
from ordercli.driver import Driver

LISTED = f"""
SELECT l.id, l.channel_sku, {RETIRED},
  {AVAILABLE},
  l.units_per_pack, l.buffer, l.cap, l.sent_quantity
FROM listing l
JOIN product p ON p.id = l.product_id
WHERE l.channel = :channel AND l.fulfillment = 'FBM'
ORDER BY l.channel_sku"""


def feed_rows(connection: Driver, channel: str, *, today: str) -> list[FeedRow]:
    """One row for each listing that the seller ships; what Amazon ships it counts itself."""
    rows = connection.execute(LISTED, {"channel": channel, "today": today})
    return [
        FeedRow(listing, channel_sku, 0 if is_retired else quantity_to_tell(available, pack, buffer, cap), sent)
        for listing, channel_sku, is_retired, available, pack, buffer, cap, sent in rows
    ]
