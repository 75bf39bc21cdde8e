"""Triggers and views of orders: sums of units, promises, kits and packs taken apart, units picked and packed."""

from ordercli.domain.demand import canceled_by_buyer_sql
from ordercli.domain.orders.order_edits import LineEdit
from ordercli.models.bulk import ROW_BY_ROW

_ADD_DEMAND = (
    "ON CONFLICT (product_id, day, fulfillment) DO UPDATE SET units = daily_demand.units + excluded.units;"
)

STATEMENT_KEPT = """CREATE TRIGGER order_statement_kept BEFORE UPDATE ON order_statement
WHEN NEW.fingerprint <> OLD.fingerprint OR NEW.sales_order_id <> OLD.sales_order_id
 OR NEW.as_of IS DISTINCT FROM OLD.as_of OR NEW.operation_id <> OLD.operation_id
BEGIN SELECT RAISE(ABORT, 'order_statement is append-only'); END"""

LINE_INSERTED = f"""CREATE TRIGGER order_line_inserted AFTER INSERT ON order_line
WHEN {ROW_BY_ROW}
BEGIN
 UPDATE sales_order SET units = units + NEW.quantity, units_shipped = units_shipped + NEW.quantity_shipped,
  units_canceled = units_canceled + NEW.quantity_canceled WHERE id = NEW.sales_order_id;
 INSERT INTO daily_demand (product_id, day, fulfillment, units)
  SELECT NEW.product_id, o.ordered_on, o.fulfillment, NEW.quantity FROM sales_order o
  WHERE o.id = NEW.sales_order_id
  {_ADD_DEMAND}
END"""
"""The demand is that of the line's product; ``LINE_EXPLODED`` makes it that of the parts."""

LINE_UNITS = f"""CREATE TRIGGER order_line_units AFTER UPDATE OF quantity, quantity_shipped, quantity_canceled
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
  {_ADD_DEMAND}
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

# Lines of one order, product and pack that files told: one may come of another that was split.
_SAME = f"""FROM order_line s WHERE s.sales_order_id = NEW.sales_order_id AND s.product_id = NEW.product_id
   AND s.units_per_pack = NEW.units_per_pack AND s.id <> NEW.id
   AND (s.edited_fields | NEW.edited_fields) & {LineEdit.ADDED:d} = 0"""

LINE_ASSEMBLED = f"""CREATE TRIGGER order_line_assembled AFTER INSERT ON order_line
WHEN NEW.units_per_pack > 1 OR ((SELECT is_kit FROM product WHERE id = NEW.product_id) <> 0
 AND NOT EXISTS (SELECT 1 {_SAME} AND s.is_assembled = 0))
BEGIN
 UPDATE order_line SET is_assembled = 1 WHERE id = NEW.id;
END"""
"""What left before its product became a kit stays whole, and so does a line that is split off it."""

LINE_EXPLODED = f"""CREATE TRIGGER order_line_exploded AFTER UPDATE OF is_assembled ON order_line
WHEN NEW.is_assembled > OLD.is_assembled
BEGIN
 INSERT INTO daily_demand (product_id, day, fulfillment, units)
  SELECT u.product_id, u.ordered_on, u.fulfillment, -u.units FROM ordered_unit u WHERE u.order_line_id = NEW.id
  {_ADD_DEMAND}
 INSERT INTO order_line_component (order_line_id, product_id, quantity, weight)
  SELECT NEW.id, c.product_id, c.quantity, c.weight FROM order_line_component c
  WHERE c.order_line_id = (SELECT min(s.id) {_SAME} AND s.is_assembled = 1);
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
  {_ADD_DEMAND}
END"""
"""A line that is split off another is made of what that is made of, whatever the recipe is by now."""

PARTS_STAY = """CREATE TRIGGER order_line_component_no_delete BEFORE DELETE ON order_line_component
WHEN NOT EXISTS (SELECT 1 FROM undoing) AND (SELECT quantity FROM order_line WHERE id = OLD.order_line_id) > 0
BEGIN SELECT RAISE(ABORT, 'order_line_component is append-only'); END"""
"""What a line is made of leaves with it alone, where no report tells the line any more."""

LINE_CANCELED = f"""CREATE TRIGGER cancellation_inserted AFTER INSERT ON cancellation
BEGIN
 UPDATE order_line SET quantity_canceled = quantity_canceled + NEW.quantity,
  quantity_allocated = min(quantity_allocated, quantity_open - NEW.quantity),
  quantity_picked = min(quantity_picked, quantity_open - NEW.quantity),
  quantity_short = max(0, quantity_short - max(0, NEW.quantity))
  WHERE id = NEW.order_line_id;
 INSERT INTO daily_demand (product_id, day, fulfillment, units)
  SELECT u.product_id, u.ordered_on, u.fulfillment, -u.each * NEW.quantity FROM ordered_unit u
  WHERE u.order_line_id = NEW.order_line_id AND {canceled_by_buyer_sql("NEW.canceled_by")}
  {_ADD_DEMAND}
END"""
"""What is canceled is first what was not on the shelf: what is there can still go."""

_DEMAND_OF_ORDER = """SELECT u.product_id, {row}.ordered_on, {row}.fulfillment, {sign}sum(u.units)
  FROM ordered_unit u WHERE u.sales_order_id = NEW.id GROUP BY u.product_id"""

ORDERED_ANEW = f"""CREATE TRIGGER sales_order_ordered_anew AFTER UPDATE OF ordered_on, fulfillment ON sales_order
WHEN NEW.ordered_on <> OLD.ordered_on OR NEW.fulfillment <> OLD.fulfillment
BEGIN
 INSERT INTO daily_demand (product_id, day, fulfillment, units)
  {_DEMAND_OF_ORDER.format(row="OLD", sign="-")}
  {_ADD_DEMAND}
 INSERT INTO daily_demand (product_id, day, fulfillment, units)
  {_DEMAND_OF_ORDER.format(row="NEW", sign="")}
  {_ADD_DEMAND}
END"""

ORDERED_UNITS = f"""CREATE VIEW ordered_unit AS
SELECT l.sales_order_id, l.id AS order_line_id, o.ordered_on, o.fulfillment,
 coalesce(c.product_id, l.product_id) AS product_id,
 coalesce(c.quantity, 1) AS each, coalesce(c.quantity, 1) * (l.quantity
  - coalesce((SELECT sum(x.quantity) FROM cancellation x
   WHERE x.order_line_id = l.id AND {canceled_by_buyer_sql("x.canceled_by")}), 0)) AS units
FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id
LEFT JOIN order_line_component c ON c.order_line_id = l.id"""
"""What lines ask of stock, kits and packs taken apart, and how much of it the buyer still wanted."""

LINE_PICKED = """CREATE TRIGGER line_pick_inserted AFTER INSERT ON line_pick
BEGIN
 UPDATE order_line SET quantity_picked = quantity_picked + NEW.quantity WHERE id = NEW.order_line_id;
END"""

PACKED_UNITS = """CREATE VIEW packed_unit AS
SELECT l.id AS order_line_id, max(p.packed_at) AS packed_at,
 min(max(max(k.units_before + k.quantity) - max(l.quantity_shipped), 0), max(l.quantity_picked)) AS quantity
FROM packing_line k JOIN packing p ON p.id = k.packing_id JOIN order_line l ON l.id = k.order_line_id
WHERE l.quantity_picked > 0 AND NOT EXISTS (SELECT 1 FROM line_pick t
 WHERE t.order_line_id = l.id AND t.quantity < 0 AND t.operation_id > p.operation_id)
GROUP BY l.id"""
"""Units of lines that are packed and have not left yet. A line unpicked since is packed anew."""
