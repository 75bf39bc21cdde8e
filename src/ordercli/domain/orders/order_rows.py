"""One row of any order file, after reading: the only thing readers and the import agree on."""

from collections.abc import Sequence
from typing import NamedTuple

from ordercli.domain.fields import FieldError

AMOUNTS = (
    "item_price",
    "item_tax",
    "shipping_price",
    "shipping_tax",
    "gift_wrap_price",
    "gift_wrap_tax",
    "discount",
)

CONTACT = ("customer_name", "customer_email", "customer_phone", "note")
"""Personal fields that stand on their own."""

ADDRESS = ("ship_name", "address_1", "address_2", "address_3", "city", "state", "postal_code", "country")
"""Fields that belong together: merged as one, never mixed from two files."""

PERSONAL = (*CONTACT, *ADDRESS)

LINE_TEXT = ("gift_message", "customization")
"""Personal fields of a line."""

SHIPMENT = ("shipment_item_id", "carrier", "tracking_number")
"""What a report of shipments tells of the one that a row stands for."""

EXTRAS = (
    *LINE_TEXT,
    *SHIPMENT,
    "tags",
    "computed_ship_by",
    "as_of",
    "sales_channel",
    "original_order_id",
    "is_replacement",
    "is_tax_included",
    "own_fields",
)
NO_EXTRAS: tuple[str | int | None, ...] = (None,) * len(EXTRAS)


def extras_of(**told: str | int | None) -> tuple[str | int | None, ...]:
    """The extras of a row by name; what is not named is not told."""
    return tuple(told.get(name) for name in EXTRAS)


def refuse_odd_amounts(amounts: Sequence[int | None]) -> None:
    """Refuse what a row of the seller's own file cannot mean: amounts beside no price, and a discount beyond them.

    A price that is guessed would swallow what stands beside it.

    Args:
        amounts: of the line, as :data:`AMOUNTS`.

    Raises:
        FieldError: naming the amount, or the discount.
    """
    if amounts[0] is not None:
        told = dict(zip(AMOUNTS, (minor or 0 for minor in amounts), strict=True))
        if told["discount"] > sum(told.values()) - told["discount"]:
            raise FieldError("the discount is more than all that the line costs; an order cannot be below zero")
        return
    loose = next((name for name, minor in zip(AMOUNTS, amounts, strict=True) if minor), None)
    if loose is not None:
        raise FieldError(f"the line has {loose} and no price; give item_price or unit_price, 0 if it is free")


def refuse_odd_units(units: int, shipped: int, canceled: int) -> None:
    """Refuse a row of which more left and was canceled than was ordered.

    Raises:
        FieldError: naming the three.
    """
    if shipped + canceled > units:
        raise FieldError(f"{shipped} shipped and {canceled} canceled are more than the {units} ordered")


def told_release(word: str | None, shipped: int) -> int | None:
    """What a row says of its order's release: 1 by a word of status or units that left, 0 by ``pending``.

    None if it says nothing of it: a list without states releases no order that another file calls pending.
    """
    if word:
        return int(word != "pending")
    return 1 if shipped else None


Record = tuple[int, list[str], str]
"""A row of a file as (line, cells, what is wrong with it as a row or "")."""


class RowGroup(NamedTuple):
    """Rows of one order that stand together in a file, not parsed yet.

    Attributes:
        order: the order's cell.
        fingerprint: hash of the columns that are read of them.
        records: the rows.
    """

    order: str
    fingerprint: bytes
    records: list[Record]


class OrderRow(NamedTuple):
    """One order line as one file tells it; None means the file does not say.

    Attributes:
        line: line of the file it stands on, from 1.
        item_id: the channel's order-item id.
        quantity: units ordered; 0 only with ``is_canceled``.
        quantity_shipped: units the channel says are shipped.
        quantity_canceled: units the file says are canceled.
        is_canceled: 1 if the channel canceled whatever of the line was not shipped.
        canceled_by: on whose wish, if the file tells: ``buyer`` or ``unknown``.
        updated_at: the file's own update time of the order.
        sold_on: day in the shop's zone on which shipped units count as sold; None if none are shipped.
        is_released: 0 while the channel only announces the order, 1 once it does more; as :func:`told_release`.
        is_estimate: 1 if the price is somebody's guess.
        amounts: minor units for the whole line, in the order of :data:`AMOUNTS`.
        person: in the order of :data:`PERSONAL`.
        extras: in the order of :data:`EXTRAS`, what few files have: the texts of the line; the shipment, in which
            case quantity and amounts are this shipment's part of the line; the order's tags, joined by commas; a
            promise that was computed from the channel's handling time and not told; when the report was made,
            where ``updated_at`` does not tell; the marketplace; the order that this one replaces, and whether it
            replaces one; whether the row's prices contain the tax (1, 0, or None where it does not tell);
            values of the shop's own fields, as a JSON object by the field's row.
    """

    line: int
    channel: str
    order_id: str
    sku: str
    quantity: int
    item_id: str | None = None
    name: str | None = None
    asin: str | None = None
    quantity_shipped: int = 0
    quantity_canceled: int = 0
    is_canceled: int = 0
    canceled_by: str = "unknown"
    ordered_at: str | None = None
    ship_by: str | None = None
    deliver_by: str | None = None
    fulfillment: str | None = None
    service_level: str | None = None
    channel_status: str | None = None
    updated_at: str | None = None
    sold_on: str | None = None
    is_released: int | None = 1
    is_estimate: int = 0
    currency: str | None = None
    amounts: Sequence[int | None] = (None,) * len(AMOUNTS)
    person: Sequence[str | None] = (None,) * len(PERSONAL)
    extras: Sequence[str | int | None] = NO_EXTRAS
