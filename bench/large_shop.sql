-- A shop of {orders} orders, two years up to now, by set-based statements; the triggers are away meanwhile, and the
-- sums they keep are made anew afterwards. Times are seconds since 1970, `at` gives the text.
CREATE TEMP TABLE placed (i INTEGER PRIMARY KEY, u INTEGER, is_canceled INTEGER, is_fba INTEGER, is_open INTEGER, channel TEXT);
INSERT INTO placed
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {orders})
SELECT i, CASE WHEN i < {done} THEN {first} + CAST(i * {step} AS INTEGER) ELSE {newest} + (i - {done}) * 60 END AS u,
  i % 100 = 50 AND i < {done} AS is_canceled, i % 10 = 9 AND i < {done} AS is_fba, i >= {done} AS is_open,
  iif(i % 20 = 7, 'shop', 'amazon') AS channel
FROM n;
CREATE TEMP TABLE line (id INTEGER PRIMARY KEY, i INTEGER, line_no INTEGER, product INTEGER, quantity INTEGER, units INTEGER);
INSERT INTO line
SELECT i + (i + 4) / 5 + k.no AS id, i, k.no AS line_no, (i * 7 + k.no * 13) % {products} + 1 AS product,
  iif(i % 7 = 3, 2, 1) AS quantity, iif(i % 7 = 3, 2, 1) * iif(i % 5, 1, 2) AS units
FROM placed CROSS JOIN (SELECT 1 AS no UNION ALL SELECT 2) k WHERE k.no = 1 OR i % 5 = 0;
CREATE TEMP TABLE sent (i INTEGER PRIMARY KEY, u INTEGER, is_fba INTEGER, confirmed INTEGER, seen INTEGER, came INTEGER);
INSERT INTO sent
SELECT p.i, p.u + 14400 AS u, p.is_fba,
  iif(p.i % 100 = 1 AND p.u + 345600 < {now}, p.u + 345600, p.u + 18000) AS confirmed, p.u + 172800 AS seen,
  p.u + iif(p.i % 50 = 1, 864000, 518400) AS came
FROM placed p WHERE NOT p.is_canceled AND NOT p.is_open;
CREATE TEMP TABLE back (id INTEGER, i INTEGER, line INTEGER PRIMARY KEY, product INTEGER, cost INTEGER, price INTEGER,
  asked INTEGER, is_sound INTEGER);
INSERT INTO back
SELECT p.i / 30 + 1 AS id, p.i, l.id AS line, l.product, 400 + (l.product - 1) * 10 AS cost,
  1500 + (l.product - 1) * 50 AS price, p.u + 864000 AS asked, p.i % 3 <> 0 AS is_sound
FROM placed p JOIN line l ON l.id = p.i + (p.i + 4) / 5 + 1
WHERE p.i % 30 = 5 AND NOT p.is_open AND p.u + 1728000 < {now};

INSERT INTO personal_data (personal_id, version, customer_name, customer_email, ship_name, address_1, city, state,
  postal_code, country)
SELECT i + 1, 1, printf('Buyer %d', i * 9 / 10), printf('buyer%d@example.com', i * 9 / 10), printf('Buyer %d', i * 9 / 10),
  printf('%d Example Street', i % 900 + 1),
  CASE i % 4 WHEN 0 THEN 'Reno' WHEN 1 THEN 'Duluth' WHEN 2 THEN 'Athens' ELSE 'Boise' END,
  CASE i % 4 WHEN 0 THEN 'NV' WHEN 1 THEN 'MN' WHEN 2 THEN 'GA' ELSE 'ID' END, printf('%05d', 10000 + i % 80000), 'US'
FROM placed;
INSERT INTO sales_order (id, channel, order_id, ordered_at, ordered_on, ship_by, deliver_by, fulfillment, service_level,
  is_released, is_on_hold, currency, personal_id, personal_version, operation_id, units, units_shipped, units_canceled)
SELECT p.i + 1, p.channel, printf('114-%07d-%07d', p.i, p.i), at(p.u), substr(at(p.u), 1, 10), at(p.u + 259200),
  at(p.u + 777600), iif(p.is_fba, 'FBA', 'FBM'), 'Standard', 1, p.is_open AND p.i % 60 = 0, 'USD', p.i + 1, 1,
  {operation}, s.units, iif(p.is_open OR p.is_canceled, 0, s.units), iif(p.is_canceled, s.units, 0)
FROM placed p CROSS JOIN line s ON s.id = p.i + (p.i + 4) / 5 + 1 ORDER BY p.i;
INSERT INTO order_line (id, sales_order_id, line_no, item_id, product_id, name, quantity, quantity_canceled,
  quantity_shipped, quantity_allocated, quantity_returned, refunded_minor, item_price_minor, item_tax_minor,
  shipping_price_minor, shipping_tax_minor)
SELECT l.id, l.i + 1, l.line_no, printf('%014d', l.id), l.product, printf('Sample article %03d', l.product - 1),
  l.quantity, iif(p.is_canceled, l.quantity, 0), iif(p.is_open OR p.is_canceled, 0, l.quantity),
  iif(p.is_open AND l.product % 10 <> 0, l.quantity, 0), b.id IS NOT NULL, coalesce(b.price + b.price / 16, 0),
  l.quantity * (1500 + (l.product - 1) * 50), l.quantity * (1500 + (l.product - 1) * 50) / 16, 495, 30
FROM line l CROSS JOIN placed p ON p.i = l.i LEFT JOIN back b ON b.line = l.id ORDER BY l.id;
INSERT INTO order_tag (sales_order_id, tag, operation_id) SELECT i + 1, 'gift', {operation} FROM placed WHERE i % 200 = 3;
INSERT INTO cancellation (order_line_id, quantity, canceled_by, canceled_at, operation_id)
SELECT l.id, l.quantity, 'buyer', at(p.u + 7200), {operation}
FROM line l CROSS JOIN placed p ON p.i = l.i WHERE p.is_canceled;

INSERT INTO stock_movement (id, operation_id, kind, product_id, from_location, to_location, quantity, cost_minor,
  occurred_at, recorded_at)
SELECT p.product, {operation}, 'opening', p.product, 'SUPPLIER', 'HOME', p.units, p.units * (400 + (p.product - 1) * 10),
  at({first} - 86400), at({first} - 86400)
FROM (SELECT l.product, sum(l.quantity) FILTER (WHERE NOT p.is_fba AND NOT p.is_canceled AND NOT p.is_open)
    + iif(l.product % 10, 40, 0) AS units
  FROM line l CROSS JOIN placed p ON p.i = l.i GROUP BY l.product) p WHERE p.units > 0;
INSERT INTO cost_layer (id, product_id, location, movement_id, acquired_at, quantity, cost_minor)
SELECT id, product_id, 'HOME', id, occurred_at, quantity, cost_minor FROM stock_movement;
INSERT INTO stock_movement (id, operation_id, kind, product_id, from_location, to_location, quantity, cost_minor,
  occurred_at, recorded_at, reference)
SELECT 1000 + l.id, {operation}, 'shipment', l.product, 'HOME', 'CUSTOMER', l.quantity,
  l.quantity * (400 + (l.product - 1) * 10), at(s.u), at(s.u), printf('114-%07d-%07d', l.i, l.i)
FROM line l CROSS JOIN sent s ON s.i = l.i AND NOT s.is_fba ORDER BY l.id;
INSERT INTO layer_use (movement_id, cost_layer_id, quantity, cost_minor)
SELECT id, product_id, quantity, cost_minor FROM stock_movement WHERE kind = 'shipment' ORDER BY id;
UPDATE cost_layer SET quantity_used = u.units
FROM (SELECT cost_layer_id, sum(quantity) AS units FROM layer_use GROUP BY cost_layer_id) u WHERE u.cost_layer_id = id;

INSERT INTO shipment (id, sales_order_id, operation_id, origin, status, carrier, tracking_number, cost_minor,
  shipped_on, recorded_at, confirmed_at, delivered_at)
SELECT i + 1, i + 1, {operation}, iif(is_fba, 'channel', 'seller'),
  iif(is_fba OR seen >= {now}, 'shipped', iif(came < {now}, 'delivered', 'in_transit')),
  iif(is_fba, NULL, iif(i % 3, 'USPS', 'UPS')), iif(is_fba, NULL, printf('94001%08d', i)), iif(is_fba, NULL, 485),
  substr(at(u), 1, 10), at(u), iif(is_fba, NULL, at(confirmed)), iif(is_fba OR came >= {now}, NULL, at(came))
FROM sent ORDER BY i;
INSERT INTO shipment_line (id, shipment_id, order_line_id, product_id, quantity, sold_on, movement_id)
SELECT l.id, l.i + 1, l.id, l.product, l.quantity, substr(at(s.u), 1, 10), iif(s.is_fba, NULL, 1000 + l.id)
FROM line l CROSS JOIN sent s ON s.i = l.i ORDER BY l.id;
INSERT INTO shipment_event (shipment_id, operation_id, occurred_at, status)
SELECT i + 1, {operation}, at(seen), 'in_transit' FROM sent WHERE NOT is_fba AND seen < {now};
INSERT INTO shipment_event (shipment_id, operation_id, occurred_at, status)
SELECT i + 1, {operation}, at(came), 'delivered' FROM sent WHERE NOT is_fba AND came < {now};

INSERT INTO return_authorization (id, return_id, sales_order_id, opened_at, operation_id, requested_at, answered_at,
  closed_at, units, units_received, units_inspected, units_settled, refunded_minor)
SELECT id, printf('RMA-%06d', id), i + 1, at(asked), {operation}, at(asked), at(asked + 3600), at(asked + 600000),
  1, 1, 1, 1, price + price / 16 FROM back;
INSERT INTO return_line (id, return_authorization_id, order_line_id, product_id, quantity, reason, fault,
  quantity_received, quantity_inspected, quantity_settled)
SELECT id, id, line, product, 1, iif(is_sound, 'too large', 'arrived damaged'), iif(is_sound, 'buyer', 'seller'), 1, 1, 1
FROM back;
INSERT INTO return_step (return_authorization_id, kind, actor, occurred_at, operation_id)
SELECT b.id, k.column1, k.column2, at(b.asked + k.column3), {operation} FROM back b CROSS JOIN
  (VALUES ('requested', 'buyer', 0), ('authorized', 'seller', 3600), ('closed', 'seller', 600000)) k;
INSERT INTO stock_movement (id, operation_id, kind, product_id, from_location, to_location, quantity, cost_minor,
  occurred_at, recorded_at, reference)
SELECT {returns} + b.id * 2 + k.column1, {operation}, k.column2, b.product,
  iif(k.column1, 'QUARANTINE', 'CUSTOMER'), iif(k.column1, iif(b.is_sound, 'HOME', 'DAMAGED'), 'QUARANTINE'), 1, b.cost,
  at(b.asked + k.column3), at(b.asked + k.column3), printf('RMA-%06d', b.id)
FROM back b CROSS JOIN (VALUES (0, 'return', 345600), (1, 'inspection', 432000)) k ORDER BY 1;
INSERT INTO cost_layer (id, product_id, location, lot, movement_id, acquired_at, quantity, cost_minor, quantity_used)
SELECT 1000 + b.id * 2 + k.column1, b.product, iif(k.column1, iif(b.is_sound, 'HOME', 'DAMAGED'), 'QUARANTINE'),
  iif(k.column1, 0, {returns} + b.id * 2), {returns} + b.id * 2 + k.column1, at({first} - 86400), 1, b.cost, 1 - k.column1
FROM back b CROSS JOIN (VALUES (0), (1)) k ORDER BY 1;
INSERT INTO layer_use (movement_id, cost_layer_id, quantity, cost_minor)
SELECT {returns} + 1 + id * 2, 1000 + id * 2, 1, cost FROM back;
INSERT INTO return_event (return_line_id, disposition, quantity, occurred_at, movement_id, cost_minor,
  sellable_cost_minor, operation_id)
SELECT b.id, iif(k.column1, iif(b.is_sound, 'sellable', 'customer_damaged'), NULL), 1, at(b.asked + k.column2),
  {returns} + b.id * 2 + k.column1, b.cost, iif(k.column1 AND b.is_sound, b.cost, 0), {operation}
FROM back b CROSS JOIN (VALUES (0, 345600), (1, 432000)) k;
INSERT INTO refund (order_line_id, return_line_id, disposition, quantity, item_minor, item_tax_minor, shipping_minor,
  shipping_tax_minor, gift_wrap_minor, gift_wrap_tax_minor, discount_minor, amount_minor, cost_minor, fee_minor,
  return_shipping_minor, adjustment_reason, origin, refunded_at, operation_id)
SELECT line, id, iif(is_sound, 'sellable', 'customer_damaged'), 1, price, price / 16, 0, 0, 0, 0, 0, price + price / 16,
  price + price / 16, 0, 0, 'CustomerReturn', 'seller', at(asked + 518400), {operation} FROM back;

CREATE TEMP TABLE posted AS
SELECT (s.u + 86400 - {first}) / 1209600 + 1 AS settlement, s.u + 86400 AS u, 'Order' AS kind, l.id AS line, l.i,
  l.product, l.quantity, l.quantity * (1500 + (l.product - 1) * 50) AS price
FROM line l CROSS JOIN sent s ON s.i = l.i CROSS JOIN placed p ON p.i = l.i
WHERE p.channel = 'amazon' AND s.u + 86400 < {now}
UNION ALL
SELECT (asked + 604800 - {first}) / 1209600 + 1, asked + 604800, 'Refund', line, i, product, 1, -price
FROM back WHERE i % 20 <> 7 AND asked + 604800 < {now};
INSERT INTO settlement (id, settlement_id, channel, starts_at, ends_at, deposited_at, total_minor, currency, operation_id)
SELECT settlement, printf('28471%06d', settlement), 'amazon', at({first} + (settlement - 1) * 1209600),
  at({first} + settlement * 1209600 - 1), at({first} + settlement * 1209600 + 86400),
  sum(price - price * 15 / 100), 'USD', {operation} FROM posted GROUP BY settlement;
INSERT INTO settlement_entry (settlement_id, entry_no, transaction_type, order_id, shipment_id, marketplace, amount_type,
  amount_description, amount_minor, fulfillment, posted_at, item_id, sku, quantity)
SELECT p.settlement, row_number() OVER (PARTITION BY p.settlement ORDER BY p.u, p.line, k.column1), p.kind,
  printf('114-%07d-%07d', p.i, p.i), printf('D%08d', p.line), 'amazon.com', iif(k.column1, 'ItemFees', 'ItemPrice'),
  iif(k.column1, 'Commission', 'Principal'), iif(k.column1, -(p.price * 15 / 100), p.price), 'MFN', at(p.u),
  printf('%014d', p.line), printf('SKU-%03d', p.product - 1), p.quantity
FROM posted p CROSS JOIN (VALUES (0), (1)) k;

INSERT INTO feedback (sales_order_id, stars, given_on, operation_id)
SELECT i + 1, i / 50 % 5 + 1, substr(at(came), 1, 10), {operation} FROM sent WHERE i % 50 = 0 AND came < {now};
INSERT INTO message (id, sales_order_id, kind, occasion, language, intended_at, operation_id, state)
SELECT i + 1, i + 1, 'feedback_request', 'order', 'en', at(u + 950400), {operation}, 'sent'
FROM sent WHERE u + 1036800 < {now};
INSERT INTO message_event (message_id, state, via, occurred_at, operation_id)
SELECT id, 'unknown', 'hand', intended_at, operation_id FROM message
UNION ALL SELECT id, 'sent', 'hand', intended_at, operation_id FROM message;
DROP TABLE posted;
DROP TABLE back;
DROP TABLE sent;
DROP TABLE line;
DROP TABLE placed;
