"""Whether a shop's schema on a server is the one that ordercli makes: tables, laws, indexes, triggers and views.

How the server writes a CHECK or a view down depends on its version. So the schema is made once more, of temporary
tables that are taken back, and what the server tells of both is compared; functions are held against their text.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from typing import cast

from ordercli.dbplace import connect, database_errors
from ordercli.server import Server
from ordercli.server_schema import statements
from ordercli.serverdriver import SEARCH_PATH, ServerDriver

_Told = dict[tuple[str, str, str], str]
"""What a server tells of a schema, by the kind of a thing, its table and its name."""

_TOLD = """
SELECT 'column', c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod) || ' '
  || a.attnotnull::text || ' ' || a.attgenerated::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = {0} AND c.relkind = 'r'
UNION ALL
SELECT 'constraint', c.relname::text, k.conname::text, pg_get_constraintdef(k.oid, true)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE c.relnamespace = {0} AND k.contype <> 't'
UNION ALL
SELECT 'index', c.relname::text, x.relname::text, pg_get_indexdef(i.indexrelid, 0, true)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
WHERE c.relnamespace = {0}
UNION ALL
SELECT 'trigger', c.relname::text, t.tgname::text, pg_get_triggerdef(t.oid, true) || ' ' || t.tgenabled::text
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = {0} AND NOT t.tgisinternal
UNION ALL
SELECT 'view', c.relname::text, c.relname::text, pg_get_viewdef(c.oid, true)
FROM pg_class c WHERE c.relnamespace = {0} AND c.relkind = 'v'"""
_FUNCTIONS = """
SELECT proname::text, prosrc FROM pg_proc
WHERE pronamespace IN ('ordercli'::regnamespace, 'sqlite'::regnamespace) AND prokind <> 'a'"""
_FUNCTION = re.compile(
    r"CREATE FUNCTION (?:ordercli\.)?(\w+)\(.*?\bAS\s+(?:'((?:[^']|'')*)'|(\$\w*\$)(.*?)\3)", re.DOTALL
)
_LET_BE = {"index", "table"}
"""What of others does nothing by itself."""
_TABLE = re.compile(r"^CREATE (TABLE|VIEW) (?:ordercli\.)?(?=\w)")


def differences(server: Server, *, wait_seconds: float) -> list[str]:
    """What is altered, missing, or not ordercli's; nothing stays of how that was found out."""
    driver = cast("ServerDriver", connect(server, wait_seconds=wait_seconds))
    with closing(driver), database_errors(server):
        driver.run_script(f"BEGIN; SET LOCAL search_path = {SEARCH_PATH}")
        there = _told(driver, "'ordercli'::regnamespace")
        functions = sorted(driver.connection.execute(_FUNCTIONS.encode()).fetchall())
        driver.run_script(";\n".join(_temporary()))
        made = _told(driver, "pg_my_temp_schema()")
        driver.rollback()
    expected = sorted(found for sql in statements() for found in _written(sql))
    return [*_of_tables(there, made), *_of_functions(functions, expected)]


def _told(driver: ServerDriver, schema: str) -> _Told:
    # The operators of SQLite's words are not wanted here.
    driver.run_script("SET LOCAL search_path = pg_catalog, ordercli, sqlite")
    rows = driver.connection.execute(_TOLD.format(schema).encode()).fetchall()
    driver.run_script(f"SET LOCAL search_path = {SEARCH_PATH}")
    return {row[:3]: row[3] for row in rows}


def _temporary() -> Iterator[str]:
    """What makes the tables, indexes, references, triggers and views once more, as temporary ones."""
    for sql in statements():
        if sql.startswith("CREATE FUNCTION"):
            _, end, trigger = sql.partition("END $trigger$;\n")
            if end:
                yield trigger
        elif sql.startswith(("CREATE TABLE", "CREATE VIEW")):
            yield _TABLE.sub(r"CREATE TEMP \1 ", sql)
        elif sql.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX", "ALTER TABLE")):
            yield sql


def _written(sql: str) -> Iterator[tuple[str, str]]:
    """The functions that a text makes, with their bodies."""
    for name, plain, _, quoted in _FUNCTION.findall(sql):
        yield name, quoted or plain.replace("''", "'")


def _of_tables(there: _Told, made: _Told) -> Iterator[str]:
    for (kind, table, name), text in made.items():
        found = there.get((kind, table, name))
        what = name if name == table else f"{name} of {table}"
        if found is None:
            yield f"the {kind} {what} is missing"
        elif _plain(found) != _plain(text):
            yield f"the {kind} {what} is altered"
    ours = {table for _, table, _ in made}
    for kind, table, name in there.keys() - made.keys():
        if table in ours and kind not in _LET_BE:
            yield f"the {kind} {name} of {table} is not ordercli's"


def _plain(text: str) -> str:
    """Without the schemas that one of two names is written with."""
    return re.sub(r"\b(?:ordercli|pg_temp_\d+)\.", "", text)


def _of_functions(there: list[tuple[str, str]], expected: list[tuple[str, str]]) -> Iterator[str]:
    left = list(there)
    for each in expected:
        if each in left:
            left.remove(each)
        else:
            is_there = any(each[0] == name for name, _ in left)
            yield f"the function {each[0]} is {'altered' if is_there else 'missing'}"
