"""``ordercli run``: a list of commands in one process, each an operation of its own."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.ending import INTERRUPTED
from ordercli.cli.file_options import READ
from ordercli.cli.frame import settings_of
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.cli.script import Line
    from ordercli.cli.script_run import Runner

run_app = typer.Typer(rich_markup_mode=None, add_completion=False)

MOST_FAULTS = 20
"""Lines of which it is told what is wrong with them."""
NOT_IN_A_LIST = ("shell", "run")
_WRONG = 2


@run_app.command("run")
def run(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE|-", parser=READ, help="Commands, one a line; - reads stdin.")
    ],
    keep_going: Annotated[
        bool, typer.Option("--keep-going", "-k", help="Go on after a failure; end with the gravest exit code.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--parse-only", help="Read the whole list, say what is wrong in it, run nothing.")
    ] = False,
) -> None:
    """Run a list of commands, each as if typed alone; nothing is run unless all lines can be understood.

    Example: ordercli run morning.txt
    """
    from ordercli.cli.script_run import running

    settings = settings_of(ctx)
    text = _text_of(file)
    with running(settings) as runner:
        lines = _understood(file, text, runner)
        if check:
            console.say(f"{count(len(lines), 'command')}, all understood; nothing was run.")
            return
        if not lines:
            console.say(f"There are no commands in {_called(file)}; nothing to do.")
            return
        with _nothing_on_stdin() if file == "-" else nullcontext():
            code = _run_all(file, lines, runner, keep_going=keep_going)
    if code:
        raise typer.Exit(code)


def _text_of(file: str) -> str:
    from ordercli.files import read_file

    if file == "-" and (sys.stdin is None or sys.stdin.isatty()):
        raise Refused("Nothing was piped in; give a file of commands, or type them at: ordercli shell")
    content = read_file(file)
    if (place := content.find(b"\0")) >= 0:
        line = content.count(b"\n", 0, place) + 1
        raise Refused(f"{_called(file)}, line {line} holds a NUL: this is no list of commands; nothing was run.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Refused(f"{_called(file)}, line {line} is not UTF-8 text; nothing was run.") from None


def _called(file: str) -> str:
    return "stdin" if file == "-" else file


def _understood(file: str, text: str, runner: "Runner") -> "list[Line]":
    """The commands of a list.

    Raises:
        Exit: with 2 if a line cannot be understood; it was said which, and nothing is run.
    """
    from ordercli.cli.script import ScriptError, read_lines
    from ordercli.cli.script_run import understand

    lines, faults = [], []
    for line in read_lines(text):
        if isinstance(line, ScriptError):
            faults.append((line.number, str(line)))
            continue
        lines.append(line)
        if line.words and not line.is_exit:
            found = understand(line.plain, runner.settings)
            if found.name in NOT_IN_A_LIST:
                faults.append((line.number, f"{found.name} is no command for a list."))
            elif found.fault is not None:
                faults.append((line.number, found.fault))
    if not faults:
        return lines
    for number, sentence in faults[:MOST_FAULTS]:
        console.say_error(f"{_called(file)}, line {number}: {sentence}")
    if len(faults) > MOST_FAULTS:
        console.say_error(f"… and {count(len(faults) - MOST_FAULTS, 'more line')} cannot be understood.")
    console.say("Nothing was run.")
    raise typer.Exit(_WRONG)


def _run_all(file: str, lines: "Sequence[Line]", runner: "Runner", *, keep_going: bool) -> int:
    from ordercli.cli.each_file import gravest

    codes: dict[int, int] = {}
    for done, line in enumerate(lines):
        if line.is_exit:
            _tell_left(line.number, len(lines) - done - 1)
            break
        code = runner.run(line)
        if not code:
            continue
        codes[line.number] = code
        what = f"a command of the system {runner.ending}" if line.system else f"ended with exit code {code}"
        console.say_error(f"{_called(file)}, line {line.number}: {what}.")
        if code == INTERRUPTED or not keep_going:
            console.say(
                f"Stopped: {count(done, 'command')} before it ran, {len(lines) - done - 1} after it did not."
            )
            return code
    if codes:
        console.say(f"{len(codes)} of {count(len(lines), 'command')} failed: {_lines(list(codes))}.")
    return gravest(*codes.values())


def _tell_left(number: int, left: int) -> None:
    """Say what is behind an ``exit``, which may have been forgotten there."""
    if left:
        console.say(f"exit in line {number} ends the list: {count(left, 'command')} after it did not run.")


def _lines(numbers: Sequence[int]) -> str:
    told = ", ".join(str(number) for number in numbers[:MOST_FAULTS])
    more = f" and {len(numbers) - MOST_FAULTS} more" if len(numbers) > MOST_FAULTS else ""
    return f"{'line' if len(numbers) == 1 else 'lines'} {told}{more}"


@contextmanager
def _nothing_on_stdin() -> Iterator[None]:
    """The list was what there was on stdin: its commands find nothing there, and nobody to ask."""
    kept = sys.stdin
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        sys.stdin = nothing
        try:
            yield
        finally:
            sys.stdin = kept
