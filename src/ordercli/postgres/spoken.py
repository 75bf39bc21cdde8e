"""A statement in the words of PostgreSQL and its driver: the marks of values and a few words are exchanged.

Nothing is parsed: a statement has one text, which both engines read alike
(docs/adr/0048-one-sql-for-two-engines.md).
"""

import re
from functools import lru_cache

SEARCH_PATH = "sqlite, pg_catalog, ordercli"
"""Where a server looks for names: functions that SQLite has first."""

WORDS = {
    # In SQLite it joins in the order told, whatever the planner thinks; every one has an ON.
    "CROSS JOIN": "JOIN",
    "NOT GLOB": "!*~",
    "GLOB": "*~",
    # SQLite's have 64 bits, PostgreSQL's of these names 32.
    "INTEGER": "bigint",
    "REAL": "double precision",
    "BLOB": "bytea",
    # How SQLite lays a table out.
    "WITHOUT ROWID": "",
    # Where temporary tables are, and the others. An index is where its table is.
    "INDEX IF NOT EXISTS temp.": "INDEX IF NOT EXISTS ",
    "INDEX temp.": "INDEX ",
    "temp.": "pg_temp.",
    "main.": "ordercli.",
    # Of values of any types.
    "json_array(": "json_build_array(",
    "json_object(": "json_build_object(",
    # A type in PostgreSQL.
    "char(": "chr(",
    # Told at the end there.
    "INSERT OR IGNORE INTO": "INSERT INTO",
}
"""Words that stand for something else in PostgreSQL, with what they are there."""

PRAGMAS: dict[str, tuple[str, ...]] = {
    # Of a file alone.
    "cache_size": (),
    "temp_store": (),
    "busy_timeout": (),
    "analysis_limit": (),
    "optimize": (),
    "read_uncommitted": (),
    "foreign_keys": (),
    # What a reading makes for itself are temporary tables and views, which a transaction that only reads may not.
    # It only reads as far as a savepoint, so that it sees one moment before, meanwhile and afterwards.
    "query_only = ON": ("SAVEPOINT only_reads", "SET TRANSACTION READ ONLY"),
    "query_only = OFF": ("RELEASE SAVEPOINT only_reads",),
    # A CHECK cannot wait there, but it asks this.
    "ignore_check_constraints = ON": ("SET LOCAL ordercli.checks_wait = 'on'",),
    "ignore_check_constraints = OFF": ("SET LOCAL ordercli.checks_wait = 'off'",),
    "defer_foreign_keys = ON": ("SET CONSTRAINTS ALL DEFERRED",),
}
"""What is done instead of a PRAGMA."""

_IGNORES, IGNORED = "INSERT OR IGNORE INTO", "\nON CONFLICT DO NOTHING"
_WORD = "|".join(re.escape(word) + (r"\b" if word[-1].isalpha() else "") for word in WORDS)
_NUMBERING = re.compile(r"(\s*CREATE TEMP TABLE (?:IF NOT EXISTS )?(\w+) \((\w+) bigint PRIMARY KEY)\b")
_MADE_OF = re.compile(r"\s*CREATE TEMP TABLE (\w+) AS\b")
_TOKEN = re.compile(
    rf"(?P<text>'(?:[^']|'')*'|\"[^\"]*\")|(?<![:\w]):(?P<name>[a-z_]\w*)|(?P<place>\?)"
    rf"|(?<![\w.])(?P<word>{_WORD})|\bIS (?P<other>NOT )?(?=\?)|(?P<percent>%)|/\*\+(?P<beside>.*?)\*/"
)


@lru_cache(maxsize=4096)
def spoken(sql: str) -> str:
    """The statement for psycopg, which marks a value as ``%s`` or ``%(name)s``."""
    told = _TOKEN.sub(_told, sql)
    if numbered := _NUMBERING.match(told):  # a row without a number has the one after the greatest
        told = f"{numbered[1]} DEFAULT next_number('{numbered[2]}', '{numbered[3]}'){told[numbered.end() :]}"
    if made := _MADE_OF.match(told):  # SQLite numbers the rows of every table, and statements name that number
        select = told[made.end() :].rstrip().rstrip(";")
        told = f"{made[0]}\nSELECT made.*, row_number() OVER () AS rowid FROM (\n{select}\n) AS made"
    return told.rstrip().rstrip(";") + IGNORED if _IGNORES in sql else told


def _told(found: re.Match[str]) -> str:
    if text := found["text"]:
        return text.replace("%", "%%")
    if name := found["name"]:
        return f"%({name})s"
    if found["place"]:
        return "%s"
    if word := found["word"]:
        return WORDS[word]
    if beside := found["beside"]:  # what SQLite does or finds by itself, or has no words for before 3.44
        return _TOKEN.sub(_told, beside)
    if found["percent"]:
        return "%%"
    return "IS DISTINCT FROM " if found["other"] else "IS NOT DISTINCT FROM "  # SQLAlchemy's words for SQLite


def names_of(sql: str) -> frozenset[str]:
    """The names of the values that a statement takes."""
    return frozenset(found["name"] for found in _TOKEN.finditer(sql) if found["name"])
