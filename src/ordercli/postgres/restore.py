"""A backup brought back into a shop on a server: proved beside it, and put in its place in one transaction.

A database is made of the copy beside the shop's, and looked at as ``backup verify`` does. Then, while other
writers wait, a copy of the shop is made, its schema gets another name, a new one is made and filled from the
database beside, held against that by a digest, and the old one is dropped. All of that is one transaction: killed
at any moment, the client or the server, the shop is the one before or the one restored. Readers see the one before
until then. Who was let in stays so: the rights of roles are given anew.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from ordercli.checksum import DUMP_HEAD, is_as_sealed
from ordercli.copies import digest_of, make_backup, names, noting, opened
from ordercli.dbfile import HEAD
from ordercli.dbplace import connect, database_errors
from ordercli.domain.copies import DUMP, KnownCopy, copy_stem
from ordercli.domain.shop_facts import fault_of_shop
from ordercli.driver import Driver
from ordercli.erasing import erase_named, name_erased, tells_of_people
from ordercli.errors import (
    DatabaseBusy,
    DatabaseProblem,
    NotWritable,
    OrdercliError,
    OutOfReach,
    Refused,
    UnsureInterrupt,
)
from ordercli.moving import fill_new
from ordercli.postgres.connection import ServerDriver, ServerError
from ordercli.postgres.dump import MadeShop, check_sound, scratch, write_unseen
from ordercli.postgres.erasing import damaged_stem, mark_unclean
from ordercli.postgres.opening import revision_of
from ordercli.postgres.others import give_rights, plainly, refuse_standing, refuse_what_goes, set_as_before
from ordercli.postgres.shape import is_missing_functions
from ordercli.postgres.work import SCHEMA
from ordercli.queries.copies import known_copies, past_of, remembered_folders
from ordercli.server import Server
from ordercli.services.copies import note_copy, remember_folder
from ordercli.unfinished import Unfinished, make_folder, sync
from ordercli.upkeep import Restored

if TYPE_CHECKING:
    from ordercli.encryption import BackupKey

_FILE_HEAD = b"SQLite format 3"
OLD, OLD_FUNCTIONS, OLD_WORK = "present", "present_sqlite", "present_work"
"""What the schemas of before are called in the transaction that replaces them, which nobody else sees.

The statements that erase people again find there whom the shop of before had erased.
"""
_THERE = """
SELECT nspname::text FROM pg_namespace
WHERE nspname IN ('ordercli', 'sqlite', 'ordercli_work', 'present', 'present_sqlite', 'present_work')"""
_OWNER = """
SELECT quote_ident(r.rolname), pg_has_role(r.oid, 'MEMBER') AND has_database_privilege(r.oid, current_database(),
  'CREATE') FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE n.nspname = 'ordercli'"""
_MAY_MAKE = "SELECT has_database_privilege(current_database(), 'CREATE')"
_FILES = "SELECT path, kind, written_at FROM written_file"
_NOTES_FILE = "INSERT INTO written_file (path, kind, written_at) VALUES (?, ?, ?)"
_NOTES_FILES_OF_BEFORE = f"""
INSERT OR IGNORE INTO written_file (path, kind, written_at)
SELECT path, kind, written_at FROM {OLD}.written_file"""


@contextmanager
def proved(
    backup: Path, server: Server, *, wait_seconds: float, beside: Path, key: "BackupKey | None"
) -> Iterator[MadeShop]:
    """A database made of a backup beside the shop's, found sound; it is dropped afterwards.

    Args:
        backup: what ``backup`` made of a shop on a server.
        server: where the shop is that it takes the place of.
        wait_seconds: for other processes.
        beside: the file beside which an encrypted one is opened.
        key: of an encrypted one.

    Raises:
        UsageProblem: if the backup is encrypted and there is no key.
        DatabaseProblem: if it is no sound backup of a shop on a server.
        Refused: if it is of a file, or this user may not make a database.
    """
    with opened(backup, beside, key) as plain:
        _refuse_no_backup(plain, backup, server)
        _refuse_changed(plain, backup, server)
        with scratch(server, plain, wait_seconds) as made:
            check_sound(made, backup)
            _check_shop(made.driver, backup)
            yield made


def is_other_shops(made: MadeShop, server: Server) -> bool:
    """Whether a backup is of another shop than the one whose place it is to take."""
    try:
        with closing(connect(server, readonly=True)) as driver, database_errors(server):
            past = past_of(driver) if revision_of(driver, server) == HEAD else None
    except OrdercliError:  # damaged, as what is replaced often is
        return False
    return past is not None and past != past_of(made.driver) and past.mark != _mark_of(made.driver)


def has_shop(server: Server) -> bool:
    """Whether there is something that a backup would take the place of.

    Raises:
        DatabaseProblem: if another program's tables are in the database.
    """
    with closing(cast("ServerDriver", connect(server))) as driver, database_errors(server):
        return _has_shop(driver, server)


def _has_shop(driver: ServerDriver, server: Server) -> bool:
    try:
        return revision_of(driver, server) is not None
    except DatabaseProblem:
        if "ordercli" in _schemas(driver):
            return True
        raise


def put_in_place(
    made: MadeShop,
    backup: Path,
    server: Server,
    folder: Path,
    *,
    is_there: bool,
    now: str,
    wait_seconds: float,
) -> Restored:
    """Put what a backup holds in the place of the shop, in one transaction.

    The shop that was there is kept as a backup. What it knew of its copies stays known. Whom it had erased is
    erased in what comes back. From a backup of another shop only the folders stay known, and nobody is erased in
    it.

    Args:
        made: the database that was made of it.
        backup: the copy.
        server: where the shop is, or an empty database.
        folder: where the backup of what was there is put.
        is_there: what :func:`has_shop` said before somebody agreed to this.
        now: the present.
        wait_seconds: for other processes.

    Raises:
        DatabaseBusy: if another process writes or reads the shop all the while, or has made one meanwhile.
        DatabaseProblem: if what is there after it is not what the backup holds; nothing changed then.
        OutOfReach: if the connection was lost while it was told to commit.
        UnsureInterrupt: if the seller interrupted it then.
        Refused: if this user may not replace it, or others' tables or views stand on the shop's.
    """
    with (
        closing(cast("ServerDriver", connect(server, wait_seconds=wait_seconds))) as driver,
        database_errors(server),
    ):
        _refuse_no_right(driver, server)
        if is_there and _known_copies(driver, server).is_current:
            _remember(server, folder, now, wait_seconds)
        driver.take_turn()
        if _has_shop(driver, server) != is_there:
            raise DatabaseBusy(
                f"Another process {'took the shop away from' if is_there else 'made a shop in'} {server} meanwhile"
                "; nothing changed, look and run it again."
            )
        known = _known_copies(driver, server) if is_there else _Known()
        safety, is_sound = _set_aside(server, folder, now, wait_seconds) if is_there else (None, True)
        with _given_up(safety):
            erased_again, may_tell = _replace(driver, made, backup, server, known, now, is_sound=is_sound)
            if safety is not None:  # a damaged shop could not note it before
                remember_folder(driver, str(safety.resolve().parent), now)
        with _unsure(server, safety):
            driver.commit()
    return Restored(safety, erased_again, may_tell)


def _remember(server: Server, folder: Path, now: str, wait_seconds: float) -> None:
    """Note where the copy of before will be, so that a run killed in between leaves none that nobody knows of."""
    with suppress(OSError):  # which is told when it is written
        make_folder(folder)
    with noting(server, wait_seconds) as shop:
        remember_folder(shop, str(folder.resolve()), now)


@contextmanager
def _given_up(safety: Path | None) -> Iterator[None]:
    """Take the copy of what is still there away again, if it was not replaced."""
    try:
        yield
    except BaseException:
        if safety is not None:
            safety.unlink(missing_ok=True)
        raise


@contextmanager
def _unsure(server: Server, safety: Path | None) -> Iterator[None]:
    """Say of an end while the server commits that nobody knows which shop is there; the copy of before stays.

    Raises:
        OutOfReach: saying so.
        UnsureInterrupt: the same where the seller interrupted it.
    """
    try:
        yield
    except (KeyboardInterrupt, ServerError) as error:
        what = "the server put the backup in place: there is the shop of before or the restored one"
        kept = f". The copy of before: {safety}" if safety is not None else ""
        if isinstance(error, KeyboardInterrupt):
            raise UnsureInterrupt(what, kept) from error
        if not error.is_lost:
            raise
        raise OutOfReach(
            f"The connection to {server} was lost while {what}. Look before you run it again: ordercli log{kept}"
        ) from error


class _Known(NamedTuple):
    """What a shop knew of its copies, whether it is of this schema, and its mark."""

    folders: Sequence[str] = ()
    copies: Sequence[KnownCopy] = ()
    is_current: bool = False
    mark: str | None = None


def _replace(
    driver: ServerDriver, made: MadeShop, backup: Path, server: Server, known: _Known, now: str, *, is_sound: bool
) -> tuple[bool, bool]:
    """What is done in the transaction; whether somebody was erased again, and whether somebody may have to be."""
    is_others = known.mark not in (None, _mark_of(made.driver))
    there = _schemas(driver)
    keeps_functions = "sqlite" in there and not is_missing_functions(driver)
    if "ordercli" in there:
        ((owner, _),) = plainly(driver, _OWNER)
        driver.run_script(f"SET LOCAL ROLE {owner}; ALTER SCHEMA ordercli RENAME TO {OLD}")
    if SCHEMA in there:
        driver.run_script(f"ALTER SCHEMA {SCHEMA} RENAME TO {OLD_WORK}")
    if "sqlite" in there and not keeps_functions:
        driver.run_script(f"ALTER SCHEMA sqlite RENAME TO {OLD_FUNCTIONS}")
    fill_new(made.driver, driver, server, has_functions=keeps_functions)
    refuse_what_goes(driver, server)
    give_rights(driver)
    set_as_before(driver)
    for folder in [*remembered_folders(made.driver), *known.folders, str(backup.resolve().parent)]:
        remember_folder(driver, folder, now)
    for copy in [*known_copies(made.driver).values(), *(() if is_others else known.copies)]:
        note_copy(driver, copy)
    driver.executemany(_NOTES_FILE, made.driver.execute(_FILES).fetchall())
    if known.is_current and is_sound and not is_others:  # whom is erased goes from files written since, too
        driver.execute(_NOTES_FILES_OF_BEFORE)
    erased_again = _erased_again(driver, is_sound=is_sound) if known.is_current and not is_others else None
    if erased_again:
        mark_unclean(driver)
    may_tell_erased = erased_again is None and tells_of_people(driver)
    if "ordercli" in there:
        if known.is_current:  # what every reader holds from its beginning on comes first
            driver.run_script(f"LOCK TABLE {OLD}.alembic_version IN ACCESS EXCLUSIVE MODE")
        driver.run_script(f"DROP SCHEMA {OLD} CASCADE")
    driver.run_script("".join(f"DROP SCHEMA IF EXISTS {name} CASCADE;\n" for name in (OLD_WORK, OLD_FUNCTIONS)))
    return bool(erased_again), may_tell_erased


def _erased_again(driver: ServerDriver, *, is_sound: bool) -> bool | None:
    """Whether somebody was erased again; None if what was there does not tell whom it had erased."""
    driver.execute("SAVEPOINT erased")
    try:
        name_erased(driver)
        return erase_named(driver)
    except sqlite3.Error:
        if is_sound:
            raise
    driver.execute("ROLLBACK TO SAVEPOINT erased")
    return None


def _schemas(driver: ServerDriver) -> set[str]:
    return {str(name) for (name,) in plainly(driver, _THERE)}


def _refuse_no_right(driver: ServerDriver, server: Server) -> None:
    """Refuse who may not replace the shop, and where more would go with it.

    Raises:
        Refused: saying what stands in the way.
    """
    there = _schemas(driver)
    for name in (OLD, OLD_FUNCTIONS, OLD_WORK):
        if name in there:
            raise Refused(f"{server} has a schema {name}, which restore needs the name of; give it another one.")
    (*_, may_replace) = [*plainly(driver, _MAY_MAKE), *plainly(driver, _OWNER)][-1]
    if not may_replace:
        raise Refused(
            f"{server} does not let this user replace the shop: only its owner may, who may make schemas (CREATE)."
        )
    refuse_standing(driver, server)


def _refuse_no_backup(plain: Path, backup: Path, server: Server) -> None:
    try:
        with plain.open("rb") as file:
            head = file.read(len(_FILE_HEAD))
    except OSError as error:
        raise Refused(f"{backup} cannot be read: {error.strerror}.") from error
    if head.startswith(_FILE_HEAD):
        raise Refused(
            f"{backup} is of a shop in a file; take it to an empty database by: ordercli db copy {backup} {server}"
        )
    if not head.startswith(DUMP_HEAD):
        raise DatabaseProblem(f"{backup} is no backup: it does not begin as one; see: ordercli backup list")


def _refuse_changed(plain: Path, backup: Path, server: Server) -> None:
    """Refuse a backup that is not what was made, by what it says itself and by what the shop knows of it."""
    changed = DatabaseProblem(f"{backup} was changed or damaged since it was made; bring back another backup.")
    try:
        if not is_as_sealed(plain):
            raise changed
    except OSError as error:
        raise Refused(f"{backup} cannot be read: {error.strerror}.") from error
    try:
        with closing(connect(server, readonly=True)) as driver, database_errors(server):
            known = known_copies(driver).get((str(backup.resolve().parent), backup.name))
    except OrdercliError:  # there is no shop, or it is damaged
        return
    if known is not None and digest_of(backup) != known.digest:
        raise changed


def _check_shop(driver: Driver, backup: Path) -> None:
    shop = driver.execute("SELECT time_zone, currency FROM shop").fetchone()
    fault = fault_of_shop(*shop) if shop else "there is no shop"
    if fault:
        raise DatabaseProblem(f"{backup}: {fault}; bring back another backup.")


def _known_copies(driver: ServerDriver, server: Server) -> _Known:
    is_apart = driver.in_transaction
    try:
        if is_apart:
            driver.execute("SAVEPOINT known")
        with database_errors(server):
            is_current = revision_of(driver, server) == HEAD
            copies = list(known_copies(driver).values())
            return _Known(remembered_folders(driver), copies, is_current, _mark_of(driver))
    except OrdercliError:  # damaged, as what is replaced often is
        if is_apart:
            driver.execute("ROLLBACK TO SAVEPOINT known")
        return _Known()


def _mark_of(driver: Driver) -> str | None:
    past = past_of(driver)
    return past and past.mark


def _set_aside(server: Server, folder: Path, now: str, wait_seconds: float) -> tuple[Path, bool]:
    """Keep what is there as a backup, or as what ``pg_dump`` makes of it if it is not sound, and whether it is."""
    try:
        return make_backup(server, folder, now=now, wait_seconds=wait_seconds).path, True
    except (Refused, DatabaseBusy, OutOfReach, NotWritable):
        raise
    except OrdercliError:
        stem = copy_stem(damaged_stem(server), now)
    try:
        with Unfinished(folder / stem) as unfinished:
            write_unseen(server, unfinished.path, wait_seconds)
            sync(unfinished.path)
            return unfinished.become_new(names(stem, DUMP)), False
    except DatabaseProblem as error:
        raise DatabaseProblem(
            f"{server} cannot be kept before it is replaced ({error}); nothing changed. Bring the backup back into"
            " an empty database."
        ) from error
    except OSError as error:
        raise Refused(f"{folder} cannot be written: {error.strerror}.") from error
