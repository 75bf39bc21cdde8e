"""The files with people's data that commands wrote."""

from pathlib import Path
from platform import node
from typing import NamedTuple

from ordercli.queries.reader import Reader
from ordercli.server import Server, ShopPlace


class FileOnDisk(NamedTuple):
    """A file that was written.

    Attributes:
        noted: its path as it is noted, from the database's folder on if it is below that.
        path: where it is; None on another machine.
        kind: what it is.
    """

    noted: str
    path: Path | None
    kind: str

    @property
    def name(self) -> str:
        """Its path; of a file on another machine that machine stands before it."""
        return self.noted if self.path is None else str(self.path)


def noted_as(place: ShopPlace, path: Path) -> str:
    """The words under which a file is noted.

    What lies beside a database, or below, is noted from there: it moves with the folder. At a server several
    machines note their files, so the machine's name stands first.
    """
    if isinstance(place, Server):
        return f"{node()}:{path}"
    folder = place.resolve().parent
    return str(path.relative_to(folder)) if path.is_relative_to(folder) else str(path)


def where_noted(place: ShopPlace, noted: str) -> Path | None:
    """Where a file is; None on another machine."""
    if isinstance(place, Server):
        machine, _, path = noted.partition(":")
        return Path(path) if machine == node() else None
    return place.resolve().parent / noted


def written_files(reader: Reader, place: ShopPlace) -> list[FileOnDisk]:
    """Every file noted, latest first; it need not be there any more.

    Args:
        reader: the reading.
        place: of which database.
    """
    rows = reader.rows("SELECT path, kind FROM written_file ORDER BY written_at DESC, path").fetchall()
    return [FileOnDisk(path, where_noted(place, path), kind) for path, kind in rows]
