"""What erasing people is besides emptying rows: no byte of them stays in the file, its journal and its backups.

SQLite overwrites what it frees, but old pages stay in the journal until it is cut, and what another program freed
stays in the file until that is built anew. Mails to them go from the outbox. A backup is built anew beside itself,
emptied, checked and put in its place; one that cannot be is told of, and deleted only where the seller says so.
What is no backup of this shop is left alone.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ordercli import dbplace, keeping
from ordercli.belonging import Held, Kin, Whose
from ordercli.checksum import is_sealed, seal
from ordercli.copies import digest_of, noting
from ordercli.dbfile import connect, database_errors
from ordercli.domain.messages.mail_files import MAILS_OF_ERASED, OUTBOX, MailFile
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
from ordercli.domain.privacy.texts import OWN_VALUES
from ordercli.driver import Driver
from ordercli.errors import DatabaseBusy, DatabaseProblem
from ordercli.filecopy import check_sound
from ordercli.filedriver import FileDriver
from ordercli.queries.copies import known_copies, row_counts
from ordercli.queries.privacy.files import noted_as, where_noted
from ordercli.server import ShopPlace
from ordercli.services.copies import forget_copies, note_copy
from ordercli.services.privacy.files import note_written
from ordercli.services.privacy.texts import erase_texts, erase_texts_elsewhere, is_marked_elsewhere
from ordercli.unfinished import Unfinished, sweep, sync, wait_for_nobody

_MARKS = ("buyer_number", "erased_order", "erased_text")
"""Tables that a backup gets rows in when it is emptied."""
_LOSING = (*OWN_VALUES, "order_tag", "operation_reference")
"""Tables that may lose rows then: values that are no text, and what is the same as another row without a name."""
_HEADER = 100
"""Bytes of the header of a database."""


def folders_of(database: Path) -> list[Path]:
    """Where copies of a database may be: beside it, where they go unasked, and every remembered folder."""
    with contextlib.closing(connect(database, readonly=True)) as connection, database_errors(database):
        return [database.absolute().parent / "backups", *keeping.folders_of(connection, database)]


def held_in(folders: Iterable[Path], database: Path) -> Iterator[Held]:
    """Every file in some folders that holds what this shop did, or may; each is looked at when it is its turn."""
    kin = Kin(database)
    seen: set[Path] = set()
    for folder in folders:
        for file in sorted(folder.iterdir()) if folder.is_dir() else ():
            place = file.resolve()
            if place not in seen and (held := kin.look(place)) is not None:
                seen.add(place)
                yield held


def is_unfinished(place: ShopPlace) -> bool:
    """Whether bytes of an earlier erasure may still be somewhere, as after a run that was killed."""
    with (
        contextlib.closing(dbplace.connect(place, readonly=True)) as connection,
        dbplace.database_errors(place),
    ):
        return bool(
            connection.execute("SELECT EXISTS (SELECT 1 FROM erasure WHERE finished_at IS NULL)").fetchone()[0]
        )


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of the files that held what was erased.

    Attributes:
        rewritten: backups that hold it no more.
        deleted: backups that could not be rewritten.
        left: backups that still hold it.
        busy: backups that somebody has open, or has begun to work in; they hold it too.
        apart: what is no backup, or nobody knows whether it is: for the seller to look after.
        mails: mails to them that were deleted from the outbox.
        mails_left: those that could not be.
        doubts: what of the shop itself still holds it, as sentences.
        notes: who else may hold it, as sentences.
    """

    rewritten: tuple[Path, ...] = ()
    deleted: tuple[Path, ...] = ()
    left: tuple[Held, ...] = ()
    busy: tuple[Path, ...] = ()
    apart: tuple[Held, ...] = ()
    mails: tuple[Path, ...] = ()
    mails_left: tuple[Path, ...] = ()
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


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
    mails, mails_left = clean_outboxes(database)
    done = _see_to(held_in(places, database), database, now, wait_seconds, may_delete=may_delete)
    done = replace(done, mails=mails, mails_left=mails_left)
    if not (done.left or done.busy or mails_left):
        _finish(database, now, wait_seconds)
    return done


def outboxes(place: ShopPlace) -> list[Path]:
    """The folders of this machine that mails to buyers were written to, if they are still there."""
    with (
        contextlib.closing(dbplace.connect(place, readonly=True)) as connection,
        dbplace.database_errors(place),
    ):
        rows = connection.execute(
            "SELECT path FROM written_file WHERE kind = ? ORDER BY path", (OUTBOX,)
        ).fetchall()
    folders = (where_noted(place, path) for (path,) in rows)
    return [folder for folder in folders if folder is not None and folder.is_dir()]


def clean_outboxes(place: ShopPlace) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Delete the mails to people who were erased; which went, and which could not."""
    return _delete_mails(mails_of_erased(place))


def mails_of_erased(place: ShopPlace) -> list[Path]:
    """The files in the outboxes that are mails to people who were erased."""
    folders = outboxes(place)
    if not folders:
        return []
    with (
        contextlib.closing(dbplace.connect(place, readonly=True)) as connection,
        dbplace.database_errors(place),
    ):
        mails = [MailFile(*row) for row in connection.execute(MAILS_OF_ERASED)]
    return [folder / mail.name for mail in mails for folder in folders if _is_mail(folder / mail.name, mail)]


def _is_mail(file: Path, mail: MailFile) -> bool:
    """Whether a file is the mail that ordercli wrote under that name, by its Message-ID."""
    from email.parser import BytesHeaderParser  # noqa: PLC0415 - few who are erased got a mail

    try:
        with file.open("rb") as opened:
            told = BytesHeaderParser().parse(opened)["Message-ID"]
    except OSError:
        return False
    return str(told).strip().startswith(f"<{mail.message_id}@")


def _delete_mails(files: Iterable[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Delete mails; which went, and which could not."""
    gone, left = [], []
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError:
            left.append(file)
        else:
            gone.append(file)
    return tuple(gone), tuple(left)


def _see_to(files: Iterable[Held], database: Path, now: str, wait_seconds: float, *, may_delete: bool) -> Cleaned:
    """Rewrite the backups among some files; delete those that cannot be, if they may be."""
    rewritten, deleted, left, busy, apart = [], [], [], [], []
    for held in files:
        path, why_not = held.path, held.why_not
        if held.whose is not Whose.BACKUP:
            apart.append(held)
            continue
        try:
            if why_not is None and _rewrite(path, database, wait_seconds):
                rewritten.append(path)
            if why_not is None:
                _note_anew(path, database, now, wait_seconds)
        except DatabaseBusy:
            busy.append(path)
            continue
        except (DatabaseProblem, OSError) as error:
            why_not = f"it could not be: {getattr(error, 'strerror', None) or error}"
        if why_not is None:
            continue
        if may_delete:
            path.unlink(missing_ok=True)
            with noting(database, wait_seconds) as connection:
                forget_copies(connection, str(path.parent), [path.name])
            deleted.append(path)
        else:
            left.append(Held(path, held.whose, why_not))
    return Cleaned(tuple(rewritten), tuple(deleted), tuple(left), tuple(busy), tuple(apart))


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


def _is_cut(connection: FileDriver) -> bool:
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    return bool(mode != "wal" or connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)


def _rewrite(backup: Path, database: Path, wait_seconds: float) -> bool:
    """Put a backup without what the database has erased in its own place; False if there was nothing of it in it.

    Raises:
        DatabaseProblem: if the copy is not sound; the backup is as it was then.
        DatabaseBusy: if somebody has the backup open.
    """
    with (
        contextlib.closing(connect(backup, readonly=True, wait_seconds=wait_seconds)) as held,
        database_errors(backup),
    ):
        _name_erased(held, database)
        if not (held.execute(SAYS_ANYTHING).fetchone()[0] or is_marked_elsewhere(held)):
            return False
    with Unfinished(backup) as unfinished, _alone(backup, wait_seconds) as held:
        before = row_counts(held)
        held.execute("VACUUM INTO ?", (str(unfinished.path),))
        with _opened(unfinished.path) as copy:
            for pragma in ("journal_mode = MEMORY", "synchronous = OFF", "secure_delete = ON"):
                copy.execute(f"PRAGMA {pragma}")  # nobody else knows of it yet
            erase_again(copy, database)
            copy.execute("VACUUM")
            check_sound(copy, unfinished.path)
            after = row_counts(copy)
        if any(after[table] != rows for table, rows in before.items() if table not in (*_MARKS, *_LOSING)):
            raise DatabaseProblem(f"the copy of {backup.name} lacks rows")
        seal(unfinished.path)
        sync(unfinished.path)
        _take_place(unfinished, backup, held)
    return True


@contextlib.contextmanager
def _alone(backup: Path, wait_seconds: float) -> Iterator[FileDriver]:
    """A backup that nobody else reads or writes meanwhile, and that is still one.

    Raises:
        DatabaseBusy: if somebody has it open, or has begun to work in it.
    """
    with _opened(backup, wait_seconds) as held:
        held.execute("PRAGMA locking_mode = EXCLUSIVE")
        # What stands beside it under its name would be taken for that of the file that takes its place.
        held.execute("PRAGMA journal_mode = DELETE")
        held.execute("BEGIN EXCLUSIVE")
        held.execute("COMMIT")  # in this mode the lock stays
        if not is_sealed(held):
            raise DatabaseBusy(f"Another process has begun to work in {backup}; it was left as it is.")
        yield held


def _take_place(unfinished: Unfinished, backup: Path, held: FileDriver) -> None:
    """Put a copy in the place of a backup.

    Who opened the backup before and waits for its lock would write into a file that has no name any more: its
    header goes before the lock does, so that they are told that it is no database.
    """
    if os.name == "nt":  # where a file that anybody has open cannot be replaced
        held.close()
        unfinished.become(backup)
        return
    old = os.open(backup, os.O_WRONLY)
    try:
        unfinished.become(backup)
        os.write(old, bytes(_HEADER))
    finally:
        os.close(old)


def erase_again(copy: FileDriver, database: Path) -> bool:
    """Empty in a copy of a shop what the database has erased, and mark it as erased; whether there was anything.

    Args:
        copy: on the copy, in no transaction.
        database: what is worked on, with the schema of this program.
    """
    _name_erased(copy, database)
    copy.execute("BEGIN")
    is_anything = erase_named(copy)
    copy.execute("COMMIT")
    copy.execute("DETACH present")
    return is_anything


def erase_named(copy: Driver) -> bool:
    """The same in a transaction that has begun, of what :func:`name_erased` has named."""
    is_anything = copy.execute(SAYS_ANYTHING).fetchone()[0] or is_marked_elsewhere(copy)
    for statement in (ONE_PLACE, NUMBERED):
        copy.execute(statement)
    erase_texts(copy, None)
    erase_texts_elsewhere(copy)
    for statement in (EMPTIED, MARKED):
        copy.execute(statement, {"operation": None})
    return bool(is_anything)


def tells_of_people(shop: Driver) -> bool:
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


def _name_erased(backup: FileDriver, database: Path) -> None:
    """Name in a backup what the database has erased."""
    backup.execute("PRAGMA query_only = OFF")  # for temporary tables
    backup.execute("ATTACH ? AS present", (f"{database.absolute().as_uri()}?mode=ro",))
    name_erased(backup)


def name_erased(copy: Driver) -> None:
    """Name in a copy of a shop what the one that is there as ``present`` has erased."""
    for table, columns in TABLES.items():
        copy.execute(f"CREATE TEMP TABLE {table} ({columns})")
    for statement in (*ERASED_ELSEWHERE, PERSONS):
        copy.execute(statement)


@contextlib.contextmanager
def _opened(file: Path, wait_seconds: float = 0.0) -> Iterator[FileDriver]:
    """A backup, or a copy of one, whose journal mode stays as it is.

    Some versions of SQLite cannot copy tables with generated columns from a file opened for reading alone.
    """
    address = f"{file.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=wait_seconds, factory=FileDriver)
    try:
        with database_errors(file):
            connection.execute("PRAGMA trusted_schema = OFF")
            yield connection
    finally:
        connection.close()


def _finish(database: Path, now: str, wait_seconds: float) -> None:
    with contextlib.closing(connect(database, wait_seconds=wait_seconds)) as connection, database_errors(database):
        connection.execute("UPDATE erasure SET finished_at = ? WHERE finished_at IS NULL", (now,))


def note_written_files(
    place: ShopPlace, files: Sequence[tuple[str, str]], *, now: str, wait_seconds: float
) -> None:
    """Note (absolute path, what it is) of files with people's data; a copy only looked at is left alone."""
    if isinstance(place, Path):
        with contextlib.closing(connect(place, readonly=True)) as connection, database_errors(place):
            if is_sealed(connection):
                return
    told = [(noted_as(place, Path(path)), kind) for path, kind in files]
    with noting(place, wait_seconds) as driver:
        note_written(driver, told, now)
