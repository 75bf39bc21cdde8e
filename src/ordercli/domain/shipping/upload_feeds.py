"""Upload files that a call hands to the channel: a feed, which the channel works off some minutes later.

What a feed tells is the same bytes that the file has. Which refunds and cancellations are in one is kept with its
call, so that none goes out in another way before it is known what became of it; and with them the feeds that
Amazon had before, whoever began those, so that none of them is taken for it.
"""

import json
from collections.abc import Collection, Sequence
from typing import NamedTuple

from ordercli.domain.shipping.upload_files import ProcessingReport, UploadKind

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


def content_of_feed(lines: Sequence[FeedLine], known: Collection[str]) -> str:
    """What a feed tells, and the numbers of those that were there before, as JSON."""
    told = {"lines": lines, "known": sorted(known)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def feed_lines(content: str) -> list[FeedLine]:
    """The rows that :func:`content_of_feed` tells."""
    return [
        FeedLine(order, item, tuple((row, number) for row, number in parts))
        for order, item, parts in json.loads(content)["lines"]
    ]


def known_feeds(content: str) -> frozenset[str]:
    """The feeds that were there before the one whose content this is."""
    return frozenset(json.loads(content)["known"])


def is_report_on(report: ProcessingReport, lines: Sequence[FeedLine]) -> bool:
    """Whether a report, of a feed that may be anybody's, can only be on the feed of these rows.

    It counts as many rows, and those that it names are all of this feed. One that names none could be on any feed
    of the size: it says what was not taken, and nothing of what was.
    """
    named = [(row.order_id, row.item_id) for row in report.rows if row.order_id is not None]
    ours = {(line.order_id, item) for line in lines for item in (line.item_id, None)}
    return report.processed in (None, len(lines)) and bool(named) and ours.issuperset(named)
