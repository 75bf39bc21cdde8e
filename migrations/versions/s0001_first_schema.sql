CREATE TABLE operation (
    id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    actor TEXT NOT NULL,
    command TEXT NOT NULL,
    summary TEXT,
    changed TEXT,
    words TEXT,
    made TEXT,
    people TEXT,
    chain TEXT,
    CONSTRAINT pk_operation PRIMARY KEY (id)
) STRICT;

CREATE TABLE operation_reference (
    command TEXT NOT NULL,
    reference TEXT NOT NULL,
    content TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_operation_reference PRIMARY KEY (command, reference),
    CONSTRAINT fk_operation_reference_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE undone_operation (
    operation_id INTEGER NOT NULL,
    undone_operation_id INTEGER NOT NULL,
    CONSTRAINT pk_undone_operation PRIMARY KEY (operation_id, undone_operation_id),
    CONSTRAINT fk_undone_operation_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id),
    CONSTRAINT fk_undone_operation_undone_operation_id FOREIGN KEY(undone_operation_id) REFERENCES operation (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE row_change (
    id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    verb TEXT NOT NULL,
    old TEXT,
    new TEXT,
    CONSTRAINT pk_row_change PRIMARY KEY (id),
    CONSTRAINT fk_row_change_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE bulk_write (
    id INTEGER NOT NULL,
    CONSTRAINT pk_bulk_write PRIMARY KEY (id)
) STRICT;

CREATE TABLE row_before (
    id INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    verb TEXT NOT NULL,
    image TEXT,
    CONSTRAINT pk_row_before PRIMARY KEY (id)
) STRICT;

CREATE TABLE news_told (
    id INTEGER NOT NULL,
    source TEXT NOT NULL,
    items TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_news_told PRIMARY KEY (id),
    CONSTRAINT fk_news_told_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE shop (
    id INTEGER NOT NULL,
    time_zone TEXT NOT NULL,
    currency TEXT NOT NULL,
    mark TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_shop PRIMARY KEY (id),
    CONSTRAINT ck_shop_one_row CHECK (id = 1),
    CONSTRAINT fk_shop_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE channel (
    name TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_channel PRIMARY KEY (name),
    CONSTRAINT fk_channel_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE setting (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    value TEXT,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_setting PRIMARY KEY (id),
    CONSTRAINT fk_setting_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE location (
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT,
    operation_id INTEGER,
    closed_on TEXT,
    CONSTRAINT pk_location PRIMARY KEY (code),
    CONSTRAINT ck_location_kind CHECK (kind IN ('sellable', 'storage', 'quarantine', 'damaged', 'fba', 'fba_inbound', 'fba_unsellable', 'outside')),
    CONSTRAINT fk_location_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE import_file (
    id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    layout TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    CONSTRAINT pk_import_file PRIMARY KEY (id),
    CONSTRAINT fk_import_file_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE backup_folder (
    id INTEGER NOT NULL,
    path TEXT NOT NULL,
    first_used_at TEXT NOT NULL,
    CONSTRAINT pk_backup_folder PRIMARY KEY (id),
    CONSTRAINT uq_backup_folder_path UNIQUE (path)
) STRICT;

CREATE TABLE backup_copy (
    id INTEGER NOT NULL,
    backup_folder_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    made_at TEXT NOT NULL,
    last_operation INTEGER DEFAULT 0 NOT NULL,
    row_count INTEGER DEFAULT 0 NOT NULL,
    byte_count INTEGER DEFAULT 0 NOT NULL,
    digest TEXT NOT NULL,
    is_encrypted INTEGER DEFAULT 0 NOT NULL,
    proved_at TEXT,
    bad_digest TEXT,
    CONSTRAINT pk_backup_copy PRIMARY KEY (id),
    CONSTRAINT uq_backup_copy_backup_folder_id_name UNIQUE (backup_folder_id, name),
    CONSTRAINT fk_backup_copy_backup_folder_id FOREIGN KEY(backup_folder_id) REFERENCES backup_folder (id)
) STRICT;

CREATE TABLE product (
    id INTEGER NOT NULL,
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    asin TEXT,
    unit_price_minor INTEGER,
    unit_cost_minor INTEGER,
    lead_time_days INTEGER,
    reorder_point INTEGER,
    cover_days INTEGER,
    weight_grams INTEGER,
    bin TEXT,
    operation_id INTEGER NOT NULL,
    barcode TEXT,
    case_pack INTEGER,
    retired_on TEXT,
    is_kit INTEGER DEFAULT 0 NOT NULL,
    packaging TEXT,
    packaging_cost_minor INTEGER,
    supplier_id INTEGER,
    service_level TEXT,
    CONSTRAINT pk_product PRIMARY KEY (id),
    CONSTRAINT ck_product_unit_price_minor_not_negative CHECK (unit_price_minor >= 0),
    CONSTRAINT ck_product_unit_cost_minor_not_negative CHECK (unit_cost_minor >= 0),
    CONSTRAINT ck_product_reorder_point_not_negative CHECK (reorder_point >= 0),
    CONSTRAINT ck_product_lead_time_days_not_negative CHECK (lead_time_days >= 0),
    CONSTRAINT ck_product_packaging_cost_minor_not_negative CHECK (packaging_cost_minor >= 0),
    CONSTRAINT ck_product_cover_days_positive CHECK (cover_days > 0),
    CONSTRAINT ck_product_weight_grams_positive CHECK (weight_grams > 0),
    CONSTRAINT ck_product_case_pack_positive CHECK (case_pack > 0),
    CONSTRAINT ck_product_is_kit CHECK (is_kit IN (0, 1)),
    CONSTRAINT ck_product_service_level CHECK (CAST(rtrim(service_level, '%') AS REAL) > 50 AND CAST(rtrim(service_level, '%') AS REAL) < 100),
    CONSTRAINT uq_product_sku UNIQUE (sku),
    CONSTRAINT fk_product_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id),
    CONSTRAINT fk_product_supplier_id FOREIGN KEY(supplier_id) REFERENCES supplier (id)
) STRICT;

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
)
 WITHOUT ROWID,
 STRICT;

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
    fnsku TEXT,
    units_per_pack INTEGER DEFAULT 1 NOT NULL,
    buffer INTEGER DEFAULT 0 NOT NULL,
    cap INTEGER,
    sent_quantity INTEGER,
    CONSTRAINT pk_listing PRIMARY KEY (id),
    CONSTRAINT uq_listing_channel_channel_sku UNIQUE (channel, channel_sku),
    CONSTRAINT ck_listing_price_minor_not_negative CHECK (price_minor >= 0),
    CONSTRAINT ck_listing_fulfillment CHECK (fulfillment IN ('FBM', 'FBA')),
    CONSTRAINT ck_listing_units_per_pack_positive CHECK (units_per_pack > 0),
    CONSTRAINT ck_listing_buffer_not_negative CHECK (buffer >= 0),
    CONSTRAINT ck_listing_cap_not_negative CHECK (cap >= 0),
    CONSTRAINT fk_listing_channel FOREIGN KEY(channel) REFERENCES channel (name),
    CONSTRAINT fk_listing_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_listing_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE supplier (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    email TEXT,
    address TEXT,
    payment_terms TEXT,
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
) STRICT;

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
)
 WITHOUT ROWID,
 STRICT;

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
)
 WITHOUT ROWID,
 STRICT;

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
) STRICT;

CREATE TABLE purchase_line (
    id INTEGER NOT NULL,
    purchase_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    quantity_received INTEGER DEFAULT 0 NOT NULL,
    quantity_damaged INTEGER DEFAULT 0 NOT NULL,
    quantity_over INTEGER DEFAULT 0 NOT NULL,
    quantity_canceled INTEGER DEFAULT 0 NOT NULL,
    quantity_open INTEGER NOT NULL GENERATED ALWAYS AS (max(0, quantity - quantity_received - quantity_canceled)) VIRTUAL,
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
) STRICT;

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
) STRICT;

CREATE TABLE purchase_cancellation (
    id INTEGER NOT NULL,
    purchase_line_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_purchase_cancellation PRIMARY KEY (id),
    CONSTRAINT ck_purchase_cancellation_quantity_positive CHECK (quantity > 0),
    CONSTRAINT fk_purchase_cancellation_purchase_line_id FOREIGN KEY(purchase_line_id) REFERENCES purchase_line (id),
    CONSTRAINT fk_purchase_cancellation_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE sales_order (
    id INTEGER NOT NULL,
    channel TEXT NOT NULL,
    order_id TEXT NOT NULL,
    ordered_at TEXT NOT NULL,
    ordered_on TEXT NOT NULL,
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
    is_ship_by_computed INTEGER DEFAULT 0 NOT NULL,
    edited_fields INTEGER DEFAULT 0 NOT NULL,
    units_open INTEGER NOT NULL GENERATED ALWAYS AS (max(0, units - units_shipped - units_canceled)) VIRTUAL,
    sales_channel TEXT,
    original_order_id TEXT,
    is_sale INTEGER DEFAULT 1 NOT NULL,
    CONSTRAINT pk_sales_order PRIMARY KEY (id),
    CONSTRAINT uq_sales_order_channel_order_id UNIQUE (channel, order_id),
    CONSTRAINT fk_sales_order_personal_id FOREIGN KEY(personal_id, personal_version) REFERENCES personal_data (personal_id, version),
    CONSTRAINT ck_sales_order_fulfillment CHECK (fulfillment IN ('FBM', 'FBA')),
    CONSTRAINT ck_sales_order_is_released CHECK (is_released IN (0, 1)),
    CONSTRAINT ck_sales_order_is_on_hold CHECK (is_on_hold IN (0, 1)),
    CONSTRAINT ck_sales_order_is_sale CHECK (is_sale IN (0, 1)),
    CONSTRAINT ck_sales_order_units_not_negative CHECK (units >= 0),
    CONSTRAINT ck_sales_order_units_shipped_not_negative CHECK (units_shipped >= 0),
    CONSTRAINT ck_sales_order_units_canceled_not_negative CHECK (units_canceled >= 0),
    CONSTRAINT fk_sales_order_channel FOREIGN KEY(channel) REFERENCES channel (name),
    CONSTRAINT fk_sales_order_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

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
    channel_shipped INTEGER DEFAULT 0 NOT NULL,
    channel_shipped_at TEXT,
    channel_canceled INTEGER DEFAULT 0 NOT NULL,
    is_tax_included INTEGER DEFAULT 0 NOT NULL,
    edited_fields INTEGER DEFAULT 0 NOT NULL,
    units_per_pack INTEGER DEFAULT 1 NOT NULL,
    is_assembled INTEGER DEFAULT 0 NOT NULL,
    quantity_short INTEGER DEFAULT 0 NOT NULL,
    quantity_open INTEGER NOT NULL GENERATED ALWAYS AS (max(0, quantity - quantity_shipped - quantity_canceled)) VIRTUAL,
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
    CONSTRAINT ck_order_line_channel_canceled_not_negative CHECK (channel_canceled >= 0),
    CONSTRAINT ck_order_line_refunded_minor_not_negative CHECK (refunded_minor >= 0),
    CONSTRAINT ck_order_line_quantity_short_not_negative CHECK (quantity_short >= 0),
    CONSTRAINT ck_order_line_within_ordered CHECK (quantity_shipped + quantity_canceled + quantity_allocated + quantity_short <= quantity),
    CONSTRAINT ck_order_line_picked_within_allocated CHECK (quantity_picked <= quantity_allocated),
    CONSTRAINT ck_order_line_returned_within_shipped CHECK (quantity_returned <= quantity_shipped),
    CONSTRAINT ck_order_line_price_is_estimated CHECK (price_is_estimated IN (0, 1)),
    CONSTRAINT ck_order_line_is_tax_included CHECK (is_tax_included IN (0, 1)),
    CONSTRAINT ck_order_line_units_per_pack_positive CHECK (units_per_pack > 0),
    CONSTRAINT ck_order_line_is_assembled CHECK (is_assembled IN (0, 1)),
    CONSTRAINT fk_order_line_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_order_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
) STRICT;

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
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE line_text (
    order_line_id INTEGER NOT NULL,
    personal_id INTEGER NOT NULL,
    personal_version INTEGER NOT NULL,
    CONSTRAINT pk_line_text PRIMARY KEY (order_line_id),
    CONSTRAINT fk_line_text_personal_id FOREIGN KEY(personal_id, personal_version) REFERENCES personal_data (personal_id, version),
    CONSTRAINT fk_line_text_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id)
) STRICT;

CREATE TABLE order_tag (
    sales_order_id INTEGER NOT NULL,
    tag TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_order_tag PRIMARY KEY (sales_order_id, tag),
    CONSTRAINT fk_order_tag_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_order_tag_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE own_field (
    id INTEGER NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    choices TEXT,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_own_field PRIMARY KEY (id),
    CONSTRAINT uq_own_field_subject_name UNIQUE (subject, name),
    CONSTRAINT ck_own_field_subject CHECK (subject IN ('product', 'order')),
    CONSTRAINT ck_own_field_kind CHECK (kind IN ('text', 'number', 'date', 'choice')),
    CONSTRAINT ck_own_field_choices CHECK ((kind = 'choice') = (choices IS NOT NULL)),
    CONSTRAINT fk_own_field_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE product_field_value (
    product_id INTEGER NOT NULL,
    own_field_id INTEGER NOT NULL,
    value TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_product_field_value PRIMARY KEY (product_id, own_field_id),
    CONSTRAINT ck_product_field_value_value_not_empty CHECK (value <> ''),
    CONSTRAINT fk_product_field_value_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_product_field_value_own_field_id FOREIGN KEY(own_field_id) REFERENCES own_field (id),
    CONSTRAINT fk_product_field_value_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE order_field_value (
    sales_order_id INTEGER NOT NULL,
    own_field_id INTEGER NOT NULL,
    value TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_order_field_value PRIMARY KEY (sales_order_id, own_field_id),
    CONSTRAINT ck_order_field_value_value_not_empty CHECK (value <> ''),
    CONSTRAINT fk_order_field_value_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_order_field_value_own_field_id FOREIGN KEY(own_field_id) REFERENCES own_field (id),
    CONSTRAINT fk_order_field_value_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

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
) STRICT;

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
) STRICT;

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
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE shipment_label (
    shipment_id INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    personal_id INTEGER NOT NULL,
    personal_version INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_shipment_label PRIMARY KEY (shipment_id),
    CONSTRAINT fk_shipment_label_personal_id FOREIGN KEY(personal_id, personal_version) REFERENCES personal_data (personal_id, version),
    CONSTRAINT fk_shipment_label_shipment_id FOREIGN KEY(shipment_id) REFERENCES shipment (id),
    CONSTRAINT fk_shipment_label_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE reported_shipment (
    channel TEXT NOT NULL,
    order_id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    shipment_item_id TEXT NOT NULL,
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
    CONSTRAINT pk_reported_shipment PRIMARY KEY (channel, order_id, item_id, shipment_item_id),
    CONSTRAINT ck_reported_shipment_quantity_positive CHECK (quantity > 0),
    CONSTRAINT fk_reported_shipment_channel FOREIGN KEY(channel) REFERENCES channel (name),
    CONSTRAINT fk_reported_shipment_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE cancellation (
    id INTEGER NOT NULL,
    order_line_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    canceled_by TEXT NOT NULL,
    reason TEXT,
    canceled_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    is_told INTEGER DEFAULT 0 NOT NULL,
    is_named INTEGER DEFAULT 0 NOT NULL,
    act_operation_id INTEGER,
    CONSTRAINT pk_cancellation PRIMARY KEY (id),
    CONSTRAINT ck_cancellation_quantity_not_zero CHECK (quantity <> 0),
    CONSTRAINT ck_cancellation_is_told CHECK (is_told IN (0, 1)),
    CONSTRAINT ck_cancellation_is_named CHECK (is_named IN (0, 1)),
    CONSTRAINT ck_cancellation_canceled_by CHECK (canceled_by IN ('buyer', 'buyer-message', 'seller', 'unknown')),
    CONSTRAINT fk_cancellation_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id),
    CONSTRAINT fk_cancellation_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id),
    CONSTRAINT fk_cancellation_act_operation_id FOREIGN KEY(act_operation_id) REFERENCES operation (id)
) STRICT;

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
) STRICT;

CREATE TABLE order_statement (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    import_file_id INTEGER NOT NULL,
    as_of TEXT,
    ranked_at TEXT NOT NULL,
    is_complete INTEGER DEFAULT 0 NOT NULL,
    joins_rows INTEGER DEFAULT 0 NOT NULL,
    is_own INTEGER DEFAULT 0 NOT NULL,
    ordered_at TEXT,
    ship_by TEXT,
    computed_ship_by TEXT,
    deliver_by TEXT,
    fulfillment TEXT,
    service_level TEXT,
    currency TEXT,
    channel_status TEXT,
    sales_channel TEXT,
    original_order_id TEXT,
    is_released INTEGER,
    is_replacement INTEGER DEFAULT 0 NOT NULL,
    channel_updated_at TEXT,
    tags TEXT,
    personal_id INTEGER,
    personal_version INTEGER,
    operation_id INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    withdrawn_operation_id INTEGER,
    CONSTRAINT pk_order_statement PRIMARY KEY (id),
    CONSTRAINT fk_order_statement_personal_id FOREIGN KEY(personal_id, personal_version) REFERENCES personal_data (personal_id, version),
    CONSTRAINT ck_order_statement_is_complete CHECK (is_complete IN (0, 1)),
    CONSTRAINT ck_order_statement_joins_rows CHECK (joins_rows IN (0, 1)),
    CONSTRAINT ck_order_statement_is_own CHECK (is_own IN (0, 1)),
    CONSTRAINT ck_order_statement_is_released CHECK (is_released IN (0, 1)),
    CONSTRAINT fk_order_statement_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_order_statement_import_file_id FOREIGN KEY(import_file_id) REFERENCES import_file (id),
    CONSTRAINT fk_order_statement_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id),
    CONSTRAINT fk_order_statement_withdrawn_operation_id FOREIGN KEY(withdrawn_operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE order_statement_line (
    id INTEGER NOT NULL,
    order_statement_id INTEGER NOT NULL,
    item_id TEXT,
    product_id INTEGER NOT NULL,
    units_per_pack INTEGER NOT NULL,
    name TEXT,
    quantity INTEGER NOT NULL,
    quantity_shipped INTEGER NOT NULL,
    quantity_canceled INTEGER NOT NULL,
    canceled_by TEXT NOT NULL,
    shipped_at TEXT,
    sold_on TEXT,
    is_estimate INTEGER DEFAULT 0 NOT NULL,
    is_tax_included INTEGER,
    item_price_minor INTEGER,
    item_tax_minor INTEGER,
    shipping_price_minor INTEGER,
    shipping_tax_minor INTEGER,
    gift_wrap_price_minor INTEGER,
    gift_wrap_tax_minor INTEGER,
    discount_minor INTEGER,
    shipment_item_id TEXT,
    carrier TEXT,
    tracking_number TEXT,
    personal_id INTEGER,
    personal_version INTEGER,
    CONSTRAINT pk_order_statement_line PRIMARY KEY (id),
    CONSTRAINT fk_order_statement_line_personal_id FOREIGN KEY(personal_id, personal_version) REFERENCES personal_data (personal_id, version),
    CONSTRAINT fk_order_statement_line_order_statement_id FOREIGN KEY(order_statement_id) REFERENCES order_statement (id),
    CONSTRAINT fk_order_statement_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
) STRICT;

CREATE TABLE column_map (
    name TEXT NOT NULL,
    mapping TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_column_map PRIMARY KEY (name),
    CONSTRAINT fk_column_map_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

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
    gift_message TEXT,
    customization TEXT,
    label_file BLOB,
    CONSTRAINT pk_personal_data PRIMARY KEY (personal_id, version)
) STRICT;

CREATE TABLE erasure (
    operation_id INTEGER NOT NULL,
    finished_at TEXT,
    held_from TEXT NOT NULL,
    last_order INTEGER NOT NULL,
    CONSTRAINT pk_erasure PRIMARY KEY (operation_id),
    CONSTRAINT fk_erasure_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE erased_order (
    sales_order_id INTEGER NOT NULL,
    operation_id INTEGER,
    CONSTRAINT pk_erased_order PRIMARY KEY (sales_order_id),
    CONSTRAINT fk_erased_order_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_erased_order_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE erased_text (
    id INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    row_key TEXT NOT NULL,
    made_by INTEGER,
    operation_id INTEGER,
    CONSTRAINT pk_erased_text PRIMARY KEY (id),
    CONSTRAINT uq_erased_text_table_name_row_key UNIQUE (table_name, row_key),
    CONSTRAINT fk_erased_text_made_by FOREIGN KEY(made_by) REFERENCES operation (id),
    CONSTRAINT fk_erased_text_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE buyer_number (
    sales_order_id INTEGER NOT NULL,
    buyer INTEGER NOT NULL,
    CONSTRAINT pk_buyer_number PRIMARY KEY (sales_order_id),
    CONSTRAINT fk_buyer_number_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id)
) STRICT;

CREATE TABLE written_file (
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    written_at TEXT NOT NULL,
    CONSTRAINT pk_written_file PRIMARY KEY (path)
) STRICT;

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
    undoes_id INTEGER,
    CONSTRAINT pk_stock_movement PRIMARY KEY (id),
    CONSTRAINT ck_stock_movement_kind CHECK (kind IN ('opening', 'receipt', 'shipment', 'shipment_void', 'return', 'inspection', 'adjustment', 'count', 'transfer', 'assembly', 'fba_statement', 'undo')),
    CONSTRAINT ck_stock_movement_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_stock_movement_two_places CHECK (from_location <> to_location),
    CONSTRAINT ck_stock_movement_cost_minor_not_negative CHECK (cost_minor >= 0),
    CONSTRAINT fk_stock_movement_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id),
    CONSTRAINT fk_stock_movement_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_stock_movement_undoes_id FOREIGN KEY(undoes_id) REFERENCES stock_movement (id)
) STRICT;

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
)
 WITHOUT ROWID,
 STRICT;

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
    restores_id INTEGER,
    CONSTRAINT pk_cost_layer PRIMARY KEY (id),
    CONSTRAINT ck_cost_layer_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_cost_layer_used_within_quantity CHECK (quantity_used BETWEEN 0 AND quantity),
    CONSTRAINT ck_cost_layer_cost_minor_not_negative CHECK (cost_minor >= 0),
    CONSTRAINT fk_cost_layer_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_cost_layer_movement_id FOREIGN KEY(movement_id) REFERENCES stock_movement (id),
    CONSTRAINT fk_cost_layer_restores_id FOREIGN KEY(restores_id) REFERENCES cost_layer (id)
) STRICT;

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
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE stock_count (
    id INTEGER NOT NULL,
    location TEXT NOT NULL,
    counted_at TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_stock_count PRIMARY KEY (id),
    CONSTRAINT fk_stock_count_location FOREIGN KEY(location) REFERENCES location (code),
    CONSTRAINT fk_stock_count_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

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
)
 WITHOUT ROWID,
 STRICT;

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
) STRICT;

CREATE TABLE daily_sales (
    product_id INTEGER NOT NULL,
    day TEXT NOT NULL,
    units INTEGER NOT NULL,
    CONSTRAINT pk_daily_sales PRIMARY KEY (product_id, day),
    CONSTRAINT ck_daily_sales_units_not_negative CHECK (units >= 0),
    CONSTRAINT fk_daily_sales_product_id FOREIGN KEY(product_id) REFERENCES product (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE daily_demand (
    product_id INTEGER NOT NULL,
    day TEXT NOT NULL,
    fulfillment TEXT NOT NULL,
    units INTEGER NOT NULL,
    CONSTRAINT pk_daily_demand PRIMARY KEY (product_id, day, fulfillment),
    CONSTRAINT fk_daily_demand_product_id FOREIGN KEY(product_id) REFERENCES product (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE stockout (
    product_id INTEGER NOT NULL,
    began_at TEXT NOT NULL,
    ended_at TEXT,
    CONSTRAINT pk_stockout PRIMARY KEY (product_id, began_at),
    CONSTRAINT ck_stockout_lasts CHECK (ended_at > began_at),
    CONSTRAINT fk_stockout_product_id FOREIGN KEY(product_id) REFERENCES product (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE fba_shipment (
    id INTEGER NOT NULL,
    reference TEXT NOT NULL,
    sent_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_fba_shipment PRIMARY KEY (id),
    CONSTRAINT uq_fba_shipment_reference UNIQUE (reference),
    CONSTRAINT fk_fba_shipment_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE fba_shipment_line (
    fba_shipment_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    quantity_arrived INTEGER DEFAULT 0 NOT NULL,
    quantity_received INTEGER DEFAULT 0 NOT NULL,
    quantity_lost INTEGER DEFAULT 0 NOT NULL,
    quantity_open INTEGER NOT NULL GENERATED ALWAYS AS (max(0, quantity - quantity_received - quantity_lost)) VIRTUAL,
    CONSTRAINT pk_fba_shipment_line PRIMARY KEY (fba_shipment_id, product_id),
    CONSTRAINT ck_fba_shipment_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_fba_shipment_line_quantity_received_not_negative CHECK (quantity_received >= 0),
    CONSTRAINT ck_fba_shipment_line_quantity_lost_not_negative CHECK (quantity_lost >= 0),
    CONSTRAINT ck_fba_shipment_line_arrived_within_sent CHECK (quantity_arrived <= quantity),
    CONSTRAINT ck_fba_shipment_line_received_within_arrived CHECK (quantity_received + quantity_lost <= quantity_arrived),
    CONSTRAINT fk_fba_shipment_line_fba_shipment_id FOREIGN KEY(fba_shipment_id) REFERENCES fba_shipment (id),
    CONSTRAINT fk_fba_shipment_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
)
 WITHOUT ROWID,
 STRICT;

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
) STRICT;

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
)
 WITHOUT ROWID,
 STRICT;

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
) STRICT;

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
)
 WITHOUT ROWID,
 STRICT;

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
) STRICT;

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
) STRICT;

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
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE amazon_pull (
    id INTEGER NOT NULL,
    what TEXT NOT NULL,
    since TEXT NOT NULL,
    until TEXT,
    next_token TEXT,
    token_at TEXT,
    is_short INTEGER DEFAULT 0 NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_amazon_pull PRIMARY KEY (id),
    CONSTRAINT ck_amazon_pull_is_short CHECK (is_short IN (0, 1)),
    CONSTRAINT fk_amazon_pull_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE amazon_call (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    subject TEXT NOT NULL,
    content TEXT NOT NULL,
    called_at TEXT NOT NULL,
    state TEXT NOT NULL,
    answer TEXT,
    code TEXT,
    message TEXT,
    is_open INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_amazon_call PRIMARY KEY (id),
    CONSTRAINT ck_amazon_call_state CHECK (state IN ('unknown', 'taken', 'refused', 'lost')),
    CONSTRAINT ck_amazon_call_refusal CHECK (state = 'refused' OR (code IS NULL AND message IS NULL)),
    CONSTRAINT ck_amazon_call_answer CHECK (state = 'taken' OR answer IS NULL),
    CONSTRAINT ck_amazon_call_is_open CHECK (is_open IN (0, 1))
) STRICT;

CREATE TABLE amazon_allowance (
    name TEXT NOT NULL,
    full_at TEXT NOT NULL,
    rate INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_amazon_allowance PRIMARY KEY (name)
) STRICT;

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
    upload_file_id INTEGER,
    is_outdated INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_shipment PRIMARY KEY (id),
    CONSTRAINT ck_shipment_origin CHECK (origin IN ('seller', 'channel')),
    CONSTRAINT ck_shipment_status CHECK (status IN ('shipped', 'in_transit', 'delivered', 'exception', 'returned', 'void')),
    CONSTRAINT ck_shipment_cost_minor_not_negative CHECK (cost_minor >= 0),
    CONSTRAINT ck_shipment_is_outdated CHECK (is_outdated IN (0, 1)),
    CONSTRAINT fk_shipment_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_shipment_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id),
    CONSTRAINT fk_shipment_upload_file_id FOREIGN KEY(upload_file_id) REFERENCES upload_file (id)
) STRICT;

CREATE TABLE shipment_line (
    id INTEGER NOT NULL,
    shipment_id INTEGER NOT NULL,
    order_line_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    sold_on TEXT NOT NULL,
    movement_id INTEGER,
    is_named INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_shipment_line PRIMARY KEY (id),
    CONSTRAINT ck_shipment_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_shipment_line_is_named CHECK (is_named IN (0, 1)),
    CONSTRAINT fk_shipment_line_shipment_id FOREIGN KEY(shipment_id) REFERENCES shipment (id),
    CONSTRAINT fk_shipment_line_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id),
    CONSTRAINT fk_shipment_line_product_id FOREIGN KEY(product_id) REFERENCES product (id),
    CONSTRAINT fk_shipment_line_movement_id FOREIGN KEY(movement_id) REFERENCES stock_movement (id)
) STRICT;

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
)
 WITHOUT ROWID,
 STRICT;

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
) STRICT;

CREATE TABLE shipment_fix (
    id INTEGER NOT NULL,
    shipment_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    field TEXT NOT NULL,
    old_value TEXT,
    new_value TEXT,
    CONSTRAINT pk_shipment_fix PRIMARY KEY (id),
    CONSTRAINT ck_shipment_fix_field CHECK (field IN ('carrier', 'tracking_number', 'service', 'cost', 'shipped_on')),
    CONSTRAINT ck_shipment_fix_changes CHECK (old_value IS DISTINCT FROM new_value),
    CONSTRAINT fk_shipment_fix_shipment_id FOREIGN KEY(shipment_id) REFERENCES shipment (id),
    CONSTRAINT fk_shipment_fix_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE upload_file (
    id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    channel TEXT NOT NULL,
    written_at TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    kind TEXT DEFAULT 'confirmation' NOT NULL,
    via TEXT DEFAULT 'file' NOT NULL,
    CONSTRAINT pk_upload_file PRIMARY KEY (id),
    CONSTRAINT ck_upload_file_state CHECK (state IN ('unknown', 'written')),
    CONSTRAINT ck_upload_file_kind CHECK (kind IN ('confirmation', 'refund', 'cancellation')),
    CONSTRAINT ck_upload_file_via CHECK (via = 'file' OR (via = 'call' AND state = 'written')),
    CONSTRAINT fk_upload_file_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id),
    CONSTRAINT fk_upload_file_channel FOREIGN KEY(channel) REFERENCES channel (name)
) STRICT;

CREATE TABLE upload_item (
    id INTEGER NOT NULL,
    upload_file_id INTEGER NOT NULL,
    shipment_id INTEGER,
    refund_id INTEGER,
    cancellation_id INTEGER,
    amazon_call_id INTEGER,
    CONSTRAINT pk_upload_item PRIMARY KEY (id),
    CONSTRAINT ck_upload_item_one_thing CHECK ((shipment_id IS NOT NULL) + (refund_id IS NOT NULL) + (cancellation_id IS NOT NULL) = 1),
    CONSTRAINT fk_upload_item_upload_file_id FOREIGN KEY(upload_file_id) REFERENCES upload_file (id),
    CONSTRAINT fk_upload_item_shipment_id FOREIGN KEY(shipment_id) REFERENCES shipment (id),
    CONSTRAINT fk_upload_item_refund_id FOREIGN KEY(refund_id) REFERENCES refund (id),
    CONSTRAINT fk_upload_item_cancellation_id FOREIGN KEY(cancellation_id) REFERENCES cancellation (id),
    CONSTRAINT fk_upload_item_amazon_call_id FOREIGN KEY(amazon_call_id) REFERENCES amazon_call (id)
) STRICT;

CREATE TABLE upload_failure (
    upload_item_id INTEGER NOT NULL,
    code TEXT,
    message TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_upload_failure PRIMARY KEY (upload_item_id),
    CONSTRAINT fk_upload_failure_upload_item_id FOREIGN KEY(upload_item_id) REFERENCES upload_item (id),
    CONSTRAINT fk_upload_failure_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE return_authorization (
    id INTEGER NOT NULL,
    return_id TEXT NOT NULL,
    sales_order_id INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    channel_return_id TEXT,
    delivered_on TEXT,
    label_cost_minor INTEGER,
    label_paid_by TEXT,
    requested_at TEXT,
    answered_at TEXT,
    is_declined INTEGER DEFAULT 0 NOT NULL,
    closed_at TEXT,
    units INTEGER DEFAULT 0 NOT NULL,
    units_received INTEGER DEFAULT 0 NOT NULL,
    units_inspected INTEGER DEFAULT 0 NOT NULL,
    units_settled INTEGER DEFAULT 0 NOT NULL,
    units_replaced INTEGER DEFAULT 0 NOT NULL,
    refunded_minor INTEGER DEFAULT 0 NOT NULL,
    status TEXT NOT NULL GENERATED ALWAYS AS (CASE
 WHEN closed_at IS NOT NULL THEN 'closed'
 WHEN units_inspected = units AND (refunded_minor > 0 OR units_settled > 0) THEN 'refunded'
 WHEN units_inspected = units AND units_replaced > 0 THEN 'replaced'
 WHEN units_inspected = units THEN 'inspected'
 WHEN units_received > 0 THEN 'received'
 WHEN is_declined = 1 THEN 'declined'
 WHEN answered_at IS NOT NULL THEN 'authorized'
 ELSE 'requested' END) VIRTUAL,
    CONSTRAINT pk_return_authorization PRIMARY KEY (id),
    CONSTRAINT uq_return_authorization_return_id UNIQUE (return_id),
    CONSTRAINT ck_return_authorization_label_paid_by CHECK (label_paid_by IN ('buyer', 'seller', 'channel')),
    CONSTRAINT ck_return_authorization_is_declined CHECK (is_declined IN (0, 1)),
    CONSTRAINT ck_return_authorization_nothing_received_if_declined CHECK (is_declined = 0 OR units_received = 0),
    CONSTRAINT ck_return_authorization_label_cost_minor_not_negative CHECK (label_cost_minor >= 0),
    CONSTRAINT ck_return_authorization_units_not_negative CHECK (units >= 0),
    CONSTRAINT ck_return_authorization_units_received_not_negative CHECK (units_received >= 0),
    CONSTRAINT ck_return_authorization_units_inspected_not_negative CHECK (units_inspected >= 0),
    CONSTRAINT ck_return_authorization_units_settled_not_negative CHECK (units_settled >= 0),
    CONSTRAINT ck_return_authorization_units_replaced_not_negative CHECK (units_replaced >= 0),
    CONSTRAINT ck_return_authorization_refunded_minor_not_negative CHECK (refunded_minor >= 0),
    CONSTRAINT fk_return_authorization_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_return_authorization_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE return_step (
    id INTEGER NOT NULL,
    return_authorization_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    detail TEXT,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_return_step PRIMARY KEY (id),
    CONSTRAINT ck_return_step_kind CHECK (kind IN ('requested', 'authorized', 'declined', 'closed')),
    CONSTRAINT ck_return_step_actor CHECK (actor IN ('buyer', 'seller', 'channel')),
    CONSTRAINT fk_return_step_return_authorization_id FOREIGN KEY(return_authorization_id) REFERENCES return_authorization (id),
    CONSTRAINT fk_return_step_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE return_line (
    id INTEGER NOT NULL,
    return_authorization_id INTEGER NOT NULL,
    order_line_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    reason TEXT NOT NULL,
    fault TEXT NOT NULL,
    fingerprint TEXT,
    quantity_received INTEGER DEFAULT 0 NOT NULL,
    quantity_inspected INTEGER DEFAULT 0 NOT NULL,
    quantity_settled INTEGER DEFAULT 0 NOT NULL,
    quantity_replaced INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_return_line PRIMARY KEY (id),
    CONSTRAINT uq_return_line_return_authorization_id_order_line_id UNIQUE (return_authorization_id, order_line_id),
    CONSTRAINT uq_return_line_id_order_line_id UNIQUE (id, order_line_id),
    CONSTRAINT ck_return_line_quantity_positive CHECK (quantity > 0),
    CONSTRAINT ck_return_line_fault CHECK (fault IN ('seller', 'buyer', 'review')),
    CONSTRAINT ck_return_line_received_within_authorized CHECK (quantity_received <= quantity),
    CONSTRAINT ck_return_line_inspected_within_received CHECK (quantity_inspected <= quantity_received),
    CONSTRAINT ck_return_line_settled_within_inspected CHECK (quantity_settled <= quantity_inspected),
    CONSTRAINT ck_return_line_settled_once CHECK (quantity_settled + quantity_replaced <= quantity),
    CONSTRAINT fk_return_line_return_authorization_id FOREIGN KEY(return_authorization_id) REFERENCES return_authorization (id),
    CONSTRAINT fk_return_line_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id),
    CONSTRAINT fk_return_line_product_id FOREIGN KEY(product_id) REFERENCES product (id)
) STRICT;

CREATE TABLE return_event (
    id INTEGER NOT NULL,
    return_line_id INTEGER NOT NULL,
    disposition TEXT,
    quantity INTEGER NOT NULL,
    occurred_at TEXT NOT NULL,
    movement_id INTEGER,
    cost_minor INTEGER NOT NULL,
    sellable_cost_minor INTEGER DEFAULT 0 NOT NULL,
    detail TEXT,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_return_event PRIMARY KEY (id),
    CONSTRAINT ck_return_event_quantity CHECK (quantity > 0 OR quantity < 0 AND disposition IS NOT NULL AND movement_id IS NULL),
    CONSTRAINT ck_return_event_disposition CHECK (disposition IN ('sellable', 'customer_damaged', 'carrier_damaged', 'defective', 'wrong_item', 'missing', 'expired')),
    CONSTRAINT ck_return_event_cost_minor CHECK (cost_minor = 0 OR (cost_minor > 0) = (quantity > 0)),
    CONSTRAINT ck_return_event_sellable_cost_minor CHECK (abs(sellable_cost_minor) <= abs(cost_minor) AND sellable_cost_minor * cost_minor >= 0),
    CONSTRAINT fk_return_event_return_line_id FOREIGN KEY(return_line_id) REFERENCES return_line (id),
    CONSTRAINT fk_return_event_movement_id FOREIGN KEY(movement_id) REFERENCES stock_movement (id),
    CONSTRAINT fk_return_event_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE refund (
    id INTEGER NOT NULL,
    order_line_id INTEGER NOT NULL,
    return_line_id INTEGER,
    disposition TEXT,
    quantity INTEGER NOT NULL,
    item_minor INTEGER NOT NULL,
    item_tax_minor INTEGER NOT NULL,
    shipping_minor INTEGER NOT NULL,
    shipping_tax_minor INTEGER NOT NULL,
    gift_wrap_minor INTEGER NOT NULL,
    gift_wrap_tax_minor INTEGER NOT NULL,
    discount_minor INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    cost_minor INTEGER DEFAULT 0 NOT NULL,
    fee_minor INTEGER NOT NULL,
    fee_reason TEXT,
    return_shipping_minor INTEGER NOT NULL,
    adjustment_reason TEXT NOT NULL,
    part TEXT,
    reason TEXT,
    origin TEXT NOT NULL,
    refunded_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_refund PRIMARY KEY (id),
    CONSTRAINT ck_refund_quantity_not_negative CHECK (quantity >= 0),
    CONSTRAINT ck_refund_item_minor_not_negative CHECK (item_minor >= 0),
    CONSTRAINT ck_refund_item_tax_minor_not_negative CHECK (item_tax_minor >= 0),
    CONSTRAINT ck_refund_shipping_minor_not_negative CHECK (shipping_minor >= 0),
    CONSTRAINT ck_refund_shipping_tax_minor_not_negative CHECK (shipping_tax_minor >= 0),
    CONSTRAINT ck_refund_gift_wrap_minor_not_negative CHECK (gift_wrap_minor >= 0),
    CONSTRAINT ck_refund_gift_wrap_tax_minor_not_negative CHECK (gift_wrap_tax_minor >= 0),
    CONSTRAINT ck_refund_discount_minor_not_negative CHECK (discount_minor >= 0),
    CONSTRAINT ck_refund_amount_minor_not_negative CHECK (amount_minor >= 0),
    CONSTRAINT ck_refund_cost_minor_not_negative CHECK (cost_minor >= 0),
    CONSTRAINT ck_refund_fee_minor_not_negative CHECK (fee_minor >= 0),
    CONSTRAINT ck_refund_return_shipping_minor_not_negative CHECK (return_shipping_minor >= 0),
    CONSTRAINT ck_refund_amount_is_its_parts CHECK (amount_minor = item_minor + item_tax_minor + shipping_minor + shipping_tax_minor + gift_wrap_minor + gift_wrap_tax_minor - discount_minor),
    CONSTRAINT ck_refund_origin CHECK (origin IN ('seller', 'channel')),
    CONSTRAINT ck_refund_part CHECK (part IN ('item', 'shipping', 'goodwill')),
    CONSTRAINT ck_refund_units_are_on_a_return CHECK (return_line_id IS NOT NULL OR quantity = 0),
    CONSTRAINT ck_refund_part_without_return CHECK ((return_line_id IS NULL) = (part IS NOT NULL)),
    CONSTRAINT fk_refund_of_its_line FOREIGN KEY(return_line_id, order_line_id) REFERENCES return_line (id, order_line_id),
    CONSTRAINT fk_refund_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id),
    CONSTRAINT fk_refund_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE replacement (
    id INTEGER NOT NULL,
    return_line_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    order_line_id INTEGER NOT NULL,
    replaced_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_replacement PRIMARY KEY (id),
    CONSTRAINT ck_replacement_quantity_positive CHECK (quantity > 0),
    CONSTRAINT fk_replacement_return_line_id FOREIGN KEY(return_line_id) REFERENCES return_line (id),
    CONSTRAINT fk_replacement_order_line_id FOREIGN KEY(order_line_id) REFERENCES order_line (id),
    CONSTRAINT fk_replacement_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE order_past (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    ordered_at TEXT NOT NULL,
    ship_by TEXT,
    deliver_by TEXT,
    fulfillment TEXT NOT NULL,
    is_sale INTEGER NOT NULL,
    currency TEXT,
    personal_version INTEGER,
    original_order_id TEXT,
    CONSTRAINT pk_order_past PRIMARY KEY (id),
    CONSTRAINT fk_order_past_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE order_line_past (
    id INTEGER NOT NULL,
    order_line_id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    item_price_minor INTEGER,
    item_tax_minor INTEGER,
    shipping_price_minor INTEGER,
    shipping_tax_minor INTEGER,
    gift_wrap_price_minor INTEGER,
    gift_wrap_tax_minor INTEGER,
    discount_minor INTEGER,
    price_is_estimated INTEGER NOT NULL,
    is_tax_included INTEGER NOT NULL,
    CONSTRAINT pk_order_line_past PRIMARY KEY (id),
    CONSTRAINT fk_order_line_past_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE shipment_past (
    id INTEGER NOT NULL,
    shipment_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    confirmed_at TEXT,
    carrier TEXT,
    tracking_number TEXT,
    cost_minor INTEGER,
    CONSTRAINT pk_shipment_past PRIMARY KEY (id),
    CONSTRAINT fk_shipment_past_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE shipment_line_past (
    id INTEGER NOT NULL,
    shipment_line_id INTEGER NOT NULL,
    shipment_id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    order_line_id INTEGER NOT NULL,
    made_by INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    sold_on TEXT NOT NULL,
    cost_minor INTEGER NOT NULL,
    units_without_cost INTEGER NOT NULL,
    CONSTRAINT pk_shipment_line_past PRIMARY KEY (id),
    CONSTRAINT fk_shipment_line_past_made_by FOREIGN KEY(made_by) REFERENCES operation (id),
    CONSTRAINT fk_shipment_line_past_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE product_past (
    id INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    is_kit INTEGER NOT NULL,
    packaging_cost_minor INTEGER,
    CONSTRAINT pk_product_past PRIMARY KEY (id),
    CONSTRAINT fk_product_past_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE return_past (
    id INTEGER NOT NULL,
    return_authorization_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    label_cost_minor INTEGER,
    label_paid_by TEXT,
    CONSTRAINT pk_return_past PRIMARY KEY (id),
    CONSTRAINT fk_return_past_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE feedback (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    stars INTEGER NOT NULL,
    given_on TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    is_withdrawn INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_feedback PRIMARY KEY (id),
    CONSTRAINT ck_feedback_stars CHECK (stars BETWEEN 1 AND 5),
    CONSTRAINT ck_feedback_is_withdrawn CHECK (is_withdrawn IN (0, 1)),
    CONSTRAINT fk_feedback_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_feedback_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE claim (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    status TEXT NOT NULL,
    filed_on TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_claim PRIMARY KEY (id),
    CONSTRAINT ck_claim_kind CHECK (kind IN ('a-to-z', 'chargeback')),
    CONSTRAINT ck_claim_status CHECK (status IN ('open', 'granted', 'denied', 'withdrawn', 'funded')),
    CONSTRAINT fk_claim_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_claim_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE feedback_removal (
    feedback_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_feedback_removal PRIMARY KEY (feedback_id),
    CONSTRAINT fk_feedback_removal_feedback_id FOREIGN KEY(feedback_id) REFERENCES feedback (id),
    CONSTRAINT fk_feedback_removal_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE claim_removal (
    claim_id INTEGER NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_claim_removal PRIMARY KEY (claim_id),
    CONSTRAINT fk_claim_removal_claim_id FOREIGN KEY(claim_id) REFERENCES claim (id),
    CONSTRAINT fk_claim_removal_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE hourly_sum (
    kind TEXT NOT NULL,
    channel TEXT NOT NULL,
    hour TEXT NOT NULL,
    counted INTEGER DEFAULT 0 NOT NULL,
    defects INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_hourly_sum PRIMARY KEY (kind, channel, hour),
    CONSTRAINT ck_hourly_sum_kind CHECK (kind IN ('FBM', 'FBA', 'due', 'tracking', 'delivery')),
    CONSTRAINT ck_hourly_sum_defects_within_counted CHECK (defects BETWEEN 0 AND counted),
    CONSTRAINT fk_hourly_sum_channel FOREIGN KEY(channel) REFERENCES channel (name)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE confirmed_order (
    sales_order_id INTEGER NOT NULL,
    channel TEXT NOT NULL,
    ship_by TEXT,
    promised_by TEXT,
    confirmed_at TEXT NOT NULL,
    shipments INTEGER NOT NULL,
    shipments_tracked INTEGER NOT NULL,
    units_followed INTEGER NOT NULL,
    units_on_time INTEGER NOT NULL,
    CONSTRAINT pk_confirmed_order PRIMARY KEY (sales_order_id),
    CONSTRAINT fk_confirmed_order_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id)
) STRICT;

CREATE TABLE performance_statement (
    id INTEGER NOT NULL,
    channel TEXT NOT NULL,
    marketplace TEXT NOT NULL,
    stated_on TEXT NOT NULL,
    account_status TEXT,
    sha256 TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_performance_statement PRIMARY KEY (id),
    CONSTRAINT fk_performance_statement_channel FOREIGN KEY(channel) REFERENCES channel (name),
    CONSTRAINT fk_performance_statement_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE performance_line (
    performance_statement_id INTEGER NOT NULL,
    metric TEXT NOT NULL,
    window_start TEXT,
    window_end TEXT,
    numerator INTEGER,
    denominator INTEGER,
    rate TEXT,
    limit_share TEXT,
    status TEXT,
    CONSTRAINT pk_performance_line PRIMARY KEY (performance_statement_id, metric),
    CONSTRAINT ck_performance_line_numerator_not_negative CHECK (numerator >= 0),
    CONSTRAINT ck_performance_line_denominator_not_negative CHECK (denominator >= 0),
    CONSTRAINT fk_performance_line_performance_statement_id FOREIGN KEY(performance_statement_id) REFERENCES performance_statement (id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE improvement (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    metric TEXT,
    started_on TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_improvement PRIMARY KEY (id),
    CONSTRAINT fk_improvement_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE improvement_end (
    improvement_id INTEGER NOT NULL,
    ended_on TEXT NOT NULL,
    outcome TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_improvement_end PRIMARY KEY (improvement_id),
    CONSTRAINT ck_improvement_end_outcome CHECK (outcome IN ('kept', 'dropped')),
    CONSTRAINT fk_improvement_end_improvement_id FOREIGN KEY(improvement_id) REFERENCES improvement (id),
    CONSTRAINT fk_improvement_end_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE message (
    id INTEGER NOT NULL,
    sales_order_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    occasion TEXT NOT NULL,
    language TEXT NOT NULL,
    details TEXT,
    intended_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    state TEXT DEFAULT 'intended' NOT NULL,
    CONSTRAINT pk_message PRIMARY KEY (id),
    CONSTRAINT uq_message_sales_order_id_kind_occasion UNIQUE (sales_order_id, kind, occasion),
    CONSTRAINT ck_message_state CHECK (state IN ('intended', 'unknown', 'sent', 'failed', 'refused')),
    CONSTRAINT fk_message_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_message_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE message_event (
    id INTEGER NOT NULL,
    message_id INTEGER NOT NULL,
    state TEXT NOT NULL,
    via TEXT NOT NULL,
    occurred_at TEXT NOT NULL,
    template_sha256 TEXT,
    personal_id INTEGER,
    personal_version INTEGER,
    detail TEXT,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_message_event PRIMARY KEY (id),
    CONSTRAINT ck_message_event_state CHECK (state IN ('intended', 'unknown', 'sent', 'failed', 'refused') AND state <> 'intended'),
    CONSTRAINT ck_message_event_via CHECK (via IN ('text', 'eml', 'smtp', 'amazon', 'hand')),
    CONSTRAINT fk_message_event_personal_id FOREIGN KEY(personal_id, personal_version) REFERENCES personal_data (personal_id, version),
    CONSTRAINT fk_message_event_message_id FOREIGN KEY(message_id) REFERENCES message (id),
    CONSTRAINT fk_message_event_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE question (
    id INTEGER NOT NULL,
    question_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    sales_order_id INTEGER,
    topic TEXT,
    received_at TEXT NOT NULL,
    personal_id INTEGER,
    personal_version INTEGER,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_question PRIMARY KEY (id),
    CONSTRAINT uq_question_question_id UNIQUE (question_id),
    CONSTRAINT fk_question_personal_id FOREIGN KEY(personal_id, personal_version) REFERENCES personal_data (personal_id, version),
    CONSTRAINT fk_question_channel FOREIGN KEY(channel) REFERENCES channel (name),
    CONSTRAINT fk_question_sales_order_id FOREIGN KEY(sales_order_id) REFERENCES sales_order (id),
    CONSTRAINT fk_question_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE answer (
    id INTEGER NOT NULL,
    question_id INTEGER NOT NULL,
    how TEXT NOT NULL,
    answered_at TEXT NOT NULL,
    operation_id INTEGER NOT NULL,
    CONSTRAINT pk_answer PRIMARY KEY (id),
    CONSTRAINT uq_answer_question_id UNIQUE (question_id),
    CONSTRAINT ck_answer_how CHECK (how IN ('elsewhere', 'none_needed')),
    CONSTRAINT fk_answer_question_id FOREIGN KEY(question_id) REFERENCES question (id),
    CONSTRAINT fk_answer_operation_id FOREIGN KEY(operation_id) REFERENCES operation (id)
) STRICT;

CREATE TABLE counted_day (
    day TEXT NOT NULL,
    CONSTRAINT pk_counted_day PRIMARY KEY (day)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE day_place_sum (
    day TEXT NOT NULL,
    channel TEXT NOT NULL,
    country TEXT NOT NULL,
    state TEXT NOT NULL,
    currency TEXT NOT NULL,
    orders INTEGER DEFAULT 0 NOT NULL,
    units INTEGER DEFAULT 0 NOT NULL,
    total INTEGER DEFAULT 0 NOT NULL,
    item_tax INTEGER DEFAULT 0 NOT NULL,
    shipping INTEGER DEFAULT 0 NOT NULL,
    shipping_tax INTEGER DEFAULT 0 NOT NULL,
    gift_wrap INTEGER DEFAULT 0 NOT NULL,
    gift_wrap_tax INTEGER DEFAULT 0 NOT NULL,
    discount INTEGER DEFAULT 0 NOT NULL,
    estimated INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_day_place_sum PRIMARY KEY (day, channel, country, state, currency)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE day_product_sum (
    day TEXT NOT NULL,
    product_id INTEGER NOT NULL,
    currency TEXT NOT NULL,
    shipped INTEGER DEFAULT 0 NOT NULL,
    returned INTEGER DEFAULT 0 NOT NULL,
    refunded INTEGER,
    orders INTEGER DEFAULT 0 NOT NULL,
    units INTEGER DEFAULT 0 NOT NULL,
    total INTEGER DEFAULT 0 NOT NULL,
    item_tax INTEGER DEFAULT 0 NOT NULL,
    shipping INTEGER DEFAULT 0 NOT NULL,
    shipping_tax INTEGER DEFAULT 0 NOT NULL,
    gift_wrap INTEGER DEFAULT 0 NOT NULL,
    gift_wrap_tax INTEGER DEFAULT 0 NOT NULL,
    discount INTEGER DEFAULT 0 NOT NULL,
    estimated INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_day_product_sum PRIMARY KEY (day, product_id, currency)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE day_profit_sum (
    day TEXT NOT NULL,
    product_id INTEGER NOT NULL,
    channel TEXT NOT NULL,
    currency TEXT NOT NULL,
    units INTEGER DEFAULT 0 NOT NULL,
    item_sales INTEGER DEFAULT 0 NOT NULL,
    shipping INTEGER DEFAULT 0 NOT NULL,
    gift_wrap INTEGER DEFAULT 0 NOT NULL,
    discount INTEGER DEFAULT 0 NOT NULL,
    sales INTEGER DEFAULT 0 NOT NULL,
    refunds INTEGER DEFAULT 0 NOT NULL,
    referral_fee INTEGER DEFAULT 0 NOT NULL,
    refund_administration_fee INTEGER DEFAULT 0 NOT NULL,
    fba_fee INTEGER DEFAULT 0 NOT NULL,
    other_fees INTEGER DEFAULT 0 NOT NULL,
    label_cost INTEGER DEFAULT 0 NOT NULL,
    packaging_cost INTEGER DEFAULT 0 NOT NULL,
    cogs INTEGER DEFAULT 0 NOT NULL,
    tax INTEGER DEFAULT 0 NOT NULL,
    units_without_cost INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_day_profit_sum PRIMARY KEY (day, product_id, channel, currency)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX ix_undone_operation_undone_operation_id ON undone_operation (undone_operation_id);

CREATE INDEX ix_row_change_deleted ON row_change (table_name) WHERE verb = 'delete';

CREATE INDEX ix_row_change_operation_id ON row_change (operation_id);

CREATE INDEX ix_row_change_table_name_row_key ON row_change (table_name, row_key);

CREATE INDEX ix_news_told_source ON news_told (source);

CREATE INDEX ix_setting_name_valid_from_id ON setting (name, valid_from, id);

CREATE INDEX ix_import_file_sha256 ON import_file (sha256);

CREATE UNIQUE INDEX ix_product_barcode ON product (barcode) WHERE barcode IS NOT NULL;

CREATE INDEX ix_kit_component_component_id ON kit_component (component_id);

CREATE INDEX ix_listing_product_id ON listing (product_id);

CREATE INDEX ix_purchase_draft ON purchase (supplier_id) WHERE placed_on IS NULL;

CREATE INDEX ix_purchase_line_open ON purchase_line (product_id) WHERE quantity_open > 0;

CREATE INDEX ix_purchase_receipt_purchase_line_id ON purchase_receipt (purchase_line_id);

CREATE INDEX ix_purchase_cancellation_purchase_line_id ON purchase_cancellation (purchase_line_id);

CREATE INDEX ix_sales_order_canceled ON sales_order (ordered_at) WHERE status = 'canceled';

CREATE INDEX ix_sales_order_channel ON sales_order (channel, ordered_at);

CREATE INDEX ix_sales_order_deliver_by ON sales_order (deliver_by);

CREATE INDEX ix_sales_order_newest ON sales_order (ordered_at, id);

CREATE INDEX ix_sales_order_on_hold ON sales_order (ordered_at) WHERE is_on_hold = 1;

CREATE INDEX ix_sales_order_open ON sales_order (ship_by, ordered_at) WHERE units_open > 0;

CREATE INDEX ix_sales_order_original ON sales_order (original_order_id) WHERE original_order_id IS NOT NULL;

CREATE INDEX ix_sales_order_ship_by ON sales_order (ship_by);

CREATE INDEX ix_sales_order_tail ON sales_order (substr(order_id, -4));

CREATE INDEX ix_order_line_left_canceled ON order_line (sales_order_id) WHERE channel_canceled > quantity_canceled;

CREATE INDEX ix_order_line_open ON order_line (product_id, sales_order_id) WHERE quantity_open > 0;

CREATE INDEX ix_order_line_order ON order_line (sales_order_id, line_no);

CREATE INDEX ix_order_line_picked ON order_line (product_id) WHERE quantity_picked > 0;

CREATE INDEX ix_order_line_short ON order_line (product_id) WHERE quantity_short > 0;

CREATE INDEX ix_order_tag_tag ON order_tag (tag);

CREATE INDEX ix_product_field_value_own_field_id_value ON product_field_value (own_field_id, value);

CREATE INDEX ix_order_field_value_own_field_id_value ON order_field_value (own_field_id, value);

CREATE INDEX ix_line_pick_order_line_id ON line_pick (order_line_id);

CREATE INDEX ix_packing_sales_order_id ON packing (sales_order_id);

CREATE INDEX ix_packing_line_order_line_id ON packing_line (order_line_id);

CREATE INDEX ix_reported_shipment_tracking_number ON reported_shipment (tracking_number);

CREATE INDEX ix_cancellation_counted ON cancellation (canceled_at) WHERE canceled_by IN ('buyer-message', 'seller');

CREATE INDEX ix_cancellation_order_line_id ON cancellation (order_line_id);

CREATE INDEX ix_order_event_sales_order_id ON order_event (sales_order_id);

CREATE UNIQUE INDEX ix_order_statement_fingerprint ON order_statement (fingerprint) WHERE withdrawn_operation_id IS NULL;

CREATE INDEX ix_order_statement_sales_order_id ON order_statement (sales_order_id);

CREATE INDEX ix_order_statement_line_order_statement_id ON order_statement_line (order_statement_id);

CREATE INDEX ix_stock_movement_product_id_occurred_at_id ON stock_movement (product_id, occurred_at, id);

CREATE UNIQUE INDEX ix_stock_movement_undone ON stock_movement (undoes_id) WHERE undoes_id IS NOT NULL;

CREATE INDEX ix_cost_layer_open ON cost_layer (product_id, location, lot, acquired_at, id) WHERE quantity > quantity_used;

CREATE INDEX ix_stock_count_line_product_id ON stock_count_line (product_id);

CREATE INDEX ix_stockout_ended_at ON stockout (ended_at);

CREATE INDEX ix_fba_shipment_line_open ON fba_shipment_line (product_id, fba_shipment_id) WHERE quantity_open > 0;

CREATE INDEX ix_fba_statement_line_product_id ON fba_statement_line (product_id);

CREATE INDEX ix_fba_advice_line_product_id ON fba_advice_line (product_id);

CREATE INDEX ix_settlement_entry_order_id ON settlement_entry (order_id) WHERE order_id IS NOT NULL;

CREATE INDEX ix_settlement_entry_refund ON settlement_entry (posted_at) WHERE transaction_type LIKE '%refund%';

CREATE INDEX ix_settlement_entry_refunded ON settlement_entry (order_id) WHERE transaction_type LIKE '%refund%';

CREATE INDEX ix_amazon_pull_what ON amazon_pull (what);

CREATE INDEX ix_amazon_call_name_subject ON amazon_call (name, subject);

CREATE INDEX ix_amazon_call_open ON amazon_call (name, subject) WHERE is_open = 1;

CREATE UNIQUE INDEX uq_amazon_call_unknown ON amazon_call (name, subject) WHERE state = 'unknown';

CREATE INDEX ix_shipment_arrival ON shipment (coalesce(delivered_at, shipped_on));

CREATE INDEX ix_shipment_outdated ON shipment (id) WHERE is_outdated = 1;

CREATE INDEX ix_shipment_recorded_at ON shipment (recorded_at);

CREATE INDEX ix_shipment_sales_order_id ON shipment (sales_order_id);

CREATE INDEX ix_shipment_tracking_number ON shipment (tracking_number) WHERE tracking_number IS NOT NULL;

CREATE INDEX ix_shipment_unconfirmed ON shipment (id) WHERE confirmed_at IS NULL AND origin = 'seller';

CREATE INDEX ix_shipment_under_way ON shipment (sales_order_id) WHERE status IN ('in_transit', 'exception') AND delivered_at IS NULL;

CREATE INDEX ix_shipment_line_order_line_id ON shipment_line (order_line_id);

CREATE INDEX ix_shipment_line_shipment_id ON shipment_line (shipment_id);

CREATE INDEX ix_shipment_event_shipment_id ON shipment_event (shipment_id);

CREATE INDEX ix_shipment_fix_shipment_id ON shipment_fix (shipment_id);

CREATE INDEX ix_upload_item_amazon_call_id ON upload_item (amazon_call_id) WHERE amazon_call_id IS NOT NULL;

CREATE INDEX ix_upload_item_cancellation_id ON upload_item (cancellation_id) WHERE cancellation_id IS NOT NULL;

CREATE INDEX ix_upload_item_refund_id ON upload_item (refund_id) WHERE refund_id IS NOT NULL;

CREATE INDEX ix_upload_item_shipment_id ON upload_item (shipment_id) WHERE shipment_id IS NOT NULL;

CREATE INDEX ix_upload_item_upload_file_id ON upload_item (upload_file_id);

CREATE INDEX ix_return_authorization_channel_return_id ON return_authorization (channel_return_id) WHERE channel_return_id IS NOT NULL;

CREATE INDEX ix_return_authorization_open ON return_authorization (id) WHERE closed_at IS NULL;

CREATE INDEX ix_return_authorization_opened_at ON return_authorization (opened_at);

CREATE INDEX ix_return_authorization_requested_at ON return_authorization (requested_at);

CREATE INDEX ix_return_authorization_sales_order_id ON return_authorization (sales_order_id);

CREATE INDEX ix_return_step_requested ON return_step (occurred_at) WHERE kind = 'requested';

CREATE INDEX ix_return_step_return_authorization_id ON return_step (return_authorization_id);

CREATE UNIQUE INDEX ix_return_line_fingerprint ON return_line (fingerprint) WHERE fingerprint IS NOT NULL;

CREATE INDEX ix_return_line_order_line_id ON return_line (order_line_id);

CREATE INDEX ix_return_event_return_line_id ON return_event (return_line_id);

CREATE INDEX ix_return_event_returned ON return_event (occurred_at) WHERE disposition IS NULL;

CREATE INDEX ix_refund_order_line_id ON refund (order_line_id);

CREATE INDEX ix_refund_refunded_at ON refund (refunded_at);

CREATE INDEX ix_refund_return_line_id ON refund (return_line_id);

CREATE INDEX ix_replacement_order_line_id ON replacement (order_line_id);

CREATE INDEX ix_replacement_return_line_id ON replacement (return_line_id);

CREATE INDEX ix_order_past_deliver_by ON order_past (deliver_by);

CREATE INDEX ix_order_past_ordered_at ON order_past (ordered_at);

CREATE INDEX ix_order_past_sales_order_id_operation_id ON order_past (sales_order_id, operation_id);

CREATE INDEX ix_order_past_ship_by ON order_past (ship_by);

CREATE INDEX ix_order_line_past_order_line_id_operation_id ON order_line_past (order_line_id, operation_id);

CREATE INDEX ix_order_line_past_sales_order_id ON order_line_past (sales_order_id);

CREATE INDEX ix_shipment_past_shipment_id_operation_id ON shipment_past (shipment_id, operation_id);

CREATE INDEX ix_shipment_line_past_order_line_id ON shipment_line_past (order_line_id);

CREATE INDEX ix_shipment_line_past_sales_order_id ON shipment_line_past (sales_order_id);

CREATE INDEX ix_shipment_line_past_shipment_line_id_operation_id ON shipment_line_past (shipment_line_id, operation_id);

CREATE INDEX ix_product_past_product_id_operation_id ON product_past (product_id, operation_id);

CREATE INDEX ix_return_past_return_authorization_id_operation_id ON return_past (return_authorization_id, operation_id);

CREATE INDEX ix_feedback_negative ON feedback (given_on, sales_order_id, stars, is_withdrawn, operation_id) WHERE stars <= 2;

CREATE INDEX ix_feedback_sales_order_id ON feedback (sales_order_id);

CREATE INDEX ix_claim_filed_on_sales_order_id ON claim (filed_on, sales_order_id);

CREATE INDEX ix_claim_sales_order_id ON claim (sales_order_id);

CREATE INDEX ix_confirmed_order_channel_promised_by ON confirmed_order (channel, promised_by);

CREATE INDEX ix_confirmed_order_channel_ship_by ON confirmed_order (channel, ship_by);

CREATE INDEX ix_performance_statement_channel_stated_on ON performance_statement (channel, stated_on);

CREATE INDEX ix_message_open ON message (id) WHERE state <> 'sent';

CREATE INDEX ix_message_event_message_id ON message_event (message_id);

CREATE INDEX ix_question_sales_order_id ON question (sales_order_id);

CREATE VIEW shipped_unit AS
SELECT s.id AS shipment_line_id, s.shipment_id, s.order_line_id, s.sold_on,
 coalesce(c.product_id, s.product_id) AS product_id, coalesce(c.quantity, s.quantity) AS quantity,
 CASE WHEN c.product_id IS NULL THEN s.movement_id ELSE c.movement_id END AS movement_id,
 c.product_id IS NOT NULL AS is_part
FROM shipment_line s LEFT JOIN shipment_component c ON c.shipment_line_id = s.id;

CREATE VIEW shipment_news AS
SELECT e.id, e.shipment_id, e.operation_id, e.status, e.occurred_at, e.detail FROM shipment_event e
WHERE +e.withdraws IS NULL AND NOT EXISTS (SELECT 1 FROM shipment_event w WHERE w.withdraws = e.id);

CREATE VIEW return_dates AS
SELECT r.id AS return_line_id, r.return_authorization_id, o.channel, o.ordered_at, o.deliver_by,
 (SELECT max(h.shipped_on) FROM shipment_line s JOIN shipment h ON h.id = s.shipment_id AND h.status <> 'void'
  WHERE s.order_line_id = r.order_line_id) AS shipped_on,
 l.channel_shipped_at,
 (SELECT max(h.delivered_at) FROM shipment_line s JOIN shipment h ON h.id = s.shipment_id AND h.status <> 'void'
  WHERE s.order_line_id = r.order_line_id) AS delivered_at,
 a.requested_at,
 (SELECT min(e.occurred_at) FROM return_event e WHERE e.return_line_id = r.id AND e.disposition IS NULL)
  AS received_at,
 a.delivered_on
FROM return_line r
JOIN return_authorization a ON a.id = r.return_authorization_id
JOIN sales_order o ON o.id = a.sales_order_id
JOIN order_line l ON l.id = r.order_line_id;

CREATE VIEW open_question AS
SELECT q.id, q.product_id, q.location, q.quantity, q.sales_order_id, q.asked_at, q.operation_id
FROM count_question q WHERE NOT EXISTS (
 SELECT 1 FROM stock_count_line l JOIN stock_count c ON c.id = l.stock_count_id
 WHERE l.product_id = q.product_id AND c.location = q.location AND c.counted_at >= q.asked_at
  AND c.operation_id > q.operation_id);

CREATE VIEW packed_unit AS
SELECT l.id AS order_line_id, max(p.packed_at) AS packed_at,
 min(max(max(k.units_before + k.quantity) - max(l.quantity_shipped), 0), max(l.quantity_picked)) AS quantity
FROM packing_line k JOIN packing p ON p.id = k.packing_id JOIN order_line l ON l.id = k.order_line_id
WHERE l.quantity_picked > 0 AND NOT EXISTS (SELECT 1 FROM line_pick t
 WHERE t.order_line_id = l.id AND t.quantity < 0 AND t.operation_id > p.operation_id)
GROUP BY l.id;

CREATE VIEW ordered_unit AS
SELECT l.sales_order_id, l.id AS order_line_id, o.ordered_on, o.fulfillment,
 coalesce(c.product_id, l.product_id) AS product_id,
 coalesce(c.quantity, 1) AS each, coalesce(c.quantity, 1) * (l.quantity
  - coalesce((SELECT sum(x.quantity) FROM cancellation x
   WHERE x.order_line_id = l.id AND x.canceled_by IN ('buyer', 'buyer-message')), 0)) AS units
FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id
LEFT JOIN order_line_component c ON c.order_line_id = l.id;

CREATE VIEW stockout_now AS
SELECT product_id, at AS began_at, next_at AS ended_at FROM (
 SELECT i.product_id, i.at, lead(i.at) OVER (PARTITION BY i.product_id ORDER BY i.at) AS next_at,
  sum(i.held) OVER (PARTITION BY i.product_id) - coalesce(sum(i.net) OVER (PARTITION BY i.product_id
   ORDER BY i.at DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS held
 FROM (
  SELECT p.id AS product_id, '' AS at, 0 AS net, (SELECT coalesce(sum(s.quantity), 0) FROM stock_level s
   WHERE s.product_id = p.id AND s.location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba'))) AS held
  FROM product p
  UNION ALL SELECT p.id, m.occurred_at, sum(iif(m.to_location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')), m.quantity, 0)
   - iif(m.from_location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')), m.quantity, 0)) AS net, 0
  FROM product p CROSS JOIN stock_movement m ON m.product_id = p.id AND m.occurred_at > ''
  GROUP BY p.id, m.occurred_at HAVING sum(iif(m.to_location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')), m.quantity, 0)
   - iif(m.from_location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')), m.quantity, 0)) <> 0) i) AS found
WHERE held <= 0;

CREATE VIEW stockout_since AS SELECT product_id, began_at AS since FROM stockout;

CREATE VIEW confirmed_order_now AS
SELECT o.id AS sales_order_id, max(o.channel) AS channel, max(o.ship_by) AS ship_by,
 max(coalesce(o.deliver_by, o.ship_by)) AS promised_by, max(s.confirmed_at) AS confirmed_at, count(*) AS shipments,
 count(*) FILTER (WHERE CASE WHEN s.carrier IS NULL OR s.tracking_number IS NULL THEN 'no carrier and number'
  WHEN s.delivered_at IS NULL THEN NULL
  WHEN s.delivered_at < coalesce((SELECT max(s.confirmed_at, max(p.recorded_at)) FROM shipment_fix x
    JOIN operation p ON p.id = x.operation_id
    WHERE x.shipment_id = s.id AND x.field = 'tracking_number'), s.confirmed_at) THEN 'number told after delivery'
  WHEN julianday(s.delivered_at) >= julianday(coalesce(o.deliver_by, o.ship_by)) + 17 THEN 'came 17 days or more after the promise' END IS NULL) AS shipments_tracked,
 coalesce(sum((SELECT sum(l.quantity) FROM shipment_line l WHERE l.shipment_id = s.id))
  FILTER (WHERE o.deliver_by IS NOT NULL AND s.tracking_number IS NOT NULL AND s.status <> 'shipped'), 0)
  AS units_followed,
 coalesce(sum((SELECT sum(l.quantity) FROM shipment_line l WHERE l.shipment_id = s.id))
  FILTER (WHERE o.deliver_by IS NOT NULL AND s.tracking_number IS NOT NULL AND s.status <> 'shipped'
   AND s.delivered_at BETWEEN coalesce((SELECT max(s.confirmed_at, max(p.recorded_at)) FROM shipment_fix x
    JOIN operation p ON p.id = x.operation_id
    WHERE x.shipment_id = s.id AND x.field = 'tracking_number'), s.confirmed_at) AND o.deliver_by), 0) AS units_on_time
FROM sales_order o JOIN shipment s ON s.sales_order_id = o.id AND s.status <> 'void' AND s.confirmed_at IS NOT NULL
WHERE o.fulfillment = 'FBM' AND o.is_sale <> 0 GROUP BY o.id;

CREATE VIEW running AS SELECT id AS operation_id FROM operation
WHERE id = (SELECT max(id) FROM operation) AND summary IS NULL;

CREATE VIEW undoing AS SELECT r.operation_id FROM running r
WHERE EXISTS (SELECT 1 FROM undone_operation u WHERE u.operation_id = r.operation_id);

CREATE VIEW inbound_line AS
SELECT l.id AS purchase_line_id, u.id AS purchase_id, u.supplier_id, l.product_id,
 l.quantity_open AS quantity, l.expected_on
FROM purchase_line l JOIN purchase u ON u.id = l.purchase_id
WHERE u.placed_on IS NOT NULL AND l.quantity_open > 0;

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
  SELECT DISTINCT u.supplier_id, CAST(NULL AS INTEGER), u.id, r.received_on,
   CAST(julianday(r.received_on) - julianday(u.placed_on) AS INTEGER)
  FROM purchase_receipt r JOIN purchase_line l ON l.id = r.purchase_line_id JOIN purchase u ON u.id = l.purchase_id
  WHERE u.supplier_id IS NOT NULL
 ) AS found
) AS found
WHERE place <= 20
GROUP BY supplier_id, product_id HAVING count(*) >= 5;

CREATE VIEW supply AS
WITH learned AS MATERIALIZED (SELECT * FROM learned_lead_time), latest AS MATERIALIZED (
 SELECT u.currency, max(r.id) AS receipt FROM purchase_receipt r JOIN purchase_line l ON l.id = r.purchase_line_id
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
 CASE WHEN s.id IS NULL OR s.currency = (SELECT currency FROM shop) THEN '1' ELSE r.rate END AS rate
FROM product p
LEFT JOIN supplier s ON s.id = p.supplier_id
LEFT JOIN supplier_product t ON t.supplier_id = s.id AND t.product_id = p.id
LEFT JOIN learned own ON own.supplier_id = s.id AND own.product_id = p.id
LEFT JOIN learned every ON every.supplier_id = s.id AND every.product_id IS NULL
LEFT JOIN latest ON latest.currency = s.currency
LEFT JOIN purchase_receipt r ON r.id = latest.receipt;

CREATE TRIGGER operation_sealed BEFORE UPDATE ON operation
WHEN OLD.summary IS NOT NULL OR NEW.id <> OLD.id OR NEW.recorded_at <> OLD.recorded_at
 OR NEW.actor <> OLD.actor OR NEW.command <> OLD.command OR NEW.words IS DISTINCT FROM OLD.words
BEGIN SELECT RAISE(ABORT, 'operation is append-only'); END;

CREATE TRIGGER order_statement_kept BEFORE UPDATE ON order_statement
WHEN NEW.fingerprint <> OLD.fingerprint OR NEW.sales_order_id <> OLD.sales_order_id
 OR NEW.as_of IS DISTINCT FROM OLD.as_of OR NEW.operation_id <> OLD.operation_id
BEGIN SELECT RAISE(ABORT, 'order_statement is append-only'); END;

CREATE TRIGGER order_statement_no_delete BEFORE DELETE ON order_statement
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'order_statement is append-only'); END;

CREATE TRIGGER operation_no_delete BEFORE DELETE ON operation
BEGIN SELECT RAISE(ABORT, 'operation is append-only'); END;

CREATE TRIGGER amazon_pull_no_update BEFORE UPDATE ON amazon_pull
BEGIN SELECT RAISE(ABORT, 'amazon_pull is append-only'); END;

CREATE TRIGGER amazon_pull_no_delete BEFORE DELETE ON amazon_pull
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'amazon_pull is append-only'); END;

CREATE TRIGGER operation_reference_no_update BEFORE UPDATE ON operation_reference
BEGIN SELECT RAISE(ABORT, 'operation_reference is append-only'); END;

CREATE TRIGGER operation_reference_no_delete BEFORE DELETE ON operation_reference
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'operation_reference is append-only'); END;

CREATE TRIGGER row_change_no_update BEFORE UPDATE ON row_change
BEGIN SELECT RAISE(ABORT, 'row_change is append-only'); END;

CREATE TRIGGER row_change_no_delete BEFORE DELETE ON row_change
BEGIN SELECT RAISE(ABORT, 'row_change is append-only'); END;

CREATE TRIGGER news_told_no_update BEFORE UPDATE ON news_told
BEGIN SELECT RAISE(ABORT, 'news_told is append-only'); END;

CREATE TRIGGER news_told_no_delete BEFORE DELETE ON news_told
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'news_told is append-only'); END;

CREATE TRIGGER undone_operation_no_update BEFORE UPDATE ON undone_operation
BEGIN SELECT RAISE(ABORT, 'undone_operation is append-only'); END;

CREATE TRIGGER undone_operation_no_delete BEFORE DELETE ON undone_operation
BEGIN SELECT RAISE(ABORT, 'undone_operation is append-only'); END;

CREATE TRIGGER stock_movement_no_update BEFORE UPDATE ON stock_movement
BEGIN SELECT RAISE(ABORT, 'stock_movement is append-only'); END;

CREATE TRIGGER stock_movement_no_delete BEFORE DELETE ON stock_movement
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'stock_movement is append-only'); END;

CREATE TRIGGER layer_use_no_update BEFORE UPDATE ON layer_use
BEGIN SELECT RAISE(ABORT, 'layer_use is append-only'); END;

CREATE TRIGGER layer_use_no_delete BEFORE DELETE ON layer_use
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'layer_use is append-only'); END;

CREATE TRIGGER order_event_no_update BEFORE UPDATE ON order_event
BEGIN SELECT RAISE(ABORT, 'order_event is append-only'); END;

CREATE TRIGGER order_event_no_delete BEFORE DELETE ON order_event
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'order_event is append-only'); END;

CREATE TRIGGER cancellation_no_update BEFORE UPDATE ON cancellation
BEGIN SELECT RAISE(ABORT, 'cancellation is append-only'); END;

CREATE TRIGGER cancellation_no_delete BEFORE DELETE ON cancellation
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'cancellation is append-only'); END;

CREATE TRIGGER setting_no_update BEFORE UPDATE ON setting
BEGIN SELECT RAISE(ABORT, 'setting is append-only'); END;

CREATE TRIGGER setting_no_delete BEFORE DELETE ON setting
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'setting is append-only'); END;

CREATE TRIGGER return_step_no_update BEFORE UPDATE ON return_step
BEGIN SELECT RAISE(ABORT, 'return_step is append-only'); END;

CREATE TRIGGER return_step_no_delete BEFORE DELETE ON return_step
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'return_step is append-only'); END;

CREATE TRIGGER return_event_no_update BEFORE UPDATE ON return_event
BEGIN SELECT RAISE(ABORT, 'return_event is append-only'); END;

CREATE TRIGGER return_event_no_delete BEFORE DELETE ON return_event
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'return_event is append-only'); END;

CREATE TRIGGER refund_no_update BEFORE UPDATE ON refund
BEGIN SELECT RAISE(ABORT, 'refund is append-only'); END;

CREATE TRIGGER refund_no_delete BEFORE DELETE ON refund
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'refund is append-only'); END;

CREATE TRIGGER replacement_no_update BEFORE UPDATE ON replacement
BEGIN SELECT RAISE(ABORT, 'replacement is append-only'); END;

CREATE TRIGGER replacement_no_delete BEFORE DELETE ON replacement
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'replacement is append-only'); END;

CREATE TRIGGER feedback_no_update BEFORE UPDATE ON feedback
BEGIN SELECT RAISE(ABORT, 'feedback is append-only'); END;

CREATE TRIGGER feedback_no_delete BEFORE DELETE ON feedback
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'feedback is append-only'); END;

CREATE TRIGGER claim_no_update BEFORE UPDATE ON claim
BEGIN SELECT RAISE(ABORT, 'claim is append-only'); END;

CREATE TRIGGER claim_no_delete BEFORE DELETE ON claim
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'claim is append-only'); END;

CREATE TRIGGER feedback_removal_no_update BEFORE UPDATE ON feedback_removal
BEGIN SELECT RAISE(ABORT, 'feedback_removal is append-only'); END;

CREATE TRIGGER feedback_removal_no_delete BEFORE DELETE ON feedback_removal
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'feedback_removal is append-only'); END;

CREATE TRIGGER claim_removal_no_update BEFORE UPDATE ON claim_removal
BEGIN SELECT RAISE(ABORT, 'claim_removal is append-only'); END;

CREATE TRIGGER claim_removal_no_delete BEFORE DELETE ON claim_removal
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'claim_removal is append-only'); END;

CREATE TRIGGER stock_count_no_update BEFORE UPDATE ON stock_count
BEGIN SELECT RAISE(ABORT, 'stock_count is append-only'); END;

CREATE TRIGGER stock_count_no_delete BEFORE DELETE ON stock_count
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'stock_count is append-only'); END;

CREATE TRIGGER stock_count_line_no_update BEFORE UPDATE ON stock_count_line
BEGIN SELECT RAISE(ABORT, 'stock_count_line is append-only'); END;

CREATE TRIGGER stock_count_line_no_delete BEFORE DELETE ON stock_count_line
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'stock_count_line is append-only'); END;

CREATE TRIGGER order_statement_line_no_update BEFORE UPDATE ON order_statement_line
BEGIN SELECT RAISE(ABORT, 'order_statement_line is append-only'); END;

CREATE TRIGGER order_statement_line_no_delete BEFORE DELETE ON order_statement_line
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'order_statement_line is append-only'); END;

CREATE TRIGGER fba_statement_no_update BEFORE UPDATE ON fba_statement
BEGIN SELECT RAISE(ABORT, 'fba_statement is append-only'); END;

CREATE TRIGGER fba_statement_no_delete BEFORE DELETE ON fba_statement
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'fba_statement is append-only'); END;

CREATE TRIGGER fba_statement_line_no_update BEFORE UPDATE ON fba_statement_line
BEGIN SELECT RAISE(ABORT, 'fba_statement_line is append-only'); END;

CREATE TRIGGER fba_statement_line_no_delete BEFORE DELETE ON fba_statement_line
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'fba_statement_line is append-only'); END;

CREATE TRIGGER fba_ledger_event_no_update BEFORE UPDATE ON fba_ledger_event
BEGIN SELECT RAISE(ABORT, 'fba_ledger_event is append-only'); END;

CREATE TRIGGER fba_ledger_event_no_delete BEFORE DELETE ON fba_ledger_event
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'fba_ledger_event is append-only'); END;

CREATE TRIGGER shipment_event_no_update BEFORE UPDATE ON shipment_event
BEGIN SELECT RAISE(ABORT, 'shipment_event is append-only'); END;

CREATE TRIGGER shipment_event_no_delete BEFORE DELETE ON shipment_event
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'shipment_event is append-only'); END;

CREATE TRIGGER shipment_fix_no_update BEFORE UPDATE ON shipment_fix
BEGIN SELECT RAISE(ABORT, 'shipment_fix is append-only'); END;

CREATE TRIGGER shipment_fix_no_delete BEFORE DELETE ON shipment_fix
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'shipment_fix is append-only'); END;

CREATE TRIGGER upload_item_no_update BEFORE UPDATE ON upload_item
BEGIN SELECT RAISE(ABORT, 'upload_item is append-only'); END;

CREATE TRIGGER upload_item_no_delete BEFORE DELETE ON upload_item
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'upload_item is append-only'); END;

CREATE TRIGGER upload_failure_no_update BEFORE UPDATE ON upload_failure
BEGIN SELECT RAISE(ABORT, 'upload_failure is append-only'); END;

CREATE TRIGGER upload_failure_no_delete BEFORE DELETE ON upload_failure
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'upload_failure is append-only'); END;

CREATE TRIGGER line_pick_no_update BEFORE UPDATE ON line_pick
BEGIN SELECT RAISE(ABORT, 'line_pick is append-only'); END;

CREATE TRIGGER line_pick_no_delete BEFORE DELETE ON line_pick
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'line_pick is append-only'); END;

CREATE TRIGGER packing_no_update BEFORE UPDATE ON packing
BEGIN SELECT RAISE(ABORT, 'packing is append-only'); END;

CREATE TRIGGER packing_no_delete BEFORE DELETE ON packing
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'packing is append-only'); END;

CREATE TRIGGER packing_line_no_update BEFORE UPDATE ON packing_line
BEGIN SELECT RAISE(ABORT, 'packing_line is append-only'); END;

CREATE TRIGGER packing_line_no_delete BEFORE DELETE ON packing_line
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'packing_line is append-only'); END;

CREATE TRIGGER count_question_no_update BEFORE UPDATE ON count_question
BEGIN SELECT RAISE(ABORT, 'count_question is append-only'); END;

CREATE TRIGGER count_question_no_delete BEFORE DELETE ON count_question
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'count_question is append-only'); END;

CREATE TRIGGER settlement_no_update BEFORE UPDATE ON settlement
BEGIN SELECT RAISE(ABORT, 'settlement is append-only'); END;

CREATE TRIGGER settlement_no_delete BEFORE DELETE ON settlement
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'settlement is append-only'); END;

CREATE TRIGGER settlement_entry_no_update BEFORE UPDATE ON settlement_entry
BEGIN SELECT RAISE(ABORT, 'settlement_entry is append-only'); END;

CREATE TRIGGER settlement_entry_no_delete BEFORE DELETE ON settlement_entry
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'settlement_entry is append-only'); END;

CREATE TRIGGER message_event_no_update BEFORE UPDATE ON message_event
BEGIN SELECT RAISE(ABORT, 'message_event is append-only'); END;

CREATE TRIGGER message_event_no_delete BEFORE DELETE ON message_event
BEGIN SELECT RAISE(ABORT, 'message_event is append-only'); END;

CREATE TRIGGER question_no_update BEFORE UPDATE ON question
BEGIN SELECT RAISE(ABORT, 'question is append-only'); END;

CREATE TRIGGER question_no_delete BEFORE DELETE ON question
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'question is append-only'); END;

CREATE TRIGGER answer_no_update BEFORE UPDATE ON answer
BEGIN SELECT RAISE(ABORT, 'answer is append-only'); END;

CREATE TRIGGER answer_no_delete BEFORE DELETE ON answer
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'answer is append-only'); END;

CREATE TRIGGER performance_statement_no_update BEFORE UPDATE ON performance_statement
BEGIN SELECT RAISE(ABORT, 'performance_statement is append-only'); END;

CREATE TRIGGER performance_statement_no_delete BEFORE DELETE ON performance_statement
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'performance_statement is append-only'); END;

CREATE TRIGGER performance_line_no_update BEFORE UPDATE ON performance_line
BEGIN SELECT RAISE(ABORT, 'performance_line is append-only'); END;

CREATE TRIGGER performance_line_no_delete BEFORE DELETE ON performance_line
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'performance_line is append-only'); END;

CREATE TRIGGER improvement_no_update BEFORE UPDATE ON improvement
BEGIN SELECT RAISE(ABORT, 'improvement is append-only'); END;

CREATE TRIGGER improvement_no_delete BEFORE DELETE ON improvement
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'improvement is append-only'); END;

CREATE TRIGGER improvement_end_no_update BEFORE UPDATE ON improvement_end
BEGIN SELECT RAISE(ABORT, 'improvement_end is append-only'); END;

CREATE TRIGGER improvement_end_no_delete BEFORE DELETE ON improvement_end
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'improvement_end is append-only'); END;

CREATE TRIGGER fba_advice_no_update BEFORE UPDATE ON fba_advice
BEGIN SELECT RAISE(ABORT, 'fba_advice is append-only'); END;

CREATE TRIGGER fba_advice_no_delete BEFORE DELETE ON fba_advice
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'fba_advice is append-only'); END;

CREATE TRIGGER fba_advice_line_no_update BEFORE UPDATE ON fba_advice_line
BEGIN SELECT RAISE(ABORT, 'fba_advice_line is append-only'); END;

CREATE TRIGGER fba_advice_line_no_delete BEFORE DELETE ON fba_advice_line
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'fba_advice_line is append-only'); END;

CREATE TRIGGER order_past_no_update BEFORE UPDATE ON order_past
BEGIN SELECT RAISE(ABORT, 'order_past is append-only'); END;

CREATE TRIGGER order_past_no_delete BEFORE DELETE ON order_past
BEGIN SELECT RAISE(ABORT, 'order_past is append-only'); END;

CREATE TRIGGER order_line_past_no_update BEFORE UPDATE ON order_line_past
BEGIN SELECT RAISE(ABORT, 'order_line_past is append-only'); END;

CREATE TRIGGER order_line_past_no_delete BEFORE DELETE ON order_line_past
BEGIN SELECT RAISE(ABORT, 'order_line_past is append-only'); END;

CREATE TRIGGER shipment_past_no_update BEFORE UPDATE ON shipment_past
BEGIN SELECT RAISE(ABORT, 'shipment_past is append-only'); END;

CREATE TRIGGER shipment_past_no_delete BEFORE DELETE ON shipment_past
BEGIN SELECT RAISE(ABORT, 'shipment_past is append-only'); END;

CREATE TRIGGER shipment_line_past_no_update BEFORE UPDATE ON shipment_line_past
BEGIN SELECT RAISE(ABORT, 'shipment_line_past is append-only'); END;

CREATE TRIGGER shipment_line_past_no_delete BEFORE DELETE ON shipment_line_past
BEGIN SELECT RAISE(ABORT, 'shipment_line_past is append-only'); END;

CREATE TRIGGER product_past_no_update BEFORE UPDATE ON product_past
BEGIN SELECT RAISE(ABORT, 'product_past is append-only'); END;

CREATE TRIGGER product_past_no_delete BEFORE DELETE ON product_past
BEGIN SELECT RAISE(ABORT, 'product_past is append-only'); END;

CREATE TRIGGER return_past_no_update BEFORE UPDATE ON return_past
BEGIN SELECT RAISE(ABORT, 'return_past is append-only'); END;

CREATE TRIGGER return_past_no_delete BEFORE DELETE ON return_past
BEGIN SELECT RAISE(ABORT, 'return_past is append-only'); END;

CREATE TRIGGER erased_order_no_update BEFORE UPDATE ON erased_order
BEGIN SELECT RAISE(ABORT, 'erased_order is append-only'); END;

CREATE TRIGGER erased_order_no_delete BEFORE DELETE ON erased_order
BEGIN SELECT RAISE(ABORT, 'erased_order is append-only'); END;

CREATE TRIGGER erased_text_no_update BEFORE UPDATE ON erased_text
BEGIN SELECT RAISE(ABORT, 'erased_text is append-only'); END;

CREATE TRIGGER erased_text_no_delete BEFORE DELETE ON erased_text
BEGIN SELECT RAISE(ABORT, 'erased_text is append-only'); END;

CREATE TRIGGER buyer_number_no_update BEFORE UPDATE ON buyer_number
BEGIN SELECT RAISE(ABORT, 'buyer_number is append-only'); END;

CREATE TRIGGER buyer_number_no_delete BEFORE DELETE ON buyer_number
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'buyer_number is append-only'); END;

CREATE TRIGGER product_never_in_stock AFTER INSERT ON product
BEGIN INSERT INTO stockout (product_id, began_at) VALUES (NEW.id, ''); END;

CREATE TRIGGER stockout_anew INSTEAD OF INSERT ON stockout_since
BEGIN
 DELETE FROM stockout WHERE product_id = NEW.product_id AND began_at >= NEW.since;
 UPDATE stockout SET ended_at = (SELECT min(i.at) FROM (SELECT m.occurred_at AS at, sum(iif(m.to_location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')), m.quantity, 0)
   - iif(m.from_location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')), m.quantity, 0)) AS net
   FROM stock_movement m WHERE m.product_id = NEW.product_id AND m.occurred_at >= NEW.since
   GROUP BY m.occurred_at HAVING sum(iif(m.to_location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')), m.quantity, 0)
   - iif(m.from_location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')), m.quantity, 0)) <> 0) i)
  WHERE product_id = NEW.product_id AND began_at = (SELECT max(o.began_at) FROM stockout o
    WHERE o.product_id = NEW.product_id AND o.began_at < NEW.since)
   AND (ended_at IS NULL OR ended_at >= NEW.since);
 INSERT INTO stockout (product_id, began_at, ended_at)
  SELECT NEW.product_id, at, next_at FROM (
   SELECT i.at, lead(i.at) OVER (ORDER BY i.at) AS next_at,
    (SELECT sum(s.quantity) FROM stock_level s WHERE s.product_id = NEW.product_id AND s.location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')))
     - coalesce(sum(i.net) OVER (ORDER BY i.at DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS held
   FROM (SELECT m.occurred_at AS at, sum(iif(m.to_location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')), m.quantity, 0)
   - iif(m.from_location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')), m.quantity, 0)) AS net
   FROM stock_movement m WHERE m.product_id = NEW.product_id AND m.occurred_at >= NEW.since
   GROUP BY m.occurred_at HAVING sum(iif(m.to_location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')), m.quantity, 0)
   - iif(m.from_location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba')), m.quantity, 0)) <> 0) i) AS found
  WHERE held <= 0;
END;

CREATE TRIGGER stock_movement_levels AFTER INSERT ON stock_movement
BEGIN
 INSERT INTO stock_level (product_id, location, quantity)
  SELECT NEW.product_id, code, NEW.quantity FROM location WHERE code = NEW.to_location AND kind <> 'outside'
  ON CONFLICT (product_id, location) DO UPDATE SET quantity = stock_level.quantity + excluded.quantity;
 INSERT INTO stock_level (product_id, location, quantity)
  SELECT NEW.product_id, code, -NEW.quantity FROM location WHERE code = NEW.from_location AND kind <> 'outside'
   AND NOT EXISTS (SELECT 1 FROM stock_level WHERE product_id = NEW.product_id AND location = code);
 UPDATE stock_level SET quantity = quantity - NEW.quantity
  WHERE product_id = NEW.product_id AND location = NEW.from_location;
 INSERT INTO stockout_since (product_id, since) SELECT NEW.product_id, NEW.occurred_at
  WHERE NOT EXISTS (SELECT 1 FROM bulk_write) AND (EXISTS (SELECT 1 FROM stock_movement m WHERE m.product_id = NEW.product_id
    AND m.occurred_at >= NEW.occurred_at AND m.id <> NEW.id)
   OR EXISTS (SELECT 1 FROM stockout o WHERE o.product_id = NEW.product_id AND o.ended_at IS NULL)
   OR (SELECT sum(s.quantity) FROM stock_level s WHERE s.product_id = NEW.product_id
    AND s.location IN (SELECT code FROM location WHERE kind IN ('sellable', 'fba'))) <= 0);
END;

CREATE TRIGGER order_line_inserted AFTER INSERT ON order_line
WHEN NOT EXISTS (SELECT 1 FROM bulk_write)
BEGIN
 UPDATE sales_order SET units = units + NEW.quantity, units_shipped = units_shipped + NEW.quantity_shipped,
  units_canceled = units_canceled + NEW.quantity_canceled WHERE id = NEW.sales_order_id;
 INSERT INTO daily_demand (product_id, day, fulfillment, units)
  SELECT NEW.product_id, o.ordered_on, o.fulfillment, NEW.quantity FROM sales_order o
  WHERE o.id = NEW.sales_order_id
  ON CONFLICT (product_id, day, fulfillment) DO UPDATE SET units = daily_demand.units + excluded.units;
END;

CREATE TRIGGER order_line_units AFTER UPDATE OF quantity, quantity_shipped, quantity_canceled
ON order_line
WHEN NEW.quantity <> OLD.quantity OR NEW.quantity_shipped <> OLD.quantity_shipped
 OR NEW.quantity_canceled <> OLD.quantity_canceled
BEGIN
 UPDATE sales_order SET units = units + NEW.quantity - OLD.quantity,
  units_shipped = units_shipped + NEW.quantity_shipped - OLD.quantity_shipped,
  units_canceled = units_canceled + NEW.quantity_canceled - OLD.quantity_canceled
  WHERE id = NEW.sales_order_id;
 INSERT INTO daily_demand (product_id, day, fulfillment, units)
  SELECT u.product_id, u.ordered_on, u.fulfillment, u.each * (NEW.quantity - OLD.quantity) FROM ordered_unit u
  WHERE u.order_line_id = NEW.id AND NEW.quantity <> OLD.quantity
  ON CONFLICT (product_id, day, fulfillment) DO UPDATE SET units = daily_demand.units + excluded.units;
END;

CREATE TRIGGER order_line_allocated AFTER UPDATE OF quantity_allocated ON order_line
WHEN NEW.quantity_allocated <> OLD.quantity_allocated AND NEW.is_assembled = 0
BEGIN
 UPDATE stock_level SET allocated = allocated + NEW.quantity_allocated - OLD.quantity_allocated
  WHERE product_id = NEW.product_id AND location = 'HOME';
END;

CREATE TRIGGER order_line_parts_allocated AFTER UPDATE OF quantity_allocated ON order_line
WHEN NEW.quantity_allocated <> OLD.quantity_allocated AND NEW.is_assembled = 1
BEGIN
 UPDATE stock_level SET allocated = allocated + (NEW.quantity_allocated - OLD.quantity_allocated)
  * (SELECT c.quantity FROM order_line_component c
   WHERE c.order_line_id = NEW.id AND c.product_id = stock_level.product_id)
  WHERE location = 'HOME'
   AND product_id IN (SELECT c.product_id FROM order_line_component c WHERE c.order_line_id = NEW.id);
END;

CREATE TRIGGER order_line_assembled AFTER INSERT ON order_line
WHEN NEW.units_per_pack > 1 OR ((SELECT is_kit FROM product WHERE id = NEW.product_id) <> 0
 AND NOT EXISTS (SELECT 1 FROM order_line s WHERE s.sales_order_id = NEW.sales_order_id AND s.product_id = NEW.product_id
   AND s.units_per_pack = NEW.units_per_pack AND s.id <> NEW.id
   AND (s.edited_fields | NEW.edited_fields) & 16 = 0 AND s.is_assembled = 0))
BEGIN
 UPDATE order_line SET is_assembled = 1 WHERE id = NEW.id;
END;

CREATE TRIGGER order_line_exploded AFTER UPDATE OF is_assembled ON order_line
WHEN NEW.is_assembled > OLD.is_assembled
BEGIN
 INSERT INTO daily_demand (product_id, day, fulfillment, units)
  SELECT u.product_id, u.ordered_on, u.fulfillment, -u.units FROM ordered_unit u WHERE u.order_line_id = NEW.id
  ON CONFLICT (product_id, day, fulfillment) DO UPDATE SET units = daily_demand.units + excluded.units;
 INSERT INTO order_line_component (order_line_id, product_id, quantity, weight)
  SELECT NEW.id, c.product_id, c.quantity, c.weight FROM order_line_component c
  WHERE c.order_line_id = (SELECT min(s.id) FROM order_line s WHERE s.sales_order_id = NEW.sales_order_id AND s.product_id = NEW.product_id
   AND s.units_per_pack = NEW.units_per_pack AND s.id <> NEW.id
   AND (s.edited_fields | NEW.edited_fields) & 16 = 0 AND s.is_assembled = 1);
 INSERT INTO order_line_component (order_line_id, product_id, quantity, weight)
  SELECT NEW.id, k.component_id, k.quantity * NEW.units_per_pack, k.quantity * CASE
   WHEN (SELECT min(coalesce(q.unit_price_minor, 0)) FROM kit_component j JOIN product q ON q.id = j.component_id
    WHERE j.kit_id = NEW.product_id AND j.quantity > 0) > 0 THEN p.unit_price_minor
   WHEN (SELECT min(coalesce(q.unit_cost_minor, 0)) FROM kit_component j JOIN product q ON q.id = j.component_id
    WHERE j.kit_id = NEW.product_id AND j.quantity > 0) > 0 THEN p.unit_cost_minor
   ELSE 1 END
  FROM kit_component k JOIN product p ON p.id = k.component_id
  WHERE k.kit_id = NEW.product_id AND k.quantity > 0
  AND NOT EXISTS (SELECT 1 FROM order_line_component c WHERE c.order_line_id = NEW.id);
 INSERT INTO order_line_component (order_line_id, product_id, quantity, weight)
  SELECT NEW.id, NEW.product_id, NEW.units_per_pack, 1
  WHERE NOT EXISTS (SELECT 1 FROM order_line_component c WHERE c.order_line_id = NEW.id);
 INSERT INTO daily_demand (product_id, day, fulfillment, units)
  SELECT u.product_id, u.ordered_on, u.fulfillment, u.units FROM ordered_unit u WHERE u.order_line_id = NEW.id
  ON CONFLICT (product_id, day, fulfillment) DO UPDATE SET units = daily_demand.units + excluded.units;
END;

CREATE TRIGGER order_line_component_no_update BEFORE UPDATE ON order_line_component
BEGIN SELECT RAISE(ABORT, 'order_line_component is append-only'); END;

CREATE TRIGGER order_line_component_no_delete BEFORE DELETE ON order_line_component
WHEN NOT EXISTS (SELECT 1 FROM undoing) AND (SELECT quantity FROM order_line WHERE id = OLD.order_line_id) > 0
BEGIN SELECT RAISE(ABORT, 'order_line_component is append-only'); END;

CREATE TRIGGER stock_movement_not_of_kit BEFORE INSERT ON stock_movement
WHEN (SELECT is_kit FROM product WHERE id = NEW.product_id) = 1
BEGIN SELECT RAISE(ABORT, 'a kit has no stock of its own'); END;

CREATE TRIGGER product_kit_without_stock BEFORE UPDATE OF is_kit ON product
WHEN NEW.is_kit > OLD.is_kit AND EXISTS (SELECT 1 FROM stock_movement m WHERE m.product_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a product that had stock cannot become a kit'); END;

CREATE TRIGGER shipment_line_inserted AFTER INSERT ON shipment_line
WHEN NOT EXISTS (SELECT 1 FROM bulk_write)
BEGIN
 UPDATE order_line SET quantity_shipped = quantity_shipped + NEW.quantity,
  quantity_allocated = min(quantity_allocated, max(0, quantity_open - quantity_short - NEW.quantity)), quantity_picked = min(quantity_picked, max(0, quantity_open - quantity_short - NEW.quantity)),
  quantity_short = max(0, min(quantity_short, quantity_open - NEW.quantity))
  WHERE id = NEW.order_line_id;
 INSERT INTO daily_sales (product_id, day, units) SELECT NEW.product_id, NEW.sold_on, NEW.quantity
  WHERE (SELECT is_assembled FROM order_line WHERE id = NEW.order_line_id) = 0
  ON CONFLICT (product_id, day) DO UPDATE SET units = daily_sales.units + excluded.units;
END;

CREATE TRIGGER shipment_line_parts AFTER INSERT ON shipment_line
WHEN (SELECT is_assembled FROM order_line WHERE id = NEW.order_line_id) <> 0 AND NOT EXISTS (SELECT 1 FROM undoing)
BEGIN
 INSERT INTO shipment_component (shipment_line_id, product_id, quantity)
  SELECT NEW.id, c.product_id, c.quantity * NEW.quantity FROM order_line_component c
  WHERE c.order_line_id = NEW.order_line_id;
 INSERT INTO daily_sales (product_id, day, units)
  SELECT c.product_id, NEW.sold_on, c.quantity * NEW.quantity FROM order_line_component c
  WHERE c.order_line_id = NEW.order_line_id
  ON CONFLICT (product_id, day) DO UPDATE SET units = daily_sales.units + excluded.units;
END;

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
END;

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
END;

CREATE TRIGGER shipment_void_stays BEFORE UPDATE OF status ON shipment
WHEN OLD.status = 'void' AND NEW.status <> 'void' AND NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'a void shipment stays void'); END;

CREATE TRIGGER cancellation_inserted AFTER INSERT ON cancellation
BEGIN
 UPDATE order_line SET quantity_canceled = quantity_canceled + NEW.quantity,
  quantity_allocated = min(quantity_allocated, quantity_open - NEW.quantity),
  quantity_picked = min(quantity_picked, quantity_open - NEW.quantity),
  quantity_short = max(0, quantity_short - max(0, NEW.quantity))
  WHERE id = NEW.order_line_id;
 INSERT INTO daily_demand (product_id, day, fulfillment, units)
  SELECT u.product_id, u.ordered_on, u.fulfillment, -u.each * NEW.quantity FROM ordered_unit u
  WHERE u.order_line_id = NEW.order_line_id AND NEW.canceled_by IN ('buyer', 'buyer-message')
  ON CONFLICT (product_id, day, fulfillment) DO UPDATE SET units = daily_demand.units + excluded.units;
END;

CREATE TRIGGER sales_order_ordered_anew AFTER UPDATE OF ordered_on, fulfillment ON sales_order
WHEN NEW.ordered_on <> OLD.ordered_on OR NEW.fulfillment <> OLD.fulfillment
BEGIN
 INSERT INTO daily_demand (product_id, day, fulfillment, units)
  SELECT u.product_id, OLD.ordered_on, OLD.fulfillment, -sum(u.units)
  FROM ordered_unit u WHERE u.sales_order_id = NEW.id GROUP BY u.product_id
  ON CONFLICT (product_id, day, fulfillment) DO UPDATE SET units = daily_demand.units + excluded.units;
 INSERT INTO daily_demand (product_id, day, fulfillment, units)
  SELECT u.product_id, NEW.ordered_on, NEW.fulfillment, sum(u.units)
  FROM ordered_unit u WHERE u.sales_order_id = NEW.id GROUP BY u.product_id
  ON CONFLICT (product_id, day, fulfillment) DO UPDATE SET units = daily_demand.units + excluded.units;
END;

CREATE TRIGGER line_pick_inserted AFTER INSERT ON line_pick
BEGIN
 UPDATE order_line SET quantity_picked = quantity_picked + NEW.quantity WHERE id = NEW.order_line_id;
END;

CREATE TRIGGER return_line_inserted AFTER INSERT ON return_line
BEGIN
 UPDATE return_authorization SET units = units + NEW.quantity WHERE id = NEW.return_authorization_id;
END;

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
END;

CREATE TRIGGER return_step_inserted AFTER INSERT ON return_step
BEGIN
 UPDATE return_authorization SET
  requested_at = iif(NEW.kind = 'requested', min(coalesce(requested_at, NEW.occurred_at), NEW.occurred_at),
   requested_at),
  answered_at = iif(NEW.kind IN ('authorized', 'declined'),
   min(coalesce(answered_at, NEW.occurred_at), NEW.occurred_at), answered_at),
  is_declined = CASE NEW.kind WHEN 'declined' THEN 1 WHEN 'authorized' THEN 0 ELSE is_declined END,
  closed_at = iif(NEW.kind = 'closed', coalesce(closed_at, NEW.occurred_at), closed_at)
  WHERE id = NEW.return_authorization_id;
END;

CREATE TRIGGER refund_within_paid BEFORE INSERT ON refund
WHEN NEW.amount_minor > 0 AND EXISTS (SELECT 1 FROM order_line l
 WHERE l.id = NEW.order_line_id AND l.item_price_minor IS NOT NULL
 AND NEW.amount_minor > max(((2 * (coalesce(l.item_price_minor, 0) + coalesce(l.item_tax_minor, 0) + coalesce(l.shipping_price_minor, 0) + coalesce(l.shipping_tax_minor, 0) + coalesce(l.gift_wrap_price_minor, 0) + coalesce(l.gift_wrap_tax_minor, 0) - coalesce(l.discount_minor, 0)) * l.quantity_shipped + iif((coalesce(l.item_price_minor, 0) + coalesce(l.item_tax_minor, 0) + coalesce(l.shipping_price_minor, 0) + coalesce(l.shipping_tax_minor, 0) + coalesce(l.gift_wrap_price_minor, 0) + coalesce(l.gift_wrap_tax_minor, 0) - coalesce(l.discount_minor, 0)) < 0, -max(l.quantity, 1), max(l.quantity, 1))) / (2 * max(l.quantity, 1))), 0) - l.refunded_minor)
BEGIN SELECT RAISE(ABORT, 'refund is more than was paid'); END;

CREATE TRIGGER refund_within_units BEFORE INSERT ON refund
WHEN NEW.amount_minor > 0 AND EXISTS (SELECT 1 FROM return_line r JOIN order_line l ON l.id = r.order_line_id
 WHERE r.id = NEW.return_line_id AND l.item_price_minor IS NOT NULL
 AND NEW.amount_minor + (SELECT coalesce(sum(f.amount_minor), 0) FROM refund f WHERE f.return_line_id = r.id)
  > max(((2 * (coalesce(l.item_price_minor, 0) + coalesce(l.item_tax_minor, 0) + coalesce(l.shipping_price_minor, 0) + coalesce(l.shipping_tax_minor, 0) + coalesce(l.gift_wrap_price_minor, 0) + coalesce(l.gift_wrap_tax_minor, 0) - coalesce(l.discount_minor, 0)) * r.quantity + iif((coalesce(l.item_price_minor, 0) + coalesce(l.item_tax_minor, 0) + coalesce(l.shipping_price_minor, 0) + coalesce(l.shipping_tax_minor, 0) + coalesce(l.gift_wrap_price_minor, 0) + coalesce(l.gift_wrap_tax_minor, 0) - coalesce(l.discount_minor, 0)) < 0, -max(l.quantity, 1), max(l.quantity, 1))) / (2 * max(l.quantity, 1))), 0) + r.quantity)
BEGIN SELECT RAISE(ABORT, 'refund is more than the units cost'); END;

CREATE TRIGGER refund_inserted AFTER INSERT ON refund
BEGIN
 UPDATE return_line SET quantity_settled = quantity_settled + NEW.quantity WHERE id = NEW.return_line_id;
 UPDATE return_authorization SET refunded_minor = refunded_minor + NEW.amount_minor,
  units_settled = units_settled + NEW.quantity
  WHERE id = (SELECT return_authorization_id FROM return_line WHERE id = NEW.return_line_id);
 UPDATE order_line SET refunded_minor = refunded_minor + NEW.amount_minor WHERE id = NEW.order_line_id;
END;

CREATE TRIGGER replacement_inserted AFTER INSERT ON replacement
BEGIN
 UPDATE return_line SET quantity_replaced = quantity_replaced + NEW.quantity WHERE id = NEW.return_line_id;
 UPDATE return_authorization SET units_replaced = units_replaced + NEW.quantity
  WHERE id = (SELECT return_authorization_id FROM return_line WHERE id = NEW.return_line_id);
END;

CREATE TRIGGER message_no_delete BEFORE DELETE ON message
BEGIN SELECT RAISE(ABORT, 'message is append-only'); END;

CREATE TRIGGER message_fixed BEFORE UPDATE ON message
WHEN NEW.id <> OLD.id OR NEW.sales_order_id <> OLD.sales_order_id OR NEW.kind <> OLD.kind
 OR NEW.occasion <> OLD.occasion OR NEW.language <> OLD.language OR NEW.details IS DISTINCT FROM OLD.details
 OR NEW.intended_at <> OLD.intended_at OR NEW.operation_id <> OLD.operation_id
BEGIN SELECT RAISE(ABORT, 'message is append-only'); END;

CREATE TRIGGER message_event_follows BEFORE INSERT ON message_event
WHEN NOT EXISTS (SELECT 1 FROM message WHERE id = NEW.message_id AND CASE state
 WHEN 'unknown' THEN NEW.state IN ('sent', 'failed', 'refused')
 WHEN 'refused' THEN NEW.state = 'failed'
 ELSE state <> 'sent' AND NEW.state = 'unknown' END)
BEGIN SELECT RAISE(ABORT, 'a message does not become that now'); END;

CREATE TRIGGER message_event_inserted AFTER INSERT ON message_event
BEGIN
 UPDATE message SET state = NEW.state WHERE id = NEW.message_id;
END;

CREATE TRIGGER sales_order_counted AFTER INSERT ON sales_order
WHEN NEW.is_sale <> 0
BEGIN
 INSERT INTO hourly_sum (kind, channel, hour, counted)
  VALUES (NEW.fulfillment, NEW.channel, substr(NEW.ordered_at, 1, 13), 1)
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = hourly_sum.counted + 1;
END;

CREATE TRIGGER sales_order_counted_anew
AFTER UPDATE OF channel, fulfillment, ordered_at, is_sale ON sales_order
WHEN NEW.channel <> OLD.channel OR NEW.fulfillment <> OLD.fulfillment OR NEW.ordered_at <> OLD.ordered_at
 OR NEW.is_sale <> OLD.is_sale
BEGIN
 UPDATE hourly_sum SET counted = counted - OLD.is_sale WHERE kind = OLD.fulfillment AND channel = OLD.channel
  AND hour = substr(OLD.ordered_at, 1, 13);
 INSERT INTO hourly_sum (kind, channel, hour, counted)
  VALUES (NEW.fulfillment, NEW.channel, substr(NEW.ordered_at, 1, 13), NEW.is_sale)
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = hourly_sum.counted + excluded.counted;
END;

CREATE TRIGGER confirmed_order_counted AFTER INSERT ON confirmed_order
BEGIN
 INSERT INTO hourly_sum (kind, channel, hour, counted, defects)
  SELECT 'due', NEW.channel, substr(NEW.ship_by, 1, 13), 1, iif(NEW.confirmed_at > NEW.ship_by, 1, 0)
  WHERE NEW.ship_by IS NOT NULL AND 1 > 0
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = hourly_sum.counted + excluded.counted,
   defects = hourly_sum.defects + excluded.defects;
 INSERT INTO hourly_sum (kind, channel, hour, counted, defects)
  SELECT 'tracking', NEW.channel, substr(NEW.promised_by, 1, 13), NEW.shipments, NEW.shipments - NEW.shipments_tracked
  WHERE NEW.promised_by IS NOT NULL AND NEW.shipments > 0
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = hourly_sum.counted + excluded.counted,
   defects = hourly_sum.defects + excluded.defects;
 INSERT INTO hourly_sum (kind, channel, hour, counted, defects)
  SELECT 'delivery', NEW.channel, substr(NEW.promised_by, 1, 13), NEW.units_followed, NEW.units_followed - NEW.units_on_time
  WHERE NEW.promised_by IS NOT NULL AND NEW.units_followed > 0
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = hourly_sum.counted + excluded.counted,
   defects = hourly_sum.defects + excluded.defects;
END;

CREATE TRIGGER confirmed_order_uncounted AFTER DELETE ON confirmed_order
BEGIN
 UPDATE hourly_sum SET counted = counted - 1, defects = defects - (iif(OLD.confirmed_at > OLD.ship_by, 1, 0))
  WHERE kind = 'due' AND channel = OLD.channel AND hour = substr(OLD.ship_by, 1, 13);
 UPDATE hourly_sum SET counted = counted - OLD.shipments, defects = defects - (OLD.shipments - OLD.shipments_tracked)
  WHERE kind = 'tracking' AND channel = OLD.channel AND hour = substr(OLD.promised_by, 1, 13);
 UPDATE hourly_sum SET counted = counted - OLD.units_followed, defects = defects - (OLD.units_followed - OLD.units_on_time)
  WHERE kind = 'delivery' AND channel = OLD.channel AND hour = substr(OLD.promised_by, 1, 13);
END;

CREATE TRIGGER shipment_confirmed AFTER INSERT ON shipment
WHEN NEW.confirmed_at IS NOT NULL
BEGIN
 DELETE FROM confirmed_order WHERE sales_order_id = NEW.sales_order_id;
 INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments,
  shipments_tracked, units_followed, units_on_time)
  SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments, shipments_tracked, units_followed,
   units_on_time FROM confirmed_order_now WHERE sales_order_id = NEW.sales_order_id;
END;

CREATE TRIGGER shipment_changed AFTER UPDATE OF confirmed_at, status, carrier, tracking_number, delivered_at ON shipment
WHEN NEW.confirmed_at IS NOT NULL OR OLD.confirmed_at IS NOT NULL
BEGIN
 DELETE FROM confirmed_order WHERE sales_order_id = NEW.sales_order_id;
 INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments,
  shipments_tracked, units_followed, units_on_time)
  SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments, shipments_tracked, units_followed,
   units_on_time FROM confirmed_order_now WHERE sales_order_id = NEW.sales_order_id;
END;

CREATE TRIGGER shipment_line_followed AFTER INSERT ON shipment_line
WHEN (SELECT confirmed_at IS NOT NULL AND status <> 'shipped' FROM shipment WHERE id = NEW.shipment_id)
BEGIN
 DELETE FROM confirmed_order WHERE sales_order_id = (SELECT sales_order_id FROM shipment WHERE id = NEW.shipment_id);
 INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments,
  shipments_tracked, units_followed, units_on_time)
  SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments, shipments_tracked, units_followed,
   units_on_time FROM confirmed_order_now WHERE sales_order_id = (SELECT sales_order_id FROM shipment WHERE id = NEW.shipment_id);
END;

CREATE TRIGGER sales_order_promised_anew AFTER UPDATE OF channel, fulfillment, ship_by, deliver_by, is_sale ON sales_order
WHEN NEW.channel <> OLD.channel OR NEW.fulfillment <> OLD.fulfillment OR NEW.ship_by IS DISTINCT FROM OLD.ship_by
 OR NEW.deliver_by IS DISTINCT FROM OLD.deliver_by OR NEW.is_sale <> OLD.is_sale
BEGIN
 DELETE FROM confirmed_order WHERE sales_order_id = NEW.id;
 INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments,
  shipments_tracked, units_followed, units_on_time)
  SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments, shipments_tracked, units_followed,
   units_on_time FROM confirmed_order_now WHERE sales_order_id = NEW.id;
END;

CREATE TRIGGER amazon_call_recorded AFTER INSERT ON upload_item
WHEN NEW.amazon_call_id IS NOT NULL
BEGIN UPDATE amazon_call SET is_open = 0 WHERE id = NEW.amazon_call_id; END;

CREATE TRIGGER amazon_call_opened AFTER DELETE ON upload_item
WHEN OLD.amazon_call_id IS NOT NULL
BEGIN UPDATE amazon_call SET is_open = 1 WHERE id = OLD.amazon_call_id; END;

CREATE TRIGGER sales_order_replaced BEFORE UPDATE OF ordered_at, ship_by, deliver_by, fulfillment, is_sale, currency, personal_version, original_order_id ON sales_order
WHEN OLD.operation_id < (SELECT max(id) FROM operation) AND (NEW.ordered_at IS DISTINCT FROM OLD.ordered_at OR NEW.ship_by IS DISTINCT FROM OLD.ship_by OR NEW.deliver_by IS DISTINCT FROM OLD.deliver_by OR NEW.fulfillment IS DISTINCT FROM OLD.fulfillment OR NEW.is_sale IS DISTINCT FROM OLD.is_sale OR NEW.currency IS DISTINCT FROM OLD.currency OR NEW.personal_version IS DISTINCT FROM OLD.personal_version OR NEW.original_order_id IS DISTINCT FROM OLD.original_order_id)
BEGIN
 INSERT INTO order_past (sales_order_id, operation_id, ordered_at, ship_by, deliver_by, fulfillment, is_sale, currency, personal_version, original_order_id)
  VALUES (OLD.id, (SELECT max(id) FROM operation), OLD.ordered_at, OLD.ship_by, OLD.deliver_by, OLD.fulfillment, OLD.is_sale, OLD.currency, OLD.personal_version, OLD.original_order_id);
END;

CREATE TRIGGER order_line_replaced BEFORE UPDATE OF sales_order_id, product_id, quantity, item_price_minor, item_tax_minor, shipping_price_minor, shipping_tax_minor, gift_wrap_price_minor, gift_wrap_tax_minor, discount_minor, price_is_estimated, is_tax_included ON order_line
WHEN (SELECT operation_id FROM sales_order WHERE id = OLD.sales_order_id) < (SELECT max(id) FROM operation) AND (NEW.sales_order_id IS DISTINCT FROM OLD.sales_order_id OR NEW.product_id IS DISTINCT FROM OLD.product_id OR NEW.quantity IS DISTINCT FROM OLD.quantity OR NEW.item_price_minor IS DISTINCT FROM OLD.item_price_minor OR NEW.item_tax_minor IS DISTINCT FROM OLD.item_tax_minor OR NEW.shipping_price_minor IS DISTINCT FROM OLD.shipping_price_minor OR NEW.shipping_tax_minor IS DISTINCT FROM OLD.shipping_tax_minor OR NEW.gift_wrap_price_minor IS DISTINCT FROM OLD.gift_wrap_price_minor OR NEW.gift_wrap_tax_minor IS DISTINCT FROM OLD.gift_wrap_tax_minor OR NEW.discount_minor IS DISTINCT FROM OLD.discount_minor OR NEW.price_is_estimated IS DISTINCT FROM OLD.price_is_estimated OR NEW.is_tax_included IS DISTINCT FROM OLD.is_tax_included)
BEGIN
 INSERT INTO order_line_past (order_line_id, operation_id, sales_order_id, product_id, quantity, item_price_minor, item_tax_minor, shipping_price_minor, shipping_tax_minor, gift_wrap_price_minor, gift_wrap_tax_minor, discount_minor, price_is_estimated, is_tax_included)
  VALUES (OLD.id, (SELECT max(id) FROM operation), OLD.sales_order_id, OLD.product_id, OLD.quantity, OLD.item_price_minor, OLD.item_tax_minor, OLD.shipping_price_minor, OLD.shipping_tax_minor, OLD.gift_wrap_price_minor, OLD.gift_wrap_tax_minor, OLD.discount_minor, OLD.price_is_estimated, OLD.is_tax_included);
END;

CREATE TRIGGER order_line_removed BEFORE DELETE ON order_line
WHEN (SELECT operation_id FROM sales_order WHERE id = OLD.sales_order_id) < (SELECT max(id) FROM operation)
BEGIN
 INSERT INTO order_line_past (order_line_id, operation_id, sales_order_id, product_id, quantity, item_price_minor, item_tax_minor, shipping_price_minor, shipping_tax_minor, gift_wrap_price_minor, gift_wrap_tax_minor, discount_minor, price_is_estimated, is_tax_included)
  VALUES (OLD.id, (SELECT max(id) FROM operation), OLD.sales_order_id, OLD.product_id, OLD.quantity, OLD.item_price_minor, OLD.item_tax_minor, OLD.shipping_price_minor, OLD.shipping_tax_minor, OLD.gift_wrap_price_minor, OLD.gift_wrap_tax_minor, OLD.discount_minor, OLD.price_is_estimated, OLD.is_tax_included);
END;

CREATE TRIGGER order_line_added AFTER INSERT ON order_line
WHEN NOT EXISTS (SELECT 1 FROM bulk_write) AND (SELECT operation_id FROM sales_order WHERE id = NEW.sales_order_id) < (SELECT max(id) FROM operation)
BEGIN
 INSERT INTO order_line_past (order_line_id, operation_id, sales_order_id, product_id, quantity,
  price_is_estimated, is_tax_included) VALUES (NEW.id, (SELECT max(id) FROM operation), NEW.sales_order_id, NEW.product_id, 0, 0, 0);
END;

CREATE TRIGGER shipment_replaced BEFORE UPDATE OF confirmed_at, carrier, tracking_number, cost_minor ON shipment
WHEN OLD.operation_id < (SELECT max(id) FROM operation) AND (NEW.confirmed_at IS DISTINCT FROM OLD.confirmed_at OR NEW.carrier IS DISTINCT FROM OLD.carrier OR NEW.tracking_number IS DISTINCT FROM OLD.tracking_number OR NEW.cost_minor IS DISTINCT FROM OLD.cost_minor)
BEGIN
 INSERT INTO shipment_past (shipment_id, operation_id, confirmed_at, carrier, tracking_number, cost_minor)
  VALUES (OLD.id, (SELECT max(id) FROM operation), OLD.confirmed_at, OLD.carrier, OLD.tracking_number, OLD.cost_minor);
END;

CREATE TRIGGER shipment_line_added AFTER INSERT ON shipment_line
WHEN NOT EXISTS (SELECT 1 FROM bulk_write) AND (SELECT operation_id FROM shipment WHERE id = NEW.shipment_id) < (SELECT max(id) FROM operation)
BEGIN
 INSERT INTO shipment_line_past (shipment_line_id, shipment_id, sales_order_id, order_line_id, made_by,
  operation_id, quantity, sold_on, cost_minor, units_without_cost)
  SELECT NEW.id, h.id, h.sales_order_id, NEW.order_line_id, h.operation_id, (SELECT max(id) FROM operation), 0, NEW.sold_on, 0, 0
  FROM shipment h WHERE h.id = NEW.shipment_id;
END;

CREATE TRIGGER shipment_line_replaced BEFORE UPDATE ON shipment_line
WHEN (SELECT operation_id FROM shipment WHERE id = OLD.shipment_id) < (SELECT max(id) FROM operation)
BEGIN
 INSERT INTO shipment_line_past (shipment_line_id, shipment_id, sales_order_id, order_line_id, made_by,
  operation_id, quantity, sold_on, cost_minor, units_without_cost)
  SELECT i.id, i.shipment_id, h.sales_order_id, i.order_line_id, h.operation_id, (SELECT max(id) FROM operation), i.quantity,
   i.sold_on, (SELECT coalesce(sum(m.cost_minor), 0) FROM shipped_unit u
   JOIN stock_movement m ON m.id = u.movement_id WHERE u.shipment_line_id = i.id),
   (SELECT coalesce(sum(u.quantity), 0) FROM shipped_unit u
   WHERE u.shipment_line_id = i.id AND u.movement_id IS NULL)
  FROM shipment_line i JOIN shipment h ON h.id = i.shipment_id
  WHERE i.id = OLD.id AND NOT EXISTS (SELECT 1 FROM shipment_line_past q
   WHERE q.shipment_line_id = i.id AND q.operation_id = (SELECT max(id) FROM operation) AND q.made_by = h.operation_id);
END;

CREATE TRIGGER shipment_line_removed BEFORE DELETE ON shipment_line
WHEN (SELECT operation_id FROM shipment WHERE id = OLD.shipment_id) < (SELECT max(id) FROM operation)
BEGIN
 INSERT INTO shipment_line_past (shipment_line_id, shipment_id, sales_order_id, order_line_id, made_by,
  operation_id, quantity, sold_on, cost_minor, units_without_cost)
  SELECT i.id, i.shipment_id, h.sales_order_id, i.order_line_id, h.operation_id, (SELECT max(id) FROM operation), i.quantity,
   i.sold_on, (SELECT coalesce(sum(m.cost_minor), 0) FROM shipped_unit u
   JOIN stock_movement m ON m.id = u.movement_id WHERE u.shipment_line_id = i.id),
   (SELECT coalesce(sum(u.quantity), 0) FROM shipped_unit u
   WHERE u.shipment_line_id = i.id AND u.movement_id IS NULL)
  FROM shipment_line i JOIN shipment h ON h.id = i.shipment_id
  WHERE i.id = OLD.id AND NOT EXISTS (SELECT 1 FROM shipment_line_past q
   WHERE q.shipment_line_id = i.id AND q.operation_id = (SELECT max(id) FROM operation) AND q.made_by = h.operation_id);
END;

CREATE TRIGGER shipment_component_replaced BEFORE UPDATE ON shipment_component
WHEN (SELECT h.operation_id FROM shipment_line i JOIN shipment h ON h.id = i.shipment_id
 WHERE i.id = OLD.shipment_line_id) < (SELECT max(id) FROM operation)
BEGIN
 INSERT INTO shipment_line_past (shipment_line_id, shipment_id, sales_order_id, order_line_id, made_by,
  operation_id, quantity, sold_on, cost_minor, units_without_cost)
  SELECT i.id, i.shipment_id, h.sales_order_id, i.order_line_id, h.operation_id, (SELECT max(id) FROM operation), i.quantity,
   i.sold_on, (SELECT coalesce(sum(m.cost_minor), 0) FROM shipped_unit u
   JOIN stock_movement m ON m.id = u.movement_id WHERE u.shipment_line_id = i.id),
   (SELECT coalesce(sum(u.quantity), 0) FROM shipped_unit u
   WHERE u.shipment_line_id = i.id AND u.movement_id IS NULL)
  FROM shipment_line i JOIN shipment h ON h.id = i.shipment_id
  WHERE i.id = OLD.shipment_line_id AND NOT EXISTS (SELECT 1 FROM shipment_line_past q
   WHERE q.shipment_line_id = i.id AND q.operation_id = (SELECT max(id) FROM operation) AND q.made_by = h.operation_id);
END;

CREATE TRIGGER shipment_component_removed BEFORE DELETE ON shipment_component
WHEN (SELECT h.operation_id FROM shipment_line i JOIN shipment h ON h.id = i.shipment_id
 WHERE i.id = OLD.shipment_line_id) < (SELECT max(id) FROM operation)
BEGIN
 INSERT INTO shipment_line_past (shipment_line_id, shipment_id, sales_order_id, order_line_id, made_by,
  operation_id, quantity, sold_on, cost_minor, units_without_cost)
  SELECT i.id, i.shipment_id, h.sales_order_id, i.order_line_id, h.operation_id, (SELECT max(id) FROM operation), i.quantity,
   i.sold_on, (SELECT coalesce(sum(m.cost_minor), 0) FROM shipped_unit u
   JOIN stock_movement m ON m.id = u.movement_id WHERE u.shipment_line_id = i.id),
   (SELECT coalesce(sum(u.quantity), 0) FROM shipped_unit u
   WHERE u.shipment_line_id = i.id AND u.movement_id IS NULL)
  FROM shipment_line i JOIN shipment h ON h.id = i.shipment_id
  WHERE i.id = OLD.shipment_line_id AND NOT EXISTS (SELECT 1 FROM shipment_line_past q
   WHERE q.shipment_line_id = i.id AND q.operation_id = (SELECT max(id) FROM operation) AND q.made_by = h.operation_id);
END;

CREATE TRIGGER product_replaced BEFORE UPDATE OF name, is_kit, packaging_cost_minor ON product
WHEN OLD.operation_id < (SELECT max(id) FROM operation) AND (NEW.name IS DISTINCT FROM OLD.name OR NEW.is_kit IS DISTINCT FROM OLD.is_kit OR NEW.packaging_cost_minor IS DISTINCT FROM OLD.packaging_cost_minor)
BEGIN
 INSERT INTO product_past (product_id, operation_id, name, is_kit, packaging_cost_minor)
  VALUES (OLD.id, (SELECT max(id) FROM operation), OLD.name, OLD.is_kit, OLD.packaging_cost_minor);
END;

CREATE TRIGGER return_authorization_replaced BEFORE UPDATE OF label_cost_minor, label_paid_by ON return_authorization
WHEN OLD.operation_id < (SELECT max(id) FROM operation) AND (NEW.label_cost_minor IS DISTINCT FROM OLD.label_cost_minor OR NEW.label_paid_by IS DISTINCT FROM OLD.label_paid_by)
BEGIN
 INSERT INTO return_past (return_authorization_id, operation_id, label_cost_minor, label_paid_by)
  VALUES (OLD.id, (SELECT max(id) FROM operation), OLD.label_cost_minor, OLD.label_paid_by);
END;

CREATE TRIGGER channel_journal_update BEFORE UPDATE ON channel BEGIN
INSERT INTO row_before SELECT NULL,'channel',OLD.name,'update',printf('%Q,%Q',OLD.name,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER channel_journal_delete BEFORE DELETE ON channel BEGIN
INSERT INTO row_before SELECT NULL,'channel',OLD.name,'delete',printf('%Q,%Q',OLD.name,OLD.operation_id) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER column_map_journal_update BEFORE UPDATE ON column_map BEGIN
INSERT INTO row_before SELECT NULL,'column_map',OLD.name,'update',printf('%Q,%Q,%Q',OLD.name,OLD.mapping,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER erasure_journal_update BEFORE UPDATE ON erasure BEGIN
INSERT INTO row_before SELECT NULL,'erasure',OLD.operation_id,'update',printf('%Q,%Q,%Q,%Q',OLD.operation_id,OLD.finished_at,OLD.held_from,OLD.last_order) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER fba_shipment_journal_update BEFORE UPDATE ON fba_shipment BEGIN
INSERT INTO row_before SELECT NULL,'fba_shipment',OLD.id,'update',printf('%Q,%Q,%Q,%Q',OLD.id,OLD.reference,OLD.sent_at,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER import_file_journal_update BEFORE UPDATE ON import_file BEGIN
INSERT INTO row_before SELECT NULL,'import_file',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.operation_id,OLD.name,OLD.layout,OLD.sha256) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER location_journal_update BEFORE UPDATE ON location BEGIN
INSERT INTO row_before SELECT NULL,'location',OLD.code,'update',printf('%Q,%Q,%Q,%Q,%Q',OLD.code,OLD.kind,OLD.name,OLD.operation_id,OLD.closed_on) FROM running
WHERE operation_id>coalesce(OLD.operation_id, 0);
END;

CREATE TRIGGER own_field_journal_update BEFORE UPDATE ON own_field BEGIN
INSERT INTO row_before SELECT NULL,'own_field',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.subject,OLD.name,OLD.kind,OLD.choices,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER own_field_journal_delete BEFORE DELETE ON own_field BEGIN
INSERT INTO row_before SELECT NULL,'own_field',OLD.id,'delete',printf('%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.subject,OLD.name,OLD.kind,OLD.choices,OLD.operation_id) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER shop_journal_update BEFORE UPDATE ON shop BEGIN
INSERT INTO row_before SELECT NULL,'shop',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.time_zone,OLD.currency,OLD.mark,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER supplier_journal_update BEFORE UPDATE ON supplier BEGIN
INSERT INTO row_before SELECT NULL,'supplier',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.name,OLD.currency,OLD.email,OLD.address,OLD.payment_terms,OLD.note,OLD.lead_time_days,OLD.lead_time_spread_days,OLD.minimum_units,OLD.minimum_minor,OLD.order_days,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER supplier_journal_delete BEFORE DELETE ON supplier BEGIN
INSERT INTO row_before SELECT NULL,'supplier',OLD.id,'delete',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.name,OLD.currency,OLD.email,OLD.address,OLD.payment_terms,OLD.note,OLD.lead_time_days,OLD.lead_time_spread_days,OLD.minimum_units,OLD.minimum_minor,OLD.order_days,OLD.operation_id) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER product_journal_update BEFORE UPDATE ON product BEGIN
INSERT INTO row_before SELECT NULL,'product',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.sku,OLD.name,OLD.asin,OLD.unit_price_minor,OLD.unit_cost_minor,OLD.lead_time_days,OLD.reorder_point,OLD.cover_days,OLD.weight_grams,OLD.bin,OLD.operation_id,OLD.barcode,OLD.case_pack,OLD.retired_on,OLD.is_kit,OLD.packaging,OLD.packaging_cost_minor,OLD.supplier_id,OLD.service_level) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER product_journal_delete BEFORE DELETE ON product BEGIN
INSERT INTO row_before SELECT NULL,'product',OLD.id,'delete',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.sku,OLD.name,OLD.asin,OLD.unit_price_minor,OLD.unit_cost_minor,OLD.lead_time_days,OLD.reorder_point,OLD.cover_days,OLD.weight_grams,OLD.bin,OLD.operation_id,OLD.barcode,OLD.case_pack,OLD.retired_on,OLD.is_kit,OLD.packaging,OLD.packaging_cost_minor,OLD.supplier_id,OLD.service_level) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER purchase_journal_update BEFORE UPDATE ON purchase BEGIN
INSERT INTO row_before SELECT NULL,'purchase',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.supplier_id,OLD.currency,OLD.reference,OLD.note,OLD.placed_on,OLD.closed_on,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER purchase_journal_delete BEFORE DELETE ON purchase BEGIN
INSERT INTO row_before SELECT NULL,'purchase',OLD.id,'delete',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.supplier_id,OLD.currency,OLD.reference,OLD.note,OLD.placed_on,OLD.closed_on,OLD.operation_id) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER reported_shipment_journal_update BEFORE UPDATE ON reported_shipment BEGIN
INSERT INTO row_before SELECT NULL,'reported_shipment',OLD.channel||' '||OLD.order_id||' '||OLD.item_id||' '||OLD.shipment_item_id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.channel,OLD.order_id,OLD.item_id,OLD.shipment_item_id,OLD.quantity,OLD.shipped_at,OLD.carrier,OLD.tracking_number,OLD.item_price_minor,OLD.item_tax_minor,OLD.shipping_price_minor,OLD.shipping_tax_minor,OLD.gift_wrap_price_minor,OLD.gift_wrap_tax_minor,OLD.discount_minor,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER sales_order_journal_update BEFORE UPDATE ON sales_order BEGIN
INSERT INTO row_before SELECT NULL,'sales_order',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.channel,OLD.order_id,OLD.ordered_at,OLD.ordered_on,OLD.ship_by,OLD.deliver_by,OLD.fulfillment,OLD.service_level,OLD.channel_status,OLD.channel_updated_at,OLD.is_released,OLD.is_on_hold,OLD.currency,OLD.personal_id,OLD.personal_version,OLD.operation_id,OLD.units,OLD.units_shipped,OLD.units_canceled,OLD.is_ship_by_computed,OLD.edited_fields,OLD.sales_channel,OLD.original_order_id,OLD.is_sale) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER upload_file_journal_update BEFORE UPDATE ON upload_file BEGIN
INSERT INTO row_before SELECT NULL,'upload_file',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.operation_id,OLD.channel,OLD.written_at,OLD.name,OLD.state,OLD.kind,OLD.via) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER fba_shipment_line_journal_update BEFORE UPDATE ON fba_shipment_line BEGIN
INSERT INTO row_before SELECT NULL,'fba_shipment_line',OLD.fba_shipment_id||' '||OLD.product_id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q',OLD.fba_shipment_id,OLD.product_id,OLD.quantity,OLD.quantity_arrived,OLD.quantity_received,OLD.quantity_lost) FROM running
WHERE operation_id>(SELECT fba_shipment.operation_id FROM fba_shipment WHERE id = OLD.fba_shipment_id);
END;

CREATE TRIGGER fba_shipment_line_journal_insert AFTER INSERT ON fba_shipment_line BEGIN
INSERT INTO row_before SELECT NULL,'fba_shipment_line',NEW.fba_shipment_id||' '||NEW.product_id,'insert',NULL FROM running
WHERE operation_id>(SELECT fba_shipment.operation_id FROM fba_shipment WHERE id = NEW.fba_shipment_id);
END;

CREATE TRIGGER kit_component_journal_update BEFORE UPDATE ON kit_component BEGIN
INSERT INTO row_before SELECT NULL,'kit_component',OLD.kit_id||' '||OLD.component_id,'update',printf('%Q,%Q,%Q,%Q',OLD.kit_id,OLD.component_id,OLD.quantity,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER kit_component_journal_delete BEFORE DELETE ON kit_component BEGIN
INSERT INTO row_before SELECT NULL,'kit_component',OLD.kit_id||' '||OLD.component_id,'delete',printf('%Q,%Q,%Q,%Q',OLD.kit_id,OLD.component_id,OLD.quantity,OLD.operation_id) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER listing_journal_update BEFORE UPDATE ON listing BEGIN
INSERT INTO row_before SELECT NULL,'listing',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.channel,OLD.channel_sku,OLD.product_id,OLD.name,OLD.asin,OLD.price_minor,OLD.fulfillment,OLD.channel_status,OLD.operation_id,OLD.fnsku,OLD.units_per_pack,OLD.buffer,OLD.cap,OLD.sent_quantity) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER listing_journal_delete BEFORE DELETE ON listing BEGIN
INSERT INTO row_before SELECT NULL,'listing',OLD.id,'delete',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.channel,OLD.channel_sku,OLD.product_id,OLD.name,OLD.asin,OLD.price_minor,OLD.fulfillment,OLD.channel_status,OLD.operation_id,OLD.fnsku,OLD.units_per_pack,OLD.buffer,OLD.cap,OLD.sent_quantity) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER message_journal_update BEFORE UPDATE ON message BEGIN
INSERT INTO row_before SELECT NULL,'message',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.sales_order_id,OLD.kind,OLD.occasion,OLD.language,OLD.details,OLD.intended_at,OLD.operation_id,OLD.state) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER order_field_value_journal_update BEFORE UPDATE ON order_field_value BEGIN
INSERT INTO row_before SELECT NULL,'order_field_value',OLD.sales_order_id||' '||OLD.own_field_id,'update',printf('%Q,%Q,%Q,%Q',OLD.sales_order_id,OLD.own_field_id,OLD.value,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER order_field_value_journal_delete BEFORE DELETE ON order_field_value BEGIN
INSERT INTO row_before SELECT NULL,'order_field_value',OLD.sales_order_id||' '||OLD.own_field_id,'delete',printf('%Q,%Q,%Q,%Q',OLD.sales_order_id,OLD.own_field_id,OLD.value,OLD.operation_id) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER order_line_journal_update BEFORE UPDATE ON order_line BEGIN
INSERT INTO row_before SELECT NULL,'order_line',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.sales_order_id,OLD.line_no,OLD.item_id,OLD.product_id,OLD.name,OLD.quantity,OLD.quantity_canceled,OLD.quantity_shipped,OLD.quantity_allocated,OLD.quantity_picked,OLD.quantity_returned,OLD.refunded_minor,OLD.item_price_minor,OLD.item_tax_minor,OLD.shipping_price_minor,OLD.shipping_tax_minor,OLD.gift_wrap_price_minor,OLD.gift_wrap_tax_minor,OLD.discount_minor,OLD.price_is_estimated,OLD.channel_shipped,OLD.channel_shipped_at,OLD.channel_canceled,OLD.is_tax_included,OLD.edited_fields,OLD.units_per_pack,OLD.is_assembled,OLD.quantity_short) FROM running
WHERE operation_id>(SELECT sales_order.operation_id FROM sales_order WHERE id = OLD.sales_order_id);
END;

CREATE TRIGGER order_line_journal_delete BEFORE DELETE ON order_line BEGIN
INSERT INTO row_before SELECT NULL,'order_line',OLD.id,'delete',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.sales_order_id,OLD.line_no,OLD.item_id,OLD.product_id,OLD.name,OLD.quantity,OLD.quantity_canceled,OLD.quantity_shipped,OLD.quantity_allocated,OLD.quantity_picked,OLD.quantity_returned,OLD.refunded_minor,OLD.item_price_minor,OLD.item_tax_minor,OLD.shipping_price_minor,OLD.shipping_tax_minor,OLD.gift_wrap_price_minor,OLD.gift_wrap_tax_minor,OLD.discount_minor,OLD.price_is_estimated,OLD.channel_shipped,OLD.channel_shipped_at,OLD.channel_canceled,OLD.is_tax_included,OLD.edited_fields,OLD.units_per_pack,OLD.is_assembled,OLD.quantity_short) FROM running
WHERE operation_id>coalesce((SELECT sales_order.operation_id FROM sales_order WHERE id = OLD.sales_order_id),0);
END;

CREATE TRIGGER order_line_journal_insert AFTER INSERT ON order_line WHEN NOT EXISTS (SELECT 1 FROM bulk_write) BEGIN
INSERT INTO row_before SELECT NULL,'order_line',NEW.id,'insert',NULL FROM running
WHERE operation_id>(SELECT sales_order.operation_id FROM sales_order WHERE id = NEW.sales_order_id);
END;

CREATE TRIGGER order_statement_journal_update BEFORE UPDATE ON order_statement BEGIN
INSERT INTO row_before SELECT NULL,'order_statement',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.sales_order_id,hex(OLD.fingerprint),OLD.import_file_id,OLD.as_of,OLD.ranked_at,OLD.is_complete,OLD.joins_rows,OLD.is_own,OLD.ordered_at,OLD.ship_by,OLD.computed_ship_by,OLD.deliver_by,OLD.fulfillment,OLD.service_level,OLD.currency,OLD.channel_status,OLD.sales_channel,OLD.original_order_id,OLD.is_released,OLD.is_replacement,OLD.channel_updated_at,OLD.tags,OLD.personal_id,OLD.personal_version,OLD.operation_id,OLD.recorded_at,OLD.withdrawn_operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER order_tag_journal_update BEFORE UPDATE ON order_tag BEGIN
INSERT INTO row_before SELECT NULL,'order_tag',OLD.sales_order_id||' '||OLD.tag,'update',printf('%Q,%Q,%Q',OLD.sales_order_id,OLD.tag,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER order_tag_journal_delete BEFORE DELETE ON order_tag BEGIN
INSERT INTO row_before SELECT NULL,'order_tag',OLD.sales_order_id||' '||OLD.tag,'delete',printf('%Q,%Q,%Q',OLD.sales_order_id,OLD.tag,OLD.operation_id) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER price_break_journal_update BEFORE UPDATE ON price_break BEGIN
INSERT INTO row_before SELECT NULL,'price_break',OLD.supplier_id||' '||OLD.product_id||' '||OLD.from_quantity,'update',printf('%Q,%Q,%Q,%Q,%Q',OLD.supplier_id,OLD.product_id,OLD.from_quantity,OLD.unit_cost_minor,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER price_break_journal_delete BEFORE DELETE ON price_break BEGIN
INSERT INTO row_before SELECT NULL,'price_break',OLD.supplier_id||' '||OLD.product_id||' '||OLD.from_quantity,'delete',printf('%Q,%Q,%Q,%Q,%Q',OLD.supplier_id,OLD.product_id,OLD.from_quantity,OLD.unit_cost_minor,OLD.operation_id) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER product_field_value_journal_update BEFORE UPDATE ON product_field_value BEGIN
INSERT INTO row_before SELECT NULL,'product_field_value',OLD.product_id||' '||OLD.own_field_id,'update',printf('%Q,%Q,%Q,%Q',OLD.product_id,OLD.own_field_id,OLD.value,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER product_field_value_journal_delete BEFORE DELETE ON product_field_value BEGIN
INSERT INTO row_before SELECT NULL,'product_field_value',OLD.product_id||' '||OLD.own_field_id,'delete',printf('%Q,%Q,%Q,%Q',OLD.product_id,OLD.own_field_id,OLD.value,OLD.operation_id) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER purchase_line_journal_update BEFORE UPDATE ON purchase_line BEGIN
INSERT INTO row_before SELECT NULL,'purchase_line',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.purchase_id,OLD.product_id,OLD.quantity,OLD.quantity_received,OLD.quantity_damaged,OLD.quantity_over,OLD.quantity_canceled,OLD.unit_cost_minor,OLD.expected_on,OLD.is_suggested) FROM running
WHERE operation_id>(SELECT purchase.operation_id FROM purchase WHERE id = OLD.purchase_id);
END;

CREATE TRIGGER purchase_line_journal_delete BEFORE DELETE ON purchase_line BEGIN
INSERT INTO row_before SELECT NULL,'purchase_line',OLD.id,'delete',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.purchase_id,OLD.product_id,OLD.quantity,OLD.quantity_received,OLD.quantity_damaged,OLD.quantity_over,OLD.quantity_canceled,OLD.unit_cost_minor,OLD.expected_on,OLD.is_suggested) FROM running
WHERE operation_id>coalesce((SELECT purchase.operation_id FROM purchase WHERE id = OLD.purchase_id),0);
END;

CREATE TRIGGER purchase_line_journal_insert AFTER INSERT ON purchase_line BEGIN
INSERT INTO row_before SELECT NULL,'purchase_line',NEW.id,'insert',NULL FROM running
WHERE operation_id>(SELECT purchase.operation_id FROM purchase WHERE id = NEW.purchase_id);
END;

CREATE TRIGGER return_authorization_journal_update BEFORE UPDATE ON return_authorization BEGIN
INSERT INTO row_before SELECT NULL,'return_authorization',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.return_id,OLD.sales_order_id,OLD.opened_at,OLD.operation_id,OLD.channel_return_id,OLD.delivered_on,OLD.label_cost_minor,OLD.label_paid_by,OLD.requested_at,OLD.answered_at,OLD.is_declined,OLD.closed_at,OLD.units,OLD.units_received,OLD.units_inspected,OLD.units_settled,OLD.units_replaced,OLD.refunded_minor) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER shipment_journal_update BEFORE UPDATE ON shipment BEGIN
INSERT INTO row_before SELECT NULL,'shipment',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.sales_order_id,OLD.operation_id,OLD.origin,OLD.status,OLD.carrier,OLD.carrier_name,OLD.tracking_number,OLD.service,OLD.cost_minor,OLD.shipped_on,OLD.recorded_at,OLD.confirmed_at,OLD.delivered_at,OLD.upload_file_id,OLD.is_outdated) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER shipment_journal_delete BEFORE DELETE ON shipment BEGIN
INSERT INTO row_before SELECT NULL,'shipment',OLD.id,'delete',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.sales_order_id,OLD.operation_id,OLD.origin,OLD.status,OLD.carrier,OLD.carrier_name,OLD.tracking_number,OLD.service,OLD.cost_minor,OLD.shipped_on,OLD.recorded_at,OLD.confirmed_at,OLD.delivered_at,OLD.upload_file_id,OLD.is_outdated) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER supplier_product_journal_update BEFORE UPDATE ON supplier_product BEGIN
INSERT INTO row_before SELECT NULL,'supplier_product',OLD.supplier_id||' '||OLD.product_id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q',OLD.supplier_id,OLD.product_id,OLD.supplier_sku,OLD.minimum_units,OLD.case_pack,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER supplier_product_journal_delete BEFORE DELETE ON supplier_product BEGIN
INSERT INTO row_before SELECT NULL,'supplier_product',OLD.supplier_id||' '||OLD.product_id,'delete',printf('%Q,%Q,%Q,%Q,%Q,%Q',OLD.supplier_id,OLD.product_id,OLD.supplier_sku,OLD.minimum_units,OLD.case_pack,OLD.operation_id) FROM running
WHERE operation_id>coalesce(OLD.operation_id,0);
END;

CREATE TRIGGER line_text_journal_update BEFORE UPDATE ON line_text BEGIN
INSERT INTO row_before SELECT NULL,'line_text',OLD.order_line_id,'update',printf('%Q,%Q,%Q',OLD.order_line_id,OLD.personal_id,OLD.personal_version) FROM running
WHERE operation_id>(SELECT (SELECT sales_order.operation_id FROM sales_order WHERE id = order_line.sales_order_id) FROM order_line WHERE id = OLD.order_line_id);
END;

CREATE TRIGGER line_text_journal_delete BEFORE DELETE ON line_text BEGIN
INSERT INTO row_before SELECT NULL,'line_text',OLD.order_line_id,'delete',printf('%Q,%Q,%Q',OLD.order_line_id,OLD.personal_id,OLD.personal_version) FROM running
WHERE operation_id>coalesce((SELECT (SELECT sales_order.operation_id FROM sales_order WHERE id = order_line.sales_order_id) FROM order_line WHERE id = OLD.order_line_id),0);
END;

CREATE TRIGGER line_text_journal_insert AFTER INSERT ON line_text BEGIN
INSERT INTO row_before SELECT NULL,'line_text',NEW.order_line_id,'insert',NULL FROM running
WHERE operation_id>(SELECT (SELECT sales_order.operation_id FROM sales_order WHERE id = order_line.sales_order_id) FROM order_line WHERE id = NEW.order_line_id);
END;

CREATE TRIGGER order_line_component_journal_update BEFORE UPDATE ON order_line_component BEGIN
INSERT INTO row_before SELECT NULL,'order_line_component',OLD.order_line_id||' '||OLD.product_id,'update',printf('%Q,%Q,%Q,%Q',OLD.order_line_id,OLD.product_id,OLD.quantity,OLD.weight) FROM running
WHERE operation_id>(SELECT (SELECT sales_order.operation_id FROM sales_order WHERE id = order_line.sales_order_id) FROM order_line WHERE id = OLD.order_line_id);
END;

CREATE TRIGGER order_line_component_journal_delete BEFORE DELETE ON order_line_component BEGIN
INSERT INTO row_before SELECT NULL,'order_line_component',OLD.order_line_id||' '||OLD.product_id,'delete',printf('%Q,%Q,%Q,%Q',OLD.order_line_id,OLD.product_id,OLD.quantity,OLD.weight) FROM running
WHERE operation_id>coalesce((SELECT (SELECT sales_order.operation_id FROM sales_order WHERE id = order_line.sales_order_id) FROM order_line WHERE id = OLD.order_line_id),0);
END;

CREATE TRIGGER order_line_component_journal_insert AFTER INSERT ON order_line_component BEGIN
INSERT INTO row_before SELECT NULL,'order_line_component',NEW.order_line_id||' '||NEW.product_id,'insert',NULL FROM running
WHERE operation_id>(SELECT (SELECT sales_order.operation_id FROM sales_order WHERE id = order_line.sales_order_id) FROM order_line WHERE id = NEW.order_line_id);
END;

CREATE TRIGGER return_line_journal_update BEFORE UPDATE ON return_line BEGIN
INSERT INTO row_before SELECT NULL,'return_line',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.return_authorization_id,OLD.order_line_id,OLD.product_id,OLD.quantity,OLD.reason,OLD.fault,OLD.fingerprint,OLD.quantity_received,OLD.quantity_inspected,OLD.quantity_settled,OLD.quantity_replaced) FROM running
WHERE operation_id>(SELECT return_authorization.operation_id FROM return_authorization WHERE id = OLD.return_authorization_id);
END;

CREATE TRIGGER return_line_journal_insert AFTER INSERT ON return_line BEGIN
INSERT INTO row_before SELECT NULL,'return_line',NEW.id,'insert',NULL FROM running
WHERE operation_id>(SELECT return_authorization.operation_id FROM return_authorization WHERE id = NEW.return_authorization_id);
END;

CREATE TRIGGER shipment_label_journal_update BEFORE UPDATE ON shipment_label BEGIN
INSERT INTO row_before SELECT NULL,'shipment_label',OLD.shipment_id,'update',printf('%Q,%Q,%Q,%Q,%Q',OLD.shipment_id,OLD.sha256,OLD.personal_id,OLD.personal_version,OLD.operation_id) FROM running
WHERE operation_id>OLD.operation_id;
END;

CREATE TRIGGER shipment_line_journal_update BEFORE UPDATE ON shipment_line BEGIN
INSERT INTO row_before SELECT NULL,'shipment_line',OLD.id,'update',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.shipment_id,OLD.order_line_id,OLD.product_id,OLD.quantity,OLD.sold_on,OLD.movement_id,OLD.is_named) FROM running
WHERE operation_id>(SELECT shipment.operation_id FROM shipment WHERE id = OLD.shipment_id);
END;

CREATE TRIGGER shipment_line_journal_delete BEFORE DELETE ON shipment_line BEGIN
INSERT INTO row_before SELECT NULL,'shipment_line',OLD.id,'delete',printf('%Q,%Q,%Q,%Q,%Q,%Q,%Q,%Q',OLD.id,OLD.shipment_id,OLD.order_line_id,OLD.product_id,OLD.quantity,OLD.sold_on,OLD.movement_id,OLD.is_named) FROM running
WHERE operation_id>coalesce((SELECT shipment.operation_id FROM shipment WHERE id = OLD.shipment_id),0);
END;

CREATE TRIGGER shipment_line_journal_insert AFTER INSERT ON shipment_line WHEN NOT EXISTS (SELECT 1 FROM bulk_write) BEGIN
INSERT INTO row_before SELECT NULL,'shipment_line',NEW.id,'insert',NULL FROM running
WHERE operation_id>(SELECT shipment.operation_id FROM shipment WHERE id = NEW.shipment_id);
END;

CREATE TRIGGER shipment_component_journal_update BEFORE UPDATE ON shipment_component BEGIN
INSERT INTO row_before SELECT NULL,'shipment_component',OLD.shipment_line_id||' '||OLD.product_id,'update',printf('%Q,%Q,%Q,%Q',OLD.shipment_line_id,OLD.product_id,OLD.quantity,OLD.movement_id) FROM running
WHERE operation_id>(SELECT (SELECT shipment.operation_id FROM shipment WHERE id = shipment_line.shipment_id) FROM shipment_line WHERE id = OLD.shipment_line_id);
END;

CREATE TRIGGER shipment_component_journal_delete BEFORE DELETE ON shipment_component BEGIN
INSERT INTO row_before SELECT NULL,'shipment_component',OLD.shipment_line_id||' '||OLD.product_id,'delete',printf('%Q,%Q,%Q,%Q',OLD.shipment_line_id,OLD.product_id,OLD.quantity,OLD.movement_id) FROM running
WHERE operation_id>coalesce((SELECT (SELECT shipment.operation_id FROM shipment WHERE id = shipment_line.shipment_id) FROM shipment_line WHERE id = OLD.shipment_line_id),0);
END;

CREATE TRIGGER shipment_component_journal_insert AFTER INSERT ON shipment_component BEGIN
INSERT INTO row_before SELECT NULL,'shipment_component',NEW.shipment_line_id||' '||NEW.product_id,'insert',NULL FROM running
WHERE operation_id>(SELECT (SELECT shipment.operation_id FROM shipment WHERE id = shipment_line.shipment_id) FROM shipment_line WHERE id = NEW.shipment_line_id);
END;

CREATE TRIGGER purchase_receipt_inserted AFTER INSERT ON purchase_receipt
BEGIN
 UPDATE purchase_line SET quantity_received = quantity_received + NEW.quantity,
  quantity_damaged = quantity_damaged + NEW.quantity_damaged,
  quantity_over = max(0, quantity_received + NEW.quantity + quantity_canceled - quantity)
  WHERE id = NEW.purchase_line_id;
END;

CREATE TRIGGER purchase_cancellation_inserted AFTER INSERT ON purchase_cancellation
BEGIN
 UPDATE purchase_line SET quantity_canceled = quantity_canceled + NEW.quantity WHERE id = NEW.purchase_line_id;
END;

CREATE TRIGGER purchase_receipt_of_placed BEFORE INSERT ON purchase_receipt
WHEN (SELECT u.placed_on FROM purchase_line l JOIN purchase u ON u.id = l.purchase_id
 WHERE l.id = NEW.purchase_line_id) IS NULL AND NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'a draft cannot be received'); END;

CREATE TRIGGER purchase_line_kept BEFORE DELETE ON purchase_line
WHEN (SELECT placed_on FROM purchase WHERE id = OLD.purchase_id) IS NOT NULL
 AND NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'lines of a placed purchase stay'); END;

CREATE TRIGGER purchase_line_ordered BEFORE UPDATE OF purchase_id, product_id, quantity
ON purchase_line WHEN (SELECT placed_on FROM purchase WHERE id = OLD.purchase_id) IS NOT NULL
 AND NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'what a placed purchase orders stays'); END;

CREATE TRIGGER purchase_receipt_no_update BEFORE UPDATE ON purchase_receipt
BEGIN SELECT RAISE(ABORT, 'purchase_receipt is append-only'); END;

CREATE TRIGGER purchase_receipt_no_delete BEFORE DELETE ON purchase_receipt
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'purchase_receipt is append-only'); END;

CREATE TRIGGER purchase_cancellation_no_update BEFORE UPDATE ON purchase_cancellation
BEGIN SELECT RAISE(ABORT, 'purchase_cancellation is append-only'); END;

CREATE TRIGGER purchase_cancellation_no_delete BEFORE DELETE ON purchase_cancellation
WHEN NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'purchase_cancellation is append-only'); END;
