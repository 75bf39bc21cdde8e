"""What erasing people is besides emptying rows: no byte of them stays in the file, its journal and its backups.

SQLite overwrites what it frees, but old pages stay in the journal until it is cut, and what another program freed
stays in the file until that is built anew. A backup is built anew beside itself, emptied, checked and put in its
own place; one that cannot be is told of, and deleted only where the seller says so.
"""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ordercli import keeping
from ordercli.checksum import is_as_sealed, is_sealed, seal
from ordercli.copies import check_sound, digest_of, noting, row_counts, sync
from ordercli.dbfile import HEAD, connect, database_errors, revision_of
from ordercli.domain.copies import ENCRYPTED
from ordercli.domain.orders.personal import says_something
from ordercli.domain.privacy.erasing import (
    EMPTIED,
    ERASED_ELSEWHERE,
    MARKED,
    NUMBERED,
    ONE_PLACE,
    PERSONS,
    SAYS_ANYTHING,
    TABLES,
)
from ordercli.errors import DatabaseBusy, DatabaseProblem, OrdercliError
from ordercli.files import JOURNALS, head_of, is_ordercli_database
from ordercli.queries.copies import known_copies
from ordercli.services.copies import forget_copies, note_copy
from ordercli.services.privacy.files import note_written
from ordercli.unfinished import Unfinished, sweep, wait_for_nobody

_MARKS = ("buyer_number", "erased_order")
"""Tables that a backup gets rows in when it is emptied."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup, and why it cannot be rewritten; None if it can."""

    path: Path
    why_not: str | None = None


def folders_of(database: Path) -> list[Path]:
    """Where copies of a database may be: beside it, where they go unasked, and every remembered folder."""
    with contextlib.closing(connect(database, readonly=True)) as connection, database_errors(database):
        return [database.absolute().parent / "backups", *keeping.folders_of(connection, database)]


def backups_in(folders: Iterable[Path], database: Path) -> list[Kept]:
    """Every database of ordercli's in some folders but the one that is worked on, and every encrypted backup."""
    own = database.resolve()
    found: dict[Path, Kept] = {}
    for folder in folders:
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            place = file.resolve()
            if place == own or place in found or not place.is_file():
                continue
            kept = _looked_at(place)
            if kept is not None:
                found[place] = kept
    return list(found.values())


def _looked_at(file: Path) -> Kept | None:
    if file.name.endswith(ENCRYPTED):
        return Kept(file, "it is encrypted")
    if file.name.endswith(JOURNALS):
        return None
    try:
        if not is_ordercli_database(head_of(file)):
            return None
        if not is_as_sealed(file):
            return Kept(file, "it is damaged")
        with contextlib.closing(connect(file, readonly=True)) as backup:
            revision = revision_of(backup)
    except (OrdercliError, OSError, sqlite3.Error) as error:
        return Kept(file, f"it cannot be read ({type(error).__name__})")
    return Kept(file, None if revision == HEAD else "an older ordercli made it")


def is_unfinished(database: Path) -> bool:
    """Whether bytes of an earlier erasure may still be somewhere, as after a run that was killed."""
    with contextlib.closing(connect(database, readonly=True)) as connection, database_errors(database):
        return bool(
            connection.execute("SELECT EXISTS (SELECT 1 FROM erasure WHERE finished_at IS NULL)").fetchone()[0]
        )


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of the backups, and which still hold what was erased."""

    rewritten: tuple[Path, ...] = ()
    deleted: tuple[Path, ...] = ()
    left: tuple[Kept, ...] = ()


def clean(database: Path, folders: Iterable[Path], *, now: str, wait_seconds: float, may_delete: bool) -> Cleaned:
    """See to it that what was erased is in no byte of the file, its journal and its backups; again does no harm.

    Args:
        database: the file, in which the rows are emptied.
        folders: where its backups are.
        now: the present as UTC text.
        wait_seconds: how long to wait for other processes.
        may_delete: whether backups that cannot be rewritten are deleted.

    Raises:
        DatabaseBusy: if another process kept on reading what was there before; the next run goes on.
    """
    places = list(dict.fromkeys(folder.resolve() for folder in folders if folder.is_dir()))
    _clean_file(database, wait_seconds)
    for folder in places:
        # Whoever made a copy of how it was before is ready by then; whoever begins later copies what is left.
        if not wait_for_nobody(folder, wait_seconds):
            raise DatabaseBusy(
                f"Another process keeps writing into {folder}; erase again to go on with the backups."
            )
        sweep(folder)
    rewritten, deleted, left = [], [], []
    for kept in backups_in(places, database):
        why_not = kept.why_not
        try:
            if why_not is None and _rewrite(kept.path, database, wait_seconds):
                rewritten.append(kept.path)
            if why_not is None:
                _note_anew(kept.path, database, now, wait_seconds)
        except (DatabaseProblem, OSError) as error:
            why_not = f"it could not be: {getattr(error, 'strerror', None) or error}"
        if why_not is None:
            continue
        if may_delete:
            kept.path.unlink(missing_ok=True)
            with noting(database, wait_seconds) as connection:
                forget_copies(connection, str(kept.path.parent), [kept.path.name])
            deleted.append(kept.path)
        else:
            left.append(Kept(kept.path, why_not))
    if not left:
        _finish(database, now, wait_seconds)
    return Cleaned(tuple(rewritten), tuple(deleted), tuple(left))


def _clean_file(database: Path, wait_seconds: float) -> None:
    """Build the file anew, and cut its journal.

    Raises:
        DatabaseBusy: if another process reads an older state of it all the while.
        Refused: if the disk has no room for it.
    """
    with contextlib.closing(connect(database, wait_seconds=wait_seconds)) as connection, database_errors(database):
        connection.execute("VACUUM")
        if not _is_cut(connection):
            raise DatabaseBusy(
                f"Another process keeps reading {database} as it was before: what was erased is still in its"
                " journal; erase again when it has ended, to go on."
            )


def _is_cut(connection: sqlite3.Connection) -> bool:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    return bool(mode != "wal" or connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)


def _rewrite(backup: Path, database: Path, wait_seconds: float) -> bool:
    """Put a backup without what the database has erased in its own place; False if there was nothing of it in it.

    Raises:
        DatabaseProblem: if the copy is not sound; the backup is as it was then.
    """
    with (
        contextlib.closing(connect(backup, readonly=True, wait_seconds=wait_seconds)) as held,
        database_errors(backup),
    ):
        _name_erased(held, database)
        if not held.execute(SAYS_ANYTHING).fetchone()[0]:
            return False
    with Unfinished(backup) as unfinished:
        # Some versions of SQLite cannot copy tables with generated columns from a file opened for reading alone.
        with _opened(backup) as held:
            before = row_counts(held)
            held.execute("VACUUM INTO ?", (str(unfinished.path),))
        with _opened(unfinished.path) as copy:
            for pragma in ("journal_mode = MEMORY", "synchronous = OFF", "secure_delete = ON"):
                copy.execute(f"PRAGMA {pragma}")  # nobody else knows of it yet
            erase_again(copy, database)
            copy.execute("VACUUM")
            check_sound(copy, unfinished.path)
            after = row_counts(copy)
        if any(after[table] != rows for table, rows in before.items() if table not in _MARKS):
            raise DatabaseProblem(f"the copy of {backup.name} lacks rows")
        seal(unfinished.path)
        sync(unfinished.path)
        unfinished.become(backup)
    for suffix in JOURNALS:  # of a backup that somebody opened
        backup.with_name(backup.name + suffix).unlink(missing_ok=True)
    return True


def erase_again(copy: sqlite3.Connection, database: Path) -> bool:
    """Empty in a copy of a shop what the database has erased, and mark it as erased; whether there was anything.

    Args:
        copy: on the copy, in no transaction.
        database: what is worked on, with the schema of this program.
    """
    _name_erased(copy, database)
    (is_anything,) = copy.execute(SAYS_ANYTHING).fetchone()
    copy.execute("BEGIN")
    for statement in (ONE_PLACE, NUMBERED, EMPTIED, MARKED):
        copy.execute(statement, {"operation": None})
    copy.execute("COMMIT")
    copy.execute("DETACH present")
    return bool(is_anything)


def tells_of_people(shop: sqlite3.Connection) -> bool:
    """Whether anything about anybody is in a shop."""
    sql = f"SELECT EXISTS (SELECT 1 FROM personal_data p WHERE {says_something('p')})"
    return bool(shop.execute(sql).fetchone()[0])


def _note_anew(backup: Path, database: Path, now: str, wait_seconds: float) -> None:
    """Let the database know what a rewritten copy of its is like now; that was checked when it was rewritten."""
    place = (str(backup.parent), backup.name)
    with contextlib.closing(connect(database, readonly=True)) as connection, database_errors(database):
        known = known_copies(connection).get(place)
    digest = digest_of(backup)
    if known is None or known.digest == digest:
        return
    with contextlib.closing(connect(backup, readonly=True)) as held, database_errors(backup):
        (is_ours,) = held.execute(
            "SELECT EXISTS (SELECT 1 FROM erased_order WHERE operation_id IS NULL)"
        ).fetchone()
        rows = sum(row_counts(held).values())
    if is_ours:  # else somebody else changed it, which is not to be hidden
        anew = known._replace(row_count=rows, byte_count=backup.stat().st_size, digest=digest, proved_at=now)
        with noting(database, wait_seconds) as connection:
            note_copy(connection, anew)


def _name_erased(backup: sqlite3.Connection, database: Path) -> None:
    """Name in a backup what the database has erased."""
    backup.execute("PRAGMA query_only = OFF")  # for temporary tables
    backup.execute("ATTACH ? AS present", (f"{database.absolute().as_uri()}?mode=ro",))
    for table, columns in TABLES.items():
        backup.execute(f"CREATE TEMP TABLE {table} ({columns})")
    for statement in (*ERASED_ELSEWHERE, PERSONS):
        backup.execute(statement)


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    """A backup, or a copy of one, whose journal mode stays as it is."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
    try:
        with database_errors(file):
            connection.execute("PRAGMA trusted_schema = OFF")
            yield connection
    finally:
        connection.close()


def _finish(database: Path, now: str, wait_seconds: float) -> None:
    with contextlib.closing(connect(database, wait_seconds=wait_seconds)) as connection, database_errors(database):
        connection.execute("UPDATE erasure SET finished_at = ? WHERE finished_at IS NULL", (now,))


def note_written_files(database: Path, files: Sequence[tuple[str, str]], *, now: str, wait_seconds: float) -> None:
    """Note (absolute path, what it is) of files with people's data; a copy only looked at is left alone.

    What lies beside the database, or below, is noted from there: it moves with the folder.
    """
    with contextlib.closing(connect(database, readonly=True)) as connection, database_errors(database):
        if is_sealed(connection):
            return
    folder = database.resolve().parent
    told = [
        (str(Path(path).relative_to(folder)) if Path(path).is_relative_to(folder) else path, kind)
        for path, kind in files
    ]
    with noting(database, wait_seconds) as connection:
        note_written(connection, told, now)
