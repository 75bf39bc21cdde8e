"""A statement in the words of PostgreSQL's driver: what is changed is the marks of values and three words."""

import re
from functools import cache

WORDS = {
    # In SQLite it joins in the order told, whatever the planner thinks; every one has an ON.
    "CROSS JOIN": "JOIN",
    # SQLite's have 64 bits, PostgreSQL's of these names 32.
    "INTEGER": "bigint",
    "REAL": "double precision",
}
"""Words that stand for something else in PostgreSQL, with what they are there."""

_TOKEN = re.compile(
    rf"(?P<text>'(?:[^']|'')*')|(?<![:\w]):(?P<name>[a-z_]\w*)|\b(?P<word>{'|'.join(WORDS)})\b|(?P<percent>%)"
)


@cache
def spoken(sql: str) -> str:
    """The statement for psycopg, which marks a value as ``%(name)s``."""
    return _TOKEN.sub(_told, sql)


def _told(found: re.Match[str]) -> str:
    if text := found["text"]:
        return text.replace("%", "%%")
    if name := found["name"]:
        return f"%({name})s"
    return WORDS[found["word"]] if found["word"] else "%%"


def names_of(sql: str) -> frozenset[str]:
    """The names of the values that a statement takes."""
    return frozenset(found["name"] for found in _TOKEN.finditer(sql) if found["name"])
