"""How a command line ends: whatever happens becomes an exit code and at most one sentence on stderr."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import typer

from ordercli.config import Settings
from ordercli.domain.text import brief
from ordercli.errors import (
    DatabaseProblem,
    OrdercliError,
    UnknownColumn,
    UnsureInterrupt,
    lacks_psycopg,
    wrong_content,
)
from ordercli.render import console

USAGE = 2
INTERRUPTED = 130


MOST_SAID, MOST_TOLD = 300, 1000
"""Signs of a sentence on a wrong line, and of any other."""
TAKEN = (0, 4)
"""Codes of a run that took something in: what was refused needs no word on its shape."""
UNWANTED = "warning: control characters and signs that turn the direction of text became blanks."


class ReaderGoneError(Exception):
    """Whoever read stdout has seen enough (`| head`)."""


def code_of(run: Callable[[], Any]) -> int:
    """Run a part of what the line asks for; the exit code it would end with, and its sentence if it fails."""

    def ended() -> int:
        try:
            run()
        except typer.Exit as end:
            return end.exit_code
        return 0

    return guarded(ended)


def guarded(run: Callable[[], Any]) -> int:
    """Run, and turn whatever happens into an exit code and at most one sentence on stderr."""
    try:
        code = run()
        console.say_notes()
        if sys.stdout is not None:
            sys.stdout.flush()  # --version and --help end before a command could
    except OrdercliError as error:
        return say_failure(str(error), error.exit_code, error)
    except typer.TyperException as error:
        if type(error).__name__ == NO_COMMAND:
            return _show_help(error)
        return say_failure(usage_sentence(error), getattr(error, "exit_code", USAGE), error)
    except (KeyboardInterrupt, typer.Abort) as error:
        return say_failure(_interrupted(error), INTERRUPTED, None)
    except (ReaderGoneError, BrokenPipeError):
        _give_up_stdout()
        return 0
    except OSError as error:
        _give_up_stdout()
        name = f"{error.filename}: " if error.filename else ""
        return say_failure(f"{name}{error.strerror or error}.", 5, error)
    except Exception as error:  # noqa: BLE001 - the last line of defence
        return say_failure(*_unexpected(error), error)
    return int(code or 0)


def _interrupted(error: BaseException) -> str:
    """What to say of Ctrl-C, which the framework's exception has for its cause."""
    unsure = next((each for each in (error, error.__cause__) if isinstance(each, UnsureInterrupt)), None)
    return str(unsure or "Interrupted; nothing more was changed.")


def _give_up_stdout() -> None:
    """Where stdout takes no more, keep Python from failing over it once again at exit."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


_VERBOSE = frozenset({"--verbose", "-v"})
_typed: ContextVar[Sequence[str]] = ContextVar("typed", default=())
"""The words of the line that runs."""


@contextmanager
def typed(words: Sequence[str]) -> Iterator[None]:
    """Let these be the words of the line that runs."""
    before = _typed.set(words)
    try:
        yield
    finally:
        _typed.reset(before)


def say_failure(sentence: str, code: int, error: BaseException | None = None) -> int:
    """Say why a line failed, with where it arose for who asked for that.

    Returns:
        The code it ends with.
    """
    console.drop_notes()
    is_short = code in (USAGE, 6) and not isinstance(error, UnknownColumn)
    console.say_error(brief(sentence, MOST_SAID if is_short else MOST_TOLD))
    if error is not None and not _VERBOSE.isdisjoint(_typed.get()) and not isinstance(error, typer.TyperException):
        import traceback

        traceback.print_exception(error, file=sys.stderr)
    return code


_UNKNOWN_ZONE = "UnknownZoneError"
"""Of ``domain/times.py``, by its name, so that zones load only where they are used."""


def _unexpected(error: Exception) -> tuple[str, int]:
    if type(error).__name__ == _UNKNOWN_ZONE:  # one that a user names is refused before; this is the database's
        return str(wrong_content(str(error))), DatabaseProblem.exit_code
    if isinstance(error, ModuleNotFoundError) and error.name == "psycopg":
        refused = lacks_psycopg()
        return str(refused), refused.exit_code
    return _apology(error), 1


NO_COMMAND = "NoArgsIsHelpError"
"""The framework's exception for a group that was given no command; its class is private."""


def _show_help(error: Any) -> int:  # noqa: ANN401 - the framework's exceptions are private
    """The help of a group that was given no command."""
    console.say_help(str(error.format_message()))
    return USAGE


NO_SUCH = "No such command "


def usage_sentence(error: Any) -> str:  # noqa: ANN401 - the framework's exceptions are private
    """What is wrong with a line, in one sentence with what may have been meant."""
    message = plainly(" ".join(str(error.format_message()).split()))
    context = getattr(error, "ctx", None)
    if context is None:
        return message
    if message.startswith(NO_SUCH):
        from shlex import join

        from ordercli.cli.hints import meant

        word = message.removeprefix(NO_SUCH).partition(". ")[0].rstrip(".").strip("'\"")
        path = path_of(context)
        settings = context.find_root().obj
        database = settings.database if isinstance(settings, Settings) else None
        if found := meant(path, word, database):
            return f"{NO_SUCH}{word!r}. Did you mean: {' | '.join(join(line) for line in found)}"
        return f"{NO_SUCH}{word!r} (help: {context.command_path} --help)"
    if told := _TOLD_BY.get(str(getattr(getattr(error, "param", None), "metavar", "")).strip("[]")):
        message = f"{message.rstrip('.')}; {told}"
    return f"{message}{_as_value(message)} (help: {context.command_path} --help)"


_TOLD_BY = {"OP": "ordercli log tells the numbers of operations"}
"""What tells the values of an argument, by how help names it."""

_PLAINER = (
    (r"^(Invalid value for ')\[(.*?)\](\.\.\.)?'", r"\1\2'"),
    (r"is not a valid int(eger)?( range)?\.", "is not a whole number."),
    (r"is not a valid float( range)?\.", "is not a number."),
    (r"is not in the range x>=(\S+)\.", r"is less than \1."),
    (r"is not in the range x>(\S+)\.", r"is not more than \1."),
    (r"is not in the range x<=(\S+)\.", r"is more than \1."),
    (r"is not in the range x<(\S+)\.", r"is not less than \1."),
    (r"is not in the range (\S+?)<=x<=(\S+)\.", r"is not from \1 to \2."),
    (r"is not in the range (\S+?)<=?x<=?(\S+)\.", r"is not between \1 and \2."),
)
"""The framework's words, and the same for people."""


def plainly(message: str) -> str:
    """What the framework says of a value, in the words of this program."""
    for words, plain in _PLAINER if message.startswith("Invalid value") else ():
        message = re.sub(words, plain, message)
    return message


NO_OPTION = "No such option: "
_VALUE = re.compile(r"-[.,]?\d|--?\s|--?[^=]+\s")
"""How a word begins that was meant as a value: a number below zero, or SQL that begins with a comment."""


def _as_value(message: str) -> str:
    """Where a value that begins as an option does has its place, if one was taken for an option."""
    if not message.startswith(NO_OPTION):
        return ""
    option = message.removeprefix(NO_OPTION).split(" ")[0].rstrip(".")
    for word in _typed.get():
        if word.startswith(option) and _VALUE.match(word):
            from shlex import quote

            return f"; a value that begins with '-' stands behind '--': -- {quote(word)}"
    return ""


def path_of(ctx: Any) -> list[str]:  # noqa: ANN401 - the framework's context
    """The words of a command's name, however the program is called."""
    return [] if ctx.parent is None else [*path_of(ctx.parent), ctx.info_name]


def _apology(error: Exception) -> str:
    # Only the kind of error: its text may hold a buyer's data.
    return (
        f"Sorry, ordercli failed unexpectedly ({type(error).__name__}); nothing was changed. "
        "Run it again with --verbose and report what it prints."
    )
