"""Rows leave into the journal, come back out of it, and get their old values."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from itertools import groupby, islice

from sqlalchemy import Connection

from ordercli.db import driver_of
from ordercli.domain.journal import WRITE_CHANGE, image_sql, write_image
from ordercli.driver import Driver
from ordercli.models.journal_ddl import OWNERS, REMOVABLE
from ordercli.models.reversal import KINDS, PROMISES, Reversal
from ordercli.services.journal import write_changes
from ordercli.services.operations import Work
from ordercli.services.safety.leaving import KEYS, RowKey, RowValues
from ordercli.services.safety.tables import JournaledTable, Schema

_FILLED_BY_TRIGGERS = frozenset({"order_line_component"})
"""Rows that another row's insertion makes; those of the journal take their place."""
_COUNTED = frozenset({"cost_layer", "stock_level"})
"""Sums whose CHECKs make overselling impossible."""
_CHANGING = (Reversal.STATE, Reversal.WITHDRAWN)
"""Kinds of tables whose rows change; facts do not."""
_ONLY_ONE = """
SELECT DISTINCT c.name FROM pragma_table_info(:table) c, pragma_index_list(:table) i, pragma_index_info(i.name) p
WHERE i."unique" <> 0 AND p.name = c.name AND c."notnull" = 0"""
"""Columns of which two rows may not have one value, and which need none."""
_BATCH = 1_000
_ROUNDS = 5
"""How often triggers may change what was restored, until nothing of it changes any more."""


def remove_rows(work: Work, schema: Schema) -> dict[str, int]:
    """Take the rows in ``leaving`` out of their tables; the journal keeps what they said.

    Returns:
        How many left each table.
    """
    connection, gone = work.connection, dict[str, int]()
    names = set(connection.exec_driver_sql("SELECT DISTINCT table_name FROM temp.leaving").scalars())
    for table in reversed(schema.parents_first):
        if table.name not in names:
            continue
        leaves = table.in_keys("r", KEYS.format(table=table.name))
        if table.name not in REMOVABLE:
            _keep(work, schema, table, leaves)
        condition = leaves.replace("r.", f"{table.name}.")
        gone[table.name] = connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {condition}").rowcount
    return gone


def _keep(work: Work, schema: Schema, table: JournaledTable, condition: str) -> None:
    """Write rows that are about to leave into the journal, as its triggers do; what this undo made never was."""
    own = f"{schema.first_made_by(table, 'r')} IS NOT DISTINCT FROM {work.operation}"
    image = image_sql(table.columns, "r", binary=table.binary)
    work.connection.exec_driver_sql(
        "INSERT INTO row_change (operation_id, table_name, row_key, verb, old) "
        f"SELECT {work.operation}, '{table.name}', {table.key_sql('r')}, 'delete', {image}"
        f" FROM {table.name} r WHERE ({condition}) AND NOT ({own})"
    )


def put_rows(work: Work, schema: Schema, gone: Mapping[RowKey, RowValues]) -> None:
    """Bring removed rows back, as they were."""
    write_changes(driver_of(work.connection), work.operation)  # under the number of one another may just have left
    by_table: dict[str, list[tuple[str, RowValues]]] = {}
    for (name, key), values in gone.items():
        by_table.setdefault(name, []).append((key, values))
    late = [table for table in schema.parents_first if table.name in _FILLED_BY_TRIGGERS]
    early = [table for table in schema.parents_first if table.name not in _FILLED_BY_TRIGGERS]
    for table in (*early, *late):
        _put(work, table, by_table.get(table.name, ()))


def free_unique(
    connection: Connection, schema: Schema, wanted: Mapping[RowKey, RowValues], gone: Collection[RowKey]
) -> None:
    """Let rows give up the values of which there may be only one, before rows that had them come back.

    Args:
        connection: the database.
        schema: its tables.
        wanted: what rows are to say again; what is given up here they get by :func:`restore_values`.
        gone: the rows that come back.
    """
    driver = driver_of(connection)
    names = {table for table, _ in gone}
    only_one = {table: _only_one(driver, table) for table in sorted(names)}
    for key, values in wanted.items():
        columns = [name for name in only_one.get(key[0], ()) if name in values] if key not in gone else []
        now = current_values(connection, schema, key, columns) if columns else None
        freed = [name for name in columns if now is not None and now[name] not in (None, values[name])]
        if freed:
            nothing = ", ".join(f"{name} = NULL" for name in freed)
            where = schema.tables[key[0]].is_key(key[0])
            driver.execute(f"UPDATE {key[0]} SET {nothing} WHERE {where}", {"key": key[1]})


def _only_one(driver: Driver, table: str) -> list[str]:
    return [name for (name,) in driver.execute(_ONLY_ONE, {"table": table})]


def _put(work: Work, table: JournaledTable, rows: Sequence[tuple[str, RowValues]]) -> None:
    driver = driver_of(work.connection)
    if table.name in _FILLED_BY_TRIGGERS:
        replaced = f"DELETE FROM {table.name} WHERE {' AND '.join(f'{name} = ?' for name in table.keys)}"
        driver.executemany(replaced, ([values[name] for name in table.keys] for _, values in rows))
    for names, group in groupby(rows, key=lambda row: tuple(row[1])):
        told, marks = ", ".join(names), ", ".join("?" * len(names))
        sql = f"INSERT INTO {table.name} ({told}) VALUES ({marks})"
        driver.executemany(sql, (tuple(values.values()) for _, values in group))
    if table.name not in OWNERS:
        driver.executemany(
            WRITE_CHANGE,
            ((work.operation, table.name, key, "insert", None, write_image(values)) for key, values in rows),
        )


def current_values(
    connection: Connection, schema: Schema, key: RowKey, columns: Sequence[str]
) -> RowValues | None:
    """What columns of a row say now; None if there is no such row."""
    table = schema.tables[key[0]]
    sql = f"SELECT {', '.join(columns)} FROM {table.name} r WHERE {table.is_key('r')}"
    row = driver_of(connection).execute(sql, {"key": key[1]}).fetchone()
    return None if row is None else dict(zip(columns, row, strict=True))


def restore_values(connection: Connection, schema: Schema, wanted: Mapping[RowKey, RowValues]) -> None:
    """Give rows the values they had, against whatever triggers make of them meanwhile.

    Where two rows change a value that only one may have, such as the channel's key of a line, one of them gives
    its own up first.

    Raises:
        IntegrityError: if a row that is to stay as it is has it; the driver's.
    """
    by_table = _by_table({key: values for key, values in wanted.items() if KINDS[key[0]] in _CHANGING})
    for left in reversed(range(_ROUNDS)):
        unlike = [
            _restore(connection, schema.tables[name], rows, may_wait=left > 0) for name, rows in by_table.items()
        ]
        if not sum(unlike):
            return


def _restore(
    connection: Connection, table: JournaledTable, rows: Mapping[str, RowValues], *, may_wait: bool
) -> int:
    """One round over the rows of a table; how many were not as they are to be."""
    apart = {*table.keys, *PROMISES.get(table.name, ())}
    driver, unlike = driver_of(connection), 0
    where = f"WHERE {table.is_key(table.name)}"
    only_one = _only_one(driver, table.name)
    for key, values in _unlike(connection, table, rows):
        wanted = {name: value for name, value in values.items() if name not in apart}
        if not wanted:
            continue
        unlike += 1
        setting = ", ".join(f"{name} = :{name}" for name in wanted)
        held = [name for name in only_one if name in wanted] if may_wait else []
        try:
            with driver.attempt() if held else nullcontext():
                driver.execute(f"UPDATE {table.name} SET {setting} {where}", wanted | {"key": key})
        except sqlite3.IntegrityError:
            if not held:
                raise
            nothing = ", ".join(f"{name} = NULL" for name in held)
            driver.execute(f"UPDATE {table.name} SET {nothing} {where}", {"key": key})
    return unlike


def _unlike(
    connection: Connection, table: JournaledTable, rows: Mapping[str, RowValues]
) -> Iterator[tuple[str, RowValues]]:
    """Rows that are not as they are to be, and what of them is to be another; a thousand are read at a time."""
    waiting = iter(rows)
    place = {name: number for number, name in enumerate(table.columns, start=1)}
    sql = (
        f"SELECT {table.key_sql('r')}, {', '.join(f'r.{name}' for name in table.columns)} FROM {table.name} r"
        f" WHERE {table.in_keys('r', 'SELECT value AS key FROM json_each(?)')}"
    )
    while some := list(islice(waiting, _BATCH)):
        for row in driver_of(connection).execute(sql, (json.dumps(some),)).fetchall():
            key = str(row[0])
            values = {name: value for name, value in rows[key].items() if row[place[name]] != value}
            if values:
                yield key, values


def unlike_rows(connection: Connection, schema: Schema, wanted: Mapping[RowKey, RowValues]) -> Iterator[RowKey]:
    """Rows that are not as they were to be, such as those whose promises are others."""
    for name, rows in _by_table(wanted).items():
        yield from ((name, key) for key, _ in _unlike(connection, schema.tables[name], rows))


def _by_table(rows: Mapping[RowKey, RowValues]) -> dict[str, dict[str, RowValues]]:
    found: dict[str, dict[str, RowValues]] = {}
    for (name, key), values in rows.items():
        found.setdefault(name, {})[key] = values
    return found


def check_rows(connection: Connection, schema: Schema, keys: Iterable[RowKey]) -> None:
    """Let SQLite look at the CHECKs of rows that changed while they were not looked at.

    Raises:
        IntegrityError: if one is broken; the driver's.
    """
    driver = driver_of(connection)
    for name, key in keys:
        table = schema.tables[name]
        if KINDS[name] is Reversal.STATE or name in _COUNTED:
            same = ", ".join(f"{column} = {column}" for column in table.columns)
            driver.execute(f"UPDATE {name} SET {same} WHERE {table.is_key(name)}", {"key": key})
