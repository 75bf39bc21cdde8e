"""Where a suggestion comes from: every term of ``reorder`` for one product, and the rows each rests on."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from math import sqrt
from typing import NamedTuple

from ordercli.domain.money import EXPONENTS, format_amount
from ordercli.domain.purchasing.economy import economic_order, worst_case_stock
from ordercli.domain.purchasing.reorder import service_factor
from ordercli.domain.report import Column, Explanation, Report
from ordercli.errors import Refused
from ordercli.queries.demand import History
from ordercli.queries.lookup import require_sku
from ordercli.queries.purchasing.reorder import BuyingRules, Finding, Wishes, costs, findings
from ordercli.queries.reader import Reader
from ordercli.queries.stock.stock import WAITING

COLUMNS = (
    Column("term", "word"),
    Column("value", "number"),
    Column("unit", "word"),
    Column("how", "word"),
    Column("source", "word"),
)

SOLD = """
SELECT u.sold_on, sum(u.quantity), group_concat(DISTINCT o.order_id), count(DISTINCT o.id)
FROM product p
JOIN shipped_unit u ON u.product_id = p.id AND u.sold_on >= :since AND u.sold_on < :today
JOIN shipment s ON s.id = u.shipment_id AND s.status <> 'void'
JOIN sales_order o ON o.id = s.sales_order_id
WHERE p.sku = :sku GROUP BY u.sold_on ORDER BY u.sold_on"""

ON_ORDER = """
SELECT i.purchase_id, i.quantity, i.expected_on FROM product p JOIN inbound_line i ON i.product_id = p.id
WHERE p.sku = :sku ORDER BY i.expected_on, i.purchase_line_id"""

WORST = """
SELECT (SELECT max(d.units) FROM daily_sales d WHERE d.product_id = p.id AND d.day >= :since AND d.day < :today),
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
    """Every term behind the suggestion for a product, then its sales, days without stock and purchases.

    Raises:
        NotFound: for an unknown SKU.
        Refused: for a kit, which is not bought.
    """
    require_sku(reader, sku)
    rules = BuyingRules(reader, wishes)
    known = rules.history(sku)
    finding = next(findings(reader, rules, known, sku, only_needed=False), None)
    if finding is None:
        raise Refused(f"{sku} is a kit, which is not bought; explain its components.")
    found = finding.found
    terms = [
        *_demand(finding),
        *_policy(rules, finding),
        *(_levels(finding) if finding.demand.per_day else ()),
        *_position(finding),
        *_order(reader, finding),
        *(_risk(finding) if found.risk else ()),
        *(_comparisons(reader, known, finding) if finding.demand.per_day else ()),
        *_sources(reader, known, finding),
    ]
    rows = [(t.term, _number(t.value), t.unit or None, t.how or None, t.source or None) for t in terms]
    verb = f"buy {found.quantity}" if found.quantity else "buy nothing"
    return Explanation(f"{sku}: {verb}: {found.reason}.", Report(COLUMNS, rows, ""))


def _demand(finding: Finding) -> Iterator[Term]:
    demand = finding.demand
    yield Term("velocity", demand.per_day, "units a day", demand.basis, "settings velocity_days, velocity_method")
    if demand.days > 1:
        yield Term("demand deviation", demand.deviation, "units a day", "of the days in stock (n - 1)")
    else:
        yield Term("demand deviation", 0, "units a day", "one day in stock, so no deviation and no safety for it")


def _policy(rules: BuyingRules, finding: Finding) -> Iterator[Term]:
    item, supply, policy = finding.item, finding.supply, finding.policy
    basis = _BASES[supply.lead_time_basis].format(supply.lead_time_receipts)
    yield Term("lead time", policy.lead_time_days, "days", "from order to receipt", basis)
    if policy.lead_time_variance:
        yield Term("lead time deviation", sqrt(policy.lead_time_variance), "days", "", basis)
    if policy.wait_days:
        yield Term(
            "wait",
            policy.wait_days,
            "days",
            "until the occasion after the next",
            f"order days {supply.order_days}",
        )
    yield Term("cover", policy.cover_days, "days", "of sales an order should last", rules.cover_of(item)[1])
    level, source = rules.service_of(item)
    yield Term("service level", 100 * policy.service, "percent", f"{level} of lead times without a gap", source)
    yield Term("Z", service_factor(policy.service), "", "normal quantile of the service level")


def _levels(finding: Finding) -> Iterator[Term]:
    demand, policy, levels = finding.demand, finding.policy, finding.found.levels
    d, span, z = _short(demand.per_day), _short(policy.span_days), _short(service_factor(policy.service))
    root = f"{span} x {_short(demand.deviation)}^2"
    if policy.lead_time_variance:
        root += f" + {d}^2 x {_short(policy.lead_time_variance)}"
    safety = _short(levels.safety_stock)
    yield Term("safety stock", levels.safety_stock, "units", f"{z} x sqrt({root})")
    yield Term("reorder point", levels.reorder_point, "units", f"{d} x {span} + {safety}")
    yield Term("target", levels.target, "units", f"{d} x ({span} + {policy.cover_days}) + {safety}")


def _position(finding: Finding) -> Iterator[Term]:
    item, found = finding.item, finding.found
    yield Term("available", item.available, "units", "on hand - allocated", f"explain stock {item.sku}")
    if item.storage:
        yield Term("storage", item.storage, "units", "own places that do not sell", "stock --by location")
    if item.fba:
        yield Term("at Amazon", item.fba, "units", "there and on the way there", "stock --by location")
    if finding.owed:
        yield Term("backordered", -finding.owed, "units", "owed to waiting orders")
    in_time = found.position - (item.own - finding.owed)
    if finding.arrivals:
        days = _short(finding.policy.span_days)
        yield Term("arriving in time", in_time, "units", f"on order, expected within {days} days")
    yield Term("position", found.position, "units", "the sum of these")


def _order(reader: Reader, finding: Finding) -> Iterator[Term]:
    found, policy = finding.found, finding.policy
    if policy.minimum > 1:
        yield Term("minimum", policy.minimum, "units", "of the product in one order", "supplier")
    if policy.case_pack > 1:
        yield Term("case pack", policy.case_pack, "units", "in the supplier's case")
    yield Term("suggested quantity", found.quantity, "units", found.reason)
    unit, total = costs(reader, finding)
    if found.quantity and unit is not None and total is not None:
        yield Term("unit cost", format_amount(unit, reader.currency), reader.currency)
        yield Term("cost", format_amount(total, reader.currency), reader.currency)


def _risk(finding: Finding) -> Iterator[Term]:
    found, demand = finding.found, finding.demand
    free = max(0, finding.item.own - finding.owed)
    yield Term("days of cover", free / demand.per_day, "days", f"{free} / {_short(demand.per_day)}")
    if coming := sum(arrival.units for arrival in finding.arrivals):
        how = f"({free} + {coming}) / {_short(demand.per_day)}"
        yield Term("days of cover with what is on order", (free + coming) / demand.per_day, "days", how)
    yield Term(
        "weeks of cover", free / (7 * demand.per_day), "weeks", f"{free} / {_short(7 * demand.per_day)} a week"
    )
    yield Term("sold out on", None, "", str(found.stockout_on))
    if found.risk:
        until = f"before {finding.arrivals[0].expected_on}" if finding.arrivals else "before an order now arrives"
        how = f"P(demand above {free} {until}), {found.risk.method}"
        yield Term("risk of running out", 100 * found.risk.probability, "percent", how)


def _comparisons(reader: Reader, known: History, finding: Finding) -> Iterator[Term]:
    """Figures that decide nothing, to hold the suggestion against."""
    item, demand = finding.item, finding.demand
    values = {"sku": item.sku, "since": known.calendar.first_day}
    most, slowest = reader.rows(WORST, values).fetchone()
    if most and slowest:
        lead = finding.policy.lead_time_days
        stock = worst_case_stock(most, slowest, demand.per_day, lead)
        how = f"for comparison: {most} x {_short(slowest)} - {_short(demand.per_day)} x {_short(lead)}"
        yield Term("safety stock by the worst seen", stock, "units", how, "busiest day, slowest receipt")
    order_cost, rate = reader.setting("order_cost"), reader.setting("holding_rate")
    if order_cost and rate and item.unit_cost_minor:
        unit = item.unit_cost_minor / 10 ** EXPONENTS[reader.currency]
        holding = unit * float(rate.removesuffix("%")) / 100
        best = economic_order(365 * demand.per_day, float(order_cost), holding)
        yield Term(
            "economic order",
            best.quantity,
            "units",
            f"for comparison: one in {best.days_between:.1f} days costs {best.cost_a_year:.2f} a year in all",
            "settings order_cost, holding_rate",
        )


def _sources(reader: Reader, known: History, finding: Finding) -> Iterator[Term]:
    sku = finding.item.sku
    first = known.calendar.first_day
    for day, units, orders, number in reader.rows(SOLD, {"sku": sku, "since": first}):
        yield Term("sold", units, "units", day, _orders(orders.split(","), number))
    for start, end in _stretches(first, known.out.get(finding.item.product, ())):
        days = (date.fromisoformat(end) - date.fromisoformat(start)).days + 1
        yield Term("without stock", days, "days", f"{start} to {end}", f"stock history {sku}")
    for number, units, expected_on in reader.rows(ON_ORDER, {"sku": sku}):
        yield Term("on order", units, "units", f"expected {expected_on}", f"purchase {number}")
    for order_id, open_units, allocated, _ in reader.rows(WAITING, {"sku": sku}):
        if open_units > allocated:
            yield Term("waiting", open_units - allocated, "units", "", f"order {order_id}")


def _orders(ids: Sequence[str], number: int) -> str:
    more = f" and {number - _MOST_ORDERS} more" if number > _MOST_ORDERS else ""
    return f"order {' '.join(ids[:_MOST_ORDERS])}{more}"


def _stretches(first: str, places: Sequence[int]) -> Iterator[tuple[str, str]]:
    """First and last day of each run of days."""
    start = date.fromisoformat(first)
    for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        days = [place for _, place in run]
        yield (start + timedelta(days[0])).isoformat(), (start + timedelta(days[-1])).isoformat()


def _number(value: float | str | None) -> str | None:
    return value if value is None or isinstance(value, str) else _short(value, 4)


def _short(value: float, digits: int = 4) -> str:
    """A figure without needless decimals."""
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
