"""``ordercli export``: the shop in files for other programs."""

from typing import Annotated

import typer

from ordercli.cli.file_options import CALENDAR, EXPORTED, OPEN_DATA
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


@export_app.command()
def by(
    ctx: typer.Context,
    exporter: Annotated[str, typer.Argument(metavar="EXPORTER", help="Its name, as its package has it.")],
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", parser=EXPORTED, help="The file to write; - is stdout.")
    ] = "-",
) -> None:
    """What a package that extends ordercli writes: ordercli help extending.

    A file that is there is not replaced unasked.

    Example: ordercli export by ledger ledger.txt
    """
    from ordercli.cli.extensions import plugged_exporters
    from ordercli.errors import Refused, unknown
    from ordercli.files import STDOUT, write_file

    there = plugged_exporters()
    if exporter not in there:
        raise unknown("exporter", exporter, there, is_near=True)
    with reader(ctx) as opened:
        try:
            content = b"".join(there[exporter].write(opened))
        except Exception as error:  # another's code raises what it likes, and its words may be about a person
            raise Refused(
                f"The exporter {exporter} failed ({type(error).__name__}); nothing was written. See --verbose."
            ) from error
    write_file(file, content)
    if file not in STDOUT and not settings_of(ctx).quiet:
        console.say(f"Wrote {file}.")


@export_app.command()
def data(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", parser=OPEN_DATA, help="The SQLite file to write; - is stdout.")
    ],
) -> None:
    """The open views as tables of a SQLite file, for notebooks, spreadsheets and other programs.

    It is the shop as it is now; write it again for a later one. It says nothing of buyers.

    Example: ordercli export data shop-data.sqlite
    """
    from ordercli.errors import UsageProblem
    from ordercli.files import STDOUT, PendingFile
    from ordercli.queries.reports.open_file import fill_open_file

    if file in STDOUT and console.stdout(machine=True).isatty():
        raise UsageProblem("A database is nothing for a terminal; name a file, or send it through a pipe.")
    with PendingFile(file) as pending:
        with reader(ctx) as opened:
            fill_open_file(opened, pending.place(), file)
        pending.publish()
    if file not in STDOUT and not settings_of(ctx).quiet:
        console.say(f"Wrote {file}.")
