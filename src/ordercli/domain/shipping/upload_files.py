"""What files for a channel's upload page say, and what the channel answers."""

import re
from collections.abc import Sequence
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


Weight = Literal["warning", "error", "fatal"]
"""What a row of a report means: it was taken all the same, it was not, or nothing of the file was."""


class ReportedRow(NamedTuple):
    """One row of a channel's processing report.

    Attributes:
        number: which row of the file it is about, from 1; 0 if it is about the file.
    """

    number: int
    order_id: str | None
    item_id: str | None
    code: str | None
    message: str
    weight: Weight

    @property
    def is_about_file(self) -> bool:
        """Whether it names neither a row nor an order."""
        return not self.number and self.order_id is None

    @property
    def title(self) -> str:
        """What it is about, in words."""
        if self.is_about_file:
            return "the file"
        return f"order {self.order_id}" if self.order_id else f"row {self.number}"


_NOTHING_TAKEN = "the channel took no row of the file"


class ProcessingReport(NamedTuple):
    """A channel's processing report on one file.

    Attributes:
        processed: how many rows the channel read; None if the report has no such line.
        successful: how many of them it took; None if the report has no such line.
    """

    processed: int | None
    successful: int | None
    rows: tuple[ReportedRow, ...]

    @property
    def refusal(self) -> ReportedRow | None:
        """The row that speaks for every row of a file of which nothing was taken; None if something was."""
        about = [row for row in self.rows if row.is_about_file and row.weight != "warning"]
        fatal = next((row for row in about if row.weight == "fatal"), None)
        if fatal is not None or self.successful != 0:
            return fatal
        return about[0] if about else ReportedRow(0, None, None, None, _NOTHING_TAKEN, "fatal")

    @property
    def is_all_taken(self) -> bool:
        """Whether there is nothing that was not taken."""
        return self.refusal is None and all(row.weight == "warning" for row in self.rows)

    @property
    def fault(self) -> str | None:
        """Why it cannot be said what was taken, as a sentence without full stop; None if it can."""
        if self.refusal is not None or any(not row.is_about_file and row.weight != "warning" for row in self.rows):
            return None
        if self.successful is not None:
            left = (self.processed or 0) - self.successful
            return f"{left} were not taken, and it names none of them" if left > 0 else None
        if any(row.weight != "warning" for row in self.rows):
            return "it has an error about the whole file, and does not tell how many rows were successful"
        return None if self.rows else "it has neither rows nor a number of successful records"


NOT_BEGUN = ProcessingReport(
    None, None, (ReportedRow(0, None, None, "CANCELLED", "the feed was taken back before it began", "fatal"),)
)
"""What is known of a feed that the channel did not begin: it took nothing."""


def is_about(report: ProcessingReport, told: Sequence[ToldRow]) -> bool:
    """Whether a report, which does not say what file it is on, can be on the file of these rows.

    It counts as many rows as the file has, and where something was not taken it names orders, all of them the
    file's. One that counts or names nothing could be on anything, such as a file of prices.
    """
    named = {row.order_id for row in report.rows if row.order_id is not None}
    if report.processed is not None and report.processed != len(told):
        return False
    if report.is_all_taken:
        return report.processed is not None
    nameless = [row for row in report.rows if row.weight != "warning" and row.number and row.order_id is None]
    return bool(named) and not nameless and named <= {row.order_id for row in told}


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
