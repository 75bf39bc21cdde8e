"""Fields of an order a seller may set by hand; what is set by hand wins over every later file.

A bit for each field stands in ``edited_fields`` of the order or the line.
"""

from enum import IntFlag


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
