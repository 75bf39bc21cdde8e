"""``ordercli doctor``: whether everything that must hold does, and what to do where it does not."""

from pathlib import Path
from typing import Annotated

import typer

from ordercli.cli.frame import CHECK_FOUND, reader, settings_of, show
from ordercli.render import console

doctor_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@doctor_app.command()
def doctor(
    ctx: typer.Context,
    deep: Annotated[
        bool, typer.Option("--deep", help="Look at every cell too, and hold each row against the newest backup.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if anything is BROKEN or wants a LOOK.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="All rows, those too of checks that found nothing.")
    ] = False,
    backups: Annotated[
        Path | None,
        typer.Option(
            "--backups", metavar="DIR", help="Where backups are; every folder that was used if left out."
        ),
    ] = None,
) -> None:
    """Prove the database: its laws, its sums, its journal, the file and the backups. It changes nothing.

    BROKEN is what figures cannot be relied on with; LOOK is what wants attention.

    Example: ordercli doctor --check
    """
    from ordercli.checkup import checked
    from ordercli.queries.doctor import findings_report

    settings = settings_of(ctx)
    with reader(ctx) as opened:
        findings = list(checked(opened, settings.database, backups, deep=deep))
        found = [finding for finding in findings if finding.example is not None]
        is_machine = settings.output_format != "table"
        show(ctx, opened, findings_report(findings if every or is_machine else found))
    if not settings.quiet and not is_machine:
        broken = sum(finding.status == "BROKEN" for finding in found)
        console.say(f"{len(findings)} checks: {broken} BROKEN, {len(found) - broken} to look at.")
    if check and found:
        raise typer.Exit(CHECK_FOUND)
