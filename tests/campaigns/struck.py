"""Commands that strace watches, kills at a chosen system call, or has the system refuse one.

What changes a file is a system call, and each of them is a point at which a process can die or a disk fail.
"""

import os
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from warm import start


class Point(NamedTuple):
    """One system call of a run: its name, and which one of that name it is, from 1."""

    call: str
    number: int


class Struck(NamedTuple):
    """How a run ended: its exit code, below zero for a signal, and what it said on stderr."""

    code: int
    stderr: str


def points_of(arguments: tuple[str, ...], stdin: str, calls: tuple[str, ...], **environment: str) -> list[Point]:
    """The system calls of a run from beginning to end; it lives, and does what it does."""
    log = Path(os.environ["HOME"]) / "calls"
    _watched(arguments, stdin, ["-o", str(log), "-e", f"trace={','.join(calls)}"], environment)
    return list(_numbered(log.read_text(encoding="utf-8", errors="replace").splitlines()))


def _numbered(lines: list[str]) -> Iterator[Point]:
    """The calls as strace logs them; what is opened to be read only, and what goes to stdout, changes nothing."""
    seen: Counter[str] = Counter()
    for line in lines:
        if found := re.match(r"(\w+)\(", line):
            seen[found[1]] += 1
            if not line.startswith("write(1,") and (found[1] != "openat" or "O_CREAT" in line):
                yield Point(found[1], seen[found[1]])


def refused_at(
    point: Point, error: str, arguments: tuple[str, ...], stdin: str, *, ever_after: bool, **environment: str
) -> Struck:
    """A run of which the system refuses a call with an error such as ``EIO``, and all later ones if so told."""
    when = f"{point.number}{'+' if ever_after else ''}"
    inject = [
        *("-o", os.devnull, "-e", f"trace={point.call}"),
        *("-e", f"inject={point.call}:error={error}:when={when}"),
    ]
    return _watched(arguments, stdin, inject, environment)


def _state_of(pid: int) -> str:
    """The letter that the system has for what a process does; ``T`` is stopped."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]


def _watched(arguments: tuple[str, ...], stdin: str, options: list[str], environment: dict[str, str]) -> Struck:
    running = start(*arguments, stops=True, stdin=stdin, **environment)  # type: ignore[arg-type] # all are text
    pid = running.process.pid
    assert pid is not None
    while _state_of(pid) not in "Tt":
        time.sleep(0.001)
    with subprocess.Popen(["strace", *options, "-p", str(pid)], stderr=subprocess.PIPE, text=True) as strace:
        assert strace.stderr is not None
        told = strace.stderr.readline()
        assert "attached" in told, told
        os.kill(pid, signal.SIGCONT)
        ended = running.ended()
        strace.stderr.read()
    return Struck(*ended)
