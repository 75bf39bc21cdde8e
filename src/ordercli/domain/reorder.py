"""When to buy what: velocity, safety stock, reorder point, target, and the risk of running out.

Statistics are floats, as no money is in them; whole units are rounded up at the very end, with a millionth
of a unit's grace so that 35.000000001 is 35.

Source: reorder point d·L + SS with SS = Z · deviation · √L, the textbook formulas with demand variance only; daily
demand's standard deviation is the sample's (n - 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from math import ceil, exp, floor, sqrt
from statistics import NormalDist

_GRACE = 1e-6


@lru_cache(maxsize=64)
def service_factor(fraction: float) -> float:
    """Z: how many standard deviations cover this fraction of a normal demand."""
    return NormalDist().inv_cdf(fraction)


@dataclass(frozen=True, slots=True)
class Demand:
    """Daily demand over a window: mean units a day, standard deviation, days, units."""

    per_day: float
    deviation: float
    days: int
    units: int


def demand_of(units: int, squares: int, days: int) -> Demand:
    """Demand from the sum of daily units and the sum of their squares; days without sales count as 0.

    Args:
        units: units sold in the window, >= 0.
        squares: sum over the days of units squared.
        days: length of the window, >= 1; with one day there is no deviation.
    """
    if days < 2:  # noqa: PLR2004 - a deviation needs two days
        return Demand(float(units), 0.0, days, units)
    variance = max(0.0, (squares - units * units / days) / (days - 1))
    return Demand(units / days, sqrt(variance), days, units)


def safety_stock(demand: Demand, lead_time_days: float, service: float) -> float:
    """Z · deviation · √L, unrounded; units held against demand above the mean during the lead time."""
    return service_factor(service) * demand.deviation * sqrt(lead_time_days)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units bought that should come on a day."""

    units: int
    expected_on: str


@dataclass(frozen=True, slots=True)
class Policy:
    """How one product is reordered: lead time and cover in days, service level as a fraction."""

    lead_time_days: int
    cover_days: int
    service: float


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to do about one product.

    Attributes:
        safety_stock, reorder_point, target: units, unrounded.
        quantity: units to buy now; 0 for none.
        stockout_on: the day the last available unit is sold at this velocity; None without sales.
        risk: probability that demand before the next arrival is more than what is available.
        reason: why, in words.
    """

    safety_stock: float
    reorder_point: float
    target: float
    quantity: int
    stockout_on: str | None
    risk: float | None
    reason: str

    @property
    def reorder_point_shown(self) -> int:
        """The reorder point as whole units, rounded up."""
        return _up(self.reorder_point)


def suggest(
    demand: Demand, policy: Policy, available: int, backordered: int, arrivals: Sequence[Arrival], today: str
) -> Suggestion:
    """Whether and how much to buy of one product.

    Position is what is available, less what is owed, and what arrives in time: within the lead time to
    decide whether, within lead time and cover to decide how much. Arrivals later than that do not help, so
    the order is suggested again with the word "expedite".
    """
    if demand.units == 0:
        return _without_sales(demand, available, backordered, arrivals)
    safety = safety_stock(demand, policy.lead_time_days, policy.service)
    point = demand.per_day * policy.lead_time_days + safety
    target = demand.per_day * (policy.lead_time_days + policy.cover_days) + safety
    soon = _arriving(arrivals, today, policy.lead_time_days)
    in_time = _arriving(arrivals, today, policy.lead_time_days + policy.cover_days)
    position = available - backordered + soon
    is_needed = position <= point + _GRACE
    quantity = max(0, _up(target - (available - backordered) - in_time)) if is_needed else 0
    free = max(0, available - backordered)
    return Suggestion(
        safety,
        point,
        target,
        quantity,
        _sold_out_on(today, free, demand.per_day),
        shortage_risk(demand, free, _days_to_next(arrivals, today, policy.lead_time_days)),
        _reason(position, point, quantity, in_time, sum(a.units for a in arrivals), demand),
    )


def _without_sales(demand: Demand, available: int, backordered: int, arrivals: Sequence[Arrival]) -> Suggestion:
    owed = max(0, backordered - available - sum(a.units for a in arrivals))
    reason = f"no sales in {demand.days} days" + (f"; {owed} owed to waiting orders" if owed else "")
    return Suggestion(0.0, 0.0, 0.0, owed, None, None, reason)


def _reason(position: int, point: float, quantity: int, in_time: int, coming: int, demand: Demand) -> str:
    basis = f"{demand.units} sold in {demand.days} days"
    if demand.units == 1:
        basis = f"one sale in {demand.days} days: a guess"
    if quantity:
        late = "; expedite: what is on order comes too late" if coming > in_time else ""
        return f"position {position} is at or below reorder point {_up(point)} ({basis}){late}"
    if position <= point + _GRACE:
        return f"position {position} is low, but what is on order covers it ({basis})"
    return f"position {position} is above reorder point {_up(point)} ({basis})"


def _arriving(arrivals: Sequence[Arrival], today: str, days: int) -> int:
    until = (date.fromisoformat(today) + timedelta(days=days)).isoformat()
    return sum(a.units for a in arrivals if a.expected_on <= until)


def _days_to_next(arrivals: Sequence[Arrival], today: str, lead_time_days: int) -> int:
    """Days until more can be here: the first arrival on order, or a lead time from now."""
    ordered = [(date.fromisoformat(a.expected_on) - date.fromisoformat(today)).days for a in arrivals]
    return max(0, min([*ordered, lead_time_days]))


def _sold_out_on(today: str, available: int, per_day: float) -> str:
    # Beyond three years the day means nothing and the calendar may end.
    days = min(floor(available / per_day + _GRACE), 1_000)
    return (date.fromisoformat(today) + timedelta(days=days)).isoformat()


def shortage_risk(demand: Demand, available: int, days: int) -> float:
    """Probability that demand over ``days`` days is more than ``available`` units.

    Poisson while the variance is not far above the mean, as small shops' demand is; else normal with
    continuity correction.
    """
    mean = demand.per_day * days
    if mean <= 0:
        return 0.0
    variance = demand.deviation**2 * days
    if variance > 1.5 * mean or mean > 500:  # noqa: PLR2004 - overdispersed, or too many terms to sum
        return 1 - NormalDist(mean, sqrt(max(variance, mean))).cdf(available + 0.5)
    term = total = exp(-mean)
    for k in range(1, available + 1):
        term *= mean / k
        total += term
        if term == 0.0:  # too small to count any more
            break
    return max(0.0, 1 - total)


def _up(units: float) -> int:
    return ceil(units - _GRACE)
