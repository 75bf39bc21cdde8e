"""How much of what was paid goes back for returned units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ordercli.domain.money import split
from ordercli.domain.returns import DISPOSITIONS

FEE_DISPOSITIONS = frozenset({"customer_damaged", "wrong_item", "missing"})
"""Units a restocking fee may be kept for: not in the condition they were sent in, by the buyer's doing.

Source: Amazon, restocking fees (staff answers and help pages, read 2026-03): never on defective, damaged on
arrival or wrongly sent ones.
"""

SELLER_FAULT = frozenset({"defective", "carrier_damaged"})
"""Units whose shipping is given back too."""


@dataclass(frozen=True, slots=True)
class PaidLine:
    """What was paid for an order line: totals in minor units for ``quantity`` units; unknown is 0.

    ``tax`` includes gift wrap. ``canceled`` of the units were never sent and take their share with them.
    """

    quantity: int
    item: int
    tax: int
    discount: int
    shipping: int
    refunded: int
    canceled: int = 0

    def shares(self) -> list[tuple[int, int, int]]:
        """Price, price with tax less discount, and shipping of each unit that was sent."""
        even = [1] * max(self.quantity, 1)
        parts = zip(
            *(split(total, even) for total in (self.item, self.tax, self.discount, self.shipping)), strict=True
        )
        sent = max(self.quantity, 1) - self.canceled
        return [(item, item + tax - discount, shipping) for item, tax, discount, shipping in parts][:sent]

    @property
    def paid(self) -> int:
        """The most that can ever go back."""
        return max(0, sum(goods + shipping for _, goods, shipping in self.shares()))

    @property
    def left(self) -> int:
        """What of it has not gone back; a price corrected downwards afterwards leaves nothing."""
        return max(0, self.paid - self.refunded)


@dataclass(frozen=True, slots=True)
class LineRefund:
    """What one line gets back: the units it settles, the amount, and the fee kept."""

    quantity: int
    amount: int
    fee: int


def refund_for_units(line: PaidLine, units: Mapping[str, int], settled: int, fee: Decimal) -> LineRefund:
    """Refund for inspected units of one line.

    Each unit gets its share of price, tax and discount (shares add up to the line's totals to the cent), the
    fee is a part of the price of units in :data:`FEE_DISPOSITIONS`, rounded half up, and units in
    :data:`SELLER_FAULT` get their shipping back as well. Never more than is left of what was paid.

    Args:
        line: what was paid.
        units: units to settle now by disposition.
        settled: units of the line settled by earlier refunds; their shares are gone.
        fee: fraction of the price kept, 0 to 1.

    Source: Amazon, restocking fee is a percentage of the item price without shipping (read 2026-03).
    """
    quantity = sum(units.values())
    shares = line.shares()[settled : settled + quantity]
    names = [name for name in DISPOSITIONS for _ in range(units.get(name, 0))]
    kept = sum(
        _part(price, fee) for name, (price, *_) in zip(names, shares, strict=False) if name in FEE_DISPOSITIONS
    )
    postage = sum(part for name, (*_, part) in zip(names, shares, strict=False) if name in SELLER_FAULT)
    amount = max(0, sum(goods for _, goods, _ in shares) - kept + postage)
    return LineRefund(quantity, min(amount, line.left), kept)


def _part(minor: int, fraction: Decimal) -> int:
    return int((minor * fraction).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def spread_amount(amount: int, rooms: Sequence[int]) -> list[int] | None:
    """An amount given by hand spread over lines, first line first, each up to what is left of it.

    Returns:
        The part of each line, or None if the amount is more than all have left.
    """
    if amount > sum(rooms):
        return None
    parts = []
    for room in rooms:
        part = min(amount, room)
        parts.append(part)
        amount -= part
    return parts
