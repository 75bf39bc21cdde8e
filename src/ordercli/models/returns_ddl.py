"""Triggers and views of returns: where units are, what was refunded, when things happened."""

from ordercli.domain.shares import total_of

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
 UPDATE order_line SET refunded_minor = refunded_minor + NEW.amount_minor WHERE id = NEW.order_line_id;
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

REFUND_CAPPED = f"""CREATE TRIGGER refund_within_paid BEFORE INSERT ON refund
WHEN NEW.amount_minor > 0 AND EXISTS (SELECT 1 FROM order_line l
 WHERE l.id = NEW.order_line_id AND l.item_price_minor IS NOT NULL
 AND NEW.amount_minor > max({total_of("l.quantity_shipped")}, 0) - l.refunded_minor)
BEGIN SELECT RAISE(ABORT, 'refund is more than was paid'); END"""
"""Per order line: no more than its sent units cost."""

REFUND_OF_UNITS = f"""CREATE TRIGGER refund_within_units BEFORE INSERT ON refund
WHEN NEW.amount_minor > 0 AND EXISTS (SELECT 1 FROM return_line r JOIN order_line l ON l.id = r.order_line_id
 WHERE r.id = NEW.return_line_id AND l.item_price_minor IS NOT NULL
 AND NEW.amount_minor + (SELECT coalesce(sum(f.amount_minor), 0) FROM refund f WHERE f.return_line_id = r.id)
  > max({total_of("r.quantity")}, 0) + r.quantity)
BEGIN SELECT RAISE(ABORT, 'refund is more than the units cost'); END"""
"""Per return line: no more than its units cost, to the minor unit that each of them may have more by rounding."""

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
