"""Triggers and views of orders: sums of units, promises, kits and packs taken apart, units picked and packed."""

STATEMENT_KEPT = """CREATE TRIGGER order_statement_kept BEFORE UPDATE ON order_statement
WHEN NEW.fingerprint <> OLD.fingerprint OR NEW.sales_order_id <> OLD.sales_order_id
 OR NEW.as_of IS NOT OLD.as_of OR NEW.operation_id <> OLD.operation_id
BEGIN SELECT RAISE(ABORT, 'order_statement is append-only'); END"""

LINE_INSERTED = """CREATE TRIGGER order_line_inserted AFTER INSERT ON order_line
BEGIN
 UPDATE sales_order SET units = units + NEW.quantity, units_shipped = units_shipped + NEW.quantity_shipped,
  units_canceled = units_canceled + NEW.quantity_canceled WHERE id = NEW.sales_order_id;
END"""

LINE_UNITS = """CREATE TRIGGER order_line_units AFTER UPDATE OF quantity, quantity_shipped, quantity_canceled
ON order_line
WHEN NEW.quantity <> OLD.quantity OR NEW.quantity_shipped <> OLD.quantity_shipped
 OR NEW.quantity_canceled <> OLD.quantity_canceled
BEGIN
 UPDATE sales_order SET units = units + NEW.quantity - OLD.quantity,
  units_shipped = units_shipped + NEW.quantity_shipped - OLD.quantity_shipped,
  units_canceled = units_canceled + NEW.quantity_canceled - OLD.quantity_canceled
  WHERE id = NEW.sales_order_id;
END"""

LINE_ALLOCATED = """CREATE TRIGGER order_line_allocated AFTER UPDATE OF quantity_allocated ON order_line
WHEN NEW.quantity_allocated <> OLD.quantity_allocated AND NEW.is_assembled = 0
BEGIN
 UPDATE stock_level SET allocated = allocated + NEW.quantity_allocated - OLD.quantity_allocated
  WHERE product_id = NEW.product_id AND location = 'HOME';
END"""

PARTS_ALLOCATED = """CREATE TRIGGER order_line_parts_allocated AFTER UPDATE OF quantity_allocated ON order_line
WHEN NEW.quantity_allocated <> OLD.quantity_allocated AND NEW.is_assembled = 1
BEGIN
 UPDATE stock_level SET allocated = allocated + (NEW.quantity_allocated - OLD.quantity_allocated)
  * (SELECT c.quantity FROM order_line_component c
   WHERE c.order_line_id = NEW.id AND c.product_id = stock_level.product_id)
  WHERE location = 'HOME'
   AND product_id IN (SELECT c.product_id FROM order_line_component c WHERE c.order_line_id = NEW.id);
END"""

LINE_ASSEMBLED = """CREATE TRIGGER order_line_assembled AFTER INSERT ON order_line
WHEN NEW.units_per_pack > 1 OR (SELECT is_kit FROM product WHERE id = NEW.product_id)
BEGIN
 UPDATE order_line SET is_assembled = 1 WHERE id = NEW.id;
END"""

LINE_EXPLODED = """CREATE TRIGGER order_line_exploded AFTER UPDATE OF is_assembled ON order_line
WHEN NEW.is_assembled > OLD.is_assembled
BEGIN
 INSERT INTO order_line_component (order_line_id, product_id, quantity, weight)
  SELECT NEW.id, k.component_id, k.quantity * NEW.units_per_pack, k.quantity * CASE
   WHEN (SELECT min(coalesce(q.unit_price_minor, 0)) FROM kit_component j JOIN product q ON q.id = j.component_id
    WHERE j.kit_id = NEW.product_id AND j.quantity > 0) > 0 THEN p.unit_price_minor
   WHEN (SELECT min(coalesce(q.unit_cost_minor, 0)) FROM kit_component j JOIN product q ON q.id = j.component_id
    WHERE j.kit_id = NEW.product_id AND j.quantity > 0) > 0 THEN p.unit_cost_minor
   ELSE 1 END
  FROM kit_component k JOIN product p ON p.id = k.component_id
  WHERE k.kit_id = NEW.product_id AND k.quantity > 0;
 INSERT INTO order_line_component (order_line_id, product_id, quantity, weight)
  SELECT NEW.id, NEW.product_id, NEW.units_per_pack, 1
  WHERE NOT EXISTS (SELECT 1 FROM order_line_component c WHERE c.order_line_id = NEW.id);
END"""

LINE_CANCELED = """CREATE TRIGGER cancellation_inserted AFTER INSERT ON cancellation
BEGIN
 UPDATE order_line SET quantity_canceled = quantity_canceled + NEW.quantity,
  quantity_allocated = min(quantity_allocated, quantity_open - NEW.quantity),
  quantity_picked = min(quantity_picked, quantity_open - NEW.quantity)
  WHERE id = NEW.order_line_id;
END"""

LINE_PICKED = """CREATE TRIGGER line_pick_inserted AFTER INSERT ON line_pick
BEGIN
 UPDATE order_line SET quantity_picked = quantity_picked + NEW.quantity WHERE id = NEW.order_line_id;
END"""

PACKED_UNITS = """CREATE VIEW packed_unit AS
SELECT k.order_line_id, max(p.packed_at) AS packed_at,
 min(max(max(k.units_before + k.quantity) - l.quantity_shipped, 0), l.quantity_picked) AS quantity
FROM packing_line k JOIN packing p ON p.id = k.packing_id JOIN order_line l ON l.id = k.order_line_id
WHERE l.quantity_picked > 0 AND NOT EXISTS (SELECT 1 FROM line_pick t
 WHERE t.order_line_id = l.id AND t.quantity < 0 AND t.operation_id > p.operation_id)
GROUP BY k.order_line_id"""
"""Units of lines that are packed and have not left yet. A line unpicked since is packed anew."""
