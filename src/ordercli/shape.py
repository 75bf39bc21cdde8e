"""Whether the schema in a file is the one its revision has: what ordercli wrote there, and no trigger besides.

A trigger, a view or a CHECK is a part of the program that lies in the data. One that somebody changed would change
every figure, so writers compare what is there with what the migrations make. Foreign tables, views and indexes do
nothing by themselves, and are let be, as are SQLite's own.

Each revision has a list of its objects beside its migration, ``NAME_objects.txt``: a line with a hash over all of
them as they are written, which is all that nearly every start looks at, then one line an object.
"""

import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from ordercli.dbfile import database_errors, revision_of
from ordercli.errors import DatabaseProblem

_OBJECTS = """
SELECT type, name, tbl_name, sql FROM sqlite_schema
WHERE name NOT GLOB 'sqlite_*' OR type IN ('trigger', 'view') ORDER BY type, name"""
_TEXT = f"""
SELECT group_concat(type || char(0) || name || char(0) || tbl_name || char(0) || sql, char(10))
FROM ({_OBJECTS})"""
"""All of them as :func:`_whole` puts them together; where SQLite takes another order, rows are asked for."""
_BLANKS = re.compile(r"('(?:[^']|'')*')|\s*([(),])\s*|\s+")
MOST_NAMED = 3
"""How many things that are wrong a refusal names."""

SchemaObject = tuple[str, str, str, str]


def scripts_folder() -> Path:
    """Where the migrations are: in a wheel ``ordercli/_migrations``, in a checkout ``migrations`` at the top."""
    packaged = Path(__file__).with_name("_migrations")
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "migrations"


def check_shape(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file whose schema somebody changed.

    Args:
        connection: on the file, which is one of ordercli's.
        path: for what is said.

    Raises:
        DatabaseProblem: naming what is altered, missing or foreign, three things at most.
    """
    with database_errors(path):
        revision = revision_of(connection)
        (text,) = connection.execute(_TEXT).fetchone()
    first, _, lines = _list_of(revision or "").partition("\n")
    if not lines or first == f"whole {_hash(text or '')}":
        return
    with database_errors(path):
        rows = connection.execute(_OBJECTS).fetchall()
    expected = dict(line.rsplit(" ", 1) for line in lines.splitlines())
    ours = [row for row in rows if " ".join(row[:3]) in expected]
    wrong = [
        f"the trigger {row[1][:60]} is not ordercli's" for row in rows if row[0] == "trigger" and row not in ours
    ]
    if first != f"whole {_whole(ours)}":
        wrong += _differences(ours, expected)
    if wrong:
        more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
        raise DatabaseProblem(
            f"{path} is not as ordercli made it: {', '.join(wrong[:MOST_NAMED])}{more}; remove what is foreign, "
            "or bring back a backup with: ordercli restore FILE"
        )


def written(connection: sqlite3.Connection) -> str:
    """The list of objects of a database, as it is kept beside a migration."""
    rows = connection.execute(_OBJECTS).fetchall()
    lines = [f"whole {_whole(rows)}", *(f"{' '.join(row[:3])} {_hash(_flat(row[3]))}" for row in rows)]
    return "\n".join(lines) + "\n"


def tables_of(revision: str) -> list[str]:
    """The tables that a revision has, by their names."""
    lines = _list_of(revision).splitlines()[1:]
    return sorted(line.split(" ")[1] for line in lines if line.startswith("table "))


@cache
def _list_of(revision: str) -> str:
    """The list of a revision; empty for one without, which no revision of the program is."""
    for file in (scripts_folder() / "versions").glob(f"{revision}_*_objects.txt"):
        return file.read_text(encoding="utf-8")
    return ""


def _differences(ours: Sequence[SchemaObject], expected: dict[str, str]) -> Iterator[str]:
    """What is altered or missing of ours."""
    there = {" ".join(row[:3]): row[3] for row in ours}
    for told, told_hash in expected.items():
        kind, name, _ = told.split(" ")
        if told not in there:
            yield f"the {kind} {name} is missing"
        elif _hash(_flat(there[told])) != told_hash:
            yield f"the {kind} {name} is altered"


def _whole(rows: Sequence[SchemaObject]) -> str:
    return _hash("\n".join("\0".join(map(str, row)) for row in rows))


def _flat(sql: str) -> str:
    return _BLANKS.sub(lambda found: found[1] or found[2] or " ", sql or "").strip()


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
