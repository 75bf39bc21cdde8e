"""When to buy what: safety stock, reorder point, target, how much, and why in words.

Statistics are floats, as no money is in them; whole units are rounded up at the very end, with a millionth
of a unit's grace so that 35.000000001 is 35.

Source: the textbook formulas: reorder point d·L + SS and target d·(L + cover) + SS, with
SS = Z·√(L·deviation² + d²·variance of L), which without a spread of the lead time is Z·deviation·√L.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from math import ceil, floor, sqrt
from statistics import NormalDist
from typing import NamedTuple

from ordercli.domain.catalog.suppliers import PriceStep, price_at
from ordercli.domain.demand import Demand
from ordercli.domain.purchasing.purchasing import up_to_pack
from ordercli.domain.purchasing.risk import Risk, shortage_risk

GRACE = 1e-6


@lru_cache(maxsize=64)
def service_factor(fraction: float) -> float:
    """Z: how many standard deviations cover this fraction of a normal demand."""
    return NormalDist().inv_cdf(fraction)


class Arrival(NamedTuple):
    """Units bought that should come on a day."""

    units: int
    expected_on: str


class Policy(NamedTuple):
    """How one product is bought.

    Attributes:
        lead_time_days: from order to receipt, the mean.
        cover_days: days of sales an order should last beyond the lead time.
        service: the fraction of lead times that stock should last through, above 0.5 and below 1.
        lead_time_variance: days squared, 0 where it is not known.
        wait_days: days by which an order could be late because the supplier takes none before.
        minimum, case_pack: units the supplier sells at least, and in multiples of.
        breaks: (units from which a cost holds, cost of one in minor units), rising; empty if none is known.
    """

    lead_time_days: float
    cover_days: int
    service: float
    lead_time_variance: float = 0.0
    wait_days: int = 0
    minimum: int = 1
    case_pack: int = 1
    breaks: tuple[PriceStep, ...] = ()

    @property
    def span_days(self) -> float:
        """Days until an order decided on at the next occasion would be here."""
        return self.lead_time_days + self.wait_days


class Levels(NamedTuple):
    """Units, unrounded: safety stock, the point at or below which to buy, and what to buy up to."""

    safety_stock: float
    reorder_point: float
    target: float


class Suggestion(NamedTuple):
    """What to do about one product.

    Attributes:
        levels: where the product should stand.
        position: what is there and not owed, with what arrives within the lead time.
        quantity: units to buy now; 0 for none.
        stockout_on: the day the last available unit is sold at this velocity; None without sales.
        risk: of demand above what is there before the next arrival; None without sales.
        is_gap: nothing to buy, but what is on order may come too late.
        reason: why, in words.
    """

    levels: Levels
    position: int
    quantity: int
    stockout_on: str | None
    risk: Risk | None
    is_gap: bool
    reason: str

    @property
    def reorder_point_shown(self) -> int:
        """The reorder point as whole units, rounded up."""
        return up(self.levels.reorder_point)


def safety_stock(demand: Demand, policy: Policy) -> float:
    """Units held against demand above the mean and deliveries later than the mean, unrounded."""
    span = policy.span_days
    variance = span * demand.deviation**2 + demand.per_day**2 * policy.lead_time_variance
    return service_factor(policy.service) * sqrt(variance)


def levels_of(demand: Demand, policy: Policy) -> Levels:
    """Safety stock, reorder point and target of a product; all 0 without sales."""
    span = policy.span_days
    safety = safety_stock(demand, policy)
    return Levels(safety, demand.per_day * span + safety, demand.per_day * (span + policy.cover_days) + safety)


def suggest(
    demand: Demand, policy: Policy, available: int, backordered: int, arrivals: Sequence[Arrival], today: str
) -> Suggestion:
    """Whether and how much to buy of one product.

    Position is what is available, less what is owed, and what arrives in time: within the lead time to
    decide whether, within lead time and cover to decide how much. Arrivals later than that do not help, so
    the order is suggested again with the word "expedite".
    """
    if demand.per_day == 0:
        return _without_sales(demand, policy, available - backordered, arrivals)
    levels = levels_of(demand, policy)
    own = available - backordered
    position = own + _arriving(arrivals, today, policy.span_days)
    in_time = _arriving(arrivals, today, policy.span_days + policy.cover_days)
    is_needed = position <= levels.reorder_point + GRACE
    needed = max(0, up(levels.target - own) - in_time) if is_needed else 0
    quantity, why = order_quantity(needed, policy)
    risk = _risk(demand, policy, max(0, own), arrivals, today)
    is_gap = not quantity and bool(arrivals) and risk.probability > 1 - policy.service
    parts = [f"{_standing(position, levels, quantity, is_needed=is_needed)} ({demand.basis})", why]
    if quantity and sum(a.units for a in arrivals) > in_time:
        parts.append("expedite: what is on order comes too late")
    if is_gap:
        parts.append(f"{risk.probability:.1%} risk of a gap before {min(a.expected_on for a in arrivals)}")
    stockout_on = _sold_out_on(today, max(0, own), demand.per_day)
    return Suggestion(levels, position, quantity, stockout_on, risk, is_gap, _sentence(parts))


def is_quiet(
    demand: Demand, policy: Policy, available: int, backordered: int, arrivals: Sequence[Arrival]
) -> bool:
    """Whether :func:`suggest` has nothing to buy and no gap to tell of, found at a fraction of its work.

    Only ever True where that holds; with something on order it leaves the answer to :func:`suggest`.
    """
    if arrivals:
        return False
    own = available - backordered
    if demand.per_day == 0:
        return own >= 0
    return own > levels_of(demand, policy).reorder_point + GRACE


def order_quantity(needed: int, policy: Policy) -> tuple[int, str]:
    """Units to order so that at least ``needed`` come, and what raised them, in words.

    At least the minimum, in whole cases; up to a price break if all of it then costs less than the smaller order.
    """
    if needed <= 0:
        return 0, ""
    quantity = up_to_pack(needed, policy.minimum, policy.case_pack)
    why = []
    if policy.minimum > needed:
        why.append(f"the minimum is {policy.minimum}")
    if quantity > max(needed, policy.minimum):
        why.append(f"cases of {policy.case_pack}")
    best, cost = quantity, (price_at(policy.breaks, quantity) or 0) * quantity
    for start, each in policy.breaks:
        larger = up_to_pack(start, policy.minimum, policy.case_pack)
        if larger > quantity and each * larger < cost:
            best, cost = larger, each * larger
    if best > quantity:
        why.append(f"{best} cost less than {quantity} from the price break on")
    return best, ", ".join(why)


def up(units: float) -> int:
    """Whole units that are at least ``units``."""
    return ceil(units - GRACE)


def _without_sales(demand: Demand, policy: Policy, own: int, arrivals: Sequence[Arrival]) -> Suggestion:
    position = own + sum(a.units for a in arrivals)
    owed = max(0, -position)
    quantity, why = order_quantity(owed, policy)
    reason = _sentence([demand.basis, f"{owed} owed to waiting orders" if owed else "", why])
    return Suggestion(Levels(0.0, 0.0, 0.0), position, quantity, None, None, is_gap=False, reason=reason)


def _standing(position: int, levels: Levels, quantity: int, *, is_needed: bool) -> str:
    if not is_needed:
        return f"position {position} is above reorder point {up(levels.reorder_point)}"
    if not quantity:
        return f"position {position} is low, but what is on order covers it"
    return f"position {position} is at or below reorder point {up(levels.reorder_point)}"


def _sentence(parts: Sequence[str]) -> str:
    return "; ".join(part for part in parts if part)


def _arriving(arrivals: Sequence[Arrival], today: str, days: float) -> int:
    if not arrivals:
        return 0
    until = (date.fromisoformat(today) + timedelta(days=floor(days + GRACE))).isoformat()
    return sum(a.units for a in arrivals if a.expected_on <= until)


def _risk(demand: Demand, policy: Policy, free: int, arrivals: Sequence[Arrival], today: str) -> Risk:
    """Until more can be here: the first arrival on order, or an order placed now."""
    span = policy.span_days
    if arrivals:
        first = date.fromisoformat(min(a.expected_on for a in arrivals))
        ordered = max(0, (first - date.fromisoformat(today)).days)
        if ordered < span:
            return shortage_risk(demand.per_day * ordered, demand.deviation**2 * ordered, free)
    variance = span * demand.deviation**2 + demand.per_day**2 * policy.lead_time_variance
    return shortage_risk(demand.per_day * span, variance, free)


def _sold_out_on(today: str, available: int, per_day: float) -> str:
    # Beyond three years the day means nothing and the calendar may end.
    days = floor(min(available / per_day + GRACE, 1_000))
    return (date.fromisoformat(today) + timedelta(days=days)).isoformat()
