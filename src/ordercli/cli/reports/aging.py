"""``ordercli report aging``: dead and slow stock."""

from typing import Annotated

import typer

from ordercli.cli.frame import CHECK_FOUND, reader, show
from ordercli.cli.options import OnlySku


def aging(
    ctx: typer.Context,
    sku: OnlySku = None,
    slow: Annotated[bool, typer.Option("--slow", help="Only what is DEAD or EXCESS.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if anything shown is DEAD or EXCESS.")] = False,
) -> None:
    """Stock that lies: its age, how it sells, what is too much, its value class, and what to do.

    DEAD had no sale for 180 days (setting dead_days), EXCESS is more than 90 days of sales (excess_days).

    Example: ordercli report aging --slow
    """
    from ordercli.queries.reports.aging import aging as aging_report

    with reader(ctx) as opened:
        report = aging_report(opened, sku=sku, slow_only=slow)
        show(ctx, opened, report)
        status = next(place for place, column in enumerate(report.columns) if column.name == "status")
        if check and any(row[status] in ("DEAD", "EXCESS") for row in report.rows):
            raise typer.Exit(CHECK_FOUND)
