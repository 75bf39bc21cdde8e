"""What is printed: an address label, a packing slip, a purchase order. Plain values, whatever prints them."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

NOT_POSTAGE = "Address label only. No postage has been paid."
"""Stands on every label."""


class PaperSize(NamedTuple):
    """A page in points of 1/72 inch."""

    width: float
    height: float


SIZES = {
    "4x6": PaperSize(288.0, 432.0),
    "a6": PaperSize(297.64, 419.53),
    "a4": PaperSize(595.28, 841.89),
    "letter": PaperSize(612.0, 792.0),
}

LabelSize = Literal["4x6", "a6"]


@dataclass(frozen=True, slots=True)
class Label:
    """An address label.

    Attributes:
        order_id: the order; the QR code holds it.
        code: what the bar code holds: the tracking number, or else the order id.
        address: lines of the recipient.
        sender: lines of the sender; may be empty.
        service: carrier and service, or the shipping speed sold; may be empty.
        country: two letters of where it goes; may be empty.
    """

    order_id: str
    code: str
    address: tuple[str, ...]
    sender: tuple[str, ...] = ()
    service: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True)
class SlipLine:
    """What a slip says of one line: prices are text with their currency, empty unless asked for."""

    sku: str
    name: str
    quantity: int
    customization: str = ""
    unit_price: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True)
class PurchaseOrderLine:
    """Units of one product to buy: amounts are text without their currency, empty where nobody knows them.

    Attributes:
        supplier_sku: what the supplier calls it; may be empty.
        sku: what the shop calls it.
        name: of the product.
        quantity: units, without those that were canceled.
        unit_cost: of one.
        cost: of all.
        due: the day it should come, where that is not the day of the whole; else empty.
    """

    supplier_sku: str
    sku: str
    name: str
    quantity: int
    unit_cost: str = ""
    cost: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """A purchase as it is sent to the supplier.

    Attributes:
        number: the shop's.
        sender: lines of the shop's address; may be empty.
        supplier: whom it goes to: name and e-mail, as far as known.
        facts: pairs of a word and what it says, such as the days and the supplier's number.
        lines: what is ordered.
        currency: of all amounts.
        total: of all lines; empty if the cost of one is not known.
        note: may be empty.
    """

    number: int
    sender: tuple[str, ...]
    supplier: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    lines: tuple[PurchaseOrderLine, ...]
    currency: str
    total: str = ""
    note: str = ""


def is_bar_code(code: str) -> bool:
    """Whether Code 128 can hold a text: printable ASCII."""
    return bool(code) and code.isascii() and code.isprintable()
