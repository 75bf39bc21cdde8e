"""What every import does with faulty rows: tell all of them, keep them in a file, decide the exit code."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import typer

from ordercli.cli.frame import ROWS_REJECTED
from ordercli.domain.fields import RowError
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.files import write_file
from ordercli.formats.file_kinds import refuse_other
from ordercli.formats.orders.layout import parsed_rows
from ordercli.formats.rejects import write_rejects
from ordercli.formats.source import Source, open_source
from ordercli.render import console

R = TypeVar("R")
MOST_FAULTS = 100
"""Faults told one by one on stderr; a reject file holds them all."""


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
    command: str | None, file: str, encoding: str | None = None, *, bare: tuple[str, ...] = ()
) -> Iterator[Source]:
    """A file that a command reads; one that another command reads is refused by naming that.

    Args:
        command: as :data:`~ordercli.formats.file_kinds.KINDS` has it; None takes any file, where a map tells
            its columns.
        file: its name, or ``-`` for stdin.
        encoding: found out if None.
        bare: columns of a file without a header; empty if it must have one.

    Raises:
        Refused: if it cannot be read, or is another command's.
    """
    with open_source(file, encoding, bare=bare) as source:
        if command is not None:
            first = (
                next((cells for _, cells, _ in source.records()), []) if source.header == bare else source.header
            )
            refuse_other(source.name, tuple(first), command)
        yield source


def take_in(source: Source, parse: Callable[[int, list[str]], R | RowError]) -> Intake[R]:
    """Read a file that fits in memory, such as a catalogue."""
    intake: Intake[R] = Intake(source)
    for row in parsed_rows(source, parse):
        if isinstance(row, RowError):
            intake.errors.append(row)
        else:
            intake.rows.append(row)
    return intake


def take_whole(
    source: Source, parse: Callable[[int, list[str]], R | RowError], rejects: str | None, *, strict: bool
) -> Intake[R]:
    """Read a small file and tell its faults; what is left can be written.

    Raises:
        Refused: where the contract says that nothing of it is taken.
    """
    intake = take_in(source, parse)
    report_faults(source, intake.errors, rejects)
    refuse_if_needed(intake.rows_read, len(intake.errors), strict=strict)
    return intake


def report_faults(source: Source, errors: Sequence[RowError], rejects: str | None) -> None:
    """Tell the faults of a file, and write them to the reject file if one is wanted."""
    for error in errors[:MOST_FAULTS]:
        console.say(f"{source.name}: {error}.")
    if len(errors) > MOST_FAULTS:
        rest = len(errors) - MOST_FAULTS
        hint = f"see {rejects}" if rejects else "use --rejects FILE to have them all"
        console.say(f"{source.name}: … and {rest} more rows; {hint}.")
    if rejects is not None and errors:
        write_file(rejects, write_rejects(source, errors))


def refuse_if_needed(rows_read: int, rejected: int, *, strict: bool) -> None:
    """Refuse the whole import where the contract says so.

    Raises:
        Refused: under ``--strict`` with any fault, or if no row is good.
    """
    if rejected and strict:
        raise Refused(
            f"{rejected} of {count(rows_read, 'row')} could not be taken, and --strict takes all or none; "
            "nothing changed."
        )
    if rejected and rejected == rows_read:
        what = "The only row could not" if rows_read == 1 else f"None of the {rows_read:,} rows could"
        raise Refused(f"{what} be taken; nothing changed.")


def exit_if_rejected(rejected: int) -> None:
    """End with the code for "the good rows are in, some are not"."""
    if rejected:
        raise typer.Exit(ROWS_REJECTED)
