"""How fast a product sells: velocity over its days in stock, how much the days differ, and on which method.

A day without stock says nothing about demand, so it does not count; a day with a sale always counts. Statistics
are floats, as no money is in them.

Sources: sample standard deviation (n - 1); the method for sparse demand is Teunter, Syntetos and Babai,
"Intermittent demand: linking forecasting to inventory obsolescence", 2011 (TSB); where it begins to pay, the
mean interval of 1.32 periods, is Syntetos, Boylan and Croston, "On the categorization of demand patterns", 2005.
"""

from collections.abc import Collection, Iterable, Sequence
from math import sqrt
from typing import NamedTuple

from ordercli.domain.fields import FieldError, parse_whole, shown

SMOOTHING = 0.1
"""Weight of the newest day in TSB, for how likely a sale is and for its size."""

_SPARSE = 1.32
_MOST_WINDOWS = 4


class VelocityWindow(NamedTuple):
    """Days before today that velocity looks at, and the share of this window in it."""

    days: int
    weight: float


class Sold(NamedTuple):
    """What was sold in one window.

    Attributes:
        days: days in stock, >= 0.
        units: units sold in the window.
        squares: sum over its days of units squared.
        weight: of the window among the others.
    """

    days: int
    units: int
    squares: int
    weight: float = 1.0


class Demand(NamedTuple):
    """Units a day, their standard deviation, and what these figures rest on.

    Attributes:
        days: days in stock of the longest window.
        units: units sold in it.
        method: ``mean``, ``weighted mean`` or ``TSB``.
        window_days: length of that window; 0 if every day of it was in stock.
        until: the last day with a sale, where the figures are of the days before it, as none was in stock since.
    """

    per_day: float
    deviation: float
    days: int
    units: int
    method: str = "mean"
    window_days: int = 0
    until: str | None = None

    @property
    def basis(self) -> str:
        """What the figures rest on, in words."""
        if not self.days:
            return f"no sales, and in stock on none of {self.window_days} days"
        span = "1 day" if self.days == 1 else f"{self.days} days"
        if self.window_days:
            span += f" in stock of {self.window_days}"
        if self.until:
            span += f" up to {self.until}, none in stock since"
        if not self.units:
            return f"no sales in {span}"
        sold = "one sale" if self.units == 1 else f"{self.units} sold"
        method = "" if self.method == "mean" else f", {self.method}"
        guess = ": a guess" if self.units == 1 or self.days == 1 else ""
        return f"{sold} in {span}{method}{guess}"


def parse_windows(text: str) -> str:
    """One window such as ``30``, or several with shares of 100 such as ``7:50,30:30,90:20``, as stored.

    Raises:
        FieldError: for another shape, more than four windows, one twice, or shares that are not 100 together.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1 and ":" not in text:
        return str(parse_whole(parts[0], least=1, most=365))
    shares: dict[int, int] = {}
    for part in parts:
        days, _, share = part.partition(":")
        number = parse_whole(days.strip(), least=1, most=365)
        if number in shares:
            raise FieldError(f"{shown(text)} has a window of {number} days twice")
        shares[number] = parse_whole(share.strip().removesuffix("%"), least=1, most=100)
    if sum(shares.values()) != 100 or len(shares) > _MOST_WINDOWS:  # noqa: PLR2004 - percent
        raise FieldError(f"{shown(text)} is not days, or up to four DAYS:SHARE that make 100, as 7:50,30:30,90:20")
    return ",".join(f"{days}:{share}" for days, share in sorted(shares.items()))


def windows_of(text: str) -> tuple[VelocityWindow, ...]:
    """The windows of a stored text of :func:`parse_windows`, shortest first."""
    pairs = [part.partition(":") for part in text.split(",")]
    return tuple(VelocityWindow(int(days), int(share) / 100 if share else 1.0) for days, _, share in pairs)


def demand_of(units: int, squares: int, days: int, window_days: int = 0) -> Demand:
    """Mean demand of one window; days in stock without sales count as 0, and one day has no deviation.

    Args:
        units: sold in the window.
        squares: sum over its days of units squared.
        days: in stock, >= 0.
        window_days: length of the window if some of it was out of stock, else 0.
    """
    if days < 2:  # noqa: PLR2004 - a deviation needs two days
        return Demand(float(units), 0.0, days, units, "mean", window_days)
    deviation = sqrt(max(0.0, squares - units * units / days) / (days - 1))
    return Demand(units / days, deviation, days, units, "mean", window_days)


def weighted_demand(windows: Sequence[Sold], window_days: int = 0) -> Demand:
    """The mean of several windows by their weights; the deviation is that of the longest.

    A window without a day in stock knows nothing: the others share its weight.

    Args:
        windows: shortest first, at least one.
        window_days: length of the longest if some of it was out of stock, else 0.
    """
    days, units, squares, _ = windows[-1]
    known = [window for window in windows if window.days]
    weight = sum(window.weight for window in known)
    per_day = sum(window.weight * window.units / window.days for window in known) / weight if known else 0.0
    return demand_of(units, squares, days, window_days)._replace(per_day=per_day, method="weighted mean")


def is_sparse(days: int, sale_days: int) -> bool:
    """Whether sales are so far apart that TSB suits them better than the mean: 1.32 days in stock or more."""
    return sale_days > 0 and days >= _SPARSE * sale_days


def tsb(sales: Iterable[tuple[int, int]], days: int, *, smoothing: float = SMOOTHING) -> float:
    """Units a day by TSB: how likely a sale is x how large it is, both smoothed, the newest day weighing most.

    The likelihood falls on each day in stock without a sale, so a product that stops selling is told so.
    Both start with the first day's value and the first sale's size.

    Args:
        sales: (place, units) of days with sales, oldest first; place 0 is the oldest day in stock.
        days: number of days in stock.
        smoothing: weight of the newest value, 0 to 1.
    """
    keep = 1 - smoothing
    likely = size = 0.0
    last = 0
    for place, units in sales:
        if not size:
            size = float(units)
            likely = smoothing if place else 1.0
        else:
            likely = likely * keep ** (place - last) + smoothing
            size += smoothing * (units - size)
        last = place
    return likely * keep ** (days - 1 - last) * size if size else 0.0


def days_out(began_on: int, ended_on: int, sold: Collection[int]) -> list[int]:
    """Days wholly without stock and without a sale, in order.

    Args:
        began_on: the day on which the last unit left, which counts as in stock.
        ended_on: the day on which units came again.
        sold: days with sales.
    """
    return [day for day in range(began_on + 1, ended_on) if day not in sold]
