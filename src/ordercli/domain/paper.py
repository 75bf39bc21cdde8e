"""What is printed: an address label, a packing slip, a purchase order. Plain values, whatever prints them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from ordercli.domain.paper_words import ENGLISH, PaperWords


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
class Stationery:
    """What of the seller's stands on every paper; any of it may be empty.

    Attributes:
        shop: its name.
        address: lines of its address, without the name.
        logo: a PNG or JPEG.
        fonts: font files for letters that ours lack.
        words: the language.
    """

    shop: str = ""
    address: tuple[str, ...] = ()
    logo: bytes | None = None
    fonts: tuple[Path, ...] = ()
    words: PaperWords = ENGLISH


@dataclass(frozen=True, slots=True)
class Label:
    """An address label.

    Attributes:
        order_id: the order; the QR code holds it.
        code: what the bar code holds: the tracking number, or else the order id.
        address: lines of the recipient.
        service: carrier and service, or the shipping speed sold; may be empty.
        contents: what is packed, in one line; may be empty.
        country: two letters of where it goes; may be empty.
    """

    order_id: str
    code: str
    address: tuple[str, ...]
    service: str = ""
    contents: str = ""
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
        supplier: whom it goes to: name, lines of the address and e-mail, as far as known.
        ship_to: lines of where the goods go; may be empty.
        facts: pairs of a word and what it says, such as the days and the supplier's number.
        lines: what is ordered.
        currency: of all amounts.
        total: of all lines; empty if the cost of one is not known.
        note: may be empty.
    """

    number: int
    supplier: tuple[str, ...]
    ship_to: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    lines: tuple[PurchaseOrderLine, ...]
    currency: str
    total: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PickRow:
    """Units to take from one place of the shelf.

    Attributes:
        bin: where; may be empty.
        orders: pairs of an order and how many units of it; in a list by orders, one.
        ship_by: by when, as text; may be empty.
        kit: the SKU of the kit that they are part of; may be empty.
        customization, gift_message: what goes with them; may be empty.
    """

    bin: str
    sku: str
    name: str
    quantity: int
    orders: tuple[tuple[str, int], ...]
    ship_by: str = ""
    is_overdue: bool = False
    kit: str = ""
    customization: str = ""
    gift_message: str = ""


@dataclass(frozen=True, slots=True)
class PickPaper:
    """A pick list as it is printed.

    Attributes:
        made_at: when, as text.
        rows: what to take, in the order to walk in.
        is_by_order: whether orders are the headings; else bins are.
    """

    made_at: str
    rows: tuple[PickRow, ...]
    is_by_order: bool = False


def is_bar_code(code: str) -> bool:
    """Whether Code 128 can hold a text: printable ASCII."""
    return bool(code) and code.isascii() and code.isprintable()
