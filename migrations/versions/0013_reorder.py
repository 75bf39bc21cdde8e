"""A service level for each product, and what Amazon advises of the stock it keeps."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
ALTER TABLE product ADD COLUMN service_level TEXT CONSTRAINT ck_product_service_level CHECK (
    CAST(service_level AS REAL) > 50 AND CAST(service_level AS REAL) < 100
)
""",
    """
CREATE TABLE fba_advice (
    id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    stated_at TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_fba_advice PRIMARY KEY (id),
    CONSTRAINT uq_fba_advice_kind_stated_at UNIQUE (kind, stated_at),
    CONSTRAINT ck_fba_advice_kind CHECK (kind IN ('planning', 'restock')),
    CONSTRAINT fk_fba_advice_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE fba_advice_line (
    fba_advice_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    days_of_supply INTEGER,
    recommended_quantity INTEGER,
    units_7 INTEGER,
    units_30 INTEGER,
    units_60 INTEGER,
    units_90 INTEGER,
    excess_quantity INTEGER,
    alert TEXT,
    CONSTRAINT pk_fba_advice_line PRIMARY KEY (fba_advice_id, product_id),
    CONSTRAINT ck_fba_advice_line_days_of_supply_not_negative CHECK (days_of_supply >= 0),
    CONSTRAINT ck_fba_advice_line_recommended_quantity_not_negative CHECK (recommended_quantity >= 0),
    CONSTRAINT ck_fba_advice_line_units_7_not_negative CHECK (units_7 >= 0),
    CONSTRAINT ck_fba_advice_line_units_30_not_negative CHECK (units_30 >= 0),
    CONSTRAINT ck_fba_advice_line_units_60_not_negative CHECK (units_60 >= 0),
    CONSTRAINT ck_fba_advice_line_units_90_not_negative CHECK (units_90 >= 0),
    CONSTRAINT ck_fba_advice_line_excess_quantity_not_negative CHECK (excess_quantity >= 0),
    CONSTRAINT fk_fba_advice_line_fba_advice_id FOREIGN KEY(fba_advice_id) REFERENCES fba_advice (id),
    CONSTRAINT fk_fba_advice_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
) STRICT, WITHOUT ROWID
""",
    "CREATE INDEX ix_fba_advice_line_product_id ON fba_advice_line (product_id)",
    *(
        f"""
CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
        for table in ("fba_advice", "fba_advice_line")
        for verb in ("UPDATE", "DELETE")
    ),
)


def upgrade() -> None:
    """Add the column and the tables; nothing that is there changes."""
    for statement in STATEMENTS:
        op.execute(statement)
