"""A product's days played through: what is wanted, ordered, sold, missed and bought, when advice is followed.

The advice is that of the command, from what a shop would know: orders, stockouts, what is there and on order. On
each day deliveries come first and fill what is owed, then somebody looks whether to buy, then buyers come.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from ordercli.domain.demand import StockoutDays, look_at
from ordercli.domain.purchasing.reorder import RECENT_DAYS, Holding, SupplierTerms, is_quiet, suggest
from ordercli.domain.reorder_point import Arrival, Policy


class Seen(NamedTuple):
    """What a shop knows of a product on a morning.

    Attributes:
        today: the day, as a number.
        units_on: ordered on each day before, as a number.
        stockouts: up to now.
        shelf: what there is, is owed, and is on order.
    """

    today: int
    units_on: dict[int, int]
    stockouts: Sequence[StockoutDays]
    shelf: Holding


BuyingAdvice = Callable[[Seen], int]
"""How many units to buy, from what is seen."""


class Life(NamedTuple):
    """What happens to a product whatever is bought.

    Attributes:
        wanted: units buyers want on each day.
        first: the first day, as a number.
        at_first: units there before it.
        lead_days: how long what is bought on a day takes, in days from 1.
        expected_days: how long it is said to take.
        most_owed: units that buyers may order while none is there until the offer closes; None for any number.
        look_every: days between two looks.
        counted: the places of the first day that counts and of the one after the last, which ends the play; None
            for all days.
    """

    wanted: Sequence[int]
    first: int
    at_first: int
    lead_days: Callable[[int], int]
    expected_days: int
    most_owed: int | None = 0
    look_every: int = 7
    counted: tuple[int, int] | None = None


class Bought(NamedTuple):
    """A purchase: the place of its day, its units, and what was wanted in the 60 days from it on."""

    place: int
    units: int
    wanted_next: int


class Played(NamedTuple):
    """How it went, in the days that count.

    Attributes:
        wanted: units.
        met: units that were there when they were wanted.
        stock: units on hand in the evening, summed over the days.
        days: that count.
        bought: the purchases.
    """

    wanted: int
    met: int
    stock: int
    days: int
    bought: tuple[Bought, ...]

    @property
    def missed(self) -> int:
        """Units that were not there when they were wanted."""
        return self.wanted - self.met

    @property
    def mean_stock(self) -> float:
        """Units on hand on a day, in the mean."""
        return self.stock / self.days


def follow(policy: Policy, terms: SupplierTerms, own_point: int | None = None, least: int = 0) -> BuyingAdvice:
    """The advice of ``reorder``: its rules over what is seen."""

    def advise(seen: Seen) -> int:
        demand = look_at(seen.units_on, seen.stockouts, seen.today).demand
        if is_quiet(demand, policy, seen.shelf, own_point, least):
            return 0
        today = date.fromordinal(seen.today).isoformat()
        return suggest(demand, policy, terms, seen.shelf, today, own_point, least).quantity

    return advise


class _Shop:
    """One product's shelf while days go by."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.stock = life.at_first
        self.owed = 0
        self.units_on: dict[int, int] = {}
        self.stockouts: list[StockoutDays] = [] if self.stock else [StockoutDays(None, None)]
        self.coming: list[tuple[int, int, Arrival]] = []

    def receive(self, day: int) -> None:
        """What comes fills what is owed, then the shelf."""
        units = sum(units for due, units, _ in self.coming if due <= day)
        if not units:
            return
        self.coming = [one for one in self.coming if one[0] > day]
        filled = min(units, self.owed)
        self.owed -= filled
        if not self.stock:
            self.stockouts[-1] = self.stockouts[-1]._replace(ended_on=day)
        self.stock += units - filled
        if not self.stock:
            self.stockouts.append(StockoutDays(day, None))

    def look(self, day: int, advice: BuyingAdvice) -> int:
        """Buy what is advised."""
        recent = sum(self.units_on.get(day - back, 0) for back in range(1, RECENT_DAYS + 1))
        arrivals = [arrival for _, _, arrival in self.coming]
        units = advice(Seen(day, self.units_on, self.stockouts, Holding(self.stock, self.owed, arrivals, recent)))
        if units:
            expected = date.fromordinal(day + self.life.expected_days).isoformat()
            self.coming.append((day + self.life.lead_days(day), units, Arrival(units, expected)))
        return units

    def sell(self, day: int, wanted: int) -> int:
        """Units sold at once; what is not there is ordered as long as the offer is open."""
        met = min(wanted, self.stock)
        self.stock -= met
        most = self.life.most_owed
        waits = wanted - met if most is None else min(wanted - met, max(0, most - self.owed))
        self.owed += waits
        if met + waits:
            self.units_on[day] = met + waits
        if met and not self.stock:
            self.stockouts.append(StockoutDays(day, None))
        return met


def play(life: Life, advice: BuyingAdvice) -> Played:
    """Play the days of a product through."""
    shop = _Shop(life)
    met = stock = 0
    bought = []
    start, stop = life.counted or (0, len(life.wanted))
    for place, wanted in enumerate(life.wanted[:stop]):
        day = life.first + place
        shop.receive(day)
        units = shop.look(day, advice) if place % life.look_every == 0 else 0
        sold = shop.sell(day, wanted)
        if place < start:
            continue
        met += sold
        stock += shop.stock
        if units:
            bought.append(Bought(place, units, sum(life.wanted[place : place + RECENT_DAYS])))
    counted = life.wanted[start:stop]
    return Played(sum(counted), met, stock, len(counted), tuple(bought))
