"""Rows of Amazon's reports of the stock it keeps, as its files tell them."""

from collections.abc import Mapping
from dataclasses import dataclass

Parts = Mapping[int, int]
"""Units of each product, by row id, in one unit of a listing."""


@dataclass(frozen=True, slots=True)
class StatementRow:
    """One listing of a statement: what one unit of it is, and units by figure, as far as the report tells."""

    parts: Parts
    figures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """One listing of a report that advises: what one unit of it is, its figures as far as told, and a warning."""

    parts: Parts
    figures: Mapping[str, int]
    alert: str | None


@dataclass(frozen=True, slots=True)
class RestockRow:
    """A row of the restock report, which states stock and advises; it is good or faulty as a whole."""

    statement: StatementRow
    advice: AdviceRow


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One event of Amazon's ledger.

    Attributes:
        parts: what one unit of its listing is.
        content: hash of what the row says, whatever file it stands in.
        occurred_on: its day.
        event: letters of the event's name.
        quantity: signed units of the listing.
        disposition: ``SELLABLE``, or what is wrong with them.
        reference: the shipment or order it belongs to, if told.
        reason: Amazon's code for it, if told.
    """

    parts: Parts
    content: str
    occurred_on: str
    event: str
    quantity: int
    disposition: str
    reference: str | None
    reason: str | None
