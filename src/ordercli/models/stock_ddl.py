"""Triggers and views of stock: levels follow movements, kits have none of their own, counts answer questions."""

from ordercli.domain.demand import SELLING, stockouts_sql
from ordercli.models.bulk import ROW_BY_ROW

MOVEMENT_LEVELS = f"""CREATE TRIGGER stock_movement_levels AFTER INSERT ON stock_movement
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
  WHERE {ROW_BY_ROW} AND (EXISTS (SELECT 1 FROM stock_movement m WHERE m.product_id = NEW.product_id
    AND m.occurred_at >= NEW.occurred_at AND m.id <> NEW.id)
   OR EXISTS (SELECT 1 FROM stockout o WHERE o.product_id = NEW.product_id AND o.ended_at IS NULL)
   OR (SELECT sum(s.quantity) FROM stock_level s WHERE s.product_id = NEW.product_id
    AND s.location IN {SELLING}) <= 0);
END"""
"""Levels follow a movement, and so do stockouts, where there was one or is one now, or others moved since.

Who writes many movements has the stockouts found once a product, not from each of its movements on.
"""

STOCKOUT_SINCE = """CREATE VIEW stockout_since AS SELECT product_id, began_at AS since FROM stockout"""
"""What is inserted here has its stockouts found anew: a trigger runs its statements for these rows alone."""

# The instants of a product from one on, and what they changed of its units that can be sold.
_NET = f"""sum(iif(m.to_location IN {SELLING}, m.quantity, 0)
   - iif(m.from_location IN {SELLING}, m.quantity, 0))"""
_INSTANTS = f"""SELECT m.occurred_at AS at, {_NET} AS net
   FROM stock_movement m WHERE m.product_id = NEW.product_id AND m.occurred_at >= NEW.since
   GROUP BY m.occurred_at HAVING {_NET} <> 0"""

STOCKOUT_ANEW = f"""CREATE TRIGGER stockout_anew INSTEAD OF INSERT ON stockout_since
BEGIN
 DELETE FROM stockout WHERE product_id = NEW.product_id AND began_at >= NEW.since;
 UPDATE stockout SET ended_at = (SELECT min(i.at) FROM ({_INSTANTS}) i)
  WHERE product_id = NEW.product_id AND began_at = (SELECT max(o.began_at) FROM stockout o
    WHERE o.product_id = NEW.product_id AND o.began_at < NEW.since)
   AND (ended_at IS NULL OR ended_at >= NEW.since);
 INSERT INTO stockout (product_id, began_at, ended_at)
  SELECT NEW.product_id, at, next_at FROM (
   SELECT i.at, lead(i.at) OVER (ORDER BY i.at) AS next_at,
    (SELECT sum(s.quantity) FROM stock_level s WHERE s.product_id = NEW.product_id AND s.location IN {SELLING})
     - coalesce(sum(i.net) OVER (ORDER BY i.at DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS held
   FROM ({_INSTANTS}) i) AS found
  WHERE held <= 0;
END"""
"""The stockouts of a product from an instant on; those before it are as they were."""

PRODUCT_STOCKOUT = """CREATE TRIGGER product_never_in_stock AFTER INSERT ON product
BEGIN INSERT INTO stockout (product_id, began_at) VALUES (NEW.id, ''); END"""

STOCKOUTS = f"""CREATE VIEW stockout_now AS
{stockouts_sql()}"""
"""What ``stockout`` is to hold, from all movements; a law compares them."""

KIT_STOCK = """CREATE TRIGGER stock_movement_not_of_kit BEFORE INSERT ON stock_movement
WHEN (SELECT is_kit FROM product WHERE id = NEW.product_id) = 1
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
