"""Rows as they were known before an undo made them leave: the journal has them, for reports of the past.

Each table that an undo after the moment touched is hidden by a temporary view of its name, with the rows that left
since and without those that came back since; SQLite looks for temporary names first.
"""

import re
from collections.abc import Iterator

from ordercli.queries.reader import Reader

_TOUCHED = """
SELECT c.table_name, max(c.verb = 'insert') FROM row_change c
WHERE c.operation_id > :known AND c.verb <> 'update'
  AND c.operation_id IN (SELECT operation_id FROM undone_operation WHERE operation_id > :known)
GROUP BY c.table_name"""

_IS_SHOWN = "SELECT 1 FROM sqlite_temp_master WHERE type = 'view'"

_EVENTS = """FROM main.row_change c WHERE c.table_name = '{table}' AND c.verb <> 'update'
  AND c.operation_id > {known} AND c.operation_id IN (SELECT operation_id FROM main.undone_operation)"""

_KINDS = ("INTEGER", "REAL", "BLOB")
"""Types of columns that are not text."""
_GENERATED = re.compile(r"(\w+) \w+ (?:NOT NULL )?GENERATED ALWAYS AS \((.*?)\) VIRTUAL", re.DOTALL)


def show_as_known(reader: Reader, known: int) -> None:
    """Let this reading see tables as they were known when ``known`` was the last operation, as far as undos go."""
    touched = reader.rows(_TOUCHED, {"known": known}).fetchall()
    if not touched or reader.rows(_IS_SHOWN).fetchone():  # a report may ask for several things of one moment
        return
    statements = [
        *(_hiding(reader, table, known, came_back=bool(came_back)) for table, came_back in touched),
        *_views(reader),
    ]
    reader.connection.execute("PRAGMA query_only = OFF")  # the file is open read-only; only names of this reading
    for statement in statements:
        reader.connection.execute(statement)
    reader.connection.execute("PRAGMA query_only = ON")


def _hiding(reader: Reader, table: str, known: int, *, came_back: bool) -> str:
    rows = reader.rows(f"SELECT name, type, hidden, pk FROM pragma_table_xinfo('{table}') ORDER BY cid").fetchall()
    (sql,) = reader.rows(f"SELECT sql FROM sqlite_schema WHERE name = '{table}'").fetchone()
    computed = dict(_GENERATED.findall(sql))
    names = [row[0] for row in rows]
    values = ", ".join(_value(name, kind) for name, kind, hidden, _ in rows if not hidden)
    told = ", ".join(f"({computed[name]}) AS {name}" if name in computed else name for name in names)
    events = _EVENTS.format(table=table, known=known)
    key = " || ' ' || ".join(f"r.{name}" for name, _, _, pk in sorted(rows, key=lambda row: row[3]) if pk)
    stayed = f" WHERE NOT EXISTS (SELECT 1 {events} AND c.row_key = CAST({key} AS TEXT))" if came_back else ""
    # A row was there if the first that happened to it since is that it left; its values are those of that entry.
    left = f"""SELECT {told} FROM (SELECT {values} {events}
      AND c.operation_id = (SELECT min(e.operation_id) FROM main.row_change e WHERE e.table_name = '{table}'
        AND e.row_key = c.row_key AND e.verb <> 'update' AND e.operation_id > {known}
        AND e.operation_id IN (SELECT operation_id FROM main.undone_operation))
      AND c.verb = 'delete') AS found"""
    there = f"SELECT {', '.join(names)} FROM main.{table} r{stayed}"
    return f"CREATE TEMP VIEW {table} AS {there} UNION ALL {left}"


def _value(name: str, kind: str) -> str:
    """A column of a row that left, of the type that it has in the rows that stayed: a server asks for one type."""
    told = f"c.old ->> '{name}'"
    return f"{f'CAST({told} AS {kind})' if kind in _KINDS else told} AS {name}"


def _views(reader: Reader) -> Iterator[str]:
    """The views of the schema anew, so that they look at the temporary names too."""
    for (sql,) in reader.rows("SELECT sql FROM sqlite_schema WHERE type = 'view'").fetchall():
        yield sql.replace("CREATE VIEW", "CREATE TEMP VIEW", 1)
