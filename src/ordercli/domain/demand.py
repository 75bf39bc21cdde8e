"""How fast a product sells: what was ordered on the days on which it could be.

A day without a unit to sell on which nobody ordered says nothing about demand: it is *closed*, and counts neither
as a day nor as a zero. A listing may close when the last unit is gone, stay open and take backorders, or close
after some; nobody tells which, but orders do. So only the end of a spell without units is closed, after its last
order.

Statistics are floats, as no money is in them. Each rule is said once as a function and once as SQL.

Source: sample standard deviation (n - 1); the rest was chosen by simulation (``bench/policy.py``).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from math import sqrt
from typing import NamedTuple

DEMAND_DAYS = 30
"""Days before today that velocity looks at, in the shop's zone."""

LEAST_DAYS = 7
"""Open days below which a velocity is a guess: what was ordered is taken to be that of a week."""

CANCELED_BY_BUYER = ("buyer", "buyer-message")
"""Whose cancellations take demand back. What the seller canceled was wanted; why a channel did, nobody knows."""

SELLING = "(SELECT code FROM location WHERE kind IN ('sellable', 'fba'))"
"""SQL: the places whose units can be sold, the seller's own and Amazon's."""


class StockoutDays(NamedTuple):
    """Days, as numbers, of a spell without a unit that could be sold.

    Attributes:
        began_on: the day the last unit left; None if there never was one before.
        ended_on: the day the next one came; None while none has.
    """

    began_on: int | None
    ended_on: int | None


class Ordered(NamedTuple):
    """Units ordered on the days of a window, and the days.

    Attributes:
        units: less those the buyer canceled.
        squares: sum over the days of units squared.
        days: on which any were ordered, as numbers; only stockouts ask for them.
    """

    units: int = 0
    squares: int = 0
    days: Sequence[int] = ()


class Demand(NamedTuple):
    """Units a day, their standard deviation, and what these figures rest on.

    Attributes:
        days: open ones.
        units: ordered on them.
        window_days: length of the window, if some of its days are closed, else 0.
        until: the last day with an order, where the window ends on it because no day since was open.
    """

    per_day: float
    deviation: float
    days: int
    units: int
    window_days: int = 0
    until: str | None = None

    @property
    def is_guess(self) -> bool:
        """Whether there are too few open days for a mean."""
        return bool(self.units) and self.days < LEAST_DAYS

    @property
    def basis(self) -> str:
        """What the figures rest on, in words."""
        if not self.days:
            return f"no order, and nothing to sell on any of {self.window_days} days"
        span = "1 day" if self.days == 1 else f"{self.days} days"
        if self.window_days:
            span = f"{self.days} open {'day' if self.days == 1 else 'days'} of {self.window_days}"
        if self.until:
            span += f" up to {self.until}, nothing to sell since"
        if not self.units:
            return f"no order in {span}"
        guess = f", taken as of {LEAST_DAYS}: a guess" if self.is_guess else ""
        return f"{self.units} ordered in {span}{guess}"


def ordered_units(quantity: int, canceled: Iterable[tuple[int, str]]) -> int:
    """What a line asks for: its units less those the buyer canceled.

    Args:
        quantity: units ordered.
        canceled: (units, by whom) of each cancellation; negative units take one back.
    """
    return quantity - sum(units for units, by in canceled if by in CANCELED_BY_BUYER)


def canceled_by_buyer_sql(by: str) -> str:
    """SQL: whether a cancellation by ``by`` takes demand back, as in :func:`ordered_units`."""
    return f"{by} IN ({', '.join(repr(word) for word in CANCELED_BY_BUYER)})"


def closed_stretches(
    stockouts: Iterable[StockoutDays], ordered_on: Sequence[int], first: int, end: int
) -> Iterator[tuple[int, int]]:
    """The closed days of a window: first day and the day after the last of each stretch.

    A day on which the last unit left or the next one came is not one without.

    Args:
        stockouts: of the product, not overlapping.
        ordered_on: days of the window with an order.
        first: of the window.
        end: the day after its last.
    """
    for began_on, ended_on in stockouts:
        start = first if began_on is None else max(first, began_on + 1)
        stop = end if ended_on is None else min(end, ended_on)
        last_order = max((day for day in ordered_on if start <= day < stop), default=start - 1)
        if last_order + 1 < stop:
            yield last_order + 1, stop


class DemandWindow(NamedTuple):
    """What is known of a product's demand in a window.

    Attributes:
        first: day of the window, as a number.
        end: the day after its last.
        ordered: on its days.
        stockouts: that touch it.
        until: its last day, where it is not the one that ends yesterday.
    """

    first: int
    end: int
    ordered: Ordered = Ordered()
    stockouts: Sequence[StockoutDays] = ()
    until: str | None = None

    @property
    def closed(self) -> list[tuple[int, int]]:
        """The closed days, as :func:`closed_stretches` gives them."""
        return list(closed_stretches(self.stockouts, self.ordered.days, self.first, self.end))

    @property
    def open_days(self) -> int:
        """How many days are not closed."""
        return self.end - self.first - sum(stop - start for start, stop in self.closed)

    @property
    def demand(self) -> Demand:
        """Velocity and deviation over the open days; every day with an order is open."""
        units, squares, _ = self.ordered
        window, days = self.end - self.first, self.open_days
        deviation = sqrt(max(0.0, squares - units * units / days) / (days - 1)) if days > 1 else 0.0
        is_whole = days == window
        return Demand(units / max(days, LEAST_DAYS), deviation, days, units, 0 if is_whole else window, self.until)


def look_at(
    units_on: Mapping[int, int], stockouts: Sequence[StockoutDays], today: int, days: int = DEMAND_DAYS
) -> DemandWindow:
    """The window that tells of a product's demand: the days before today, or those before it was gone.

    Where no day of the window is open, it is as many days up to the last one with an order.

    Args:
        units_on: :func:`ordered_units` of each day, as a number.
        stockouts: all of the product.
        today: as a number.
        days: length of the window.
    """

    def window(end: int, until: str | None = None) -> DemandWindow:
        days_of = [day for day in range(end - days, end) if units_on.get(day, 0) > 0]
        units = [units_on[day] for day in days_of]
        ordered = Ordered(sum(units), sum(each * each for each in units), days_of)
        return DemandWindow(end - days, end, ordered, stockouts, until)

    look = window(today)
    if look.open_days:
        return look
    last = max((day for day, units in units_on.items() if units > 0 and day < look.first), default=None)
    return look if last is None else window(last + 1, date.fromordinal(last).isoformat())


def stockouts_sql(selling: str = SELLING, products: str = "product p", since: str = "''") -> str:
    """SQL: the stockouts of products since an instant, from their movements: product_id, began_at, ended_at.

    ``began_at`` is ``since`` where there was no unit then already. Movements of one instant count together.

    Args:
        selling: SQL of the places that count.
        products: SQL of the products, as ``p`` with its ``id``.
        since: SQL of the instant.
    """
    net = f"""sum(iif(m.to_location IN {selling}, m.quantity, 0)
   - iif(m.from_location IN {selling}, m.quantity, 0))"""
    return f"""SELECT product_id, at AS began_at, next_at AS ended_at FROM (
 SELECT i.product_id, i.at, lead(i.at) OVER (PARTITION BY i.product_id ORDER BY i.at) AS next_at,
  sum(i.held) OVER (PARTITION BY i.product_id) - coalesce(sum(i.net) OVER (PARTITION BY i.product_id
   ORDER BY i.at DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS held
 FROM (
  SELECT p.id AS product_id, {since} AS at, 0 AS net, (SELECT coalesce(sum(s.quantity), 0) FROM stock_level s
   WHERE s.product_id = p.id AND s.location IN {selling}) AS held
  FROM {products}
  UNION ALL SELECT p.id, m.occurred_at, {net} AS net, 0
  FROM {products} CROSS JOIN stock_movement m ON m.product_id = p.id AND m.occurred_at > {since}
  GROUP BY p.id, m.occurred_at HAVING {net} <> 0) i) AS found
WHERE held <= 0"""
