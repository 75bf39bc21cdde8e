"""What an undo has to know of a table, read from the schema itself: columns, key, and what refers to what."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection

from ordercli.models.reversal import KINDS, OWNERS


class ForeignKeyOf(NamedTuple):
    """A foreign key of one column, which a row of ``table`` has to a row of ``parent``."""

    table: str
    column: str
    parent: str
    parent_column: str


class JournaledTable(NamedTuple):
    """A table of the schema.

    Attributes:
        columns: those that are stored, in their order.
        keys: the columns of the primary key.
        is_numbered: whether the key is one whole number.
        binary: the columns of bytes.
    """

    name: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    is_numbered: bool
    binary: tuple[str, ...] = ()

    @property
    def owner(self) -> str | None:
        """The column that names the row its rows are made with; None where they carry an operation."""
        return OWNERS.get(self.name)

    def key_sql(self, alias: str) -> str:
        """A row's key as the journal writes it."""
        return " || ' ' || ".join(f"{alias}.{key}" for key in self.keys)

    def in_keys(self, alias: str, keys: str) -> str:
        """SQL: whether a row is one of ``keys``, a SELECT of a column ``key`` as the journal writes them."""
        if self.is_numbered:
            return f"{alias}.{self.keys[0]} IN (SELECT CAST(key AS INTEGER) FROM ({keys}) AS found)"
        return f"{self.key_sql(alias)} IN (SELECT key FROM ({keys}) AS found)"

    def keys_sql(self) -> str:
        """A SELECT of the keys in the temporary table ``leaving``, of a table with one key."""
        key = "CAST(key AS INTEGER)" if self.is_numbered else "key"
        return f"SELECT {key} FROM temp.leaving WHERE table_name = '{self.name}'"

    def is_key(self, alias: str) -> str:
        """SQL: whether a row has the key ``:key``, as the journal writes it."""
        if self.is_numbered:
            return f"{alias}.{self.keys[0]} = CAST(:key AS INTEGER)"
        return f"{self.key_sql(alias)} = :key"


class Schema:
    """The tables of a database."""

    def __init__(self, connection: Connection) -> None:
        """Read them."""
        found = dict(_tables(connection))
        self.tables: Mapping[str, JournaledTable] = {name: found[name] for name in KINDS}
        self._references_to: dict[str, list[ForeignKeyOf]] = {}
        self._owners: dict[str, JournaledTable] = {}
        for each in _references(connection):
            self._references_to.setdefault(each.parent, []).append(each)
            if each.column == self.tables[each.table].owner:
                self._owners[each.table] = self.tables[each.parent]

    @cached_property
    def parents_first(self) -> tuple[JournaledTable, ...]:
        """The tables, each after the one that owns its rows."""
        found: dict[str, JournaledTable] = {}

        def add(table: JournaledTable) -> None:
            if table.owner is not None:
                add(self._owners[table.name])
            found.setdefault(table.name, table)

        for table in self.tables.values():
            add(table)
        return tuple(found.values())

    def references_to(self, parent: str) -> Sequence[ForeignKeyOf]:
        """The foreign keys that name rows of a table."""
        return self._references_to.get(parent, ())

    def owner_of(self, table: JournaledTable) -> JournaledTable | None:
        """The table of the rows that those of ``table`` are made with."""
        return self._owners.get(table.name)

    def first_made_by(self, table: JournaledTable, alias: str) -> str:
        """SQL of the operation whose number a row carries, or the row it belongs to; NULL where there is none."""
        if "operation_id" in table.columns:
            return f"{alias}.operation_id"
        owner = self.owner_of(table)
        if owner is None:
            return "NULL"
        inner = f"{owner.name}_of"
        return f"""(SELECT {self.first_made_by(owner, inner)} FROM {owner.name} {inner}
            WHERE {inner}.{owner.keys[0]} = {alias}.{table.owner})"""

    def made_by(self, table: JournaledTable, alias: str) -> str:
        """SQL of the operation that made a row, or made it again."""
        again = f"""(SELECT max(i.operation_id) FROM row_change i WHERE i.table_name = '{table.name}'
            AND i.row_key = CAST({table.key_sql(alias)} AS TEXT) AND i.verb = 'insert')"""
        if "operation_id" in table.columns:
            return f"coalesce({again}, {alias}.operation_id)"
        owner = self.owner_of(table)
        if owner is None:
            return "NULL"
        inner = f"{owner.name}_of"
        return f"""coalesce({again}, (SELECT {self.made_by(owner, inner)} FROM {owner.name} {inner}
            WHERE {inner}.{owner.keys[0]} = {alias}.{table.owner}))"""


_COLUMNS = """
SELECT t.name AS table_name, c.name, c.type, c.pk FROM sqlite_schema t, pragma_table_info(t.name) c
WHERE t.type = 'table' ORDER BY t.name, c.cid"""


def _tables(connection: Connection) -> Iterator[tuple[str, JournaledTable]]:
    rows = connection.exec_driver_sql(_COLUMNS).all()
    for name, group in groupby(rows, key=lambda row: row.table_name):
        columns = list(group)
        keys = tuple(row.name for row in sorted(columns, key=lambda row: row.pk) if row.pk)
        types = {row.name: row.type for row in columns}
        if name in KINDS:
            is_numbered = len(keys) == 1 and types[keys[0]] == "INTEGER"
            binary = tuple(column for column, kind in types.items() if kind == "BLOB")
            yield name, JournaledTable(name, tuple(types), keys, is_numbered, binary)


def _references(connection: Connection) -> Iterator[ForeignKeyOf]:
    rows = connection.exec_driver_sql(
        'SELECT t.name, f."from", f."table", f."to", count(*) OVER (PARTITION BY t.name, f.id)'
        " FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'"
    )
    for table, column, parent, parent_column, columns in rows.all():
        if columns == 1 and table in KINDS:
            yield ForeignKeyOf(table, column, parent, parent_column or "id")
