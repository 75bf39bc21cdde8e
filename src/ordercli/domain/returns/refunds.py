"""How much of what was paid goes back for returned units, part by part.

Source: Amazon, restocking fees and return shipping (help pages and answers of its staff, read 2026-03): the fee
is a percentage of the item price without shipping, and there is none where the seller is at fault.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from ordercli.domain.orders.paid import NOTHING, PaidLine, RefundPart
from ordercli.domain.returns.return_reasons import Fault
from ordercli.domain.shares import Amounts

SELLER_FAULT = frozenset({"defective", "carrier_damaged"})
"""Units that were no good when they reached the buyer, whatever reason was given."""

_FROM_BUYER = {
    "missing": "nothing came back",
    "wrong_item": "another item came back",
    "customer_damaged": "damaged by the buyer",
}
WHOLE = Decimal(1)


class FeeRates(NamedTuple):
    """Fractions of the price that a channel's rules let the seller keep: returned late, damaged, not returned."""

    late: Decimal
    damaged: Decimal
    missing: Decimal


class Judgement(NamedTuple):
    """What decides about the money for units of one line.

    Attributes:
        fault: by the reason of the return, or as the seller judged.
        is_late: whether they came back after the window.
        rates: the channel's.
        asked: the fee the seller wants instead of the usual one; None for the usual.
    """

    fault: Fault
    is_late: bool
    rates: FeeRates
    asked: Decimal | None = None

    def fault_for(self, disposition: str) -> Fault:
        """Whose fault a unit is: what was found when it was looked at goes before the reason given."""
        return "seller" if disposition in SELLER_FAULT else self.fault

    def fee_for(self, disposition: str) -> tuple[Decimal, str | None]:
        """The fraction of the price to keep for a unit, and why; never anything where the seller is at fault.

        The rate is the channel's for units that came back damaged, late, as something else or not at all, and
        none where the fault is still to be reviewed. A rate asked for replaces it for those units only; for a
        late one it is at most the channel's.
        """
        usual, most, why = self._rule(disposition)
        rate = (Decimal(0) if self.fault == "review" else usual) if self.asked is None else min(self.asked, most)
        return rate, why if rate else None

    def _rule(self, disposition: str) -> tuple[Decimal, Decimal, str | None]:
        if self.fault_for(disposition) == "seller":
            return Decimal(0), Decimal(0), None
        if disposition in _FROM_BUYER:
            usual = self.rates.damaged if disposition == "customer_damaged" else self.rates.missing
            return usual, WHOLE, _FROM_BUYER[disposition]
        if self.is_late:
            return self.rates.late, self.rates.late, "returned late"
        return Decimal(0), Decimal(0), None


class Before(NamedTuple):
    """What went back for the units of a return line before, in minor units.

    Attributes:
        cost: what the units cost that were settled, all their parts together.
        settled: what they got when they were.
        by_hand: what was given by hand or by the channel.
    """

    cost: int = 0
    settled: int = 0
    by_hand: Amounts = NOTHING

    @property
    def advance(self) -> int:
        """What of the amounts by hand counts for units not settled yet: more than the settled ones have left."""
        return max(0, self.by_hand.total - max(0, self.cost - self.settled))

    def room(self, waiting: int) -> int:
        """What can still go back for the return line, if the units that wait cost so much."""
        return max(0, self.cost + waiting - self.settled - self.by_hand.total)

    def rest_of(self, units: Amounts) -> Amounts:
        """The parts of units that wait, less those that went back for them; only the advance says how much did."""
        if not self.advance:
            return units
        return Amounts(*(max(0, part - given) for part, given in zip(units, self.by_hand, strict=True)))

    def after(self, refund: "LineRefund") -> "Before":
        """The same behind one more refund of units."""
        return self._replace(cost=self.cost + refund.cost, settled=self.settled + refund.amount)


@dataclass(frozen=True, slots=True)
class LineRefund:
    """What one line gets back.

    Attributes:
        quantity: units it settles; 0 for an amount given by hand.
        parts: what goes back, with everything kept taken off.
        fee, fee_rate, fee_reason: restocking fee kept, its fraction of the price, and why.
        return_shipping: of the label for the way back, kept.
        cost: what the units cost the buyer, all parts together.
        before: what of the amounts given before was counted for them.
    """

    quantity: int
    parts: Amounts
    fee: int = 0
    fee_rate: Decimal = Decimal(0)
    fee_reason: str | None = None
    return_shipping: int = 0
    cost: int = 0
    before: int = 0

    @property
    def amount(self) -> int:
        """What the buyer gets."""
        return self.parts.total


def refund_for_units(
    line: PaidLine,
    disposition: str,
    units: int,
    settled: int,
    judgement: Judgement,
    *,
    label: int = 0,
    earlier: Before = Before(),  # noqa: B008 - immutable
) -> LineRefund:
    """Refund for inspected units of one line and disposition.

    Each unit gets its share of price, taxes, gift wrap and discount. The fee is rounded half up for each unit and
    no more than its price less its discount. Where the seller is at fault, shipping goes back as well and the
    label of the way back costs the buyer nothing. What was given for them before is taken off. Never more than is
    left of what was paid.

    Args:
        line: what was paid.
        disposition: what the units turned out to be.
        units: how many.
        settled: units of the line settled by earlier refunds or replaced; their shares are gone.
        judgement: whose fault, lateness, and rates.
        label: what is still to be kept of the label for the way back.
        earlier: what went back for units of the return line.
    """
    units = min(units, line.sent - settled)
    is_sellers = judgement.fault_for(disposition) == "seller"
    rate, why = judgement.fee_for(disposition)
    fee = sum(_fee(line.share(unit, unit + 1), rate) for unit in range(settled, settled + units))
    wanted = line.share(settled, settled + units)
    cost = wanted.total
    if not is_sellers:
        wanted = wanted._replace(shipping=0, shipping_tax=0)
    before = min(earlier.advance, max(0, wanted.total))
    rest = max(0, wanted.total - before)
    fee = min(fee, rest)
    kept_label = 0 if is_sellers else min(label, rest - fee)
    target = min(rest - fee - kept_label, line.left)
    parts = compose(_less(earlier.rest_of(wanted), fee + kept_label), line.rooms(), target)
    return LineRefund(units, parts, fee, rate, why if fee else None, kept_label, cost, before)


def _fee(unit: Amounts, rate: Decimal) -> int:
    """The restocking fee of a unit: a fraction of its price, no more than the price less its discount."""
    price = max(0, unit.item)
    return min(_part(price, rate), max(0, price - unit.discount))


def _less(wanted: Amounts, kept: int) -> Amounts:
    """Parts with an amount taken off, the price first."""
    rest: list[int] = []
    for part in wanted[:-1]:
        off = min(part, kept)
        rest.append(part - off)
        kept -= off
    return Amounts._make([*rest, wanted.discount])


def compose(wanted: Amounts, rooms: Amounts, target: int) -> Amounts:
    """Parts that add up to ``target``: as wanted as far as there is room, the rest where there is room.

    Amounts given by hand use up parts that units settled later have a share in; those get it from another part.
    """
    gross = target + min(wanted.discount, rooms.discount)
    taken: list[int] = []
    for part, room in zip(wanted[:-1], rooms[:-1], strict=True):
        taken.append(max(0, min(part, room, gross - sum(taken))))
    for place, room in enumerate(rooms[:-1]):
        taken[place] += min(room - taken[place], max(0, target - sum(taken)))
    return Amounts._make([*taken, sum(taken) - target])


def refund_of_amount(line: PaidLine, amount: int, units: Amounts = NOTHING) -> LineRefund:
    """An amount given by hand; no more than is left of the line.

    Args:
        line: what was paid.
        amount: how much goes back.
        units: what has not gone back of the units that it is for; their parts come first, among them the price.
    """
    return LineRefund(0, compose(units, line.rooms(), amount))


def refund_of_part(line: PaidLine, amount: int, part: RefundPart) -> LineRefund:
    """An amount given for a part of a line without a return; no more than the part has left."""
    return LineRefund(0, compose(NOTHING, line.rooms_of(part), amount))


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
