"""The files with people's data that commands wrote."""

from pathlib import Path
from typing import NamedTuple

from ordercli.queries.reader import Reader


class FileOnDisk(NamedTuple):
    """A file that was written.

    Attributes:
        noted: its path as it is noted, from the database's folder on if it is below that.
        path: where it is.
        kind: what it is.
    """

    noted: str
    path: Path
    kind: str


def written_files(reader: Reader, folder: Path) -> list[FileOnDisk]:
    """Every file noted, latest first; it need not be there any more.

    Args:
        reader: the reading.
        folder: the database's.
    """
    rows = reader.rows("SELECT path, kind FROM written_file ORDER BY written_at DESC, path").fetchall()
    return [FileOnDisk(path, folder / path, kind) for path, kind in rows]
