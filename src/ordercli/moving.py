"""A shop copied whole to another place: from a file to a server, back, or from one server to another.

Rows are read in one moment, and streamed, table by table, in the order of their keys. What is there afterwards is
read again and must have the same digest before any of it is there to stay. What is about the file alone, which
copies were made of it and which files were written, is not copied, and neither are sums of days, which are only
another way to the same figures.
"""

import hashlib
import json
import marshal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from ordercli.dbfile import HEAD
from ordercli.dbplace import check_current, connect, database_errors
from ordercli.domain.made_rows import LOOSE
from ordercli.driver import Driver
from ordercli.errors import DatabaseProblem, NotWritable, Refused, UsageProblem
from ordercli.queries.copies import MEMORY
from ordercli.queries.reports.day_sums import COLUMNS as DAY_SUMS
from ordercli.server import Server, ShopPlace
from ordercli.shape import check_shape, tables_of
from ordercli.unfinished import Unfinished, sync

if TYPE_CHECKING:
    from ordercli.postgres.connection import ServerDriver

_BATCH = 1_000
_LEFT = {*MEMORY, "counted_day", *DAY_SUMS, "alembic_version"}
"""What is of one place: its copies, sums of days that it counted or not, and its schema."""
_COLUMNS = """
SELECT j.value, x.name, x.type, x.pk FROM json_each(:tables) j JOIN pragma_table_xinfo(j.value) x ON x.hidden = 0
ORDER BY j.value, x.cid"""
_LATER = "SELECT type, name, sql FROM sqlite_schema WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
"""What is made anew once the rows are there: they were proved where they come from."""


class ShopCopy(NamedTuple):
    """What a copy holds.

    Attributes:
        rows: how many, by table.
        digest: of all of them.
        is_new: whether it was made now, and not there already.
    """

    rows: dict[str, int]
    digest: str
    is_new: bool = True


class _Table(NamedTuple):
    """A table, its stored columns, their types in SQLite's words, and those of its key in order."""

    name: str
    columns: list[str]
    types: list[str]
    keys: list[str]

    @property
    def select(self) -> str:
        return f"SELECT {', '.join(self.columns)} FROM {self.name} ORDER BY {', '.join(self.keys)}"

    @property
    def insert(self) -> str:
        return f"INSERT INTO {self.name} ({', '.join(self.columns)}) VALUES ({', '.join('?' * len(self.columns))})"


def copy_shop(source: ShopPlace, target: ShopPlace, *, wait_seconds: float) -> ShopCopy:
    """Copy a shop to where none is yet; others may work on it meanwhile.

    Args:
        source: the shop.
        target: a file that is not there, or an empty database of a server.
        wait_seconds: for other processes.

    Returns:
        What was copied, or what is there already, if that is the same.

    Raises:
        UsageProblem: if both are one place.
        Refused: if anything else is at the target.
        DatabaseProblem: if the source is no shop of this schema, or if what is there afterwards is not the same.
    """
    if _is_one_place(source, target):
        raise UsageProblem("SOURCE and TARGET are one place; name another one for the copy.")
    with closing(connect(source, readonly=True, wait_seconds=wait_seconds)) as shop, database_errors(source):
        if not shop.in_transaction:
            shop.execute("BEGIN")
        check_current(shop, source)
        if isinstance(shop, sqlite3.Connection):
            check_shape(shop, cast("Path", source))
        if isinstance(target, Server):
            return _to_server(shop, target, wait_seconds)
        return _to_file(shop, target, wait_seconds)


def shop_digest(shop: Driver) -> ShopCopy:
    """What a shop holds, in a transaction that has begun: two have one digest if they hold the same, wherever."""
    counted: dict[str, int] = {}
    digest = hashlib.blake2b(digest_size=16)
    for table in _tables(shop):
        for _ in _counted(shop, table, counted, digest):
            pass
    return ShopCopy(counted, digest.hexdigest(), is_new=False)


def _is_one_place(source: ShopPlace, target: ShopPlace) -> bool:
    if isinstance(source, Path) and isinstance(target, Path):
        return source.resolve() == target.resolve()
    return source == target


def _tables(shop: Driver) -> list[_Table]:
    """The tables that are about the shop; those of others in the file are nobody's here."""
    found = []
    told: dict[str, list[tuple[str, str, int]]] = {name: [] for name in tables_of(HEAD) if name not in _LEFT}
    for table, *column in shop.execute(_COLUMNS, {"tables": json.dumps([*told])}).fetchall():
        told[table].append((*column,))
    for name, info in told.items():
        columns, types = [row[0] for row in info], [row[1] for row in info]
        keys = [column for _, column in sorted((place, column) for column, _, place in info if place)]
        if name in LOOSE:
            columns, types, keys = [*columns, "rowid"], [*types, "INTEGER"], ["rowid"]
        found.append(_Table(name, columns, types, keys))
    return found


def _counted(
    shop: Driver,
    table: _Table,
    counted: dict[str, int],
    digest: "hashlib.blake2b",
) -> Iterator[tuple[Any, ...]]:
    """The rows of a table one by one, counted and digested on their way."""
    counted[table.name] = 0
    digest.update(f"{table.name} ({', '.join(table.columns)})".encode())
    for batch in shop.batches(table.select, table.types, _BATCH):
        counted[table.name] += len(batch)
        for row in batch:
            digest.update(marshal.dumps(row, 2))  # the form that depends on the values alone
        yield from batch


def _fill(shop: Driver, target: Driver) -> ShopCopy:
    """Put every row of a shop into the tables of another that has none."""
    counted: dict[str, int] = {}
    digest = hashlib.blake2b(digest_size=16)
    for table in _tables(shop):
        try:
            target.executemany(table.insert, _counted(shop, table, counted, digest))
        except sqlite3.IntegrityError as error:
            raise DatabaseProblem(
                f"A row of {table.name} breaks a law ({error}); nothing was copied, ask: ordercli doctor"
            ) from error
    return ShopCopy(counted, digest.hexdigest())


def _proved(moved: ShopCopy, target: Driver, place: ShopPlace) -> ShopCopy:
    """See that what was written is there.

    Raises:
        DatabaseProblem: if it is not; nothing is kept of it.
    """
    there = shop_digest(target)
    if there.digest == moved.digest:
        return moved
    other = next((name for name, rows in moved.rows.items() if there.rows.get(name) != rows), "some table")
    raise DatabaseProblem(f"{place} does not hold what was copied ({other} differs); nothing was kept.")


def _same_or_refused(shop: Driver, target: Driver, place: ShopPlace) -> ShopCopy:
    """What is at a target that is a shop already.

    Raises:
        Refused: unless it is the same.
    """
    here, there = shop_digest(shop), shop_digest(target)
    if here.digest == there.digest:
        return there
    raise Refused(f"{place} is a shop already, which is not the same; name an empty place for the copy.")


def _to_server(shop: Driver, place: Server, wait_seconds: float) -> ShopCopy:
    from ordercli.postgres import opening  # noqa: PLC0415 - only where a URL names it

    target = cast("ServerDriver", connect(place, wait_seconds=wait_seconds))
    with closing(target), database_errors(place):
        target.take_turn()
        if opening.revision_of(target, place) is not None:
            check_current(target, place)
            return _same_or_refused(shop, target, place)
        moved = fill_new(shop, target, place)
        target.commit()
    return moved


def fill_new(shop: Driver, target: "ServerDriver", place: Server, *, has_functions: bool = False) -> ShopCopy:
    """Make the schema in a transaction at a server, fill it with a shop's rows, and prove that they are there.

    Args:
        shop: in a transaction that has begun.
        target: has no schema of a shop.
        place: where that is.
        has_functions: whether the functions that SQLite has alone are there already.

    Raises:
        DatabaseProblem: if what is there is not the same, or text is ordered otherwise there than in a file.
    """
    from ordercli.postgres import opening, schema  # noqa: PLC0415 - only where a URL names it

    opening.check_letters(target, place)
    (functions, *tables), laws = schema.in_two()
    target.run_script("DELETE FROM sqlite.sqlite_schema" if has_functions else functions)
    target.run_script(";\n".join(tables))
    target.execute("INSERT INTO ordercli.alembic_version VALUES (?)", (HEAD,))
    moved = _fill(shop, target)
    target.run_script(";\n".join(laws))
    target.run_script(f"ANALYZE {', '.join(f'ordercli.{name}' for name in tables_of(HEAD))}")
    return _proved(moved, target, place)


def _to_file(shop: Driver, place: Path, wait_seconds: float) -> ShopCopy:
    if place.exists() and (place.is_dir() or place.stat().st_size):
        with closing(connect(place, readonly=True, wait_seconds=wait_seconds)) as target, database_errors(place):
            check_current(target, place)
            target.execute("BEGIN")
            return _same_or_refused(shop, target, place)
    try:
        with Unfinished(place.absolute()) as unfinished:
            moved = _filled_file(shop, unfinished.path, place)
            sync(unfinished.path)
            if place.exists():
                unfinished.become(place)
            else:
                unfinished.become_new([place.name])
    except FileExistsError:
        raise Refused(f"{place} was made by somebody else meanwhile; nothing of the copy was kept.") from None
    except OSError as error:
        raise NotWritable(f"{place.parent} cannot be written: {error.strerror}.") from error
    return moved


def _filled_file(shop: Driver, file: Path, place: Path) -> ShopCopy:
    """Make the schema in a new file, and put the rows into it."""
    from ordercli.db import driver_of, file_of, make_engine, told_errors  # noqa: PLC0415 - the write side loads long
    from ordercli.migrate import upgrade  # noqa: PLC0415

    with told_errors(place), make_engine(file).connect() as connection:
        target = file_of(driver_of(connection))
        for pragma in ("foreign_keys = OFF", "journal_mode = MEMORY", "synchronous = OFF"):
            target.execute(f"PRAGMA {pragma}")  # nobody else knows of it yet
        with connection.begin():
            upgrade(connection)
            later = target.execute(_LATER).fetchall()
            for kind, name, _ in later:
                target.execute(f"DROP {kind} {name}")
            moved = _fill(shop, target)
            _make_later(target.execute, [sql for _, _, sql in later])
            if lost := target.execute("PRAGMA foreign_key_check").fetchone():
                raise DatabaseProblem(f"A row of {lost[0]} points nowhere; nothing was copied.")
            check_shape(target, file)
            moved = _proved(moved, target, place)
        target.execute("ANALYZE")
        target.execute("PRAGMA journal_mode = WAL")
    return moved


def _make_later(execute: Callable[[str], object], statements: list[str]) -> None:
    for sql in statements:
        execute(sql)
