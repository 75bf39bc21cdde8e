"""The life of the database file as a whole: made, upgraded, brought back from a copy."""

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection

from ordercli.belonging import is_of_another_shop
from ordercli.checksum import DUMP_HEAD, is_as_sealed
from ordercli.copies import make_backup, names, opened
from ordercli.db import driver_of, file_of, writing
from ordercli.dbfile import HEAD, REVISIONS, check_current, connect, database_errors, revision_at, revision_of
from ordercli.domain.copies import KnownCopy, copy_stem
from ordercli.domain.shop_facts import fault_of_shop
from ordercli.erasing import erase_again, tells_of_people
from ordercli.errors import DatabaseBusy, DatabaseProblem, NotWritable, OrdercliError, Refused
from ordercli.filecopy import check_sound, content_digest
from ordercli.filedriver import FileDriver
from ordercli.files import JOURNALS, head_of, was_database
from ordercli.migrate import upgrade
from ordercli.queries.copies import known_copies, past_of, remembered_folders
from ordercli.server import ShopPlace
from ordercli.services.copies import note_copy, remember_folder
from ordercli.services.operations import Outcome, begin_operation, seal_operation
from ordercli.services.settings import ShopFacts
from ordercli.services.setup import set_up_shop
from ordercli.shape import check_shape
from ordercli.unfinished import Unfinished, sync

if TYPE_CHECKING:
    from ordercli.encryption import BackupKey

_PAGES_AT_ONCE = 64
"""Fewer than any database has, so that a look is taken while the copy can still be given up."""
_LAST = "SELECT coalesce(max(id), 0) FROM operation"


def create_database(
    place: ShopPlace,
    make_schema: Callable[[Connection], None],
    shop: ShopFacts,
    *,
    now: str,
    actor: str,
    wait_seconds: float,
) -> Outcome:
    """Make a shop, or find that it is made; two processes may do so at once.

    Args:
        place: where.
        make_schema: makes the tables, or sees that they are there.
        shop: what is to be in it.
        now: the present.
        actor: who does it.
        wait_seconds: for other processes.

    Raises:
        DatabaseProblem: if the place belongs to another program, or has another schema.
        Refused: if it is another shop's.
    """
    with writing(place, create=True, wait_seconds=wait_seconds) as connection:
        make_schema(connection)
        with connection.begin() as transaction:
            number = begin_operation(connection, command="init", actor=actor, now=now)
            outcome = set_up_shop(connection, number, shop)
            if outcome.is_change:
                outcome = seal_operation(connection, number, outcome)
            else:
                transaction.rollback()
    return outcome


def make_schema(connection: Connection, path: Path) -> None:
    """Make the tables in a file, or see that they are there.

    Raises:
        DatabaseProblem: if the file belongs to another program, or has another schema.
    """
    file = file_of(driver_of(connection))
    file.execute("PRAGMA foreign_keys = OFF")
    with connection.begin():
        if revision_at(file, path) is None:
            upgrade(connection)
        else:
            check_current(file, path)
            check_shape(file, path)
    file.execute("PRAGMA foreign_keys = ON")


def upgrade_database(path: Path, *, now: str, wait_seconds: float) -> Path | None:
    """Bring the schema up to this program's, after a verified backup beside the file; several may do so at once.

    Returns:
        The backup made; None if there was nothing to do.

    Raises:
        DatabaseProblem: if the file is empty, foreign, newer than this program or from before its first release.
    """
    with writing(path, wait_seconds=wait_seconds) as connection:
        driver = file_of(driver_of(connection))
        if not _is_older(driver, path):
            return None
        driver.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            # Under the lock: another process may have been faster, and nobody writes what the backup lacks.
            if not _is_older(driver, path):
                return None
            backup = make_backup(path, path.absolute().parent, now=now, wait_seconds=wait_seconds)
            driver.unseal()
            upgrade(connection)
    return backup.path


def _is_older(connection: FileDriver, path: Path) -> bool:
    """Whether an upgrade leads from the file's schema to this program's; False if it is this program's."""
    if revision_at(connection, path) in REVISIONS[:-1]:
        return True
    check_current(connection, path)
    return False


class _OvertakenError(Exception):
    """Another process wrote the database while it was about to be replaced."""


class Restored(NamedTuple):
    """What became of a restore.

    Attributes:
        safety: the copy of what was there; None if nothing was.
        erased_again: whether the backup told of somebody whom what was there had erased, and does so no more.
        may_tell_erased: whether it tells of people, and nothing that was there knew whom of them had been erased.
    """

    safety: Path | None
    erased_again: bool
    may_tell_erased: bool


def is_other_shops(backup: Path, path: Path, key: "BackupKey | None" = None) -> bool:
    """Whether a backup is of another shop than the database whose place it is to take.

    Raises:
        UsageProblem, DatabaseProblem: as :func:`restore_database` says of the key and of what is no backup.
    """
    with opened(backup, path, key) as plain:
        _refuse_no_backup(plain, backup)
        return is_of_another_shop(plain, path)


def restore_database(
    backup: Path, path: Path, *, now: str, wait_seconds: float, key: "BackupKey | None" = None
) -> Restored:
    """Put the content of a backup in place of the database, through SQLite and in one transaction.

    Processes that have the database open see the restored content at their next command. The database that
    was there is kept beside it, as a backup if it can be read and as it is if not. What it knew of its copies
    stays known, and so does the folder the backup came from. Whom it had erased is erased in what comes back. From
    a backup of another shop only the folders stay known, and nobody is erased in it.

    Args:
        backup: the copy.
        path: the database.
        now: the present.
        wait_seconds: for other processes.
        key: of an encrypted backup.

    Raises:
        UsageProblem: if the backup is encrypted and there is no key.
        DatabaseProblem: if the key is not its key, if the backup is not a sound ordercli database of a known
            schema, or if what is there after it is not what the backup holds.
        DatabaseBusy: if another process writes the database all the while.
    """
    with opened(backup, path, key) as plain:
        _refuse_no_backup(plain, backup)
        _refuse_flipped(plain, backup)
        return _restore(plain, backup, path, now, wait_seconds)


def _restore(plain: Path, backup: Path, path: Path, now: str, wait_seconds: float) -> Restored:
    with closing(connect(plain, readonly=True, wait_seconds=wait_seconds)) as source, database_errors(backup):
        revision = revision_at(source, backup)
        if revision not in REVISIONS:
            check_current(source, backup)
        check_sound(source, backup)
        _check_shop(source, backup)
        until = time.monotonic() + wait_seconds
        while True:
            try:
                return _replace(source, backup, path, now, wait_seconds)
            except _OvertakenError:
                if time.monotonic() > until:
                    raise DatabaseBusy(
                        f"Another process writes {path} all the time; nothing changed, try again when it is done."
                    ) from None


def _replace(source: FileDriver, backup: Path, path: Path, now: str, wait_seconds: float) -> Restored:
    """One try.

    Raises:
        _OvertakenError: if another process wrote the database after the copy of it was made; nothing changed.
    """
    with _watched(path) as refuse_if_written:
        known = _known_copies(path)
        is_others = known.mark not in (None, _mark_of(source))
        safety = _set_aside(path, now, wait_seconds)
        with _given_up(safety), _staged(source, path) as staged:
            with database_errors(path):
                staged.unseal()
                for folder in [*known.folders, str(backup.resolve().parent)]:
                    remember_folder(staged, folder, now)
                for copy in () if is_others else known.copies:
                    note_copy(staged, copy)
                # Orders of two shops may have one id.
                can_erase = (
                    known.is_current and revision_at(source, backup) == HEAD and path.exists() and not is_others
                )
                erased_again = can_erase and erase_again(staged, path)
                may_tell_erased = not can_erase and tells_of_people(staged)
            with closing(connect(path, create=True, wait_seconds=wait_seconds)) as target, database_errors(path):
                staged.backup(target, pages=_PAGES_AT_ONCE, progress=refuse_if_written)
                _check_restored(staged if erased_again else source, target, path)
    return Restored(safety, erased_again, may_tell_erased)


@contextmanager
def _watched(path: Path) -> Iterator[Callable[[int, int, int], None]]:
    """What SQLite calls while it copies into a database, which raises if another process wrote it since.

    From its first page on the copy holds the write lock, so that what nobody wrote by then nobody writes.
    """
    with ExitStack() as stack:
        connection, before = None, None
        with suppress(OrdercliError, sqlite3.Error):  # nothing is there, or it is damaged, and nobody can write it
            looking = stack.enter_context(closing(connect(path, readonly=True)))
            before, connection = _version(looking), looking
        is_seen = False

        def refuse_if_written(status: int, _left: int, _pages: int) -> None:
            nonlocal is_seen
            if connection is None or is_seen or status != sqlite3.SQLITE_OK:
                return
            is_seen = True
            if _version(connection) != before:
                raise _OvertakenError

        yield refuse_if_written


def _version(connection: FileDriver) -> int:
    """What is another number once any other connection has written."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


@contextmanager
def _given_up(safety: Path | None) -> Iterator[None]:
    """Take the copy of what was there away again if it lacks what another process wrote meanwhile."""
    try:
        yield
    except _OvertakenError:
        if safety is not None:
            safety.unlink(missing_ok=True)
        raise


class _Known(NamedTuple):
    """What a database knew of its copies, whether it is of this schema, and the mark of its shop."""

    folders: list[str]
    copies: list[KnownCopy]
    is_current: bool
    mark: str | None


def _known_copies(path: Path) -> _Known:
    if path.exists():
        try:
            with closing(connect(path, readonly=True)) as connection:
                copies = list(known_copies(connection).values())
                is_current = revision_of(connection) == HEAD
                return _Known(remembered_folders(connection), copies, is_current, _mark_of(connection))
        except (OrdercliError, sqlite3.Error):  # damaged, as what is replaced often is
            pass
    return _Known([], [], is_current=False, mark=None)


def _mark_of(connection: FileDriver) -> str | None:
    past = past_of(connection)
    return past and past.mark


@contextmanager
def _staged(source: FileDriver, path: Path) -> Iterator[FileDriver]:
    """The content of a backup in a file beside the database, where nobody sees it change before it is whole."""
    try:
        unfinished = Unfinished(path)
    except OSError as error:
        raise NotWritable(f"{path.parent} cannot be written: {error.strerror}.") from error
    with unfinished, closing(connect(unfinished.path, create=True)) as staged:
        with database_errors(path):
            source.backup(staged)
        yield staged


def _check_restored(source: FileDriver, target: FileDriver, path: Path) -> None:
    """See that a database holds what its backup does; what another process has done to it since may be more.

    Raises:
        DatabaseProblem: if it does not.
    """
    check_sound(target, path, quick=True)
    target.execute("BEGIN")
    is_same = content_digest(source) == content_digest(target)
    (before,), (after,) = (each.execute(_LAST).fetchone() for each in (source, target))
    target.execute("ROLLBACK")
    if not is_same and before == after:
        raise DatabaseProblem(f"{path} does not hold what its backup does; the disk may be failing.")


def _refuse_no_backup(plain: Path, backup: Path) -> None:
    head = head_of(plain)
    if head.startswith(DUMP_HEAD):
        raise Refused(
            f"{backup} is of a shop on a server; restore it into an empty database there (--db URL),"
            " and take that to a file by: ordercli db copy URL FILE"
        )
    if not was_database(head):
        raise DatabaseProblem(f"{backup} is no backup: it does not begin as one; see: ordercli backup list")


def _refuse_flipped(plain: Path, backup: Path) -> None:
    # What a journal holds back is newer than the bytes that were sealed, and SQLite reads it.
    journal = plain.with_name(f"{plain.name}-wal")
    try:
        if is_as_sealed(plain) or (journal.exists() and journal.stat().st_size):
            return
    except OSError as error:
        raise Refused(f"{backup} cannot be read: {error.strerror}.") from error
    raise DatabaseProblem(f"{backup} was changed or damaged since it was made; bring back another backup.")


def _check_shop(connection: FileDriver, path: Path) -> None:
    """Refuse a backup with which no command could work.

    Raises:
        DatabaseProblem: saying what is missing or wrong.
    """
    shop = connection.execute("SELECT time_zone, currency FROM shop").fetchone()
    fault = fault_of_shop(*shop) if shop else "there is no shop"
    if fault:
        raise DatabaseProblem(f"{path}: {fault}; bring back another backup.")


def _set_aside(path: Path, now: str, wait_seconds: float) -> Path | None:
    if not path.exists():
        # Journals of a database that is gone would be applied to the one that comes.
        for suffix in JOURNALS:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return None
    try:
        return make_backup(path, path.absolute().parent, now=now, wait_seconds=wait_seconds).path
    except DatabaseProblem:
        return _keep_bytes(path, now)


def _keep_bytes(path: Path, now: str) -> Path:
    """Keep a database that cannot be read under another name, journals included, for whoever can.

    All of it is there under the new name before anything of the old one goes, so that a run killed in between
    loses nothing, and the next one may begin again.
    """
    folder = path.absolute().parent
    parts = {suffix: path.with_name(path.name + suffix) for suffix in ("", *JOURNALS)}
    there = {suffix: part for suffix, part in parts.items() if part.exists()}
    taken = {file.name for file in folder.iterdir()}
    name = next(name for name in names(copy_stem(f"{path.stem}-damaged", now), path.suffix) if name not in taken)
    for suffix, part in there.items():
        with Unfinished(part) as unfinished:
            shutil.copyfile(part, unfinished.path)
            sync(unfinished.path)
            unfinished.become(folder / (name + suffix))
    for part in there.values():
        part.unlink()
    return folder / name
