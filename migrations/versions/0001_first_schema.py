"""The first schema: shop, products, orders, stock ledger, parcels."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE operation (
    id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    command TEXT NOT NULL,
    summary TEXT,
    changed TEXT,
    CONSTRAINT pk_operation PRIMARY KEY (id)
) STRICT
""",
    """
CREATE TABLE personal_data (
    personal_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    customer_name TEXT,
    customer_email TEXT,
    customer_phone TEXT,
    ship_name TEXT,
    address_1 TEXT,
    address_2 TEXT,
    address_3 TEXT,
    city TEXT,
    state TEXT,
    postal_code TEXT,
    country TEXT,
    note TEXT,
    CONSTRAINT pk_personal_data PRIMARY KEY (personal_id, version)
) STRICT
""",
    """
CREATE TABLE location (
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT pk_location PRIMARY KEY (code),
    CONSTRAINT ck_location_kind CHECK (kind IN ('sellable', 'quarantine', 'damaged', 'fba', 'outside'))
) STRICT
""",
    """
CREATE TABLE product (
    id INTEGER NOT NULL,
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    asin TEXT,
    unit_price_minor INTEGER,
    unit_cost_minor INTEGER,
    supplier TEXT,
    lead_time_days INTEGER,
    reorder_point INTEGER,
    cover_days INTEGER,
    weight_grams INTEGER,
    bin TEXT,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_product PRIMARY KEY (id),
    CONSTRAINT ck_product_unit_price_minor_not_negative CHECK (unit_price_minor >= 0),
    CONSTRAINT ck_product_unit_cost_minor_not_negative CHECK (unit_cost_minor >= 0),
    CONSTRAINT ck_product_reorder_point_not_negative CHECK (reorder_point >= 0),
    CONSTRAINT ck_product_lead_time_days_not_negative CHECK (lead_time_days >= 0),
    CONSTRAINT ck_product_cover_days_positive CHECK (cover_days > 0),
    CONSTRAINT ck_product_weight_grams_positive CHECK (weight_grams > 0),
    CONSTRAINT uq_product_sku UNIQUE (sku),
    CONSTRAINT fk_product_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE shop (
    id INTEGER NOT NULL,
    time_zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_shop PRIMARY KEY (id),
    CONSTRAINT ck_shop_one_row CHECK (id = 1),
    CONSTRAINT fk_shop_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE channel (
    name TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_channel PRIMARY KEY (name),
    CONSTRAINT fk_channel_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE setting (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    value TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_setting PRIMARY KEY (id),
    CONSTRAINT fk_setting_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE import_file (
    id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    layout TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    CONSTRAINT pk_import_file PRIMARY KEY (id),
    CONSTRAINT fk_import_file_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE sales_order (
    id INTEGER NOT NULL,
    channel TEXT NOT NULL,
    order_id TEXT NOT NULL,
    ordered_at TEXT NOT NULL,
    ship_by TEXT,
    deliver_by TEXT,
    fulfillment TEXT NOT NULL,
    service_level TEXT,
    channel_status TEXT,
    channel_updated_at TEXT,
    is_released INTEGER DEFAULT 0 NOT NULL,
    is_on_hold INTEGER DEFAULT 0 NOT NULL,
    currency TEXT,
    personal_id INTEGER,
    personal_version INTEGER,
    operation_id INTEGER NOT NULL,
    units INTEGER DEFAULT 0 NOT NULL,
    units_shipped INTEGER DEFAULT 0 NOT NULL,
    units_canceled INTEGER DEFAULT 0 NOT NULL,
    status TEXT NOT NULL GENERATED ALWAYS AS (CASE
 WHEN units_canceled = units THEN 'canceled'
 WHEN units_shipped + units_canceled = units THEN 'shipped'
 WHEN units_shipped > 0 THEN 'partially_shipped'
 WHEN is_released = 0 THEN 'pending'
 ELSE 'unshipped' END) VIRTUAL,
    CONSTRAINT pk_sales_order PRIMARY KEY (id),
    CONSTRAINT uq_sales_order_channel_order_id UNIQUE (channel, order_id),
    CONSTRAINT fk_sales_order_personal_id FOREIGN KEY(personal_id, personal_version) REFERENCES personal_data (personal_id, version),
    CONSTRAINT ck_sales_order_fulfillment CHECK (fulfillment IN ('FBM', 'FBA')),
    CONSTRAINT ck_sales_order_is_released CHECK (is_released IN (0, 1)),
    CONSTRAINT ck_sales_order_is_on_hold CHECK (is_on_hold IN (0, 1)),
    CONSTRAINT ck_sales_order_units_not_negative CHECK (units >= 0),
    CONSTRAINT ck_sales_order_units_shipped_not_negative CHECK (units_shipped >= 0),
    CONSTRAINT ck_sales_order_units_canceled_not_negative CHECK (units_canceled >= 0),
    CONSTRAINT fk_sales_order_channel FOREIGN KEY(channel) REFERENCES channel (name),
    CONSTRAINT fk_sales_order_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE purchase (
    id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    supplier TEXT,
    quantity INTEGER NOT NULL,
    quantity_received INTEGER DEFAULT 0 NOT NULL,
    quantity_canceled INTEGER DEFAULT 0 NOT NULL,
    unit_cost_minor INTEGER NOT NULL,
    ordered_on TEXT NOT NULL,
    expected_on TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_purchase PRIMARY KEY (id),
    CONSTRAINT ck_purchase_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_purchase_unit_cost_minor_not_negative CHECK (unit_cost_minor >= 0),
    CONSTRAINT ck_purchase_quantity_received_not_negative CHECK (quantity_received >= 0),
    CONSTRAINT ck_purchase_quantity_canceled_not_negative CHECK (quantity_canceled >= 0),
    CONSTRAINT ck_purchase_within_ordered CHECK (quantity_received + quantity_canceled <= quantity),
    CONSTRAINT fk_purchase_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_purchase_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE confirmation_file (
    id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    channel TEXT NOT NULL,
    written_at TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_confirmation_file PRIMARY KEY (id),
    CONSTRAINT ck_confirmation_file_state CHECK (state IN ('unknown', 'written')),
    CONSTRAINT fk_confirmation_file_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id),
    CONSTRAINT fk_confirmation_file_channel FOREIGN KEY(channel) REFERENCES channel (name)
) STRICT
""",
    """
CREATE TABLE stock_movement (
    id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    product_id INTEGER NOT NULL,
    from_location TEXT NOT NULL,
    to_location TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    cost_minor INTEGER NOT NULL,
    occurred_at TEXT NOT NULL,
    recorded_at TEXT NOT NULL,
    reference TEXT,
    reason TEXT,
    CONSTRAINT pk_stock_movement PRIMARY KEY (id),
    CONSTRAINT ck_stock_movement_kind CHECK (kind IN ('opening', 'receipt', 'shipment', 'shipment_void', 'return', 'inspection', 'adjustment', 'count', 'transfer', 'assembly', 'fba_statement')),
    CONSTRAINT ck_stock_movement_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_stock_movement_two_places CHECK (from_location <> to_location),
    CONSTRAINT ck_stock_movement_cost_minor_not_negative CHECK (cost_minor >= 0),
    CONSTRAINT fk_stock_movement_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id),
    CONSTRAINT fk_stock_movement_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_stock_movement_from_location FOREIGN KEY(from_location) REFERENCES location (code),
    CONSTRAINT fk_stock_movement_to_location FOREIGN KEY(to_location) REFERENCES location (code)
) STRICT
""",
    """
CREATE TABLE stock_level (
    product_id INTEGER NOT NULL,
    location TEXT NOT NULL,
    quantity INTEGER DEFAULT 0 NOT NULL,
    allocated INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_stock_level PRIMARY KEY (product_id, location),
    CONSTRAINT ck_stock_level_quantity_not_negative CHECK (quantity >= 0),
    CONSTRAINT ck_stock_level_allocated_not_negative CHECK (allocated >= 0),
    CONSTRAINT ck_stock_level_allocated_within_quantity CHECK (allocated <= quantity),
    CONSTRAINT fk_stock_level_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_stock_level_location FOREIGN KEY(location) REFERENCES location (code)
) WITHOUT ROWID, STRICT
""",
    """
CREATE TABLE daily_sales (
    product_id INTEGER NOT NULL,
    day TEXT NOT NULL,
    units INTEGER NOT NULL,
    CONSTRAINT pk_daily_sales PRIMARY KEY (product_id, day),
    CONSTRAINT ck_daily_sales_units_not_negative CHECK (units >= 0),
    CONSTRAINT fk_daily_sales_product_id FOREIGN KEY(product_id) REFERENCES product (id)
) WITHOUT ROWID, STRICT
""",
    """
CREATE TABLE feedback (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    stars INTEGER NOT NULL,
    given_on TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_feedback PRIMARY KEY (id),
    CONSTRAINT ck_feedback_stars CHECK (stars BETWEEN 1 AND 5),
    CONSTRAINT fk_feedback_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_feedback_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE claim (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    filed_on TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_claim PRIMARY KEY (id),
    CONSTRAINT ck_claim_kind CHECK (kind IN ('a-to-z', 'chargeback')),
    CONSTRAINT ck_claim_status CHECK (status IN ('open', 'granted', 'denied')),
    CONSTRAINT fk_claim_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_claim_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE order_line (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    line_no INTEGER NOT NULL,
    item_id TEXT,
    product_id INTEGER NOT NULL,
    name TEXT,
    quantity INTEGER NOT NULL,
    quantity_canceled INTEGER DEFAULT 0 NOT NULL,
    quantity_shipped INTEGER DEFAULT 0 NOT NULL,
    quantity_allocated INTEGER DEFAULT 0 NOT NULL,
    quantity_picked INTEGER DEFAULT 0 NOT NULL,
    quantity_returned INTEGER DEFAULT 0 NOT NULL,
    refunded_minor INTEGER DEFAULT 0 NOT NULL,
    item_price_minor INTEGER,
    item_tax_minor INTEGER,
    shipping_price_minor INTEGER,
    shipping_tax_minor INTEGER,
    gift_wrap_price_minor INTEGER,
    gift_wrap_tax_minor INTEGER,
    discount_minor INTEGER,
    price_is_estimated INTEGER DEFAULT 0 NOT NULL,
    price_updated_at TEXT,
    channel_shipped INTEGER DEFAULT 0 NOT NULL,
    channel_shipped_at TEXT,
    is_channel_canceled INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_order_line PRIMARY KEY (id),
    CONSTRAINT uq_order_line_sales_order_id_item_id UNIQUE (sales_order_id, item_id),
    CONSTRAINT ck_order_line_quantity_not_negative CHECK (quantity >= 0),
    CONSTRAINT ck_order_line_quantity_canceled_not_negative CHECK (quantity_canceled >= 0),
    CONSTRAINT ck_order_line_quantity_shipped_not_negative CHECK (quantity_shipped >= 0),
    CONSTRAINT ck_order_line_quantity_allocated_not_negative CHECK (quantity_allocated >= 0),
    CONSTRAINT ck_order_line_quantity_picked_not_negative CHECK (quantity_picked >= 0),
    CONSTRAINT ck_order_line_quantity_returned_not_negative CHECK (quantity_returned >= 0),
    CONSTRAINT ck_order_line_item_price_minor_not_negative CHECK (item_price_minor >= 0),
    CONSTRAINT ck_order_line_item_tax_minor_not_negative CHECK (item_tax_minor >= 0),
    CONSTRAINT ck_order_line_shipping_price_minor_not_negative CHECK (shipping_price_minor >= 0),
    CONSTRAINT ck_order_line_shipping_tax_minor_not_negative CHECK (shipping_tax_minor >= 0),
    CONSTRAINT ck_order_line_gift_wrap_price_minor_not_negative CHECK (gift_wrap_price_minor >= 0),
    CONSTRAINT ck_order_line_gift_wrap_tax_minor_not_negative CHECK (gift_wrap_tax_minor >= 0),
    CONSTRAINT ck_order_line_discount_minor_not_negative CHECK (discount_minor >= 0),
    CONSTRAINT ck_order_line_channel_shipped_not_negative CHECK (channel_shipped >= 0),
    CONSTRAINT ck_order_line_refunded_minor_not_negative CHECK (refunded_minor >= 0),
    CONSTRAINT ck_order_line_within_ordered CHECK (quantity_shipped + quantity_canceled + quantity_allocated <= quantity),
    CONSTRAINT ck_order_line_picked_within_allocated CHECK (quantity_picked <= quantity_allocated),
    CONSTRAINT ck_order_line_returned_within_shipped CHECK (quantity_returned <= quantity_shipped),
    CONSTRAINT ck_order_line_price_is_estimated CHECK (price_is_estimated IN (0, 1)),
    CONSTRAINT ck_order_line_is_channel_canceled CHECK (is_channel_canceled IN (0, 1)),
    CONSTRAINT fk_order_line_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_order_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
) STRICT
""",
    """
CREATE TABLE order_event (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    occurred_at TEXT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT,
    CONSTRAINT pk_order_event PRIMARY KEY (id),
    CONSTRAINT fk_order_event_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_order_event_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE return_authorization (
    id INTEGER NOT NULL,
    return_id TEXT NOT NULL,
    sales_order_id INTEGER NOT NULL,
    reason TEXT NOT NULL,
    opened_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    units INTEGER DEFAULT 0 NOT NULL,
    units_received INTEGER DEFAULT 0 NOT NULL,
    units_inspected INTEGER DEFAULT 0 NOT NULL,
    refunded_minor INTEGER DEFAULT 0 NOT NULL,
    status TEXT NOT NULL GENERATED ALWAYS AS (CASE
 WHEN refunded_minor > 0 AND units_inspected = units THEN 'refunded'
 WHEN units_inspected = units THEN 'inspected'
 WHEN units_received > 0 THEN 'received'
 ELSE 'authorized' END) VIRTUAL,
    CONSTRAINT pk_return_authorization PRIMARY KEY (id),
    CONSTRAINT uq_return_authorization_return_id UNIQUE (return_id),
    CONSTRAINT ck_return_authorization_units_not_negative CHECK (units >= 0),
    CONSTRAINT ck_return_authorization_units_received_not_negative CHECK (units_received >= 0),
    CONSTRAINT ck_return_authorization_units_inspected_not_negative CHECK (units_inspected >= 0),
    CONSTRAINT ck_return_authorization_refunded_minor_not_negative CHECK (refunded_minor >= 0),
    CONSTRAINT fk_return_authorization_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_return_authorization_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE shipment (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    origin TEXT NOT NULL,
    status TEXT NOT NULL,
    carrier TEXT,
    carrier_name TEXT,
    tracking_number TEXT,
    service TEXT,
    cost_minor INTEGER,
    shipped_on TEXT,
    recorded_at TEXT NOT NULL,
    confirmed_at TEXT,
    delivered_at TEXT,
    confirmation_file_id INTEGER,
    CONSTRAINT pk_shipment PRIMARY KEY (id),
    CONSTRAINT ck_shipment_origin CHECK (origin IN ('seller', 'channel')),
    CONSTRAINT ck_shipment_status CHECK (status IN ('shipped', 'in_transit', 'delivered', 'exception', 'returned', 'void')),
    CONSTRAINT ck_shipment_cost_minor_not_negative CHECK (cost_minor >= 0),
    CONSTRAINT fk_shipment_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_shipment_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id),
    CONSTRAINT fk_shipment_confirmation_file_id FOREIGN KEY(confirmation_file_id) REFERENCES confirmation_file (id)
) STRICT
""",
    """
CREATE TABLE cost_layer (
    id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    location TEXT NOT NULL,
    lot INTEGER DEFAULT 0 NOT NULL,
    movement_id INTEGER NOT NULL,
    acquired_at TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    cost_minor INTEGER NOT NULL,
    quantity_used INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_cost_layer PRIMARY KEY (id),
    CONSTRAINT ck_cost_layer_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_cost_layer_used_within_quantity CHECK (quantity_used BETWEEN 0 AND quantity),
    CONSTRAINT ck_cost_layer_cost_minor_not_negative CHECK (cost_minor >= 0),
    CONSTRAINT fk_cost_layer_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_cost_layer_location FOREIGN KEY(location) REFERENCES location (code),
    CONSTRAINT fk_cost_layer_movement_id FOREIGN KEY(movement_id) REFERENCES stock_movement (id)
) STRICT
""",
    """
CREATE TABLE cancellation (
    id INTEGER NOT NULL,
    order_line_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    canceled_by TEXT NOT NULL,
    reason TEXT,
    canceled_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_cancellation PRIMARY KEY (id),
    CONSTRAINT ck_cancellation_quantity_not_zero CHECK (quantity <> 0),
    CONSTRAINT ck_cancellation_canceled_by CHECK (canceled_by IN ('buyer', 'buyer-message', 'seller', 'unknown')),
    CONSTRAINT fk_cancellation_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id),
    CONSTRAINT fk_cancellation_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE return_line (
    id INTEGER NOT NULL,
    return_authorization_id INTEGER NOT NULL,
    order_line_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    quantity_received INTEGER DEFAULT 0 NOT NULL,
    quantity_inspected INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_return_line PRIMARY KEY (id),
    CONSTRAINT uq_return_line_return_authorization_id_order_line_id UNIQUE (return_authorization_id, order_line_id),
    CONSTRAINT ck_return_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_return_line_received_within_authorized CHECK (quantity_received <= quantity),
    CONSTRAINT ck_return_line_inspected_within_received CHECK (quantity_inspected <= quantity_received),
    CONSTRAINT fk_return_line_return_authorization_id FOREIGN KEY(return_authorization_id) REFERENCES return_authorization (id),
    CONSTRAINT fk_return_line_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id),
    CONSTRAINT fk_return_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
) STRICT
""",
    """
CREATE TABLE shipment_line (
    id INTEGER NOT NULL,
    shipment_id INTEGER NOT NULL,
    order_line_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    sold_on TEXT NOT NULL,
    movement_id INTEGER,
    CONSTRAINT pk_shipment_line PRIMARY KEY (id),
    CONSTRAINT ck_shipment_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT fk_shipment_line_shipment_id FOREIGN KEY(shipment_id) REFERENCES shipment (id),
    CONSTRAINT fk_shipment_line_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id),
    CONSTRAINT fk_shipment_line_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_shipment_line_movement_id FOREIGN KEY(movement_id) REFERENCES stock_movement (id)
) STRICT
""",
    """
CREATE TABLE layer_use (
    movement_id INTEGER NOT NULL,
    cost_layer_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    cost_minor INTEGER NOT NULL,
    CONSTRAINT pk_layer_use PRIMARY KEY (movement_id, cost_layer_id),
    CONSTRAINT ck_layer_use_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_layer_use_cost_minor_not_negative CHECK (cost_minor >= 0),
    CONSTRAINT fk_layer_use_movement_id FOREIGN KEY(movement_id) REFERENCES stock_movement (id),
    CONSTRAINT fk_layer_use_cost_layer_id FOREIGN KEY(cost_layer_id) REFERENCES cost_layer (id)
) WITHOUT ROWID, STRICT
""",
    """
CREATE TABLE return_event (
    id INTEGER NOT NULL,
    return_line_id INTEGER NOT NULL,
    disposition TEXT,
    quantity INTEGER NOT NULL,
    occurred_at TEXT NOT NULL,
    movement_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_return_event PRIMARY KEY (id),
    CONSTRAINT ck_return_event_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_return_event_disposition CHECK (disposition IN ('sellable', 'customer_damaged', 'carrier_damaged', 'defective', 'wrong_item', 'missing', 'expired')),
    CONSTRAINT fk_return_event_return_line_id FOREIGN KEY(return_line_id) REFERENCES return_line (id),
    CONSTRAINT fk_return_event_movement_id FOREIGN KEY(movement_id) REFERENCES stock_movement (id),
    CONSTRAINT fk_return_event_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    """
CREATE TABLE refund (
    id INTEGER NOT NULL,
    return_line_id INTEGER NOT NULL,
    disposition TEXT,
    quantity INTEGER NOT NULL,
    fee_minor INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    refunded_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_refund PRIMARY KEY (id),
    CONSTRAINT ck_refund_quantity_not_negative CHECK (quantity >= 0),
    CONSTRAINT ck_refund_fee_minor_not_negative CHECK (fee_minor >= 0),
    CONSTRAINT ck_refund_amount_minor_not_negative CHECK (amount_minor >= 0),
    CONSTRAINT fk_refund_return_line_id FOREIGN KEY(return_line_id) REFERENCES return_line (id),
    CONSTRAINT fk_refund_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT
""",
    "CREATE INDEX ix_setting_name_valid_from_id ON setting (name, valid_from, id)",
    "CREATE INDEX ix_import_file_sha256 ON import_file (sha256)",
    "CREATE INDEX ix_sales_order_tail ON sales_order (substr(order_id, -4))",
    "CREATE INDEX ix_sales_order_ship_by ON sales_order (ship_by)",
    "CREATE INDEX ix_sales_order_newest ON sales_order (ordered_at, id)",
    "CREATE INDEX ix_sales_order_open ON sales_order (ship_by, ordered_at) WHERE units > units_shipped + units_canceled",
    "CREATE INDEX ix_purchase_open ON purchase (product_id) WHERE quantity > quantity_received + quantity_canceled",
    "CREATE INDEX ix_stock_movement_product_id_occurred_at_id ON stock_movement (product_id, occurred_at, id)",
    "CREATE INDEX ix_feedback_sales_order_id ON feedback (sales_order_id)",
    "CREATE INDEX ix_claim_sales_order_id ON claim (sales_order_id)",
    "CREATE INDEX ix_order_line_open ON order_line (product_id, sales_order_id) WHERE quantity > quantity_shipped + quantity_canceled",
    "CREATE INDEX ix_order_line_order ON order_line (sales_order_id, line_no)",
    "CREATE INDEX ix_order_event_sales_order_id ON order_event (sales_order_id)",
    "CREATE INDEX ix_return_authorization_sales_order_id ON return_authorization (sales_order_id)",
    "CREATE INDEX ix_shipment_unconfirmed ON shipment (id) WHERE confirmed_at IS NULL AND origin = 'seller'",
    "CREATE INDEX ix_shipment_tracking_number ON shipment (tracking_number) WHERE tracking_number IS NOT NULL",
    "CREATE INDEX ix_shipment_sales_order_id ON shipment (sales_order_id)",
    "CREATE INDEX ix_cost_layer_open ON cost_layer (product_id, location, lot, acquired_at, id) WHERE quantity > quantity_used",
    "CREATE INDEX ix_cancellation_order_line_id ON cancellation (order_line_id)",
    "CREATE INDEX ix_return_line_order_line_id ON return_line (order_line_id)",
    "CREATE INDEX ix_shipment_line_order_line_id ON shipment_line (order_line_id)",
    "CREATE INDEX ix_shipment_line_shipment_id ON shipment_line (shipment_id)",
    "CREATE INDEX ix_return_event_return_line_id ON return_event (return_line_id)",
    "CREATE INDEX ix_refund_return_line_id ON refund (return_line_id)",
    """
CREATE TRIGGER operation_sealed BEFORE UPDATE ON operation
WHEN OLD.summary IS NOT NULL OR NEW.id <> OLD.id OR NEW.recorded_at <> OLD.recorded_at
 OR NEW.actor <> OLD.actor OR NEW.command <> OLD.command
BEGIN SELECT RAISE(ABORT, 'operation is append-only'); END
""",
    """
CREATE TRIGGER operation_no_delete BEFORE DELETE ON operation
BEGIN SELECT RAISE(ABORT, 'operation is append-only'); END
""",
    """
CREATE TRIGGER stock_movement_no_update BEFORE UPDATE ON stock_movement
BEGIN SELECT RAISE(ABORT, 'stock_movement is append-only'); END
""",
    """
CREATE TRIGGER stock_movement_no_delete BEFORE DELETE ON stock_movement
BEGIN SELECT RAISE(ABORT, 'stock_movement is append-only'); END
""",
    """
CREATE TRIGGER layer_use_no_update BEFORE UPDATE ON layer_use
BEGIN SELECT RAISE(ABORT, 'layer_use is append-only'); END
""",
    """
CREATE TRIGGER layer_use_no_delete BEFORE DELETE ON layer_use
BEGIN SELECT RAISE(ABORT, 'layer_use is append-only'); END
""",
    """
CREATE TRIGGER order_event_no_update BEFORE UPDATE ON order_event
BEGIN SELECT RAISE(ABORT, 'order_event is append-only'); END
""",
    """
CREATE TRIGGER order_event_no_delete BEFORE DELETE ON order_event
BEGIN SELECT RAISE(ABORT, 'order_event is append-only'); END
""",
    """
CREATE TRIGGER cancellation_no_update BEFORE UPDATE ON cancellation
BEGIN SELECT RAISE(ABORT, 'cancellation is append-only'); END
""",
    """
CREATE TRIGGER cancellation_no_delete BEFORE DELETE ON cancellation
BEGIN SELECT RAISE(ABORT, 'cancellation is append-only'); END
""",
    """
CREATE TRIGGER setting_no_update BEFORE UPDATE ON setting
BEGIN SELECT RAISE(ABORT, 'setting is append-only'); END
""",
    """
CREATE TRIGGER setting_no_delete BEFORE DELETE ON setting
BEGIN SELECT RAISE(ABORT, 'setting is append-only'); END
""",
    """
CREATE TRIGGER return_event_no_update BEFORE UPDATE ON return_event
BEGIN SELECT RAISE(ABORT, 'return_event is append-only'); END
""",
    """
CREATE TRIGGER return_event_no_delete BEFORE DELETE ON return_event
BEGIN SELECT RAISE(ABORT, 'return_event is append-only'); END
""",
    """
CREATE TRIGGER refund_no_update BEFORE UPDATE ON refund
BEGIN SELECT RAISE(ABORT, 'refund is append-only'); END
""",
    """
CREATE TRIGGER refund_no_delete BEFORE DELETE ON refund
BEGIN SELECT RAISE(ABORT, 'refund is append-only'); END
""",
    """
CREATE TRIGGER feedback_no_update BEFORE UPDATE ON feedback
BEGIN SELECT RAISE(ABORT, 'feedback is append-only'); END
""",
    """
CREATE TRIGGER feedback_no_delete BEFORE DELETE ON feedback
BEGIN SELECT RAISE(ABORT, 'feedback is append-only'); END
""",
    """
CREATE TRIGGER claim_no_update BEFORE UPDATE ON claim
BEGIN SELECT RAISE(ABORT, 'claim is append-only'); END
""",
    """
CREATE TRIGGER claim_no_delete BEFORE DELETE ON claim
BEGIN SELECT RAISE(ABORT, 'claim is append-only'); END
""",
    """
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
""",
    """
CREATE TRIGGER order_line_inserted AFTER INSERT ON order_line
BEGIN
 UPDATE sales_order SET units = units + NEW.quantity, units_shipped = units_shipped + NEW.quantity_shipped,
  units_canceled = units_canceled + NEW.quantity_canceled WHERE id = NEW.sales_order_id;
END
""",
    """
CREATE TRIGGER order_line_units AFTER UPDATE OF quantity, quantity_shipped, quantity_canceled
ON order_line
WHEN NEW.quantity <> OLD.quantity OR NEW.quantity_shipped <> OLD.quantity_shipped
 OR NEW.quantity_canceled <> OLD.quantity_canceled
BEGIN
 UPDATE sales_order SET units = units + NEW.quantity - OLD.quantity,
  units_shipped = units_shipped + NEW.quantity_shipped - OLD.quantity_shipped,
  units_canceled = units_canceled + NEW.quantity_canceled - OLD.quantity_canceled
  WHERE id = NEW.sales_order_id;
END
""",
    """
CREATE TRIGGER order_line_allocated AFTER UPDATE OF quantity_allocated ON order_line
WHEN NEW.quantity_allocated <> OLD.quantity_allocated
BEGIN
 UPDATE stock_level SET allocated = allocated + NEW.quantity_allocated - OLD.quantity_allocated
  WHERE product_id = NEW.product_id AND location = 'HOME';
END
""",
    """
CREATE TRIGGER shipment_line_inserted AFTER INSERT ON shipment_line
BEGIN
 UPDATE order_line SET quantity_shipped = quantity_shipped + NEW.quantity,
  quantity_allocated = min(quantity_allocated, quantity - quantity_canceled - quantity_shipped - NEW.quantity),
  quantity_picked = min(quantity_picked, quantity - quantity_canceled - quantity_shipped - NEW.quantity)
  WHERE id = NEW.order_line_id;
 INSERT INTO daily_sales (product_id, day, units) VALUES (NEW.product_id, NEW.sold_on, NEW.quantity)
  ON CONFLICT (product_id, day) DO UPDATE SET units = units + excluded.units;
END
""",
    """
CREATE TRIGGER cancellation_inserted AFTER INSERT ON cancellation
BEGIN
 UPDATE order_line SET quantity_canceled = quantity_canceled + NEW.quantity,
  quantity_allocated = min(quantity_allocated, quantity - quantity_shipped - quantity_canceled - NEW.quantity),
  quantity_picked = min(quantity_picked, quantity - quantity_shipped - quantity_canceled - NEW.quantity)
  WHERE id = NEW.order_line_id;
END
""",
    """
CREATE TRIGGER return_line_inserted AFTER INSERT ON return_line
BEGIN
 UPDATE return_authorization SET units = units + NEW.quantity WHERE id = NEW.return_authorization_id;
END
""",
    """
CREATE TRIGGER return_event_inserted AFTER INSERT ON return_event
BEGIN
 UPDATE return_line SET
  quantity_received = quantity_received + iif(NEW.disposition IS NULL, NEW.quantity, 0),
  quantity_inspected = quantity_inspected + iif(NEW.disposition IS NULL, 0, NEW.quantity)
  WHERE id = NEW.return_line_id;
 UPDATE return_authorization SET
  units_received = units_received + iif(NEW.disposition IS NULL, NEW.quantity, 0),
  units_inspected = units_inspected + iif(NEW.disposition IS NULL, 0, NEW.quantity)
  WHERE id = (SELECT return_authorization_id FROM return_line WHERE id = NEW.return_line_id);
 UPDATE order_line SET quantity_returned = quantity_returned + iif(NEW.disposition IS NULL, NEW.quantity, 0)
  WHERE id = (SELECT order_line_id FROM return_line WHERE id = NEW.return_line_id);
END
""",
    """
CREATE TRIGGER refund_within_paid BEFORE INSERT ON refund
WHEN NEW.amount_minor > (SELECT coalesce(l.item_price_minor, 0) + coalesce(l.item_tax_minor, 0)
  + coalesce(l.shipping_price_minor, 0) + coalesce(l.shipping_tax_minor, 0)
  + coalesce(l.gift_wrap_price_minor, 0) + coalesce(l.gift_wrap_tax_minor, 0)
  - coalesce(l.discount_minor, 0) - l.refunded_minor
  FROM return_line r JOIN order_line l ON l.id = r.order_line_id WHERE r.id = NEW.return_line_id)
 AND (SELECT l.item_price_minor FROM return_line r JOIN order_line l ON l.id = r.order_line_id
  WHERE r.id = NEW.return_line_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'refund is more than was paid'); END
""",
    """
CREATE TRIGGER refund_inserted AFTER INSERT ON refund
BEGIN
 UPDATE return_authorization SET refunded_minor = refunded_minor + NEW.amount_minor
  WHERE id = (SELECT return_authorization_id FROM return_line WHERE id = NEW.return_line_id);
 UPDATE order_line SET refunded_minor = refunded_minor + NEW.amount_minor
  WHERE id = (SELECT order_line_id FROM return_line WHERE id = NEW.return_line_id);
END
""",
)


def upgrade() -> None:
    """Create everything."""
    for statement in STATEMENTS:
        op.execute(statement)
