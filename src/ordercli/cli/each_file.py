"""Several files where a command reads one: each an operation of its own, told by its name; the gravest code ends.

A command whose file is declared as :data:`~ordercli.cli.file_options.EACH` takes one file; its line takes several,
folders and patterns. One step before the command gives it one after another, as ``import`` gives its files to
their readers.
"""

import os.path
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ordercli.cli.file_options import Parameter
from ordercli.cli.frame import CHECK_FOUND, ROWS_REJECTED, receipt_lines, settings_of, told_by
from ordercli.cli.input_files import STDIN, InputFile, input_files
from ordercli.cli.receipts import is_read_by_a_person, undo_line
from ordercli.cli.words import begin_words
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome

_GRAVITY = (0, CHECK_FOUND, ROWS_REJECTED, 6, 5, 7, 8, 1)
"""Exit codes, the gravest last; one that is none of these is graver still."""
_HOPELESS = frozenset({1, 7, 8, 130})
"""Codes after which no other file is tried: the database is the same for all of them."""
_MAPS = ("column", "layout")
"""Parameters by which the user says how any file is to be read."""
_PLAIN_TOO = frozenset({"stock count", "purchase draft --csv"})
"""Commands whose own files may be as plain as a CSV of stock."""


def gravest(*codes: int) -> int:
    """The code that a run ends with whose parts ended with these."""
    return max(codes, key=lambda code: _GRAVITY.index(code) if code in _GRAVITY else len(_GRAVITY), default=0)


@dataclass
class FileRound:
    """Files read one after another, and what became of them.

    Attributes:
        ctx: the command's context.
        dry_run: whether nothing is written.
        code: the gravest exit code so far.
        held: files that told nothing new.
    """

    ctx: typer.Context
    dry_run: bool
    code: int = 0
    held: list[str] = field(default_factory=list)

    def read(self, name: str, run: Callable[[], int | None]) -> bool:
        """Read one; whether it was read, which a code of None denies.

        Raises:
            Exit: where no other file need be tried.
        """
        with told_by(self.ctx, partial(self._tell, name)):
            code = run()
        if code is None:
            return False
        self.code = gravest(self.code, code)
        if code in _HOPELESS:
            raise typer.Exit(code)
        if code not in (0, ROWS_REJECTED):
            console.say(f"{name}: nothing of it was taken.")
        return True

    def _tell(self, name: str, outcome: "Outcome") -> None:
        """The receipt of one file; one that told nothing new is kept for a line of all of them."""
        if not outcome.is_change and not outcome.counts.get("rows_rejected"):
            self.held.append(name)
        elif not settings_of(self.ctx).quiet:
            first, *more = receipt_lines(outcome, dry_run=self.dry_run)
            console.say(f"{name}: {first}")
            for line in more:
                console.say(line)
            undo = undo_line("import", outcome.operation)
            if undo and is_read_by_a_person():
                console.say(undo)

    def tell_held(self) -> None:
        """Name the files that told nothing new, in one line."""
        if self.held and not settings_of(self.ctx).quiet:
            console.say(f"Unchanged: {count(len(self.held), 'file')} held already: {', '.join(self.held)}.")


def run_for_each(ctx: typer.Context, parameter: Parameter, path: str, run: Callable[[], int]) -> None:
    """Run a command for each of the files that its line means.

    Args:
        ctx: its context; the file's parameter is given one name after another.
        parameter: the one that names files.
        path: the words of the command's name.
        run: runs it with the parameters of the context, and gives its exit code.

    Raises:
        Refused: before anything is done, if a file that is named is not there, or none is one of the command's.
        Exit: with the gravest code of all files.
    """
    name = parameter.name or ""
    found = input_files(list(ctx.params[name]))
    if len(found) > 1 or not found[0].is_named:
        is_any = parameter.type.func.has_sheets or any(ctx.params.get(told) for told in _MAPS)
        found = _fitting(ctx, found, "" if is_any else _as_known(path, parameter))
    if len(found) > 1 and (rejects := ctx.params.get("rejects")) is not None:
        ctx.params["rejects"] = os.path.join(rejects, "")  # noqa: PTH118 - a folder, by its end
    round_ = FileRound(ctx, dry_run=bool(ctx.params.get("dry_run")))
    for file in found:
        ctx.params[name] = file.name
        begin_words(ctx)
        if len(found) == 1:
            round_.code = run()
        else:
            round_.read(file.name, run)
    round_.tell_held()
    if round_.code:
        raise typer.Exit(round_.code)


def _as_known(path: str, parameter: Parameter) -> str:
    """What reads such a file, as :data:`~ordercli.formats.file_kinds.KINDS` has it."""
    return f"{path} {parameter.opts[0]}" if parameter.param_type_name == "option" else path


def _fitting(ctx: typer.Context, found: Sequence[InputFile], command: str) -> list[InputFile]:
    """Those of several files that the command reads; what is known to be another's is named and passed over.

    Args:
        ctx: the command's context.
        found: the files.
        command: what reads them; empty if that takes any.
    """
    for file in found:
        if file.name != STDIN and not os.path.exists(file.name):  # noqa: PTH110 - says no where a Path would fail
            raise Refused(f"{file.name}: there is no such file; nothing was read.")
    fitting = []
    for file in found:
        if (why := _not_fitting(file, command) if command else None) is None:
            fitting.append(file)
        elif file.is_named or not settings_of(ctx).quiet:
            console.say(f"Passed over: {why}")
    if not fitting:
        raise Refused("None of these files is one that this command reads; nothing changed.")
    return fitting


def _not_fitting(file: InputFile, command: str) -> str | None:
    """Why a file is not one of a command's, as far as anybody knows; pipes are read once, and so left alone."""
    from ordercli.formats.file_kinds import COUNT, PLAIN_STOCK, kind_of_file

    if file.name == STDIN or not Path(file.name).is_file():
        return None
    try:
        kind = kind_of_file(file.name)
    except Refused as problem:
        return None if file.is_named else str(problem)
    if kind is not None and kind.command == command:
        return None
    if kind in (None, COUNT) or (kind is PLAIN_STOCK and command in _PLAIN_TOO):
        unknown = f"{file.name} is not known as a file of ordercli {command}; name it to have it read."
        return None if file.is_named else unknown
    return f"{file.name} is {kind.title}; read it with: ordercli {kind.command}"
