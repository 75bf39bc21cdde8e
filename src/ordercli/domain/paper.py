"""What is printed for an order: an address label, a packing slip. Plain values, whatever prints them."""

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
    """

    order_id: str
    code: str
    address: tuple[str, ...]
    sender: tuple[str, ...] = ()
    service: str = ""


@dataclass(frozen=True, slots=True)
class SlipLine:
    """What a slip says of one line: prices are text with their currency, empty unless asked for."""

    sku: str
    name: str
    quantity: int
    customization: str = ""
    unit_price: str = ""
    total: str = ""


def is_bar_code(code: str) -> bool:
    """Whether Code 128 can hold a text: printable ASCII."""
    return bool(code) and code.isascii() and code.isprintable()
