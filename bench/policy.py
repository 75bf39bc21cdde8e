"""What the advice of ``reorder`` is worth: a shop is played for a year, many times, and follows it every week.

Usage: python bench/policy.py [YEARS]

Eight kinds of demand, lead times of 14 ± 4 days, deliveries that come late, offers that close when sold out, take
orders while none is there, or close after some. The rule in use is what the command uses (``domain/``); the plain
mean takes every day of the window as open, TSB is that of Teunter, Syntetos and Babai (0.1, 0.1). All three go
through the same levels, and play the same years.

Fill is the share of units that were there when they were wanted; stock is in days of true demand; a purchase is
absurd if it is above three times what was wanted in the 60 days from it on. A rule is beaten where another has
a better fill, less stock and fewer absurd purchases, by however little; how sure the better fill is, is said in
standard errors of the difference between the same years.

The verdict is over the eight kinds. Two more, rare and clumped demand, are shown apart: what sells once in twenty
days is not wanted at all in the next sixty with a chance of one in twenty, and then any purchase is absurd, one
unit too, whatever the rule.
"""

import random
import sys
from collections.abc import Callable, Iterable
from datetime import date
from math import exp, pi, sin, sqrt
from statistics import mean, stdev
from typing import NamedTuple

from measure import machine, print_table

from ordercli.domain.demand import Demand, look_at
from ordercli.domain.purchasing.reorder import MANY, RECENT_DAYS, SupplierTerms, is_quiet, suggest
from ordercli.domain.purchasing.simulation import BuyingAdvice, Life, Played, Seen, follow, play
from ordercli.domain.reorder_point import Policy

YEARS = 40
DAYS = 365
WARM_UP = 90
YEAR = (WARM_UP, WARM_UP + DAYS)
COVER = 30
LEAD, SPREAD = 14, 4
FIRST = date(2026, 1, 5).toordinal()  # a Monday
REVIEW = 7
ON_MONDAYS = 6
"""Days until the next Monday, less the one on which it is decided."""
ABSURD_SHARE = 0.005
FILL_TOLD, FILL_USUAL = 0.99, 0.95


def poisson(dice: random.Random, mean: float) -> int:
    """A Poisson number, by multiplying uniform ones (Knuth)."""
    limit, product, number = exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        number += 1
    return number


def steady(dice: random.Random, _: int) -> int:
    return poisson(dice, 3.6)


def slow(dice: random.Random, _: int) -> int:
    return poisson(dice, 0.15)


def moderate(dice: random.Random, _: int) -> int:
    return poisson(dice, 0.8)


def lumpy(dice: random.Random, _: int) -> int:
    return dice.randint(1, 5) if dice.random() < 1 / 6 else 0


def weekly(dice: random.Random, day: int) -> int:
    return poisson(dice, (1, 1, 1, 1, 2, 5, 3)[day % 7])


def seasonal(dice: random.Random, day: int) -> int:
    return poisson(dice, 2 * (1 + 0.8 * sin(2 * pi * day / DAYS)))


def growing(dice: random.Random, day: int) -> int:
    return poisson(dice, 0.5 + 3.5 * day / (DAYS + WARM_UP))


def dying(dice: random.Random, day: int) -> int:
    return poisson(dice, 3 * exp(-day / 180))


def rare(dice: random.Random, _: int) -> int:
    return poisson(dice, 0.05)


def clumped(dice: random.Random, _: int) -> int:
    return dice.randint(2, 12) if dice.random() < 1 / 15 else 0


KINDS: dict[str, Callable[[random.Random, int], int]] = {
    one.__name__: one for one in (steady, slow, moderate, lumpy, weekly, seasonal, growing, dying)
}
HARDER = {one.__name__: one for one in (rare, clumped)}


class Scenario(NamedTuple):
    """How offers and deliveries behave, and what the shop is told of its supplier.

    Attributes:
        most_owed: units ordered while none is there until the offer closes; None for any.
        late_share: of deliveries that come two weeks later than they would.
        is_told: whether order days and the spread of the lead time are known.
    """

    most_owed: int | None
    late_share: float = 0.0
    is_told: bool = False


SCENARIOS = {
    "closes": Scenario(0),
    "takes orders": Scenario(None),
    "closes after 3": Scenario(3),
    "closes, late": Scenario(0, 0.2),
    "takes orders, late": Scenario(None, 0.2),
    "closes, told": Scenario(0, is_told=True),
    "takes orders, told": Scenario(None, is_told=True),
}


def plain(seen: Seen) -> Demand:
    """The mean of the window, every day of it taken as open."""
    return look_at(seen.units_on, (), seen.today).demand


def tsb(seen: Seen) -> Demand:
    """TSB over all days so far; the deviation is that of the window."""
    likely = size = 0.0
    for day in range(FIRST, seen.today):
        units = seen.units_on.get(day, 0)
        if units:
            size = size + 0.1 * (units - size) if size else float(units)
        likely += 0.1 * ((units > 0) - likely)
    return plain(seen)._replace(per_day=likely * size)


def advised_by(rule: Callable[[Seen], Demand], policy: Policy) -> BuyingAdvice:
    """What another estimate of demand leads to, through the same levels."""

    def advise(seen: Seen) -> int:
        demand = rule(seen)
        if is_quiet(demand, policy, seen.shelf):
            return 0
        return suggest(
            demand, policy, SupplierTerms(), seen.shelf, date.fromordinal(seen.today).isoformat()
        ).quantity

    return advise


def rules(policy: Policy) -> dict[str, BuyingAdvice]:
    return {
        "in use": follow(policy, SupplierTerms()),
        "plain mean": advised_by(plain, policy),
        "TSB": advised_by(tsb, policy),
    }


def life(kind: Callable[[random.Random, int], int], scenario: Scenario, seed: str) -> Life:
    """One year of one product; the same for every rule."""
    dice = random.Random(seed)  # noqa: S311 - a game
    wanted = [kind(dice, day) for day in range(WARM_UP + DAYS + RECENT_DAYS)]
    leads = [
        max(1, round(dice.gauss(LEAD, SPREAD))) + (14 if dice.random() < scenario.late_share else 0)
        for _ in wanted
    ]
    at_first = sum(wanted[: LEAD + COVER]) or 1

    def lead_days(day: int) -> int:
        return leads[day - FIRST]

    return Life(wanted, FIRST, at_first, lead_days, LEAD, scenario.most_owed, REVIEW, YEAR)


class Result(NamedTuple):
    """A rule in a scenario; fill of each year, for large products are not to hide small ones in the mean."""

    fills: list[float]
    stock_days: float
    absurd: int
    purchases: int

    @property
    def fill(self) -> float:
        """The mean of the years."""
        return mean(self.fills)

    def more_than(self, other: "Result") -> tuple[float, float]:
        """By how much it fills more of the same years, and how many standard errors that is."""
        more = [mine - its for mine, its in zip(self.fills, other.fills, strict=True)]
        return mean(more), mean(more) / (stdev(more) / sqrt(len(more)) or 1)


def result(played: Iterable[Played]) -> Result:
    """Sums over years; days of stock are a mean over them."""
    years = [year for year in played if year.wanted]
    purchases = [one for year in years for one in year.bought]
    return Result(
        [year.met / year.wanted for year in years],
        sum(year.stock / year.wanted for year in years) / len(years),
        sum(one.units > MANY * one.wanted_next for one in purchases),
        len(purchases),
    )


def main() -> None:
    years = int(sys.argv[1]) if len(sys.argv) > 1 else YEARS
    found: dict[str, dict[str, Result]] = {}
    years_of: dict[str, dict[str, list[Played]]] = {kind: {} for kind in (KINDS | HARDER)}
    for name, scenario in SCENARIOS.items():
        policy = Policy(
            LEAD, COVER, 0.95, SPREAD**2 if scenario.is_told else 0, ON_MONDAYS if scenario.is_told else REVIEW
        )
        found[name] = {}
        for rule, advice in rules(policy).items():
            played: list[Played] = []
            for kind, units in (KINDS | HARDER).items():
                lives = (life(units, scenario, f"{name} {kind} {year}") for year in range(years))
                these = [play(one, advice) for one in lives]
                years_of[kind].setdefault(rule, []).extend(these)
                played += these if kind in KINDS else []
            found[name][rule] = result(played)
    print(f"{machine()}; {years} years of each of {len(KINDS)} kinds of demand, service level 95 %")
    rows = [(name, rule, *shown(it)) for name, by_rule in found.items() for rule, it in by_rule.items()]
    print_table("Following the advice", ("offer and deliveries", "rule", *SHOWN), rows)
    for sentence in judged(found):
        print(sentence)
    rows = [
        (kind, rule, *shown(result(played)))
        for kind, by_rule in years_of.items()
        for rule, played in by_rule.items()
    ]
    print_table("By kind of demand, all offers and deliveries", ("demand", "rule", *SHOWN), rows)


SHOWN = ("fill", "days of stock", "absurd")


def shown(it: Result) -> tuple[str, str, str]:
    """The cells of a result under :data:`SHOWN`."""
    return f"{it.fill:.2%}", f"{it.stock_days:.1f}", f"{it.absurd} of {it.purchases}"


def judged(found: dict[str, dict[str, Result]]) -> Iterable[str]:
    """Whether the goals are met, and whether another rule is better in all three."""
    for name, by_rule in found.items():
        used = by_rule["in use"]
        goal = FILL_TOLD if SCENARIOS[name].is_told else FILL_USUAL
        is_good = used.fill >= goal and used.absurd <= ABSURD_SHARE * used.purchases
        yield f"{name}: {'reaches' if is_good else 'MISSES'} fill {goal:.0%}, absurd {ABSURD_SHARE:.1%}"
        for rule, other in by_rule.items():
            more, errors = other.more_than(used)
            if other.stock_days < used.stock_days and other.absurd < used.absurd and more > 0:
                yield f"{name}: BEATEN by {rule} on all three; its fill is {more:.2%} better ({errors:.1f} errors)"


if __name__ == "__main__":
    main()
