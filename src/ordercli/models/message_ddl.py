"""Triggers of messages: one is written once and goes the way from draft to sent."""

MESSAGE_FIXED = """CREATE TRIGGER message_fixed BEFORE UPDATE ON message
WHEN NEW.id <> OLD.id OR NEW.sales_order_id <> OLD.sales_order_id OR NEW.kind <> OLD.kind
 OR NEW.occasion <> OLD.occasion OR NEW.language <> OLD.language OR NEW.details IS DISTINCT FROM OLD.details
 OR NEW.intended_at <> OLD.intended_at OR NEW.operation_id <> OLD.operation_id
BEGIN SELECT RAISE(ABORT, 'message is append-only'); END"""

MESSAGE_FOLLOWS = """CREATE TRIGGER message_event_follows BEFORE INSERT ON message_event
WHEN NOT EXISTS (SELECT 1 FROM message WHERE id = NEW.message_id AND CASE state
 WHEN 'unknown' THEN NEW.state IN ('sent', 'failed', 'refused')
 WHEN 'refused' THEN NEW.state = 'failed'
 ELSE state <> 'sent' AND NEW.state = 'unknown' END)
BEGIN SELECT RAISE(ABORT, 'a message does not become that now'); END"""

MESSAGE_STATE = """CREATE TRIGGER message_event_inserted AFTER INSERT ON message_event
BEGIN
 UPDATE message SET state = NEW.state WHERE id = NEW.message_id;
END"""
