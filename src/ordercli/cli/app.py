"""Assembly of the command line: the lazy table of commands, the global options, and how one line is run.

Every failure ends as one sentence on stderr and a documented exit code (:mod:`ordercli.cli.ending`). Running one
command imports that command's module and no other.
"""

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ordercli import __version__, door
from ordercli.cli.commands import ENTRIES, SECTIONS
from ordercli.cli.ending import (
    NO_SUCH,
    TAKEN,
    UNWANTED,
    USAGE,
    ReaderGoneError,
    code_of,
    guarded,
    path_of,
    say_failure,
    typed,
)
from ordercli.cli.lists import add_list_options, wished
from ordercli.cli.shared_options import add_shared_options
from ordercli.config import Settings, resolve
from ordercli.domain.text import is_text
from ordercli.errors import UsageProblem
from ordercli.render import console, progress
from ordercli.render.tint import tinted_help


class RootGroup(TyperGroup):
    """Commands from the table, loaded when named; errors mapped in one place."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - the framework's signature
        """Names in the order of the table."""
        return list(ENTRIES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - the same
        """Load the module that has the command; what is not in the table may be a program on PATH."""
        if cmd_name in ENTRIES:
            return command_named(cmd_name)
        from ordercli.cli.programs import ProgramCommand, program_named

        path = program_named(cmd_name)
        return None if path is None else ProgramCommand(cmd_name, path)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # noqa: ANN401 - the same
        """Find a command, or say which were meant."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            ctx.fail(f"{NO_SUCH}{args[0]!r}.")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002 - the same
        """The sections of the table, one line and one example a command."""
        for title, entries in SECTIONS:
            with formatter.section(title):
                for entry in entries:
                    formatter.write(f"  {entry.name:<12}{entry.help}\n{'':14}{entry.example}\n")
        formatter.write("\nPrograms on PATH named ordercli-NAME are commands too: ordercli NAME\n")

    def get_help(self, ctx: Any) -> str:  # noqa: ANN401 - the framework's signature
        """The help of the program, in color where stdout takes it."""
        return _help(super().get_help, ctx)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the framework's signature
        """Run the command; a reader that has gone away is told apart from a failure, and Ctrl-C is said."""
        try:
            value = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except BrokenPipeError as error:
            # The framework would end with 1 for it, and `| head` is no failure.
            raise ReaderGoneError from error
        except KeyboardInterrupt as error:  # for which the framework would end without a word
            raise typer.Abort from error
        return value

    def run_line(self, words: Sequence[str]) -> int:
        """Run one command line, as a process, a line of a list or of the prompt: the same from its first word on.

        Args:
            words: what comes after ``ordercli``.

        Returns:
            Its exit code; what was said is said, and nothing of it stays behind.
        """
        with as_found(words):
            console.prepare_streams()
            console.wish_color(_color_told(words))
            for place, word in enumerate(words, start=1):
                if not is_text(word):
                    return say_failure(f"Argument {place} is not UTF-8 text; nothing was done.", USAGE)
            code = guarded(partial(super().main, list(words), "ordercli", standalone_mode=False))
            if code in TAKEN and door.saw_unwanted():
                console.say(UNWANTED)
            return code

    def main(self, args: Sequence[str] | None = None, *_: Any, **__: Any) -> Any:  # noqa: ANN401 - the framework's
        """Run a line and end the process; whatever went wrong is said by then."""
        sys.exit(self.run_line(sys.argv[1:] if args is None else args))


@cache
def program() -> Any:  # noqa: ANN401 - a RootGroup, which the framework does not say
    """The program with all its commands; built once a process."""
    return typer.main.get_command(app)


@contextmanager
def as_found(words: Sequence[str]) -> Iterator[None]:
    """Let a line have what a process begins with, and leave all of it as it was before."""
    with typed(words), console.afresh(), door.afresh(), progress.afresh():
        yield


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
        return code_of(run)
    finally:
        root.obj = settings  # what the command's own options changed holds for it alone


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


def _look_at_files_first(command: Any) -> None:  # noqa: ANN401 - a group or a command
    for parameter in command.params:
        if getattr(getattr(parameter.type, "func", None), "each", False):
            if parameter.param_type_name == "option":
                parameter.multiple = True
            else:
                parameter.nargs = -1
    for parameter in command.params:
        if parameter.type.name in ("path", "file", "directory"):
            parameter.type.convert = partial(_named, parameter.type.convert)
    command.invoke = partial(_invoke, command.invoke)
    command.get_help = partial(_help, command.get_help)
    for below in getattr(command, "commands", {}).values():
        _look_at_files_first(below)


def _named(convert: Callable[..., Any], value: Any, *context: Any) -> Any:  # noqa: ANN401 - as above
    """A path, which an empty text is none of: it would be the current folder.

    Raises:
        UsageProblem: for an empty text.
    """
    if value == "":
        raise UsageProblem("The name of a file or folder is empty; name it.")
    return convert(value, *context)


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
        if subcommand := next(iter([*ctx._protected_args, *ctx.args]), "") if _is_group(ctx.command) else "":  # noqa: SLF001 - as the group's own invoke does
            _refuse_before(ctx, subcommand)
        elif root.obj.is_format_told:
            check_format(" ".join(path_of(ctx)), root.obj.output_format)
        check_files(ctx, root.obj)
        read_ids(ctx)
    with progress.showing(), wished(ctx), noting_files(ctx):
        if (parameter := read_for_each(ctx)) is None:
            return run(ctx)
        from ordercli.cli.each_file import run_for_each

        return run_for_each(ctx, parameter, " ".join(path_of(ctx)), partial(code_of, partial(run, ctx)))


def _is_group(command: Any) -> bool:  # noqa: ANN401 - a group or a command
    return bool(getattr(command, "commands", None))


def _refuse_before(ctx: Any, subcommand: str) -> None:  # noqa: ANN401 - the framework's context
    """Refuse what only the group itself heeds where a subcommand runs: ``stock --as-of DATE value`` is none.

    Raises:
        UsageProblem: naming the option, and where one of the subcommand's has its place.
    """
    for option in ctx.command.params:
        if option.expose_value and option.name in ctx.params and _is_on_line(ctx, option.name):
            raise UsageProblem(
                f"{option.opts[0]} before {subcommand} is of {ctx.command_path} alone; give the options of"
                f" {subcommand} behind it: {ctx.command_path} {subcommand}"
            )


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
        str | None,
        typer.Option("--db", envvar="ORDERCLI_DB", metavar="FILE", help="The database: a file or a URL."),
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
    version: Annotated[
        bool, typer.Option("--version", help="Print the version; with --verbose, what else it runs on.")
    ] = False,
) -> None:
    """Order management for a small Amazon seller.

    Orders in, stock right, shipments out. Every command explains itself with --help.
    """
    if version:
        console.stdout().write(_about(db) if verbose else f"ordercli {__version__}\n")
        raise typer.Exit
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
        mends_file=ctx.invoked_subcommand == "config",
    )
    console.wish_color(ctx.obj.color, is_default=True)


def _about(database: str | None) -> str:
    from ordercli.cli.about import about

    return about(database)


def _is_on_line(ctx: typer.Context, name: str) -> bool:
    source: Any = ctx.get_parameter_source(name)  # an enumeration of the framework's that it does not show
    return source is not None and source.name == "COMMANDLINE"


def run() -> None:
    """Run the command line and end the process."""
    program().main()
