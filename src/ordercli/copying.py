"""How copies of a shop are written and looked at: one interface of a file and of a server.

What becomes of a copy is the same for both: its name, its key, what is remembered of it (``copies.py``,
``keeping.py``).
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from ordercli.driver import Driver
from ordercli.server import ShopPlace


class Written(NamedTuple):
    """What a copy holds: rows, the last operation, the end of the chain; and whether all of it was looked at."""

    rows: int
    last: int
    chain: str
    is_proved: bool


class Copying(Protocol):
    """The copies of one shop: those of a file (``filecopy.py``) or of a server (``postgres/dump.py``)."""

    @property
    def suffix(self) -> str:
        """What their names end with, unless they are encrypted."""

    def own_folders(self) -> list[Path]:
        """Where some of them may be though nobody has named it."""

    def write(self, copy: Path, wait_seconds: float, *, quick: bool) -> Written:
        """Copy the shop over an empty file, look at the copy, and seal it.

        Args:
            copy: the file.
            wait_seconds: for other processes.
            quick: do not look at every index, reference and law.

        Raises:
            DatabaseProblem: if the copy does not hold what the shop holds, or breaks a law.
            Refused: if the folder is full.
        """

    def may_prove(self) -> bool:
        """Whether this user may have all of a copy looked at."""

    def fault_in(self, plain: Path, copy: Path, *, is_whole: bool, is_known: bool) -> str | None:
        """What is wrong with a copy that no error tells; None for nothing.

        Args:
            plain: the copy, opened.
            copy: where it is, for what is said of it.
            is_whole: look at all of it, or, at a server, only read it from the first byte to the last.
            is_known: whether the shop remembers it.

        Raises:
            OrdercliError: saying what else is wrong.
        """

    def content(self, plain: Path) -> AbstractContextManager[Driver]:
        """What an opened copy holds, as a database."""


def copying_of(place: ShopPlace) -> Copying:
    """The copies of a shop."""
    if isinstance(place, Path):
        from ordercli.filecopy import FileCopies  # noqa: PLC0415 - one of the two is needed

        return FileCopies(place)
    from ordercli.postgres.dump import ServerCopies  # noqa: PLC0415 - the same

    return ServerCopies(place)
