"""``ordercli undo``: take back what a command did."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import can_ask, settings_of, write_asking
from ordercli.cli.options import DryRun

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work

undo_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@undo_app.command()
def undo(
    ctx: typer.Context,
    operation: Annotated[
        int | None,
        typer.Argument(metavar="[OP]", min=1, help="Its number, as receipts say it; the last one if left out."),
    ] = None,
    with_later: Annotated[
        bool, typer.Option("--with-later", help="Take back what came later and stands on it, too.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Take back what a command did, as one operation: imports, counts, shipments, refunds, settings, all of them.

    It shows what that means and asks first (or takes --yes). An undo is undone like anything else. What later
    commands stand on stays, unless they are taken back too. What was told outside is told by nothing: letters,
    files to upload.

    Example: ordercli undo 17
    """
    settings = settings_of(ctx)
    is_told = dry_run or settings.assume_yes or can_ask(settings)  # else one sentence says what is missing

    def use_case(work: "Work") -> "Outcome":
        from ordercli.services.safety.undo import undo as take_back

        outcome = take_back(work, operation, with_later=with_later)
        return outcome if is_told else replace(outcome, notes=(), warnings=())

    write_asking(ctx, "undo", use_case, lambda preview: f"{_asked(preview.summary)}?", dry_run=dry_run)


def _asked(summary: str) -> str:
    asked = summary.replace("undid ", "undo ", 1)
    asked = asked.replace(" and did ", " and do ", 1) if asked != summary else asked.replace("did ", "do ", 1)
    return f"{asked[:1].upper()}{asked[1:]}"
