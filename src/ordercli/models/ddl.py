"""Triggers: the laws of the data that a CHECK alone cannot hold.

They are attached to the metadata, so that creating the tables from the models creates them too; a test
compares the result with what the migrations make.
"""

from sqlalchemy import DDL, event

from ordercli.models.base import Base

APPEND_ONLY = (
    "stock_movement",
    "layer_use",
    "order_event",
    "cancellation",
    "setting",
    "return_event",
    "refund",
    "feedback",
    "claim",
    "stock_count",
    "stock_count_line",
)


def _refuse(table: str, verb: str) -> str:
    return f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""


OPERATION_SEALED = """CREATE TRIGGER operation_sealed BEFORE UPDATE ON operation
WHEN OLD.summary IS NOT NULL OR NEW.id <> OLD.id OR NEW.recorded_at <> OLD.recorded_at
 OR NEW.actor <> OLD.actor OR NEW.command <> OLD.command
BEGIN SELECT RAISE(ABORT, 'operation is append-only'); END"""

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
WHEN NEW.quantity_allocated <> OLD.quantity_allocated
BEGIN
 UPDATE stock_level SET allocated = allocated + NEW.quantity_allocated - OLD.quantity_allocated
  WHERE product_id = NEW.product_id AND location = 'HOME';
END"""

LINE_SHIPPED = """CREATE TRIGGER shipment_line_inserted AFTER INSERT ON shipment_line
BEGIN
 UPDATE order_line SET quantity_shipped = quantity_shipped + NEW.quantity,
  quantity_allocated = min(quantity_allocated, quantity - quantity_canceled - quantity_shipped - NEW.quantity),
  quantity_picked = min(quantity_picked, quantity - quantity_canceled - quantity_shipped - NEW.quantity)
  WHERE id = NEW.order_line_id;
 INSERT INTO daily_sales (product_id, day, units) VALUES (NEW.product_id, NEW.sold_on, NEW.quantity)
  ON CONFLICT (product_id, day) DO UPDATE SET units = units + excluded.units;
END"""

LINE_CANCELED = """CREATE TRIGGER cancellation_inserted AFTER INSERT ON cancellation
BEGIN
 UPDATE order_line SET quantity_canceled = quantity_canceled + NEW.quantity,
  quantity_allocated = min(quantity_allocated, quantity - quantity_shipped - quantity_canceled - NEW.quantity),
  quantity_picked = min(quantity_picked, quantity - quantity_shipped - quantity_canceled - NEW.quantity)
  WHERE id = NEW.order_line_id;
END"""

RETURN_OPENED = """CREATE TRIGGER return_line_inserted AFTER INSERT ON return_line
BEGIN
 UPDATE return_authorization SET units = units + NEW.quantity WHERE id = NEW.return_authorization_id;
END"""

RETURN_MOVED = """CREATE TRIGGER return_event_inserted AFTER INSERT ON return_event
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
END"""

REFUNDED = """CREATE TRIGGER refund_inserted AFTER INSERT ON refund
BEGIN
 UPDATE return_authorization SET refunded_minor = refunded_minor + NEW.amount_minor
  WHERE id = (SELECT return_authorization_id FROM return_line WHERE id = NEW.return_line_id);
 UPDATE order_line SET refunded_minor = refunded_minor + NEW.amount_minor
  WHERE id = (SELECT order_line_id FROM return_line WHERE id = NEW.return_line_id);
END"""

REFUND_CAPPED = """CREATE TRIGGER refund_within_paid BEFORE INSERT ON refund
WHEN NEW.amount_minor > (SELECT coalesce(l.item_price_minor, 0) + coalesce(l.item_tax_minor, 0)
  + coalesce(l.shipping_price_minor, 0) + coalesce(l.shipping_tax_minor, 0)
  + coalesce(l.gift_wrap_price_minor, 0) + coalesce(l.gift_wrap_tax_minor, 0)
  - coalesce(l.discount_minor, 0) - l.refunded_minor
  FROM return_line r JOIN order_line l ON l.id = r.order_line_id WHERE r.id = NEW.return_line_id)
 AND (SELECT l.item_price_minor FROM return_line r JOIN order_line l ON l.id = r.order_line_id
  WHERE r.id = NEW.return_line_id) IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'refund is more than was paid'); END"""

TRIGGERS = (
    OPERATION_SEALED,
    _refuse("operation", "DELETE"),
    *(_refuse(table, verb) for table in APPEND_ONLY for verb in ("UPDATE", "DELETE")),
    MOVEMENT_LEVELS,
    LINE_INSERTED,
    LINE_UNITS,
    LINE_ALLOCATED,
    LINE_SHIPPED,
    LINE_CANCELED,
    RETURN_OPENED,
    RETURN_MOVED,
    REFUND_CAPPED,
    REFUNDED,
)

for _statement in TRIGGERS:
    _trigger = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
    event.listen(Base.metadata, "after_create", _trigger)
