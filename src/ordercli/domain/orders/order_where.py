"""A small language to name orders by what is true of them: ``late and carrier=USPS``.

Facts joined by ``and``; a fact is a word of :data:`FLAGS`, or ``NAME=VALUE`` with a name of :data:`VALUES`. A
value with blanks stands in quotes. It never becomes SQL: each fact has its condition, and values are bound.
"""

import re
from typing import NamedTuple

from ordercli.domain.fields import FieldError, shown

FLAGS = {
    "late": "overdue or delivery_overdue",
    "overdue": "past its ship-by time with units to ship",
    "delivery_overdue": "past its delivery date, and tracking does not say delivered",
    "on_hold": "held",
    "backordered": "waiting for stock",
}
VALUES = {
    "status": "the order's status, such as unshipped",
    "channel": "where it was sold",
    "sku": "a product on it",
    "carrier": "the carrier of a shipment of it",
    "tag": "a tag it has",
    "fulfillment": "FBM or FBA",
}

_TERM = re.compile(r"""\s*([A-Za-z_]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"']\S*))?(?=\s|\Z)\s*""")
_AND = re.compile(r"and\s", re.IGNORECASE)


class Fact(NamedTuple):
    """One fact an order must have.

    Attributes:
        name: of :data:`FLAGS` or :data:`VALUES`.
        value: what it must be; None for a flag.
    """

    name: str
    value: str | None


def parse_where(text: str) -> tuple[Fact, ...]:
    """The facts a text names.

    Raises:
        FieldError: saying at which place it is not understood, or which facts there are.
    """
    facts, place = [], 0
    while True:
        term = _TERM.match(text, place)
        if term is None:
            raise FieldError(f"{shown(text[place:])} is not a fact such as late or carrier=USPS")
        facts.append(_fact(term[1].lower(), term[2]))
        place = term.end()
        if place == len(text):
            return tuple(facts)
        joined = _AND.match(text, place)
        if joined is None:
            raise FieldError(f"facts are joined by 'and', which is missing before {shown(text[place:])}")
        place = joined.end()


def _fact(name: str, value: str | None) -> Fact:
    if name in FLAGS and value is None:
        return Fact(name, None)
    if name in VALUES and value is not None:
        return Fact(name, value[1:-1] if value[0] in "\"'" else value)
    if name in FLAGS:
        raise FieldError(f"{name} is true or not; write it without a value")
    if name in VALUES:
        raise FieldError(f"{name} needs a value, such as {name}=…")
    raise FieldError(f"there is no fact {shown(name)}; there are {', '.join((*FLAGS, *VALUES))}")
