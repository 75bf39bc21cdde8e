"""What a buyer paid for a line, part by part, what of that each unit cost, and what is left to give back."""

from dataclasses import dataclass, replace
from typing import Literal

from ordercli.domain.money import MAX_MINOR
from ordercli.domain.shares import Amounts

NOTHING = Amounts()

RefundPart = Literal["item", "shipping", "goodwill"]
PARTS: dict[RefundPart, tuple[str, ...]] = {
    "item": ("item", "item_tax"),
    "shipping": ("shipping", "shipping_tax"),
    "goodwill": Amounts._fields[:-1],
}
"""What an amount given without a return may be taken from, the first part first."""


@dataclass(frozen=True, slots=True)
class PaidLine:
    """What was paid for an order line and went back already.

    Attributes:
        quantity: units the totals are of.
        paid_parts: totals of the line; unknown parts are 0.
        sent: units that were shipped; what the others cost is never refunded, they are canceled.
        given: parts of all earlier refunds, whoever made them.
        is_priced: whether the price is known; if not, an amount given by hand has no bound here.
        replaced: units of those sent for which others went out.
    """

    quantity: int
    paid_parts: Amounts
    sent: int
    given: Amounts = NOTHING
    is_priced: bool = True
    replaced: int = 0

    def share(self, start: int, stop: int) -> Amounts:
        """What was paid for the units behind the first ``start``, up to the first ``stop``."""
        return self.paid_parts.between(start, stop, self.quantity)

    @property
    def paid(self) -> int:
        """The most that can ever go back: what the units cost that were sent."""
        return max(0, self.share(0, self.sent).total) if self.is_priced else MAX_MINOR

    @property
    def left(self) -> int:
        """What of it has not gone back; a price corrected downwards afterwards leaves nothing."""
        return max(0, self.paid - self.given.total)

    def rooms(self) -> Amounts:
        """What is left of each part, and of the discount that goes off them."""
        sent = self.share(0, self.sent)
        rooms = Amounts(*(max(0, paid - given) for paid, given in zip(sent, self.given, strict=True)))
        return rooms if self.is_priced else rooms._replace(item=self.left)

    def rooms_of(self, part: RefundPart) -> Amounts:
        """The rooms that an amount given for a part may be taken from; those of the others are 0.

        The price of a replaced unit does not go back as well; its shipping may, and a kindness.
        """
        line = self
        if part == "item" and self.replaced:
            again = self.share(0, self.replaced)
            line = replace(self, given=Amounts(*(sum(each) for each in zip(self.given, again, strict=True))))
        return Amounts(**{name: room for name, room in line.rooms()._asdict().items() if name in PARTS[part]})
