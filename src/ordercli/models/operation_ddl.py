"""Trigger of operations: once summed up, one stays as it is."""

OPERATION_SEALED = """CREATE TRIGGER operation_sealed BEFORE UPDATE ON operation
WHEN OLD.summary IS NOT NULL OR NEW.id <> OLD.id OR NEW.recorded_at <> OLD.recorded_at
 OR NEW.actor <> OLD.actor OR NEW.command <> OLD.command OR NEW.words IS DISTINCT FROM OLD.words
BEGIN SELECT RAISE(ABORT, 'operation is append-only'); END"""
