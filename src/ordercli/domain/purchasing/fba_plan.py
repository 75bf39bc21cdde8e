"""How much to send to Amazon from own stock.

The rule is that of buying (``reorder.py``) with Amazon as the place to fill: the lead time is from sending until
the units can be sold there. What the seller's own orders need until a purchase could arrive stays at home.
"""

from typing import NamedTuple

from ordercli.domain.demand import Demand
from ordercli.domain.reorder_point import Levels, Policy, is_low, levels_of, up


class Sending(NamedTuple):
    """What to do about one product at Amazon.

    Attributes:
        levels: where its stock at Amazon should stand.
        needed: units that would fill it up; 0 while it stands above its point.
        reserve: own units that stay at home.
        quantity: units to send now.
        reason: why, in words.
    """

    levels: Levels
    needed: int
    reserve: int
    quantity: int
    reason: str


def plan_sending(
    demand: Demand, policy: Policy, *, there: int, own: int, at_home: Demand, buying: Policy
) -> Sending:
    """Whether and how much to send of one product.

    Args:
        demand: of the units Amazon ships.
        policy: of sending.
        there: units at Amazon and on their way to it.
        own: units at home that no order waits for; below 0 for units owed.
        at_home: demand of the units the seller ships.
        buying: how the product is bought.
    """
    levels = levels_of(demand, policy)
    is_needed = demand.per_day > 0 and is_low(there, levels.reorder_point)
    needed = max(0, up(levels.target - there)) if is_needed else 0
    reserve = up(levels_of(at_home, buying).reorder_point)
    spare = max(0, own - reserve)
    quantity = min(needed, spare)
    return Sending(levels, needed, reserve, quantity, _reason(demand, levels, there, needed, quantity, reserve))


def _reason(demand: Demand, levels: Levels, there: int, needed: int, quantity: int, reserve: int) -> str:
    standing = "at or below" if needed else "above"
    text = f"{there} there or on the way is {standing} {up(levels.reorder_point)} ({demand.basis})"
    if quantity < needed:
        kept = f", as {reserve} stay for own orders" if reserve else ""
        text += f"; {needed - quantity} of {needed} cannot be spared{kept}"
    return text
