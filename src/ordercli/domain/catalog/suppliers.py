"""Suppliers: what they may be called, where they take orders, and what they ask by quantity."""

import re
from collections.abc import Sequence

from ordercli.domain.fields import FieldError, parse_quantity, shown
from ordercli.domain.money import parse_amount

LONGEST_NAME = 100
_EMAIL = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,190}\Z")

PriceStep = tuple[int, int]
"""(units from which it holds, what one unit costs in minor units)."""


def parse_supplier(text: str) -> str:
    """A supplier's name: 1 to 100 printable characters, not blank at either end.

    Raises:
        FieldError: for anything else.
    """
    if not text or len(text) > LONGEST_NAME or text != text.strip() or not text.isprintable():
        raise FieldError(f"{shown(text)} is not a supplier's name of 1 to {LONGEST_NAME} printable characters")
    return text


def parse_email(text: str) -> str:
    """An address for orders, such as ``orders@silver.example``; only its shape is checked.

    Raises:
        FieldError: if it has not that shape.
    """
    if _EMAIL.match(text) is None:
        raise FieldError(f"{shown(text)} is not an e-mail address")
    return text


def parse_price_break(text: str, currency: str) -> PriceStep:
    """``50@8.75``: from 50 units on one costs 8.75.

    Raises:
        FieldError: if either side of the ``@`` is not right.
    """
    units, at, cost = text.partition("@")
    if not at:
        raise FieldError(f"{shown(text)} is not QTY@COST such as 50@8.75")
    return parse_quantity(units.strip()), parse_amount(cost.strip(), currency)


def price_at(breaks: Sequence[PriceStep], quantity: int) -> int | None:
    """What one unit costs if this many are bought; None below the first break."""
    reached = [(units, price) for units, price in breaks if units <= quantity]
    return max(reached)[1] if reached else None
