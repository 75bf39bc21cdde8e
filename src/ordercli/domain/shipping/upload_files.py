"""What files for a channel's upload page say, and what the channel answers."""

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

UploadKind = Literal["confirmation", "refund", "cancellation"]


@dataclass(frozen=True, slots=True)
class RefundRow:
    """One refund as the file tells it: minor units of the order's currency, each given back to the buyer."""

    order_id: str
    item_id: str
    reason: str
    currency: str
    amounts: tuple[int, ...]


class CancellationRow(NamedTuple):
    """One canceled item as the file tells it."""

    order_id: str
    reason: str
    item_id: str


class ToldRow(NamedTuple):
    """One row of a file that went out.

    Attributes:
        item: row id of the ``upload_item`` it is of.
    """

    item: int
    order_id: str
    item_id: str | None


class ReportedRow(NamedTuple):
    """One row of a channel's processing report.

    Attributes:
        number: which row of the file it is about, from 1; 0 if it does not say.
    """

    number: int
    order_id: str | None
    item_id: str | None
    code: str | None
    message: str
    is_error: bool

    @property
    def title(self) -> str:
        """What it is about, in words."""
        return f"order {self.order_id}" if self.order_id else f"row {self.number}"


_CANCEL_REASONS = (
    (r"stock|inventory|sold out|backorder|broken|damag", "NoInventory"),
    (r"address|undeliverable", "ShippingAddressUndeliverable"),
    (r"price|pricing", "PricingError"),
    (r"exchange", "CustomerExchange"),
)


def cancel_reason(canceled_by: str, reason: str | None) -> str:
    """Amazon's reason code of a cancellation.

    Source: Amazon, "Cancel orders" (200198080), and the codes of its OrderAcknowledgement schema, read 2026-03.
    """
    if canceled_by in ("buyer", "buyer-message"):
        return "BuyerCanceled"
    words = (reason or "").casefold()
    return next((code for pattern, code in _CANCEL_REASONS if re.search(pattern, words)), "GeneralAdjustment")
