"""``ordercli import``: files of every kind, each given to the command that reads it."""

import os.path
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ordercli.cli.each_file import FileRound, gravest
from ordercli.cli.file_options import MANY, REJECTS_OF_EACH
from ordercli.cli.frame import settings_of
from ordercli.cli.options import DayFirst, DecimalComma, DryRun, Encoding, Strict
from ordercli.errors import Refused
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.cli.input_files import InputFile
    from ordercli.formats.file_kinds import KnownFile

import_app = typer.Typer(rich_markup_mode=None, add_completion=False)

ANSWER = "shipment answer"
"""What reads the one kind of file that does not say what it is about."""

READERS = (
    "workbook import",
    "product import",
    "stock import",
    "order import",
    "ship --csv",
    "shipment import",
    ANSWER,
    "return import",
    "stock fba import",
    "settlement import",
    "metrics import",
    "metrics feedback import",
    "metrics claim import",
)
"""The commands that take facts from files, in the order in which they build on each other.

What is a decision, such as a count or a draft of a purchase, is named and left to its own command."""

_STYLES = frozenset({"--day-first", "--month-first", "--decimal-comma"})
"""What a seller says of files of her own; Amazon's are written in one way."""


class Given(NamedTuple):
    """One file, and what it is as far as anybody knows."""

    file: "InputFile"
    kind: "KnownFile | None"


@import_app.command("import")
def import_(
    ctx: typer.Context,
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", parser=MANY, help="Files, folders or quoted patterns; - is stdin."),
    ],
    rejects: Annotated[
        str | None,
        typer.Option(
            "--rejects", metavar="DIR", parser=REJECTS_OF_EACH, help="Write rows not taken to files in DIR."
        ),
    ] = None,
    strict: Strict = False,
    create_products: Annotated[
        bool, typer.Option("--create-products", help="Make products of unknown SKUs in orders.")
    ] = False,
    day_first: DayFirst = None,
    decimal_comma: DecimalComma = False,
    encoding: Encoding = None,
    dry_run: DryRun = False,
) -> None:
    """Import whatever lies in your downloads: each file is recognised and goes to the command that reads it.

    Orders, returns, settlements, FBA reports, listings, feedback, processing reports, what carriers tell, and
    ordercli's own CSV.
    Each file is an operation of its own, with its receipt; the gravest exit code of all is the command's. Rows not
    taken are kept in the folder of --rejects, in a file of their own for each.

    Example: ordercli import ~/Downloads --rejects rejects
    """
    from ordercli.cli.input_files import input_files

    options = {
        "--rejects": None if rejects is None else os.path.join(rejects, ""),  # noqa: PTH118 - a folder, by its end
        "--encoding": encoding,
        "--day-first": day_first is True,
        "--month-first": day_first is False,
        "--decimal-comma": decimal_comma,
        "--strict": strict,
        "--create-products": create_products,
        "--dry-run": dry_run,
    }
    found = input_files(paths)
    with _stdin_kept(found):
        given = [Given(file, _kind(file)) for file in found]
        read = sorted((each for each in given if _reader(each)), key=lambda each: READERS.index(_reader(each)))
        round_ = FileRound(ctx, dry_run=dry_run)
        left = [each for each in read if not round_.read(each.file.name, partial(_read, ctx, each, options))]
    round_.tell_held()
    others = [*(each for each in given if not _reader(each)), *left]
    code = gravest(round_.code, _tell_others(ctx, others, any_read=len(left) < len(read)))
    if code:
        raise typer.Exit(code)


@contextmanager
def _stdin_kept(found: "Sequence[InputFile]") -> Iterator[None]:
    """Let stdin, if it is among the files, be read twice: to see what it is, and by the command that reads it."""
    if all(file.name != "-" for file in found):
        yield
        return
    from ordercli.formats.text_file import spooled_stdin

    piped = sys.stdin
    with TextIOWrapper(spooled_stdin()) as kept:
        sys.stdin = kept
        try:
            yield
        finally:
            sys.stdin = piped


def _kind(file: "InputFile") -> "KnownFile | None":
    """What a file is.

    Raises:
        Refused: if it was named and is not there.
    """
    from ordercli.formats.file_kinds import kind_of_file

    if file.name == "-":
        sys.stdin.seek(0)
    elif file.is_named and not Path(file.name).is_file():
        raise Refused(f"{file.name}: there is no such file.")
    try:
        kind = kind_of_file(file.name)
    except Refused:
        kind = None
    if file.name == "-":
        sys.stdin.seek(0)
        return kind
    return _of_her_own(file.name, kind) or _of_a_package(file.name)


def _of_a_package(name: str) -> "KnownFile | None":
    """A file that a package which extends ordercli knows."""
    from ordercli.cli.extensions import plugged_layout_of
    from ordercli.formats.file_kinds import KnownFile
    from ordercli.formats.source import open_source

    try:
        with open_source(name) as source:
            plugged = plugged_layout_of(source.header)
    except Refused:
        return None
    return None if plugged is None else KnownFile(plugged.layout.title, frozenset(), "order import")


def _of_her_own(name: str, kind: "KnownFile | None") -> "KnownFile | None":
    """The same, where a file may be a spreadsheet that the seller kept, known by the words in it.

    Args:
        name: the file.
        kind: what it is by its columns; of a workbook that is one sheet, whatever stands on the others.
    """
    from ordercli.cli.input_files import WORKBOOKS
    from ordercli.formats.file_kinds import BUILT, LONE_SHEET, TRACKER
    from ordercli.formats.workbook.tracker_sheets import known_sheets

    is_workbook = Path(name).suffix.lower() in WORKBOOKS
    if kind is BUILT or (kind is not None and not is_workbook):
        return kind
    sheets = known_sheets(name)
    if is_workbook and sheets > 1:
        return TRACKER
    return LONE_SHEET if kind is None and sheets else kind


def _reader(given: Given) -> str:
    """The command that reads a file, or "" if none does by itself."""
    return given.kind.command if given.kind is not None and given.kind.command in READERS else ""


def _read(ctx: typer.Context, given: Given, options: dict[str, Any]) -> int | None:
    """Give a file to its reader; its exit code, or None if nobody can know what the file is about."""
    from ordercli.cli.app import options_of, run_command

    words = [*_reader(given).split(), given.file.name]
    if _reader(given) == ANSWER:
        number = _file_answered(ctx, given.file.name)
        if number is None:
            return None
        words.insert(-1, str(number))
    known = options_of(words)
    if given.kind is not None and given.kind.title.startswith("Amazon's"):
        known -= _STYLES
    for option, value in options.items():
        if value and option in known:
            words.append(option)
            if isinstance(value, str):
                words.append(value)
    return run_command(ctx, words)


def _file_answered(ctx: typer.Context, name: str) -> int | None:
    """The uploaded file that a processing report is on, if one can be told."""
    from ordercli.cli.shipping.upload_file import answered

    try:
        return answered(ctx, name)
    except Refused:
        return None  # its own command says what is wrong with it
    finally:
        if name == "-":
            sys.stdin.seek(0)


def _tell_others(ctx: typer.Context, others: Sequence[Given], *, any_read: bool) -> int:
    """Name once what nobody read, with the command for it where there is one; the exit code for that.

    Raises:
        Refused: if nothing was read at all.
    """
    unknown = [each.file.name for each in others if each.kind is None]
    if not settings_of(ctx).quiet or any(each.file.is_named for each in others):
        for each in others:
            if each.kind is not None:
                words = f"{ANSWER} NUMBER" if each.kind.command == ANSWER else each.kind.command
                console.say(f"{each.file.name} is {each.kind.title}; read it with: ordercli {words}")
        if unknown:
            console.say(f"Not known, and left alone: {', '.join(unknown)}.")
    if not any_read:
        raise Refused("None of these files could be imported; nothing changed.")
    return Refused.exit_code if any(each.file.is_named for each in others) else 0
