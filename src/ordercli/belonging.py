"""Whose a file is that lies where copies do: what is rewritten or deleted goes by this and by nothing else.

A folder may hold the databases and the copies of several shops. The mark that ``init`` gives a shop says which of
them a file is of. What is worked in has no checksum, for its first writer takes that away; so a file of this shop
with a checksum is a copy that nobody has changed, and one without is somebody's database.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from ordercli.checksum import is_as_sealed, is_sealed
from ordercli.copies import digest_of
from ordercli.dbfile import HEAD, connect, database_errors, look_at, revision_of
from ordercli.domain.copies import ENCRYPTED, KnownCopy, parse_copy_name
from ordercli.encryption import is_encrypted
from ordercli.errors import OrdercliError
from ordercli.files import JOURNALS, head_of, is_ordercli_database
from ordercli.queries.copies import Past, has_past, known_copies, past_of


class Whose(Enum):
    """What a file is to the shop whose people are erased."""

    BACKUP = auto()
    """A copy of this shop: to be rewritten, or deleted on wish."""
    APART = auto()
    """This shop too, and worked in by itself: left, and told of."""
    UNCLEAR = auto()
    """Nothing tells whether it is a copy of this shop's: left, and told of."""


@dataclass(frozen=True, slots=True)
class Held:
    """A file that holds what this shop held, or may.

    Attributes:
        path: where, its links resolved.
        whose: what it is to this shop.
        why_not: why it cannot be rewritten; None if it can.
    """

    path: Path
    whose: Whose
    why_not: str | None = None


class Kin:
    """What a shop goes by to tell its copies from the files of others."""

    def __init__(self, database: Path) -> None:
        """Look at what the database knows of its copies now.

        Raises:
            OrdercliError: if it cannot be read.
        """
        self._database = database.resolve()
        with closing(connect(database, readonly=True)) as connection, database_errors(database):
            self._past = past_of(connection)
            self._known = known_copies(connection)

    def look(self, file: Path) -> Held | None:
        """What a file is to this shop, by what it is like now; None if it is nothing to it."""
        place = file.resolve()
        if not place.is_file() or place.name.endswith(JOURNALS) or place.samefile(self._database):
            return None
        known = self._known.get((str(place.parent), place.name))
        is_named = any(parse_copy_name(stem, place.name) for stem in self._stems)
        try:
            if _is_locked(place):
                held = self._encrypted(place, known)
                # Nobody can look into it: only the name says that it concerns this shop at all.
                return held if held.whose is Whose.BACKUP or is_named else None
            return self._plain(place, known, is_named)
        except (OrdercliError, OSError, sqlite3.Error) as error:
            # What somebody is changing at this moment is not damaged.
            whose = Whose.BACKUP if known and not _has_journal(place) else Whose.UNCLEAR
            return Held(place, whose, f"it cannot be read ({type(error).__name__})")

    @property
    def _stems(self) -> tuple[str, str]:
        return self._database.stem, f"{self._database.stem}-damaged"

    @staticmethod
    def _encrypted(place: Path, known: KnownCopy | None) -> Held:
        is_ours = known is not None and digest_of(place) == known.digest
        return Held(place, Whose.BACKUP if is_ours else Whose.UNCLEAR, "it is encrypted")

    def _plain(self, place: Path, known: KnownCopy | None, is_named: bool) -> Held | None:
        if not is_ordercli_database(head_of(place)):
            return None
        with closing(look_at(place)) as connection:
            past, revision = past_of(connection), revision_of(connection)
            is_copy = is_sealed(connection) and not _has_journal(place)
        if past is None or self._past is None:
            return Held(place, Whose.BACKUP if known else Whose.UNCLEAR, "it is damaged")
        if past.mark != self._past.mark:
            return None
        if not is_copy:
            return Held(place, Whose.APART, "it is a database that is worked in")
        if not (known or is_named or self._has(past)):
            return Held(place, Whose.APART, "it is a backup of a copy of this shop that was worked in")
        if not is_as_sealed(place):
            return Held(place, Whose.BACKUP, "it is damaged")
        return Held(place, Whose.BACKUP, None if revision == HEAD else "an older ordercli made it")

    def _has(self, past: Past) -> bool:
        with closing(connect(self._database, readonly=True)) as connection, database_errors(self._database):
            return has_past(connection, past)


def is_of_another_shop(copy: Path, database: Path) -> bool:
    """Whether a copy, opened, is of another shop than a database; no where one of them tells of none."""
    try:
        with closing(look_at(copy)) as there, closing(connect(database, readonly=True)) as here:
            one, other = past_of(there), past_of(here)
    except (OrdercliError, sqlite3.Error):  # damaged, as what is replaced often is
        return False
    return one is not None and other is not None and one.mark != other.mark


def _is_locked(file: Path) -> bool:
    return file.name.endswith(ENCRYPTED) or is_encrypted(file)


def _has_journal(file: Path) -> bool:
    """Whether somebody changed a file and its journal still holds that back."""
    journals = (file.with_name(file.name + suffix) for suffix in JOURNALS if suffix != "-shm")
    return any(journal.exists() and journal.stat().st_size for journal in journals)
