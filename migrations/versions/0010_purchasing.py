"""Suppliers with their terms, and purchases of several products that come in parts."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE supplier (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    email TEXT,
    note TEXT,
    lead_time_days INTEGER,
    lead_time_spread_days INTEGER,
    minimum_units INTEGER,
    minimum_minor INTEGER,
    order_days TEXT,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_supplier PRIMARY KEY (id),
    CONSTRAINT ck_supplier_lead_time_days_not_negative CHECK (lead_time_days >= 0),
    CONSTRAINT ck_supplier_lead_time_spread_days_not_negative CHECK (lead_time_spread_days >= 0),
    CONSTRAINT ck_supplier_minimum_minor_not_negative CHECK (minimum_minor >= 0),
    CONSTRAINT ck_supplier_minimum_units_positive CHECK (minimum_units > 0),
    CONSTRAINT uq_supplier_name UNIQUE (name),
    CONSTRAINT fk_supplier_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE supplier_product (
    supplier_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    supplier_sku TEXT,
    minimum_units INTEGER,
    case_pack INTEGER,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_supplier_product PRIMARY KEY (supplier_id, product_id),
    CONSTRAINT ck_supplier_product_minimum_units_positive CHECK (minimum_units > 0),
    CONSTRAINT ck_supplier_product_case_pack_positive CHECK (case_pack > 0),
    CONSTRAINT fk_supplier_product_supplier_id FOREIGN KEY(supplier_id) REFERENCES supplier (id),
    CONSTRAINT fk_supplier_product_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_supplier_product_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT, WITHOUT ROWID
""",
    """
CREATE TABLE price_break (
    supplier_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    from_quantity INTEGER NOT NULL,
    unit_cost_minor INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_price_break PRIMARY KEY (supplier_id, product_id, from_quantity),
    CONSTRAINT ck_price_break_from_quantity_positive CHECK (from_quantity > 0),
    CONSTRAINT ck_price_break_unit_cost_minor_not_negative CHECK (unit_cost_minor >= 0),
    CONSTRAINT fk_price_break_supplier_id FOREIGN KEY(supplier_id) REFERENCES supplier (id),
    CONSTRAINT fk_price_break_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_price_break_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT, WITHOUT ROWID
""",
    "DROP INDEX ix_purchase_open",
    "ALTER TABLE purchase RENAME TO old_purchase",
    """
CREATE TABLE purchase (
    id INTEGER NOT NULL,
    supplier_id INTEGER,
    currency TEXT NOT NULL,
    reference TEXT,
    note TEXT,
    placed_on TEXT,
    closed_on TEXT,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_purchase PRIMARY KEY (id),
    CONSTRAINT ck_purchase_closed_after_placed CHECK (closed_on IS NULL OR placed_on IS NOT NULL),
    CONSTRAINT fk_purchase_supplier_id FOREIGN KEY(supplier_id) REFERENCES supplier (id),
    CONSTRAINT fk_purchase_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_purchase_draft ON purchase (supplier_id) WHERE placed_on IS NULL",
    """
CREATE TABLE purchase_line (
    id INTEGER NOT NULL,
    purchase_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    quantity_received INTEGER DEFAULT 0 NOT NULL,
    quantity_damaged INTEGER DEFAULT 0 NOT NULL,
    quantity_over INTEGER DEFAULT 0 NOT NULL,
    quantity_canceled INTEGER DEFAULT 0 NOT NULL,
    unit_cost_minor INTEGER,
    expected_on TEXT,
    is_suggested INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_purchase_line PRIMARY KEY (id),
    CONSTRAINT uq_purchase_line_purchase_id_product_id UNIQUE (purchase_id, product_id),
    CONSTRAINT ck_purchase_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_purchase_line_unit_cost_minor_not_negative CHECK (unit_cost_minor >= 0),
    CONSTRAINT ck_purchase_line_quantity_damaged_not_negative CHECK (quantity_damaged >= 0),
    CONSTRAINT ck_purchase_line_quantity_over_not_negative CHECK (quantity_over >= 0),
    CONSTRAINT ck_purchase_line_quantity_canceled_not_negative CHECK (quantity_canceled >= 0),
    CONSTRAINT ck_purchase_line_damaged_within_received CHECK (quantity_damaged <= quantity_received),
    CONSTRAINT ck_purchase_line_within_ordered CHECK (quantity_received + quantity_canceled <= quantity + quantity_over),
    CONSTRAINT ck_purchase_line_is_suggested CHECK (is_suggested IN (0, 1)),
    CONSTRAINT fk_purchase_line_purchase_id FOREIGN KEY(purchase_id) REFERENCES purchase (id),
    CONSTRAINT fk_purchase_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
) STRICT
""",
    """
CREATE INDEX ix_purchase_line_open ON purchase_line (product_id) WHERE quantity > quantity_received + quantity_canceled
""",
    """
CREATE TABLE purchase_receipt (
    id INTEGER NOT NULL,
    purchase_line_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    quantity_damaged INTEGER DEFAULT 0 NOT NULL,
    received_on TEXT NOT NULL,
    reference TEXT,
    unit_cost_minor INTEGER NOT NULL,
    rate TEXT DEFAULT '1' NOT NULL,
    landed_minor INTEGER DEFAULT 0 NOT NULL,
    cost_minor INTEGER NOT NULL,
    movement_id INTEGER,
    damaged_movement_id INTEGER,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_purchase_receipt PRIMARY KEY (id),
    CONSTRAINT ck_purchase_receipt_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_purchase_receipt_damaged_within_quantity CHECK (quantity_damaged BETWEEN 0 AND quantity),
    CONSTRAINT ck_purchase_receipt_unit_cost_minor_not_negative CHECK (unit_cost_minor >= 0),
    CONSTRAINT ck_purchase_receipt_cost_minor_not_negative CHECK (cost_minor >= 0),
    CONSTRAINT ck_purchase_receipt_landed_within_cost CHECK (landed_minor BETWEEN 0 AND cost_minor),
    CONSTRAINT fk_purchase_receipt_purchase_line_id FOREIGN KEY(purchase_line_id) REFERENCES purchase_line (id),
    CONSTRAINT fk_purchase_receipt_movement_id FOREIGN KEY(movement_id) REFERENCES stock_movement (id),
    CONSTRAINT fk_purchase_receipt_damaged_movement_id FOREIGN KEY(damaged_movement_id) REFERENCES stock_movement (id),
    CONSTRAINT fk_purchase_receipt_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_purchase_receipt_purchase_line_id ON purchase_receipt (purchase_line_id)",
    """
CREATE TABLE purchase_cancellation (
    id INTEGER NOT NULL,
    purchase_line_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_purchase_cancellation PRIMARY KEY (id),
    CONSTRAINT ck_purchase_cancellation_quantity_positive CHECK (quantity > 0),
    CONSTRAINT fk_purchase_cancellation_purchase_line_id FOREIGN KEY(purchase_line_id) REFERENCES purchase_line (id),
    CONSTRAINT fk_purchase_cancellation_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_purchase_cancellation_purchase_line_id ON purchase_cancellation (purchase_line_id)",
    # One supplier for each name that products or purchases had.
    """
INSERT INTO supplier (name, currency, operation_id)
SELECT name, (SELECT currency FROM shop), min(operation_id) FROM (
    SELECT supplier AS name, operation_id FROM product WHERE supplier IS NOT NULL
    UNION ALL SELECT supplier, operation_id FROM old_purchase WHERE supplier IS NOT NULL
) GROUP BY name ORDER BY min(operation_id), name
""",
    """
ALTER TABLE product ADD COLUMN supplier_id INTEGER CONSTRAINT fk_product_supplier_id REFERENCES supplier (id)
""",
    """
UPDATE product SET supplier_id = (SELECT s.id FROM supplier s WHERE s.name = product.supplier)
WHERE supplier IS NOT NULL
""",
    "ALTER TABLE product DROP COLUMN supplier",
    """
INSERT INTO purchase (id, supplier_id, currency, placed_on, operation_id)
SELECT o.id, s.id, (SELECT currency FROM shop), o.ordered_on, o.operation_id
FROM old_purchase o LEFT JOIN supplier s ON s.name = o.supplier
""",
    """
INSERT INTO purchase_line (id, purchase_id, product_id, quantity, quantity_received, quantity_canceled,
    unit_cost_minor, expected_on)
SELECT id, id, product_id, quantity, quantity_received, quantity_canceled, unit_cost_minor, expected_on
FROM old_purchase
""",
    # What came left a movement that names the purchase; what was given up left only the operation's summary.
    """
INSERT INTO purchase_receipt (purchase_line_id, quantity, received_on, unit_cost_minor, cost_minor, movement_id,
    operation_id)
SELECT o.id, m.quantity, substr(m.occurred_at, 1, 10), o.unit_cost_minor, m.cost_minor, m.id, m.operation_id
FROM old_purchase o
JOIN stock_movement m ON m.kind = 'receipt' AND m.product_id = o.product_id AND m.reason = 'purchase ' || o.id
ORDER BY m.id
""",
    """
INSERT INTO purchase_cancellation (purchase_line_id, quantity, operation_id)
SELECT o.id, o.quantity_canceled, coalesce((
    SELECT max(p.id) FROM operation p
    WHERE p.command = 'purchase cancel' AND p.summary LIKE '% of purchase ' || o.id
), o.operation_id)
FROM old_purchase o WHERE o.quantity_canceled > 0
""",
    "DROP TABLE old_purchase",
    *(
        f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
        for table in ("purchase_receipt", "purchase_cancellation")
        for verb in ("UPDATE", "DELETE")
    ),
    """
CREATE TRIGGER purchase_receipt_inserted AFTER INSERT ON purchase_receipt
BEGIN
 UPDATE purchase_line SET quantity_received = quantity_received + NEW.quantity,
  quantity_damaged = quantity_damaged + NEW.quantity_damaged,
  quantity_over = max(0, quantity_received + NEW.quantity + quantity_canceled - quantity)
  WHERE id = NEW.purchase_line_id;
END
""",
    """
CREATE TRIGGER purchase_cancellation_inserted AFTER INSERT ON purchase_cancellation
BEGIN
 UPDATE purchase_line SET quantity_canceled = quantity_canceled + NEW.quantity WHERE id = NEW.purchase_line_id;
END
""",
    """
CREATE TRIGGER purchase_receipt_of_placed BEFORE INSERT ON purchase_receipt
WHEN (SELECT u.placed_on FROM purchase_line l JOIN purchase u ON u.id = l.purchase_id
 WHERE l.id = NEW.purchase_line_id) IS NULL
BEGIN SELECT RAISE(ABORT, 'a draft cannot be received'); END
""",
    """
CREATE TRIGGER purchase_line_kept BEFORE DELETE ON purchase_line
WHEN (SELECT placed_on FROM purchase WHERE id = OLD.purchase_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'lines of a placed purchase stay'); END
""",
    """
CREATE TRIGGER purchase_line_ordered BEFORE UPDATE OF purchase_id, product_id, quantity
ON purchase_line WHEN (SELECT placed_on FROM purchase WHERE id = OLD.purchase_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'what a placed purchase orders stays'); END
""",
    """
CREATE VIEW inbound_line AS
SELECT l.id AS purchase_line_id, u.id AS purchase_id, u.supplier_id, l.product_id,
 l.quantity - l.quantity_received - l.quantity_canceled AS quantity, l.expected_on
FROM purchase_line l JOIN purchase u ON u.id = l.purchase_id
WHERE u.placed_on IS NOT NULL AND l.quantity > l.quantity_received + l.quantity_canceled
""",
    """
CREATE VIEW learned_lead_time AS
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
  SELECT DISTINCT u.supplier_id, NULL, u.id, r.received_on,
   CAST(julianday(r.received_on) - julianday(u.placed_on) AS INTEGER)
  FROM purchase_receipt r JOIN purchase_line l ON l.id = r.purchase_line_id JOIN purchase u ON u.id = l.purchase_id
  WHERE u.supplier_id IS NOT NULL
 )
)
WHERE place <= 20
GROUP BY supplier_id, product_id HAVING count(*) >= 5
""",
    """
CREATE VIEW supply AS
WITH learned AS MATERIALIZED (SELECT * FROM learned_lead_time), rates AS MATERIALIZED (
 SELECT u.currency, r.rate, max(r.id) FROM purchase_receipt r JOIN purchase_line l ON l.id = r.purchase_line_id
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
 CASE WHEN s.id IS NULL OR s.currency = (SELECT currency FROM shop) THEN '1' ELSE rates.rate END AS rate
FROM product p
LEFT JOIN supplier s ON s.id = p.supplier_id
LEFT JOIN supplier_product t ON t.supplier_id = s.id AND t.product_id = p.id
LEFT JOIN learned own ON own.supplier_id = s.id AND own.product_id = p.id
LEFT JOIN learned every ON every.supplier_id = s.id AND every.product_id IS NULL
LEFT JOIN rates ON rates.currency = s.currency
""",
)


def upgrade() -> None:
    """Make suppliers of the names there are, and lines and receipts of the purchases there are."""
    for statement in STATEMENTS:
        op.execute(statement)
