"""A progress bar on stderr for imports that take a while, through all their phases; none where nobody looks.

There is one bar at most. It comes with the reading of a large file and stays until the run has written what it
read. The phases after the reading are told by whoever does the work (:func:`phase`); that shows nothing if there
is no bar.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
LEAST_BYTES = 2_000_000
"""Smaller files are read before a bar could be seen."""
_ROWS_A_STEP = 1_000
_MEGABYTE = 1_000_000


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


class _Reading(Meter):
    """Moves the bar of the reading of several files."""

    def __init__(self, move: Callable[[float], None]) -> None:
        self._move = move
        self._before = 0

    def watch(self, source: Sized, rows: Iterable[T]) -> Iterable[T]:
        for number, row in enumerate(rows):
            if number % _ROWS_A_STEP == 0:
                self._move(self._before + source.position())
            yield row
        self._before += source.size()


class _Bar:
    """The bar: one line, which each phase takes over from the one before."""

    def __init__(self, progress: Any) -> None:  # noqa: ANN401 - Rich is loaded only where somebody looks
        self._progress = progress
        self._task = progress.add_task("", unit="")
        self._title = ""
        progress.start()

    def show(self, title: str, done: float, total: float, unit: str) -> None:
        """Go on in a phase, or begin the next."""
        is_new = title != self._title
        if is_new:
            self._title = title
            self._progress.reset(self._task, description=title, total=total or None, unit=unit)
        self._progress.update(self._task, completed=done, total=total or None, refresh=is_new)

    def close(self) -> None:
        """Take the bar away."""
        self._progress.stop()


_bar: list[_Bar] = []
_is_wanted = [True]


def allow(*, wanted: bool) -> None:
    """Say whether this run may show a bar where somebody looks."""
    _is_wanted[0] = wanted


@contextmanager
def afresh() -> Iterator[None]:
    """Let a bar be allowed, and leave whether one is as it was before."""
    before, _is_wanted[0] = _is_wanted[0], True
    try:
        yield
    finally:
        _is_wanted[0] = before


@contextmanager
def showing() -> Iterator[None]:
    """Take away whatever bar was shown within."""
    try:
        yield
    finally:
        while _bar:
            _bar.pop().close()


def metered(sources: Iterable[Sized]) -> Meter:
    """A meter over the reading of all files together."""
    total = sum(source.size() for source in sources)
    if not _is_wanted[0] or total < LEAST_BYTES or sys.stderr is None or not sys.stderr.isatty():
        return Meter()
    if not _bar:
        _bar.append(_Bar(_progress()))
    return _Reading(lambda done: phase("Reading", done, total, "B"))


def phase(title: str, done: float, total: float, unit: str = "rows") -> None:
    """Tell how far a phase is, on the bar there is.

    Args:
        title: what is being done.
        done: how much of it is.
        total: how much there is; 0 if nobody knows.
        unit: of both; ``B`` are bytes.
    """
    for bar in _bar:
        bar.show(title, done, total, unit)


def _progress() -> Any:  # noqa: ANN401 - the same
    from rich.console import Console  # noqa: PLC0415 - only where somebody looks
    from rich.progress import (  # noqa: PLC0415 - the same
        BarColumn,
        Progress,
        ProgressColumn,
        Task,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text  # noqa: PLC0415 - the same

    class Rate(ProgressColumn):
        """How much a second."""

        def render(self, task: Task) -> Text:
            return Text(rate_text(task.speed, task.fields["unit"]), justify="right")

    columns = (
        TextColumn("{task.description:<10}", markup=False),
        BarColumn(bar_width=28),
        TaskProgressColumn(),
        Rate(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)


def rate_text(speed: float | None, unit: str) -> str:
    """So much a second, in words; nothing while it is not known."""
    if not speed:
        return ""
    return f"{speed / _MEGABYTE:.1f} MB/s" if unit == "B" else f"{speed:,.0f} {unit}/s"
