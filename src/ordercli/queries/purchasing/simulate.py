"""What the settings of buying would have cost and missed on the shop's own orders, played through day by day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from ordercli.domain.demand_history import BOUGHT, history
from ordercli.domain.purchasing.reorder import SupplierTerms
from ordercli.domain.purchasing.simulation import Life, Played, follow, play
from ordercli.domain.reorder_point import Policy
from ordercli.domain.report import Column, Report
from ordercli.domain.shares import share
from ordercli.domain.standing import BuyingRules, Stand, Wishes, standings
from ordercli.queries.columns import Computed
from ordercli.queries.lookup import require_sku
from ordercli.queries.purchasing.reorder import TOLD, breaks, decimal
from ordercli.queries.reader import Reader

YEAR = 365
WARM_UP = 30
"""Days of orders that the advice has to see before anything counts."""
LEAST = 60
"""Days of orders that a product needs to be played."""

LADDER = (
    ("service 90%", Wishes(service_level="90%")),
    ("service 98%", Wishes(service_level="98%")),
    ("cover 14 days", Wishes(cover_days=14)),
    ("cover 60 days", Wishes(cover_days=60)),
    ("computed points", Wishes(only_computed=True)),
)
"""What is played beside the settings where nothing is asked for."""

ORDERED = f"""
SELECT p.id, d.day, sum(d.units) FROM {BOUGHT}
CROSS JOIN daily_demand d ON d.product_id = p.id AND d.day >= date(:today, '-{YEAR} days') AND d.day < :today
GROUP BY p.id, d.day HAVING sum(d.units) > 0 ORDER BY p.id, d.day"""


class Trial(NamedTuple):
    """One product played by some settings; the cost of one in minor units of the shop's currency."""

    sku: str
    policy: Policy
    service_level: str
    played: Played
    unit_cost: int | None


class SettingsLine(NamedTuple):
    """Some settings with how all products went, or one."""

    settings: str
    trials: Sequence[Trial]
    sku: str | None
    currency: str

    def common(self, values: Iterator[str]) -> str | None:
        """What all products have; None where they differ."""
        found = set(values)
        return found.pop() if len(found) == 1 else None

    def total(self, name: str) -> int:
        """Sum over the products."""
        return sum(getattr(trial.played, name) for trial in self.trials)

    @property
    def bought(self) -> int:
        """Units bought."""
        return sum(one.units for trial in self.trials for one in trial.played.bought)

    @property
    def cost(self) -> int | None:
        """What the units bought cost, where all costs are known."""
        costs = [
            (trial.unit_cost, sum(one.units for one in trial.played.bought))
            for trial in self.trials
            if trial.played.bought
        ]
        return (
            None if any(each is None for each, _ in costs) else sum((each or 0) * units for each, units in costs)
        )

    @property
    def stock_value(self) -> int | None:
        """What the stock of a day cost, in the mean, where all costs are known."""
        if any(trial.unit_cost is None for trial in self.trials):
            return None
        worth = sum(
            Fraction((trial.unit_cost or 0) * trial.played.stock, trial.played.days) for trial in self.trials
        )
        return share(worth.numerator, 1, worth.denominator)


COLUMNS = Computed[SettingsLine](
    (Column("settings", "word"), lambda it: it.settings),
    (Column("sku", "key", "SKU"), lambda it: it.sku),
    (Column("products", "whole", importance="spare"), lambda it: len(it.trials)),
    (
        Column("service_level", "word", "service", importance="spare"),
        lambda it: it.common(t.service_level for t in it.trials),
    ),
    (
        Column("cover_days", "word", "cover", importance="spare"),
        lambda it: it.common(str(t.policy.cover_days) for t in it.trials),
    ),
    (
        Column("lead_time_days", "word", "lead", importance="spare"),
        lambda it: it.common(decimal(t.policy.lead_time_days, 1).removesuffix(".0") for t in it.trials),
    ),
    (Column("wanted", "whole"), lambda it: it.total("wanted")),
    (Column("missed", "whole", importance="key"), lambda it: it.total("missed")),
    (
        Column("fill_rate", "rate", "fill", importance="key"),
        lambda it: it.total("met") / it.total("wanted") if it.total("wanted") else None,
    ),
    (
        Column("mean_stock", "number", "mean stock"),
        lambda it: decimal(sum(t.played.mean_stock for t in it.trials), 1),
    ),
    (Column("stock_value", "money", "its value", importance="key"), lambda it: it.stock_value),
    (Column("purchases", "whole"), lambda it: sum(len(t.played.bought) for t in it.trials)),
    (Column("units_bought", "whole", "bought"), lambda it: it.bought),
    (Column("cost", "money"), lambda it: it.cost),
    (Column("currency", "word", ""), lambda it: it.currency),
)


def simulate(reader: Reader, wishes: Wishes, *, sku: str | None, each: bool) -> Report:
    """How the year before today would have gone by the settings, and by others.

    Args:
        reader: the database.
        wishes: the other settings; without any, some usual ones are played.
        sku: of the only product wanted.
        each: a row a product instead of one for all.

    Raises:
        NotFound: for an unknown SKU.
    """
    if sku is not None:
        require_sku(reader, sku)
    others = LADDER if wishes == Wishes() else (("as asked", wishes),)
    lines = [
        line
        for name, asked in (("as set", Wishes()), *others)
        for line in _lines(reader, name, asked, sku, each=each)
    ]
    rows = [COLUMNS.row(line) for line in lines]
    return Report(COLUMNS, rows, f"No product has orders that go back {LEAST} days or more.")


def _lines(reader: Reader, name: str, wishes: Wishes, sku: str | None, *, each: bool) -> Iterator[SettingsLine]:
    trials = list(_trials(reader, wishes, sku))
    if each:
        yield from (SettingsLine(name, [trial], trial.sku, reader.currency) for trial in trials)
    elif trials:
        yield SettingsLine(name, trials, sku, reader.currency)


def _trials(reader: Reader, wishes: Wishes, sku: str | None) -> Iterator[Trial]:
    today = date.fromisoformat(reader.today).toordinal()
    ordered: dict[int, dict[int, int]] = {}
    for product, day, units in reader.rows(ORDERED, {"sku": sku}):
        ordered.setdefault(product, {})[date.fromisoformat(day).toordinal()] = units
    costs = {product: cost for product, _, cost in reader.rows(TOLD, {"sku": sku})}
    prices, rules = breaks(reader), BuyingRules(reader, wishes, BOUGHT, sku)
    for stand in standings(reader, rules, history(reader, sku=sku), BOUGHT, sku):
        product = stand.facts.product
        units_on = ordered.get(product, {})
        if not units_on or today - min(units_on) < LEAST or (stand.facts.is_retired and sku is None):
            continue
        supply = stand.supply
        terms = SupplierTerms(supply.minimum_units or 1, supply.case_pack or 1, prices.get(product, ()))
        point = rules.point_of(stand.facts)
        played = play(_life(stand, units_on, today), follow(stand.policy, terms, point, rules.least))
        level, _ = rules.service_of(stand.facts)
        yield Trial(stand.facts.sku, stand.policy, level, played, costs[product])


def _life(stand: Stand, units_on: Mapping[int, int], today: int) -> Life:
    """The days from the first order on, begun with what was wanted until a first purchase could have sold."""
    first = min(units_on)
    wanted = [units_on.get(day, 0) for day in range(first, today)]
    lead = max(1, ceil(stand.policy.lead_time_days))
    at_first = sum(wanted[: lead + WARM_UP])
    return Life(wanted, first, at_first, lambda _: lead, lead, counted=(WARM_UP, len(wanted)))
