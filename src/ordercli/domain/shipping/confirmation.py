"""What a channel is told about a shipment."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConfirmationRow:
    """One order line in one shipment, as the confirmation file tells it.

    Attributes:
        item_id: the channel's order-item id; None when no report told it, which confirms the whole order.
        quantity: units; None with the whole order.
        carrier: Amazon's carrier code.
        carrier_name: only where the code is ``Other``.
        ship_date: the day it was handed over.
    """

    order_id: str
    item_id: str | None
    quantity: int | None
    ship_date: str
    carrier: str
    carrier_name: str | None
    tracking_number: str | None
    service: str | None
