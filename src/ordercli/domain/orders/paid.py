"""What a buyer paid for a line, part by part, and what of that each unit cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ordercli.domain.money import MAX_MINOR, split


class Amounts(NamedTuple):
    """Parts of what was paid or goes back, in minor units; the discount goes off the sum of the others."""

    item: int = 0
    item_tax: int = 0
    shipping: int = 0
    shipping_tax: int = 0
    gift_wrap: int = 0
    gift_wrap_tax: int = 0
    discount: int = 0

    @property
    def total(self) -> int:
        """The sum less the discount."""
        return sum(self[:-1]) - self.discount


NOTHING = Amounts()


@dataclass(frozen=True, slots=True)
class PaidLine:
    """What was paid for an order line and went back already.

    Attributes:
        quantity: units the totals are of.
        paid_parts: totals of the line; unknown parts are 0.
        given: parts of all earlier refunds.
        canceled: of the units; they were never sent and take their share with them.
        is_priced: whether the price is known; if not, an amount given by hand has no bound here.
    """

    quantity: int
    paid_parts: Amounts
    given: Amounts = NOTHING
    canceled: int = 0
    is_priced: bool = True

    def shares(self) -> list[Amounts]:
        """What was paid for each unit that was sent; the shares add up to the totals to the cent."""
        even = [1] * max(self.quantity, 1)
        sent = max(self.quantity, 1) - self.canceled
        return [Amounts(*each) for each in zip(*(split(part, even) for part in self.paid_parts), strict=True)][
            :sent
        ]

    @property
    def paid(self) -> int:
        """The most that can ever go back."""
        return max(0, total_of(self.shares()).total) if self.is_priced else MAX_MINOR

    @property
    def left(self) -> int:
        """What of it has not gone back; a price corrected downwards afterwards leaves nothing."""
        return max(0, self.paid - self.given.total)

    def rooms(self) -> list[int]:
        """What is left of each part but the discount."""
        rooms = [
            max(0, paid - given) for paid, given in zip(total_of(self.shares())[:-1], self.given[:-1], strict=True)
        ]
        return rooms if self.is_priced else [self.left, *rooms[1:]]


def total_of(parts: Sequence[Amounts]) -> Amounts:
    """The sum of several shares, part by part."""
    return Amounts(*(sum(column) for column in zip(*parts, strict=True))) if parts else NOTHING
