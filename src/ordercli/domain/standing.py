"""How every product stands against its reorder point: what stock, reorder, today and every warning go by.

What is there counts wherever it is, at home, in a store room, at Amazon or on the way to it, because demand is
that of all orders; less what orders wait for, with what arrives within the lead time. The statements are given to
whoever asks, a reader or a command.
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from ordercli.domain.backorders import BACKORDERED
from ordercli.domain.demand import Demand
from ordercli.domain.demand_history import BOUGHT, History, history
from ordercli.domain.percent import parse_percent
from ordercli.domain.reorder_point import (
    AVAILABLE,
    RETIRED,
    Arrival,
    Levels,
    Policy,
    StockStatus,
    arriving,
    cover_days,
    is_low,
    levels_of,
    reorder_point,
    stock_status,
    up,
)
from ordercli.domain.source import FactSource
from ordercli.domain.supply import Supply, supplies
from ordercli.domain.times import next_order_day
from ordercli.domain.value_classes import CLASSES, abc_classes

EVERY = "(SELECT id FROM product WHERE sku = :sku OR :sku IS NULL) p"
"""SQL: all products, kits too, or one; as ``p``."""

ARRIVALS = "SELECT product_id, quantity, expected_on FROM inbound_line ORDER BY expected_on, purchase_line_id"

FACTS = f"""
SELECT p.id, p.sku, p.is_kit, {{retired}}, {AVAILABLE},
  (SELECT coalesce(sum(s.quantity), 0) FROM stock_level s JOIN location l ON l.code = s.location
    WHERE s.product_id = p.id AND l.kind = 'storage'),
  (SELECT coalesce(sum(s.quantity), 0) FROM stock_level s JOIN location l ON l.code = s.location
    WHERE s.product_id = p.id AND l.kind IN ('fba', 'fba_inbound')),
  p.reorder_point, p.service_level, p.cover_days
FROM product p WHERE p.id IN (SELECT p.id FROM {{products}})
ORDER BY p.sku"""

# A year's sales at cost; without a cost a product is worth nothing here.
VALUES = """
SELECT p.id, coalesce(sum(d.units), 0) * coalesce(p.unit_cost_minor, 0)
FROM product p
LEFT JOIN daily_sales d ON d.product_id = p.id AND d.day >= date(:today, '-365 days') AND d.day < :today
WHERE p.is_kit <> 1 GROUP BY p.id ORDER BY p.sku"""


class StandingFacts(NamedTuple):
    """What there is of a product, and what its owner says of it; units.

    Attributes:
        available: own units that are not promised; of a kit, how many its components make.
        storage: own units at places that do not sell.
        fba: units at Amazon and on the way to it.
        point: its own reorder point.
        service_level: its own, such as ``95%``.
        cover_days: its own.
    """

    product: int
    sku: str
    is_kit: int
    is_retired: int
    available: int
    storage: int
    fba: int
    point: int | None
    service_level: str | None
    cover_days: int | None

    @property
    def own(self) -> int:
        """Units that are there, wherever: to sell, stored, at Amazon or on the way to it."""
        return self.available + self.storage + self.fba


class Wishes(NamedTuple):
    """What a command asks for instead of the settings; None takes them.

    Attributes:
        only_computed: whether the reorder points typed for products do not hold.
    """

    service_level: str | None = None
    cover_days: int | None = None
    lead_time_days: int | None = None
    only_computed: bool = False


_AS_SET = Wishes()
_USUAL = ("reorder_point", "cover_days", "service_level", "review_days")


class BuyingRules:
    """What buying is decided by today: settings, what the command asks for, value classes, suppliers.

    Attributes:
        least: the setting ``reorder_point``.
        classes: value class by product, where a class has a service level of its own.
        supplies: how each product is bought.
    """

    def __init__(
        self, source: FactSource, wishes: Wishes = _AS_SET, products: str = EVERY, sku: str | None = None
    ) -> None:
        self._source = source
        self._wishes = wishes
        of_classes = [f"service_level.{name.lower()}" for name in CLASSES]
        least, cover, service, review, *by_class = source.settings(*_USUAL, *of_classes)
        self.least, self.usual_cover, self.review_days = int(least), int(cover), int(review)
        self.usual_service = service
        self.by_class = dict(zip(CLASSES, by_class, strict=True))
        self.classes = value_classes(source) if any(self.by_class.values()) else {}
        self.supplies = supplies(source, products, sku)
        self._fractions: dict[str, float] = {}
        self._waits: dict[str | None, int] = {None: self.review_days}

    def service_of(self, facts: StandingFacts) -> tuple[str, str]:
        """Service level of a product and whose it is: the option, else its own, its value class's, the usual."""
        if self._wishes.service_level:
            return self._wishes.service_level, "--service-level"
        if facts.service_level:
            return facts.service_level, "product"
        value_class = self.classes.get(facts.product)
        if value_class and self.by_class[value_class]:
            return self.by_class[value_class], f"setting service_level.{value_class.lower()}"
        return self.usual_service, "setting service_level"

    def cover_of(self, facts: StandingFacts) -> tuple[int, str]:
        """Days of sales an order should last, and who says so."""
        if self._wishes.cover_days:
            return self._wishes.cover_days, "--cover"
        return (facts.cover_days, "product") if facts.cover_days else (self.usual_cover, "setting cover_days")

    def point_of(self, facts: StandingFacts) -> int | None:
        """The reorder point typed for a product, where it holds."""
        return None if self._wishes.only_computed else facts.point

    def policy(self, facts: StandingFacts) -> Policy:
        """How long a product has to last."""
        supply, level = self.supplies[facts.product], self.service_of(facts)[0]
        if level not in self._fractions:
            self._fractions[level] = float(parse_percent(level))
        wished = self._wishes.lead_time_days
        return Policy(
            supply.lead_time_days if wished is None else wished,
            self.cover_of(facts)[0],
            self._fractions[level],
            supply.lead_time_variance if wished is None else 0.0,
            self._wait_days(supply.order_days),
        )

    def _wait_days(self, order_days: str | None) -> int:
        """Days lost if the order is not placed at the next occasion but at the one after it.

        The occasions are the supplier's order days; where none are known, one each review interval.
        """
        if order_days not in self._waits:
            today = date.fromisoformat(self._source.today)
            first = date.fromisoformat(next_order_day(order_days, self._source.today))
            second = next_order_day(order_days, (first + timedelta(days=1)).isoformat())
            self._waits[order_days] = (date.fromisoformat(second) - today).days - 1
        return self._waits[order_days]


class Stand(NamedTuple):
    """How a product stands.

    Attributes:
        demand, policy, levels: what its reorder point follows from; None of a kit, which is not bought.
        supply: how it is bought.
        owed: units that orders wait for.
        arrivals: on order, by the day they should come.
        arriving: units of these within the lead time.
        point: reorder point, unrounded: its own, else the computed one.
    """

    facts: StandingFacts
    supply: Supply
    demand: Demand | None
    policy: Policy
    levels: Levels | None
    owed: int
    arrivals: tuple[Arrival, ...]
    arriving: int
    point: float

    @property
    def free(self) -> int:
        """Units that are there, wherever, less those that orders wait for; below 0 for units owed."""
        return self.facts.own - (0 if self.facts.is_kit else self.owed)

    @property
    def position(self) -> int:
        """The same with what arrives within the lead time."""
        return self.free + self.arriving

    @property
    def is_low(self) -> bool:
        """Whether its position is at or below its reorder point."""
        return is_low(self.position, self.point)

    @property
    def status(self) -> StockStatus:
        """``OUT``, ``LOW`` or ``OK``."""
        return stock_status(self.facts.available, self.position, self.point)

    @property
    def point_shown(self) -> int:
        """The reorder point as whole units."""
        return up(self.point)

    @property
    def cover_days(self) -> float | None:
        """Days that what is there lasts; None where nothing was ordered, and of kits."""
        return None if self.demand is None else cover_days(self.free, self.demand)


def standings(
    source: FactSource, rules: BuyingRules, known: History, products: str = EVERY, sku: str | None = None
) -> Iterator[Stand]:
    """How each product stands, by SKU; kits and retired ones too.

    Args:
        source: the database.
        rules: what buying is decided by.
        known: what these products were asked for.
        products: SQL of the products, as ``p`` with its ``id``; may name ``:sku``.
        sku: of the only product wanted.
    """
    owed: Mapping[int, int] = dict(source.rows(BACKORDERED))
    arrivals = arrivals_of(source)
    sql = FACTS.format(products=products, retired=RETIRED)
    for row in source.rows(sql, {"sku": sku}):
        facts = StandingFacts._make(row)
        policy = rules.policy(facts)
        demand = None if facts.is_kit else known.demand(facts.product)
        levels = None if demand is None else levels_of(demand, policy)
        coming = arrivals.get(facts.product, ())
        yield Stand(
            facts,
            rules.supplies[facts.product],
            demand,
            policy,
            levels,
            owed.get(facts.product, 0),
            coming,
            arriving(coming, source.today, policy.span_days),
            reorder_point(rules.point_of(facts), levels, rules.least),
        )


def stands(source: FactSource, *, sku: str | None = None) -> Iterator[Stand]:
    """How each product stands by the settings, by SKU; or one product."""
    return standings(source, BuyingRules(source, sku=sku), history(source, BOUGHT, sku=sku), sku=sku)


def low(source: FactSource) -> list[Stand]:
    """The products that are ``LOW`` or ``OUT``, kits too, retired ones not, by SKU."""
    return [stand for stand in stands(source) if stand.status != "OK" and not stand.facts.is_retired]


def arrivals_of(source: FactSource) -> dict[int, tuple[Arrival, ...]]:
    """What is on order of each product, by the day it should come."""
    arrivals: dict[int, list[Arrival]] = {}
    for product, units, expected_on in source.rows(ARRIVALS):
        arrivals.setdefault(product, []).append(Arrival(units, expected_on))
    return {product: tuple(found) for product, found in arrivals.items()}


def value_classes(source: FactSource) -> dict[int, str]:
    """Value class of each product by what a year's sales of it cost."""
    rows = list(source.rows(VALUES))
    return dict(zip((row[0] for row in rows), abc_classes([row[1] for row in rows]), strict=True))
