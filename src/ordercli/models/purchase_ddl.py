"""Triggers and views of purchasing: what came is on its line, what still comes, and what a product's supply is."""

from sqlalchemy import DDL, event

from ordercli.models.base import Base
from ordercli.models.ddl import refuse

APPEND_ONLY = ("purchase_receipt", "purchase_cancellation")

RECEIVED = """CREATE TRIGGER purchase_receipt_inserted AFTER INSERT ON purchase_receipt
BEGIN
 UPDATE purchase_line SET quantity_received = quantity_received + NEW.quantity,
  quantity_damaged = quantity_damaged + NEW.quantity_damaged,
  quantity_over = max(0, quantity_received + NEW.quantity + quantity_canceled - quantity)
  WHERE id = NEW.purchase_line_id;
END"""

CANCELED = """CREATE TRIGGER purchase_cancellation_inserted AFTER INSERT ON purchase_cancellation
BEGIN
 UPDATE purchase_line SET quantity_canceled = quantity_canceled + NEW.quantity WHERE id = NEW.purchase_line_id;
END"""

PLACED = """CREATE TRIGGER purchase_receipt_of_placed BEFORE INSERT ON purchase_receipt
WHEN (SELECT u.placed_on FROM purchase_line l JOIN purchase u ON u.id = l.purchase_id
 WHERE l.id = NEW.purchase_line_id) IS NULL AND NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'a draft cannot be received'); END"""

KEPT = """CREATE TRIGGER purchase_line_kept BEFORE DELETE ON purchase_line
WHEN (SELECT placed_on FROM purchase WHERE id = OLD.purchase_id) IS NOT NULL
 AND NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'lines of a placed purchase stay'); END"""

ORDERED = """CREATE TRIGGER purchase_line_ordered BEFORE UPDATE OF purchase_id, product_id, quantity
ON purchase_line WHEN (SELECT placed_on FROM purchase WHERE id = OLD.purchase_id) IS NOT NULL
 AND NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'what a placed purchase orders stays'); END"""

TRIGGERS = (
    RECEIVED,
    CANCELED,
    PLACED,
    KEPT,
    ORDERED,
    *(refuse(table, verb) for table in APPEND_ONLY for verb in ("UPDATE", "DELETE")),
)

INBOUND_LINES = """CREATE VIEW inbound_line AS
SELECT l.id AS purchase_line_id, u.id AS purchase_id, u.supplier_id, l.product_id,
 l.quantity_open AS quantity, l.expected_on
FROM purchase_line l JOIN purchase u ON u.id = l.purchase_id
WHERE u.placed_on IS NOT NULL AND l.quantity_open > 0"""
"""What is bought and not here yet: a row a line of a placed purchase."""

LEARNED_LEAD_TIMES = """CREATE VIEW learned_lead_time AS
SELECT supplier_id, product_id, count(*) AS receipts, avg(days) AS mean_days,
 (sum(days * days) - sum(days) * sum(days) * 1.0 / count(*)) / (count(*) - 1) AS variance_days
FROM (
 SELECT supplier_id, product_id, days,
  row_number() OVER (PARTITION BY supplier_id, product_id ORDER BY received_on DESC, purchase_id DESC) AS place
 FROM (
  SELECT DISTINCT u.supplier_id, l.product_id, u.id AS purchase_id, r.received_on,
   CAST(julianday(r.received_on) - julianday(u.placed_on) AS INTEGER) AS days
  FROM purchase_receipt r JOIN purchase_line l ON l.id = r.purchase_line_id JOIN purchase u ON u.id = l.purchase_id
  WHERE u.supplier_id IS NOT NULL
  UNION ALL
  SELECT DISTINCT u.supplier_id, CAST(NULL AS INTEGER), u.id, r.received_on,
   CAST(julianday(r.received_on) - julianday(u.placed_on) AS INTEGER)
  FROM purchase_receipt r JOIN purchase_line l ON l.id = r.purchase_line_id JOIN purchase u ON u.id = l.purchase_id
  WHERE u.supplier_id IS NOT NULL
 ) AS found
) AS found
WHERE place <= 20
GROUP BY supplier_id, product_id HAVING count(*) >= 5"""
"""Days from order to receipt by the latest twenty receipts, where there are five: a row a supplier (product NULL)
and a row each of its products. A receipt is a day on which something of one purchase came. The variance is the
sample's (n - 1)."""

SUPPLY = """CREATE VIEW supply AS
WITH learned AS MATERIALIZED (SELECT * FROM learned_lead_time), latest AS MATERIALIZED (
 SELECT u.currency, max(r.id) AS receipt FROM purchase_receipt r JOIN purchase_line l ON l.id = r.purchase_line_id
 JOIN purchase u ON u.id = l.purchase_id GROUP BY u.currency
)
SELECT p.id AS product_id, s.id AS supplier_id, s.name AS supplier, s.currency,
 coalesce(own.mean_days, p.lead_time_days, every.mean_days, s.lead_time_days) AS lead_time_days,
 coalesce(own.variance_days, every.variance_days, s.lead_time_spread_days * s.lead_time_spread_days, 0)
  AS lead_time_variance,
 CASE WHEN own.receipts IS NOT NULL THEN 'receipts' WHEN p.lead_time_days IS NOT NULL THEN 'product'
  WHEN every.receipts IS NOT NULL THEN 'supplier_receipts' WHEN s.lead_time_days IS NOT NULL THEN 'supplier'
  ELSE 'setting' END AS lead_time_basis,
 CASE WHEN own.receipts IS NOT NULL THEN own.receipts WHEN p.lead_time_days IS NULL THEN every.receipts END
  AS lead_time_receipts,
 t.minimum_units, coalesce(t.case_pack, p.case_pack) AS case_pack,
 s.minimum_units AS order_minimum_units, s.minimum_minor AS order_minimum_minor, s.order_days,
 CASE WHEN s.id IS NULL OR s.currency = (SELECT currency FROM shop) THEN '1' ELSE r.rate END AS rate
FROM product p
LEFT JOIN supplier s ON s.id = p.supplier_id
LEFT JOIN supplier_product t ON t.supplier_id = s.id AND t.product_id = p.id
LEFT JOIN learned own ON own.supplier_id = s.id AND own.product_id = p.id
LEFT JOIN learned every ON every.supplier_id = s.id AND every.product_id IS NULL
LEFT JOIN latest ON latest.currency = s.currency
LEFT JOIN purchase_receipt r ON r.id = latest.receipt"""
"""How each product is bought: from whom, in how many days, and in what quantities. The more particular counts
first, and of two as particular what was learned: days of its own receipts, the product's, those of all receipts
from the supplier, the supplier's; NULL leaves it to the setting ``lead_time_days``."""

for _statement in (INBOUND_LINES, LEARNED_LEAD_TIMES, SUPPLY, *TRIGGERS):
    _made = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
    event.listen(Base.metadata, "after_create", _made)
