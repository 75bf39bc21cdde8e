"""Whether a shop's schema on a server is the one that ordercli makes: tables, laws, indexes, triggers and views.

How the server writes a CHECK or a view down depends on its version. So the schema is made once more, of temporary
tables that are taken back, and what the server tells of both is compared; functions, aggregates and operators are
held against their text.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, cast

from ordercli.dbplace import connect, database_errors
from ordercli.postgres.connection import ServerDriver
from ordercli.postgres.schema import in_two, statements
from ordercli.postgres.spoken import SEARCH_PATH
from ordercli.postgres.work import KEPT, SCHEMA
from ordercli.server import Server

_Told = dict[tuple[str, str, str], str]
"""What a server tells of a schema, by the kind of a thing, its table and its name."""

_TOLD = """
SELECT 'column', c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod) || ' '
  || a.attnotnull::text || ' ' || a.attgenerated::text || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '')
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace IN ({0}) AND c.relkind = 'r'
UNION ALL
SELECT 'constraint', c.relname::text, k.conname::text, pg_get_constraintdef(k.oid, true)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE c.relnamespace IN ({0}) AND k.contype <> 't'
UNION ALL
SELECT 'index', c.relname::text, x.relname::text, pg_get_indexdef(i.indexrelid, 0, true)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
WHERE c.relnamespace IN ({0})
UNION ALL
SELECT 'trigger', c.relname::text, t.tgname::text, pg_get_triggerdef(t.oid, true) || ' ' || t.tgenabled::text
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace IN ({0}) AND NOT t.tgisinternal
UNION ALL
SELECT 'rule', c.relname::text, r.rulename::text, pg_get_ruledef(r.oid, true)
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
WHERE c.relnamespace IN ({0}) AND r.rulename::text <> '_RETURN'
UNION ALL
SELECT 'security', c.relname::text, 'of rows', concat_ws(' ', c.relrowsecurity, c.relforcerowsecurity,
  (SELECT string_agg(p.polname::text, ' ') FROM pg_policy p WHERE p.polrelid = c.oid))
FROM pg_class c WHERE c.relnamespace IN ({0}) AND c.relkind = 'r'
UNION ALL
SELECT 'view', c.relname::text, c.relname::text, pg_get_viewdef(c.oid, true)
FROM pg_class c WHERE c.relnamespace IN ({0}) AND c.relkind = 'v'"""
_WRITES = "SELECT version(), current_setting('quote_all_identifiers')"
"""What decides how a server writes a schema down."""
_MADE: dict[Any, _Told] = {}
"""What was told of the schema that was made once more, and nothing differed from it: a restore asks twice."""
_IS_MISSING = f"SELECT to_regnamespace('{SCHEMA}') IS NULL"
_CALLED = """
SELECT 'function', p.proname::text, pg_get_function_identity_arguments(p.oid),
  concat_ws(' ', pg_get_function_result(p.oid), l.lanname::text, p.provolatile::text, p.proparallel::text,
    p.proisstrict::text, p.prosecdef::text, coalesce(array_to_string(p.proconfig, ';'), ''), p.prosrc)
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace IN ('ordercli'::regnamespace, 'sqlite'::regnamespace) AND p.prokind NOT IN ('a', 'w')
UNION ALL
SELECT 'aggregate', p.proname::text, pg_get_function_identity_arguments(p.oid),
  concat_ws(' ', s.proname::text, f.proname::text, c.proname::text, format_type(g.aggtranstype, NULL),
    g.agginitval)
FROM pg_proc p JOIN pg_aggregate g ON g.aggfnoid = p.oid JOIN pg_proc s ON s.oid = g.aggtransfn
LEFT JOIN pg_proc f ON f.oid = g.aggfinalfn LEFT JOIN pg_proc c ON c.oid = g.aggcombinefn
WHERE p.pronamespace IN ('ordercli'::regnamespace, 'sqlite'::regnamespace)
UNION ALL
SELECT 'operator', o.oprname::text,
  concat_ws(', ', CASE o.oprleft WHEN 0 THEN NULL ELSE format_type(o.oprleft, NULL) END,
    format_type(o.oprright, NULL)),
  p.proname::text
FROM pg_operator o LEFT JOIN pg_proc p ON p.oid = o.oprcode
WHERE o.oprnamespace IN ('ordercli'::regnamespace, 'sqlite'::regnamespace)"""
_FUNCTION = re.compile(
    r"CREATE FUNCTION (?:ordercli\.)?(\w+)\(([^()]*)\)\s+RETURNS\s+(.*?)\s+LANGUAGE (\w+)(.*?)\bAS\s+"
    r"(?:'((?:[^']|'')*)'|(\$\w*\$)(.*?)\7)",
    re.DOTALL,
)
_SETS = re.compile(r"\bSET (\w+) = (.+?)\s*(?=\bSET\b|$)", re.DOTALL)
_AGGREGATE = re.compile(r"CREATE AGGREGATE (\w+)\(([^()]*)\)\s*\((.*?)\);", re.DOTALL)
_OPERATOR = re.compile(r"CREATE OPERATOR (\S+) \((.*?)\);")
_WORD = re.compile(r"(\w+) = (?:'([^']*)'|([^,]*))")
_LET_BE = {"index", "table"}
"""What of others does nothing by itself."""
_TABLE = re.compile(r"^CREATE (TABLE|VIEW) (?:ordercli\.)?(?=\w)")


def differences(server: Server, *, wait_seconds: float) -> list[str]:
    """What is altered, missing, or not ordercli's; nothing stays of how that was found out."""
    driver = cast("ServerDriver", connect(server, wait_seconds=wait_seconds))
    with closing(driver), database_errors(server):
        driver.run_script(f"BEGIN; SET LOCAL search_path = {SEARCH_PATH}")
        there = _told(driver, f"'ordercli'::regnamespace, to_regnamespace('{SCHEMA}')")
        ((is_missing,),) = driver.connection.execute(_IS_MISSING.encode()).fetchall()
        called = _rows_of(driver, _CALLED)
        writes = driver.connection.execute(_WRITES.encode()).fetchone()
        made = _MADE.get(writes) or _made(driver)
        driver.rollback()
    expected = _expected(statements())
    if is_missing:
        made = {thing: text for thing, text in made.items() if thing[1] not in KEPT}
    missing = [f"the schema {SCHEMA} is missing"] if is_missing else []
    found = [*missing, *_of_tables(there, made), *_of_functions(called, expected)]
    if not found:
        _MADE[writes] = made
    return found


def is_missing_functions(driver: ServerDriver) -> bool:
    """Whether a function, aggregate or operator that SQLite has alone is altered or missing; in a transaction."""
    told, _ = in_two()
    called = _rows_of(driver, _CALLED.replace("'ordercli'::regnamespace, ", ""))
    return any(_of_functions(called, _expected(told[:1])))


def _made(driver: ServerDriver) -> _Told:
    """What the server tells of the schema as ordercli makes it; the transaction is to be taken back."""
    driver.run_script(";\n".join(_temporary()))
    return _told(driver, "pg_my_temp_schema()")


def _expected(texts: Iterable[str]) -> _Told:
    return {found[:3]: found[3] for sql in texts for found in _written(sql)}


def _told(driver: ServerDriver, schema: str) -> _Told:
    return _rows_of(driver, _TOLD.format(schema))


def _rows_of(driver: ServerDriver, sql: str) -> _Told:
    # The operators of SQLite's words are not wanted here.
    driver.run_script("SET LOCAL search_path = pg_catalog, ordercli, sqlite")
    rows = driver.connection.execute(sql.encode()).fetchall()
    driver.run_script(f"SET LOCAL search_path = {SEARCH_PATH}")
    return {row[:3]: row[3] for row in rows}


def _temporary() -> Iterator[str]:
    """What makes the tables, indexes, references, triggers and views once more, as temporary ones."""
    for sql in statements():
        if sql.startswith("CREATE FUNCTION"):
            _, end, trigger = sql.partition("END $trigger$;\n")
            if end:
                yield trigger
        elif f" {SCHEMA}." in sql:
            yield sql.replace("CREATE UNLOGGED", "CREATE TEMP").replace(f"{SCHEMA}.", "")
        elif sql.startswith(("CREATE TABLE", "CREATE VIEW")):
            yield _TABLE.sub(r"CREATE TEMP \1 ", sql)
        elif sql.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX", "ALTER TABLE")):
            yield sql


def _written(sql: str) -> Iterator[tuple[str, str, str, str]]:
    """The functions, aggregates and operators that a text makes, told as the server tells them."""
    for name, takes, gives, language, more, plain, _, quoted in _FUNCTION.findall(sql):
        facts = [
            re.sub(r"\s+", " ", gives.replace("TABLE (", "TABLE(")),
            language,
            "i" if "IMMUTABLE" in more else "s" if "STABLE" in more else "v",
            "s" if "PARALLEL SAFE" in more else "u",
            "true" if "STRICT" in more else "false",
            "false",
            ";".join(f"{name}={value}" for name, value in _SETS.findall(more)),
            quoted or plain.replace("''", "'"),
        ]
        yield "function", name, takes, " ".join(facts)
    for name, takes, told in _AGGREGATE.findall(sql):
        words = _words(told)
        facts = [
            words[word] for word in ("SFUNC", "FINALFUNC", "COMBINEFUNC", "STYPE", "INITCOND") if word in words
        ]
        yield "aggregate", name, takes, " ".join(facts)
    for name, told in _OPERATOR.findall(sql):
        words = _words(told)
        yield (
            "operator",
            name,
            ", ".join(words[word] for word in ("LEFTARG", "RIGHTARG") if word in words),
            words["FUNCTION"],
        )


def _words(told: str) -> dict[str, str]:
    return {word: quoted or plain.strip() for word, quoted, plain in _WORD.findall(told)}


def _of_tables(there: _Told, made: _Told) -> Iterator[str]:
    for (kind, table, name), text in made.items():
        found = there.get((kind, table, name))
        what = name if name == table else f"{name} of {table}"
        if found is None:
            yield f"the {kind} {what} is missing"
        elif _plain(found) != _plain(text):
            yield f"the {kind} {what} is altered"
    ours = {table for _, table, _ in made}
    for kind, table, name in sorted(there.keys() - made.keys()):
        if table in ours and kind not in _LET_BE:
            yield f"the {kind} {name} of {table} is not ordercli's"


def _plain(text: str) -> str:
    """Without the schemas that one of two names is written with."""
    return re.sub(rf"\b(?:ordercli|{SCHEMA}|pg_temp_\d+)\.", "", text)


def _of_functions(there: _Told, expected: _Told) -> Iterator[str]:
    for (kind, name, takes), text in expected.items():
        found = there.get((kind, name, takes))
        if found != text:
            yield f"the {kind} {name}({takes}) is {'missing' if found is None else 'altered'}"
    for kind, name, takes in sorted(there.keys() - expected.keys()):
        yield f"the {kind} {name}({takes}) is not ordercli's"
