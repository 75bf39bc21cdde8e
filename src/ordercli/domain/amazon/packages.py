"""What Amazon is told about a package, and when what came of a call is known.

A package is told by one call under a number that the seller gives it (``packageReferenceId``), here the
shipment's: told again under that number, Amazon corrects the package and has no second one.
"""

import json
from typing import NamedTuple

from ordercli.domain.times import end_of_day, shift

GRACE_SECONDS = 120
"""After so long a call is over, whatever became of it, and Amazon shows what it took."""


class Package(NamedTuple):
    """One shipment, as Amazon is told of it.

    Attributes:
        order_id: the order's.
        number: of the shipment, under which Amazon knows the package.
        carrier: Amazon's carrier code.
        carrier_name: only where the code is ``Other``.
        shipped_on: the day it was handed over, in the shop's zone.
        items: (order-item id, units).
    """

    order_id: str
    number: int
    carrier: str
    carrier_name: str | None
    tracking_number: str
    service: str | None
    shipped_on: str
    items: tuple[tuple[str, int], ...]

    @property
    def subject(self) -> str:
        """What a call about it is about."""
        return f"{self.order_id}/{self.number}"

    @property
    def content(self) -> str:
        """All of it as JSON; equal texts tell the same."""
        return json.dumps(self, ensure_ascii=False, separators=(",", ":"))

    @property
    def title(self) -> str:
        """How the seller knows it."""
        return f"shipment {self.number} of order {self.order_id}"


def package_of(content: str) -> Package:
    """The package that :attr:`Package.content` tells."""
    *fields, items = json.loads(content)
    return Package._make([*fields, tuple((item, units) for item, units in items)])


def is_over(called_at: str, now: str) -> bool:
    """Whether a call is long enough ago that what Amazon does not show now never arrived."""
    return shift(called_at, seconds=GRACE_SECONDS) <= now


def shipped_at(shipped_on: str, zone: str, now: str) -> str:
    """The moment that stands for a day of handing over: its end, or now while it lasts.

    An order may have come in on the same day, and Amazon takes neither a package that left before its order nor
    one of tomorrow.
    """
    return min(end_of_day(shipped_on, zone), now)
