"""Triggers, the laws of the data that a CHECK alone cannot hold, and views.

They are attached to the metadata, so that creating the tables from the models creates them too; a test
compares the result with what the migrations make. Those of purchasing are in ``purchase_ddl.py``.
"""

from sqlalchemy import DDL, event

from ordercli.models.base import Base

APPEND_ONLY = (
    "stock_movement",
    "layer_use",
    "order_event",
    "cancellation",
    "setting",
    "return_step",
    "return_event",
    "refund",
    "replacement",
    "feedback",
    "claim",
    "stock_count",
    "stock_count_line",
    "order_line_component",
    "fba_statement",
    "fba_statement_line",
    "fba_ledger_event",
    "shipment_event",
    "shipment_fix",
    "upload_item",
    "upload_failure",
    "line_pick",
    "packing",
    "packing_line",
    "count_question",
    "settlement",
    "settlement_entry",
    "message_event",
    "question",
    "answer",
    "performance_statement",
    "performance_line",
    "improvement",
    "improvement_end",
    "fba_advice",
    "fba_advice_line",
)


def refuse(table: str, verb: str) -> str:
    """The trigger that keeps rows of a table as they are (``UPDATE``) or where they are (``DELETE``)."""
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

KIT_STOCK = """CREATE TRIGGER stock_movement_not_of_kit BEFORE INSERT ON stock_movement
WHEN (SELECT is_kit FROM product WHERE id = NEW.product_id)
BEGIN SELECT RAISE(ABORT, 'a kit has no stock of its own'); END"""

KIT_WITHOUT_STOCK = """CREATE TRIGGER product_kit_without_stock BEFORE UPDATE OF is_kit ON product
WHEN NEW.is_kit > OLD.is_kit AND EXISTS (SELECT 1 FROM stock_movement m WHERE m.product_id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'a product that had stock cannot become a kit'); END"""

LINE_SHIPPED = """CREATE TRIGGER shipment_line_inserted AFTER INSERT ON shipment_line
BEGIN
 UPDATE order_line SET quantity_shipped = quantity_shipped + NEW.quantity,
  quantity_allocated = min(quantity_allocated, quantity - quantity_canceled - quantity_shipped - NEW.quantity),
  quantity_picked = min(quantity_picked, quantity - quantity_canceled - quantity_shipped - NEW.quantity)
  WHERE id = NEW.order_line_id;
 INSERT INTO daily_sales (product_id, day, units) SELECT NEW.product_id, NEW.sold_on, NEW.quantity
  WHERE (SELECT is_assembled FROM order_line WHERE id = NEW.order_line_id) = 0
  ON CONFLICT (product_id, day) DO UPDATE SET units = units + excluded.units;
END"""

PARTS_SHIPPED = """CREATE TRIGGER shipment_line_parts AFTER INSERT ON shipment_line
WHEN (SELECT is_assembled FROM order_line WHERE id = NEW.order_line_id)
BEGIN
 INSERT INTO shipment_component (shipment_line_id, product_id, quantity)
  SELECT NEW.id, c.product_id, c.quantity * NEW.quantity FROM order_line_component c
  WHERE c.order_line_id = NEW.order_line_id;
 INSERT INTO daily_sales (product_id, day, units)
  SELECT c.product_id, NEW.sold_on, c.quantity * NEW.quantity FROM order_line_component c
  WHERE c.order_line_id = NEW.order_line_id
  ON CONFLICT (product_id, day) DO UPDATE SET units = units + excluded.units;
END"""

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
WHEN OLD.status = 'void' AND NEW.status <> 'void'
BEGIN SELECT RAISE(ABORT, 'a void parcel stays void'); END"""

LINE_CANCELED = """CREATE TRIGGER cancellation_inserted AFTER INSERT ON cancellation
BEGIN
 UPDATE order_line SET quantity_canceled = quantity_canceled + NEW.quantity,
  quantity_allocated = min(quantity_allocated, quantity - quantity_shipped - quantity_canceled - NEW.quantity),
  quantity_picked = min(quantity_picked, quantity - quantity_shipped - quantity_canceled - NEW.quantity)
  WHERE id = NEW.order_line_id;
END"""

LINE_PICKED = """CREATE TRIGGER line_pick_inserted AFTER INSERT ON line_pick
BEGIN
 UPDATE order_line SET quantity_picked = quantity_picked + NEW.quantity WHERE id = NEW.order_line_id;
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
 UPDATE return_line SET quantity_settled = quantity_settled + NEW.quantity WHERE id = NEW.return_line_id;
 UPDATE return_authorization SET refunded_minor = refunded_minor + NEW.amount_minor,
  units_settled = units_settled + NEW.quantity
  WHERE id = (SELECT return_authorization_id FROM return_line WHERE id = NEW.return_line_id);
 UPDATE order_line SET refunded_minor = refunded_minor + NEW.amount_minor
  WHERE id = (SELECT order_line_id FROM return_line WHERE id = NEW.return_line_id);
END"""

RETURN_STEPPED = """CREATE TRIGGER return_step_inserted AFTER INSERT ON return_step
BEGIN
 UPDATE return_authorization SET
  requested_at = iif(NEW.kind = 'requested', min(coalesce(requested_at, NEW.occurred_at), NEW.occurred_at),
   requested_at),
  answered_at = iif(NEW.kind IN ('authorized', 'declined'),
   min(coalesce(answered_at, NEW.occurred_at), NEW.occurred_at), answered_at),
  is_declined = CASE NEW.kind WHEN 'declined' THEN 1 WHEN 'authorized' THEN 0 ELSE is_declined END,
  closed_at = iif(NEW.kind = 'closed', coalesce(closed_at, NEW.occurred_at), closed_at)
  WHERE id = NEW.return_authorization_id;
END"""

REPLACED = """CREATE TRIGGER replacement_inserted AFTER INSERT ON replacement
BEGIN
 UPDATE return_line SET quantity_replaced = quantity_replaced + NEW.quantity WHERE id = NEW.return_line_id;
 UPDATE return_authorization SET units_replaced = units_replaced + NEW.quantity
  WHERE id = (SELECT return_authorization_id FROM return_line WHERE id = NEW.return_line_id);
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

MESSAGE_FIXED = """CREATE TRIGGER message_fixed BEFORE UPDATE ON message
WHEN NEW.id <> OLD.id OR NEW.sales_order_id <> OLD.sales_order_id OR NEW.kind <> OLD.kind
 OR NEW.occasion <> OLD.occasion OR NEW.language <> OLD.language OR NEW.details IS NOT OLD.details
 OR NEW.intended_at <> OLD.intended_at OR NEW.operation_id <> OLD.operation_id
BEGIN SELECT RAISE(ABORT, 'message is append-only'); END"""

MESSAGE_FOLLOWS = """CREATE TRIGGER message_event_follows BEFORE INSERT ON message_event
WHEN NOT EXISTS (SELECT 1 FROM message WHERE id = NEW.message_id AND CASE state
 WHEN 'unknown' THEN NEW.state IN ('sent', 'failed', 'refused')
 WHEN 'refused' THEN NEW.state = 'failed'
 WHEN 'sent' THEN 0
 ELSE NEW.state = 'unknown' END)
BEGIN SELECT RAISE(ABORT, 'a message does not become that now'); END"""

MESSAGE_STATE = """CREATE TRIGGER message_event_inserted AFTER INSERT ON message_event
BEGIN
 UPDATE message SET state = NEW.state WHERE id = NEW.message_id;
END"""

_ORDER_COUNTED = """INSERT INTO hourly_sum (kind, channel, hour, counted)
  VALUES (NEW.fulfillment, NEW.channel, substr(NEW.ordered_at, 1, 13), 1)
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = counted + 1;"""

ORDER_COUNTED = f"""CREATE TRIGGER sales_order_counted AFTER INSERT ON sales_order
BEGIN
 {_ORDER_COUNTED}
END"""

ORDER_COUNTED_ANEW = f"""CREATE TRIGGER sales_order_counted_anew
AFTER UPDATE OF channel, fulfillment, ordered_at ON sales_order
WHEN NEW.channel <> OLD.channel OR NEW.fulfillment <> OLD.fulfillment OR NEW.ordered_at <> OLD.ordered_at
BEGIN
 UPDATE hourly_sum SET counted = counted - 1 WHERE kind = OLD.fulfillment AND channel = OLD.channel
  AND hour = substr(OLD.ordered_at, 1, 13);
 {_ORDER_COUNTED}
END"""

_SUMMED = (
    ("due", "ship_by", "1", "{row}.confirmed_at > {row}.ship_by"),
    ("tracking", "promised_by", "{row}.parcels", "{row}.parcels - {row}.parcels_tracked"),
    ("delivery", "promised_by", "{row}.units_followed", "{row}.units_followed - {row}.units_on_time"),
)
"""What ``hourly_sum`` has of confirmed orders: kind, the column that dates it, what counts, what is a defect."""

CONFIRMED_COUNTED = (
    "CREATE TRIGGER confirmed_order_counted AFTER INSERT ON confirmed_order\nBEGIN"
    + "".join(
        f"""
 INSERT INTO hourly_sum (kind, channel, hour, counted, defects)
  SELECT '{kind}', NEW.channel, substr(NEW.{dated}, 1, 13), {counted}, {defects}
  WHERE NEW.{dated} IS NOT NULL AND {counted} > 0
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = counted + excluded.counted,
   defects = defects + excluded.defects;"""
        for kind, dated, counted, defects in _SUMMED
    ).format(row="NEW")
    + "\nEND"
)

CONFIRMED_UNCOUNTED = (
    "CREATE TRIGGER confirmed_order_uncounted AFTER DELETE ON confirmed_order\nBEGIN"
    + "".join(
        f"""
 UPDATE hourly_sum SET counted = counted - {counted}, defects = defects - ({defects})
  WHERE kind = '{kind}' AND channel = OLD.channel AND hour = substr(OLD.{dated}, 1, 13);"""
        for kind, dated, counted, defects in _SUMMED
    ).format(row="OLD")
    + "\nEND"
)


def _confirmed_anew(name: str, when: str, order: str) -> str:
    """A trigger that brings one order's row of ``confirmed_order`` up to date."""
    return f"""CREATE TRIGGER {name} AFTER {when}
BEGIN
 DELETE FROM confirmed_order WHERE sales_order_id = {order};
 INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, parcels,
  parcels_tracked, units_followed, units_on_time)
  SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, parcels, parcels_tracked, units_followed,
   units_on_time FROM confirmed_order_now WHERE sales_order_id = {order};
END"""


PARCEL_CONFIRMED = _confirmed_anew(
    "shipment_confirmed",
    "INSERT ON shipment\nWHEN NEW.confirmed_at IS NOT NULL",
    "NEW.sales_order_id",
)

PARCEL_CHANGED = _confirmed_anew(
    "shipment_changed",
    """UPDATE OF confirmed_at, status, carrier, tracking_number, delivered_at ON shipment
WHEN NEW.confirmed_at IS NOT NULL OR OLD.confirmed_at IS NOT NULL""",
    "NEW.sales_order_id",
)

PARCEL_FILLED = _confirmed_anew(
    "shipment_line_followed",
    """INSERT ON shipment_line
WHEN (SELECT confirmed_at IS NOT NULL AND status <> 'shipped' FROM shipment WHERE id = NEW.shipment_id)""",
    "(SELECT sales_order_id FROM shipment WHERE id = NEW.shipment_id)",
)

PROMISE_CHANGED = _confirmed_anew(
    "sales_order_promised_anew",
    """UPDATE OF channel, fulfillment, ship_by, deliver_by ON sales_order
WHEN NEW.channel <> OLD.channel OR NEW.fulfillment <> OLD.fulfillment OR NEW.ship_by IS NOT OLD.ship_by
 OR NEW.deliver_by IS NOT OLD.deliver_by""",
    "NEW.id",
)

TRIGGERS = (
    OPERATION_SEALED,
    refuse("operation", "DELETE"),
    *(refuse(table, verb) for table in APPEND_ONLY for verb in ("UPDATE", "DELETE")),
    MOVEMENT_LEVELS,
    LINE_INSERTED,
    LINE_UNITS,
    LINE_ALLOCATED,
    PARTS_ALLOCATED,
    LINE_ASSEMBLED,
    LINE_EXPLODED,
    KIT_STOCK,
    KIT_WITHOUT_STOCK,
    LINE_SHIPPED,
    PARTS_SHIPPED,
    NEWS,
    VOIDED,
    VOID_STAYS,
    LINE_CANCELED,
    LINE_PICKED,
    RETURN_OPENED,
    RETURN_MOVED,
    RETURN_STEPPED,
    REFUND_CAPPED,
    REFUNDED,
    REPLACED,
    refuse("message", "DELETE"),
    MESSAGE_FIXED,
    MESSAGE_FOLLOWS,
    MESSAGE_STATE,
    ORDER_COUNTED,
    ORDER_COUNTED_ANEW,
    CONFIRMED_COUNTED,
    CONFIRMED_UNCOUNTED,
    PARCEL_CONFIRMED,
    PARCEL_CHANGED,
    PARCEL_FILLED,
    PROMISE_CHANGED,
)

SHIPPED_UNITS = """CREATE VIEW shipped_unit AS
SELECT s.id AS shipment_line_id, s.shipment_id, s.order_line_id, s.sold_on,
 coalesce(c.product_id, s.product_id) AS product_id, coalesce(c.quantity, s.quantity) AS quantity,
 CASE WHEN c.product_id IS NULL THEN s.movement_id ELSE c.movement_id END AS movement_id,
 c.product_id IS NOT NULL AS is_part
FROM shipment_line s LEFT JOIN shipment_component c ON c.shipment_line_id = s.id"""
"""What lay in parcels as units of stock: kits and packs taken apart. A row a line of a parcel and product."""

SHIPMENT_NEWS = """CREATE VIEW shipment_news AS
SELECT e.id, e.shipment_id, e.operation_id, e.status, e.occurred_at, e.detail FROM shipment_event e
WHERE +e.withdraws IS NULL AND NOT EXISTS (SELECT 1 FROM shipment_event w WHERE w.withdraws = e.id)"""
"""What holds of the events of parcels: those that no later one took back.

The plus keeps SQLite from looking for a parcel's events among all that take nothing back, which are nearly all.
"""

RETURN_DATES = """CREATE VIEW return_dates AS
SELECT r.id AS return_line_id, r.return_authorization_id, o.channel, o.ordered_at, o.deliver_by,
 (SELECT max(h.shipped_on) FROM shipment_line s JOIN shipment h ON h.id = s.shipment_id AND h.status <> 'void'
  WHERE s.order_line_id = r.order_line_id) AS shipped_on,
 l.channel_shipped_at,
 (SELECT max(h.delivered_at) FROM shipment_line s JOIN shipment h ON h.id = s.shipment_id AND h.status <> 'void'
  WHERE s.order_line_id = r.order_line_id) AS delivered_at,
 a.requested_at,
 (SELECT min(e.occurred_at) FROM return_event e WHERE e.return_line_id = r.id AND e.disposition IS NULL)
  AS received_at,
 a.delivered_on
FROM return_line r
JOIN return_authorization a ON a.id = r.return_authorization_id
JOIN sales_order o ON o.id = a.sales_order_id
JOIN order_line l ON l.id = r.order_line_id"""
"""When things happened to a returned line; lateness and deadlines follow (``domain/returns/return_terms.py``)."""

OPEN_QUESTIONS = """CREATE VIEW open_question AS
SELECT q.id, q.product_id, q.location, q.quantity, q.sales_order_id, q.asked_at, q.operation_id
FROM count_question q WHERE NOT EXISTS (
 SELECT 1 FROM stock_count_line l JOIN stock_count c ON c.id = l.stock_count_id
 WHERE l.product_id = q.product_id AND c.location = q.location AND c.counted_at >= q.asked_at
  AND c.operation_id > q.operation_id)"""
"""Questions that no count has answered yet."""

PACKED_UNITS = """CREATE VIEW packed_unit AS
SELECT k.order_line_id, max(p.packed_at) AS packed_at,
 min(max(max(k.units_before + k.quantity) - l.quantity_shipped, 0), l.quantity_picked) AS quantity
FROM packing_line k JOIN packing p ON p.id = k.packing_id JOIN order_line l ON l.id = k.order_line_id
WHERE l.quantity_picked > 0 AND NOT EXISTS (SELECT 1 FROM line_pick t
 WHERE t.order_line_id = l.id AND t.quantity < 0 AND t.operation_id > p.operation_id)
GROUP BY k.order_line_id"""
"""Units of lines that are packed and have not left yet. A line unpicked since is packed anew."""

CONFIRMED_ORDERS = """CREATE VIEW confirmed_order_now AS
SELECT o.id AS sales_order_id, o.channel, o.ship_by, coalesce(o.deliver_by, o.ship_by) AS promised_by,
 max(s.confirmed_at) AS confirmed_at, count(*) AS parcels,
 count(*) FILTER (WHERE s.carrier IS NOT NULL AND s.tracking_number IS NOT NULL
  AND coalesce(s.delivered_at >= s.confirmed_at, 1)
  AND coalesce(julianday(s.delivered_at) < julianday(coalesce(o.deliver_by, o.ship_by)) + 17, 1))
  AS parcels_tracked,
 coalesce(sum((SELECT sum(l.quantity) FROM shipment_line l WHERE l.shipment_id = s.id))
  FILTER (WHERE o.deliver_by IS NOT NULL AND s.tracking_number IS NOT NULL AND s.status <> 'shipped'), 0)
  AS units_followed,
 coalesce(sum((SELECT sum(l.quantity) FROM shipment_line l WHERE l.shipment_id = s.id))
  FILTER (WHERE o.deliver_by IS NOT NULL AND s.tracking_number IS NOT NULL AND s.status <> 'shipped'
   AND s.delivered_at BETWEEN s.confirmed_at AND o.deliver_by), 0) AS units_on_time
FROM sales_order o JOIN shipment s ON s.sales_order_id = o.id AND s.status <> 'void' AND s.confirmed_at IS NOT NULL
WHERE o.fulfillment = 'FBM' GROUP BY o.id"""
"""What ``confirmed_order`` is to hold; the triggers copy an order's row from here.

A tracking number told after the delivery is not valid, nor one whose parcel came 17 days after the promise.
Source: Amazon, "Valid tracking rate" (G201817070) and "On-time delivery" (200847280), read 2026-03.
"""

for _statement in (
    SHIPPED_UNITS,
    SHIPMENT_NEWS,
    RETURN_DATES,
    OPEN_QUESTIONS,
    PACKED_UNITS,
    CONFIRMED_ORDERS,
    *TRIGGERS,
):
    _trigger = DDL(_statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
    event.listen(Base.metadata, "after_create", _trigger)
