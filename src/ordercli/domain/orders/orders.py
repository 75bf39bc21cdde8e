"""What an order is: its status, its deadline, who may cancel it.

A rule that statements need too stands here twice, as a function of values and as SQL; tests hold both together.
"""

from typing import Literal

OrderStatus = Literal["pending", "unshipped", "partially_shipped", "shipped", "canceled"]
STATUSES: tuple[OrderStatus, ...] = ("pending", "unshipped", "partially_shipped", "shipped", "canceled")

CanceledBy = Literal["buyer", "buyer-message", "seller"]
CANCELED_BY: tuple[CanceledBy, ...] = ("buyer", "buyer-message", "seller")
"""``buyer`` asked through the channel and is exempt from Amazon's cancellation rate; the others count."""


def counts_against(canceled_by: str) -> bool:
    """Whether a cancellation counts in the cancellation rate; one nobody explained (``unknown``) does not.

    Source: Amazon, "Cancellation rate" (200285210), read 2026-03.
    """
    return canceled_by in ("buyer-message", "seller")


def counts_against_sql(cancellation: str = "") -> str:
    """SQL of :func:`counts_against`; ``cancellation`` is the alias of the row with a dot, or nothing."""
    return f"{cancellation}canceled_by IN ('buyer-message', 'seller')"


def order_status(units: int, shipped: int, canceled: int, *, is_released: bool) -> OrderStatus:
    """Status as it follows from quantities: the twin of :data:`STATUS`, which is what the program reads.

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


STATUS = """CASE
 WHEN units_canceled = units THEN 'canceled'
 WHEN units_shipped + units_canceled = units THEN 'shipped'
 WHEN units_shipped > 0 THEN 'partially_shipped'
 WHEN is_released = 0 THEN 'pending'
 ELSE 'unshipped' END"""
"""SQL of :func:`order_status`, over the sums of an order: the generated column ``sales_order.status``."""


def is_late(confirmed_at: str | None, ship_by: str | None) -> bool | None:
    """Whether a shipment was confirmed after the promise; None while either is unknown.

    Confirmed in the very second of the promise is on time. The date typed in as ship date plays no part.

    Source: Amazon, "Late shipment rate" (200285190), read 2026-03.
    """
    if confirmed_at is None or ship_by is None:
        return None
    return confirmed_at > ship_by


def late_sql(confirmed_at: str, ship_by: str) -> str:
    """SQL of :func:`is_late` of two expressions: 1, 0, or NULL while either is."""
    return f"{confirmed_at} > {ship_by}"


def is_overdue(
    now: str, ship_by: str | None, *, open_units: int, fulfillment: str, status: OrderStatus = "unshipped"
) -> bool:
    """Whether the seller still has units to ship of an order past its promise: confirmed now, it would be late.

    What the channel has not released nobody can ship, and so it is not overdue.

    Args:
        now: UTC text.
        ship_by: the last second to confirm in time; an order without a promise is never overdue.
        open_units: units neither shipped nor canceled.
        fulfillment: ``FBM`` or ``FBA``; what Amazon ships is not the seller's to hurry.
        status: of the order.
    """
    return fulfillment == "FBM" and open_units > 0 and status != "pending" and is_late(now, ship_by) is True


OPEN = "o.units_open > 0 AND o.fulfillment = 'FBM'"
"""SQL: whether order ``o`` has units that the seller will have to ship."""

TO_SHIP = f"{OPEN} AND o.status <> 'pending'"
"""SQL: whether the channel released them, too. Holding an order does not stop the channel's clock."""

MAY_GO = f"{TO_SHIP} AND o.is_on_hold = 0"
"""SQL: whether they can be shipped: picked, packed and sent."""

OVERDUE = f"({late_sql(':now', 'o.ship_by')} AND {TO_SHIP})"
"""SQL of :func:`is_overdue` of order ``o``; NULL for an open order without a promise."""


def is_delivery_overdue(now: str, deliver_by: str | None, *, is_under_way: bool) -> bool:
    """Whether an order should have arrived, and tracking says that a shipment of it is still on its way.

    What tracking does not follow is not said to be late.
    """
    return deliver_by is not None and deliver_by < now and is_under_way


def under_way_sql(shipment: str = "") -> str:
    """SQL: whether tracking says that it is on its way; ``shipment`` is its alias with a dot, or nothing."""
    return f"{shipment}status IN ('in_transit', 'exception') AND {shipment}delivered_at IS NULL"


DELIVERY_OVERDUE = f"""(o.deliver_by < :now AND EXISTS (SELECT 1 FROM shipment s WHERE s.sales_order_id = o.id
    AND {under_way_sql("s.")}))"""
"""SQL of :func:`is_delivery_overdue` of order ``o``; NULL where no delivery date is known."""


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


def handle_of(item_id: str | None, line_no: int) -> str:
    """What names a line behind ``#``: its order-item id, or its number where no file told one."""
    return str(line_no) if item_id is None else item_id


HANDLE = "coalesce(l.item_id, CAST(l.line_no AS TEXT))"
"""SQL of :func:`handle_of` for order line ``l``."""


def names_line(key: str, sku: str, handle: str) -> bool:
    """Whether ``key`` (a SKU, or ``#`` and a handle) means the line of this SKU and :func:`handle_of`."""
    return key == sku or names_one(key, sku, handle)


def names_one(key: str, sku: str, handle: str) -> bool:
    """Whether ``key`` means this line and no other of its SKU."""
    return key != sku and key == f"#{handle}"
