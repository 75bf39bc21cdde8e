"""Labels that Amazon sells (Merchant Fulfillment): what a box is, what is offered for it, and what was bought.

Amazon knows a bought label by a number of its own that only the answer to the purchase tells, and has no list of
labels. So a purchase of which nothing is known is looked up by what it makes: a package on the order that was not
there before. And since such a package may show late, a label is never bought anew by itself: somebody must say so.
"""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, Self

from ordercli.domain.amazon.seller_inputs import FilledField
from ordercli.domain.fields import FieldError, parse_country, shown

CHEAPEST = "cheapest"
"""Stands for the offer of the least price among those that come in time, else of all."""

FORMATS = {"pdf": "PDF", "zpl": "ZPL203"}
"""Amazon's names of what a label can be kept as."""

_SIZE = re.compile(
    r"([0-9]{1,3}(?:\.[0-9]{1,2})?)x([0-9]{1,3}(?:\.[0-9]{1,2})?)x([0-9]{1,3}(?:\.[0-9]{1,2})?)(cm|in)\Z"
)
_LENGTHS = {"cm": "centimeters", "in": "inches"}

SENDER = {
    "sender": ("Name", 30),
    "address_1": ("AddressLine1", 180),
    "address_2": ("AddressLine2", 60),
    "city": ("City", 30),
    "state": ("StateOrProvinceCode", 30),
    "postal_code": ("PostalCode", 30),
    "country": ("CountryCode", 2),
    "phone": ("Phone", 30),
    "email": ("Email", 254),
}
"""Fields of the sender: what Amazon calls them, and how long each may be."""

_NEEDED = ("sender", "address_1", "city", "postal_code", "country", "phone", "email")


class Size(NamedTuple):
    """Length, width and height of a request, in Amazon's unit."""

    sides: tuple[Decimal, Decimal, Decimal]
    unit: str


class LabelRequest(NamedTuple):
    """What a label is wanted for.

    Attributes:
        order_id: the order's.
        items: (order-item id, units).
        grams: its weight.
        sender: fields of :data:`SENDER`.
        label: one of Amazon's formats.
        inputs: what Amazon wanted to know more, with its values.
    """

    order_id: str
    items: tuple[tuple[str, int], ...]
    grams: int
    size: Size
    sender: Mapping[str, str]
    label: str
    inputs: tuple[FilledField, ...] = ()


class LabelOffer(NamedTuple):
    """One way to send a request.

    Attributes:
        service_id, offer_id: Amazon's numbers of it.
        carrier, service: names.
        price_minor: what it costs, in its currency.
        arrives_from, arrives_by: when it says that it arrives, as UTC text; None where it does not.
        formats: Amazon's names of the labels it has.
        needs_more: whether Amazon wants to know more (of customs, mostly) before it sells it.
    """

    service_id: str
    offer_id: str
    carrier: str
    service: str
    price_minor: int
    currency: str
    arrives_from: str | None
    arrives_by: str | None
    formats: tuple[str, ...]
    needs_more: bool

    def is_in_time(self, deliver_by: str | None) -> bool | None:
        """Whether it arrives as promised to the buyer; None if either is not known."""
        return None if deliver_by is None or self.arrives_by is None else self.arrives_by <= deliver_by


class LabelPurchase(NamedTuple):
    """What was asked for in a purchase; its JSON is kept before the call is made.

    Attributes:
        order_id: the order's.
        items: (order-item id, units).
        carrier, service: names, as offered.
        price_minor: as offered.
        known: tracking numbers of the packages that the order had before.
    """

    order_id: str
    items: tuple[tuple[str, int], ...]
    carrier: str
    service: str
    price_minor: int
    currency: str
    known: tuple[str, ...]

    @property
    def content(self) -> str:
        """All of it as JSON."""
        return json.dumps(self, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def of(cls, content: str) -> Self:
        """The purchase that :attr:`content` tells."""
        order, items, *facts, known = json.loads(content)
        return cls._make([order, tuple((item, units) for item, units in items), *facts, tuple(known)])


class BoughtLabel(NamedTuple):
    """A label as Amazon sold it; its JSON is kept as soon as the answer is there.

    Attributes:
        label_id: Amazon's number of it; None where only the package was seen.
        carrier, service: names.
        price_minor: what it cost, in its currency.
    """

    label_id: str | None
    tracking_number: str | None
    carrier: str
    service: str
    price_minor: int
    currency: str

    @property
    def content(self) -> str:
        """All of it as JSON."""
        return json.dumps(self, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def of(cls, content: str) -> Self:
        """The label that :attr:`content` tells."""
        return cls._make(json.loads(content))


def parse_size(text: str) -> Size:
    """Length, width and height such as ``25x18x3cm`` or ``10x7x1in``.

    Raises:
        FieldError: for another shape, or a side of nothing.
    """
    match = _SIZE.match(text.replace(" ", "").lower())
    sides = tuple(Decimal(match[side]) for side in (1, 2, 3)) if match else ()
    if match is None or not all(sides):
        raise FieldError(f"{shown(text)} is not length, width and height such as 25x18x3cm or 10x7x1in")
    length, width, height = sides
    return Size((length, width, height), _LENGTHS[match[4]])


def sender_of(told: Mapping[str, Any]) -> dict[str, str]:
    """The sender's address out of the configuration, as Amazon takes it.

    Raises:
        FieldError: naming the field that is missing, too long or no text.
    """
    for name, value in told.items():
        if not isinstance(value, str) or not value.isprintable():
            raise FieldError(f"ship_from.{name} is no text of one line")
        if name in SENDER and len(value) > SENDER[name][1]:
            raise FieldError(
                f"ship_from.{name} has more than {SENDER[name][1]} letters, which Amazon does not take"
            )
    for name in _NEEDED:
        if not told.get(name):
            raise FieldError(f"ship_from.{name} is not told yet")
    parse_country(told["country"].upper())
    return {name: told[name].upper() if name == "country" else told[name] for name in SENDER if told.get(name)}


def chosen_offer(offers: Sequence[LabelOffer], wanted: str, deliver_by: str | None) -> LabelOffer | None:
    """The offer of a service by Amazon's number of it or its name, or the cheapest; None if there is none such.

    Args:
        offers: what there is.
        wanted: as typed.
        deliver_by: what the buyer was promised; the cheapest of those that keep it is preferred.
    """
    if wanted == CHEAPEST:
        open_to_us = [offer for offer in offers if not offer.needs_more]
        in_time = [offer for offer in open_to_us if offer.is_in_time(deliver_by) is not False]
        return min(in_time or open_to_us, key=lambda offer: (offer.price_minor, offer.service_id), default=None)
    named = wanted.casefold()
    return next(
        (offer for offer in offers if named in (offer.service_id.casefold(), offer.service.casefold())), None
    )
