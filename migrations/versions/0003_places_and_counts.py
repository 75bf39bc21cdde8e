"""Places of the seller's own, and counts of what lies there."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOVEMENT_LEVELS = """
CREATE TRIGGER stock_movement_levels AFTER INSERT ON stock_movement
BEGIN
 INSERT INTO stock_level (product_id, location, quantity)
  SELECT NEW.product_id, code, NEW.quantity FROM location WHERE code = NEW.to_location AND kind <> 'outside'
  ON CONFLICT (product_id, location) DO UPDATE SET quantity = quantity + excluded.quantity;
 INSERT INTO stock_level (product_id, location, quantity)
  SELECT NEW.product_id, code, -NEW.quantity FROM location WHERE code = NEW.from_location AND kind <> 'outside'
   AND NOT EXISTS (SELECT 1 FROM stock_level WHERE product_id = NEW.product_id AND location = code);
 UPDATE stock_level SET quantity = quantity - NEW.quantity
  WHERE product_id = NEW.product_id AND location = NEW.from_location;
END
"""

STATEMENTS = (
    # A CHECK cannot be changed in place. The trigger names the table, so it stands aside while that is rebuilt.
    "DROP TRIGGER stock_movement_levels",
    """
CREATE TABLE new_location (
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT,
    operation_id INTEGER,
    CONSTRAINT pk_location PRIMARY KEY (code),
    CONSTRAINT ck_location_kind CHECK (kind IN ('sellable', 'storage', 'quarantine', 'damaged', 'fba', 'fba_inbound', 'fba_unsellable', 'outside')),
    CONSTRAINT fk_location_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "INSERT INTO new_location (code, kind) SELECT code, kind FROM location",
    "DROP TABLE location",
    "ALTER TABLE new_location RENAME TO location",
    MOVEMENT_LEVELS,
    """
CREATE TABLE stock_count (
    id INTEGER NOT NULL,
    location TEXT NOT NULL,
    counted_at TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_stock_count PRIMARY KEY (id),
    CONSTRAINT fk_stock_count_location FOREIGN KEY(location) REFERENCES location (code),
    CONSTRAINT fk_stock_count_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE stock_count_line (
    stock_count_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    expected INTEGER NOT NULL,
    counted INTEGER NOT NULL,
    CONSTRAINT pk_stock_count_line PRIMARY KEY (stock_count_id, product_id),
    CONSTRAINT ck_stock_count_line_expected_not_negative CHECK (expected >= 0),
    CONSTRAINT ck_stock_count_line_counted_not_negative CHECK (counted >= 0),
    CONSTRAINT fk_stock_count_line_stock_count_id FOREIGN KEY(stock_count_id) REFERENCES stock_count (id),
    CONSTRAINT fk_stock_count_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
) STRICT, WITHOUT ROWID
""",
    *(
        f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
        for table in ("stock_count", "stock_count_line")
        for verb in ("UPDATE", "DELETE")
    ),
)


def upgrade() -> None:
    """Rebuild the places with room for more, and add the counts."""
    for statement in STATEMENTS:
        op.execute(statement)
