"""Upload files that a call hands to the channel: a feed, which the channel works off some minutes later.

What a feed tells is the same bytes that the file has. Which refunds and cancellations are in one is kept with its
call, so that none goes out in another way before it is known what became of it.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from ordercli.domain.shipping.upload_files import UploadKind

FEED_CALL = "createFeed"
"""The call that hands a feed over, in Amazon's models."""

FEED_TYPES: dict[UploadKind, str] = {
    "cancellation": "POST_FLAT_FILE_ORDER_ACKNOWLEDGEMENT_DATA",
    "refund": "POST_FLAT_FILE_PAYMENT_ADJUSTMENT_DATA",
}
"""Amazon's name of the feed by kind of upload file.

Source: Amazon, "Order Feed Type Values" (developer documentation, read 2026-11).
"""

FEED_COMMANDS: dict[UploadKind, str] = {
    "confirmation": "ordercli sync amazon push",
    "cancellation": "ordercli sync amazon cancellations",
    "refund": "ordercli sync amazon refunds",
}
"""What tells the channel by calls, by kind."""


class FeedLine(NamedTuple):
    """A row of a feed.

    Attributes:
        parts: (row id, units or amount) of what it tells: one refund, or cancellations of one item.
    """

    order_id: str
    item_id: str
    parts: tuple[tuple[int, int], ...]


def content_of_feed(lines: Sequence[FeedLine]) -> str:
    """What a feed tells, as JSON."""
    return json.dumps(lines, ensure_ascii=False, separators=(",", ":"))


def feed_lines(content: str) -> list[FeedLine]:
    """The rows that :func:`content_of_feed` tells."""
    return [
        FeedLine(order, item, tuple((row, number) for row, number in parts))
        for order, item, parts in json.loads(content)
    ]
