"""What a buyer paid for a line, part by part, and what of that each unit cost."""

from dataclasses import dataclass

from ordercli.domain.money import MAX_MINOR
from ordercli.domain.shares import Amounts

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

    def share(self, start: int, stop: int) -> Amounts:
        """What was paid for the units behind the first ``start``, up to the first ``stop``."""
        return self.paid_parts.between(start, stop, self.quantity)

    @property
    def kept(self) -> Amounts:
        """What was paid for the units that are not canceled."""
        return self.share(0, self.quantity - self.canceled)

    @property
    def paid(self) -> int:
        """The most that can ever go back."""
        return max(0, self.kept.total) if self.is_priced else MAX_MINOR

    @property
    def left(self) -> int:
        """What of it has not gone back; a price corrected downwards afterwards leaves nothing."""
        return max(0, self.paid - self.given.total)

    def rooms(self) -> list[int]:
        """What is left of each part but the discount."""
        rooms = [max(0, paid - given) for paid, given in zip(self.kept[:-1], self.given[:-1], strict=True)]
        return rooms if self.is_priced else [self.left, *rooms[1:]]
