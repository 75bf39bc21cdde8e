"""``ordercli shell``: a prompt that keeps the program loaded, so that a command answers at once."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from importlib import import_module
from threading import Event, Thread
from typing import TYPE_CHECKING

import typer

from ordercli import __version__
from ordercli.cli.frame import settings_of
from ordercli.errors import Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.cli.script import Line
    from ordercli.cli.script_run import Runner

shell_app = typer.Typer(rich_markup_mode=None, add_completion=False)

PROMPT, GOES_ON = "ordercli> ", "       -> "
_WARM = (
    "ordercli.render.table",
    "rich.table",
    "ordercli.db",
    "ordercli.checksum",
    "ordercli.services.operations",
    "ordercli.services.settings",
)
"""What most commands need, loaded while the first is typed."""
_is_at_prompt: ContextVar[bool] = ContextVar("is_at_prompt", default=False)

Ask = Callable[[str], str]
"""Shows a prompt and gives what was typed. Raises EOFError at the end, KeyboardInterrupt at Ctrl-C."""


@shell_app.command("shell")
def shell(ctx: typer.Context) -> None:
    """A prompt for commands, with history and completion; exit or Ctrl-D leaves it.

    Also: # comment, !ls for a command of the system, > FILE, >> FILE, < FILE, | less.

    Example: ordercli shell
    """
    from ordercli.cli.script_run import running

    settings = settings_of(ctx)
    if _is_at_prompt.get():
        raise Refused("This is the prompt already; exit leaves it.")
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise UsageProblem(
            "The prompt needs a terminal; for commands out of a file or a pipe: ordercli run FILE|-"
        )
    if not settings.quiet:
        console.say(f"ordercli {__version__} on {settings.database}")
        console.say("TAB completes, help explains, exit or Ctrl-D leaves.")
    token = _is_at_prompt.set(True)
    try:
        with running(settings) as runner, _editing(runner) as remember, _warming():
            _talk(input, runner, remember)
    finally:
        _is_at_prompt.reset(token)


def _talk(ask: Ask, runner: "Runner", remember: "Callable[[Line], None]") -> None:
    """Read and run until the end; Ctrl-C cancels what is typed or what runs, and no more."""
    from ordercli.cli.script_run import PROGRAM_FAILED

    while True:
        try:
            for line in _typed(ask):
                remember(line)
                if line.is_exit:
                    return
                if runner.run(line) == PROGRAM_FAILED and line.system is not None:
                    console.say(f"The command of the system {runner.ending}.")
        except EOFError:
            with suppress(KeyboardInterrupt):
                console.say("")
            return
        except KeyboardInterrupt:
            with suppress(KeyboardInterrupt):
                console.say("")


def _typed(ask: Ask) -> "list[Line]":
    """The commands that are typed next: one, or several that are pasted; none of a line that is wrong."""
    from ordercli.cli.script import ScriptError, UnfinishedError, read_script

    text = ask(PROMPT)
    while True:
        try:
            return list(read_script(text))
        except UnfinishedError:
            text = f"{text}\n{ask(GOES_ON)}"
        except ScriptError as error:
            console.say_error(str(error))
            return []


@contextmanager
def _editing(runner: "Runner") -> "Iterator[Callable[[Line], None]]":
    """History and completion, where the system's Python can edit lines; how a line is remembered."""
    try:
        from ordercli.cli.shell_lines import editing
    except ImportError:
        yield lambda _: None
        return
    with editing(runner.settings) as remember:
        yield remember


@contextmanager
def _warming() -> Iterator[None]:
    """Load what commands need while nobody waits for it."""
    from ordercli.cli.app import command_named
    from ordercli.cli.commands import ENTRIES

    over = Event()

    def load() -> None:
        for name in (*_WARM, *ENTRIES):
            if over.is_set():
                return
            with suppress(Exception):  # the command that needs it says so
                command_named(name) if name in ENTRIES else import_module(name)

    thread = Thread(target=load, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        with suppress(KeyboardInterrupt):
            thread.join()
