"""Kits, packs of several units, barcodes, and what each channel is told of the stock."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE product ADD COLUMN barcode TEXT",
    "ALTER TABLE product ADD COLUMN case_pack INTEGER CONSTRAINT ck_product_case_pack_positive CHECK (case_pack > 0)",
    "ALTER TABLE product ADD COLUMN retired_on TEXT",
    "ALTER TABLE product ADD COLUMN is_kit INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_product_is_kit CHECK (is_kit IN (0, 1))",
    "CREATE UNIQUE INDEX ix_product_barcode ON product (barcode) WHERE barcode IS NOT NULL",
    "ALTER TABLE listing ADD COLUMN fnsku TEXT",
    """
ALTER TABLE listing ADD COLUMN units_per_pack INTEGER DEFAULT 1 NOT NULL
    CONSTRAINT ck_listing_units_per_pack_positive CHECK (units_per_pack > 0)
""",
    """
ALTER TABLE listing ADD COLUMN buffer INTEGER DEFAULT 0 NOT NULL
    CONSTRAINT ck_listing_buffer_not_negative CHECK (buffer >= 0)
""",
    "ALTER TABLE listing ADD COLUMN cap INTEGER CONSTRAINT ck_listing_cap_not_negative CHECK (cap >= 0)",
    "ALTER TABLE listing ADD COLUMN sent_quantity INTEGER",
    """
ALTER TABLE order_line ADD COLUMN units_per_pack INTEGER DEFAULT 1 NOT NULL
    CONSTRAINT ck_order_line_units_per_pack_positive CHECK (units_per_pack > 0)
""",
    """
ALTER TABLE order_line ADD COLUMN is_assembled INTEGER DEFAULT 0 NOT NULL
    CONSTRAINT ck_order_line_is_assembled CHECK (is_assembled IN (0, 1))
""",
    """
CREATE TABLE kit_component (
    kit_id INTEGER NOT NULL,
    component_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_kit_component PRIMARY KEY (kit_id, component_id),
    CONSTRAINT ck_kit_component_quantity_not_negative CHECK (quantity >= 0),
    CONSTRAINT ck_kit_component_not_of_itself CHECK (kit_id <> component_id),
    CONSTRAINT fk_kit_component_kit_id FOREIGN KEY(kit_id) REFERENCES product (id),
    CONSTRAINT fk_kit_component_component_id FOREIGN KEY(component_id) REFERENCES product (id),
    CONSTRAINT fk_kit_component_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT, WITHOUT ROWID
""",
    "CREATE INDEX ix_kit_component_component_id ON kit_component (component_id)",
    """
CREATE TABLE order_line_component (
    order_line_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    CONSTRAINT pk_order_line_component PRIMARY KEY (order_line_id, product_id),
    CONSTRAINT ck_order_line_component_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_order_line_component_weight_positive CHECK (weight > 0),
    CONSTRAINT fk_order_line_component_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id),
    CONSTRAINT fk_order_line_component_product_id FOREIGN KEY(product_id) REFERENCES product (id)
) STRICT, WITHOUT ROWID
""",
    """
CREATE TABLE shipment_component (
    shipment_line_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    movement_id INTEGER,
    CONSTRAINT pk_shipment_component PRIMARY KEY (shipment_line_id, product_id),
    CONSTRAINT ck_shipment_component_quantity_positive CHECK (quantity > 0),
    CONSTRAINT fk_shipment_component_shipment_line_id FOREIGN KEY(shipment_line_id) REFERENCES shipment_line (id),
    CONSTRAINT fk_shipment_component_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_shipment_component_movement_id FOREIGN KEY(movement_id) REFERENCES stock_movement (id)
) STRICT, WITHOUT ROWID
""",
    *(
        f"""
CREATE TRIGGER order_line_component_no_{verb.lower()} BEFORE {verb} ON order_line_component
BEGIN SELECT RAISE(ABORT, 'order_line_component is append-only'); END
"""
        for verb in ("UPDATE", "DELETE")
    ),
    "DROP TRIGGER order_line_allocated",
    """
CREATE TRIGGER order_line_allocated AFTER UPDATE OF quantity_allocated ON order_line
WHEN NEW.quantity_allocated <> OLD.quantity_allocated AND NEW.is_assembled = 0
BEGIN
 UPDATE stock_level SET allocated = allocated + NEW.quantity_allocated - OLD.quantity_allocated
  WHERE product_id = NEW.product_id AND location = 'HOME';
END
""",
    """
CREATE TRIGGER order_line_parts_allocated AFTER UPDATE OF quantity_allocated ON order_line
WHEN NEW.quantity_allocated <> OLD.quantity_allocated AND NEW.is_assembled = 1
BEGIN
 UPDATE stock_level SET allocated = allocated + (NEW.quantity_allocated - OLD.quantity_allocated)
  * (SELECT c.quantity FROM order_line_component c
   WHERE c.order_line_id = NEW.id AND c.product_id = stock_level.product_id)
  WHERE location = 'HOME'
   AND product_id IN (SELECT c.product_id FROM order_line_component c WHERE c.order_line_id = NEW.id);
END
""",
    """
CREATE TRIGGER order_line_assembled AFTER INSERT ON order_line
WHEN NEW.units_per_pack > 1 OR (SELECT is_kit FROM product WHERE id = NEW.product_id)
BEGIN
 UPDATE order_line SET is_assembled = 1 WHERE id = NEW.id;
END
""",
    """
CREATE TRIGGER order_line_exploded AFTER UPDATE OF is_assembled ON order_line
WHEN NEW.is_assembled > OLD.is_assembled
BEGIN
 INSERT INTO order_line_component (order_line_id, product_id, quantity, weight)
  SELECT NEW.id, k.component_id, k.quantity * NEW.units_per_pack, k.quantity * CASE
   WHEN (SELECT min(coalesce(q.unit_price_minor, 0)) FROM kit_component j JOIN product q ON q.id = j.component_id
    WHERE j.kit_id = NEW.product_id AND j.quantity > 0) > 0 THEN p.unit_price_minor
   WHEN (SELECT min(coalesce(q.unit_cost_minor, 0)) FROM kit_component j JOIN product q ON q.id = j.component_id
    WHERE j.kit_id = NEW.product_id AND j.quantity > 0) > 0 THEN p.unit_cost_minor
   ELSE 1 END
  FROM kit_component k JOIN product p ON p.id = k.component_id
  WHERE k.kit_id = NEW.product_id AND k.quantity > 0;
 INSERT INTO order_line_component (order_line_id, product_id, quantity, weight)
  SELECT NEW.id, NEW.product_id, NEW.units_per_pack, 1
  WHERE NOT EXISTS (SELECT 1 FROM order_line_component c WHERE c.order_line_id = NEW.id);
END
""",
    """
CREATE TRIGGER stock_movement_not_of_kit BEFORE INSERT ON stock_movement
WHEN (SELECT is_kit FROM product WHERE id = NEW.product_id)
BEGIN SELECT RAISE(ABORT, 'a kit has no stock of its own'); END
""",
    """
CREATE TRIGGER product_kit_without_stock BEFORE UPDATE OF is_kit ON product
WHEN NEW.is_kit > OLD.is_kit AND EXISTS (SELECT 1 FROM stock_movement m WHERE m.product_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a product that had stock cannot become a kit'); END
""",
    "DROP TRIGGER shipment_line_inserted",
    """
CREATE TRIGGER shipment_line_inserted AFTER INSERT ON shipment_line
BEGIN
 UPDATE order_line SET quantity_shipped = quantity_shipped + NEW.quantity,
  quantity_allocated = min(quantity_allocated, quantity - quantity_canceled - quantity_shipped - NEW.quantity),
  quantity_picked = min(quantity_picked, quantity - quantity_canceled - quantity_shipped - NEW.quantity)
  WHERE id = NEW.order_line_id;
 INSERT INTO daily_sales (product_id, day, units) SELECT NEW.product_id, NEW.sold_on, NEW.quantity
  WHERE (SELECT is_assembled FROM order_line WHERE id = NEW.order_line_id) = 0
  ON CONFLICT (product_id, day) DO UPDATE SET units = units + excluded.units;
END
""",
    """
CREATE TRIGGER shipment_line_parts AFTER INSERT ON shipment_line
WHEN (SELECT is_assembled FROM order_line WHERE id = NEW.order_line_id)
BEGIN
 INSERT INTO shipment_component (shipment_line_id, product_id, quantity)
  SELECT NEW.id, c.product_id, c.quantity * NEW.quantity FROM order_line_component c
  WHERE c.order_line_id = NEW.order_line_id;
 INSERT INTO daily_sales (product_id, day, units)
  SELECT c.product_id, NEW.sold_on, c.quantity * NEW.quantity FROM order_line_component c
  WHERE c.order_line_id = NEW.order_line_id
  ON CONFLICT (product_id, day) DO UPDATE SET units = units + excluded.units;
END
""",
    """
CREATE VIEW shipped_unit AS
SELECT s.id AS shipment_line_id, s.shipment_id, s.order_line_id, s.sold_on,
 coalesce(c.product_id, s.product_id) AS product_id, coalesce(c.quantity, s.quantity) AS quantity,
 CASE WHEN c.product_id IS NULL THEN s.movement_id ELSE c.movement_id END AS movement_id,
 c.product_id IS NOT NULL AS is_part
FROM shipment_line s LEFT JOIN shipment_component c ON c.shipment_line_id = s.id
""",
)


def upgrade() -> None:
    """Add columns, tables and triggers; orders that are in already are taken as they are."""
    for statement in STATEMENTS:
        op.execute(statement)
