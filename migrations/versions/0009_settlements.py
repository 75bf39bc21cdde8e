"""What the channel paid out and charged: settlements and their entries."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE settlement (
    id INTEGER NOT NULL,
    settlement_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    starts_at TEXT NOT NULL,
    ends_at TEXT NOT NULL,
    deposited_at TEXT,
    total_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_settlement PRIMARY KEY (id),
    CONSTRAINT uq_settlement_settlement_id UNIQUE (settlement_id),
    CONSTRAINT ck_settlement_starts_before_end CHECK (starts_at <= ends_at),
    CONSTRAINT fk_settlement_channel FOREIGN KEY(channel) REFERENCES channel (name),
    CONSTRAINT fk_settlement_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE settlement_entry (
    settlement_id INTEGER NOT NULL,
    entry_no INTEGER NOT NULL,
    transaction_type TEXT NOT NULL,
    order_id TEXT,
    merchant_order_id TEXT,
    adjustment_id TEXT,
    shipment_id TEXT,
    marketplace TEXT,
    amount_type TEXT NOT NULL,
    amount_description TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    fulfillment TEXT,
    posted_at TEXT,
    item_id TEXT,
    sku TEXT,
    quantity INTEGER,
    promotion_id TEXT,
    CONSTRAINT pk_settlement_entry PRIMARY KEY (settlement_id, entry_no),
    CONSTRAINT fk_settlement_entry_settlement_id FOREIGN KEY(settlement_id) REFERENCES settlement (id)
) STRICT, WITHOUT ROWID
""",
    """
CREATE INDEX ix_settlement_entry_order_id ON settlement_entry (order_id) WHERE order_id IS NOT NULL
""",
    *(
        f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
        for table in ("settlement", "settlement_entry")
        for verb in ("UPDATE", "DELETE")
    ),
)


def upgrade() -> None:
    """Add the tables; nothing that is there changes."""
    for statement in STATEMENTS:
        op.execute(statement)
