"""The process that runs templates: ``python -P -m ordercli.messaging.sandbox_child``.

A template is text from a file that anybody may have written, so it runs here: in Jinja's immutable sandbox, which
stops it from reaching what it was not given, and in a process of its own, which may only take so much memory and
processor time and which ``sandbox.py`` kills when it takes too long. It knows no database and no password.

One JSON object a line comes in: ``{"subject", "body", "fields"}`` to fill, or ``{"subject", "body"}`` to look at.
One goes out: ``{"subject", "body"}``, or ``{"names"}`` (fields the template uses), or ``{"error", "line"}``.
"""

import json
import sys
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment

MOST_CHARACTERS = 20_000
"""Longest text a template may make."""

MOST_MEMORY = 512 * 2**20
MOST_SECONDS = 5
"""Processor time of one template, should the parent that kills it sooner be gone."""

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
        _limit_seconds()
        _say(json.dumps(_answer(environment, json.loads(line))))


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


def _limit_seconds() -> None:
    try:
        import resource  # noqa: PLC0415 - the same
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + MOST_SECONDS, hard))


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
