"""What an operation did, row by row: which rows it made, changed and removed.

Rows that it made are found by its number, or by the row they belong to; the rest is in the journal. The temporary
table ``leaving`` has the keys of made rows, as the journal writes keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from ordercli.db import driver_of
from ordercli.domain.journal import read_image
from ordercli.domain.undos import Undos
from ordercli.driver import Driver
from ordercli.models.reversal import KINDS, PROMISES, Reversal
from ordercli.services.safety.standing import standing_in
from ordercli.services.safety.tables import JournaledTable, Schema

RowKey = tuple[str, str]
"""A table, and a row's key as the journal writes it."""
RowValues = dict[str, Any]

KEYS = "SELECT key FROM temp.leaving WHERE table_name = '{table}'"

_CREATE = """
CREATE TEMP TABLE IF NOT EXISTS leaving (table_name TEXT, key TEXT, PRIMARY KEY (table_name, key)) WITHOUT ROWID"""

_BY_NUMBER = """
INSERT OR IGNORE INTO temp.leaving SELECT '{table}', {key} FROM {table} r
WHERE r.operation_id = :operation AND NOT EXISTS (SELECT 1 FROM row_change c WHERE c.operation_id = :operation
  AND c.table_name = '{table}' AND c.row_key = CAST({key} AS TEXT) AND c.verb = 'update')"""

_APART = "INSERT OR IGNORE INTO temp.leaving SELECT '{table}', {key} FROM {table} r {where}"

_BY_OWNER = "INSERT OR IGNORE INTO temp.leaving SELECT '{table}', {key} FROM {table} r WHERE {owners}"

_INSERTED_LATER = """
SELECT l.key FROM temp.leaving l WHERE l.table_name = :table AND EXISTS (SELECT 1 FROM row_change c
  WHERE c.table_name = :table AND c.row_key = CAST(l.key AS TEXT) AND c.verb = 'insert'
    AND c.operation_id > :operation)"""

_LIVES = """
SELECT verb, operation_id FROM row_change
WHERE table_name = :table AND row_key = :key AND verb IN ('insert', 'delete') ORDER BY id DESC"""

_STAYS = "DELETE FROM temp.leaving WHERE table_name = :table AND key = :key"

_BY_JOURNAL = """
INSERT OR IGNORE INTO temp.leaving SELECT '{table}', {key} FROM {table} r WHERE CAST({key} AS TEXT) IN (
  SELECT c.row_key FROM row_change c
  WHERE c.operation_id = :operation AND c.table_name = '{table}' AND c.verb = 'insert')"""

# Lines of earlier orders get their parts when their product becomes a kit.
_PARTS = """
INSERT OR IGNORE INTO temp.leaving
SELECT 'order_line_component', r.order_line_id || ' ' || r.product_id FROM order_line_component r
WHERE r.order_line_id IN (SELECT CAST(c.row_key AS INTEGER) FROM row_change c WHERE c.operation_id = :operation
  AND c.table_name = 'order_line' AND c.verb = 'update' AND c.new ->> 'is_assembled' = 1)"""

_TABLES = "SELECT DISTINCT table_name FROM row_change WHERE operation_id = :operation AND verb = 'insert'"

ENTRIES = """
SELECT table_name, row_key, verb, old, new FROM row_change
WHERE operation_id = :operation ORDER BY id"""

_WORDS_LAST = 1 << 63
_MOST_DIGITS = 18


@dataclass
class Deed:
    """What an operation did to rows that were there before it.

    Attributes:
        operation: its number.
        old, new: of each row that it changed, what each column was before it and after it.
        gone: rows that it removed, as they were.
    """

    operation: int
    old: dict[RowKey, RowValues] = field(default_factory=dict)
    new: dict[RowKey, RowValues] = field(default_factory=dict)
    gone: dict[RowKey, RowValues] = field(default_factory=dict)

    @property
    def columns(self) -> Iterator[tuple[str, str, str]]:
        """Table, key and column of everything that it changed, promises apart."""
        for (table, key), values in self.old.items():
            yield from ((table, key, column) for column in values if column not in PROMISES.get(table, ()))


def done_by(connection: Connection, operation: int) -> Deed:
    """Read from the journal what an operation changed and removed, in one order.

    Tables come as the operation first touched them, rows of a table by their keys: rows of one statement stand in
    the journal as the engine came upon them, and what is said of them is to be the same everywhere.
    """
    done, made = Deed(operation), dict[RowKey, None]()
    is_there: dict[RowKey, bool] = {}
    removed: dict[RowKey, RowValues] = {}
    for table, row, verb, before, after in driver_of(connection).execute(ENTRIES, {"operation": operation}):
        key = (table, row)
        if verb == "insert" and key not in is_there:
            made[key] = None
        is_there[key] = verb != "delete"
        if verb == "insert":
            continue
        old = read_image(before)
        done.old[key] = old | done.old.get(key, {})
        done.new[key] = done.new.get(key, {}) | (read_image(after) if after else dict.fromkeys(old))
        if verb == "delete":
            removed.setdefault(key, {})
    turn = {table: place for place, table in enumerate(dict.fromkeys(table for table, _ in is_there))}
    for key in (*made, *removed):
        first = done.old.pop(key, {})
        done.new.pop(key, None)
        if key not in made:
            done.gone[key] = first
    for rows in (done.old, done.new, done.gone):
        for key in sorted(rows, key=lambda key: (turn[key[0]], key_parts(key[1]))):
            rows[key] = rows.pop(key)
    return done


def key_parts(key: str) -> list[tuple[int, str]]:
    """A key as keys are compared: numbers by what they are, before words, as is what is too long for a number."""
    return [
        (int(part), "") if part.isdecimal() and len(part) <= _MOST_DIGITS else (_WORDS_LAST, part)
        for part in key.split(" ")
    ]


def find_leaving(connection: Connection, schema: Schema, operation: int) -> None:
    """Fill ``leaving`` with the rows that an operation made."""
    driver, standing = driver_of(connection), standing_in(connection)
    driver.execute(_CREATE)
    driver.execute("DELETE FROM temp.leaving")
    values = {"operation": operation}
    journaled = {table for (table,) in driver.execute(_TABLES, values)}
    for table in schema.parents_first:
        for statement in _finding(schema, table, is_journaled=table.name in journaled):
            driver.execute(statement, values)
        if table.owner is not None:
            _leave_later_ones(driver, standing, table.name, operation)
    driver.execute(_PARTS, values)


def _finding(schema: Schema, table: JournaledTable, *, is_journaled: bool) -> Iterator[str]:
    kind = KINDS[table.name]
    if not kind.may_leave or (kind is Reversal.FOLLOWS and table.owner is None):
        return
    names = {"table": table.name, "key": table.key_sql("r")}
    owner = schema.owner_of(table)
    if owner is not None:
        owners = f"r.{table.owner} IN ({_ids(owner.name)})"
        yield _BY_OWNER.format(**names, owners=owners)
    else:
        apart = _only_with(kind)
        yield _APART.format(**names, where=apart) if apart else _BY_NUMBER.format(**names)
    if is_journaled:
        yield _BY_JOURNAL.format(**names)


def _leave_later_ones(driver: Driver, standing: Undos, table: str, operation: int) -> None:
    """Take rows that came to their owner later out of ``leaving``."""
    of = {"table": table, "operation": operation}
    for (key,) in driver.execute(_INSERTED_LATER, of).fetchall():
        row = {"table": table, "key": str(key)}
        if standing.began_after(operation, driver.execute(_LIVES, row).fetchall()):
            driver.execute(_STAYS, row)


def _only_with(kind: Reversal) -> str:
    """Movements stay, and are compensated, unless their product leaves; statements unless their order does.

    What belongs to commands undone before is part of that: nothing in force stands on it.
    """
    if kind is Reversal.COMPENSATED:
        return f"WHERE r.product_id IN ({_ids('product')})"
    if kind is Reversal.WITHDRAWN:
        return f"""WHERE r.sales_order_id IN ({_ids("sales_order")})
  AND (r.operation_id = :operation OR r.withdrawn_operation_id IS NOT NULL)
  OR r.withdrawn_operation_id IS NOT NULL AND r.id IN (SELECT l.order_statement_id FROM order_statement_line l
    WHERE l.product_id IN ({_ids("product")}))"""
    return ""


def _ids(table: str) -> str:
    return f"SELECT CAST(key AS INTEGER) FROM temp.leaving WHERE table_name = '{table}'"


def left_standing(connection: Connection, operation: int) -> list[int]:
    """Movements that an operation posted and that do not leave with their product."""
    rows = driver_of(connection).execute(
        "SELECT m.id FROM stock_movement m WHERE m.operation_id = :operation"
        f" AND m.id NOT IN ({_ids('stock_movement')})"
        " AND NOT EXISTS (SELECT 1 FROM stock_movement z WHERE z.undoes_id = m.id)",
        {"operation": operation},
    )
    return [movement for (movement,) in rows]
