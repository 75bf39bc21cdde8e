"""Where a number comes from: the terms it is the sum of, each with the operations that made it."""

from collections.abc import Iterable
from typing import Any

from ordercli.domain.health.metrics import clean_to_recover
from ordercli.domain.limits import Limit
from ordercli.domain.places import HOME
from ordercli.domain.reorder_point import kits_available
from ordercli.domain.report import Column, Explanation, Report
from ordercli.domain.stock.waiting import turn_sql
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.queries.health.metrics import Judged, judged, orders_behind
from ordercli.queries.health.rates import RateQuestion, limit_of, rule_named, standing_of
from ordercli.queries.lookup import require_sku
from ordercli.queries.past import known_operation
from ordercli.queries.reader import Reader
from ordercli.queries.stock.stock import WANTING
from ordercli.queries.stock.stock_past import Moment

STOCK_COLUMNS = (
    Column("term", "word"),
    Column("units", "whole"),
    Column("balance", "whole"),
    Column("movements", "whole"),
    Column("operations", "word"),
)

# Movements between two places that are not sold from, or two that are, do not change what is on hand.
STOCK_TERMS = """
SELECT m.kind, CASE m.kind WHEN 'adjustment' THEN m.reason END AS reason,
  sum(CASE t.kind WHEN 'sellable' THEN m.quantity ELSE -m.quantity END) AS units, count(*) AS movements,
  group_concat(DISTINCT m.operation_id) AS operations
FROM product p
JOIN stock_movement m ON m.product_id = p.id
JOIN location f ON f.code = m.from_location
JOIN location t ON t.code = m.to_location
WHERE p.sku = :sku AND (f.kind = 'sellable') <> (t.kind = 'sellable')
  AND m.occurred_at <= :as_of AND m.recorded_at <= :known_at
GROUP BY m.kind, CASE m.kind WHEN 'adjustment' THEN m.reason END, t.kind = 'sellable'
ORDER BY min(m.id)"""

PROMISED = f"""
WITH {WANTING}
SELECT o.order_id, w.each * l.quantity_allocated, o.operation_id
FROM wanting w
JOIN order_line l ON l.id = w.order_line_id AND l.quantity_allocated > 0
JOIN sales_order o ON o.id = l.sales_order_id
ORDER BY {turn_sql()}"""

PARTS = f"""
SELECT c.sku, k.quantity, coalesce(s.quantity - s.allocated, 0)
FROM product p
JOIN kit_component k ON k.kit_id = p.id AND k.quantity > 0
JOIN product c ON c.id = k.component_id
LEFT JOIN stock_level s ON s.product_id = c.id AND s.location = '{HOME}'
WHERE p.sku = :sku ORDER BY c.sku"""

_WORDS = {
    ("opening", True): "opening",
    ("receipt", True): "received",
    ("shipment", False): "shipped",
    ("shipment_void", True): "came back from voided shipments",
    ("return", True): "returned",
    ("inspection", True): "returned",
    ("count", True): "found by counting",
    ("count", False): "missing when counted",
    ("transfer", True): "moved here",
    ("transfer", False): "moved away",
    ("assembly", True): "assembled",
    ("assembly", False): "used to assemble",
}


def explain_stock(reader: Reader, sku: str, moment: Moment | None = None) -> Explanation:
    """Why a product has the units on hand and available that it has.

    Args:
        reader: the database.
        sku: of the product.
        moment: a past to explain, which ends with what was on hand, since promises are of the present.

    Raises:
        NotFound: for an unknown SKU.
    """
    known_operation(reader, None if moment is None else moment.known_at)
    require_sku(reader, sku)
    parts = reader.rows(PARTS, {"sku": sku}).fetchall()
    if parts:
        return _explain_kit(sku, parts, is_past=moment is not None)
    past = (moment or Moment("9999", "9999"))._asdict()
    terms: list[tuple[str, int, int, str]] = []
    for kind, reason, units, movements, operations in reader.rows(STOCK_TERMS, {"sku": sku, **past}):
        terms.append((_word(kind, reason, units), units, movements, _in_order(operations)))
    rows, balance = _running(terms)
    sentence = f"{_sum(terms)} = {balance:,} on hand"
    rows.append(("on hand", None, balance, None, None))
    if moment is None:
        promised = reader.rows(PROMISED, {"sku": sku}).fetchall()
        for order, units, operation in promised:
            balance -= units
            rows.append((f"allocated to {order}", -units, balance, None, str(operation)))
        allocated = sum(units for _, units, _ in promised)
        rows.append(("available", None, balance, None, None))
        sentence += f" − {allocated:,} allocated = {balance:,} available"
    return Explanation(f"{sku}: {sentence}.", Report(STOCK_COLUMNS, rows, f"{sku} never moved."))


def _explain_kit(sku: str, parts: list[tuple[str, int, int]], *, is_past: bool) -> Explanation:
    """A kit's availability: the least that a component makes."""
    if is_past:
        raise Refused(f"{sku} is a kit, which has no stock of its own; explain its components as of then.")
    makes = [available // each for _, each, available in parts]
    rows: list[tuple[Any, ...]] = [
        (f"{available:,} {part} available, {each:,} in a kit", None, kits, None, None)
        for (part, each, available), kits in zip(parts, makes, strict=True)
    ]
    least = kits_available([(available, each) for _, each, available in parts])
    rows.append(("available", None, least, None, None))
    terms = ", ".join(f"{available:,} {part} / {each:,}" for part, each, available in parts)
    sentence = f"{sku}: a kit; the least of {terms} = {least:,} available."
    return Explanation(sentence, Report(STOCK_COLUMNS, rows, "No components."))


def _word(kind: str, reason: str | None, units: int) -> str:
    if kind == "adjustment":
        return f"adjusted ({reason or 'correction'})"
    return _WORDS.get((kind, units > 0), kind)


def _in_order(operations: str) -> str:
    return " ".join(sorted(operations.split(","), key=int))


def _running(terms: Iterable[tuple[str, int, int, str]]) -> tuple[list[tuple[Any, ...]], int]:
    rows: list[tuple[Any, ...]] = []
    balance = 0
    for word, units, movements, operations in terms:
        balance += units
        rows.append((word, units, balance, movements, operations))
    return rows, balance


def _sum(terms: Iterable[tuple[str, int, int, str]]) -> str:
    """Terms with their signs between them, such as 10 opening + 2 received; nothing at all is 0."""
    text = ""
    for word, units, _, _ in terms:
        sign = ("" if units >= 0 else "−") if not text else (" + " if units >= 0 else " − ")
        text += f"{sign}{abs(units):,} {word}"
    return text or "0"


def explain_metric(reader: Reader, name: str, *, channel: str = "amazon", limit: int | None = None) -> Explanation:
    """How a rate comes about, and the orders that count in it, defects first.

    Raises:
        NotFound: naming the rates there are, for another name.
    """
    question = RateQuestion(channel)
    orders = orders_behind(reader, name, question, limit=limit)
    rule, standing = rule_named(name), standing_of(reader, question)
    it = judged(reader, rule, standing)
    share = "no rate" if it.rate is None else f"{100 * it.rate:.2f} %"
    most = "no limit" if it.limit is None else f"limit {100 * it.limit:g} %"
    more = _what_is_left(it, limit_of(reader, rule, standing), is_most=rule.is_most)
    figure = f"{it.numerator:,} of {it.denominator:,} {it.unit} = {share} ({it.exactness})"
    sentence = f"{name}, {it.window_start} to {it.window_end}: {figure}, {most}: {it.status}{more}."
    return Explanation(sentence, orders)


def _what_is_left(it: Judged, limit: Limit | None, *, is_most: bool) -> str:
    """How many more defects a rate takes, or how many clean ones bring it back."""
    if limit is None or it.headroom is None:
        return ""
    if it.status != "BREACH":
        return f"; {count(it.headroom, 'more defect')} would still be within it"
    defects = it.numerator if is_most else it.denominator - it.numerator
    clean = clean_to_recover(defects, it.denominator, limit)
    if clean is None:
        return "; no number of clean ones brings it back while these are in its window"
    return f"; {clean:,} more {it.unit} without a defect bring it back"
