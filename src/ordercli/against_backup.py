"""A shop in a file held against a backup of it, row by row: what ``doctor --deep`` asks of both at once."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from ordercli.checks import BACKUP_FACTS, BACKUP_SEAL, BACKUP_SHOP, BACKUP_STATES
from ordercli.dbfile import connect
from ordercli.domain.journal import BESIDE, is_told
from ordercli.domain.orders.personal import says_something
from ordercli.queries.doctor import Checked


def compared(path: Path, file: Path, name: str, *, deep: bool) -> Iterator[Checked]:
    """The checks that hold a database against a backup of it, which is known by a name."""
    try:
        with closing(connect(path, readonly=True)) as both:
            both.execute("ATTACH ? AS saved", (f"{file.absolute().as_uri()}?mode=ro&immutable=1",))
            yield Checked(BACKUP_SHOP, _other_past(both))
            if deep:
                yield Checked(BACKUP_FACTS, _other_fact(both))
                yield Checked(BACKUP_STATES, _untold_change(both))
    except sqlite3.Error as error:
        yield Checked(BACKUP_SEAL, f"{name}: {error}"[:80])


def _other_past(both: sqlite3.Connection) -> str | None:
    last = both.execute("SELECT id, chain FROM saved.operation ORDER BY id DESC LIMIT 1").fetchone()
    here = last and both.execute("SELECT chain FROM main.operation WHERE id = ?", last[:1]).fetchone()
    return None if last and here == (last[1],) else f"operation {last[0] if last else 'none'}"


def _tables(both: sqlite3.Connection) -> dict[str, tuple[list[str], list[str]]]:
    """Stored columns, and those of the key, of each table."""
    found: dict[str, tuple[list[str], list[str]]] = {}
    rows = both.execute(
        "SELECT t.name, c.name, c.pk FROM main.sqlite_schema t JOIN pragma_table_info(t.name) c"
        " WHERE t.type = 'table' AND t.name NOT GLOB 'sqlite_*' ORDER BY t.name, c.cid"
    )
    for table, column, place in rows:
        columns, key = found.setdefault(table, ([], []))
        columns.append(column)
        if place:
            key.append(column)
    return found


def _unchanging(both: sqlite3.Connection) -> set[str]:
    """Tables of which no row ever changes: those with a trigger that refuses it."""
    names = both.execute("SELECT tbl_name FROM main.sqlite_schema WHERE name = tbl_name || '_no_update'")
    # A backup is told of what was erased after it was made, without the operation that did.
    return {name for (name,) in names} - {"buyer_number", "erased_order", "erased_text"} | {
        "operation",
        "personal_data",
    }


_NO_TEXT_ERASED = (
    "NOT EXISTS (SELECT 1 FROM (SELECT table_name, row_key FROM main.erased_text"
    " UNION ALL SELECT table_name, row_key FROM saved.erased_text) e WHERE e.table_name = '{}' AND e.row_key = {})"
)
_NOT_ERASED = f""" r WHERE NOT EXISTS (SELECT 1 FROM main.personal_data p
  WHERE p.personal_id = r.personal_id AND p.version = r.version AND NOT {says_something("p")})"""


_NOT_TAKEN_BACK = """NOT EXISTS (SELECT 1 FROM main.row_change c WHERE c.table_name = '{}' AND c.row_key = {}
  AND c.verb = 'delete' AND c.operation_id > (SELECT max(id) FROM saved.operation))"""


def _other_fact(both: sqlite3.Connection) -> str | None:
    """A table of which the backup has a row that is not here, though no undo since has taken it back."""
    tables = _tables(both)
    for table in sorted(_unchanging(both) & tables.keys()):
        columns, key = (", ".join(tables[table][0]), " || ' ' || ".join(f"b.{name}" for name in tables[table][1]))
        held = (
            f"SELECT {columns} FROM saved.{table} b WHERE {_NO_TEXT_ERASED.format(table, key)}"
            f" AND {_NOT_TAKEN_BACK.format(table, key)}"
        )
        row = both.execute(
            f"SELECT 1 FROM ({held} EXCEPT SELECT {columns} FROM main.{table})"
            + (_NOT_ERASED if table == "personal_data" else "")
        ).fetchone()
        if row is not None:
            return f"a row of {table}"
    return None


def _untold_change(both: sqlite3.Connection) -> str | None:
    """A column of a row that differs from the backup without an entry of the journal since."""
    (last,) = both.execute("SELECT max(id) FROM saved.operation").fetchone()
    journaled = both.execute("SELECT tbl_name FROM main.sqlite_schema WHERE name = tbl_name || '_journal_update'")
    tables = _tables(both)
    for (table,) in journaled.fetchall():
        columns, keys = tables[table]
        key = " || ' ' || ".join(f"r.{name}" for name in keys)
        same = " AND ".join(f"b.{name} = r.{name}" for name in keys)
        for column in columns:
            if column in keys or (table, column) in BESIDE:
                continue
            row = both.execute(
                f"SELECT {key} FROM saved.{table} b JOIN main.{table} r ON {same}"
                f" WHERE b.{column} IS NOT r.{column} AND NOT EXISTS (SELECT 1 FROM main.row_change c"
                " WHERE c.table_name = ? AND c.operation_id > ?"
                f" AND c.row_key = {key} AND (c.verb <> 'update' OR {is_told('c.new', '?')}))"
                f" AND {_NO_TEXT_ERASED.format(table, key)} LIMIT 1",
                (table, last, column),
            ).fetchone()
            if row is not None:
                return f"{column} of {table} {row[0]}"
    return None
