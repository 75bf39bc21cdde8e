"""Copies that are kept: found again, listed, proved and rotated."""

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ordercli import dbplace
from ordercli.checksum import is_as_sealed
from ordercli.copies import digest_of, noting, opened
from ordercli.copying import copying_of
from ordercli.domain.copies import CopyName, Keep, KnownCopy, kept, parse_copy_name
from ordercli.domain.report import Column, Report
from ordercli.driver import Driver
from ordercli.errors import (
    DatabaseBusy,
    NotLookedAt,
    NotOpened,
    NotWritable,
    OrdercliError,
    OutOfReach,
    Refused,
    UsageProblem,
)
from ordercli.queries.copies import has_past, known_copies, past_of, remembered_folders, row_counts
from ordercli.server import ShopPlace, stem_of
from ordercli.services.copies import forget_copies, note_copy

if TYPE_CHECKING:
    from ordercli.encryption import BackupKey


BAD = "BAD"
"""What a copy is that a proof did not find good."""


NOT_OF_THE_COPY = (NotWritable, NotLookedAt, OutOfReach, DatabaseBusy)
"""Errors that say nothing of the copy that is looked at."""
SPOILT = (BAD, "CHANGED")
"""What a copy is that is there and none any more, though nobody reads it."""


class FoundCopy(NamedTuple):
    """A copy that lies in a folder, or that is remembered to.

    Attributes:
        file: where.
        name: what its name says.
        known: what is remembered of it; None for one that another database or program made, or another process
            is about to note.
        byte_count: its length now; None if it is not there.
    """

    file: Path
    name: CopyName
    known: KnownCopy | None
    byte_count: int | None

    @property
    def status(self) -> str:
        """``proved``, ``quick`` (looked at), ``unknown``; ``BAD``, ``CHANGED`` and ``GONE`` are none any more.

        ``BAD`` was found by a proof and stays so until another one finds it good.
        """
        if self.byte_count is None:
            return "GONE"
        if self.known is None:
            return "unknown"
        if self.known.bad_digest is not None:
            return BAD
        if self.byte_count != self.known.byte_count:
            return "CHANGED"
        return "proved" if self.known.proved_at else "quick"


class CopyFault(NamedTuple):
    """Why a copy is not found good.

    Attributes:
        words: what is wrong.
        is_locked: whether it was not looked into, so that it may be sound: what was told does not open it.
    """

    words: str
    is_locked: bool = False

    @property
    def status(self) -> str:
        """``BAD``, or ``LOCKED`` for one that nobody looked into."""
        return "LOCKED" if self.is_locked else BAD


# Finding ---------------------------------------------------------------------------------------------


def folders_of(connection: Driver, place: ShopPlace) -> list[Path]:
    """Where copies of a database may lie: every folder used, and its own, where ``restore`` keeps what was there.

    Args:
        connection: on the database.
        place: where it is.
    """
    used = remembered_folders(connection)
    return [*map(Path, used), *(own for own in copying_of(place).own_folders() if str(own) not in used)]


def find_copies(connection: Driver, place: ShopPlace, folders: Sequence[Path] | None = None) -> list[FoundCopy]:
    """Copies of a database by their names, newest first: those that lie in folders, and those remembered there.

    Args:
        connection: on the database.
        place: where it is; its own name is what the copies' names begin with.
        folders: where to look; those of :func:`folders_of` if left out.
    """
    known, stem, suffix = known_copies(connection), stem_of(place), copying_of(place).suffix
    found: dict[tuple[str, str], FoundCopy] = {}
    for folder in map(Path.resolve, folders or folders_of(connection, place)):
        lengths = dict(_files_in(folder))
        remembered = {name for where, name in known if where == str(folder)}
        for name in lengths.keys() | remembered:
            if (parsed := parse_copy_name(stem, name, suffix)) is not None:
                key = (str(folder), name)
                found[key] = FoundCopy(folder / name, parsed, known.get(key), lengths.get(name))
    return sorted(found.values(), key=lambda each: (each.name, each.file), reverse=True)


def _files_in(folder: Path) -> Iterator[tuple[str, int]]:
    try:
        with os.scandir(folder) as entries:
            yield from ((entry.name, entry.stat().st_size) for entry in entries if entry.is_file())
    except OSError:
        return  # unplugged, or gone: its copies are


# Proving ---------------------------------------------------------------------------------------------


COLUMNS = (
    Column("made_at", "instant", importance="key"),
    Column("file", "text", importance="key"),
    Column("status", "word", importance="key"),
    Column("byte_count", "whole", "bytes"),
    Column("row_count", "whole", "rows", importance="spare"),
    Column("last_operation", "whole", "to operation", importance="spare"),
    Column("is_encrypted", "flag", "encrypted", importance="spare"),
    Column("proved_at", "instant", in_table=False),
    Column("digest", "word", in_table=False),
)
"""Of a list of copies; ``status`` is that of :class:`FoundCopy`, ``digest`` the file's when it was made."""

PROOF_COLUMNS = (
    Column("file", "text", importance="key"),
    Column("status", "word", importance="key"),
    Column("fault", "text"),
)
"""Of copies that were looked at: ``GOOD`` or the status of a :class:`CopyFault`, and what is wrong."""


def copies_report(copies: Sequence[FoundCopy]) -> Report:
    """Copies as a list, in the order given."""
    rows = [
        (
            copy.name.made_at,
            str(copy.file),
            copy.status,
            copy.byte_count,
            copy.known and copy.known.row_count,
            copy.known and copy.known.last_operation,
            int(copy.name.is_encrypted),
            copy.known and copy.known.proved_at,
            copy.known and copy.known.digest,
        )
        for copy in copies
    ]
    return Report(COLUMNS, rows, "No backups yet; make one with: ordercli backup --to DIR")


def prove(
    connection: Driver,
    place: ShopPlace,
    copies: Sequence[FoundCopy],
    *,
    now: str,
    wait_seconds: float,
    beside: Path,
    key: "BackupKey | None" = None,
    is_whole: bool = True,
) -> list[tuple[FoundCopy, CopyFault | None]]:
    """Read copies whole and look at them in full; those that are good are known as proved from then on.

    One that nobody knew is known too if it is of this shop, which the chain of its operations tells. One that is
    there and is bad is known as that, and what was made as well, so that it is good again with its bytes. Into an
    encrypted one only its key looks; without it is only known whether it is what was made, and one that another
    key does not open stays what it was. On a server a database is made of each, which is dropped; where the user
    may not make one (not ``is_whole``), it is only read from the first byte to the last.

    Returns:
        Each with what is wrong with it: it is not byte by byte what was made, SQLite finds it damaged, or it
        breaks a law of the data; None for nothing.

    Raises:
        NotWritable: if there is no room to open an encrypted one.
        NotLookedAt, OutOfReach, DatabaseBusy: if a server has none looked at now.
    """
    looks = Looks(place, beside, key, is_whole)
    found = [(copy, fault_of(copy, looks)) for copy in copies]
    told = [_told_of(connection, copy, fault, now, looks) for copy, fault in found]
    if any(told):
        with noting(place, wait_seconds) as writing:
            for known in filter(None, told):
                note_copy(writing, known)
    return found


class Looks(NamedTuple):
    """How copies are looked at: of which shop, beside which file they are opened, with which key, and how far."""

    place: ShopPlace
    beside: Path
    key: "BackupKey | None"
    is_whole: bool = True


def _told_of(
    connection: Driver, copy: FoundCopy, fault: CopyFault | None, now: str, looks: Looks
) -> KnownCopy | None:
    """What is to be noted of a copy that was looked at; None for nothing."""
    if fault is None and looks.is_whole and (looks.key is not None or not copy.name.is_encrypted):
        good = copy.known or _adopted(connection, copy, looks)
        return good and good._replace(proved_at=now, bad_digest=None)
    if copy.known is None or copy.byte_count is None or (fault and fault.is_locked):
        return None
    if fault:
        return copy.known._replace(bad_digest=digest_if_read(copy.file))
    return copy.known._replace(bad_digest=None) if copy.known.bad_digest is not None else None


def digest_if_read(file: Path) -> str:
    """SHA-256 of a file, in hex; empty if it cannot be read."""
    try:
        return digest_of(file)
    except OSError:
        return ""


def fault_of(copy: FoundCopy, looks: Looks) -> CopyFault | None:
    """What is wrong with a copy, as :func:`prove` says it; an encrypted one is opened beside the database.

    Raises:
        NotWritable: if there is no room for that.
        NotLookedAt, OutOfReach, DatabaseBusy: if a server has none looked at now.
    """
    if copy.byte_count is None:
        return CopyFault("it is not there")
    try:
        if copy.known is not None and digest_of(copy.file) != copy.known.digest:
            return CopyFault("it is not what was made")
        if copy.name.is_encrypted and copy.known is not None and looks.key is None:
            is_unsound = copy.known.bad_digest == copy.known.digest  # as it was made, which its key showed
            return CopyFault("it was not sound when its key opened it") if is_unsound else None
        with opened(copy.file, looks.beside, looks.key) as plain:
            return _fault_in(plain, copy, looks)
    except NOT_OF_THE_COPY:
        raise
    except OSError as error:
        return CopyFault(f"it cannot be read: {error.strerror}")
    except OrdercliError as error:
        return fault_by(error, copy)


def _fault_in(plain: Path, copy: FoundCopy, looks: Looks) -> CopyFault | None:
    """The same of a copy that was opened."""
    if copy.known is None and not is_as_sealed(plain):
        return CopyFault("it is not what was made")
    ways, is_known = copying_of(looks.place), copy.known is not None
    found = ways.fault_in(plain, copy.file, is_whole=looks.is_whole, is_known=is_known)
    return None if found is None else CopyFault(found)


def fault_by(error: OrdercliError, copy: FoundCopy) -> CopyFault:
    """What an error says of a copy: of an encrypted one, whether it kept it from being looked into."""
    hinders = isinstance(error, NotOpened | UsageProblem | Refused)
    return CopyFault(str(error).removeprefix(f"{copy.file} "), hinders and copy.name.is_encrypted)


def _adopted(connection: Driver, copy: FoundCopy, looks: Looks) -> KnownCopy | None:
    """What is to be known of a good copy of this shop; None if it is of another one."""
    with opened(copy.file, looks.beside, looks.key) as plain, copying_of(looks.place).content(plain) as other:
        counts = sum(row_counts(other).values())
        past = past_of(other)
    if past is None or not has_past(connection, past):
        return None
    place, size = copy.file.parent, copy.file.stat().st_size
    locked = int(copy.name.is_encrypted)
    made_at, digest = copy.name.made_at, digest_of(copy.file)
    return KnownCopy(str(place), copy.file.name, made_at, past.last, counts, size, digest, locked, None)


# Rotating --------------------------------------------------------------------------------------------


def rotate(
    place: ShopPlace, folder: Path, rules: Sequence[Keep], zone: str, *, made: Path, wait_seconds: float
) -> list[Path]:
    """Delete the copies of a database in a folder that no part of a rule keeps.

    The one just made stays, whatever its time, and so does the newest one that was proved. What this database does
    not know as a copy that it made, or is not as long as that was, neither counts nor goes; nor does what
    is not byte by byte what was made go, such as another shop's under a name that one of this shop's had.

    Args:
        place: the database.
        folder: where they are.
        rules: which to keep.
        zone: whose days, weeks and months are meant.
        made: the copy that this run made.
        wait_seconds: for other writers, while what went is noted.

    Returns:
        What was deleted, oldest first.
    """
    with (
        closing(dbplace.connect(place, readonly=True, wait_seconds=wait_seconds)) as connection,
        dbplace.database_errors(place),
    ):
        found = find_copies(connection, place, [folder])
    copies = [copy for copy in found if copy.status in ("proved", "quick")]
    gone = [copy for copy in found if copy.status == "GONE"]
    stay = kept([copy.name for copy in copies], rules, zone)
    proved = next((copy.file for copy in copies if copy.status == "proved"), None)
    spared = {made.resolve(), proved}
    old = [
        copy for copy in reversed(copies) if copy.name not in stay and copy.file not in spared and _is_made(copy)
    ]
    for copy in old:
        copy.file.unlink(missing_ok=True)
    if old or gone:
        with noting(place, wait_seconds) as connection:
            forget_copies(connection, str(folder.resolve()), [copy.file.name for copy in (*old, *gone)])
    return [folder / copy.file.name for copy in old]


def _is_made(copy: FoundCopy) -> bool:
    """Whether a file is still the copy that is known; so is one that another process has just deleted."""
    try:
        return copy.known is not None and digest_of(copy.file) == copy.known.digest
    except FileNotFoundError:
        return True
    except OSError:
        return False
