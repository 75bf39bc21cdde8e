"""``ordercli settlement``: take in what a channel paid out and charged."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import EACH, Rejects
from ordercli.cli.frame import settings_of, write_prepared
from ordercli.cli.options import DryRun, Encoding, SheetName
from ordercli.errors import Refused
from ordercli.queries.reader import Reader
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.formats.source import Source
    from ordercli.services.operations import Outcome, Work

settlement_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False)


@settlement_app.callback()
def settlement() -> None:
    """Take in what channels paid out and charged; look at it with: ordercli report settlement."""


@settlement_app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE...", parser=EACH, help="Settlement reports; - is stdin.")],
    channel: Annotated[str, typer.Option(help="Whose orders it names.")] = "amazon",
    encoding: Encoding = None,
    sheet: SheetName = None,
    rejects: Rejects = None,
    dry_run: DryRun = False,
) -> None:
    """Import a settlement report of Amazon's, flat file V2 or V1.

    A settlement is taken whole or, with a faulty row, not at all (exit code 5). The same one again changes
    nothing. If its amounts do not add up to what it says was paid, a warning tells both.

    Example: ordercli settlement import settlement.txt
    """
    from dataclasses import replace

    from ordercli.cli.intake import opened_for
    from ordercli.formats.telling import Telling
    from ordercli.services.reports.settlement import import_settlements

    with opened_for(ctx, "settlement import", file, Telling(encoding, sheet)) as source:

        def prepare(opened: Reader) -> int:
            return stage_source(ctx, opened, source, rejects)

        def use_case(work: "Work", rows_read: int) -> "Outcome":
            layout = "amazon-settlement"
            name = Path(source.name).name
            outcome = import_settlements(work, channel=channel, name=name, layout=layout, sha256=source.sha256)
            return replace(outcome, counts={"rows_read": rows_read, "rows_rejected": 0, **outcome.counts})

        write_prepared(ctx, "settlement import", prepare, use_case, dry_run=dry_run)


def stage_source(ctx: typer.Context, opened: Reader, source: "Source", rejects: str | None) -> int:
    """Read the file into staging; how many rows it has.

    Raises:
        Refused: if a row is faulty.
    """
    from ordercli.cli.intake import report_faults
    from ordercli.domain.words import count
    from ordercli.formats.reports.amazon_settlement import read_settlement
    from ordercli.render.progress import metered
    from ordercli.services.reports.settlement import clear_settlements, stage_settlements

    clear_settlements(opened.connection)
    rows = metered([source]).watch(source, read_settlement(source))
    read, errors = stage_settlements(opened.connection, rows)
    report_faults(source, errors, rejects)
    if errors:
        raise Refused(f"{count(len(errors), 'row')} of {source.name} could not be read; nothing changed.")
    if not read and not settings_of(ctx).quiet:
        console.say(f"{source.name} has a header and no rows.")
    return read
