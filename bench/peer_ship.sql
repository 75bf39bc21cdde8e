-- The peer of `ship --csv`: the sqlite3 shell's own .import, then set-based statements into the same tables, with the
-- same triggers, indexes and pragmas, in one transaction. It trusts the file: no value, no stock and no earlier shipment is
-- looked at, nothing can be shipped twice, nothing is promised anew. {shipments} is filled in.
.bail on
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA synchronous = FULL;
.mode csv
.import --schema temp {shipments} shipments
BEGIN IMMEDIATE;
INSERT INTO operation (recorded_at, actor, command) VALUES ('2026-03-16T13:00:00Z', 'peer', 'ship --csv');

CREATE TEMP TABLE new_shipment AS
SELECT row_number() OVER (ORDER BY min(p.rowid)) AS id, o.id AS order_row, p.order_id, p.carrier, p.tracking_number,
  min(p.service) AS service, CAST(round(max(p.cost) * 100) AS INTEGER) AS cost, min(p.shipped_on) AS day
FROM shipments p JOIN sales_order o ON o.order_id = p.order_id
GROUP BY p.order_id, p.carrier, p.tracking_number;
CREATE UNIQUE INDEX temp.new_shipment_key ON new_shipment (order_id, carrier, tracking_number);

CREATE TEMP TABLE new_line AS
SELECT row_number() OVER (ORDER BY n.id, l.line_no) AS id, n.id AS shipment, l.id AS line, l.product_id, n.order_id, n.day,
  CAST(p.quantity AS INTEGER) AS units
FROM shipments p
JOIN new_shipment n ON n.order_id = p.order_id AND n.carrier = p.carrier AND n.tracking_number = p.tracking_number
JOIN product q ON q.sku = p.sku
JOIN order_line l ON l.sales_order_id = n.order_row AND l.product_id = q.id;

CREATE INDEX temp.new_line_shipment ON new_line (shipment);

UPDATE order_line SET quantity_allocated = quantity_allocated - n.units FROM new_line n WHERE n.line = order_line.id;

-- First in, first out: units laid over the layers in their order.
CREATE TEMP TABLE piece AS
WITH demand AS (
  SELECT id, product_id, sum(units) OVER w - units AS lo, sum(units) OVER w AS hi FROM new_line
  WINDOW w AS (PARTITION BY product_id ORDER BY id)
), supply AS (
  SELECT c.id, c.product_id, c.quantity, c.cost_minor, c.quantity_used,
    sum(c.quantity - c.quantity_used) OVER w - (c.quantity - c.quantity_used) AS lo,
    sum(c.quantity - c.quantity_used) OVER w AS hi
  FROM cost_layer c WHERE c.location = 'HOME' AND c.lot = 0 AND c.quantity > c.quantity_used
  WINDOW w AS (PARTITION BY c.product_id ORDER BY c.acquired_at, c.id)
)
SELECT d.id, s.id AS layer, min(d.hi, s.hi) - max(d.lo, s.lo) AS units,
  s.cost_minor * (s.quantity_used + min(d.hi, s.hi) - s.lo) / s.quantity
  - s.cost_minor * (s.quantity_used + max(d.lo, s.lo) - s.lo) / s.quantity AS cost
FROM demand d JOIN supply s ON s.product_id = d.product_id AND s.lo < d.hi AND s.hi > d.lo;
CREATE INDEX temp.piece_id ON piece (id);

CREATE TEMP TABLE base AS SELECT (SELECT coalesce(max(id), 0) FROM stock_movement) AS movements,
  (SELECT coalesce(max(id), 0) FROM shipment) AS shipments, (SELECT max(id) FROM operation) AS operation;

INSERT INTO stock_movement (id, operation_id, kind, product_id, from_location, to_location, quantity, cost_minor,
  occurred_at, recorded_at, reference)
SELECT b.movements + n.id, b.operation, 'shipment', n.product_id, 'HOME', 'CUSTOMER', n.units,
  (SELECT sum(cost) FROM piece WHERE piece.id = n.id), '2026-03-16T13:00:00Z', '2026-03-16T13:00:00Z', n.order_id
FROM new_line n, base b ORDER BY n.id;
INSERT INTO layer_use (movement_id, cost_layer_id, quantity, cost_minor)
SELECT b.movements + id, layer, units, cost FROM piece, base b;
UPDATE cost_layer SET quantity_used = quantity_used + u.units
FROM (SELECT layer, sum(units) AS units FROM piece GROUP BY layer) u WHERE cost_layer.id = u.layer;

INSERT INTO shipment (id, sales_order_id, operation_id, origin, status, carrier, tracking_number, service, cost_minor,
  shipped_on, recorded_at)
SELECT b.shipments + id, order_row, b.operation, 'seller', 'shipped', carrier, tracking_number, service, cost, day,
  '2026-03-16T13:00:00Z'
FROM new_shipment, base b ORDER BY id;
INSERT INTO shipment_line (shipment_id, order_line_id, product_id, quantity, sold_on, movement_id)
SELECT b.shipments + shipment, line, product_id, units, day, b.movements + id FROM new_line, base b ORDER BY id;
INSERT INTO order_event (sales_order_id, operation_id, occurred_at, kind, detail)
SELECT n.order_row, b.operation, '2026-03-16T13:00:00Z', 'shipped',
  (SELECT sum(units) FROM new_line l WHERE l.shipment = n.id) || ' units with ' || carrier || ' ' || tracking_number
FROM new_shipment n, base b;
UPDATE operation SET summary = 'shipped', changed = '{{}}' WHERE id = (SELECT operation FROM base);
COMMIT;
