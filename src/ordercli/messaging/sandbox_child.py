"""The process that runs templates: ``python -P -m ordercli.messaging.sandbox_child``.

A template is text from a file that anybody may have written, so it runs here: in Jinja's immutable sandbox, which
stops it from reaching what it was not given, and in a process of its own, which may only take so much memory and
processor time: when it has used that up the system ends it, and where no system does, or the template does not
work, ``sandbox.py`` kills it in the end. It knows no database and no password.

One JSON object a line comes in: ``{"subject", "body", "fields", "seconds"}`` to fill, or without ``fields`` to
look at; ``seconds`` is the processor time it may take.
One goes out: ``{"subject", "body"}``, or ``{"names"}`` (fields the template uses), or ``{"error", "line"}``.
"""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_CHARACTERS = 20_000
"""Longest text a template may make."""

MOST_MEMORY = 512 * 2**20
LINES_BEFORE_BODY = 2
"""The subject's line and the empty one."""


class TooLongError(Exception):
    """The text has more than :data:`MOST_CHARACTERS`."""


def main() -> None:
    """Answer until there is nothing more to read."""
    environment = _environment()
    _limit_memory()
    _say("ready")
    for line in sys.stdin:
        job = json.loads(line)
        with _limited_to(job.pop("seconds")):
            answer = _answer(environment, job)
        _say(json.dumps(answer))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, cache_size=50
    )
    environment.globals.clear()
    return environment


def _limit_memory() -> None:
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextmanager
def _limited_to(seconds: float) -> Iterator[None]:
    """The system ends this process once it has worked so long, whatever it is at, if it knows such a timer."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # whoever started us may have told the system to ignore it
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _answer(environment: ImmutableSandboxedEnvironment, job: dict[str, Any]) -> dict[str, Any]:
    """Do one job, part by part; the line of a fault is that of the file."""
    done: dict[str, Any] = {}
    names: set[str] = set()
    for part, lines_before in (("subject", 0), ("body", LINES_BEFORE_BODY)):
        try:
            if "fields" in job:
                done[part] = _filled(_compiled(environment, job[part]), job["fields"])
            else:
                names |= _names(environment, job[part])
        except Exception as error:  # noqa: BLE001 - a template can raise anything
            reason, line = _fault(error)
            return {"error": reason, "line": line and line + lines_before}
    return done or {"names": sorted(names)}


@lru_cache(maxsize=100)
def _compiled(environment: ImmutableSandboxedEnvironment, text: str) -> Template:
    """The template of a text; many letters have the same, and to compile it takes longer than to fill it."""
    return environment.from_string(text)


def _fault(error: Exception) -> tuple[str, int | None]:
    """What went wrong, and on which line; words of errors that may hold a buyer's data are left out."""
    if isinstance(error, MemoryError):
        return "it wants more memory than a template may have", None
    if isinstance(error, RecursionError):
        return "it calls itself without end", None
    if isinstance(error, TooLongError):
        return f"its text has more than {MOST_CHARACTERS:,} characters", None
    if isinstance(error, TemplateSyntaxError):
        return str(error.message).rstrip("."), error.lineno
    if isinstance(error, UndefinedError | SecurityError):
        return str(error.message).rstrip("."), _line_of(error)
    return f"it fails ({type(error).__name__})", _line_of(error)


def _names(environment: ImmutableSandboxedEnvironment, text: str) -> set[str]:
    environment.from_string(text)
    return find_undeclared_variables(environment.parse(text))


def _filled(template: Template, fields: dict[str, Any]) -> str:
    parts, size = [], 0
    for part in template.generate(fields):
        size += len(part)
        if size > MOST_CHARACTERS:
            raise TooLongError
        parts.append(part)
    return "".join(parts)


def _line_of(error: BaseException) -> int | None:
    """The line of the template on which it failed."""
    line, step = None, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line


if __name__ == "__main__":
    main()
