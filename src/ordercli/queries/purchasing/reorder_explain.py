"""Where a suggestion comes from: every term of ``reorder`` for one product, and the rows each rests on."""

from collections.abc import Iterator, Sequence
from datetime import date
from math import sqrt
from typing import NamedTuple

from ordercli.domain.demand import LEAST_DAYS, DemandWindow, StockoutDays
from ordercli.domain.demand_history import BOUGHT, history
from ordercli.domain.money import EXPONENTS, format_amount
from ordercli.domain.purchasing.economy import economic_order, worst_case_stock
from ordercli.domain.purchasing.reorder import MANY, RECENT_DAYS
from ordercli.domain.reorder_point import service_factor, up
from ordercli.domain.report import Column, Explanation, Report
from ordercli.domain.standing import BuyingRules, Wishes
from ordercli.errors import Refused
from ordercli.queries.lookup import require_sku
from ordercli.queries.purchasing.reorder import Finding, costs, findings
from ordercli.queries.reader import Reader
from ordercli.queries.stock.stock import WAITING

COLUMNS = (
    Column("term", "word"),
    Column("value", "number"),
    Column("unit", "word"),
    Column("how", "word"),
    Column("source", "word"),
)

# The orders of the days of a window, with what the buyer canceled of them taken off.
ORDERED = """
SELECT u.ordered_on, sum(u.units), group_concat(DISTINCT o.order_id), count(DISTINCT o.id)
FROM product p JOIN order_line l ON l.product_id = p.id OR l.product_id IN
  (SELECT k.kit_id FROM kit_component k WHERE k.component_id = p.id)
JOIN sales_order o ON o.id = l.sales_order_id AND o.ordered_on >= :since AND o.ordered_on < :until
JOIN ordered_unit u ON u.order_line_id = l.id AND u.product_id = p.id AND u.units > 0
WHERE p.sku = :sku GROUP BY u.ordered_on ORDER BY u.ordered_on"""

ON_ORDER = """
SELECT i.purchase_id, i.quantity, i.expected_on FROM product p JOIN inbound_line i ON i.product_id = p.id
WHERE p.sku = :sku ORDER BY i.expected_on, i.purchase_line_id"""

WORST = """
SELECT (SELECT max(units) FROM (SELECT sum(d.units) AS units FROM daily_demand d
    WHERE d.product_id = p.id AND d.day >= :since AND d.day < :until GROUP BY d.day) AS found),
  (SELECT max(julianday(r.received_on) - julianday(u.placed_on)) FROM purchase_line l
    JOIN purchase_receipt r ON r.purchase_line_id = l.id JOIN purchase u ON u.id = l.purchase_id
    WHERE l.product_id = p.id)
FROM product p WHERE p.sku = :sku"""

_MOST_ORDERS = 3
_BASES = {
    "receipts": "learned from {} receipts of the product",
    "product": "product",
    "supplier_receipts": "learned from {} receipts from the supplier",
    "supplier": "supplier",
    "setting": "setting lead_time_days",
}


class Term(NamedTuple):
    """One row: a figure, how it comes about, and where it stands."""

    term: str
    value: float | str | None
    unit: str = ""
    how: str = ""
    source: str = ""


def explain_reorder(reader: Reader, wishes: Wishes, sku: str) -> Explanation:
    """Every term behind the suggestion for a product, then its orders, closed days and purchases.

    Raises:
        NotFound: for an unknown SKU.
        Refused: for a kit, which is not bought.
    """
    require_sku(reader, sku)
    rules = BuyingRules(reader, wishes, BOUGHT, sku)
    known = history(reader, sku=sku)
    finding = next(findings(reader, rules, known, sku, only_needed=False), None)
    if finding is None:
        raise Refused(f"{sku} is a kit, which is not bought; explain its components.")
    found, look = finding.found, known.look(finding.facts.product)
    terms = [
        *_demand(finding, look),
        *_policy(rules, finding),
        *(_levels(finding) if finding.demand.per_day else ()),
        *_point(finding),
        *_position(finding),
        *_order(reader, finding),
        *(_risk(finding) if found.risk else ()),
        *(_comparisons(reader, look, finding) if finding.demand.per_day else ()),
        *_sources(reader, look, finding),
    ]
    rows = [(t.term, _number(t.value), t.unit or None, t.how or None, t.source or None) for t in terms]
    verb = f"buy {found.quantity}" if found.quantity else "buy nothing"
    return Explanation(f"{sku}: {verb}: {found.reason}.", Report(COLUMNS, rows, ""))


def _demand(finding: Finding, look: DemandWindow) -> Iterator[Term]:
    demand = finding.demand
    first, last = _day(look.first), _day(look.end - 1)
    yield Term("days", look.end - look.first, "days", f"{first} to {last}", "the last ones before today")
    if closed := look.end - look.first - demand.days:
        yield Term("closed days", closed, "days", "nothing to sell and no order; told below")
    yield Term("units ordered", demand.units, "units", "less what buyers canceled", "told below")
    days = f"{LEAST_DAYS}, as {demand.days} are too few: a guess" if demand.is_guess else str(demand.days)
    yield Term("velocity", demand.per_day, "units a day", f"{demand.units} / {days}")
    if demand.days > 1:
        yield Term("demand deviation", demand.deviation, "units a day", "of the open days (n - 1)")
    else:
        yield Term("demand deviation", 0, "units a day", "one open day, so no deviation and no safety for it")


def _policy(rules: BuyingRules, finding: Finding) -> Iterator[Term]:
    facts, supply, policy = finding.facts, finding.stand.supply, finding.stand.policy
    basis = _BASES[supply.lead_time_basis].format(supply.lead_time_receipts)
    yield Term("lead time", policy.lead_time_days, "days", "from order to receipt", basis)
    if policy.lead_time_variance:
        yield Term("lead time deviation", sqrt(policy.lead_time_variance), "days", "", basis)
    if policy.wait_days and supply.order_days:
        how, source = "until the occasion after the next", f"order days {supply.order_days}"
        yield Term("wait", policy.wait_days, "days", how, source)
    elif policy.wait_days:
        how = "until somebody looks again, as no order days are known"
        yield Term("review interval", policy.wait_days, "days", how, "setting review_days")
    yield Term("cover", policy.cover_days, "days", "of sales an order should last", rules.cover_of(facts)[1])
    level, source = rules.service_of(facts)
    yield Term("service level", 100 * policy.service, "percent", f"{level} of lead times without a gap", source)
    yield Term("Z", service_factor(policy.service), "", "normal quantile of the service level")


def _levels(finding: Finding) -> Iterator[Term]:
    demand, policy, levels = finding.demand, finding.stand.policy, finding.found.levels
    d, span, z = _short(demand.per_day), _short(policy.span_days), _short(service_factor(policy.service))
    root = f"{span} x {_short(demand.deviation)}^2"
    if policy.lead_time_variance:
        root += f" + {d}^2 x {_short(policy.lead_time_variance)}"
    safety = _short(levels.safety_stock)
    yield Term("safety stock", levels.safety_stock, "units", f"{z} x sqrt({root})")
    yield Term("computed reorder point", levels.reorder_point, "units", f"{d} x {span} + {safety}")
    yield Term("target", levels.target, "units", f"{d} x ({span} + {policy.cover_days}) + {safety}")


def _point(finding: Finding) -> Iterator[Term]:
    point, own, levels = finding.found.point, finding.facts.point, finding.found.levels
    shown = f"shown as {up(point)}" if up(point) != point else ""
    if own is not None:
        yield Term("reorder point", point, "units", "typed", "product")
    elif point > levels.reorder_point:
        yield Term("reorder point", point, "units", "at least", "setting reorder_point")
    else:
        yield Term("reorder point", point, "units", shown, "computed")


def _position(finding: Finding) -> Iterator[Term]:
    facts, found, stand = finding.facts, finding.found, finding.stand
    yield Term("available", facts.available, "units", "on hand - allocated", f"explain stock {facts.sku}")
    if facts.storage:
        yield Term("storage", facts.storage, "units", "own places that do not sell", "stock --by location")
    if facts.fba:
        yield Term("at Amazon", facts.fba, "units", "there and on the way there", "stock --by location")
    if stand.owed:
        yield Term("backordered", -stand.owed, "units", "owed to waiting orders")
    if stand.arrivals:
        days = _short(stand.policy.span_days)
        yield Term("arriving in time", stand.arriving, "units", f"on order, expected within {days} days")
    yield Term("position", found.position, "units", "the sum of these")


def _order(reader: Reader, finding: Finding) -> Iterator[Term]:
    found, policy = finding.found, finding.terms
    if policy.minimum > 1:
        yield Term("minimum", policy.minimum, "units", "of the product in one order", "supplier")
    if policy.case_pack > 1:
        yield Term("case pack", policy.case_pack, "units", "in the supplier's case")
    yield Term("suggested quantity", found.quantity, "units", found.reason)
    unit, total = costs(reader, finding)
    if found.quantity:
        how = f"the quantity is above {MANY} times these: have a look" if found.is_large else ""
        yield Term(f"ordered in {RECENT_DAYS} days", finding.shelf.recent, "units", how)
    if found.quantity and unit is not None and total is not None:
        yield Term("unit cost", format_amount(unit, reader.currency), reader.currency)
        yield Term("cost", format_amount(total, reader.currency), reader.currency)


def _risk(finding: Finding) -> Iterator[Term]:
    found, demand = finding.found, finding.demand
    free = max(0, finding.stand.free)
    yield Term("days of cover", free / demand.per_day, "days", f"{free} / {_short(demand.per_day)}")
    if coming := sum(arrival.units for arrival in finding.stand.arrivals):
        how = f"({free} + {coming}) / {_short(demand.per_day)}"
        yield Term("days of cover with what is on order", (free + coming) / demand.per_day, "days", how)
    yield Term(
        "weeks of cover", free / (7 * demand.per_day), "weeks", f"{free} / {_short(7 * demand.per_day)} a week"
    )
    yield Term("sold out on", None, "", str(found.stockout_on))
    if found.risk:
        until = (
            f"before {finding.stand.arrivals[0].expected_on}"
            if finding.stand.arrivals
            else "before an order now arrives"
        )
        how = f"P(demand above {free} {until}), {found.risk.method}"
        yield Term("risk of running out", 100 * found.risk.probability, "percent", how)


def _comparisons(reader: Reader, look: DemandWindow, finding: Finding) -> Iterator[Term]:
    """Figures that decide nothing, to hold the suggestion against."""
    facts, demand = finding.facts, finding.demand
    values = {"sku": facts.sku, "since": _day(look.first), "until": _day(look.end)}
    most, slowest = reader.rows(WORST, values).fetchone()
    if most and slowest:
        lead = finding.stand.policy.lead_time_days
        stock = worst_case_stock(most, slowest, demand.per_day, lead)
        how = f"for comparison: {most} x {_short(slowest)} - {_short(demand.per_day)} x {_short(lead)}"
        yield Term("safety stock by the worst seen", stock, "units", how, "busiest day, slowest receipt")
    order_cost, rate = reader.setting("order_cost"), reader.setting("holding_rate")
    if order_cost and rate and finding.unit_cost_minor:
        digits = EXPONENTS[reader.currency]
        unit = finding.unit_cost_minor / 10**digits
        holding = unit * float(rate.removesuffix("%")) / 100
        best = economic_order(365 * demand.per_day, float(order_cost), holding)
        yield Term(
            "economic order",
            best.quantity,
            "units",
            f"for comparison: one in {best.days_between:.1f} days costs"
            f" {best.cost_a_year:.{digits}f} a year in all",
            "settings order_cost, holding_rate",
        )


def _sources(reader: Reader, look: DemandWindow, finding: Finding) -> Iterator[Term]:
    sku = finding.facts.sku
    span = {"sku": sku, "since": _day(look.first), "until": _day(look.end)}
    for day, units, orders, number in reader.rows(ORDERED, span):
        yield Term("ordered", units, "units", day, _orders(sorted(orders.split(",")), number))
    for start, stop in look.closed:
        why = _why(next(s for s in look.stockouts if s.ended_on is None or s.ended_on >= stop), look, start)
        yield Term(
            "closed", stop - start, "days", f"{_day(start)} to {_day(stop - 1)}: {why}", f"stock history {sku}"
        )
    for number, units, expected_on in reader.rows(ON_ORDER, {"sku": sku}):
        yield Term("on order", units, "units", f"expected {expected_on}", f"purchase {number}")
    for order_id, open_units, allocated, _ in reader.rows(WAITING, {"sku": sku}):
        if open_units > allocated:
            yield Term("waiting", open_units - allocated, "units", "", f"order {order_id}")


def _why(stockout: StockoutDays, look: DemandWindow, start: int) -> str:
    """Why days from ``start`` on are closed."""
    began = "nothing to sell so far"
    if stockout.began_on is not None:
        began = f"nothing to sell since {_day(stockout.began_on)}"
    return f"{began}, last order {_day(start - 1)}" if start - 1 in look.ordered.days else f"{began}, no order"


def _orders(ids: Sequence[str], number: int) -> str:
    more = f" and {number - _MOST_ORDERS} more" if number > _MOST_ORDERS else ""
    return f"order {' '.join(ids[:_MOST_ORDERS])}{more}"


def _day(number: int) -> str:
    return date.fromordinal(number).isoformat()


def _number(value: float | str | None) -> str | None:
    return value if value is None or isinstance(value, str) else _short(value, 4)


def _short(value: float, digits: int = 4) -> str:
    """A figure without needless decimals."""
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
