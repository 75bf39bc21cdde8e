"""How Amazon judges a seller: rates over windows, against limits.

Source: Amazon, "Order defect rate" (G200285170), "Late shipment rate" (200285190), "Cancellation rate"
(200285210), "Valid tracking rate" (G201817070), "On-time delivery rate" (200847280), "Return dissatisfaction rate"
(201887610), read 2026-03. Limits, windows and lags are dated settings, since Amazon changes them.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Literal

from ordercli.domain.limits import Limit, Window

MetricStatus = Literal["OK", "AT_RISK", "BREACH", "NO_DATA"]
Exactness = Literal["exact", "recorded", "upper_bound", "lower_bound"]
"""How sure a rate is: ``exact`` from ordercli's own facts; ``recorded`` as complete as what was imported or typed
in; ``upper_bound`` and ``lower_bound`` where the channel's rate can only be lower or higher."""


class Lag(StrEnum):
    """Which end a window has: ``usual``, ``amazon`` (as late as Amazon's reports) or ``none`` (yesterday)."""

    USUAL = "usual"
    AMAZON = "amazon"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MetricRule:
    """One rate.

    Attributes:
        name: as in ``metrics`` and ``metrics show``.
        unit: what is counted: orders, shipments, units, requests.
        exactness: how sure it is.
        against: what a defect is, said behind the orders or requests that have one.
        limit: the dated setting of its limit.
        is_most: whether the limit is the most it may be (defects count) or the least (what is in order counts).
        window: the dated setting of its window, or the window itself where the name tells it.
        waits: whether the lag always holds, because nothing can be judged earlier.
    """

    name: str
    unit: str
    exactness: Exactness
    against: str
    limit: str
    window: str | Window
    is_most: bool = True
    waits: bool = False


_HELD = "with something held against them"

METRICS = (
    MetricRule(
        "order_defect_rate", "orders", "recorded", _HELD, "limit.order_defect_rate", "window.order_defect_rate"
    ),
    MetricRule(
        "order_defect_rate_fba", "orders", "recorded", _HELD, "limit.order_defect_rate", "window.order_defect_rate"
    ),
    MetricRule(
        "late_shipment_rate_10d", "orders", "exact", "confirmed late", "limit.late_shipment_rate", Window(10, 0)
    ),
    MetricRule(
        "late_shipment_rate_30d", "orders", "exact", "confirmed late", "limit.late_shipment_rate", Window(30, 0)
    ),
    MetricRule(
        "cancellation_rate",
        "orders",
        "exact",
        "canceled by the seller",
        "limit.cancellation_rate",
        "window.cancellation_rate",
    ),
    MetricRule(
        "valid_tracking_rate",
        "shipments",
        "upper_bound",
        "without valid tracking",
        "limit.valid_tracking_rate",
        "window.valid_tracking_rate",
        is_most=False,
        waits=True,
    ),
    MetricRule(
        "on_time_delivery_rate",
        "units",
        "recorded",
        "not delivered in time",
        "limit.on_time_delivery_rate",
        "window.on_time_delivery_rate",
        is_most=False,
        waits=True,
    ),
    MetricRule(
        "return_dissatisfaction_rate",
        "requests",
        "lower_bound",
        "not answered in time",
        "limit.return_dissatisfaction_rate",
        "window.return_dissatisfaction_rate",
    ),
    MetricRule("refund_rate", "orders", "recorded", "refunded", "limit.refund_rate", "window.refund_rate"),
    MetricRule("return_rate", "orders", "recorded", "returned", "limit.return_rate", "window.return_rate"),
)

NEGATIVE_STARS = 2
"""Feedback of so many stars or fewer is a defect."""


def window_of(day: str, days: int, lag: int = 0) -> tuple[str, str]:
    """First and last of ``days`` whole days that end ``lag`` days before the day before ``day``."""
    last = date.fromisoformat(day) - timedelta(days=1 + lag)
    return (last - timedelta(days=days - 1)).isoformat(), last.isoformat()


@dataclass(frozen=True, slots=True)
class Judgment:
    """A rate judged.

    Attributes:
        rate: defects, or for a "least" limit what is no defect, over all that counts; None if nothing does.
        headroom: how many more defects it takes, at the same number counted, before it is a breach; None without
            a limit or anything counted.
    """

    rate: float | None
    status: MetricStatus
    headroom: int | None


def allowed_defects(counted: int, limit: Limit) -> int:
    """The most defects among so many that are no breach; -1 where none at all would be one."""
    share = limit.share if limit.is_most else 1 - limit.share
    if limit.is_strict:
        return int((share * counted).to_integral_value(rounding=ROUND_CEILING)) - 1
    return int((share * counted).to_integral_value(rounding=ROUND_FLOOR))


def judge(defects: int, counted: int, limit: Limit | None, *, is_most: bool = True, foreseen: int = 0) -> Judgment:
    """Judge a rate by its limit.

    ``AT_RISK`` is a breach that what is open will bring whatever is done, or defects that have used up what the
    limit allows. A clean record is ``OK`` however few orders there are.

    Args:
        defects: what counts against the seller.
        counted: what counts at all, defects included; 0 gives ``NO_DATA``.
        limit: that it must keep; None if there is none.
        is_most: whether the rate is the share of defects, or of what is none.
        foreseen: open orders that can only become defects, each counting as one more order too.
    """
    is_foreseen = (
        limit is not None and foreseen > 0 and defects + foreseen > allowed_defects(counted + foreseen, limit)
    )
    if counted == 0:
        return Judgment(None, "AT_RISK" if is_foreseen else "NO_DATA", None)
    rate = (defects if is_most else counted - defects) / counted
    if limit is None:
        return Judgment(rate, "OK", None)
    allowed = allowed_defects(counted, limit)
    headroom = max(0, allowed - defects)
    if defects > allowed:
        return Judgment(rate, "BREACH", 0)
    is_used_up = headroom == 0 and defects > 0
    return Judgment(rate, "AT_RISK" if is_used_up or is_foreseen else "OK", headroom)


def clean_to_recover(defects: int, counted: int, limit: Limit) -> int | None:
    """How many more without a defect it takes until a rate is within its limit again; 0 if it is.

    None where no number does, because the limit allows no defect at all.

    2 of 60 under 4 % needs none; 3 of 63 needs 13, since 3 of 75 is exactly 4 %.
    """
    share = limit.share if limit.is_most else 1 - limit.share
    if defects <= allowed_defects(counted, limit):
        return 0
    if share == 0:
        return None
    needed = Decimal(defects) / share
    if limit.is_strict:
        return int(needed.to_integral_value(rounding=ROUND_FLOOR)) + 1 - counted
    return int(needed.to_integral_value(rounding=ROUND_CEILING)) - counted
