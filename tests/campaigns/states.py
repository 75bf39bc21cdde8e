"""What a kill leaves in a folder, for every system call at which a command can be killed.

A killed process leaves what is on the disk when it dies, and only system calls change that. So one run, stopped
before each of its calls, shows what a kill at any of them leaves, and it need not be run as often as it can die.
"""

import hashlib
import os
import re
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from campaign import TIMES
from campaigns.traced import Call, Ended, Traced

Files = dict[str, bytes | None]
"""What is in a folder: bytes by name, None for a folder in it."""

_UNREAD = re.compile(r".*-shm|(.*/)?\.[^/]*")
"""SQLite's index of a journal, made anew by who opens the database alone, and hidden files, which are swept."""


class State(NamedTuple):
    """What was there before a call.

    Attributes:
        point: number of the first call before which it was there, from 1.
        call: that call; None at the end.
        files: what was there.
    """

    point: int
    call: Call | None
    files: Files


@dataclass(slots=True)
class Watched:
    """A command's way through a folder.

    Attributes:
        ended: how it ended.
        points: how many calls it made at which it could have been killed, and one for its end.
        states: what was there before them, the same once.
    """

    ended: Ended = field(default_factory=lambda: Ended(0, ""))
    points: int = 0
    states: list[State] = field(default_factory=list)


def watched(
    folder: Path, *arguments: str, stdin: str = os.devnull, first: str = "", each: bool = False
) -> Watched:
    """Run a command to its end, and keep what is in a folder before its calls and after the last.

    Args:
        folder: where it works.
        arguments: the command.
        stdin: the file it reads from.
        first: Python to run before it.
        each: keep what is there between all writes in a row to one file, and not the first, the second, the fourth
            and so on, and the last of them.
    """
    found, seen = Watched(), set[bytes]()
    is_changed, row = True, 0
    last: Call | None = None

    def look(call: Call | None) -> None:
        found.points += 1
        files = read(folder)
        if (told := _told(files)) not in seen:
            seen.add(told)
            found.states.append(State(found.points, call, files))

    traced = Traced(arguments, stdin, first=first)
    for is_done, call in traced.calls():
        if is_done:
            is_changed = is_changed or call.is_change
            continue
        row = row + 1 if last is not None and call.inode and call[:4] == last[:4] else 0
        last = call
        if is_changed and (each or row & (row - 1) == 0):
            look(call)
            is_changed = False
        else:
            found.points += 1
    assert traced.ended is not None
    found.ended = traced.ended
    look(None)
    return found


def killed(point: int, *arguments: str, stdin: str = os.devnull) -> Ended:
    """Run a command that is killed with SIGKILL before a call, counted as :class:`State` does."""
    traced, passed = Traced(arguments, stdin), 0
    for is_done, _ in traced.calls():
        passed += not is_done
        if passed == point:
            os.kill(traced.pid, signal.SIGKILL)
    assert traced.ended is not None
    return traced.ended


def read(folder: Path) -> Files:
    """Everything in a folder and below."""
    return {
        str(place.relative_to(folder)): place.read_bytes() if place.is_file() else None
        for place in sorted(folder.rglob("*"))
    }


def put(files: Files, folder: Path) -> None:
    """Make a folder hold this and nothing else."""
    for place in folder.iterdir():
        shutil.rmtree(place) if place.is_dir() else place.unlink()
    for name, content in files.items():
        place = folder / name
        place.mkdir() if content is None else place.write_bytes(content)


def outline(files: Files) -> frozenset[tuple[str, int]]:
    """Which files there are and how long, in the short run only which are empty: what is alike is tried once."""
    lengths = {name: len(content or b"") for name, content in files.items()}
    return frozenset((name, length if TIMES > 1 else min(length, 1)) for name, length in lengths.items())


def _told(files: Files) -> bytes:
    """What tells a folder's content from any other that matters."""
    told = hashlib.blake2b()
    for name, content in files.items():
        told.update(name.encode() + (b"/" if content is None else b"\0"))
        if content is not None and not _UNREAD.fullmatch(name):
            told.update(hashlib.blake2b(content).digest())
    return told.digest()
