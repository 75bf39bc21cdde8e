"""Running templates under guard: in another process, one at a time, each for two seconds at most.

Jinja's sandbox keeps a template from reaching objects it was not given, but not from taking all memory or all
time (``'x' * 10**9``, loops in loops). Only another process can be stopped for certain; see
``sandbox_child.py`` for what it may take.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Timer
from typing import Any, NamedTuple

from ordercli.errors import OrdercliError

SECONDS = 2.0
"""How long one template may take; one that is meant well takes a few milliseconds."""

_START_SECONDS = 60.0
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
    """The guarded process; started with the first template, and anew after one that had to be stopped."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

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
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def _ask(self, job: dict[str, Any]) -> dict[str, Any] | TemplateFault:
        process = self._started()
        line = _exchange(process, json.dumps(job) + "\n", SECONDS)
        if not line:
            self.close()
            return TemplateFault(
                f"it takes more time than the {SECONDS:g} seconds, or memory, a template may have"
            )
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            return TemplateFault(answer["error"], answer.get("line"))
        return answer

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "ordercli.messaging.sandbox_child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                env=_environment(),
            )
            if not _exchange(self._process, "", _START_SECONDS):
                self.close()
                raise OrdercliError("Templates cannot be run here: the process for them does not start.")
        return self._process


def _environment() -> dict[str, str]:
    """What the process is told of ours: how to find Python's parts, and no password."""
    return {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("PYTHON")}


def _exchange(process: subprocess.Popen[str], request: str, seconds: float) -> str:
    """One line for one line; "" if the process was killed for taking too long, or ended by itself."""
    if process.stdin is None or process.stdout is None:  # both are pipes
        return ""
    timer = Timer(seconds, process.kill)
    timer.start()
    try:
        process.stdin.write(request)
        process.stdin.flush()
        return process.stdout.readline()
    except BrokenPipeError:
        return ""
    finally:
        timer.cancel()


@contextmanager
def sandbox() -> Iterator[Sandbox]:
    """A sandbox for as long as it is needed."""
    opened = Sandbox()
    try:
        yield opened
    finally:
        opened.close()
