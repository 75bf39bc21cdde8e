-- The peer of `order import`: the sqlite3 shell's own .import, then set-based statements into the same tables,
-- with the same triggers, indexes and pragmas, in one transaction. It trusts the files: no value is checked, no
-- row is compared with what is there, nothing can be imported twice. {all_orders} and {order_report} are filled in.
.bail on
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA synchronous = FULL;
.mode ascii
.separator "\t" "\n"
.import --schema temp {all_orders} all_orders
.import --schema temp {order_report} order_report
BEGIN IMMEDIATE;
INSERT INTO operation (recorded_at, actor, command) VALUES ('2026-03-16T13:00:00Z', 'peer', 'order import');

-- One row an order of either report; its people get the numbers after the last.
CREATE TEMP TABLE new_order AS
SELECT *, row_number() OVER (ORDER BY ordered_at, order_id) AS person FROM (
  SELECT "amazon-order-id" AS order_id, strftime('%Y-%m-%dT%H:%M:%SZ', min("purchase-date")) AS ordered_at,
    min("ship-service-level") AS service_level, min(currency) AS currency, min("order-status") AS channel_status,
    strftime('%Y-%m-%dT%H:%M:%SZ', max("last-updated-date")) AS updated_at,
    NULL AS customer_name, NULL AS customer_email, NULL AS customer_phone, NULL AS ship_name, NULL AS address_1,
    min("ship-city") AS city, min("ship-state") AS state, min("ship-postal-code") AS postal_code,
    min("ship-country") AS country
  FROM all_orders GROUP BY "amazon-order-id"
  UNION ALL
  SELECT "order-id", strftime('%Y-%m-%dT%H:%M:%SZ', min("purchase-date")), min("ship-service-level"),
    min(currency), NULL, NULL, min("buyer-name"), min("buyer-email"), min("buyer-phone-number"),
    min("recipient-name"), min("ship-address-1"), min("ship-city"), min("ship-state"), min("ship-postal-code"),
    min("ship-country")
  FROM order_report GROUP BY "order-id"
);
INSERT INTO personal_data (personal_id, version, customer_name, customer_email, customer_phone, ship_name,
  address_1, city, state, postal_code, country)
SELECT person, 1, customer_name, customer_email, customer_phone, ship_name, address_1, city, state, postal_code,
  country
FROM new_order ORDER BY person;
INSERT INTO sales_order (channel, order_id, ordered_at, ordered_on, fulfillment, service_level, currency, is_released,
  channel_status, channel_updated_at, personal_id, personal_version, operation_id)
SELECT 'amazon', order_id, ordered_at, substr(ordered_at, 1, 10), 'FBM', service_level, currency, 1, channel_status, updated_at, person, 1,
  (SELECT max(id) FROM operation)
FROM new_order ORDER BY person;

-- Money is read as cents.
INSERT INTO order_line (sales_order_id, line_no, product_id, name, quantity, item_price_minor, item_tax_minor,
  shipping_price_minor, shipping_tax_minor, channel_shipped, channel_shipped_at)
SELECT o.id, row_number() OVER (PARTITION BY o.id ORDER BY r.rowid), p.id, r."product-name", r.quantity,
  CAST(round(r."item-price" * 100) AS INTEGER), CAST(round(r."item-tax" * 100) AS INTEGER),
  CAST(round(r."shipping-price" * 100) AS INTEGER), CAST(round(r."shipping-tax" * 100) AS INTEGER),
  r.quantity,
  strftime('%Y-%m-%dT%H:%M:%SZ', r."last-updated-date")
FROM all_orders r
JOIN sales_order o ON o.channel = 'amazon' AND o.order_id = r."amazon-order-id"
JOIN product p ON p.sku = r.sku;
INSERT INTO order_line (sales_order_id, line_no, item_id, product_id, name, quantity, item_price_minor,
  item_tax_minor, shipping_price_minor, shipping_tax_minor)
SELECT o.id, row_number() OVER (PARTITION BY o.id ORDER BY r.rowid), r."order-item-id", p.id, r."product-name",
  r."quantity-purchased", CAST(round(r."item-price" * 100) AS INTEGER),
  CAST(round(r."item-tax" * 100) AS INTEGER), CAST(round(r."shipping-price" * 100) AS INTEGER),
  CAST(round(r."shipping-tax" * 100) AS INTEGER)
FROM order_report r
JOIN sales_order o ON o.channel = 'amazon' AND o.order_id = r."order-id"
JOIN product p ON p.sku = r.sku;

-- What the channel says was shipped, one shipment an order; the shop's zone is UTC.
CREATE TEMP TABLE new_shipment AS
SELECT l.id AS line, l.sales_order_id, l.product_id, l.channel_shipped AS units,
  substr(l.channel_shipped_at, 1, 10) AS sold_on,
  (SELECT coalesce(max(id), 0) FROM shipment) + dense_rank() OVER (ORDER BY l.sales_order_id) AS shipment_id
FROM order_line l WHERE l.channel_shipped > 0;
INSERT INTO shipment (id, sales_order_id, operation_id, origin, status, shipped_on, recorded_at)
SELECT shipment_id, sales_order_id, (SELECT max(id) FROM operation), 'channel', 'shipped', min(sold_on),
  '2026-03-16T13:00:00Z'
FROM new_shipment GROUP BY shipment_id;
INSERT INTO shipment_line (shipment_id, order_line_id, product_id, quantity, sold_on)
SELECT shipment_id, line, product_id, units, sold_on FROM new_shipment ORDER BY shipment_id;

UPDATE operation SET summary = 'imported', changed = '{{}}' WHERE id = (SELECT max(id) FROM operation);
COMMIT;
