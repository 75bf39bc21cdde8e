"""Running templates under guard: in another process, one at a time, each for two seconds of its work at most.

Jinja's sandbox keeps a template from reaching objects it was not given, but not from taking all memory or all
time (``'x' * 10**9``, loops in loops). Only another process can be stopped for certain; see
``sandbox_child.py`` for what it may take. What counts is what the template makes the processor do: a machine
that is busy with others, or stands still for a moment, is no fault of the template's.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from threading import Event, Thread
from time import monotonic, sleep
from typing import Any, NamedTuple

from ordercli.errors import OrdercliError

SECONDS = 2.0
"""How long one template may work; one that is meant well takes a few milliseconds."""

_LONGEST = 60.0
"""Seconds after which a template that did not work so long yet is stopped all the same."""
_START_SECONDS = 60.0
_LOOK_SECONDS = 0.1
"""How often it is looked whether a template takes too long."""
_KEPT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL")


class TemplateFault(NamedTuple):
    """What is wrong with a template.

    Attributes:
        reason: as a sentence without its end.
        line: of the template's subject or body, from 1; None where it is no one line's.
    """

    reason: str
    line: int | None = None

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" if self.line else self.reason


class Sandbox:
    """The guarded process; started with the first template, and anew after one that was stopped or ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._watch: _Watch | None = None

    def fill(self, subject: str, body: str, fields: Mapping[str, Any]) -> tuple[str, str] | TemplateFault:
        """The subject and the body with the fields filled in, or why that cannot be."""
        answer = self._ask({"subject": subject, "body": body, "fields": dict(fields)})
        return answer if isinstance(answer, TemplateFault) else (answer["subject"], answer["body"])

    def names(self, subject: str, body: str) -> frozenset[str] | TemplateFault:
        """The fields a template uses, or why it is no template."""
        answer = self._ask({"subject": subject, "body": body})
        return answer if isinstance(answer, TemplateFault) else frozenset(answer["names"])

    def close(self) -> None:
        """End the process."""
        if self._watch is not None:
            self._watch.end()
            self._watch = None
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _ask(self, job: dict[str, Any]) -> dict[str, Any] | TemplateFault:
        counts = hasattr(signal, "setitimer")  # the process itself; it tells the system when to end it
        line = self._exchange(json.dumps(job | {"seconds": SECONDS}) + "\n", _LONGEST if counts else SECONDS)
        if not line:
            self.close()
            return TemplateFault(
                f"it takes more time than the {SECONDS:g} seconds, or memory, a template may have"
            )
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            return TemplateFault(answer["error"], answer.get("line"))
        return answer

    def _exchange(self, request: str, seconds: float) -> str:
        """One line for one line; "" if the process was killed for taking too long, or ended by itself."""
        process, watch = self._started()
        return watch.over(lambda: _told(process, request), seconds)

    def _started(self) -> tuple[subprocess.Popen[str], "_Watch"]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None or self._watch is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "ordercli.messaging.sandbox_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                env=_environment(),
            )
            process, self._watch = self._process, _Watch(self._process.kill)
            if not self._watch.over(lambda: _told(process, ""), _START_SECONDS):
                self.close()
                raise OrdercliError("Templates cannot be run here: the process for them does not start.")
            return process, self._watch
        return self._process, self._watch


class _Watch:
    """One thread that stops the process when a template takes too long, whatever the number of templates.

    While none runs it waits, and wakes nobody.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._until: float | None = None
        self._is_ended = False
        self._wanted = Event()
        Thread(target=self._look, daemon=True).start()

    def over(self, work: Callable[[], str], seconds: float) -> str:
        """What ``work`` gives, which the process is stopped for if it takes longer."""
        self._until = monotonic() + seconds
        self._wanted.set()
        try:
            return work()
        finally:
            self._wanted.clear()
            self._until = None

    def end(self) -> None:
        """Look no longer."""
        self._is_ended = True
        self._wanted.set()

    def _look(self) -> None:
        while self._wanted.wait() and not self._is_ended:
            sleep(_LOOK_SECONDS)
            until = self._until
            if until is not None and monotonic() > until:
                self._stop()
                return


def _environment() -> dict[str, str]:
    """What the process is told of ours: how to find Python's parts, and no password."""
    return {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("PYTHON")}


def _told(process: subprocess.Popen[str], request: str) -> str:
    if process.stdin is None or process.stdout is None:  # both are pipes
        return ""
    try:
        process.stdin.write(request)
        process.stdin.flush()
        return process.stdout.readline()
    except BrokenPipeError:
        return ""


@cache
def sandbox() -> Sandbox:
    """The sandbox of this process, whose own stays for the next command of a session: to start one takes long."""
    opened = Sandbox()
    atexit.register(opened.close)
    return opened
