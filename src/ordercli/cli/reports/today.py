"""``ordercli today``: the day at a glance."""

from typing import Annotated

import typer

from ordercli.cli.frame import CHECK_FOUND, reader, show

today_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@today_app.command()
def today(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if anything is urgent.")] = False,
) -> None:
    """The day at a glance: what waits, what is urgent, and the command that acts.

    Example: ordercli today --check
    """
    from ordercli.queries.reports.today import today as today_report

    with reader(ctx) as opened:
        report = today_report(opened)
        rows = list(report.rows)
        show(ctx, opened, report)
        urgent = next(place for place, column in enumerate(report.columns) if column.name == "is_urgent")
        if check and any(row[urgent] for row in rows):
            raise typer.Exit(CHECK_FOUND)
