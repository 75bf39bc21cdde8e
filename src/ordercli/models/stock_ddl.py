"""Triggers and views of stock: levels follow movements, kits have none of their own, counts answer questions."""

MOVEMENT_LEVELS = """CREATE TRIGGER stock_movement_levels AFTER INSERT ON stock_movement
BEGIN
 INSERT INTO stock_level (product_id, location, quantity)
  SELECT NEW.product_id, code, NEW.quantity FROM location WHERE code = NEW.to_location AND kind <> 'outside'
  ON CONFLICT (product_id, location) DO UPDATE SET quantity = quantity + excluded.quantity;
 INSERT INTO stock_level (product_id, location, quantity)
  SELECT NEW.product_id, code, -NEW.quantity FROM location WHERE code = NEW.from_location AND kind <> 'outside'
   AND NOT EXISTS (SELECT 1 FROM stock_level WHERE product_id = NEW.product_id AND location = code);
 UPDATE stock_level SET quantity = quantity - NEW.quantity
  WHERE product_id = NEW.product_id AND location = NEW.from_location;
END"""

KIT_STOCK = """CREATE TRIGGER stock_movement_not_of_kit BEFORE INSERT ON stock_movement
WHEN (SELECT is_kit FROM product WHERE id = NEW.product_id)
BEGIN SELECT RAISE(ABORT, 'a kit has no stock of its own'); END"""

KIT_WITHOUT_STOCK = """CREATE TRIGGER product_kit_without_stock BEFORE UPDATE OF is_kit ON product
WHEN NEW.is_kit > OLD.is_kit AND EXISTS (SELECT 1 FROM stock_movement m WHERE m.product_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a product that had stock cannot become a kit'); END"""

OPEN_QUESTIONS = """CREATE VIEW open_question AS
SELECT q.id, q.product_id, q.location, q.quantity, q.sales_order_id, q.asked_at, q.operation_id
FROM count_question q WHERE NOT EXISTS (
 SELECT 1 FROM stock_count_line l JOIN stock_count c ON c.id = l.stock_count_id
 WHERE l.product_id = q.product_id AND c.location = q.location AND c.counted_at >= q.asked_at
  AND c.operation_id > q.operation_id)"""
"""Questions that no count has answered yet."""
