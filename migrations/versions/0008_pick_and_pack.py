"""What was picked and packed and when, shelves that held too little, packaging, and labels of carriers."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE product ADD COLUMN packaging TEXT",
    """
ALTER TABLE product ADD COLUMN packaging_cost_minor INTEGER
    CONSTRAINT ck_product_packaging_cost_minor_not_negative CHECK (packaging_cost_minor >= 0)
""",
    """
ALTER TABLE order_line ADD COLUMN quantity_short INTEGER DEFAULT 0 NOT NULL
    CONSTRAINT ck_order_line_quantity_short_not_negative CHECK (quantity_short >= 0)
""",
    "CREATE INDEX ix_order_line_picked ON order_line (product_id) WHERE quantity_picked > 0",
    "CREATE INDEX ix_order_line_short ON order_line (product_id) WHERE quantity_short > 0",
    """
CREATE TABLE line_pick (
    id INTEGER NOT NULL,
    order_line_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    reason TEXT NOT NULL,
    picked_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_line_pick PRIMARY KEY (id),
    CONSTRAINT ck_line_pick_reason CHECK (reason IN ('picked', 'put_back', 'short', 'missing')),
    CONSTRAINT ck_line_pick_sign CHECK (quantity <> 0 AND (quantity > 0) = (reason = 'picked')),
    CONSTRAINT fk_line_pick_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id),
    CONSTRAINT fk_line_pick_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_line_pick_order_line_id ON line_pick (order_line_id)",
    """
CREATE TABLE packing (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    packed_at TEXT NOT NULL,
    is_scanned INTEGER DEFAULT 0 NOT NULL,
    weight_grams INTEGER,
    packaging_cost_minor INTEGER,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_packing PRIMARY KEY (id),
    CONSTRAINT ck_packing_is_scanned CHECK (is_scanned IN (0, 1)),
    CONSTRAINT ck_packing_weight_grams_positive CHECK (weight_grams > 0),
    CONSTRAINT ck_packing_packaging_cost_minor_not_negative CHECK (packaging_cost_minor >= 0),
    CONSTRAINT fk_packing_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_packing_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_packing_sales_order_id ON packing (sales_order_id)",
    """
CREATE TABLE packing_line (
    packing_id INTEGER NOT NULL,
    order_line_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    units_before INTEGER NOT NULL,
    CONSTRAINT pk_packing_line PRIMARY KEY (packing_id, order_line_id),
    CONSTRAINT ck_packing_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_packing_line_units_before_not_negative CHECK (units_before >= 0),
    CONSTRAINT fk_packing_line_packing_id FOREIGN KEY(packing_id) REFERENCES packing (id),
    CONSTRAINT fk_packing_line_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id)
) STRICT, WITHOUT ROWID
""",
    "CREATE INDEX ix_packing_line_order_line_id ON packing_line (order_line_id)",
    """
CREATE TABLE count_question (
    id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    location TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    sales_order_id INTEGER,
    asked_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_count_question PRIMARY KEY (id),
    CONSTRAINT ck_count_question_quantity_positive CHECK (quantity > 0),
    CONSTRAINT fk_count_question_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_count_question_location FOREIGN KEY(location) REFERENCES location (code),
    CONSTRAINT fk_count_question_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_count_question_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_stock_count_line_product_id ON stock_count_line (product_id)",
    "ALTER TABLE personal_data ADD COLUMN label_file BLOB",
    """
CREATE TABLE shipment_label (
    shipment_id INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    personal_id INTEGER NOT NULL,
    personal_version INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_shipment_label PRIMARY KEY (shipment_id),
    CONSTRAINT fk_shipment_label_shipment_id FOREIGN KEY(shipment_id) REFERENCES shipment (id),
    CONSTRAINT fk_shipment_label_personal_id FOREIGN KEY(personal_id, personal_version) REFERENCES personal_data (personal_id, version),
    CONSTRAINT fk_shipment_label_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    *(
        f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
        for table in ("line_pick", "packing", "packing_line", "count_question")
        for verb in ("UPDATE", "DELETE")
    ),
    """
CREATE TRIGGER line_pick_inserted AFTER INSERT ON line_pick
BEGIN
 UPDATE order_line SET quantity_picked = quantity_picked + NEW.quantity WHERE id = NEW.order_line_id;
END
""",
    """
CREATE VIEW open_question AS
SELECT q.id, q.product_id, q.location, q.quantity, q.sales_order_id, q.asked_at, q.operation_id
FROM count_question q WHERE NOT EXISTS (
 SELECT 1 FROM stock_count_line l JOIN stock_count c ON c.id = l.stock_count_id
 WHERE l.product_id = q.product_id AND c.location = q.location AND c.counted_at >= q.asked_at
  AND c.operation_id > q.operation_id)
""",
    """
CREATE VIEW packed_unit AS
SELECT k.order_line_id, max(p.packed_at) AS packed_at,
 min(max(max(k.units_before + k.quantity) - l.quantity_shipped, 0), l.quantity_picked) AS quantity
FROM packing_line k JOIN packing p ON p.id = k.packing_id JOIN order_line l ON l.id = k.order_line_id
WHERE l.quantity_picked > 0 AND NOT EXISTS (SELECT 1 FROM line_pick t
 WHERE t.order_line_id = l.id AND t.quantity < 0 AND t.operation_id > p.operation_id)
GROUP BY k.order_line_id
""",
)


def upgrade() -> None:
    """Add the tables and columns; nothing counts as picked or packed before."""
    for statement in STATEMENTS:
        op.execute(statement)
