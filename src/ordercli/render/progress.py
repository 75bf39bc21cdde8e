"""A progress bar on stderr for imports that take a while; none where nobody looks."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")
LEAST_BYTES = 2_000_000
"""Smaller files are read before a bar could be seen."""
_ROWS_A_STEP = 1_000


class Sized(Protocol):
    """A file that knows how far it has been read."""

    def size(self) -> int:
        """Bytes in it."""

    def position(self) -> int:
        """Bytes read of it."""


class Meter:
    """Passes rows through and moves a bar; the plain one moves nothing."""

    def watch(self, source: Sized, rows: Iterable[T]) -> Iterable[T]:
        """The rows as they come."""
        del source
        return rows


@contextmanager
def metered(sources: Iterable[Sized], *, quiet: bool) -> Iterator[Meter]:
    """A meter over the reading of all files together."""
    total = sum(source.size() for source in sources)
    if quiet or total < LEAST_BYTES or sys.stderr is None or not sys.stderr.isatty():
        yield Meter()
        return
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Reading", total=total)
        before = 0

        class Bar(Meter):
            def watch(self, source: Sized, rows: Iterable[T]) -> Iterable[T]:
                nonlocal before
                for number, row in enumerate(rows):
                    if number % _ROWS_A_STEP == 0:
                        progress.update(task, completed=before + source.position())
                    yield row
                before += source.size()

        yield Bar()
