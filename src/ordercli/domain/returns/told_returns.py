"""Returns as files tell them: Amazon's two reports and ordercli's own CSV."""

from dataclasses import dataclass

from ordercli.domain.returns.return_reasons import Fault
from ordercli.domain.returns.returns import Disposition, RequestAnswer


@dataclass(frozen=True, slots=True)
class ToldReturn:
    """One row of a report: units of one product of one order that come back.

    Attributes:
        key: what the row is about, the same in every report that tells it.
        item_id: the channel's order-item id; None if the report does not tell it.
        requested_at: when the buyer asked; for Amazon's own returns when the unit came back.
        answer: how far the channel says it is.
        disposition, detail: what Amazon found, and its own words; None for the seller's returns.
        refunded_minor: what the channel says went back by now.
        currency: beside the amounts; None if the report does not tell it.
        read_in: the currency by whose decimals the amounts were read.
        return_id, fault, answered_at, closed_at: of ordercli's own layout only.
    """

    line: int
    key: str
    order_id: str
    item_id: str | None
    sku: str
    quantity: int
    reason: str
    requested_at: str
    answer: RequestAnswer
    channel_return_id: str | None = None
    delivered_on: str | None = None
    label_cost_minor: int | None = None
    label_paid_by: str | None = None
    refunded_minor: int | None = None
    currency: str | None = None
    read_in: str | None = None
    disposition: Disposition | None = None
    detail: str | None = None
    return_id: str | None = None
    fault: Fault | None = None
    answered_at: str | None = None
    closed_at: str | None = None
    is_one_unit: bool = False
