"""The triggers of the journal, made from the mapping: what an operation changes in a row of a table of states."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, MetaData, Table, event

from ordercli.models.base import Base
from ordercli.models.ddl import APPEND_ONLY
from ordercli.models.reversal import KINDS, Reversal
from ordercli.models.reversal import OWNERS as ALL_OWNERS

DERIVED = frozenset(
    {
        "confirmed_order",
        "cost_layer",
        "daily_demand",
        "daily_sales",
        "hourly_sum",
        "stock_level",
        "stockout",
    }
)
"""Sums of facts, kept in the transaction that writes them; laws prove them, they have no history of their own."""

UNCHANGING = frozenset({"operation", "personal_data", "purchase_cancellation", "purchase_receipt"})
"""Rows that stay as they were written, for reasons of their own; of personal data a change is another version, and
erasing it leaves no image."""

OUTSIDE = frozenset({"backup_copy", "backup_folder", "written_file"})
"""What is about files and not about the shop; no operation writes it (``services/copies.py``)."""

OWNERS = {table: column for table, column in ALL_OWNERS.items() if KINDS[table] is Reversal.STATE}
"""Tables whose rows carry no operation: they are made with the row that this column names, or come to it later."""

BESIDE = frozenset({("erasure", "finished_at"), ("upload_file", "state")})
"""What changes outside operations: that a file has left the house, and that erased bytes are gone from all files,
is known only after the operation's end."""

REMOVABLE = frozenset(
    {
        "channel",
        "kit_component",
        "line_text",
        "listing",
        "order_line",
        "order_tag",
        "price_break",
        "product",
        "purchase",
        "purchase_line",
        "shipment",
        "shipment_component",
        "shipment_line",
        "supplier",
        "supplier_product",
    }
)
"""Tables of which a command may remove rows; of the others none is ever removed."""

RUNNING = """CREATE VIEW running AS SELECT id AS operation_id FROM operation
WHERE id = (SELECT max(id) FROM operation) AND summary IS NULL"""
"""The operation that is going on; no row if none is, as in an upgrade."""


UNDOING = """CREATE VIEW undoing AS SELECT r.operation_id FROM running r
WHERE EXISTS (SELECT 1 FROM undone_operation u WHERE u.operation_id = r.operation_id)"""
"""The same, if it takes back others: rows that they made may leave then, into the journal."""


def journaled(metadata: MetaData) -> list[Table]:
    """The tables of states, whose changes are kept."""
    apart = {*APPEND_ONLY, *DERIVED, *OUTSIDE, *UNCHANGING}
    return [table for table in metadata.sorted_tables if table.name not in apart]


def made_by(table: Table, row: str) -> str:
    """SQL of the operation that made a row, or the row it belongs to."""
    if "operation_id" in table.c:
        return f"coalesce({row}.operation_id, 0)" if table.c.operation_id.nullable else f"{row}.operation_id"
    column = table.c[OWNERS[table.name]]
    (key,) = column.foreign_keys
    owner = key.column.table
    return f"(SELECT {made_by(owner, owner.name)} FROM {owner.name} WHERE id = {row}.{column.name})"


def _trigger(table: Table, verb: str, when: str, columns: Sequence[str]) -> str:
    row = "OLD" if verb == "delete" else "NEW"
    old, new = ("NULL" if verb == "insert" else "OLD.{}"), ("NULL" if verb == "delete" else "NEW.{}")
    # The first row names the columns, which would be called as those of a row are.
    values = "(0,0,0)," + ",".join(f"('{name}',{old.format(name)},{new.format(name)})" for name in columns)
    key = "||' '||".join(f"{row}.{column.name}" for column in table.primary_key)
    return f"""CREATE TRIGGER {table.name}_journal_{verb} AFTER {verb.upper()} ON {table.name}
WHEN {when} < (SELECT operation_id FROM running)
BEGIN
 INSERT INTO row_change SELECT NULL, operation_id, '{table.name}', {key}, '{verb}', v.*
  FROM running JOIN (VALUES {values}) v WHERE column2 IS NOT column3;
END"""


def journal_triggers(metadata: MetaData) -> Iterator[str]:
    """The triggers of every table of states."""
    for table in journaled(metadata):
        stored = [column for column in table.columns if column.computed is None]
        kept = [
            column.name for column in stored if not column.primary_key and (table.name, column.name) not in BESIDE
        ]
        names = [column.name for column in stored]
        if kept:
            yield _trigger(table, "update", made_by(table, "OLD"), kept)
        if table.name in REMOVABLE:
            yield _trigger(table, "delete", f"coalesce({made_by(table, 'OLD')}, 0)", names)
        if table.name in OWNERS:
            yield _trigger(table, "insert", made_by(table, "NEW"), names)


def _create(target: MetaData, connection: Connection, **_: object) -> None:
    for trigger in (RUNNING, UNDOING, *journal_triggers(target)):
        connection.exec_driver_sql(trigger)


event.listen(Base.metadata, "after_create", _create)
