"""A command line typed in this process, and what it did.

It is run by what runs it in a process of its own, in a list of commands and at the prompt.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from typer.testing import CliRunner


@dataclass(frozen=True, slots=True)
class Ran:
    """What one command did."""

    exit_code: int
    stdout: str
    stderr: str
    output: str = field(default="", compare=False)
    """Both as they came."""


def run_here(
    words: Sequence[str], *, stdin: str | bytes | None = None, environment: Mapping[str, str] | None = None
) -> Ran:
    """Run a command line as a process would, without starting one; what it does not catch comes out here.

    Args:
        words: what comes after ``ordercli``.
        stdin: what it reads; nothing unless told.
        environment: variables to set besides.
    """
    from ordercli.cli.app import program  # noqa: PLC0415 - after the environment is clean

    code = 0
    with CliRunner().isolation(input=stdin, env=environment) as streams:
        try:
            code = program().run_line(words)
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            told = [stream.getvalue().decode("utf-8", "replace").replace("\r\n", "\n") for stream in streams]
    return Ran(code, *told)
