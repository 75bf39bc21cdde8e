"""What ``doctor`` asks of a file: whether it is sound, the seller's alone, and one with its backups."""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from ordercli.against_backup import compared
from ordercli.belonging import is_of_another_shop
from ordercli.checks import (
    BACKUP,
    BACKUP_AGE,
    BACKUP_OPENED,
    BACKUP_SEAL,
    FOLDER,
    INTEGRITY,
    JOURNAL_MODE,
    LEFT_OVERS,
    PERMISSIONS,
    REFERENCES,
    SCHEMA,
    SPACE,
    SYNCED,
)
from ordercli.checksum import is_as_sealed
from ordercli.copies import opened
from ordercli.domain.times import shift
from ordercli.encryption import is_encrypted
from ordercli.errors import DatabaseProblem, NotOpened, OrdercliError
from ordercli.filedriver import FileDriver
from ordercli.keeping import SPOILT, FoundCopy, digest_if_read, find_copies
from ordercli.place import is_synced
from ordercli.queries.copies import remembered_folders
from ordercli.queries.doctor import Check, Checked, Find
from ordercli.queries.reader import Reader
from ordercli.shape import check_shape
from ordercli.unfinished import deserted, sweep


class FileExaminer:
    """The file; what its methods promise stands at :class:`ordercli.checkup.Examiner`."""

    mends, mended = "put the files in order", "Put the files in order."
    of_place_codes = frozenset({PERMISSIONS.code, LEFT_OVERS.code})

    def __init__(self, path: Path) -> None:
        """At this place."""
        self._path = path

    def of_engine(self, *, deep: bool) -> Iterator[tuple[Check, Find]]:
        """By SQLite's own pragmas."""
        yield INTEGRITY, partial(_unsound, deep=deep)
        yield REFERENCES, _loose_end
        yield SCHEMA, partial(_other_shape, self._path)

    def apart(self, find: Find) -> Find:
        """The same: an error takes nothing back."""
        return find

    def folders(self, reader: Reader, told: Path | None) -> list[Path]:
        """``backups`` beside the file, and what else was used."""
        if told:
            return [told]
        return [self._path.absolute().parent / "backups", *map(Path, remembered_folders(reader.connection))]

    def of_place(self, reader: Reader, told: Path | None, *, deep: bool) -> Iterator[Checked]:
        """Of the file, its folder, and its backups."""
        folders = self.folders(reader, told)
        yield from _of_folder(reader.file, self._path, folders)
        yield from _backups(reader, self._path, folders, deep=deep)

    def unread(self, reader: Reader, told: Path | None, findings: Iterable[Checked]) -> Path | None:
        """The newest backup, if it is an encrypted one that was not opened."""
        copies = _copies(reader, self._path, self.folders(reader, told))
        is_opened = Checked(BACKUP_OPENED) in findings
        is_unread = bool(copies) and copies[0].name.is_encrypted and not is_opened
        return copies[0].file if is_unread else None

    def mend(self, folders: Sequence[Path], *, wait_seconds: float) -> None:
        """Make the file the seller's alone, and delete what killed runs left beside it."""
        del wait_seconds
        for suffix in ("", "-wal", "-shm"):
            file = self._path.with_name(self._path.name + suffix)
            if file.exists():
                file.chmod(0o600)
        for folder in (self._path.absolute().parent, *folders):
            sweep(folder)


def _found(check: Check, row: object) -> Checked:
    return Checked(check, None if row is None else str(row)[:80])


def _unsound(reader: Reader, *, deep: bool) -> str | None:
    (verdict,) = reader.file.execute(f"PRAGMA {'integrity' if deep else 'quick'}_check(1)").fetchone()
    return None if verdict == "ok" else str(verdict)[:80]


def _loose_end(reader: Reader) -> str | None:
    row = reader.file.execute("PRAGMA foreign_key_check").fetchone()
    return None if row is None else str(row)[:80]


def _other_shape(path: Path, reader: Reader) -> str | None:
    try:
        check_shape(reader.file, path)
    except DatabaseProblem as problem:
        return str(problem).partition(": ")[2][:200]
    return None


def _of_folder(connection: FileDriver, path: Path, backups: Sequence[Path]) -> Iterator[Checked]:
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
            found = compared(path, readable, readable.name, deep=deep)
            yield from (each for each in found if each.check is not BACKUP_SEAL)
        return
    if deep or newest.status in SPOILT:
        yield _found(BACKUP_SEAL, None if _is_whole(newest) else newest.file.name)
    yield from compared(path, newest.file, newest.file.name, deep=deep)


def _is_whole(copy: FoundCopy) -> bool:
    """Whether a plain backup has the bytes that were written, and no proof found it bad."""
    try:
        return copy.status not in SPOILT and is_as_sealed(copy.file)
    except OSError:
        return False


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
                yield from compared(path, plain, copy.file.name, deep=True)
    except NotOpened:
        yield Checked(BACKUP_OPENED, copy.file.name)
    except DatabaseProblem:
        is_changed = True
    except OrdercliError:
        pass  # the machine was too busy
    if copy.known is not None or is_changed:
        is_changed = is_changed or copy.known is None or digest_if_read(copy.file) != copy.known.digest
        yield _found(BACKUP_SEAL, copy.file.name if is_changed else None)
