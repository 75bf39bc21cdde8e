"""Files with people's data that a command wrote are noted by their paths, to be named when people are erased."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import typer

from ordercli.cli.file_options import personal_files
from ordercli.cli.frame import now_of, settings_of
from ordercli.errors import OrdercliError
from ordercli.render import console

_CLOCKS_APART = 2.0
"""Seconds by which a disk's clock may be behind the machine's, or count less finely."""


@contextmanager
def noting_files(ctx: typer.Context) -> Iterator[None]:
    """Run a command, and note which of its files with people's data it has written."""
    files = personal_files(ctx)
    if not files:
        yield
        return
    begun = time.time() - _CLOCKS_APART
    try:
        yield
    finally:
        note_files(ctx, [(path, kind) for path, kind in files if _is_written(path, begun)])


def _is_written(path: Path, since: float) -> bool:
    try:
        return path.stat().st_mtime >= since and (path.is_file() or path.is_dir())
    except OSError:
        return False


def note_files(ctx: typer.Context, files: Sequence[tuple[Path, str]]) -> None:
    """Note files, or folders of them, in the database; where that cannot be, it is said and the files stay."""
    settings = settings_of(ctx)
    if not files or (isinstance(settings.database, Path) and not settings.database.exists()):
        return
    from ordercli.erasing import note_written_files

    told = [(str(path.resolve()), kind) for path, kind in files]
    try:
        note_written_files(settings.database, told, now=now_of(ctx), wait_seconds=settings.wait_seconds)
    except OrdercliError as error:
        names = ", ".join(path for path, _ in told)
        console.say(f"warning: it could not be noted that {names} may hold people's data: {error}")
