"""What ``doctor`` asks of the file: whether it is sound, the seller's alone, and one with its backups."""

import os
import shutil
import sqlite3
import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ordercli.belonging import is_of_another_shop
from ordercli.checksum import is_as_sealed
from ordercli.copies import opened
from ordercli.dbfile import connect
from ordercli.domain.journal import BESIDE, is_told
from ordercli.domain.orders.personal import says_something
from ordercli.domain.times import shift
from ordercli.encryption import is_encrypted
from ordercli.errors import DatabaseProblem, NotOpened, OrdercliError
from ordercli.filedriver import FileDriver
from ordercli.keeping import SPOILT, FoundCopy, digest_if_read, find_copies
from ordercli.place import is_synced
from ordercli.postgres.checkup import WORK, apart, empty_work, held_on_server, of_server
from ordercli.queries.copies import remembered_folders
from ordercli.queries.doctor import Check, Checked, Find, asked, mended, row_checks
from ordercli.queries.reader import Reader, reading_through
from ordercli.queries.reports.day_sums import stale_day
from ordercli.queries.side_by_side import side_by_side
from ordercli.server import Server, ShopPlace
from ordercli.shape import check_shape
from ordercli.unfinished import deserted, sweep

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BACK_UP = "ordercli backup"

INTEGRITY = Check(
    "integrity",
    "SQLite finds the file sound, indexes and CHECKs included",
    mended("indexes are made anew from their tables; else restore the last sound backup"),
    is_mended=True,
)
REFERENCES = Check("references", "every reference leads to a row")
ORDERS = Check(
    "order-book",
    "every order is what its statements, and what was done with it, make of it",
    mended("orders are made anew from what files said of them"),
    is_mended=True,
)
DAY_SUMS = Check(
    "day-sums",
    "sums of whole days are those of their orders' lines",
    mended("they are taken away, and the next backup counts them anew"),
    is_mended=True,
)
SCHEMA = Check("schema", "tables, views and triggers are as ordercli made them")
PERMISSIONS = Check(
    "permissions",
    "the database is the seller's alone",
    mended("only you may read and write the file"),
    is_grave=False,
    is_mended=True,
)
LEFT_OVERS = Check(
    "left-overs",
    "nothing unfinished of a killed run lies beside the database or its backups",
    mended("it is deleted, unless a process is at work on it"),
    is_grave=False,
    is_mended=True,
)
OF_PLACE = frozenset({PERMISSIONS.code, LEFT_OVERS.code, WORK.code})
"""What is mended in the folder, or in a server's tables of work, not in the rows."""
FOLDER = Check(
    "folder", "nobody else may put files beside the database", "chmod go-w on the folder", is_grave=False
)
SYNCED = Check(
    "synced-folder",
    "no cloud client copies the database while it is written to",
    "keep it elsewhere, and let the client have its backups: ordercli backup --to DIR",
    is_grave=False,
)
JOURNAL_MODE = Check(
    "journal-mode",
    "the database survives a power cut in the midst of a command",
    "keep it on a local disk",
    is_grave=False,
)
SPACE = Check("disk-space", "the disk has room for a copy of the database", "make room", is_grave=False)
BACKUP = Check(
    "backup-missing",
    "there is a backup in one of the folders used, or where --backups says",
    _BACK_UP,
    is_grave=False,
)
BACKUP_AGE = Check(
    "backup-old", "the newest backup is at most as old as the setting backup_days", _BACK_UP, is_grave=False
)
BACKUP_SEAL = Check("backup-flipped", "the newest backup is as it was made, and no proof found it bad", _BACK_UP)
BACKUP_OPENED = Check(
    "backup-opened",
    "the newest backup is encrypted, and opens with the passphrase that is told",
    "tell its own passphrase, or prove it with its key: ordercli backup verify --key FILE",
    is_grave=False,
)
BACKUP_SHOP = Check(
    "backup-chain",
    "the newest backup that can be read is of this shop, and its operations are this journal's",
    "see whose it is; if it is of this shop, the past was changed here or there: compare both with log",
)
BACKUP_FACTS = Check("backup-facts", "facts that the newest backup that can be read has are the same here")
BACKUP_STATES = Check(
    "backup-states",
    "what differs from the newest backup that can be read is what the journal says was changed since",
)


def checked(reader: Reader, path: ShopPlace, backups: Path | None, *, deep: bool) -> Iterator[Checked]:
    """Every check, those of the file first.

    Args:
        reader: of the database.
        path: where it is.
        backups: the folder of its backups; those that were used, and ``backups`` beside it, if left out.
        deep: also look at every cell, and hold every row against the newest backup.
    """
    yield from side_by_side(reader, path, list(_held(path, deep=deep)))
    if deep:
        yield from _made_of_rows(reader, path)
    if isinstance(path, Server):
        yield from of_server(reader, path, backups, (BACKUP, BACKUP_AGE, BACKUP_SEAL, BACKUP_SHOP), deep=deep)
        return
    folders = [backups] if backups else backup_folders(reader, path)
    yield from _place(reader.file, path, folders)
    yield from _backups(reader, path, folders, deep=deep)


def backup_folders(reader: Reader, path: Path) -> list[Path]:
    """Where backups of a database are: ``backups`` beside it, and what else was used."""
    return [path.absolute().parent / "backups", *map(Path, remembered_folders(reader.file))]


def held(reader: Reader, path: ShopPlace, *, deep: bool) -> Iterator[Checked]:
    """The checks of what is in a database, wherever it lies, one after the other."""
    for check, find in _held(path, deep=deep):
        yield asked(check, partial(find, reader))
    if deep:
        yield from _made_of_rows(reader, path)


def _made_of_rows(reader: Reader, path: ShopPlace) -> Iterator[Checked]:
    """The checks of what is kept of other rows, and is made of them once more."""
    for check, find in ((ORDERS, partial(_order_out_of_line, path)), (DAY_SUMS, stale_day)):
        yield asked(check, partial(apart(find) if isinstance(path, Server) else find, reader))


def _held(path: ShopPlace, *, deep: bool) -> Iterator[tuple[Check, Find]]:
    if isinstance(path, Server):
        for check, find in (*held_on_server(path), *row_checks(deep=deep)):
            yield check, apart(find)
        return
    yield INTEGRITY, partial(_unsound, deep=deep)
    yield REFERENCES, _loose_end
    yield SCHEMA, partial(_other_shape, path)
    yield from row_checks(deep=deep)


def _found(check: Check, row: object) -> Checked:
    return Checked(check, None if row is None else str(row)[:80])


def _unsound(reader: Reader, *, deep: bool) -> str | None:
    (verdict,) = reader.file.execute(f"PRAGMA {'integrity' if deep else 'quick'}_check(1)").fetchone()
    return None if verdict == "ok" else str(verdict)[:80]


def _loose_end(reader: Reader) -> str | None:
    row = reader.file.execute("PRAGMA foreign_key_check").fetchone()
    return None if row is None else str(row)[:80]


def _order_out_of_line(path: ShopPlace, reader: Reader) -> str | None:
    from ordercli.db import trying  # noqa: PLC0415 - the write side takes long to load

    with trying(path) as connection:
        return _odd_order(connection, reader.now)


def _odd_order(connection: "Connection", now: str) -> str | None:
    """The first order that is not what the use cases of the import make of what is held of it."""
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - as above

    from ordercli.services.operations import Work  # noqa: PLC0415
    from ordercli.services.orders.book_check import orders_out_of_line  # noqa: PLC0415
    from ordercli.services.settings import get_shop  # noqa: PLC0415

    try:
        found = orders_out_of_line(Work(connection, now, 0, get_shop(connection)))
    except SQLAlchemyError as error:
        return f"rows without sense ({type(error).__name__})"
    return f"order {found[0][1]}" if found else None


# Mending ---------------------------------------------------------------------------------------------


def left_broken(path: ShopPlace, codes: Collection[str], *, now: str, wait_seconds: float) -> Checked | None:
    """What would still be broken if what these checks are about were made anew; it is tried, and taken back."""
    from sqlalchemy.exc import IntegrityError, InvalidRequestError  # noqa: PLC0415 - the write side takes long to load

    from ordercli.db import driver_of, writing  # noqa: PLC0415
    from ordercli.services.operations import Work, begin_operation, seal_operation  # noqa: PLC0415
    from ordercli.services.safety.rebuilding import rebuild  # noqa: PLC0415
    from ordercli.services.settings import get_shop  # noqa: PLC0415

    with writing(path, wait_seconds=wait_seconds) as connection, connection.begin() as transaction:
        try:
            driver = driver_of(connection)
            number = begin_operation(connection, command="doctor", actor="", now=now)
            seal_operation(connection, number, rebuild(Work(connection, now, number, get_shop(connection)), codes))
            reader = reading_through(driver, now=now)
            found = [
                *(asked(check, partial(find, reader)) for check, find in _held(path, deep=True)),
                asked(ORDERS, partial(_odd_order, connection, now)),
            ]
        except (IntegrityError, sqlite3.IntegrityError):  # what is damaged cannot be held against laws
            return Checked(ORDERS, "rows that break a law")
        except InvalidRequestError:  # no row, or several, where there is one of each shop
            return Checked(ORDERS, "rows without sense")
        finally:
            transaction.rollback()
    return next((each for each in found if each.status == "BROKEN"), None)


def mend_place(path: ShopPlace, backups: Sequence[Path], *, wait_seconds: float) -> None:
    """Make a file the seller's alone and delete what killed runs left beside it, or empty tables of work."""
    if isinstance(path, Server):
        empty_work(path, wait_seconds=wait_seconds)
        return
    for suffix in ("", "-wal", "-shm"):
        file = path.with_name(path.name + suffix)
        if file.exists():
            file.chmod(0o600)
    for folder in (path.absolute().parent, *backups):
        sweep(folder)


def _other_shape(path: Path, reader: Reader) -> str | None:
    try:
        check_shape(reader.file, path)
    except DatabaseProblem as problem:
        return str(problem).partition(": ")[2][:200]
    return None


def _place(connection: FileDriver, path: Path, backups: Sequence[Path]) -> Iterator[Checked]:
    mode, folder = path.stat().st_mode, path.absolute().parent
    yield _found(PERMISSIONS, oct(stat.S_IMODE(mode)) if os.name == "posix" and mode & 0o077 else None)
    left = [file for each in (folder, *backups) for file in deserted(each)]
    yield _found(LEFT_OVERS, left[0] if left else None)
    writable = folder.stat().st_mode
    is_open = os.name == "posix" and writable & 0o022 and not writable & stat.S_ISVTX
    yield _found(FOLDER, folder if is_open else None)
    yield _found(SYNCED, is_synced(path))
    (kind,) = connection.execute("PRAGMA journal_mode").fetchone()
    yield _found(JOURNAL_MODE, None if kind == "wal" else kind)
    room = shutil.disk_usage(folder).free
    yield _found(SPACE, f"{room} bytes" if room < path.stat().st_size else None)


# Backups ---------------------------------------------------------------------------------------------


def _backups(reader: Reader, path: Path, folders: Sequence[Path], *, deep: bool) -> Iterator[Checked]:
    copies = _copies(reader, path, folders)
    yield _found(BACKUP, None if copies else folders[0])
    if not copies:
        return
    made_at = copies[0].name.made_at
    oldest = shift(reader.now, days=-int(reader.setting("backup_days")))
    yield _found(BACKUP_AGE, made_at if made_at < oldest else None)
    newest = copies[0]
    if newest.name.is_encrypted:
        yield from _locked(newest, path) if deep else _outside(newest)
        # Which is not looked into: the rows are held against the newest that can be, whose own state is no matter.
        plain = (copy for copy in copies if not copy.name.is_encrypted and copy.status not in SPOILT)
        readable = next((copy.file for copy in plain if not deep or _is_whole(copy)), None)
        if readable is not None:
            found = _compared(path, readable, readable.name, deep=deep)
            yield from (each for each in found if each.check is not BACKUP_SEAL)
        return
    if deep or newest.status in SPOILT:
        yield _found(BACKUP_SEAL, None if _is_whole(newest) else newest.file.name)
    yield from _compared(path, newest.file, newest.file.name, deep=deep)


def _is_whole(copy: FoundCopy) -> bool:
    """Whether a plain backup has the bytes that were written, and no proof found it bad."""
    try:
        return copy.status not in SPOILT and is_as_sealed(copy.file)
    except OSError:
        return False


def unread_backup(reader: Reader, path: Path, folders: Sequence[Path], findings: Iterable[Checked]) -> Path | None:
    """The newest backup, if it is an encrypted one that was not opened."""
    copies = _copies(reader, path, folders)
    is_opened = Checked(BACKUP_OPENED) in findings
    is_unread = bool(copies) and copies[0].name.is_encrypted and not is_opened
    return copies[0].file if is_unread else None


def _copies(reader: Reader, path: Path, folders: Sequence[Path]) -> list[FoundCopy]:
    return [
        copy
        for copy in find_copies(reader.file, path, folders)
        if copy.byte_count is not None and (copy.known or not is_of_another_shop(copy.file, path))
    ]


def _outside(copy: FoundCopy) -> Iterator[Checked]:
    """The check of an encrypted backup that looks at its length, its first bytes, and what a proof found only."""
    try:
        is_whole = copy.status not in SPOILT and is_encrypted(copy.file)
    except OrdercliError:
        is_whole = False
    yield _found(BACKUP_SEAL, None if is_whole else copy.file.name)


def _locked(copy: FoundCopy, path: Path) -> Iterator[Checked]:
    """The checks of an encrypted backup: of its bytes, and of its rows if the environment tells its passphrase."""
    from ordercli.encryption import key_from_passphrase, told_passphrase  # noqa: PLC0415 - few copies are encrypted

    told, is_changed = told_passphrase(None), copy.status in SPOILT
    try:
        if told:
            with opened(copy.file, path, key_from_passphrase(told)) as plain:
                yield Checked(BACKUP_OPENED)
                yield from _compared(path, plain, copy.file.name, deep=True)
    except NotOpened:
        yield Checked(BACKUP_OPENED, copy.file.name)
    except DatabaseProblem:
        is_changed = True
    except OrdercliError:
        pass  # the machine was too busy
    if copy.known is not None or is_changed:
        is_changed = is_changed or copy.known is None or digest_if_read(copy.file) != copy.known.digest
        yield _found(BACKUP_SEAL, copy.file.name if is_changed else None)


def _compared(path: Path, file: Path, name: str, *, deep: bool) -> Iterator[Checked]:
    """The checks that hold a database against a backup of it, which is known by a name."""
    try:
        with closing(connect(path, readonly=True)) as both:
            both.execute("ATTACH ? AS saved", (f"{file.absolute().as_uri()}?mode=ro&immutable=1",))
            yield _found(BACKUP_SHOP, _other_past(both))
            if deep:
                yield _found(BACKUP_FACTS, _other_fact(both))
                yield _found(BACKUP_STATES, _untold_change(both))
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
