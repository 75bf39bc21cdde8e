"""Which feeds tell Amazon of what was done to orders, and when what came of handing one over is known."""

from typing import NamedTuple

from ordercli.domain.shipping.upload_files import UploadKind
from ordercli.domain.times import shift

LOOK_BACK_DAYS = 1
"""How far back the feeds are looked at that are there before one is begun: more than two clocks are apart."""


class OrderFeed(NamedTuple):
    """One kind of feed.

    Attributes:
        kind: of upload file.
        title: several of what it tells.
        is_harmless: whether Amazon does no more where it is told twice; a whole item is canceled once, and money
            may be paid back again.
    """

    kind: UploadKind
    title: str
    is_harmless: bool


CANCELLATIONS = OrderFeed("cancellation", "cancellations", is_harmless=True)
REFUNDS = OrderFeed("refund", "refunds", is_harmless=False)


def known_since(now: str) -> str:
    """Since when feeds are looked at that are there before one is begun."""
    return shift(now, days=-LOOK_BACK_DAYS)
