"""How Amazon judges a seller: rates over windows, against limits that must be stayed under.

Source: Amazon, "Order defect rate" (G200285170), "Late shipment rate" (200285190), "Cancellation rate"
(200285210), read 2026-03. Limits are settings, since Amazon changes them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import Literal

MetricStatus = Literal["OK", "AT_RISK", "BREACH", "NO_DATA"]


@dataclass(frozen=True, slots=True)
class MetricRule:
    """One rate.

    Attributes:
        name: as in ``metrics`` and ``metrics show``.
        days: length of its window, which ends yesterday in the channel's zone.
        setting: the dated setting of its limit.
    """

    name: str
    days: int
    setting: str


METRICS = (
    MetricRule("order_defect_rate", 60, "limit.order_defect_rate"),
    MetricRule("late_shipment_rate_10d", 10, "limit.late_shipment_rate"),
    MetricRule("late_shipment_rate_30d", 30, "limit.late_shipment_rate"),
    MetricRule("cancellation_rate", 7, "limit.cancellation_rate"),
)

NEGATIVE_STARS = 2
"""Feedback of so many stars or fewer is a defect."""


def window_of(day: str, days: int) -> tuple[str, str]:
    """First and last day of a window of ``days`` whole days that ends the day before ``day``."""
    last = date.fromisoformat(day) - timedelta(days=1)
    return (last - timedelta(days=days - 1)).isoformat(), last.isoformat()


@dataclass(frozen=True, slots=True)
class Judgment:
    """A rate judged.

    Attributes:
        rate: defects / orders; None without orders.
        headroom: how many more defects it takes, at the same number of orders, before it is a breach.
    """

    rate: float | None
    status: MetricStatus
    headroom: int | None


def judge(defects: int, orders: int, limit: Decimal, *, foreseen: int = 0) -> Judgment:
    """Judge a rate by an "under" limit: exactly at it is a breach.

    Args:
        defects: orders with a defect.
        orders: orders that count; 0 gives ``NO_DATA``.
        limit: fraction the rate must stay under.
        foreseen: open orders that can only become defects, each counting as one more order too.
    """
    if orders == 0:
        at_risk = foreseen > 0
        return Judgment(None, "AT_RISK" if at_risk else "NO_DATA", None)
    allowed = int((limit * orders).to_integral_value(rounding=ROUND_CEILING)) - 1
    headroom = max(0, allowed - defects)
    rate = defects / orders
    if defects > allowed:
        return Judgment(rate, "BREACH", 0)
    is_foreseen = foreseen > 0 and Decimal(defects + foreseen) >= limit * (orders + foreseen)
    return Judgment(rate, "AT_RISK" if headroom == 0 or is_foreseen else "OK", headroom)
