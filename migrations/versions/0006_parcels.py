"""What became of parcels, corrections of them, and what channels were told in which file."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
ALTER TABLE shipment ADD COLUMN is_outdated INTEGER DEFAULT 0 NOT NULL
    CONSTRAINT ck_shipment_is_outdated CHECK (is_outdated IN (0, 1))
""",
    "CREATE INDEX ix_shipment_outdated ON shipment (id) WHERE is_outdated",
    """
ALTER TABLE confirmation_file ADD COLUMN kind TEXT DEFAULT 'confirmation' NOT NULL
    CONSTRAINT ck_confirmation_file_kind CHECK (kind IN ('confirmation', 'refund', 'cancellation'))
""",
    """
CREATE TABLE upload_item (
    id INTEGER NOT NULL,
    confirmation_file_id INTEGER NOT NULL,
    shipment_id INTEGER,
    refund_id INTEGER,
    cancellation_id INTEGER,
    CONSTRAINT pk_upload_item PRIMARY KEY (id),
    CONSTRAINT ck_upload_item_one_thing CHECK ((shipment_id IS NOT NULL) + (refund_id IS NOT NULL) + (cancellation_id IS NOT NULL) = 1),
    CONSTRAINT fk_upload_item_confirmation_file_id FOREIGN KEY(confirmation_file_id) REFERENCES confirmation_file (id),
    CONSTRAINT fk_upload_item_shipment_id FOREIGN KEY(shipment_id) REFERENCES shipment (id),
    CONSTRAINT fk_upload_item_refund_id FOREIGN KEY(refund_id) REFERENCES refund (id),
    CONSTRAINT fk_upload_item_cancellation_id FOREIGN KEY(cancellation_id) REFERENCES cancellation (id)
) STRICT
""",
    """
CREATE INDEX ix_upload_item_cancellation_id ON upload_item (cancellation_id)
    WHERE cancellation_id IS NOT NULL
""",
    "CREATE INDEX ix_upload_item_confirmation_file_id ON upload_item (confirmation_file_id)",
    "CREATE INDEX ix_upload_item_refund_id ON upload_item (refund_id) WHERE refund_id IS NOT NULL",
    "CREATE INDEX ix_upload_item_shipment_id ON upload_item (shipment_id) WHERE shipment_id IS NOT NULL",
    """
CREATE TABLE upload_failure (
    upload_item_id INTEGER NOT NULL,
    code TEXT,
    message TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_upload_failure PRIMARY KEY (upload_item_id),
    CONSTRAINT fk_upload_failure_upload_item_id FOREIGN KEY(upload_item_id) REFERENCES upload_item (id),
    CONSTRAINT fk_upload_failure_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE shipment_event (
    id INTEGER NOT NULL,
    shipment_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    status TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    detail TEXT,
    withdraws INTEGER,
    CONSTRAINT pk_shipment_event PRIMARY KEY (id),
    CONSTRAINT ck_shipment_event_status CHECK (status IN ('in_transit', 'delivered', 'exception', 'returned', 'void')),
    CONSTRAINT ck_shipment_event_no_detail_of_delivery CHECK (detail IS NULL OR status <> 'delivered'),
    CONSTRAINT ck_shipment_event_void_is_final CHECK (withdraws IS NULL OR status <> 'void'),
    CONSTRAINT uq_shipment_event_withdraws UNIQUE (withdraws),
    CONSTRAINT fk_shipment_event_shipment_id FOREIGN KEY(shipment_id) REFERENCES shipment (id),
    CONSTRAINT fk_shipment_event_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id),
    CONSTRAINT fk_shipment_event_withdraws FOREIGN KEY(withdraws) REFERENCES shipment_event (id)
) STRICT
""",
    "CREATE INDEX ix_shipment_event_shipment_id ON shipment_event (shipment_id)",
    """
CREATE TABLE shipment_fix (
    id INTEGER NOT NULL,
    shipment_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    field TEXT NOT NULL,
    old_value TEXT,
    new_value TEXT,
    CONSTRAINT pk_shipment_fix PRIMARY KEY (id),
    CONSTRAINT ck_shipment_fix_field CHECK (field IN ('carrier', 'tracking_number', 'service', 'cost', 'shipped_on')),
    CONSTRAINT ck_shipment_fix_changes CHECK (old_value IS NOT new_value),
    CONSTRAINT fk_shipment_fix_shipment_id FOREIGN KEY(shipment_id) REFERENCES shipment (id),
    CONSTRAINT fk_shipment_fix_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_shipment_fix_shipment_id ON shipment_fix (shipment_id)",
    """
INSERT INTO upload_item (confirmation_file_id, shipment_id)
SELECT confirmation_file_id, id FROM shipment WHERE confirmation_file_id IS NOT NULL ORDER BY id
""",
    """
CREATE VIEW shipment_news AS
SELECT e.id, e.shipment_id, e.operation_id, e.status, e.occurred_at, e.detail FROM shipment_event e
WHERE +e.withdraws IS NULL AND NOT EXISTS (SELECT 1 FROM shipment_event w WHERE w.withdraws = e.id)
""",
    """
CREATE TRIGGER shipment_event_inserted AFTER INSERT ON shipment_event
BEGIN
 UPDATE shipment SET
  status = coalesce(
   (SELECT CASE WHEN max(e.status = 'void') THEN 'void' WHEN max(e.status = 'returned') THEN 'returned'
     WHEN max(e.status = 'delivered') THEN 'delivered' END
    FROM shipment_news e WHERE e.shipment_id = NEW.shipment_id),
   (SELECT e.status FROM shipment_news e WHERE e.shipment_id = NEW.shipment_id
    ORDER BY e.occurred_at DESC, e.status LIMIT 1),
   'shipped'),
  delivered_at = (SELECT min(e.occurred_at) FROM shipment_news e
   WHERE e.shipment_id = NEW.shipment_id AND e.status = 'delivered')
  WHERE id = NEW.shipment_id;
END
""",
    """
CREATE TRIGGER shipment_voided AFTER UPDATE OF status ON shipment
WHEN NEW.status = 'void' AND OLD.status <> 'void'
BEGIN
 UPDATE order_line SET quantity_shipped = quantity_shipped
  - (SELECT sum(l.quantity) FROM shipment_line l WHERE l.shipment_id = NEW.id AND l.order_line_id = order_line.id)
  WHERE id IN (SELECT l.order_line_id FROM shipment_line l WHERE l.shipment_id = NEW.id);
 UPDATE daily_sales SET units = units
  - (SELECT sum(u.quantity) FROM shipped_unit u
   WHERE u.shipment_id = NEW.id AND u.product_id = daily_sales.product_id AND u.sold_on = daily_sales.day)
  WHERE (product_id, day) IN (SELECT u.product_id, u.sold_on FROM shipped_unit u WHERE u.shipment_id = NEW.id);
END
""",
    """
CREATE TRIGGER shipment_void_stays BEFORE UPDATE OF status ON shipment
WHEN OLD.status = 'void' AND NEW.status <> 'void'
BEGIN SELECT RAISE(ABORT, 'a void parcel stays void'); END
""",
    *(
        f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
        for table in ("shipment_event", "shipment_fix", "upload_item", "upload_failure")
        for verb in ("UPDATE", "DELETE")
    ),
)


def upgrade() -> None:
    """Add the tables, and say of each confirmed parcel in which file it went out; nothing else changes."""
    for statement in STATEMENTS:
        op.execute(statement)
