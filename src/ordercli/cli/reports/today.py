"""``ordercli today``: the day at a glance."""

from shlex import split
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import CHECK_FOUND, reader, settings_of, show
from ordercli.cli.news import NOTHING_NEW, News, news_of, refuse_without_check
from ordercli.errors import UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.queries.reader import Reader
    from ordercli.queries.reports.today import DayRow

today_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@today_app.command()
def today(
    ctx: typer.Context,
    number: Annotated[
        int | None, typer.Argument(metavar="[N]", help="Run the command of row N of the list shown last.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if anything is urgent.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="All rows, also those that say what they said before today.")
    ] = False,
    news: News = False,
) -> None:
    """The day at a glance: what waits, what is urgent, and the command that acts.

    Every command can be typed as it stands; N runs that of row N, as long as the row still says the same. On a
    terminal, what is not urgent and says the same as on an earlier day is one row.

    Example: ordercli today --check
    """
    if number is not None:
        if check or every or news:
            raise UsageProblem("N runs a row of the list shown last; --check, --news and --all show a list.")
        _run_row(ctx, number)
        return
    refuse_without_check(check=check, news=news)
    from ordercli.queries.reports.today import numbered, what_waits

    with reader(ctx) as opened:
        rows = what_waits(opened)
        if news:
            _show_news(ctx, opened, rows)
            return
        if settings_of(ctx).output_format == "table":
            _show_people(ctx, opened, rows, every=every)
        else:
            show(ctx, opened, numbered(rows))
    if check and any(row.is_urgent for row in rows):
        raise typer.Exit(CHECK_FOUND)


def _show_news(ctx: typer.Context, opened: "Reader", rows: "list[DayRow]") -> None:
    """The urgent rows with something in them that was not urgent at the last check."""
    from ordercli.queries.reports.today import brief, numbered

    urgent = [row for row in rows if row.is_urgent]
    with news_of(ctx, "today", frozenset[str]().union(*(row.things for row in urgent))) as fresh:
        told = [row for row in urgent if fresh & row.things]
        if settings_of(ctx).output_format == "table":
            told = [brief(row) for row in told]
        show(ctx, opened, numbered(told)._replace(empty=NOTHING_NEW))
    if told:
        raise typer.Exit(CHECK_FOUND)


def _show_people(ctx: typer.Context, opened: "Reader", rows: "list[DayRow]", *, every: bool) -> None:
    from ordercli.cli.reports.shown_list import folded, is_watched, keep, kept_list
    from ordercli.queries.reports.today import brief, numbered

    shown = rows
    if is_watched():
        database = settings_of(ctx).database
        before = kept_list(database)
        shown = rows if every else folded(rows, before, opened.today)
        keep(database, before, opened.today, shown, rows)
    show(ctx, opened, numbered(map(brief, shown)))


def _run_row(ctx: typer.Context, number: int) -> None:
    from ordercli.cli.app import run_command
    from ordercli.cli.reports.shown_list import kept_list, row_meant
    from ordercli.queries.reports.today import what_waits

    settings = settings_of(ctx)
    with reader(ctx) as opened:
        row = row_meant(kept_list(settings.database), number, what_waits(opened))
    if not settings.quiet:
        console.say(f"$ {row.command}")
    if code := run_command(ctx, split(row.command)[1:]):
        raise typer.Exit(code)
