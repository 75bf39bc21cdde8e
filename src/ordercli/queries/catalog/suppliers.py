"""Suppliers: the list, and one with what it sells at what price."""

from typing import NamedTuple

from ordercli.domain.money import format_amount
from ordercli.domain.report import Card, Column, Report
from ordercli.errors import unknown
from ordercli.queries.columns import Selected, card_values
from ordercli.queries.reader import Reader

COLUMNS = Selected(
    (Column("supplier"), "s.name"),
    (Column("currency", "word", ""), "s.currency"),
    (Column("lead_time_days", "number", "lead days"), "coalesce(w.mean_days, s.lead_time_days)"),
    # The variance, whose root is taken here: SQLite need not have one.
    (
        Column("lead_time_sd", "number", "spread"),
        "coalesce(w.variance_days, s.lead_time_spread_days * s.lead_time_spread_days)",
    ),
    (Column("receipts", "whole", "learned from", importance="spare"), "w.receipts"),
    (Column("minimum_units", "whole", "min. units", importance="spare"), "s.minimum_units"),
    (Column("minimum_value", "money", "min. value", importance="spare"), "s.minimum_minor"),
    (Column("order_days", "word", "order days", importance="spare"), "s.order_days"),
    (Column("products", "whole"), "(SELECT count(*) FROM product p WHERE p.supplier_id = s.id)"),
    (
        Column("purchases", "whole", "open purchases"),
        """(SELECT count(DISTINCT u.id) FROM purchase u JOIN purchase_line l ON l.purchase_id = u.id
          AND l.quantity_open > 0 WHERE u.supplier_id = s.id)""",
    ),
    (Column("email", in_table=False), "s.email"),
    (Column("address", in_table=False), "s.address"),
    (Column("payment_terms", in_table=False), "s.payment_terms"),
    (Column("note", in_table=False), "s.note"),
)


class Listed(NamedTuple):
    """A supplier as :data:`COLUMNS` have it; days, ``minimum_value`` in minor units of its currency."""

    supplier: str
    currency: str
    lead_time_days: float | str | None
    lead_time_sd: float | str | None
    receipts: int | None
    minimum_units: int | None
    minimum_value: int | None
    order_days: str | None
    products: int
    purchases: int
    email: str | None
    address: str | None
    payment_terms: str | None
    note: str | None

    def shown(self) -> "Listed":
        """The same with its days as text, the variance turned into a deviation."""
        mean, variance = self.lead_time_days, self.lead_time_sd
        return self._replace(
            lead_time_days=None if mean is None else f"{mean:.1f}",
            lead_time_sd=None if variance is None else f"{float(variance) ** 0.5:.1f}",
        )


SUPPLIERS = f"""
SELECT {COLUMNS.sql}
FROM supplier s LEFT JOIN learned_lead_time w ON w.supplier_id = s.id AND w.product_id IS NULL
WHERE :supplier IS NULL OR s.name = :supplier ORDER BY s.name"""


def list_suppliers(reader: Reader, name: str | None = None) -> Report:
    """Every supplier, or one, with the lead time that counts: learned from receipts once there are five."""
    rows = (Listed._make(row).shown() for row in reader.rows(SUPPLIERS, {"supplier": name}))
    return Report(COLUMNS, rows, "No suppliers.")


TERMS = """
SELECT p.sku, t.supplier_sku, p.name, t.minimum_units, coalesce(t.case_pack, p.case_pack), w.mean_days, w.receipts,
  (SELECT group_concat(from_quantity || '@' || unit_cost_minor, ' ') FROM (
    SELECT b.from_quantity, b.unit_cost_minor FROM price_break b
    WHERE b.supplier_id = s.id AND b.product_id = p.id ORDER BY b.from_quantity) AS found)
FROM supplier s JOIN product p ON true
LEFT JOIN supplier_product t ON t.supplier_id = s.id AND t.product_id = p.id
LEFT JOIN learned_lead_time w ON w.supplier_id = s.id AND w.product_id = p.id
WHERE s.name = :supplier AND (p.supplier_id = s.id OR t.product_id IS NOT NULL) ORDER BY p.sku"""


FIELDS = tuple(column._replace(in_table=True) for column in COLUMNS)
LISTS = {
    "sells": (
        Column("sku", "key"),
        Column("supplier_sku"),
        Column("name"),
        Column("minimum_units", "whole"),
        Column("case_pack", "whole"),
        Column("lead_time_days", "number"),
        Column("receipts", "whole"),
        Column("prices"),
    ),
}


def supplier_card(reader: Reader, name: str) -> Card:
    """One supplier in full: its terms, and its products with theirs.

    Raises:
        NotFound: for an unknown name.
    """
    require_supplier(reader, name)
    (row,) = list_suppliers(reader, name).rows
    card = card_values(COLUMNS, row, reader.currency)
    for key in ("lead_time_days", "lead_time_sd"):
        card[key] = None if card[key] is None else float(card[key])
    names = [column.name for column in LISTS["sells"]]
    goods = [dict(zip(names, line, strict=True)) for line in reader.rows(TERMS, {"supplier": name})]
    for line in goods:
        line["prices"] = _prices(line["prices"], card["currency"])
    card["sells"] = goods
    return Card(FIELDS, card, LISTS)


def _prices(told: str | None, currency: str) -> str | None:
    if told is None:
        return None
    breaks = (entry.split("@") for entry in told.split())
    return " ".join(f"{units}@{format_amount(int(minor), currency)}" for units, minor in breaks)


def require_supplier(reader: Reader, name: str) -> None:
    """Raise NotFound, naming the nearest, unless the supplier exists."""
    if reader.rows("SELECT 1 FROM supplier WHERE name = :name", {"name": name}).fetchone() is None:
        raise unknown("supplier", name, (known for (known,) in reader.rows("SELECT name FROM supplier")))
