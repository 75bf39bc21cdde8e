"""stdout and stderr: the only module that prints.

stdout carries data only. Receipts, warnings, notes and errors go to stderr, one sentence each, with control
characters made visible.
"""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple, TextIO, cast

from ordercli.domain.text import shown_lines, visible
from ordercli.errors import Refused
from ordercli.render.tint import plain, tinted, tinted_help

MOST_WARNINGS = 20
_wish: list[bool | None] = [None]
_notes: list[str] = []


@contextmanager
def afresh() -> Iterator[None]:
    """Let nothing be wished or noted, and leave wishes, notes and streams as they were before."""
    wish, notes, streams = _wish[0], _notes.copy(), (sys.stdin, sys.stdout, sys.stderr)
    kinds = [(stream, stream.encoding, stream.errors) for stream in streams[1:] if hasattr(stream, "reconfigure")]
    _wish[0] = None
    _notes.clear()
    try:
        yield
    finally:
        _wish[0] = wish
        _notes[:] = notes
        sys.stdin, sys.stdout, sys.stderr = streams
        for stream, encoding, errors in kinds:
            with suppress(OSError):  # one that takes no more, of which the line has said so
                stream.reconfigure(encoding=encoding, errors=errors, newline=None)


def prepare_streams() -> None:
    """Make both streams take any text: UTF-8 where it is a pipe, escapes instead of a crash elsewhere."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def stdout(*, machine: bool = False) -> TextIO:
    """The data stream; machine formats are UTF-8 whatever the locale says.

    Raises:
        Refused: if the caller has closed it.
    """
    if sys.stdout is None:  # closed by the caller: `ordercli stock >&-`
        raise Refused("There is no stdout to write to; it was closed.")
    if machine and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="strict", newline="")
    return cast("TextIO", _OnTerminal(sys.stdout)) if machine and sys.stdout.isatty() else sys.stdout


class _OnTerminal:
    """A terminal that is given data: what it would obey is spelled out, whatever the format and the data are."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.flush = stream.flush
        self.isatty = stream.isatty

    def write(self, text: str) -> int:
        """Write a piece, its line breaks and tabs as they are."""
        return self._stream.write(text if text.isprintable() else shown_lines(text))

    def writelines(self, lines: Iterable[str]) -> None:
        """The same of several."""
        for line in lines:
            self.write(line)


class Look(NamedTuple):
    """What a stream can show.

    Attributes:
        width: places in a line of its terminal; None for a pipe, where a line is as long as it has to be.
        color: whether it may have color and lines.
    """

    width: int | None
    color: bool


def look(stream: TextIO, *, color: bool | None) -> Look:
    """What a stream can show.

    Args:
        stream: where to.
        color: the user's wish; None follows NO_COLOR, FORCE_COLOR, TERM and whether it is a terminal.
    """
    wanted = color is not False and not os.environ.get("NO_COLOR")
    forced = wanted and bool(color or os.environ.get("FORCE_COLOR"))
    if not forced and not stream.isatty():
        return Look(None, color=False)
    return Look(shutil.get_terminal_size().columns, color=wanted and (forced or os.environ.get("TERM") != "dumb"))


def wish_color(color: bool | None, *, is_default: bool = False) -> None:
    """Say what the user wants of the color of talk and help; None lets the terminal decide.

    Args:
        color: the wish.
        is_default: whether it yields to one that was said before.
    """
    if not is_default or _wish[0] is None:
        _wish[0] = color


def wished_look(stream: TextIO) -> Look:
    """What a stream can show, with the color that was wished for."""
    return look(stream, color=_wish[0])


def takes_color(stream: TextIO | None) -> bool:
    """Whether a stream is sent color."""
    return stream is not None and wished_look(stream).color


def note(sentence: str) -> None:
    """One line of talk that goes before whatever else is said, and is left out if the command fails."""
    _notes.append(sentence)


def drop_notes() -> None:
    """Forget the notes that nothing was said after: what failed is said in one sentence."""
    _notes.clear()


def say_notes() -> None:
    """Say the notes that nothing was said after."""
    held = _notes.copy()
    _notes.clear()
    for sentence in held:
        say(sentence)


def say(sentence: str) -> None:
    """One line of talk on stderr; that it warns is said in color too."""
    say_notes()
    _write(_folded(visible(sentence), sys.stderr))


def say_error(sentence: str) -> None:
    """Why a run failed, as one line on stderr."""
    say_notes()
    told = _folded(visible(sentence), sys.stderr)
    if takes_color(sys.stderr):
        told = "\n".join(tinted(line, "red") for line in told.split("\n"))
    _write(told)


def tell(sentence: str) -> None:
    """A sentence among the data, on stdout."""
    out = stdout()
    out.write(_folded(sentence, out) + "\n")


def _folded(told: str, stream: TextIO | None) -> str:
    """A sentence as it is, or broken at blanks where a terminal has no room for it."""
    room = None if stream is None else look(stream, color=_wish[0]).width
    if room is None or (told.isascii() and len(told) <= room):
        return told
    from ordercli.render.layout import fold_talk  # noqa: PLC0415 - most of what is said is short

    return "\n".join(fold_talk(told, room))


def say_help(text: str) -> None:
    """Help on stderr, where a command was not whole."""
    _write(tinted_help(plain(text)) if takes_color(sys.stderr) else plain(text))


_WARNING = "warning:"


def _write(text: str) -> None:
    if sys.stderr is None:
        return
    if text.startswith(_WARNING) and takes_color(sys.stderr):
        text = tinted(_WARNING, "yellow") + text.removeprefix(_WARNING)
    try:
        sys.stderr.write(f"{text}\n")
    except OSError:
        # On a full disk, or with nobody there to read: what is done is done, and the exit code has to say so.
        sys.stderr = None


def alarm(sentence: str) -> None:
    """The same of what went wrong under a scanner, whose user looks elsewhere: a terminal rings."""
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write("\a")
    say(sentence)


def ask(prompt: str) -> None:
    """What is waited for, on the line on which it is typed."""
    say_notes()
    if sys.stderr is not None:
        sys.stderr.write(f"{_folded(visible(prompt), sys.stderr)} ")
        sys.stderr.flush()


def warn(warnings: tuple[str, ...]) -> None:
    """Warnings, a screenful at most."""
    for sentence in warnings[:MOST_WARNINGS]:
        say(f"warning: {sentence}")
    if len(warnings) > MOST_WARNINGS:
        say(f"warning: … and {len(warnings) - MOST_WARNINGS} more")
