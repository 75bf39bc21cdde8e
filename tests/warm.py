"""Real processes of the command line that need not import it again: forked from one that has.

Starting an interpreter and importing ordercli takes ten times as long as most commands. Tests of races and crashes
start many processes, so theirs come from a fork server, a process with no database open and no other thread. What
a start itself does is tested elsewhere, with ``python -m ordercli``.
"""

import os
import pkgutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import mkdtemp
from threading import Event
from typing import Any

import ordercli
from patience import LONG

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(
    [found.name for found in pkgutil.walk_packages(ordercli.__path__, "ordercli.") if "_child" not in found.name]
)


@dataclass(frozen=True, slots=True)
class Warm:
    """A running command."""

    process: BaseProcess
    out: Path

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.exitcode is None

    def ended(self, seconds: float = LONG) -> tuple[int, str]:
        """Wait for its end: exit code, below zero for a signal, and what it said on stderr."""
        self.process.join(seconds)
        code = self.process.exitcode
        assert code is not None, "it does not end"
        self.process.close()
        return code, (self.out / "stderr").read_text(encoding="utf-8")

    def stdout(self) -> str:
        """What it said on stdout until it ended."""
        return (self.out / "stdout").read_text(encoding="utf-8")


def start(
    *arguments: str,
    dies_at: int | None = None,
    stops: bool = False,
    first: str = "",
    stdin: str = os.devnull,
    **environment: str,
) -> Warm:
    """Run a command line as a process of its own, in this environment and the current folder.

    Args:
        arguments: what comes after ``ordercli``.
        dies_at: number of the step at which it kills itself with SIGKILL: a statement of SQLite's, or something it
            does to a file or folder. One that lives, as with 0, says last on stderr how many there were.
        stops: wait, stopped, before the command, for somebody who will watch it and let it go on.
        first: Python to run before the command, such as a change of the program that it is about.
        stdin: the file or terminal it reads from.
        environment: variables to set besides.
    """
    out = Path(mkdtemp(dir=os.environ["HOME"]))
    streams = (stdin, str(out / "stdout"), str(out / "stderr"))
    told = (arguments, {**os.environ, **environment}, Path.cwd(), streams, dies_at, first)
    process = _FORKS.Process(target=_run, args=(*told, stops), daemon=True)
    process.start()
    return Warm(process, out)


class Victim:
    """A command that is killed by what it calls, which may be before whoever started it knows its number."""

    def __init__(self) -> None:
        self._running: Future[Warm] = Future()
        self._is_killed = Event()

    def kill(self) -> None:
        """Kill it, from another thread than the one that runs it; it is gone then."""
        process = self._running.result(LONG).process
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        wait([process.sentinel], LONG)  # without asking how it ended, which is told once
        self._is_killed.set()

    def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """Run it, as :func:`start` does; how it ended, as :meth:`Warm.ended` tells."""
        running = start(*arguments, **environment)  # type: ignore[arg-type] # all are text
        self._running.set_result(running)
        while not self._is_killed.wait(0.02) and running.is_running:
            pass
        return running.ended()


def _run(
    arguments: tuple[str, ...],
    environment: Mapping[str, str],
    folder: Path,
    streams: tuple[str, str, str],
    dies_at: int | None,
    first: str,
    stops: bool,
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, name in enumerate(streams):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOCTTY, 0o600), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - multiprocessing has put another there
    sys.argv = ["ordercli", *arguments]
    from ordercli.__main__ import main  # noqa: PLC0415 - in the child

    exec(first, {})  # noqa: S102 - of the tests' own
    if stops:
        _let_be_watched()
        os.kill(os.getpid(), signal.SIGSTOP)
    if dies_at is None:
        main()
        return
    sys.dont_write_bytecode = True  # a module that is compiled for the first time would be two steps more
    counted = _count_steps(dies_at)
    try:
        main()
    finally:
        sys.stderr.write(f"steps {counted[0]}\n")
        sys.stderr.flush()


def _let_be_watched() -> None:
    """Allow any process of the user to trace this one, where the system wants that said."""
    import ctypes  # noqa: PLC0415 - in the child

    set_ptracer, anyone = 0x59616D61, ctypes.c_ulong(-1)
    ctypes.CDLL(None).prctl(set_ptracer, anyone, 0, 0, 0)


_ON_FILES = {"os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate", "shutil.copyfile"}
"""Audit events of what is done to files; ``open`` for writing besides."""


def _count_steps(dies_at: int) -> list[int]:
    """Watch every connection and file from now on; the one item is how many steps have begun."""
    open_database: Callable[..., sqlite3.Connection] = sqlite3.connect
    seen = [0]

    def count(_: str) -> None:
        seen[0] += 1
        if seen[0] == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _ON_FILES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)):
            count(event)

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = open_database(*arguments, **options)
        connection.set_trace_callback(count)
        return connection

    sqlite3.connect = connect  # type: ignore[assignment]
    sys.addaudithook(watch)
    return seen
