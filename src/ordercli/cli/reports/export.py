"""``ordercli export``: the shop in files for other programs."""

from typing import Annotated

import typer

from ordercli.cli.file_options import CALENDAR
from ordercli.cli.frame import reader, settings_of
from ordercli.render import console

export_app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@export_app.callback()
def export() -> None:
    """The shop in files for other programs.

    What a table has, its own command exports: order export, product export.
    """


@export_app.command()
def ics(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", parser=CALENDAR, help="The calendar to write; - is stdout.")
    ] = "-",
) -> None:
    """What is due, for a calendar: ship by, answer, refund, purchases expected.

    Taken in again, it changes its entries and drops those that are done. It says nothing of buyers.

    Example: ordercli export ics shop.ics
    """
    from ordercli.files import STDOUT, write_file
    from ordercli.formats.reports.ics import ics as written
    from ordercli.queries.reports.calendar import calendar

    with reader(ctx) as opened:
        told = calendar(opened)
    content = written(told)
    out = console.stdout(machine=True) if file in STDOUT else None
    if out is not None and out.isatty():
        out.write(content.decode().replace("\r\n", "\n"))  # for a person; what a file or a pipe gets has both
        return
    write_file(file, content)
    if out is None and not settings_of(ctx).quiet:
        due = sum(not deadline.is_done for deadline in told.deadlines)
        console.say(f"Wrote {file}: {due} due.")
