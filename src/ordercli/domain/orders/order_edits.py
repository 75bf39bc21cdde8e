"""Fields of an order a seller may set by hand; what is set by hand wins over every later file.

A bit for each field stands in ``edited_fields`` of the order or the line.
"""

from collections.abc import Iterable, Sequence
from enum import IntFlag

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.orders.order_rows import ADDRESS
from ordercli.domain.shares import share


class OrderEdit(IntFlag):
    """Fields of ``sales_order`` and its personal data."""

    SHIP_BY = 1
    DELIVER_BY = 2
    SERVICE_LEVEL = 4
    CUSTOMER_NAME = 8
    CUSTOMER_EMAIL = 16
    CUSTOMER_PHONE = 32
    NOTE = 64
    ADDRESS = 128
    """All of the address at once."""


class LineEdit(IntFlag):
    """Fields of ``order_line`` and its texts."""

    QUANTITY = 1
    PRICE = 2
    """The price of the items; the other amounts stand beside it and change with it."""
    GIFT_MESSAGE = 4
    CUSTOMIZATION = 8
    ADDED = 16
    """The line itself: the seller put it on the order."""


def personal_bit(name: str) -> OrderEdit:
    """The bit of a personal field of an order, by its name in ``PERSONAL``."""
    return OrderEdit.ADDRESS if name in ADDRESS else OrderEdit[name.upper()]


def kept_fields(
    edited: int, mine: Sequence[str | None], told: Sequence[str | None], names: Sequence[str]
) -> tuple[str | None, ...]:
    """Personal fields of an order: the seller's own where ``edited`` says so, else what was told.

    Args:
        edited: bits of the fields set by hand; 0 for nearly every order.
        mine: as they stand.
        told: as the channel has them.
        names: of the fields.
    """
    if not edited:
        return tuple(told)
    return tuple(
        own if edited & personal_bit(name) else theirs for own, theirs, name in zip(mine, told, names, strict=True)
    )


def resized_price(total_minor: int, was: int, quantity: int) -> int:
    """Price of a line whose quantity changes, at the same price of one; rounded half up.

    Args:
        total_minor: price of all its items until now, not negative.
        was: units until now, more than 0.
        quantity: units from now on.
    """
    return share(total_minor, quantity, was)


def parse_keyed_price(text: str) -> tuple[str, str]:
    """Split ``KEY:AMOUNT`` from the right, since a SKU may hold ``:`` itself; the amount is not checked yet.

    Raises:
        FieldError: if either part is missing.
    """
    key, _, amount = text.rpartition(":")
    if not key or not amount:
        raise FieldError(f"{shown(text)} is not SKU:PRICE")
    return key, amount


def split_keyed_text(text: str, keys: Iterable[str]) -> tuple[str, str] | None:
    """Split ``KEY=TEXT`` after the longest of ``keys`` that fits, since a SKU may hold ``=`` itself.

    Returns:
        Key and text, or None if it begins with none of them.
    """
    key = max((key for key in keys if text.startswith(f"{key}=")), key=len, default=None)
    return None if key is None else (key, text[len(key) + 1 :])


def add_note_line(note: str | None, line: str) -> str:
    """A note with one more line at its end; a line that stands there already is not repeated."""
    if not note:
        return line
    return note if note == line or note.endswith(f"\n{line}") else f"{note}\n{line}"
