"""Copies of the database: made, checked, and remembered.

A copy is believed only after it was opened and checked: as far as that is quick always, in full once a week. The
database remembers every folder used, and of each good copy what proves later that it is still the one that was
made. How a copy is written and looked at: ``copying.py``.
"""

import hashlib
import itertools
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ordercli import dbplace
from ordercli.copying import copying_of
from ordercli.domain.copies import LOCKED, PROVE_DAYS, KnownCopy, copy_stem, parse_copy_name
from ordercli.domain.times import shift
from ordercli.driver import Driver
from ordercli.errors import DatabaseBusy, DatabaseProblem, NotWritable, Refused, UsageProblem
from ordercli.queries.copies import is_proof_due, remembered_folders
from ordercli.server import ShopPlace, stem_of
from ordercli.services.copies import note_copy, remember_folder
from ordercli.unfinished import Unfinished, make_folder, sync

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
    ways = copying_of(place)
    stem, suffix = copy_stem(own, now), ways.suffix
    try:
        if key:
            _make_folder(beside.absolute().parent)
        number = _next_number(folder, own, now, suffix)
        # What is not locked stays beside the database, where the same lies open anyway.
        with Unfinished(beside if key else folder / own) as plain:
            written = ways.write(plain.path, wait_seconds, quick=quick)
            sync(plain.path)
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
    proved_at, is_locked = now if written.is_proved else None, int(key is not None)
    known = KnownCopy(
        str(folder), target.name, now, written.last, written.rows, size, digest, is_locked, proved_at
    )
    return Backup(target, written.rows, written.chain, written.is_proved), known


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


def names(stem: str, suffix: str, first: int = 1) -> Iterator[str]:
    """``stem``, or ``stem-2`` and so on where that is taken, from a number on."""
    return (f"{stem}{'' if number == 1 else f'-{number}'}{suffix}" for number in itertools.count(first))


def _next_number(folder: Path, stem: str, now: str, suffix: str) -> int:
    """Of the copies of one second, locked or not, the newer one has the greater number."""
    found = (parse_copy_name(stem, file.name, suffix) for file in folder.iterdir())
    return 1 + max((name.number for name in found if name and name.made_at == now), default=0)


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hex."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
