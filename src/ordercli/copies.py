"""Copies of the database: made, checked, and remembered.

A copy is made with VACUUM INTO, which is one consistent moment, hinders no writer and leaves no remnants of erased
data, and is believed only after it was opened and checked: its pages and its schema always, every index, reference
and law once a week. The database remembers every folder used, and of each good copy what proves later that it is
still the one that was made.
"""

import hashlib
import itertools
import marshal
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ordercli import dbplace
from ordercli.checksum import seal
from ordercli.dbfile import HEAD, connect, database_errors, revision_of
from ordercli.domain.chain import BEGINNING, LAST_CHAIN
from ordercli.domain.copies import DUMP, LOCKED, PLAIN, PROVE_DAYS, KnownCopy, copy_stem, parse_copy_name
from ordercli.domain.times import shift
from ordercli.driver import Driver
from ordercli.errors import DatabaseBusy, DatabaseProblem, NotWritable, Refused, UsageProblem
from ordercli.filedriver import FileDriver
from ordercli.queries.copies import MEMORY, is_proof_due, remembered_folders
from ordercli.queries.laws import broken_laws
from ordercli.server import Server, ShopPlace, stem_of
from ordercli.services.copies import note_copy, remember_folder
from ordercli.shape import check_shape
from ordercli.unfinished import Unfinished, make_folder, sync

_MARSHAL = 2
"""The form of marshal that depends on the values alone, and not on which objects hold them."""
_BATCH = 1_000
_TRIES = 3
"""How often a copy is made anew, if others wrote in the moment in which it began."""
_LOOK_CACHE_KIB = 4 * 1024
"""Pages kept while a copy is looked at: all of it is read once, so that more only takes memory."""
_WRITING_FAILED = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
)

if TYPE_CHECKING:
    from ordercli.encryption import BackupKey


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy found good.

    Attributes:
        path: where.
        rows: how many it holds in all.
        chain: the end of its chain of operations.
        is_proved: whether all of it was looked at, and not the pages and the schema alone.
        is_noted: whether the database remembers it.
    """

    path: Path
    rows: int
    chain: str
    is_proved: bool
    is_noted: bool = True


def make_backup(place: ShopPlace, folder: Path, *, now: str, wait_seconds: float) -> Backup:
    """Copy the database into ``folder`` under a name with the time, proved before it gets that name.

    Nothing is remembered of it, for its caller is about to change the database or holds it.

    Raises:
        DatabaseProblem: if the copy does not hold what the database holds, or breaks a law.
        Refused: if the folder cannot be written or is full.
    """
    return _made(place, folder, now, wait_seconds, beside=folder / stem_of(place), quick=False)[0]


def back_up(
    place: ShopPlace,
    folder: Path,
    *,
    now: str,
    wait_seconds: float,
    beside: Path | None = None,
    quick: bool = False,
    key: "BackupKey | None" = None,
) -> Backup:
    """:func:`make_backup`, which the database remembers: the folder before, the copy after.

    Args:
        place: the database, a file or on a server.
        folder: where to.
        now: the present, for the name.
        wait_seconds: for other writers, while the folder and the copy are noted.
        beside: the file beside which it lies before it is locked; the database if left out.
        quick: never look at every index and every law; else that is done if none was proved so lately.
        key: locks the copy; nothing that is not locked comes into the folder.

    Raises:
        DatabaseProblem: if the copy does not hold what the database holds, or breaks a law.
        DatabaseBusy: if the folder is a new one and another process writes all the time.
        Refused: if the folder cannot be written or is full.
    """
    _make_folder(folder)
    told = folder.resolve()
    with (
        closing(dbplace.connect(place, readonly=True, wait_seconds=wait_seconds)) as connection,
        dbplace.database_errors(place),
    ):
        is_known = str(told) in remembered_folders(connection)
        is_quick = quick or not is_proof_due(connection, shift(now, days=-PROVE_DAYS))
    if not is_known:
        with noting(place, wait_seconds) as connection:
            remember_folder(connection, str(told), now)
    aside = beside or cast("Path", place)
    backup, known = _made(place, told, now, wait_seconds, beside=aside, quick=is_quick, key=key)
    try:
        with noting(place, wait_seconds) as connection:
            note_copy(connection, known)
    except DatabaseBusy:
        is_noted = False
    else:
        is_noted = True
    return replace(backup, path=folder / backup.path.name, is_noted=is_noted)


@contextmanager
def noting(place: ShopPlace, wait_seconds: float) -> Iterator[Driver]:
    """A short transaction on the database in which something about its copies is noted."""
    with (
        closing(dbplace.connect(place, wait_seconds=wait_seconds)) as connection,
        dbplace.database_errors(place),
    ):
        dbplace.check_writable(connection, place)
        connection.take_turn()
        connection.unseal()
        yield connection
        connection.execute("COMMIT")


def _make_folder(folder: Path) -> None:
    try:
        make_folder(folder)
    except OSError as error:
        raise Refused(f"{folder} cannot be written: {error.strerror}.") from error


def _made(
    place: ShopPlace,
    folder: Path,
    now: str,
    wait_seconds: float,
    *,
    beside: Path,
    quick: bool,
    key: "BackupKey | None" = None,
) -> tuple[Backup, KnownCopy]:
    _make_folder(folder)
    own = stem_of(place)
    stem, suffix = copy_stem(own, now), suffix_of(place)
    try:
        if key:
            _make_folder(beside.absolute().parent)
        number = _next_number(folder, own, now, suffix)
        # What is not locked stays beside the database, where the same lies open anyway.
        with Unfinished(beside if key else folder / own) as plain:
            rows, last, chain, is_proved = _copy(place, plain.path, wait_seconds, quick=quick)
            if key is None:
                size, digest = plain.path.stat().st_size, digest_of(plain.path)
                target = plain.become_new(names(stem, suffix, number))
            else:
                with Unfinished(folder / own) as locked:
                    _lock(plain.path, locked.path, key, quick=quick)
                    size, digest = locked.path.stat().st_size, digest_of(locked.path)
                    target = locked.become_new(names(stem, suffix + LOCKED, number))
    except OSError as error:
        raise Refused(f"{folder} cannot be written: {error.strerror}.") from error
    proved_at = now if is_proved else None
    known = KnownCopy(str(folder), target.name, now, last, rows, size, digest, int(key is not None), proved_at)
    return Backup(target, rows, chain, is_proved), known


def suffix_of(place: ShopPlace) -> str:
    """What the names of a shop's copies end with, unless they are encrypted."""
    return DUMP if isinstance(place, Server) else PLAIN


def _lock(plain: Path, locked: Path, key: "BackupKey", *, quick: bool) -> None:
    """Encrypt a copy over an empty file, and see that the key opens it, if it is one that can."""
    from ordercli.encryption import decrypt, encrypt  # noqa: PLC0415 - few copies are

    with locked.open("wb") as file:
        encrypt(plain, file, key)
    sync(locked)
    if key.can_open and not quick:
        held = _Hashed()
        decrypt(locked, held, key)
        if held.digest() != digest_of(plain):
            raise DatabaseProblem(f"{locked.parent} does not give back what was written to it; nothing was kept.")


class _Hashed:
    """Takes bytes and keeps their SHA-256 only."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def digest(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def opened(copy: Path, beside: Path, key: "BackupKey | None") -> Iterator[Path]:
    """A copy as a database file: itself, or what it holds under a key, in a file that goes when the context ends.

    Args:
        copy: the copy.
        beside: the database, in whose folder the file is.
        key: of an encrypted one.

    Raises:
        UsageProblem: if it is encrypted and there is no key.
        NotOpened: if the key does not open it.
        DatabaseProblem: if it was changed or cut short.
        Refused: if it cannot be read.
        NotWritable: if the folder cannot be written.
    """
    from ordercli.encryption import decrypt, is_encrypted  # noqa: PLC0415 - loads no library by itself

    if not is_encrypted(copy):
        yield copy
        return
    if key is None:
        raise UsageProblem(f"{copy} is encrypted; name its key with --key FILE, or give its passphrase.")
    try:
        make_folder(beside.absolute().parent)  # of a server's it may be the first file there
        with Unfinished(beside) as plain:
            with plain.path.open("wb") as file:
                decrypt(copy, file, key)
            yield plain.path
    except OSError as error:
        raise NotWritable(f"{beside.parent} cannot be written: {error.strerror}.") from error


def _copy(place: ShopPlace, copy: Path, wait_seconds: float, *, quick: bool) -> tuple[int, int, str, bool]:
    """Copy the database over an empty file, check the copy and bring it to the disk.

    Returns:
        Its rows in all, its last operation, the end of its chain, and whether all of it was looked at.
    """
    if isinstance(place, Server):
        from ordercli.postgres.dump import write_dump  # noqa: PLC0415 - only where a URL names the shop

        written = write_dump(place, copy, wait_seconds, quick=quick)
        sync(copy)
        return written
    return *_copy_file(place, copy, wait_seconds, quick=quick), not quick


def _copy_file(path: Path, copy: Path, wait_seconds: float, *, quick: bool) -> tuple[int, int, str]:
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
    sync(copy)
    return sum(counts.values()), last, chain


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
            if getattr(error, "sqlite_errorcode", None) in _WRITING_FAILED:
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


def names(stem: str, suffix: str, first: int = 1) -> Iterator[str]:
    """``stem``, or ``stem-2`` and so on where that is taken, from a number on."""
    return (f"{stem}{'' if number == 1 else f'-{number}'}{suffix}" for number in itertools.count(first))


def _next_number(folder: Path, stem: str, now: str, suffix: str) -> int:
    """Of the copies of one second, locked or not, the newer one has the greater number."""
    found = (parse_copy_name(stem, file.name, suffix) for file in folder.iterdir())
    return 1 + max((name.number for name in found if name and name.made_at == now), default=0)


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


def row_counts(connection: Driver) -> dict[str, int]:
    """Rows of every table that is about the shop."""
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        if name not in MEMORY
    ]
    return {table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


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
