"""Stock at Amazon: shipments to it, its statements, and the events of its ledger."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
INSERT INTO location (code, kind)
SELECT column1, column2 FROM (VALUES ('FBA-INBOUND', 'fba_inbound'), ('FBA-RECEIVING', 'fba_inbound'),
    ('FBA-UNSELLABLE', 'fba_unsellable'))
WHERE EXISTS (SELECT 1 FROM location)
""",
    """
CREATE TABLE fba_shipment (
    id INTEGER NOT NULL,
    reference TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_fba_shipment PRIMARY KEY (id),
    CONSTRAINT uq_fba_shipment_reference UNIQUE (reference),
    CONSTRAINT fk_fba_shipment_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE fba_shipment_line (
    fba_shipment_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    quantity_arrived INTEGER DEFAULT 0 NOT NULL,
    quantity_received INTEGER DEFAULT 0 NOT NULL,
    quantity_lost INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_fba_shipment_line PRIMARY KEY (fba_shipment_id, product_id),
    CONSTRAINT ck_fba_shipment_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_fba_shipment_line_quantity_received_not_negative CHECK (quantity_received >= 0),
    CONSTRAINT ck_fba_shipment_line_quantity_lost_not_negative CHECK (quantity_lost >= 0),
    CONSTRAINT ck_fba_shipment_line_arrived_within_sent CHECK (quantity_arrived <= quantity),
    CONSTRAINT ck_fba_shipment_line_received_within_arrived CHECK (quantity_received + quantity_lost <= quantity_arrived),
    CONSTRAINT fk_fba_shipment_line_fba_shipment_id FOREIGN KEY(fba_shipment_id) REFERENCES fba_shipment (id),
    CONSTRAINT fk_fba_shipment_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
) STRICT, WITHOUT ROWID
""",
    """
CREATE INDEX ix_fba_shipment_line_open ON fba_shipment_line (product_id, fba_shipment_id)
    WHERE quantity > quantity_received + quantity_lost
""",
    """
CREATE TABLE fba_statement (
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    stated_at TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_fba_statement PRIMARY KEY (id),
    CONSTRAINT uq_fba_statement_kind_stated_at UNIQUE (kind, stated_at),
    CONSTRAINT ck_fba_statement_kind CHECK (kind IN ('available', 'inventory', 'reserved', 'restock')),
    CONSTRAINT fk_fba_statement_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE fba_statement_line (
    fba_statement_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    fulfillable INTEGER,
    reserved INTEGER,
    unsellable INTEGER,
    inbound INTEGER,
    CONSTRAINT pk_fba_statement_line PRIMARY KEY (fba_statement_id, product_id),
    CONSTRAINT ck_fba_statement_line_fulfillable_not_negative CHECK (fulfillable >= 0),
    CONSTRAINT ck_fba_statement_line_reserved_not_negative CHECK (reserved >= 0),
    CONSTRAINT ck_fba_statement_line_unsellable_not_negative CHECK (unsellable >= 0),
    CONSTRAINT ck_fba_statement_line_inbound_not_negative CHECK (inbound >= 0),
    CONSTRAINT fk_fba_statement_line_fba_statement_id FOREIGN KEY(fba_statement_id) REFERENCES fba_statement (id),
    CONSTRAINT fk_fba_statement_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
) STRICT, WITHOUT ROWID
""",
    "CREATE INDEX ix_fba_statement_line_product_id ON fba_statement_line (product_id)",
    """
CREATE TABLE fba_ledger_event (
    id INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    occurred_on TEXT NOT NULL,
    product_id INTEGER NOT NULL,
    event TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    disposition TEXT NOT NULL,
    reference TEXT,
    reason TEXT,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_fba_ledger_event PRIMARY KEY (id),
    CONSTRAINT uq_fba_ledger_event_fingerprint UNIQUE (fingerprint),
    CONSTRAINT ck_fba_ledger_event_quantity_not_zero CHECK (quantity <> 0),
    CONSTRAINT fk_fba_ledger_event_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_fba_ledger_event_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    *(
        f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
        for table in ("fba_statement", "fba_statement_line", "fba_ledger_event")
        for verb in ("UPDATE", "DELETE")
    ),
)


def upgrade() -> None:
    """Add the tables, and Amazon's places to a shop that is set up; nothing that is there changes."""
    for statement in STATEMENTS:
        op.execute(statement)
