"""The life of the database file as a whole: made, upgraded, copied, brought back.

Copies are made with VACUUM INTO, which is one consistent moment and leaves no remnants of erased data, and
are believed only after they were opened and checked.
"""

import itertools
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ordercli.checksum import is_as_sealed, seal, unseal
from ordercli.db import driver_of, writing
from ordercli.dbfile import HEAD, REVISIONS, check_current, connect, database_errors, revision_at, revision_of
from ordercli.domain.chain import BEGINNING, LAST_CHAIN
from ordercli.domain.shop_facts import fault_of_shop
from ordercli.errors import DatabaseProblem, Refused
from ordercli.files import JOURNALS
from ordercli.migrate import upgrade
from ordercli.queries.laws import broken_laws
from ordercli.services.operations import Outcome, begin_operation, seal_operation
from ordercli.services.settings import ShopFacts
from ordercli.services.setup import set_up_shop
from ordercli.shape import check_shape
from ordercli.unfinished import Unfinished


def create_database(path: Path, shop: ShopFacts, *, now: str, actor: str, wait_seconds: float) -> Outcome:
    """Make the database, or find that it is made; two processes may do so at once.

    Raises:
        DatabaseProblem: if the file belongs to another program, or has another schema.
        Refused: if it is another shop's.
    """
    with writing(path, create=True, wait_seconds=wait_seconds) as connection:
        driver = driver_of(connection)
        driver.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            if revision_at(driver, path) is None:
                upgrade(connection)
            else:
                check_current(driver, path)
                check_shape(driver, path)
        driver.execute("PRAGMA foreign_keys = ON")
        with connection.begin() as transaction:
            number = begin_operation(connection, command="init", actor=actor, now=now)
            outcome = set_up_shop(connection, number, shop)
            if outcome.is_change:
                outcome = seal_operation(connection, number, outcome)
            else:
                transaction.rollback()
    return outcome


def upgrade_database(path: Path, *, now: str, wait_seconds: float) -> Path | None:
    """Bring the schema up to this program's, after a verified backup beside the file; several may do so at once.

    Returns:
        The backup made; None if there was nothing to do.

    Raises:
        DatabaseProblem: if the file is empty, foreign, newer than this program or from before its first release.
    """
    with writing(path, wait_seconds=wait_seconds) as connection:
        driver = driver_of(connection)
        if not _is_older(driver, path):
            return None
        driver.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            # Under the lock: another process may have been faster, and nobody writes what the backup lacks.
            if not _is_older(driver, path):
                return None
            backup = make_backup(path, path.absolute().parent, now=now, wait_seconds=wait_seconds)
            unseal(driver)
            upgrade(connection)
    return backup.path


def _is_older(connection: sqlite3.Connection, path: Path) -> bool:
    """Whether an upgrade leads from the file's schema to this program's; False if it is this program's."""
    if revision_at(connection, path) in REVISIONS[:-1]:
        return True
    check_current(connection, path)
    return False


@dataclass(frozen=True, slots=True)
class Backup:
    """A verified copy: where, how many rows it holds in all, and the end of its chain of operations."""

    path: Path
    rows: int
    chain: str


def make_backup(path: Path, folder: Path, *, now: str, wait_seconds: float) -> Backup:
    """Copy the database into ``folder`` under a name with the time, verified before it gets that name.

    Raises:
        DatabaseProblem: if the copy does not hold what the database holds, or breaks a law.
        Refused: if the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = Unfinished(folder / path.stem)
    except OSError as error:
        raise Refused(f"{folder} cannot be written: {error.strerror}.") from error
    with unfinished:
        rows, chain = _copy(path, unfinished.path, wait_seconds)
        target = unfinished.become_new(_names(f"{path.stem}-{_stamp(now)}", ".db"))
    return Backup(target, rows, chain)


def _copy(path: Path, copy: Path, wait_seconds: float) -> tuple[int, str]:
    """Copy the database over an empty file, verify the copy and bring it to the disk.

    Returns:
        Its rows in all, and the end of its chain of operations.
    """
    source = connect(path, wait_seconds=wait_seconds)
    try:
        with database_errors(path):
            before = row_counts(source)
            source.execute("VACUUM INTO ?", (str(copy),))
            after = row_counts(source)
    finally:
        source.close()
    held = _verify(copy, before, after)
    seal(copy)
    _sync(copy)
    return held


def _stamp(now: str) -> str:
    return now.replace("-", "").replace(":", "")


def _names(stem: str, suffix: str) -> Iterator[str]:
    """``stem``, or ``stem-2`` and so on where that is taken."""
    return (f"{stem}{'' if number == 1 else f'-{number}'}{suffix}" for number in itertools.count(1))


def _verify(copy: Path, before: dict[str, int], after: dict[str, int]) -> tuple[int, str]:
    """Open a copy and check it; rows are never deleted, so its counts lie between those around it.

    Returns:
        Rows in all, and the end of its chain.
    """
    connection = connect(copy, readonly=True)
    try:
        with database_errors(copy):
            check_sound(connection, copy)
            counts = row_counts(connection)
            (chain,) = connection.execute(LAST_CHAIN).fetchone() if counts.get("operation") else (BEGINNING,)
    finally:
        connection.close()
    wrong = [table for table in before if not before[table] <= counts.get(table, -1) <= after.get(table, -1)]
    if wrong:
        raise DatabaseProblem(f"The copy {copy} lacks rows of {', '.join(wrong)}; it was not kept.")
    return sum(counts.values()), chain


def check_sound(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a database that SQLite finds damaged, whose schema was changed, or that breaks a law of the data.

    Raises:
        DatabaseProblem: naming what is wrong.
    """
    (verdict,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise DatabaseProblem(f"{path} is damaged ({verdict}); bring back a backup with: ordercli restore FILE")
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise DatabaseProblem(f"{path} has rows that point nowhere; bring back a backup.")
    check_shape(connection, path)
    broken = broken_laws(connection) if revision_of(connection) == HEAD else []
    if broken:
        raise DatabaseProblem(f"{path} breaks a law of the data ({broken[0]}); bring back a backup.")


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Rows of every table."""
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
    ]
    return {table: connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables}


def prune_backups(path: Path, folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest ``keep`` backups of this database that lie in ``folder``."""
    name = re.compile(rf"{re.escape(path.stem)}-([0-9]{{8}}T[0-9]{{6}}Z)(?:-([0-9]+))?\.db")
    found = [(match, file) for file in folder.iterdir() if (match := name.fullmatch(file.name))]
    found.sort(key=lambda each: (each[0][1], int(each[0][2] or 1)))
    old = [file for _, file in found[:-keep]]
    for backup in old:
        backup.unlink(missing_ok=True)
    return old


def restore_database(backup: Path, path: Path, *, now: str, wait_seconds: float) -> Path | None:
    """Put the content of a backup in place of the database, through SQLite and in one transaction.

    Processes that have the database open see the restored content at their next command. The database that
    was there is kept beside it, as a backup if it can be read and as it is if not.

    Returns:
        The safety copy; None if there was no database.

    Raises:
        DatabaseProblem: if the backup is not a sound ordercli database of a known schema.
    """
    _refuse_flipped(backup)
    source = connect(backup, readonly=True, wait_seconds=wait_seconds)
    try:
        with database_errors(backup):
            if revision_at(source, backup) not in REVISIONS:
                check_current(source, backup)
            check_sound(source, backup)
            _check_shop(source, backup)
            safety = _set_aside(path, now, wait_seconds)
            target = connect(path, create=True, wait_seconds=wait_seconds)
            try:
                with database_errors(path):
                    source.backup(target)
                    unseal(target)
                    check_sound(target, path)
            finally:
                target.close()
    finally:
        source.close()
    return safety


def _refuse_flipped(backup: Path) -> None:
    # What a journal holds back is newer than the bytes that were sealed, and SQLite reads it.
    journal = backup.with_name(f"{backup.name}-wal")
    try:
        if is_as_sealed(backup) or (journal.exists() and journal.stat().st_size):
            return
    except OSError as error:
        raise Refused(f"{backup} cannot be read: {error.strerror}.") from error
    raise DatabaseProblem(f"{backup} was changed or damaged since it was made; bring back another backup.")


def _check_shop(connection: sqlite3.Connection, path: Path) -> None:
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
    name = next(name for name in _names(f"{path.stem}-damaged-{_stamp(now)}", path.suffix) if name not in taken)
    for suffix, part in there.items():
        with Unfinished(part) as unfinished:
            shutil.copyfile(part, unfinished.path)
            _sync(unfinished.path)
            unfinished.become(folder / (name + suffix))
    for part in there.values():
        part.unlink()
    return folder / name


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
