"""What an order is: its status, its deadline, who may cancel it."""

from typing import Literal

OrderStatus = Literal["pending", "unshipped", "partially_shipped", "shipped", "canceled"]
STATUSES: tuple[OrderStatus, ...] = ("pending", "unshipped", "partially_shipped", "shipped", "canceled")

CanceledBy = Literal["buyer", "buyer-message", "seller"]
CANCELED_BY: tuple[CanceledBy, ...] = ("buyer", "buyer-message", "seller")
"""``buyer`` asked through the channel and is exempt from Amazon's cancellation rate; the others count."""


def order_status(units: int, shipped: int, canceled: int, *, is_released: bool) -> OrderStatus:
    """Status as it follows from quantities; the database computes the same in ``sales_order.status``.

    Args:
        units: units ordered, canceled ones included.
        shipped: units shipped.
        canceled: units canceled; shipped + canceled <= units.
        is_released: whether the channel has done more than announce the order.
    """
    if canceled == units:
        return "canceled"
    if shipped + canceled == units:
        return "shipped"
    if shipped:
        return "partially_shipped"
    return "unshipped" if is_released else "pending"


def is_late(confirmed_at: str | None, ship_by: str | None) -> bool | None:
    """Whether a parcel was confirmed after the promise; None while either is unknown.

    Confirmed in the very second of the promise is on time. The date typed in as ship date plays no part.

    Source: Amazon, "Late shipment rate" (200285190), read 2026-03.
    """
    if confirmed_at is None or ship_by is None:
        return None
    return confirmed_at > ship_by


def fill_oldest_first(wanted: int, open_units: list[int]) -> list[int]:
    """Spread ``wanted`` units over lines in their order, each up to its open units.

    Returns:
        Units for each line; they add up to less than ``wanted`` if the lines have no more.
    """
    taken = []
    for units in open_units:
        part = min(wanted, units)
        taken.append(part)
        wanted -= part
    return taken


def names_line(key: str, sku: str, item_id: str | None) -> bool:
    """Whether ``key`` (a SKU, or ``#ITEM_ID``) means the line of this SKU and order-item id."""
    return key == sku or (item_id is not None and key == f"#{item_id}")
