"""Who is meant by a name, an e-mail address or a phone number, and which orders are one person's."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

_LEAST_LOCAL = 8
"""Digits of a number without its country's that are one person's."""
_LEAST_DIGITS = 6
"""Digits by which somebody can be named; a postal code has fewer."""


class KnownPerson(NamedTuple):
    """What one version of an order's personal data says of who it is."""

    order: int
    order_id: str
    customer_name: str | None
    ship_name: str | None
    email: str | None
    phone: str | None
    address_1: str | None
    postal_code: str | None


def same_text(text: str | None) -> str:
    """Text as it is compared: however it is composed, spaced and capitalized."""
    return " ".join(unicodedata.normalize("NFKC", text or "").casefold().split())


def same_phone(text: str | None) -> str:
    """The digits of a phone number; "" where there are too few to be one."""
    digits = re.sub(r"\D", "", text or "")
    return digits if len(digits) >= _LEAST_DIGITS else ""


def is_same_phone(one: str | None, other: str | None) -> bool:
    """Whether two phone numbers are one, the country's number told or not."""
    shorter, longer = sorted((same_phone(one), same_phone(other)), key=len)
    return shorter == longer != "" or (len(shorter) >= _LEAST_LOCAL and longer.endswith(shorter))


def is_named(who: str, known: KnownPerson) -> bool:
    """Whether a text is the whole name, e-mail address or phone number of somebody."""
    told = same_text(who)
    if not told:
        return False
    named = {same_text(each) for each in (known.customer_name, known.ship_name, known.email)}
    return told in named or (not re.search(r"[^\W\d_]", who) and is_same_phone(who, known.phone))


def people_of(found: Iterable[KnownPerson]) -> list[set[int]]:
    """Orders put together that are one person's: same e-mail address, phone number, or street and postal code.

    Whose order tells none of them stands alone.
    """
    groups: list[tuple[set[int], set[tuple[str, ...]]]] = []
    for known in found:
        orders, marks = {known.order}, _marks(known) | {("order", str(known.order))}
        rest = []
        for group in groups:
            if group[1] & marks:
                orders |= group[0]
                marks |= group[1]
            else:
                rest.append(group)
        groups = [*rest, (orders, marks)]
    return [orders for orders, _ in groups]


def _marks(known: KnownPerson) -> set[tuple[str, ...]]:
    email, phone = same_text(known.email), same_phone(known.phone)
    street, code = same_text(known.address_1), same_text(known.postal_code)
    found: set[tuple[str, ...]] = set()
    if email:
        found.add(("e-mail", email))
    if phone:
        found.add(("phone", phone))
    if street and code:
        found.add(("street", street, code))
    return found
