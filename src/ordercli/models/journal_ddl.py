"""The triggers of the journal, made from the mapping: they keep states as an operation found them.

What became of it is looked at once, when the operation is sealed (``services/journal.py``). Every start of every
command reads the text of these triggers, so they say no more than they must.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, MetaData, Table, event

from ordercli.domain.journal import BESIDE, literals_sql
from ordercli.models.base import Base
from ordercli.models.bulk import ROW_BY_ROW, WRITTEN_SO
from ordercli.models.ddl import APPEND_ONLY
from ordercli.models.reversal import KINDS, Reversal
from ordercli.models.reversal import OWNERS as ALL_OWNERS

DERIVED = frozenset(
    {
        "confirmed_order",
        "cost_layer",
        "counted_day",
        "daily_demand",
        "daily_sales",
        "day_place_sum",
        "day_product_sum",
        "day_profit_sum",
        "hourly_sum",
        "stock_level",
        "stockout",
    }
)
"""Sums of facts, kept in the transaction that writes them; laws prove them, they have no history of their own."""

UNCHANGING = frozenset({"operation", "personal_data", "purchase_cancellation", "purchase_receipt"})
"""Rows that stay as they were written, for reasons of their own; of personal data a change is another version, and
erasing it leaves no image."""

OUTSIDE = frozenset(
    {"amazon_allowance", "amazon_call", "backup_copy", "backup_folder", "bulk_write", "row_before", "written_file"}
)
"""What is about files, or calls of a server, and not about the shop, which no operation writes, and the notes of
the journal itself."""

OWNERS = {table: column for table, column in ALL_OWNERS.items() if KINDS[table] is Reversal.STATE}
"""Tables whose rows carry no operation: they are made with the row that this column names, or come to it later."""

REMOVABLE = frozenset(
    {
        "channel",
        "kit_component",
        "line_text",
        "listing",
        "order_field_value",
        "order_line",
        "order_line_component",
        "order_tag",
        "own_field",
        "price_break",
        "product",
        "product_field_value",
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


def _trigger(table: Table, verb: str, columns: Sequence[Column[Any]]) -> str:
    row, when = ("NEW", "AFTER") if verb == "insert" else ("OLD", "BEFORE")
    key = "||' '||".join(f"{row}.{column.name}" for column in table.primary_key)
    # Of a row that is removed after the one it belongs to nobody knows who made it.
    maker = f"coalesce({made_by(table, row)},0)" if verb == "delete" else made_by(table, row)
    binary = [column.name for column in columns if isinstance(column.type, LargeBinary)]
    image = "NULL" if verb == "insert" else literals_sql([column.name for column in columns], row, binary=binary)
    guard = f" WHEN {ROW_BY_ROW}" if verb == "insert" and table.name in WRITTEN_SO else ""
    return f"""CREATE TRIGGER {table.name}_journal_{verb} {when} {verb.upper()} ON {table.name}{guard} BEGIN
INSERT INTO row_before SELECT NULL,'{table.name}',{key},'{verb}',{image} FROM running
WHERE operation_id>{maker};
END"""


def journal_triggers(metadata: MetaData) -> Iterator[str]:
    """The triggers of every table of states."""
    for table in journaled(metadata):
        columns = [column for column in table.columns if column.computed is None]
        if any(not column.primary_key and (table.name, column.name) not in BESIDE for column in columns):
            yield _trigger(table, "update", columns)
        if table.name in REMOVABLE:
            yield _trigger(table, "delete", columns)
        if table.name in OWNERS:
            yield _trigger(table, "insert", columns)


def _create(target: MetaData, connection: Connection, **_: object) -> None:
    for trigger in (RUNNING, UNDOING, *journal_triggers(target)):
        connection.exec_driver_sql(trigger)


event.listen(Base.metadata, "after_create", _create)
