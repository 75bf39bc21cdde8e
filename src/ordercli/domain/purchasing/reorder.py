"""What to buy: how much, with what risk, and why in words; the levels it goes by are in ``reorder_point.py``."""

from collections.abc import Sequence
from datetime import date, timedelta
from math import floor
from typing import NamedTuple

from ordercli.domain.catalog.suppliers import PriceStep, price_at
from ordercli.domain.demand import Demand
from ordercli.domain.purchasing.purchasing import up_to_pack
from ordercli.domain.purchasing.risk import Risk, shortage_risk
from ordercli.domain.reorder_point import (
    GRACE,
    Arrival,
    Levels,
    Policy,
    arriving,
    cover_days,
    is_low,
    levels_of,
    reorder_point,
    up,
)

RECENT_DAYS = 60
MANY = 3
"""A quantity above so many times what was ordered in the last :data:`RECENT_DAYS` needs a look."""


class SupplierTerms(NamedTuple):
    """How much of a product its supplier sells.

    Attributes:
        minimum, case_pack: units the supplier sells at least, and in multiples of.
        breaks: (units from which a cost holds, cost of one in minor units), rising; empty if none is known.
    """

    minimum: int = 1
    case_pack: int = 1
    breaks: tuple[PriceStep, ...] = ()


class Holding(NamedTuple):
    """What there is of a product, and what comes; units.

    Attributes:
        own: there, wherever, and not promised.
        owed: that orders wait for.
        arrivals: on order.
        recent: ordered by buyers in the last :data:`RECENT_DAYS`.
    """

    own: int
    owed: int = 0
    arrivals: Sequence[Arrival] = ()
    recent: int = 0

    @property
    def free(self) -> int:
        """Units that are there and not owed; below 0 for units owed."""
        return self.own - self.owed


class Suggestion(NamedTuple):
    """What to do about one product.

    Attributes:
        levels: where the product should stand.
        point: its reorder point, unrounded: its own, else that of the levels.
        position: what is there and not owed, with what arrives within the lead time.
        quantity: units to buy now; 0 for none.
        stockout_on: the day the last available unit is sold at this velocity; None without orders.
        risk: of demand above what is there before the next arrival; None without orders.
        is_gap: nothing to buy, but what is on order may come too late, or its own reorder point is.
        is_large: the quantity is far more than was ordered of late.
        reason: why, in words.
    """

    levels: Levels
    point: float
    position: int
    quantity: int
    stockout_on: str | None
    risk: Risk | None
    is_gap: bool
    is_large: bool
    reason: str

    @property
    def reorder_point_shown(self) -> int:
        """The reorder point as whole units, rounded up."""
        return up(self.point)


def suggest(
    demand: Demand,
    policy: Policy,
    terms: SupplierTerms,
    shelf: Holding,
    today: str,
    own_point: int | None = None,
    least: int = 0,
) -> Suggestion:
    """Whether and how much to buy of one product.

    Position is what is available, less what is owed, and what arrives in time: within the lead time to
    decide whether, within lead time and cover to decide how much. Arrivals later than that do not help, so
    the order is suggested again with the word "expedite".

    Args:
        demand: for the product.
        policy: how long it has to last.
        terms: how much its supplier sells.
        shelf: what there is, and what comes.
        today: the day it is.
        own_point: the product's own reorder point.
        least: the setting ``reorder_point``.
    """
    levels = levels_of(demand, policy)
    point = reorder_point(own_point, levels, least)
    if demand.per_day == 0:
        return _without_orders(demand, terms, shelf, levels, point)
    position = shelf.free + arriving(shelf.arrivals, today, policy.span_days)
    in_time = arriving(shelf.arrivals, today, policy.span_days + policy.cover_days)
    is_needed = is_low(position, point)
    needed = max(0, up(levels.target - shelf.free) - in_time) if is_needed else 0
    quantity, why = order_quantity(needed, terms)
    risk = _risk(demand, policy, shelf, today)
    may_run_out = bool(shelf.arrivals) or _is_too_low(own_point, levels)
    is_gap = not quantity and may_run_out and risk.probability > 1 - policy.service
    is_large = quantity > MANY * shelf.recent
    standing = _standing(position, point, quantity, in_time, is_needed=is_needed)
    typed = "" if own_point is None else f", typed; its demand asks for {up(levels.reorder_point)}"
    parts = [f"{standing}{typed} ({demand.basis})", why]
    if is_large:
        parts.append(_look(shelf))
    if quantity and sum(a.units for a in shelf.arrivals) > in_time:
        parts.append("expedite: what is on order comes too late")
    if is_gap:
        first = min((a.expected_on for a in shelf.arrivals), default="an order now arrives")
        parts.append(f"{risk.probability:.1%} risk of a gap before {first}")
    stockout_on = _sold_out_on(today, shelf.free, demand)
    return Suggestion(levels, point, position, quantity, stockout_on, risk, is_gap, is_large, _sentence(parts))


def is_quiet(demand: Demand, policy: Policy, shelf: Holding, own_point: int | None = None, least: int = 0) -> bool:
    """Whether :func:`suggest` has nothing to buy and no gap to tell of, found at a fraction of its work.

    Only ever True where that holds; with something on order it leaves the answer to :func:`suggest`.
    """
    if shelf.arrivals:
        return False
    if demand.per_day == 0:
        return shelf.free >= 0
    levels = levels_of(demand, policy)
    return not (_is_too_low(own_point, levels) or is_low(shelf.free, reorder_point(own_point, levels, least)))


def order_quantity(needed: int, terms: SupplierTerms) -> tuple[int, str]:
    """Units to order so that at least ``needed`` come, and what raised them, in words.

    At least the minimum, in whole cases; up to a price break if all of it then costs less than the smaller order.
    """
    if needed <= 0:
        return 0, ""
    quantity = up_to_pack(needed, terms.minimum, terms.case_pack)
    why = []
    if terms.minimum > needed:
        why.append(f"the minimum is {terms.minimum}")
    if quantity > max(needed, terms.minimum):
        why.append(f"cases of {terms.case_pack}")
    best, cost = quantity, (price_at(terms.breaks, quantity) or 0) * quantity
    for start, each in terms.breaks:
        larger = up_to_pack(start, terms.minimum, terms.case_pack)
        if larger > quantity and each * larger < cost:
            best, cost = larger, each * larger
    if best > quantity:
        why.append(f"{best} cost less than {quantity} from the price break on")
    return best, ", ".join(why)


def _is_too_low(own_point: int | None, levels: Levels) -> bool:
    """Whether a product's own reorder point is below what its demand asks for."""
    return own_point is not None and own_point < levels.reorder_point


def _without_orders(
    demand: Demand, terms: SupplierTerms, shelf: Holding, levels: Levels, point: float
) -> Suggestion:
    position = shelf.free + sum(a.units for a in shelf.arrivals)
    owed = max(0, -position)
    quantity, why = order_quantity(owed, terms)
    is_large = quantity > MANY * shelf.recent
    parts = [demand.basis, f"{owed} owed to waiting orders" if owed else "", why]
    reason = _sentence([*parts, _look(shelf) if is_large else ""])
    return Suggestion(
        levels, point, position, quantity, None, None, is_gap=False, is_large=is_large, reason=reason
    )


def _standing(position: int, point: float, quantity: int, coming: int, *, is_needed: bool) -> str:
    if not is_needed:
        # A point of 16.7 is shown as 17, and 17 units are above it.
        shown = f"{point:.2f}" if position <= up(point) else str(up(point))
        return f"position {position} is above reorder point {shown}"
    if not quantity and coming:
        return f"position {position} is low, but what is on order covers it"
    if not quantity:
        return f"position {position} is at or below reorder point {up(point)}, but lasts beyond the cover"
    return f"position {position} is at or below reorder point {up(point)}"


def _look(shelf: Holding) -> str:
    return f"more than {MANY} times the {shelf.recent} ordered in {RECENT_DAYS} days: have a look"


def _sentence(parts: Sequence[str]) -> str:
    return "; ".join(part for part in parts if part)


def _risk(demand: Demand, policy: Policy, shelf: Holding, today: str) -> Risk:
    """Until more can be here: the first arrival on order, or an order placed now."""
    span, free = policy.span_days, max(0, shelf.free)
    if shelf.arrivals:
        first = date.fromisoformat(min(a.expected_on for a in shelf.arrivals))
        ordered = max(0, (first - date.fromisoformat(today)).days)
        if ordered < span:
            return shortage_risk(demand.per_day * ordered, demand.deviation**2 * ordered, free)
    variance = span * demand.deviation**2 + demand.per_day**2 * policy.lead_time_variance
    return shortage_risk(demand.per_day * span, variance, free)


def _sold_out_on(today: str, free: int, demand: Demand) -> str:
    # Beyond three years the day means nothing and the calendar may end.
    days = floor(min((cover_days(free, demand) or 0) + GRACE, 1_000))
    return (date.fromisoformat(today) + timedelta(days=days)).isoformat()
