"""Copies of a shop in a file: written, and looked at.

A copy is made with VACUUM INTO, which is one consistent moment, hinders no writer and leaves no remnants of erased
data. Its pages and its schema are looked at always, every index, reference and law where that is asked.
"""

import hashlib
import marshal
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from ordercli.checksum import seal
from ordercli.copying import Written
from ordercli.dbfile import HEAD, WRITING_FAILED, connect, database_errors, revision_of
from ordercli.domain.chain import BEGINNING, LAST_CHAIN
from ordercli.domain.copies import PLAIN
from ordercli.driver import Driver
from ordercli.errors import DatabaseProblem, Refused
from ordercli.filedriver import FileDriver
from ordercli.queries.copies import MEMORY, row_counts
from ordercli.queries.laws import broken_laws
from ordercli.shape import check_shape

_MARSHAL = 2
"""The form of marshal that depends on the values alone, and not on which objects hold them."""
_BATCH = 1_000
_TRIES = 3
"""How often a copy is made anew, if others wrote in the moment in which it began."""
_LOOK_CACHE_KIB = 4 * 1024
"""Pages kept while a copy is looked at: all of it is read once, so that more only takes memory."""


class FileCopies:
    """How copies of a file are written and looked at, as :class:`ordercli.copying.Copying` promises."""

    suffix = PLAIN

    def __init__(self, path: Path) -> None:
        """Of the database there."""
        self._path = path

    def own_folders(self) -> list[Path]:
        """Its own, where ``restore`` keeps what was there."""
        return [self._path.resolve().parent]

    def write(self, copy: Path, wait_seconds: float, *, quick: bool) -> Written:
        """By VACUUM INTO."""
        return _copy_file(self._path, copy, wait_seconds, quick=quick)

    def may_prove(self) -> bool:
        """Always."""
        return True

    def fault_in(self, plain: Path, copy: Path, *, is_whole: bool, is_known: bool) -> str | None:
        """Open it."""
        del is_whole
        with closing(connect(plain, readonly=True)) as connection, database_errors(copy):
            check_sound(connection, copy)
            return None if is_known or revision_of(connection) is not None else "it holds no shop"

    @contextmanager
    def content(self, plain: Path) -> Iterator[Driver]:
        """The file itself."""
        with closing(connect(plain, readonly=True)) as file:
            yield file


def _copy_file(path: Path, copy: Path, wait_seconds: float, *, quick: bool) -> Written:
    for left in reversed(range(_TRIES)):
        before, after = _write_copy(path, copy, wait_seconds)
        counts, last, chain = _check_copy(copy, quick=quick)
        lacking = _lacking(counts, before, after)
        if not lacking:
            break
        if not left:
            raise DatabaseProblem(f"The copy {copy} lacks rows of {', '.join(lacking)}; it was not kept.")
        os.truncate(copy, 0)
    seal(copy)
    return Written(sum(counts.values()), last, chain, is_proved=not quick)


def _write_copy(path: Path, copy: Path, wait_seconds: float) -> tuple[dict[str, int], dict[str, int]]:
    """Write a copy; of every table the rows there were at the moment before it began, and after it had ended."""
    with (
        closing(connect(path, wait_seconds=wait_seconds)) as source,
        closing(connect(path, readonly=True, wait_seconds=wait_seconds)) as beside,
        database_errors(path),
    ):
        beside.execute("BEGIN")
        beside.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()  # from here on it sees this moment
        try:
            source.execute("VACUUM INTO ?", (str(copy),))
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) in WRITING_FAILED:
                raise Refused(
                    f"{copy.parent} has no room for a copy ({error}); nothing was kept there."
                ) from error
            raise
        return row_counts(beside), row_counts(source)


def _lacking(counts: dict[str, int], before: dict[str, int], after: dict[str, int]) -> list[str]:
    """Tables of which a copy has neither the rows of the moment before, nor as many as lie between then and after.

    The moment of a copy is the one before it, but for what others write in less than a millisecond. Only who adds
    rows and deletes some around that makes it another try.
    """
    around = {table: sorted((rows, after.get(table, -1))) for table, rows in before.items()}
    return [table for table, (least, most) in around.items() if not least <= counts.get(table, -1) <= most]


def _check_copy(copy: Path, *, quick: bool) -> tuple[dict[str, int], int, str]:
    """Open a copy and check it.

    Returns:
        The rows of each table, its last operation, and the end of its chain.
    """
    with closing(connect(copy, readonly=True)) as connection, database_errors(copy):
        check_sound(connection, copy, quick=quick)
        counts = row_counts(connection)
        last, chain = 0, BEGINNING
        if counts.get("operation"):  # a restore that was killed at its beginning leaves a file without tables
            (chain,) = connection.execute(LAST_CHAIN).fetchone()
            (last,) = connection.execute("SELECT max(id) FROM operation").fetchone()
    return counts, last, chain


def check_sound(connection: FileDriver, path: Path, *, quick: bool = False) -> None:
    """Refuse a database that SQLite finds damaged, whose schema was changed, or that breaks a law of the data.

    Args:
        connection: on the database.
        path: where it is.
        quick: look at the pages and the schema only, and at no index, reference or law.

    Raises:
        DatabaseProblem: naming what is wrong.
    """
    connection.execute(f"PRAGMA cache_size = -{_LOOK_CACHE_KIB}")
    (verdict,) = connection.execute(f"PRAGMA {'quick' if quick else 'integrity'}_check(1)").fetchone()
    if verdict != "ok":
        raise DatabaseProblem(f"{path} is damaged ({verdict}); bring back a backup with: ordercli restore FILE")
    check_shape(connection, path)
    if quick:
        return
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise DatabaseProblem(f"{path} has rows that point nowhere; bring back a backup.")
    broken = broken_laws(connection) if revision_of(connection) == HEAD else []
    if broken:
        raise DatabaseProblem(f"{path} breaks a law of the data ({broken[0]}); bring back a backup.")


def content_digest(connection: FileDriver) -> str:
    """A digest of everything in a database that is about the shop: its schema, and every row of every table.

    Two databases have the same one if and only if they hold the same, whatever their pages look like. It is good
    for comparing within a run, and for nothing else.
    """
    digest = hashlib.blake2b()
    schema = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*' ORDER BY type, name"
    )
    digest.update(marshal.dumps(schema.fetchall(), _MARSHAL))
    tables = connection.execute(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        " AND name NOT GLOB 'sqlite_*' ORDER BY name"
    )
    for table, is_without_rowid in tables.fetchall():
        if table not in MEMORY:
            for rows in _rows_of(connection, table, is_without_rowid=bool(is_without_rowid)):
                digest.update(marshal.dumps(rows, _MARSHAL))
    return digest.hexdigest()


def _rows_of(connection: FileDriver, table: str, *, is_without_rowid: bool) -> Iterator[list[tuple[object, ...]]]:
    """The stored cells of a table in the order of its key, some rows at a time."""
    info = connection.execute(f'PRAGMA table_info("{table}")').fetchall()
    stored = ", ".join(f'"{column[1]}"' for column in info)
    key = [(column[5], f'"{column[1]}"') for column in info if column[5]]
    order = ", ".join(name for _, name in sorted(key)) if is_without_rowid else "rowid"
    rows = connection.execute(f'SELECT {stored} FROM "{table}" ORDER BY {order}')
    while batch := rows.fetchmany(_BATCH):
        yield batch
