"""Programs named ``ordercli-NAME`` on PATH are commands: ``ordercli NAME`` (docs/extending.md)."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import typer
from typer.core import TyperCommand

from ordercli.attended import ended
from ordercli.config import Settings
from ordercli.errors import Refused
from ordercli.server import line_of

_PREFIX = "ordercli-"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
_KILLED = 128
"""What a shell adds to the number of the signal that ended a program."""


def program_named(name: str) -> str | None:
    """The program that is the command of this name; None if there is none on PATH."""
    return shutil.which(f"{_PREFIX}{name}") if _NAME.match(name) else None


def program_names() -> list[str]:
    """Names of all such commands, sorted; looks through the folders of PATH, so for what failed anyway."""
    found: set[str] = set()
    for folder in os.get_exec_path():
        try:
            names = [entry.name for entry in os.scandir(folder) if entry.name.startswith(_PREFIX)]
        except OSError:
            continue
        found.update(name.removeprefix(_PREFIX) for name in names)
    return sorted(name for name in found if program_named(name))


class ProgramCommand(TyperCommand):
    """A program as a command: its arguments are its own, as they were typed."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, callback=None, add_help_option=False)
        self._path = path

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - the framework's signature
        """Take every word as it is."""
        ctx.args = list(args)
        return list(args)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the framework's signature
        """Run the program; its exit code is the line's."""
        settings = ctx.find_root().obj
        raise typer.Exit(run_program(self._path, ctx.args, settings))


def run_program(path: str, arguments: Sequence[str], settings: Settings) -> int:
    """Run a program in place of a command, with this run's database, format and present in its environment.

    Returns:
        Its exit code; 128 and the signal's number if that ended it.

    Raises:
        Refused: if it cannot be run.
    """
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    try:
        code = ended(
            lambda: subprocess.Popen(  # noqa: S603 - as typed
                [path, *arguments],
                env=environment_of(settings),
                stdin=_number_of(sys.stdin),
                stdout=_number_of(sys.stdout),
            )
        )
    except OSError as error:
        raise Refused(f"{path} cannot be run: {error.strerror}.") from error
    return code if code >= 0 else _KILLED - code


def _number_of(stream: TextIO | None) -> int | None:
    """Where a stream goes by now, as at the prompt behind ``>``; None leaves it as the process has it."""
    try:
        return None if stream is None else stream.fileno()
    except OSError:
        return None


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment of a program that ordercli runs: it works on the same database, at the same present."""
    told = {"ORDERCLI_DB": line_of(settings.database)}
    if settings.is_format_told:
        told["ORDERCLI_FORMAT"] = settings.output_format
    if settings.frozen_now is not None:
        told["ORDERCLI_NOW"] = settings.frozen_now
    return {**os.environ, **told}


def is_own(path: Path) -> bool:
    """Whether a file or folder belongs to this user and nobody else may write it; links are followed.

    Where modes say nothing, as on Windows, the user's own folders are what protects it.
    """
    status = path.stat()
    return os.name != "posix" or (status.st_uid == os.getuid() and not status.st_mode & 0o022)
