"""The log of what was shown in full: which command, and of how many; never whom."""

import typer

from ordercli.cli.frame import write
from ordercli.domain.words import count


def note_shown(ctx: typer.Context, command: str, how_many: int) -> None:
    """Record that personal data are about to be shown; what cannot be recorded is not shown.

    Args:
        ctx: the command's context.
        command: its name in the journal.
        how_many: orders or questions whose people are shown; nothing is recorded of none.
    """
    if not how_many:
        return
    _note(ctx, command, f"showed what is kept about the people of {count(how_many, 'order')}", how_many)


def note_revealed(ctx: typer.Context, command: str) -> None:
    """Record that a statement which sees personal data is about to be run; of whom, only its rows will say."""
    _note(ctx, command, "showed personal data by a statement of one's own", 1)


def _note(ctx: typer.Context, command: str, summary: str, how_many: int) -> None:
    from ordercli.services.operations import Outcome

    done = Outcome(summary, {"shown": how_many})
    write(ctx, command, lambda _: done, dry_run=False, silent=True)
