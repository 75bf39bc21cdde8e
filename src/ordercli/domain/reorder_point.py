"""How many units a product has to sell, and at how many it is low, wherever that is asked.

What statements need is said once as a function and once as SQL over ``product p``; a test holds both together.
Statistics are floats, as no money is in them; whole units are rounded up at the very end, with a millionth
of a unit's grace so that 35.000000001 is 35.

Source: the textbook formulas: reorder point d·L + SS and target d·(L + cover) + SS, with
SS = Z·√(L·deviation² + d²·variance of L), which without a spread of the lead time is Z·deviation·√L.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from math import ceil, erf, exp, floor, pi, sqrt
from typing import Literal, NamedTuple

from ordercli.domain.demand import Demand
from ordercli.domain.places import HOME

StockStatus = Literal["OK", "LOW", "OUT"]

GRACE = 1e-6


def is_retired(retired_on: str | None, today: str) -> bool:
    """Whether a product is sold no more: from its day on."""
    return retired_on is not None and retired_on <= today


RETIRED = "coalesce(p.retired_on <= :today, false)"
"""SQL of :func:`is_retired`: 1 or 0."""


def kits_available(parts: Sequence[tuple[int, int]]) -> int:
    """How many of a kit the available units of its components make.

    Args:
        parts: (available units, units in one kit > 0) of each component; at least one.
    """
    return min(available // each for available, each in parts)


KIT_AVAILABLE = f"""(SELECT min(coalesce(s.quantity - s.allocated, 0) / k.quantity) FROM kit_component k
    LEFT JOIN stock_level s ON s.product_id = k.component_id AND s.location = '{HOME}'
    WHERE k.kit_id = p.id AND k.quantity > 0)"""
"""SQL of :func:`kits_available` of kit ``p``."""

AVAILABLE = f"""CASE WHEN p.is_kit = 1 THEN {KIT_AVAILABLE}
    ELSE coalesce((SELECT s.quantity - s.allocated FROM stock_level s
      WHERE s.product_id = p.id AND s.location = '{HOME}'), 0) END"""
"""SQL: units of product ``p`` that orders can draw on and that are not promised; of a kit, how many it makes."""


class Arrival(NamedTuple):
    """Units bought that should come on a day."""

    units: int
    expected_on: str


class Policy(NamedTuple):
    """How long one product has to last.

    Attributes:
        lead_time_days: from order to receipt, the mean.
        cover_days: days of sales an order should last beyond the lead time.
        service: the fraction of lead times that stock should last through, above 0.5 and below 1.
        lead_time_variance: days squared, 0 where it is not known.
        wait_days: days until somebody looks again, or the supplier takes orders again.
    """

    lead_time_days: float
    cover_days: int
    service: float
    lead_time_variance: float = 0.0
    wait_days: int = 0

    @property
    def span_days(self) -> float:
        """Days until an order decided on at the next occasion would be here: L of the formulas."""
        return self.lead_time_days + self.wait_days


class Levels(NamedTuple):
    """Units, unrounded: safety stock, the point at or below which to buy, and what to buy up to."""

    safety_stock: float
    reorder_point: float
    target: float


@lru_cache(maxsize=64)
def service_factor(fraction: float) -> float:
    """Z: how many standard deviations cover this fraction of a normal demand, at least half of it.

    By Newton's method from 0, which never oversteps as the normal distribution is concave there; the standard
    library's ``NormalDist`` gives the same (a test), but loads for as long as half of Python starts.
    """
    z = 0.0
    while True:
        step = (fraction - (1 + erf(z / sqrt(2))) / 2) * sqrt(2 * pi) * exp(z * z / 2)
        z += step
        if step < 1e-12:  # noqa: PLR2004 - of a deviation
            return z


def safety_stock(demand: Demand, policy: Policy) -> float:
    """Units held against demand above the mean and deliveries later than the mean, unrounded."""
    variance = policy.span_days * demand.deviation**2 + demand.per_day**2 * policy.lead_time_variance
    return service_factor(policy.service) * sqrt(variance)


def levels_of(demand: Demand, policy: Policy) -> Levels:
    """Safety stock, reorder point and target of a product; all 0 without orders."""
    span = policy.span_days
    safety = safety_stock(demand, policy)
    return Levels(safety, demand.per_day * span + safety, demand.per_day * (span + policy.cover_days) + safety)


def reorder_point(own: int | None, levels: Levels | None, least: int) -> float:
    """Units at or below which a product is low, unrounded.

    Args:
        own: the product's own, which holds where there is one.
        levels: what its demand asks for; None for a kit, which is not bought: without its own it is low at 0,
            since its components have theirs.
        least: the setting ``reorder_point``.
    """
    if own is not None:
        return own
    return 0 if levels is None else max(least, levels.reorder_point)


def up(units: float) -> int:
    """Whole units that are at least ``units``."""
    return ceil(units - GRACE)


def arriving(arrivals: Sequence[Arrival], today: str, days: float) -> int:
    """Units that should be here within so many days, overdue ones too."""
    if not arrivals:
        return 0
    until = (date.fromisoformat(today) + timedelta(days=floor(days + GRACE))).isoformat()
    return sum(a.units for a in arrivals if a.expected_on <= until)


def is_low(position: int, point: float) -> bool:
    """Whether a product is to be bought: its position is at or below its reorder point.

    Args:
        position: units that are there, wherever, and not owed, with those that arrive within the lead time.
        point: unrounded.
    """
    return position <= point + GRACE


def cover_days(free: int, demand: Demand) -> float | None:
    """Days that what is there lasts; None where nothing was ordered.

    Args:
        free: units that are there, wherever, and not owed; fewer than 0 are 0.
        demand: of the product.
    """
    return max(0, free) / demand.per_day if demand.per_day else None


def stock_status(available: int, position: int, point: float) -> StockStatus:
    """``OUT`` with nothing to sell, ``LOW`` as :func:`is_low` says, else ``OK``."""
    if available <= 0:
        return "OUT"
    return "LOW" if is_low(position, point) else "OK"
