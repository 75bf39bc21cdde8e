"""Runs the commands of a list or of the prompt: each as if it had been typed alone, in one process."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from io import BufferedWriter, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple, cast

import typer

from ordercli.attended import ended
from ordercli.cli.app import program
from ordercli.cli.commands import ENTRIES
from ordercli.cli.each_file import gravest
from ordercli.cli.ending import INTERRUPTED, NO_COMMAND, guarded, typed, usage_sentence
from ordercli.cli.script import Line, Sink, Word
from ordercli.config import Settings
from ordercli.errors import OrdercliError, Refused
from ordercli.files import PrintedFile
from ordercli.render import console
from ordercli.server import line_of

PROGRAM_FAILED = 5
"""A program of the system that fails; its own codes mean other things than ours."""
FOUND = 3
_KEPT = (0, FOUND, 4)
"""Codes with which a command has printed all that it had to print."""


class Understood(NamedTuple):
    """What the words of a command mean, before anything is done.

    Attributes:
        name: the first word of its name; "" if there is none.
        context: of the command, with its parameters; None if nothing would be run, or something is wrong.
        fault: what is wrong with them, in a sentence.
    """

    name: str
    context: Any = None
    fault: str | None = None


def understand(words: Sequence[str], settings: Settings) -> Understood:
    """Parse a command as far as can be without running it: its name, its options, the shape of their values."""
    name = ""
    try:
        with redirect_stdout(StringIO()):  # --help and --version are told while a line is parsed
            here = program().make_context("ordercli", list(words), obj=settings)
            while hasattr(here.command, "resolve_command") and (rest := [*here._protected_args, *here.args]):  # noqa: SLF001 - as its own invoke does
                word, command, rest = here.command.resolve_command(here, rest)
                name = name or word
                here = command.make_context(word, rest, parent=here)
    except typer.Exit:
        return Understood(name)
    except OrdercliError as error:
        return Understood(name, fault=str(error))
    except typer.TyperException as error:
        is_half = type(error).__name__ == NO_COMMAND
        with typed(words):
            fault = f"{' '.join(words)}: a command is missing." if is_half else usage_sentence(error)
        return Understood(name, fault=fault)
    return Understood(name, here)


class Runner:
    """Runs one command after another with the global options that were told for all of them."""

    def __init__(self, settings: Settings, words: Sequence[str]) -> None:
        """Take what holds for all commands."""
        self.settings = settings
        self._before = words
        self.ending = ""
        """How the last of the system's commands that failed ended."""

    def run(self, line: Line) -> int:
        """Run a command, where its output and input go as it says; its exit code.

        What it says on stderr is said; of a program of the system that failed, :attr:`ending` says how.
        """
        if line.system is not None:
            sys.stdout.flush()
            system = line.system
            code = ended(lambda: subprocess.Popen(system, shell=True))  # noqa: S602 - the user's own
            self.ending = _told_ending(code)
            return _code_of(code)
        code = 0

        def run() -> None:
            nonlocal code
            with _reading_from(line.source):
                code = self._printed(line)

        return gravest(guarded(run), code)

    def _printed(self, line: Line) -> int:
        words = self.words(line)
        target = line.target
        if line.sink is None or target is None:
            return _run(words)
        if line.sink is Sink.PROGRAM:
            return _piped(words, target.text)
        read = [line.source.text] if line.source else []
        with PrintedFile(
            _one(target), self.settings.beside, read, is_longer=line.sink is Sink.END_OF_FILE
        ) as file:
            with _printing_to(TextIOWrapper(file.stream, encoding="utf-8")):
                code = _run(words)
            if code in _KEPT:
                file.keep()
        return code

    def words(self, line: Line) -> list[str]:
        """The words of a command with the global options, patterns replaced by the files there are."""
        words = [text for word in line.words for text in word.expanded()]
        if self.settings.raw and words[0] in ENTRIES:
            words.insert(1, "--raw")  # it has no place before a command's name
        return [*self._before, *words]


@contextmanager
def running(settings: Settings) -> Iterator[Runner]:
    """A runner whose commands have the global options of this run, as their own ones before them.

    The database, the format and the instant are told as the environment tells them: to programs of the system too,
    and a format as a wish that a command without it passes over.
    """
    told = {"ORDERCLI_DB": line_of(settings.database)}
    if settings.is_format_told:
        told["ORDERCLI_FORMAT"] = settings.output_format
    if settings.frozen_now is not None:
        told["ORDERCLI_NOW"] = settings.frozen_now
    words = [
        *(["--quiet"] if settings.quiet else []),
        *(["--verbose"] if settings.verbose else []),
        *([] if settings.color is None else ["--color", "always"] if settings.color else ["--no-color"]),
        *([] if settings.interactive else ["--no-input"]),
        *(["--yes"] if settings.assume_yes else []),
    ]
    before = os.environ.copy()
    os.environ.update(told)
    try:
        yield Runner(settings, words)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _run(words: Sequence[str]) -> int:
    try:
        return int(program().run_line(words))
    finally:
        if sys.stdout is not None:
            with suppress(OSError):
                sys.stdout.flush()


@contextmanager
def _reading_from(source: Word | None) -> Iterator[None]:
    if source is None:
        yield
        return
    name, kept = _one(source), sys.stdin
    try:
        with Path(name).open(encoding="utf-8") as sys.stdin:
            yield
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise Refused(f"{name} cannot be read: {error.strerror}.") from error
    finally:
        sys.stdin = kept


@contextmanager
def _printing_to(stream: TextIOWrapper) -> Iterator[None]:
    kept, sys.stdout = sys.stdout, stream
    try:
        yield
    finally:
        sys.stdout = kept
        with suppress(BrokenPipeError):  # who reads has seen enough
            stream.close()


def _piped(words: Sequence[str], command: str) -> int:
    sys.stdout.flush()
    process = subprocess.Popen(command, shell=True, stdin=subprocess.PIPE)  # noqa: S602 - the user's own
    try:
        with _printing_to(TextIOWrapper(cast("BufferedWriter", process.stdin), encoding="utf-8")):
            code = _run(words)
    finally:
        of_program = ended(lambda: process)
    return code or _code_of(of_program)


def _code_of(ending: int) -> int:
    """What a line ends with whose program of the system has ended so."""
    if ending in (-signal.SIGINT, INTERRUPTED):
        console.say("")  # behind the terminal's ^C
        return INTERRUPTED
    return PROGRAM_FAILED if ending else 0


def _told_ending(code: int) -> str:
    """The exit code of a program of the system in words; a negative one is the signal that killed it."""
    return f"ended with exit code {code}" if code >= 0 else f"was killed by signal {-code}"


def _one(word: Word) -> str:
    """The file a word names.

    Raises:
        Refused: if it is a pattern of several.
    """
    names = word.expanded()
    if len(names) > 1:
        raise Refused(f"{word.text} is {len(names)} files; name one.")
    return names[0]
