"""Triggers and views of shipments: what left counts on its line, status follows from events."""

from ordercli.models.bulk import ROW_BY_ROW

_HERE = "max(0, quantity_open - quantity_short - NEW.quantity)"
LINE_SHIPPED = f"""CREATE TRIGGER shipment_line_inserted AFTER INSERT ON shipment_line
WHEN {ROW_BY_ROW}
BEGIN
 UPDATE order_line SET quantity_shipped = quantity_shipped + NEW.quantity,
  quantity_allocated = min(quantity_allocated, {_HERE}), quantity_picked = min(quantity_picked, {_HERE}),
  quantity_short = max(0, min(quantity_short, quantity_open - NEW.quantity))
  WHERE id = NEW.order_line_id;
 INSERT INTO daily_sales (product_id, day, units) SELECT NEW.product_id, NEW.sold_on, NEW.quantity
  WHERE (SELECT is_assembled FROM order_line WHERE id = NEW.order_line_id) = 0
  ON CONFLICT (product_id, day) DO UPDATE SET units = daily_sales.units + excluded.units;
END"""
"""What leaves is first what was promised, and last what was not on the shelf."""

PARTS_SHIPPED = """CREATE TRIGGER shipment_line_parts AFTER INSERT ON shipment_line
WHEN (SELECT is_assembled FROM order_line WHERE id = NEW.order_line_id) <> 0 AND NOT EXISTS (SELECT 1 FROM undoing)
BEGIN
 INSERT INTO shipment_component (shipment_line_id, product_id, quantity)
  SELECT NEW.id, c.product_id, c.quantity * NEW.quantity FROM order_line_component c
  WHERE c.order_line_id = NEW.order_line_id;
 INSERT INTO daily_sales (product_id, day, units)
  SELECT c.product_id, NEW.sold_on, c.quantity * NEW.quantity FROM order_line_component c
  WHERE c.order_line_id = NEW.order_line_id
  ON CONFLICT (product_id, day) DO UPDATE SET units = daily_sales.units + excluded.units;
END"""
"""A line that an undo brings back has its parts from the journal."""

NEWS = """CREATE TRIGGER shipment_event_inserted AFTER INSERT ON shipment_event
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
END"""

VOIDED = """CREATE TRIGGER shipment_voided AFTER UPDATE OF status ON shipment
WHEN NEW.status = 'void' AND OLD.status <> 'void'
BEGIN
 UPDATE order_line SET quantity_shipped = quantity_shipped
  - (SELECT sum(l.quantity) FROM shipment_line l WHERE l.shipment_id = NEW.id AND l.order_line_id = order_line.id)
  WHERE id IN (SELECT l.order_line_id FROM shipment_line l WHERE l.shipment_id = NEW.id);
 UPDATE daily_sales SET units = units
  - (SELECT sum(u.quantity) FROM shipped_unit u
   WHERE u.shipment_id = NEW.id AND u.product_id = daily_sales.product_id AND u.sold_on = daily_sales.day)
  WHERE (product_id, day) IN (SELECT u.product_id, u.sold_on FROM shipped_unit u WHERE u.shipment_id = NEW.id);
END"""

VOID_STAYS = """CREATE TRIGGER shipment_void_stays BEFORE UPDATE OF status ON shipment
WHEN OLD.status = 'void' AND NEW.status <> 'void' AND NOT EXISTS (SELECT 1 FROM undoing)
BEGIN SELECT RAISE(ABORT, 'a void shipment stays void'); END"""

SHIPPED_UNITS = """CREATE VIEW shipped_unit AS
SELECT s.id AS shipment_line_id, s.shipment_id, s.order_line_id, s.sold_on,
 coalesce(c.product_id, s.product_id) AS product_id, coalesce(c.quantity, s.quantity) AS quantity,
 CASE WHEN c.product_id IS NULL THEN s.movement_id ELSE c.movement_id END AS movement_id,
 c.product_id IS NOT NULL AS is_part
FROM shipment_line s LEFT JOIN shipment_component c ON c.shipment_line_id = s.id"""
"""What lay in shipments as units of stock: kits and packs taken apart. A row a line of a shipment and product."""

SHIPMENT_NEWS = """CREATE VIEW shipment_news AS
SELECT e.id, e.shipment_id, e.operation_id, e.status, e.occurred_at, e.detail FROM shipment_event e
WHERE +e.withdraws IS NULL AND NOT EXISTS (SELECT 1 FROM shipment_event w WHERE w.withdraws = e.id)"""
"""What holds of the events of shipments: those that no later one took back.

The plus keeps SQLite from looking for a shipment's events among all that take nothing back, which are nearly all.
"""
