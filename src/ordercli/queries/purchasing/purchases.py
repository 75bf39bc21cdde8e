"""Purchases: the list, what is inbound by date, one in full, their lines as CSV, and one as it is printed."""

from typing import Any, NamedTuple

from ordercli.domain.money import format_amount, grouped_amount
from ordercli.domain.paper import PurchaseOrder, PurchaseOrderLine, Stationery
from ordercli.domain.report import Card, Column, Report
from ordercli.errors import NotFound, Refused
from ordercli.queries.columns import Selected, card_values
from ordercli.queries.reader import Reader

STATUS = """CASE WHEN sum(l.quantity_received) = 0 AND sum(l.quantity_canceled) = sum(l.quantity) THEN 'canceled'
  WHEN u.placed_on IS NULL THEN 'draft'
  WHEN u.closed_on IS NOT NULL THEN 'closed'
  WHEN sum(l.quantity_received) = 0 THEN 'placed'
  WHEN sum(l.quantity_open > 0) > 0 THEN 'partially_received'
  ELSE 'received' END"""
"""Status of purchase ``u`` from the sums over its lines ``l`` and its days."""

COLUMNS = Selected(
    (Column("purchase", "whole"), "u.id"),
    (Column("supplier"), "s.name"),
    (Column("status", "word"), STATUS),
    (
        Column("contents", "keys", importance="spare"),
        """(SELECT group_concat(sku || ':' || quantity, ' ') FROM (SELECT p.sku, i.quantity
          FROM purchase_line i JOIN product p ON p.id = i.product_id WHERE i.purchase_id = u.id
          ORDER BY i.id) AS found)""",
    ),
    (Column("quantity", "whole"), "coalesce(sum(l.quantity), 0)"),
    (Column("received", "whole"), "coalesce(sum(l.quantity_received), 0)"),
    (Column("damaged", "whole", in_table=False), "coalesce(sum(l.quantity_damaged), 0)"),
    (Column("canceled", "whole", in_table=False), "coalesce(sum(l.quantity_canceled), 0)"),
    (
        Column("inbound", "whole"),
        """iif(u.placed_on IS NULL, 0, coalesce(sum(l.quantity_open), 0))""",
    ),
    (Column("placed_on", "day", "placed", importance="spare"), "u.placed_on"),
    (
        Column("expected_on", "day", "expected", importance="key"),
        "min(l.expected_on) FILTER (WHERE l.quantity_open > 0)",
    ),
    (
        Column("is_overdue", "flag", "overdue"),
        """u.placed_on IS NOT NULL AND coalesce(min(l.expected_on)
          FILTER (WHERE l.quantity_open > 0) < :today, false)""",
    ),
    (
        Column("total", "money"),
        "iif(count(l.unit_cost_minor) = count(l.id), sum(l.quantity * l.unit_cost_minor), NULL)",
    ),
    (Column("currency", "word", ""), "u.currency"),
    (Column("reference", "key", in_table=False), "u.reference"),
    (Column("note", in_table=False), "u.note"),
)

BOUGHT = """\
FROM purchase u LEFT JOIN purchase_line l ON l.purchase_id = u.id LEFT JOIN supplier s ON s.id = u.supplier_id"""

# Open are drafts and placed ones of which something is still to come; one without lines is not listed.
LIST = f"""
SELECT {COLUMNS.sql}
{BOUGHT}
WHERE (:supplier IS NULL OR s.name = :supplier) AND (:purchase IS NULL OR u.id = :purchase)
GROUP BY u.id, s.id
HAVING (:purchase IS NOT NULL OR :every = 1 OR :status IS NOT NULL
  OR sum(l.quantity_open > 0) > 0)
  AND (:status IS NULL OR {STATUS} = :status)
ORDER BY u.placed_on IS NOT NULL, expected_on NULLS FIRST, u.id"""


def list_purchases(
    reader: Reader, *, every: bool = False, status: str | None = None, supplier: str | None = None
) -> Report:
    """Drafts, then what is on order by the day it should come; ``every`` or ``status`` bring in ended ones."""
    values = {"every": int(every), "status": status, "supplier": supplier, "purchase": None}
    return Report(COLUMNS, reader.streamed(LIST, values), "Nothing is on order.")


INBOUND_COLUMNS = Selected(
    (Column("expected_on", "day", "expected", importance="key"), "i.expected_on"),
    (Column("is_overdue", "flag", "overdue"), "i.expected_on < :today"),
    (Column("sku", "key", "SKU"), "p.sku"),
    (Column("name", importance="spare"), "p.name"),
    (Column("quantity", "whole"), "i.quantity"),
    (
        Column("inbound_by_then", "whole", "by then"),
        """sum(i.quantity) OVER (PARTITION BY p.id
          ORDER BY i.expected_on, i.purchase_line_id ROWS UNBOUNDED PRECEDING)""",
    ),
    (Column("purchase", "whole"), "i.purchase_id"),
    (Column("supplier", importance="spare"), "s.name"),
)

INBOUND = f"""
SELECT {INBOUND_COLUMNS.sql}
FROM inbound_line i JOIN product p ON p.id = i.product_id LEFT JOIN supplier s ON s.id = i.supplier_id
WHERE (:supplier IS NULL OR s.name = :supplier) AND (:sku IS NULL OR p.sku = :sku)
ORDER BY i.expected_on, p.sku, i.purchase_line_id"""


def inbound_by_date(reader: Reader, *, sku: str | None = None, supplier: str | None = None) -> Report:
    """What should come on which day, with how many units of the product will have come by then."""
    return Report(
        INBOUND_COLUMNS, reader.rows(INBOUND, {"sku": sku, "supplier": supplier}), "Nothing is on order."
    )


LINES = """
SELECT p.sku, t.supplier_sku, p.name, l.quantity, l.quantity_received, l.quantity_damaged, l.quantity_over,
  l.quantity_canceled, l.unit_cost_minor, l.quantity * l.unit_cost_minor, l.expected_on, l.is_suggested
FROM purchase_line l JOIN purchase u ON u.id = l.purchase_id JOIN product p ON p.id = l.product_id
LEFT JOIN supplier_product t ON t.supplier_id = u.supplier_id AND t.product_id = l.product_id
WHERE l.purchase_id = :purchase ORDER BY l.id"""

RECEIPTS = """
SELECT r.received_on, p.sku, r.quantity, r.quantity_damaged, r.reference, r.unit_cost_minor, :theirs, r.rate,
  r.landed_minor, r.cost_minor, :currency, r.operation_id
FROM purchase_receipt r JOIN purchase_line l ON l.id = r.purchase_line_id JOIN product p ON p.id = l.product_id
WHERE l.purchase_id = :purchase ORDER BY r.id"""


FIELDS = tuple(column._replace(in_table=True) for column in COLUMNS if column.name != "contents")
LISTS = {
    "lines": (
        Column("sku", "key"),
        Column("supplier_sku"),
        Column("name"),
        Column("quantity", "whole"),
        Column("received", "whole"),
        Column("damaged", "whole"),
        Column("over", "whole"),
        Column("canceled", "whole"),
        Column("unit_cost", "money"),
        Column("cost", "money"),
        Column("expected_on", "day"),
        Column("is_suggested", "flag", in_table=False),
    ),
    "receipts": (
        Column("received_on", "day"),
        Column("sku", "key"),
        Column("quantity", "whole"),
        Column("damaged", "whole"),
        Column("reference", "key"),
        Column("unit_cost", "money"),
        Column("unit_cost_currency", "word"),
        Column("rate", "number"),
        Column("landed_cost", "money"),
        Column("total_cost", "money"),
        Column("currency", "word"),
        Column("operation", "whole"),
    ),
}


def purchase_card(reader: Reader, number: int) -> Card:
    """One purchase in full: its fields, its lines, and what came of it, when and at what cost.

    Raises:
        NotFound: if there is none of that number.
    """
    values = {"every": 1, "status": None, "supplier": None, "purchase": number}
    row = reader.rows(LIST, values).fetchone()
    if row is None:
        raise NotFound(f"There is no purchase {number}; see: ordercli purchase list --done")
    card = card_values(COLUMNS, row, reader.currency)
    currency = card["currency"]
    card["is_overdue"] = bool(card["is_overdue"])
    card["lines"] = [_line(line, currency) for line in reader.rows(LINES, {"purchase": number})]
    came = reader.rows(RECEIPTS, {"purchase": number, "theirs": currency})
    card["receipts"] = [_receipt(receipt, currency, reader.currency) for receipt in came]
    return Card(FIELDS, card, LISTS)


EXPORT_COLUMNS = Selected(
    (Column("supplier"), "s.name"),
    (Column("sku", "key"), "p.sku"),
    (Column("supplier_sku"), "t.supplier_sku"),
    (Column("name"), "p.name"),
    (Column("quantity", "whole"), "l.quantity - l.quantity_canceled"),
    (Column("unit_cost", "money"), "l.unit_cost_minor"),
    (Column("currency", "word"), "u.currency"),
    (Column("expected_on", "day"), "l.expected_on"),
)

EXPORT = f"""
SELECT {EXPORT_COLUMNS.sql}
FROM purchase u JOIN purchase_line l ON l.purchase_id = u.id AND l.quantity > l.quantity_canceled
JOIN product p ON p.id = l.product_id LEFT JOIN supplier s ON s.id = u.supplier_id
LEFT JOIN supplier_product t ON t.supplier_id = u.supplier_id AND t.product_id = l.product_id
WHERE CASE WHEN :purchase IS NULL THEN u.placed_on IS NULL ELSE u.id = :purchase END ORDER BY u.id, l.id"""


def export_lines(reader: Reader, number: int | None) -> Report:
    """The lines of a purchase, or of all open drafts, as ``purchase draft --csv`` reads them.

    Raises:
        NotFound: if there is no purchase of that number.
    """
    if number is not None:
        purchase_card(reader, number)
    return Report(EXPORT_COLUMNS, reader.streamed(EXPORT, {"purchase": number}), "No drafts.")


SUPPLIER = """
SELECT s.name, s.address, s.email, s.payment_terms
FROM purchase u JOIN supplier s ON s.id = u.supplier_id WHERE u.id = :purchase"""


class OrderedLine(NamedTuple):
    """A line of :data:`EXPORT`, without what was canceled; minor units of ``currency``."""

    supplier: str | None
    sku: str
    supplier_sku: str | None
    name: str
    quantity: int
    unit_cost: int | None
    currency: str
    expected_on: str | None


def purchase_order(reader: Reader, number: int, stationery: Stationery) -> PurchaseOrder:
    """A purchase as it is sent to the supplier, without what was canceled; a draft bears today's date.

    Args:
        reader: the reading.
        number: of the purchase.
        stationery: whose address the goods go to, and the words for what is told.

    Raises:
        NotFound: if there is none of that number.
        Refused: if all of it was canceled, or it holds nothing.
    """
    card = purchase_card(reader, number).values
    rows = [OrderedLine._make(row) for row in reader.rows(EXPORT, {"purchase": number})]
    if not rows:
        raise Refused(f"Purchase {number} holds nothing to order; see: ordercli purchase show {number}")
    currency = card["currency"]
    days = {row.expected_on for row in rows}
    lines = tuple(_order_line(row, is_one_day=len(days) == 1) for row in rows)
    costs = [row.quantity * row.unit_cost for row in rows if row.unit_cost is not None]
    found = reader.rows(SUPPLIER, {"purchase": number}).fetchone() or (None,) * 4
    name, address, email, terms = (told or "" for told in found)
    words = stationery.words
    facts = (
        (words.date, card["placed_on"] or reader.today),
        (words.needed_by, max(day or "" for day in days)),
        (words.your_number, card["reference"]),
        (words.terms, terms),
    )
    return PurchaseOrder(
        number,
        tuple(line for line in (name, *address.splitlines(), email) if line),
        (stationery.shop, *stationery.address) if stationery.address else (),
        tuple((word, told) for word, told in facts if told),
        lines,
        currency,
        grouped_amount(sum(costs), currency) if len(costs) == len(rows) else "",
        card["note"] or "",
    )


def _order_line(row: OrderedLine, *, is_one_day: bool) -> PurchaseOrderLine:
    return PurchaseOrderLine(
        row.supplier_sku or "",
        row.sku,
        row.name,
        row.quantity,
        "" if row.unit_cost is None else grouped_amount(row.unit_cost, row.currency),
        "" if row.unit_cost is None else grouped_amount(row.quantity * row.unit_cost, row.currency),
        "" if is_one_day else row.expected_on or "",
    )


def _line(row: tuple[Any, ...], currency: str) -> dict[str, Any]:
    line = card_values(LISTS["lines"], row, currency)
    return line | {"is_suggested": bool(line["is_suggested"])}


def _receipt(row: tuple[Any, ...], currency: str, shop_currency: str) -> dict[str, Any]:
    """What came: the supplier's price is in the purchase's currency, all else in the shop's."""
    names = (column.name for column in LISTS["receipts"])
    told = dict(zip(names, row, strict=True))
    return told | {
        "unit_cost": _money(told["unit_cost"], currency),
        "rate": _number(told["rate"]),
        "landed_cost": _money(told["landed_cost"], shop_currency),
        "total_cost": _money(told["total_cost"], shop_currency),
    }


def _number(text: str) -> int | float:
    """A rate as JSON has numbers; a whole one without a point."""
    value = float(text)
    return int(value) if value.is_integer() else value


def _money(minor: int | None, currency: str) -> str | None:
    return None if minor is None else format_amount(minor, currency)
