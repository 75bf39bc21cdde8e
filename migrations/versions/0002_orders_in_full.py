"""Orders in full: edits by hand, tags, texts of lines, computed promises, listings, column maps."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE sales_order ADD COLUMN is_ship_by_computed INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE sales_order ADD COLUMN edited_fields INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE order_line ADD COLUMN edited_fields INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE personal_data ADD COLUMN gift_message TEXT",
    "ALTER TABLE personal_data ADD COLUMN customization TEXT",
    """
CREATE TABLE line_text (
    order_line_id INTEGER NOT NULL,
    personal_id INTEGER NOT NULL,
    personal_version INTEGER NOT NULL,
    CONSTRAINT pk_line_text PRIMARY KEY (order_line_id),
    CONSTRAINT fk_line_text_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id),
    CONSTRAINT fk_line_text_personal_id FOREIGN KEY(personal_id, personal_version)
        REFERENCES personal_data (personal_id, version)
) STRICT
""",
    """
CREATE TABLE order_tag (
    sales_order_id INTEGER NOT NULL,
    tag TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_order_tag PRIMARY KEY (sales_order_id, tag),
    CONSTRAINT fk_order_tag_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_order_tag_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_order_tag_tag ON order_tag (tag)",
    """
CREATE TABLE reported_parcel (
    channel TEXT NOT NULL,
    order_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    parcel_id TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    shipped_at TEXT,
    carrier TEXT,
    tracking_number TEXT,
    item_price_minor INTEGER,
    item_tax_minor INTEGER,
    shipping_price_minor INTEGER,
    shipping_tax_minor INTEGER,
    gift_wrap_price_minor INTEGER,
    gift_wrap_tax_minor INTEGER,
    discount_minor INTEGER,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_reported_parcel PRIMARY KEY (channel, order_id, item_id, parcel_id),
    CONSTRAINT ck_reported_parcel_quantity_positive CHECK (quantity > 0),
    CONSTRAINT fk_reported_parcel_channel FOREIGN KEY(channel) REFERENCES channel (name),
    CONSTRAINT fk_reported_parcel_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_reported_parcel_tracking_number ON reported_parcel (tracking_number)",
    """
CREATE TABLE column_map (
    name TEXT NOT NULL,
    mapping TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_column_map PRIMARY KEY (name),
    CONSTRAINT fk_column_map_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE listing (
    id INTEGER NOT NULL,
    channel TEXT NOT NULL,
    channel_sku TEXT NOT NULL,
    product_id INTEGER NOT NULL,
    name TEXT,
    asin TEXT,
    price_minor INTEGER,
    fulfillment TEXT NOT NULL,
    channel_status TEXT,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_listing PRIMARY KEY (id),
    CONSTRAINT uq_listing_channel_channel_sku UNIQUE (channel, channel_sku),
    CONSTRAINT ck_listing_price_minor_not_negative CHECK (price_minor >= 0),
    CONSTRAINT ck_listing_fulfillment CHECK (fulfillment IN ('FBM', 'FBA')),
    CONSTRAINT fk_listing_channel FOREIGN KEY(channel) REFERENCES channel (name),
    CONSTRAINT fk_listing_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_listing_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_listing_product_id ON listing (product_id)",
)


def upgrade() -> None:
    """Add columns and tables; nothing that is there changes."""
    for statement in STATEMENTS:
        op.execute(statement)
