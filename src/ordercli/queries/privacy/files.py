"""The files with people's data that commands wrote, as far as they are still there."""

from pathlib import Path

from ordercli.queries.reader import Reader


def gone_files(reader: Reader) -> list[str]:
    """Paths of files that are not there any more."""
    rows = reader.rows("SELECT path FROM written_file ORDER BY path").fetchall()
    return [path for (path,) in rows if not Path(path).exists()]


def written_files(reader: Reader) -> list[tuple[str, str]]:
    """Path and kind of each file that is still there, latest first."""
    rows = reader.rows("SELECT path, kind FROM written_file ORDER BY written_at DESC, path").fetchall()
    return [(path, kind) for path, kind in rows if Path(path).exists()]
