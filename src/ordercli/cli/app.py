"""Assembly of the command line: the lazy table of commands, the global options, and the mapping of errors.

Every failure ends here as one sentence on stderr and a documented exit code. Running one command imports
that command's module and no other.
"""

import importlib
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ordercli import __version__, door
from ordercli.cli.commands import ENTRIES, SECTIONS
from ordercli.cli.lists import add_list_options, wished
from ordercli.cli.shared_options import add_shared_options
from ordercli.config import Settings, resolve
from ordercli.domain.text import brief, is_text
from ordercli.errors import DatabaseProblem, OrdercliError, UnknownColumn, wrong_content
from ordercli.render import console, progress
from ordercli.render.tint import tinted_help

USAGE = 2
INTERRUPTED = 130


MOST_SAID, MOST_TOLD = 300, 1000
"""Signs of a sentence on a wrong line, and of any other."""
TAKEN = (0, 4)
"""Codes of a run that took something in: what was refused needs no word on its shape."""
UNWANTED = "warning: control characters and signs that turn the direction of text became blanks."


class ReaderGoneError(Exception):
    """Whoever read stdout has seen enough (`| head`)."""


class RootGroup(TyperGroup):
    """Commands from the table, loaded when named; errors mapped in one place."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - the framework's signature
        """Names in the order of the table."""
        return list(ENTRIES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - the same
        """Load the module that has the command."""
        return command_named(cmd_name) if cmd_name in ENTRIES else None

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - the same
        """Find a command, or say which were meant."""
        if args and args[0] not in ENTRIES and not args[0].startswith("-"):
            ctx.fail(f"{_NO_SUCH}{args[0]!r}.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002 - the same
        """The sections of the table, one line and one example a command."""
        for title, entries in SECTIONS:
            with formatter.section(title):
                for entry in entries:
                    formatter.write(f"  {entry.name:<12}{entry.help}\n{'':14}{entry.example}\n")

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401 - the framework's signature
        """The help of the program, in color where stdout takes it."""
        return _help(super().get_help, ctx)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the framework's signature
        """Run the command; a reader that has gone away is told apart from a failure."""
        try:
            value = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError as error:
            # The framework would end with 1 for it, and `| head` is no failure.
            raise ReaderGoneError from error
        return value

    def main(  # noqa: D102 - see _guarded
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,  # noqa: ANN401 - the framework's signature
    ) -> Any:  # noqa: ANN401 - the same
        del standalone_mode  # errors are mapped here, for the shell and for tests alike
        console.prepare_streams()
        door.opened()
        given = sys.argv[1:] if args is None else list(args)
        console.wish_color(_color_told(given))
        for place, argument in enumerate(given, start=1):
            if not is_text(argument):
                sys.exit(_report(f"Argument {place} is not UTF-8 text; nothing was done.", USAGE, None))
        run = partial(super().main, args, prog_name, complete_var, False, windows_expand_args, **extra)  # noqa: FBT003
        code = _guarded(run)
        if code in TAKEN and door.saw_unwanted():
            console.say(UNWANTED)
        sys.exit(code)


@cache
def command_named(name: str) -> Any:  # noqa: ANN401 - a group or a command
    """A command of the table; made once where a process runs several, as the demo and the tests do."""
    module = importlib.import_module(f"ordercli.cli.{ENTRIES[name].module}")
    command = typer.main.get_command(getattr(module, f"{name}_app"))
    command.name = name
    add_list_options(command, name)
    add_shared_options(command, name)
    _look_at_files_first(command)
    return command


def options_of(words: Sequence[str]) -> frozenset[str]:
    """The options of a command, by the words that begin its line."""
    command = command_named(words[0])
    for word in words[1:]:
        command = getattr(command, "commands", {}).get(word, command)
    return frozenset(name for option in command.params for name in option.opts)


def run_command(ctx: typer.Context, words: Sequence[str]) -> int:
    """Run another command as if it had been typed; its output and sentences go where they would go.

    Args:
        ctx: the context of the command that runs it, whose global options hold.
        words: the command line without ``ordercli``.

    Returns:
        Its exit code.
    """
    root = ctx.find_root()
    settings = root.obj

    def run() -> None:
        command = command_named(words[0])
        with command.make_context(words[0], list(words[1:]), parent=root) as below:
            command.invoke(below)

    try:
        return _code_of(run)
    finally:
        root.obj = settings  # what the command's own options changed holds for it alone


def _code_of(run: Callable[[], Any]) -> int:
    """Run a part of what the line asks for; the exit code it would end with, and its sentence if it fails."""

    def ended() -> int:
        try:
            run()
        except typer.Exit as end:
            return end.exit_code
        return 0

    return _guarded(ended)


def _guarded(run: Callable[[], Any]) -> int:
    """Run, and turn whatever happens into an exit code and at most one sentence on stderr."""
    try:
        code = run()
        console.say_notes()
        if sys.stdout is not None:
            sys.stdout.flush()  # --version and --help end before a command could
    except OrdercliError as error:
        return _report(str(error), error.exit_code, error)
    except typer.TyperException as error:
        if type(error).__name__ == _NO_COMMAND:
            return _show_help(error)
        return _report(_usage_sentence(error), getattr(error, "exit_code", USAGE), error)
    except (KeyboardInterrupt, typer.Abort):
        return _report("Interrupted; nothing more was changed.", INTERRUPTED, None)
    except (ReaderGoneError, BrokenPipeError):
        _give_up_stdout()
        return 0
    except OSError as error:
        _give_up_stdout()
        name = f"{error.filename}: " if error.filename else ""
        return _report(f"{name}{error.strerror or error}.", 5, error)
    except Exception as error:  # noqa: BLE001 - the last line of defence
        return _report(*_unexpected(error), error)
    return int(code or 0)


def _give_up_stdout() -> None:
    """Where stdout takes no more, keep Python from failing over it once again at exit."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_VERBOSE = frozenset({"--verbose", "-v"})


def _report(sentence: str, code: int, error: BaseException | None) -> int:
    console.drop_notes()
    is_short = code in (USAGE, 6) and not isinstance(error, UnknownColumn)
    console.say_error(brief(sentence, MOST_SAID if is_short else MOST_TOLD))
    if error is not None and not _VERBOSE.isdisjoint(sys.argv[1:]) and not isinstance(error, typer.TyperException):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    return code


_UNKNOWN_ZONE = "UnknownZoneError"
"""Of ``domain/times.py``, by its name, so that zones load only where they are used."""


def _unexpected(error: Exception) -> tuple[str, int]:
    if type(error).__name__ == _UNKNOWN_ZONE:  # one that a user names is refused before; this is the database's
        return str(wrong_content(str(error))), DatabaseProblem.exit_code
    return _apology(error), 1


_NO_COMMAND = "NoArgsIsHelpError"
"""The framework's exception for a group that was given no command; its class is private."""


def _show_help(error: Any) -> int:  # noqa: ANN401 - the framework's exceptions are private
    """The help of a group that was given no command."""
    console.say_help(str(error.format_message()))
    return USAGE


def _color_told(given: Sequence[str]) -> bool | None:
    """What a line says of color, wherever it does, before any of it is understood; the last word holds."""
    told: bool | None = None
    for argument, following in zip(given, [*given[1:], ""], strict=False):
        name, sign, value = argument.partition("=")
        when = (value if sign else following) if name == "--color" else ""
        if argument == "--no-color" or when == "never":
            told = False
        elif when == "always":
            told = True
    return told


def _help(tell: Callable[[Any], str], ctx: Any) -> str:  # noqa: ANN401 - the framework's context
    """The help of a command, in color where stdout takes it."""
    ctx.color = console.takes_color(sys.stdout)  # else the framework takes it out again where it is forced
    return tinted_help(tell(ctx)) if ctx.color else tell(ctx)


_NO_SUCH = "No such command "


def _usage_sentence(error: Any) -> str:  # noqa: ANN401 - the framework's exceptions are private
    message = " ".join(str(error.format_message()).split())
    context = getattr(error, "ctx", None)
    if context is None:
        return message
    if message.startswith(_NO_SUCH):
        from shlex import join

        from ordercli.cli.hints import meant

        word = message.removeprefix(_NO_SUCH).partition(". ")[0].rstrip(".").strip("'\"")
        path = path_of(context)
        settings = context.find_root().obj
        database = settings.database if isinstance(settings, Settings) else None
        if found := meant(path, word, database):
            return f"{_NO_SUCH}{word!r}. Did you mean: {' | '.join(join(line) for line in found)}"
        return f"{_NO_SUCH}{word!r} (help: {context.command_path} --help)"
    return f"{message} (help: {context.command_path} --help)"


def path_of(ctx: Any) -> list[str]:  # noqa: ANN401 - the framework's context
    """The words of a command's name, however the program is called."""
    return [] if ctx.parent is None else [*path_of(ctx.parent), ctx.info_name]


def _apology(error: Exception) -> str:
    # Only the kind of error: its text may hold a buyer's data.
    return (
        f"Sorry, ordercli failed unexpectedly ({type(error).__name__}); nothing was changed. "
        "Run it again with --verbose and report what it prints."
    )


def _look_at_files_first(command: Any) -> None:  # noqa: ANN401 - a group or a command
    for parameter in command.params:
        if getattr(getattr(parameter.type, "func", None), "each", False):
            if parameter.param_type_name == "option":
                parameter.multiple = True
            else:
                parameter.nargs = -1
    command.invoke = partial(_invoke, command.invoke)
    command.get_help = partial(_help, command.get_help)
    for below in getattr(command, "commands", {}).values():
        _look_at_files_first(below)


def _invoke(run: Callable[[Any], Any], ctx: Any) -> Any:  # noqa: ANN401 - the framework's signature
    """Run a command whose files were looked at first, whichever command it is."""
    from ordercli.cli.file_options import check_files, clean_arguments, read_for_each
    from ordercli.cli.formats_taken import check_format
    from ordercli.cli.several import read_ids
    from ordercli.cli.written import noting_files

    clean_arguments(ctx)
    root = ctx.find_root()
    if isinstance(root.obj, Settings):
        progress.allow(wanted=not root.obj.quiet)
        if root.obj.is_format_told and ctx.invoked_subcommand is None:
            check_format(" ".join(path_of(ctx)), root.obj.output_format)
        check_files(ctx, root.obj)
        read_ids(ctx)
    with progress.showing(), wished(ctx), noting_files(ctx):
        if (parameter := read_for_each(ctx)) is None:
            return run(ctx)
        from ordercli.cli.each_file import run_for_each

        return run_for_each(ctx, parameter, " ".join(path_of(ctx)), partial(_code_of, partial(run, ctx)))


def _print_version(value: bool) -> None:
    if value:
        console.stdout().write(f"ordercli {__version__}\n")
        raise typer.Exit


app = typer.Typer(
    name="ordercli",
    cls=RootGroup,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


@app.callback()
def root(
    ctx: typer.Context,
    db: Annotated[
        Path | None, typer.Option("--db", envvar="ORDERCLI_DB", metavar="FILE", help="The database file.")
    ] = None,
    output_format: Annotated[
        str | None,
        typer.Option(
            "--format", "-f", envvar="ORDERCLI_FORMAT", metavar="FORMAT", help="table, csv, tsv, json or jsonl."
        ),
    ] = None,
    now: Annotated[
        str | None,
        typer.Option("--now", envvar="ORDERCLI_NOW", metavar="TS", help="An instant that stands for now."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No receipts and notes.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show where a failure arose.")] = False,
    color: Annotated[str | None, typer.Option(metavar="WHEN", help="auto, always or never.")] = None,
    no_color: Annotated[bool, typer.Option("--no-color", help="No color, no lines.")] = False,
    no_input: Annotated[bool, typer.Option("--no-input", help="Never ask.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Answer every question with yes.")] = False,
    version: Annotated[  # noqa: ARG001 - the callback prints it
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Order management for a small Amazon seller.

    Orders in, stock right, shipments out. Every command explains itself with --help.
    """
    if ctx.invoked_subcommand is None:
        console.stdout().write(ctx.get_help() + "\n")
        raise typer.Exit
    ctx.obj = resolve(
        database=db,
        output_format=output_format,
        is_format_told=_is_on_line(ctx, "output_format"),
        frozen_now=now,
        quiet=quiet,
        verbose=verbose,
        color="never" if no_color else color,
        no_input=no_input,
        assume_yes=yes,
    )
    console.wish_color(ctx.obj.color, is_default=True)


def _is_on_line(ctx: typer.Context, name: str) -> bool:
    source: Any = ctx.get_parameter_source(name)  # an enumeration of the framework's that it does not show
    return source is not None and source.name == "COMMANDLINE"


def run() -> None:
    """Run the command line and end the process."""
    app()
