"""What to buy: one row a product, from its demand, its supply, and what is there and on order."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from ordercli.domain.catalog.suppliers import price_at
from ordercli.domain.demand import Demand, windows_of
from ordercli.domain.percent import parse_percent
from ordercli.domain.purchasing.purchasing import next_order_day, to_shop_minor
from ordercli.domain.purchasing.reorder import Arrival, Policy, Suggestion, is_quiet, suggest
from ordercli.domain.reorder_point import AVAILABLE, RETIRED
from ordercli.domain.report import Column, Report
from ordercli.domain.value_classes import CLASSES, abc_classes
from ordercli.queries.columns import Computed
from ordercli.queries.demand import History, history
from ordercli.queries.lookup import require_sku
from ordercli.queries.purchasing.supply import Supply, breaks, supplies
from ordercli.queries.reader import Reader
from ordercli.queries.stock.stock import BACKORDERED

PRODUCTS = f"""
WITH level AS (
  SELECT s.product_id,
    sum(CASE l.kind WHEN 'storage' THEN s.quantity ELSE 0 END) AS storage,
    sum(CASE WHEN l.kind IN ('fba', 'fba_inbound') THEN s.quantity ELSE 0 END) AS fba
  FROM stock_level s JOIN location l ON l.code = s.location GROUP BY s.product_id
)
SELECT p.id, p.sku, p.name, {AVAILABLE}, coalesce(v.storage, 0), coalesce(v.fba, 0),
  p.cover_days, p.service_level, p.unit_cost_minor
FROM product p
LEFT JOIN level v ON v.product_id = p.id
WHERE NOT p.is_kit AND (p.sku = :sku OR :sku IS NULL AND NOT {RETIRED})
ORDER BY p.sku"""

ARRIVALS = "SELECT product_id, quantity, expected_on FROM inbound_line ORDER BY expected_on, purchase_line_id"

# A year's sales at cost; without a cost a product is worth nothing here.
VALUES = """
SELECT p.id, coalesce(sum(d.units), 0) * coalesce(p.unit_cost_minor, 0)
FROM product p
LEFT JOIN daily_sales d ON d.product_id = p.id AND d.day >= date(:today, '-365 days') AND d.day < :today
WHERE NOT p.is_kit GROUP BY p.id ORDER BY p.sku"""


class Wishes(NamedTuple):
    """What the command asks for instead of the settings; None takes them."""

    service_level: str | None = None
    cover_days: int | None = None
    windows: str | None = None
    method: str | None = None


class Item(NamedTuple):
    """A product with what there is of it; units, and minor units of the shop's currency."""

    product: int
    sku: str
    name: str | None
    available: int
    storage: int
    fba: int
    cover_days: int | None
    service_level: str | None
    unit_cost_minor: int | None

    @property
    def own(self) -> int:
        """Units that are there, wherever: to sell, stored, at Amazon or on the way to it."""
        return self.available + self.storage + self.fba


class BuyingRules:
    """What buying is decided by today: settings, what the command asks for, value classes, suppliers, orders.

    Attributes:
        windows: of velocity, shortest first.
        method: of velocity.
        classes: value class by product, where a class has a service level of its own.
        supplies: how each product is bought.
        owed: units of each product that orders wait for.
    """

    def __init__(self, reader: Reader, wishes: Wishes) -> None:
        self._reader = reader
        self._wishes = wishes
        self.windows = windows_of(wishes.windows or reader.setting("velocity_days"))
        self.method = wishes.method or reader.setting("velocity_method")
        self.usual_cover = int(reader.setting("cover_days"))
        self.usual_service = reader.setting("service_level")
        self.by_class = {name: reader.setting(f"service_level.{name.lower()}") for name in CLASSES}
        self.classes = value_classes(reader) if any(self.by_class.values()) else {}
        self.supplies = supplies(reader)
        self.breaks = breaks(reader)
        self.owed: dict[int, int] = dict(reader.rows(BACKORDERED).fetchall())
        self._fractions: dict[str, float] = {}
        self._waits: dict[str | None, int] = {None: 0}

    def service_of(self, item: Item) -> tuple[str, str]:
        """Service level of a product and whose it is: the option, else its own, its value class's, the usual."""
        if self._wishes.service_level:
            return self._wishes.service_level, "--service-level"
        if item.service_level:
            return item.service_level, "product"
        value_class = self.classes.get(item.product)
        if value_class and self.by_class[value_class]:
            return self.by_class[value_class], f"setting service_level.{value_class.lower()}"
        return self.usual_service, "setting service_level"

    def cover_of(self, item: Item) -> tuple[int, str]:
        """Days of sales an order should last, and who says so."""
        if self._wishes.cover_days:
            return self._wishes.cover_days, "--cover"
        return (item.cover_days, "product") if item.cover_days else (self.usual_cover, "setting cover_days")

    def policy(self, item: Item) -> Policy:
        """How a product is bought."""
        supply, level = self.supplies[item.product], self.service_of(item)[0]
        if level not in self._fractions:
            self._fractions[level] = float(parse_percent(level))
        return Policy(
            supply.lead_time_days,
            self.cover_of(item)[0],
            self._fractions[level],
            supply.lead_time_variance,
            self._wait_days(supply.order_days),
            supply.minimum_units or 1,
            supply.case_pack or 1,
            self.breaks.get(item.product, ()),
        )

    def history(self, sku: str | None = None) -> History:
        """What the products sold, as these rules look at it."""
        return history(self._reader, self.windows, self.method, sku)

    def _wait_days(self, order_days: str | None) -> int:
        """Days lost if the order is not placed on the supplier's next day but on the one after it."""
        if order_days not in self._waits:
            today = date.fromisoformat(self._reader.today)
            first = date.fromisoformat(next_order_day(order_days, self._reader.today))
            second = next_order_day(order_days, (first + timedelta(days=1)).isoformat())
            self._waits[order_days] = (date.fromisoformat(second) - today).days - 1
        return self._waits[order_days]


class Finding(NamedTuple):
    """Everything that is known and decided about one product; ``owed`` are units that orders wait for."""

    item: Item
    owed: int
    supply: Supply
    demand: Demand
    policy: Policy
    arrivals: tuple[Arrival, ...]
    found: Suggestion


class ReorderLine(NamedTuple):
    """A finding with what only the report needs of it; costs in minor units of the shop's ``currency``."""

    item: Item
    owed: int
    supply: Supply
    demand: Demand
    arrivals: tuple[Arrival, ...]
    found: Suggestion
    unit_cost: int | None
    cost: int | None
    currency: str
    service_level: str
    value_class: str | None

    @property
    def cover_days(self) -> str | None:
        """Days that what is there lasts; None where nothing sells."""
        free = max(0, self.item.own - self.owed)
        return decimal(free / self.demand.per_day, 1) if self.demand.per_day else None


def _line(reader: Reader, rules: BuyingRules, finding: Finding) -> ReorderLine:
    item, owed, supply, demand, _, arrivals, found = finding
    unit_cost, cost = costs(reader, finding)
    service_level, value_class = rules.service_of(item)[0], rules.classes.get(item.product)
    return ReorderLine(
        item,
        owed,
        supply,
        demand,
        arrivals,
        found,
        unit_cost=unit_cost,
        cost=cost,
        currency=reader.currency,
        service_level=service_level,
        value_class=value_class,
    )


def decimal(value: float, digits: int) -> str:
    """A figure as text with so many decimals."""
    return f"{value:.{digits}f}"


COLUMNS = Computed[ReorderLine](
    (Column("sku", "key", "SKU"), lambda it: it.item.sku),
    (Column("name", importance="spare"), lambda it: it.item.name),
    (Column("supplier", importance="spare"), lambda it: it.supply.supplier),
    (Column("available", "whole"), lambda it: it.item.available),
    (Column("inbound", "whole"), lambda it: sum(arrival.units for arrival in it.arrivals)),
    (Column("velocity_per_day", "number", "a day"), lambda it: decimal(it.demand.per_day, 2)),
    (Column("demand_sd", "number", in_table=False), lambda it: decimal(it.demand.deviation, 2)),
    (
        Column("lead_time_days", "number", in_table=False),
        lambda it: decimal(it.supply.lead_time_days, 1).removesuffix(".0"),
    ),
    (Column("safety_stock", "number", in_table=False), lambda it: decimal(it.found.levels.safety_stock, 2)),
    (Column("reorder_point", "whole", "reorder at"), lambda it: it.found.reorder_point_shown),
    (Column("cover_days", "number", "cover", importance="spare"), lambda it: it.cover_days),
    (Column("stockout_on", "day", "sold out"), lambda it: it.found.stockout_on),
    (
        Column("stockout_risk", "number", "risk", importance="spare"),
        lambda it: decimal(it.found.risk.probability, 3) if it.found.risk else None,
    ),
    (Column("suggested_quantity", "whole", "buy", importance="key"), lambda it: it.found.quantity),
    (Column("unit_cost", "money", in_table=False), lambda it: it.unit_cost),
    (Column("cost", "money", importance="spare"), lambda it: it.cost),
    (Column("currency", "word", ""), lambda it: it.currency),
    (Column("reason", "word", importance="spare"), lambda it: it.found.reason),
    (Column("position", "whole", in_table=False), lambda it: it.found.position),
    (Column("target", "number", in_table=False), lambda it: decimal(it.found.levels.target, 2)),
    (Column("storage", "whole", in_table=False), lambda it: it.item.storage),
    (Column("fba", "whole", in_table=False), lambda it: it.item.fba),
    (Column("backordered", "whole", in_table=False), lambda it: it.owed),
    (Column("days_in_stock", "whole", in_table=False), lambda it: it.demand.days),
    (Column("velocity_method", "word", in_table=False), lambda it: it.demand.method),
    (
        Column("risk_method", "word", in_table=False),
        lambda it: it.found.risk.method if it.found.risk else None,
    ),
    (Column("service_level", "word", in_table=False), lambda it: it.service_level),
    (Column("value_class", "word", in_table=False), lambda it: it.value_class),
)


def reorder(reader: Reader, wishes: Wishes, *, sku: str | None, every: bool) -> Report:
    """Products to buy now or in danger of a gap; or one product, or every product.

    Raises:
        NotFound: for an unknown SKU.
    """
    if sku is not None:
        require_sku(reader, sku)
    rules = BuyingRules(reader, wishes)
    found = findings(reader, rules, rules.history(sku), sku, only_needed=not (sku or every))
    rows = [COLUMNS.row(_line(reader, rules, finding)) for finding in found]
    return Report(COLUMNS, rows, "Nothing to buy now.")


def findings(
    reader: Reader, rules: BuyingRules, known: History, sku: str | None, *, only_needed: bool
) -> Iterator[Finding]:
    """What to do about each product, by SKU; ``only_needed`` leaves out those with nothing to do."""
    arrivals = arrivals_of(reader)
    for item in items(reader, sku):
        demand, policy = known.demand(item.product), rules.policy(item)
        coming, owed = arrivals.get(item.product, ()), rules.owed.get(item.product, 0)
        if only_needed and is_quiet(demand, policy, item.own, owed, coming):
            continue
        found = suggest(demand, policy, item.own, owed, coming, reader.today)
        if found.quantity or found.is_gap or not only_needed:
            yield Finding(item, owed, rules.supplies[item.product], demand, policy, coming, found)


def items(reader: Reader, sku: str | None = None) -> Iterator[Item]:
    """Products that are bought and sold, by SKU; or one, retired or not."""
    return map(Item._make, reader.rows(PRODUCTS, {"sku": sku}))


def arrivals_of(reader: Reader) -> dict[int, tuple[Arrival, ...]]:
    """What is on order of each product, by the day it should come."""
    arrivals: dict[int, list[Arrival]] = {}
    for product, units, expected_on in reader.rows(ARRIVALS):
        arrivals.setdefault(product, []).append(Arrival(units, expected_on))
    return {product: tuple(found) for product, found in arrivals.items()}


def value_classes(reader: Reader) -> dict[int, str]:
    """Value class of each product by what a year's sales of it cost."""
    rows = reader.rows(VALUES).fetchall()
    return dict(zip((row[0] for row in rows), abc_classes([row[1] for row in rows]), strict=True))


def costs(reader: Reader, finding: Finding) -> tuple[int | None, int | None]:
    """Cost of one and of all units suggested, in the shop's minor units; None where no cost is known.

    The supplier's price for the quantity, turned into the shop's currency, else the product's usual cost.
    """
    item, supply, quantity = finding.item, finding.supply, finding.found.quantity
    each = price_at(finding.policy.breaks, max(quantity, 1))
    if each is None or supply.currency is None or supply.rate is None:
        each, total = item.unit_cost_minor, (item.unit_cost_minor or 0) * quantity
        return each, None if each is None else total
    unit, total = (
        to_shop_minor(minor, supply.currency, reader.currency, supply.rate) for minor in (each, each * quantity)
    )
    return unit, total
