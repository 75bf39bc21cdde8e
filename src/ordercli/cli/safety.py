"""``ordercli log`` and ``db``: what was done, and the file it is in."""

from itertools import islice
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import now_of, reader, settings_of, show, show_list
from ordercli.cli.lists import check_wish
from ordercli.cli.options import All, Limit, instants_told
from ordercli.errors import Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from ordercli.domain.report import Report
    from ordercli.queries.journal import LogFilter
    from ordercli.queries.reader import Reader
    from ordercli.server import ShopPlace

log_app = typer.Typer(rich_markup_mode=None, add_completion=False)
db_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="The database.")


@log_app.callback(invoke_without_command=True)
def log(
    ctx: typer.Context,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Recorded on or after this day.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Recorded on or before this day.")] = None,
    order: Annotated[
        str | None, typer.Option("--order", metavar="ID", help="Only what had to do with this order.")
    ] = None,
    sku: Annotated[str | None, typer.Option(help="Only what had to do with this product.")] = None,
    command: Annotated[
        str | None, typer.Option(metavar="WORDS", help="Only this command: 'order import', or order for all.")
    ] = None,
    who: Annotated[str | None, typer.Option("--actor", metavar="NAME", help="Only what this user did.")] = None,
    as_script: Annotated[
        bool, typer.Option("--as-script", help="Commands to start a script from, oldest first.")
    ] = False,
    limit: Limit = None,
    every: All = False,
) -> None:
    """What was done, latest first: every command that changed something; with a subcommand: show.

    Example: ordercli log --since today --order 0000001
    """
    if ctx.invoked_subcommand is not None:
        return
    from ordercli.queries.journal import list_operations, script

    with reader(ctx) as opened:
        wanted = _wanted(opened, since, until, order, sku)._replace(command=command, actor=who)
        if as_script:
            out = console.stdout()
            for line in script(opened, wanted):
                out.write(line + "\n")
            return
        show_list(ctx, opened, lambda rows: list_operations(opened, wanted, limit=rows), limit=limit, every=every)


def _wanted(
    opened: "Reader", since: str | None, until: str | None, order: str | None, sku: str | None
) -> "LogFilter":
    from ordercli.queries.journal import LogFilter
    from ordercli.queries.lookup import product_id_of
    from ordercli.queries.orders.orders import find_order

    begin, end = instants_told(opened, since, until)
    return LogFilter(
        since=begin,
        until=end,
        order=find_order(opened, order) if order else None,
        product=product_id_of(opened, sku) if sku is not None else None,
    )


@log_app.command("show")
def show_operation(
    ctx: typer.Context,
    operation: Annotated[int, typer.Argument(metavar="OP", min=1, help="Its number, as receipts say it.")],
    limit: Limit = None,
    every: All = False,
) -> None:
    """Show every row that one operation made, changed or removed, from what to what.

    Example: ordercli log show 17
    """
    from ordercli.queries.journal import operation_report

    with reader(ctx) as opened:
        for_people = settings_of(ctx).output_format == "table"
        done = operation_report(opened, operation, for_people=for_people)
        check_wish(ctx, done.report)
        if for_people:
            console.tell(done.sentence)
            console.stdout().write("\n")

        def rows(most: int | None) -> "Report":
            return done.report._replace(rows=list(islice(done.report.rows, most)))

        show_list(ctx, opened, rows, limit=limit, every=every)


@db_app.command("upgrade")
def upgrade(ctx: typer.Context) -> None:
    """Bring the database up to this program's schema, after a verified backup.

    Example: ordercli db upgrade
    """
    from ordercli.keeper import keeper_of

    settings = settings_of(ctx)
    keeper = keeper_of(settings.database, settings.beside)
    made = keeper.upgrade(now=now_of(ctx), wait_seconds=settings.wait_seconds)
    if settings.quiet:
        return
    if made is None:
        console.say("Unchanged: the database has this program's schema already.")
    else:
        console.say(f"Upgraded {settings.database}; its backup is {made}.")


@db_app.command("copy")
def copy(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A database file, or the URL of one on a server.")
    ],
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="A file that is not there, or an empty database on a server.")
    ],
) -> None:
    """Copy a shop whole to another place, and prove that both hold the same: from a file to a server, or back.

    Others may work in SOURCE meanwhile; what they do after the copy began is not in it. What is known of backups
    and of files written is not copied.

    Example: ordercli db copy shop.db postgresql://anna@localhost/shop
    """
    from ordercli.config import usual_database
    from ordercli.moving import copy_shop
    from ordercli.place import make_room, warning_of
    from ordercli.server import Server, place_of

    settings = settings_of(ctx)
    here, there = place_of(source), place_of(target)
    if not isinstance(there, Server):
        make_room(there, usual_database())
    for place in (here, there):
        if warning := warning_of(place):
            console.say(warning)
    moved = copy_shop(here, there, wait_seconds=settings.wait_seconds)
    if settings.quiet:
        return
    if not moved.is_new:
        console.say(f"Unchanged: {there} holds the same as {here} already (digest {moved.digest}).")
        return
    told = ", ".join(f"{moved.rows[table]} {words}" for table, words in _TOLD.items())
    console.say(f"Copied {sum(moved.rows.values())} rows from {here} to {there}: {told}.")
    _tell_of_reports(ctx, there)
    console.say(f"Both have the digest {moved.digest}; next: ordercli --db {quote(str(there))} doctor")


def _tell_of_reports(ctx: typer.Context, there: "ShopPlace") -> None:
    """Name the saved reports that cannot be run in a place, whose words of SQL may be others."""
    from ordercli.queries.reader import reading
    from ordercli.queries.reports.saved_reports import saved_reports
    from ordercli.queries.reports.sql import SqlQuestion, check_sql

    settings = settings_of(ctx)

    def opened() -> "AbstractContextManager[Reader]":
        return reading(there, now=now_of(ctx), wait_seconds=settings.wait_seconds)

    with opened() as reader:
        saved = saved_reports(reader)
    for report in saved:
        question = SqlQuestion(
            report.text, {}, is_revealing=True, source=f"Report {report.name} does not run there"
        )
        try:
            with opened() as reader:
                check_sql(reader, question)
        except (Refused, UsageProblem) as fault:
            console.warn((str(fault),))


_TOLD = {
    "sales_order": "orders",
    "product": "products",
    "stock_movement": "stock movements",
    "operation": "operations",
}
"""Whose rows are told of a copy, and how."""


@db_app.command("roles")
def roles(
    ctx: typer.Context,
    app: Annotated[
        str, typer.Option("--app", metavar="ROLE", help="The role of those who work in the shop.")
    ] = "ordercli_app",
    looking: Annotated[
        str, typer.Option("--reader", metavar="ROLE", help="The role of those who only look.")
    ] = "ordercli_reader",
) -> None:
    """Print the SQL that makes two roles of a shop on a server: one changes no facts, one sees no addresses.

    Whoever keeps the server runs it in the shop's database. What somebody wrote of people into notes and own
    fields is seen by both.

    Example: ordercli db roles --app packers --reader analysts
    """
    from ordercli.postgres.roles import script

    del ctx
    console.stdout().write(script(app, looking))


@db_app.command("info")
def info(ctx: typer.Context) -> None:
    """Say where the database is, what is in it, and how it is set up.

    Example: ordercli db info --format json
    """
    from ordercli.queries.shop import database_info

    with reader(ctx) as opened:
        show(ctx, opened, database_info(opened, settings_of(ctx).database))
