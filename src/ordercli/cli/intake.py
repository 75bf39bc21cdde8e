"""What every import does with faulty rows: tell all of them, keep them in a file, decide the exit code."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Generic, TypeVar

import typer

from ordercli.cli.frame import ROWS_REJECTED, settings_of
from ordercli.cli.input_files import rejects_of
from ordercli.domain.fields import RowError
from ordercli.domain.own_fields import PREFIX, FieldOwner, OwnField
from ordercli.domain.words import count
from ordercli.errors import Refused, UsageProblem
from ordercli.files import make_folder_of, write_file
from ordercli.formats.encodings import UTF8
from ordercli.formats.file_kinds import kind_of, refuse_other
from ordercli.formats.orders.layout import parsed_rows
from ordercli.formats.own_columns import mistaken_columns
from ordercli.formats.rejects import write_rejects
from ordercli.formats.source import Source, open_source
from ordercli.formats.styles import Habits, Kinds, Style, style_of
from ordercli.formats.telling import NOTHING_TOLD, SURE, Telling
from ordercli.render import console

R = TypeVar("R")
MOST_FAULTS = 100
"""Faults told one by one on stderr; a reject file holds them all."""
MOST_ODD = 20
"""Cells in another encoding told one by one."""
_ENCODING_NAMES = {UTF8: "UTF-8"}


@dataclass
class Intake(Generic[R]):
    """The rows of one small file: the good ones, and the faults of the others."""

    source: Source
    rows: list[R] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    @property
    def rows_read(self) -> int:
        """Good and faulty rows together."""
        return len(self.rows) + len(self.errors)


@contextmanager
def opened_for(
    ctx: typer.Context,
    command: str | None,
    file: str,
    telling: Telling = NOTHING_TOLD,
    *,
    strict: bool = False,
    bare: tuple[str, ...] = (),
    needs: tuple[str, ...] = (),
) -> Iterator[Source]:
    """A file that a command reads; one that another command reads is refused by naming that.

    Args:
        ctx: the command's.
        command: as :data:`~ordercli.formats.file_kinds.KINDS` has it; None takes any file, where a map tells
            its columns.
        file: its name, or ``-`` for stdin.
        telling: what the user says of it; an encoding that is found out is told if it is not UTF-8.
        strict: refuse a file whose cells are not all in one encoding.
        bare: columns of a file without a header; empty if it must have one.
        needs: columns it must have, by which the sheet of a workbook is found.

    Raises:
        Refused: if it cannot be read, or is another command's.
    """
    with open_source(file, telling, bare, partial(fits_command, command, needs)) as source:
        if command is not None:
            first = (
                next((cells for _, cells, _ in source.records()), []) if source.header == bare else source.header
            )
            refuse_other(source.name, tuple(first), command)
            tell_mistaken(source, command)
        tell_reading(ctx, source, strict=strict)
        yield source


def tell_mistaken(source: Source, command: str) -> None:
    """Warn of columns that are not read but look like some that would be.

    Raises:
        Refused: if nothing else of the file says anything.
    """
    mistaken = list(mistaken_columns(command, source.header))
    told = [f"{column}: did you mean {' or '.join(near)}?" for column, near in mistaken]
    if mistaken and len(source.header) == len(mistaken) + 1:
        raise Refused(
            f"{source.name}: {' '.join(told)} There is nothing else to read beside {_key_of(source, mistaken)}."
        )
    for sentence in told:
        console.say(f"warning: {source.name}: {sentence} It is not read.")


def tell_unknown_own(source: Source, subject: FieldOwner, fields: Sequence[OwnField]) -> None:
    """Warn of columns of own fields that the shop has not, such as of a file that another shop exported."""
    known = {field.column for field in fields}
    for column in source.header:
        if column.startswith(PREFIX) and column not in known:
            name = column.removeprefix(PREFIX)
            console.say(
                f"warning: {source.name}: there is no field {name} of {subject}s, so {column} is not read;"
                f" to have it: ordercli field add {subject} {name} --type text"
            )


def _key_of(source: Source, mistaken: Sequence[tuple[str, list[str]]]) -> str:
    names = {column for column, _ in mistaken}
    return next(column for column in source.header if column not in names)


def fits_command(command: str | None, needs: tuple[str, ...], header: tuple[str, ...]) -> int:
    """How well a header is the one of a command's files."""
    if command is None:
        return SURE if needs and set(needs) <= set(header) else 0
    kind = kind_of(header)
    if kind is not None:
        return SURE + 1 if kind.command == command else 1
    return SURE if needs and set(needs) <= set(header) else 0


def tell_reading(ctx: typer.Context, source: Source, *, strict: bool) -> None:
    """Say which sheet of a workbook is read, how a file that is not UTF-8 was decoded, and which cells otherwise.

    Raises:
        Refused: under ``strict``, if there are such cells.
    """
    reading, is_quiet = source.reading, settings_of(ctx).quiet
    if source.sheet is not None and source.sheet.others and not is_quiet:
        others = count(source.sheet.others, "other sheet")
        console.say(f"{source.name}: sheet {source.sheet.name} is read, and {others} left alone.")
    main, other = (_ENCODING_NAMES.get(name, name) for name in reading)
    if reading.encoding != UTF8 and not is_quiet:
        console.note(f"{source.name} is read as {main}; --encoding forces another.")
    odd = 0
    for odd, (line, column) in enumerate(source.odd_cells(), start=1):
        where = f"{source.name}: line {line}, column {column} is not {main} as most of the file"
        if strict:
            raise Refused(f"{where}, and --strict guesses nothing; nothing changed.")
        if odd <= MOST_ODD and not is_quiet:
            console.note(f"{where}; read as {other}.")
    if odd > MOST_ODD and not is_quiet:
        console.note(f"{source.name}: … and {odd - MOST_ODD:,} more cells read as {other}.")


def learned_style(
    ctx: typer.Context, source: Source, kinds: Kinds, habits: Habits, *, usual: bool | None = None
) -> Style:
    """The style of a file, with what was decided from it told.

    Raises:
        Refused: if its dates can be read two ways.
    """
    style = style_of(source, kinds, habits, usual=usual)
    if not settings_of(ctx).quiet:
        for sentence in style.said:
            console.note(sentence)
    return style


def refuse_habits(day_first: bool | None, *, decimal_comma: bool) -> None:
    """Refuse options about how a file is written where it is a report of Amazon's, which is written in one way.

    Raises:
        UsageProblem: if one is given.
    """
    if day_first is not None or decimal_comma:
        raise UsageProblem(
            "--day-first, --month-first and --decimal-comma are for a CSV of your own; a report of Amazon's is"
            " written in one way."
        )


def take_in(source: Source, parse: Callable[[int, list[str]], R | RowError]) -> Intake[R]:
    """Read a file that fits in memory, such as a catalog."""
    from ordercli.render.progress import metered, phase

    intake: Intake[R] = Intake(source)
    for row in metered([source]).watch(source, parsed_rows(source, parse)):
        if isinstance(row, RowError):
            intake.errors.append(row)
        else:
            intake.rows.append(row)
    phase("Writing", 0, 0)
    return intake


def take_whole(
    source: Source, parse: Callable[[int, list[str]], R | RowError], rejects: str | None, *, strict: bool | None
) -> Intake[R]:
    """Read a small file and tell its faults; what is left can be written.

    Args:
        source: the file.
        parse: of a row.
        rejects: where the faulty rows go.
        strict: whether ``--strict`` is given; None where the command takes a file whole or not at all.

    Raises:
        Refused: where the contract says that nothing of it is taken.
    """
    intake = take_in(source, parse)
    report_faults(source, intake.errors, rejects)
    refuse_if_needed(intake.rows_read, len(intake.errors), strict=strict)
    return intake


def report_faults(source: Source, errors: Sequence[RowError], rejects: str | None) -> None:
    """Tell the faults of a file, and write them to the reject file if one is wanted, or into the folder for it."""
    if rejects is not None:
        rejects = rejects_of(rejects, source.name, is_one=True)
    for error in errors[:MOST_FAULTS]:
        console.say(f"{source.name}: {source.place(error.line, error.column)}: {error.reason}.")
    if len(errors) > MOST_FAULTS:
        rest = len(errors) - MOST_FAULTS
        hint = f"see {rejects}" if rejects else "use --rejects FILE to have them all"
        console.say(f"{source.name}: … and {rest} more rows; {hint}.")
    if rejects is not None and errors:
        make_folder_of(rejects)
        write_file(rejects, write_rejects(source, errors))


def refuse_if_needed(rows_read: int, rejected: int, *, strict: bool | None) -> None:
    """Refuse the whole import where the contract says so.

    Raises:
        Refused: under ``--strict``, or where a file is taken whole (None), with any fault; or if no row is good.
    """
    if rejected and strict is not False:
        why = "--strict takes all or none" if strict else "such a file is taken whole or not at all"
        raise Refused(f"{rejected} of {count(rows_read, 'row')} could not be taken, and {why}; nothing changed.")
    if rejected and rejected == rows_read:
        what = "The only row could not" if rows_read == 1 else f"None of the {rows_read:,} rows could"
        raise Refused(f"{what} be taken; nothing changed.")


def exit_if_rejected(rejected: int) -> None:
    """End with the code for "the good rows are in, some are not"."""
    if rejected:
        raise typer.Exit(ROWS_REJECTED)
