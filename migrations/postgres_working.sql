-- Tables of work that a server keeps, so that a command need not make them: each has the columns of the temporary
-- table of its name. They are empty but in the transaction of the one who writes (postgres/work.py).

CREATE SCHEMA ordercli_work;

CREATE UNLOGGED TABLE ordercli_work.staged (id bigint PRIMARY KEY DEFAULT sqlite.next_number('staged', 'id'), file
 bigint, product_id bigint, units_per_pack bigint, fingerprint bytea, line bigint, channel text, order_id text, sku
 text, quantity bigint, item_id text, name text, asin text, quantity_shipped bigint, quantity_canceled bigint,
 is_canceled bigint, canceled_by text, ordered_at text, ship_by text, deliver_by text, fulfillment text,
 service_level text, channel_status text, updated_at text, sold_on text, is_released bigint, is_estimate bigint,
 currency text, item_price bigint, item_tax bigint, shipping_price bigint, shipping_tax bigint, gift_wrap_price
 bigint, gift_wrap_tax bigint, discount bigint, customer_name text, customer_email text, customer_phone text, note
 text, ship_name text, address_1 text, address_2 text, address_3 text, city text, state text, postal_code text,
 country text, gift_message text, customization text, shipment_item_id text, carrier text, tracking_number text,
 tags text, computed_ship_by text, as_of text, sales_channel text, original_order_id text, is_replacement bigint,
 is_tax_included bigint, own_fields text);
CREATE UNLOGGED TABLE ordercli_work.staged_error (file bigint, line bigint, "column" text, reason text, order_id
 text);
CREATE UNLOGGED TABLE ordercli_work.told_order (file bigint, order_id text, PRIMARY KEY (file, order_id));
CREATE UNLOGGED TABLE ordercli_work.scattered (file bigint, order_id text);
CREATE UNLOGGED TABLE ordercli_work.staged_order (channel text, order_id text, fingerprint bytea, ordered_at text,
 ship_by text, computed_ship_by text, deliver_by text, fulfillment text, service_level text, currency text,
 channel_status text, sales_channel text, original_order_id text, is_released bigint, is_replacement bigint,
 channel_updated_at text, as_of text, tags text, own_fields text, row_count bigint, units bigint, units_shipped
 bigint, address_row bigint, has_shipments boolean, customer_name text, customer_email text, customer_phone text,
 note text, is_new boolean, sales_order_id bigint, is_plain boolean, personal_id bigint, personal_version bigint,
 is_new_person integer, is_tax_included bigint, promised text, rowid bigint);
CREATE UNLOGGED TABLE ordercli_work.staged_line (order_line_id bigint PRIMARY KEY DEFAULT
 sqlite.next_number('staged_line', 'order_line_id'), sales_order_id bigint, product_id bigint, is_new_order bigint,
 is_new bigint, line_no bigint, staged_id bigint, units bigint, sold_on text, units_canceled bigint, canceled_by
 text);
CREATE UNLOGGED TABLE ordercli_work.channel_shipment (sales_order_id bigint, order_line_id bigint, product_id
 bigint, sold_on text, units bigint, is_new_order bigint, is_plain integer, shipment_id bigint, rowid bigint);
CREATE UNLOGGED TABLE ordercli_work.opened_order (sales_order_id bigint PRIMARY KEY DEFAULT
 sqlite.next_number('opened_order', 'sales_order_id'), is_new bigint, is_merged bigint);
CREATE UNLOGGED TABLE ordercli_work.changed_order (id bigint PRIMARY KEY DEFAULT
 sqlite.next_number('changed_order', 'id'), ordered_at text, ordered_on text, ship_by text, is_ship_by_computed
 bigint, deliver_by text, fulfillment text, service_level text, currency text, is_released bigint,
 channel_updated_at text, channel_status text, sales_channel text, original_order_id text, is_sale bigint,
 personal_id bigint, personal_version bigint, said text);
CREATE UNLOGGED TABLE ordercli_work.target_line (id bigint PRIMARY KEY DEFAULT sqlite.next_number('target_line',
 'id'), is_new bigint, sales_order_id bigint, product_id bigint, units_per_pack bigint, line_no bigint, item_id
 text, name text, quantity bigint, item_price_minor bigint, item_tax_minor bigint, shipping_price_minor bigint,
 shipping_tax_minor bigint, gift_wrap_price_minor bigint, gift_wrap_tax_minor bigint, discount_minor bigint,
 price_is_estimated bigint, is_tax_included bigint, channel_shipped bigint, channel_shipped_at text,
 channel_canceled bigint, said text);
CREATE UNLOGGED TABLE ordercli_work.changed_cancel (order_line_id bigint, units bigint, canceled_by text);
CREATE UNLOGGED TABLE ordercli_work.gone_line (id bigint PRIMARY KEY DEFAULT sqlite.next_number('gone_line', 'id'));
CREATE UNLOGGED TABLE ordercli_work.taken_back (order_line_id bigint PRIMARY KEY DEFAULT
 sqlite.next_number('taken_back', 'order_line_id'), units bigint);
CREATE UNLOGGED TABLE ordercli_work.target_text (order_line_id bigint PRIMARY KEY DEFAULT
 sqlite.next_number('target_text', 'order_line_id'), gift_message text, customization text);
CREATE UNLOGGED TABLE ordercli_work.moved_unit (id bigint PRIMARY KEY DEFAULT sqlite.next_number('moved_unit',
 'id'), kind text, act bigint, from_line bigint, to_line bigint, units bigint);
CREATE UNLOGGED TABLE ordercli_work.new_person (personal_id bigint, version bigint, customer_name text,
 customer_email text, customer_phone text, note text, ship_name text, address_1 text, address_2 text, address_3
 text, city text, state text, postal_code text, country text);
CREATE UNLOGGED TABLE ordercli_work.pending_movement (id bigint PRIMARY KEY DEFAULT
 sqlite.next_number('pending_movement', 'id'), kind text, product_id bigint, from_location text, to_location text,
 quantity bigint, cost_minor bigint, occurred_at text, acquired_at text, reference text, reason text, from_lot
 bigint, to_lot bigint);
CREATE UNLOGGED TABLE ordercli_work.pending_piece (pending_id bigint, cost_layer_id bigint, quantity bigint,
 cost_minor bigint, acquired_at text);
CREATE INDEX pending_piece_of ON ordercli_work.pending_piece (pending_id);
CREATE UNLOGGED TABLE ordercli_work.touched_product (product_id bigint PRIMARY KEY DEFAULT
 sqlite.next_number('touched_product', 'product_id'), available bigint);
CREATE UNLOGGED TABLE ordercli_work.touched_line (id bigint PRIMARY KEY DEFAULT sqlite.next_number('touched_line',
 'id'), allocated bigint, shipped bigint, picked bigint);
CREATE UNLOGGED TABLE ordercli_work.allocation_target (id bigint PRIMARY KEY DEFAULT
 sqlite.next_number('allocation_target', 'id'), before bigint, after bigint);
CREATE UNLOGGED TABLE ordercli_work.tied_product (product_id bigint PRIMARY KEY DEFAULT
 sqlite.next_number('tied_product', 'product_id'));
CREATE UNLOGGED TABLE ordercli_work.planned_shipment (id bigint PRIMARY KEY DEFAULT
 sqlite.next_number('planned_shipment', 'id'), sales_order_id bigint, order_id text, carrier text, carrier_name
 text, tracking_number text, service text, cost_minor bigint, shipped_on text, left_at text, confirmed_at text,
 said text);
CREATE UNLOGGED TABLE ordercli_work.planned_line (id bigint PRIMARY KEY DEFAULT sqlite.next_number('planned_line',
 'id'), planned_shipment_id bigint, order_line_id bigint, quantity bigint, is_named bigint);
CREATE UNLOGGED TABLE ordercli_work.planned_unit (id bigint PRIMARY KEY DEFAULT sqlite.next_number('planned_unit',
 'id'), planned_line_id bigint, product_id bigint, quantity bigint, is_part bigint);
CREATE INDEX planned_unit_line ON ordercli_work.planned_unit (planned_line_id);
CREATE UNLOGGED TABLE ordercli_work.batch_order (id bigint PRIMARY KEY DEFAULT sqlite.next_number('batch_order',
 'id'));
CREATE UNLOGGED TABLE ordercli_work.batch_tracking (number text PRIMARY KEY);
CREATE UNLOGGED TABLE ordercli_work.counted_product (product_id bigint PRIMARY KEY DEFAULT
 sqlite.next_number('counted_product', 'product_id'), counted bigint);
CREATE UNLOGGED TABLE ordercli_work.wanted_order (told text PRIMARY KEY, wanted_id text, wanted_channel text);
