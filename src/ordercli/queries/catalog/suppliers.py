"""Suppliers: the list, and one with what it sells at what price."""

from typing import Any

from ordercli.domain.money import format_amount
from ordercli.domain.report import Column, Report
from ordercli.errors import unknown
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("supplier"),
    Column("currency", "word", ""),
    Column("lead_time_days", "number", "lead days"),
    Column("lead_time_sd", "number", "spread"),
    Column("receipts", "whole", "learned from", is_spare=True),
    Column("minimum_units", "whole", "min. units", is_spare=True),
    Column("minimum_value", "money", "min. value", is_spare=True),
    Column("order_days", "word", "order days", is_spare=True),
    Column("products", "whole"),
    Column("purchases", "whole", "open purchases"),
    Column("email", in_table=False),
    Column("note", in_table=False),
)

# The variance goes out as it is: SQLite need not have a square root.
SUPPLIERS = """
SELECT s.name, s.currency, coalesce(w.mean_days, s.lead_time_days),
  coalesce(w.variance_days, s.lead_time_spread_days * s.lead_time_spread_days), w.receipts, s.minimum_units,
  s.minimum_minor, s.order_days, (SELECT count(*) FROM product p WHERE p.supplier_id = s.id),
  (SELECT count(DISTINCT u.id) FROM purchase u JOIN purchase_line l ON l.purchase_id = u.id
    AND l.quantity > l.quantity_received + l.quantity_canceled WHERE u.supplier_id = s.id),
  s.email, s.note
FROM supplier s LEFT JOIN learned_lead_time w ON w.supplier_id = s.id AND w.product_id IS NULL
WHERE :supplier IS NULL OR s.name = :supplier ORDER BY s.name"""


def list_suppliers(reader: Reader, name: str | None = None) -> Report:
    """Every supplier, or one, with the lead time that counts: learned from receipts once there are five."""
    rows = (
        (*row[:2], _decimal(row[2]), _decimal(None if row[3] is None else row[3] ** 0.5), *row[4:])
        for row in reader.rows(SUPPLIERS, {"supplier": name})
    )
    return Report(COLUMNS, rows, "No suppliers.")


def _decimal(value: float | None) -> str | None:
    return None if value is None else f"{value:.1f}"


TERMS = """
SELECT p.sku, t.supplier_sku, p.name, t.minimum_units, coalesce(t.case_pack, p.case_pack), w.mean_days, w.receipts,
  (SELECT group_concat(from_quantity || '@' || unit_cost_minor, ' ') FROM (
    SELECT b.from_quantity, b.unit_cost_minor FROM price_break b
    WHERE b.supplier_id = s.id AND b.product_id = p.id ORDER BY b.from_quantity))
FROM supplier s JOIN product p
LEFT JOIN supplier_product t ON t.supplier_id = s.id AND t.product_id = p.id
LEFT JOIN learned_lead_time w ON w.supplier_id = s.id AND w.product_id = p.id
WHERE s.name = :supplier AND (p.supplier_id = s.id OR t.product_id IS NOT NULL) ORDER BY p.sku"""


def supplier_card(reader: Reader, name: str) -> dict[str, Any]:
    """One supplier in full: its terms, and its products with theirs.

    Raises:
        NotFound: for an unknown name.
    """
    require_supplier(reader, name)
    (row,) = list_suppliers(reader, name).rows
    card = dict(zip((column.name for column in COLUMNS), row, strict=True))
    currency = card["currency"]
    if card["minimum_value"] is not None:
        card["minimum_value"] = format_amount(card["minimum_value"], currency)
    for key in ("lead_time_days", "lead_time_sd"):
        card[key] = None if card[key] is None else float(card[key])
    names = ("sku", "supplier_sku", "name", "minimum_units", "case_pack", "lead_time_days", "receipts", "prices")
    goods = [dict(zip(names, line, strict=True)) for line in reader.rows(TERMS, {"supplier": name})]
    for line in goods:
        line["prices"] = _prices(line["prices"], currency)
    card["sells"] = goods
    return card


def _prices(told: str | None, currency: str) -> str | None:
    if told is None:
        return None
    breaks = (entry.split("@") for entry in told.split())
    return " ".join(f"{units}@{format_amount(int(minor), currency)}" for units, minor in breaks)


def require_supplier(reader: Reader, name: str) -> None:
    """Raise NotFound, naming the nearest, unless the supplier exists."""
    if reader.rows("SELECT 1 FROM supplier WHERE name = :name", {"name": name}).fetchone() is None:
        raise unknown("supplier", name, (row[0] for row in reader.rows("SELECT name FROM supplier")))
