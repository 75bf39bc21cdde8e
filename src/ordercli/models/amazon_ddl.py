"""Triggers of the calls to Amazon: whether an operation has recorded what came of one."""

CALL_RECORDED = """CREATE TRIGGER amazon_call_recorded AFTER INSERT ON upload_item
WHEN NEW.amazon_call_id IS NOT NULL
BEGIN UPDATE amazon_call SET is_open = 0 WHERE id = NEW.amazon_call_id; END"""

CALL_OPENED = """CREATE TRIGGER amazon_call_opened AFTER DELETE ON upload_item
WHEN OLD.amazon_call_id IS NOT NULL
BEGIN UPDATE amazon_call SET is_open = 1 WHERE id = OLD.amazon_call_id; END"""
