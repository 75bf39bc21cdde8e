"""What to buy: one row a product, from how it stands and how its supplier sells it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from ordercli.domain.catalog.suppliers import PriceStep, price_at
from ordercli.domain.demand import Demand
from ordercli.domain.demand_history import BOUGHT, History, history
from ordercli.domain.purchasing.purchasing import to_shop_minor
from ordercli.domain.purchasing.reorder import RECENT_DAYS, Holding, Suggestion, SupplierTerms, is_quiet, suggest
from ordercli.domain.report import Column, Report
from ordercli.domain.standing import BuyingRules, Stand, StandingFacts, Wishes, standings
from ordercli.queries.columns import Computed
from ordercli.queries.lookup import require_sku
from ordercli.queries.reader import Reader

TOLD = "SELECT id, name, unit_cost_minor FROM product WHERE is_kit = 0 AND (sku = :sku OR :sku IS NULL)"

BREAKS = """
SELECT b.product_id, b.from_quantity, b.unit_cost_minor
FROM price_break b JOIN product p ON p.id = b.product_id AND p.supplier_id = b.supplier_id
ORDER BY b.product_id, b.from_quantity"""

RECENT = """
SELECT p.id, sum(d.units) FROM product p CROSS JOIN daily_demand d ON d.product_id = p.id AND d.day >= :recent
WHERE p.sku = :sku OR :sku IS NULL GROUP BY p.id"""


class Finding(NamedTuple):
    """Everything that is known and decided about one product; the cost of one in the shop's minor units."""

    stand: Stand
    demand: Demand
    name: str | None
    unit_cost_minor: int | None
    terms: SupplierTerms
    shelf: Holding
    found: Suggestion

    @property
    def facts(self) -> StandingFacts:
        """What there is of the product."""
        return self.stand.facts


class ReorderLine(NamedTuple):
    """A finding with what only the report needs of it; costs in minor units of the shop's ``currency``."""

    finding: Finding
    unit_cost: int | None
    cost: int | None
    currency: str
    service_level: str
    value_class: str | None

    @property
    def stand(self) -> Stand:
        """How the product stands."""
        return self.finding.stand

    @property
    def facts(self) -> StandingFacts:
        """What there is of it."""
        return self.finding.facts

    @property
    def sku(self) -> str:
        """The seller's key."""
        return self.facts.sku

    @property
    def cover_days(self) -> str | None:
        """Days that what is there lasts; None where nothing was ordered."""
        cover = self.stand.cover_days
        return None if cover is None else decimal(cover, 1)


def _line(reader: Reader, rules: BuyingRules, finding: Finding) -> ReorderLine:
    unit_cost, cost = costs(reader, finding)
    service_level, _ = rules.service_of(finding.facts)
    value_class = rules.classes.get(finding.facts.product)
    return ReorderLine(finding, unit_cost, cost, reader.currency, service_level, value_class)


def decimal(value: float, digits: int) -> str:
    """A figure as text with so many decimals."""
    return f"{value:.{digits}f}"


COLUMNS = Computed[ReorderLine](
    (Column("sku", "key", "SKU"), lambda it: it.sku),
    (Column("name", importance="spare"), lambda it: it.finding.name),
    (Column("supplier", importance="spare"), lambda it: it.stand.supply.supplier),
    (Column("available", "whole"), lambda it: it.facts.available),
    (Column("inbound", "whole"), lambda it: sum(arrival.units for arrival in it.stand.arrivals)),
    (Column("velocity_per_day", "number", "a day"), lambda it: decimal(it.finding.demand.per_day, 2)),
    (Column("demand_sd", "number", in_table=False), lambda it: decimal(it.finding.demand.deviation, 2)),
    (
        Column("lead_time_days", "number", in_table=False),
        lambda it: decimal(it.stand.supply.lead_time_days, 1).removesuffix(".0"),
    ),
    (
        Column("safety_stock", "number", in_table=False),
        lambda it: decimal(it.finding.found.levels.safety_stock, 2),
    ),
    (Column("reorder_point", "whole", "reorder at"), lambda it: it.finding.found.reorder_point_shown),
    (Column("cover_days", "number", "cover", importance="spare"), lambda it: it.cover_days),
    (Column("stockout_on", "day", "sold out"), lambda it: it.finding.found.stockout_on),
    (
        Column("stockout_risk", "number", "risk", importance="spare"),
        lambda it: decimal(it.finding.found.risk.probability, 3) if it.finding.found.risk else None,
    ),
    (Column("suggested_quantity", "whole", "buy", importance="key"), lambda it: it.finding.found.quantity),
    (Column("unit_cost", "money", in_table=False), lambda it: it.unit_cost),
    (Column("cost", "money", importance="spare"), lambda it: it.cost),
    (Column("currency", "word", ""), lambda it: it.currency),
    (Column("reason", "word", importance="spare"), lambda it: it.finding.found.reason),
    (Column("position", "whole", in_table=False), lambda it: it.finding.found.position),
    (Column("target", "number", in_table=False), lambda it: decimal(it.finding.found.levels.target, 2)),
    (Column("storage", "whole", in_table=False), lambda it: it.facts.storage),
    (Column("fba", "whole", in_table=False), lambda it: it.facts.fba),
    (Column("backordered", "whole", in_table=False), lambda it: it.stand.owed),
    (Column("open_days", "whole", in_table=False), lambda it: it.finding.demand.days),
    (Column("is_guess", "flag", in_table=False), lambda it: int(it.finding.demand.is_guess)),
    (Column("is_large", "flag", in_table=False), lambda it: int(it.finding.found.is_large)),
    (
        Column("risk_method", "word", in_table=False),
        lambda it: it.finding.found.risk.method if it.finding.found.risk else None,
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
    rules = BuyingRules(reader, wishes, BOUGHT, sku)
    found = findings(reader, rules, history(reader, sku=sku), sku, only_needed=not (sku or every))
    rows = [COLUMNS.row(_line(reader, rules, finding)) for finding in found]
    return Report(COLUMNS, rows, "Nothing to buy now.")


def skus_to_buy(reader: Reader) -> list[str]:
    """The products of which :func:`reorder` says how many to buy now, by SKU."""
    rules, known = BuyingRules(reader, products=BOUGHT), history(reader)
    found = findings(reader, rules, known, None, only_needed=True)
    return [finding.facts.sku for finding in found if finding.found.quantity]


def findings(
    reader: Reader, rules: BuyingRules, known: History, sku: str | None, *, only_needed: bool
) -> Iterator[Finding]:
    """What to do about each product, by SKU; ``only_needed`` leaves out those with nothing to do.

    A retired product is bought only if it is asked for.
    """
    told = {product: (name, cost) for product, name, cost in reader.rows(TOLD, {"sku": sku})}
    prices = breaks(reader)
    since = (date.fromisoformat(reader.today) - timedelta(days=RECENT_DAYS)).isoformat()
    recent = dict(reader.rows(RECENT, {"sku": sku, "recent": since}).fetchall())
    for stand in standings(reader, rules, known, BOUGHT, sku):
        facts, demand = stand.facts, stand.demand
        if demand is None or (facts.is_retired and sku is None):
            continue
        shelf = Holding(facts.own, stand.owed, stand.arrivals, recent.get(facts.product, 0))
        if only_needed and is_quiet(demand, stand.policy, shelf, facts.point, rules.least):
            continue
        supply = stand.supply
        terms = SupplierTerms(supply.minimum_units or 1, supply.case_pack or 1, prices.get(facts.product, ()))
        found = suggest(demand, stand.policy, terms, shelf, reader.today, facts.point, rules.least)
        if found.quantity or found.is_gap or not only_needed:
            yield Finding(stand, demand, *told[facts.product], terms, shelf, found)


def breaks(reader: Reader) -> dict[int, tuple[PriceStep, ...]]:
    """Prices by quantity of each product at its own supplier, by rising quantity, in the supplier's currency."""
    found: dict[int, tuple[PriceStep, ...]] = {}
    for product, units, price in reader.rows(BREAKS):
        found[product] = (*found.get(product, ()), (units, price))
    return found


def costs(reader: Reader, finding: Finding) -> tuple[int | None, int | None]:
    """Cost of one and of all units suggested, in the shop's minor units; None where no cost is known.

    The supplier's price for the quantity, turned into the shop's currency, else the product's usual cost.
    """
    supply, quantity = finding.stand.supply, finding.found.quantity
    each = price_at(finding.terms.breaks, max(quantity, 1))
    if each is None or supply.currency is None or supply.rate is None:
        each, total = finding.unit_cost_minor, (finding.unit_cost_minor or 0) * quantity
        return each, None if each is None else total
    unit, total = (
        to_shop_minor(minor, supply.currency, reader.currency, supply.rate) for minor in (each, each * quantity)
    )
    return unit, total
