"""``--chart``: a report drawn as bars instead of its table."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import settings_of, show
from ordercli.errors import UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.domain.report import Report
    from ordercli.queries.reader import Reader

Chart = Annotated[bool, typer.Option("--chart", help="Draw a bar a row instead of the table.")]


def shown_as(
    ctx: typer.Context, keys: Sequence[str], value: str, *, chart: bool
) -> "Callable[[typer.Context, Reader, Report], None]":
    """What writes a report: as it is always shown, or its bars.

    Args:
        ctx: the command's context.
        keys: names of the columns that say what a row is about.
        value: name of the column of money that is drawn.
        chart: whether bars were asked for.

    Raises:
        UsageProblem: if a format was asked for besides, which holds no drawing.
    """
    settings = settings_of(ctx)
    if chart and settings.is_format_told and settings.output_format != "table":
        raise UsageProblem(f"--chart draws for people to look at; leave --format {settings.output_format} away.")

    def draw(ctx: typer.Context, _: "Reader", report: "Report") -> None:
        from ordercli.domain.reports.bars import bars_of
        from ordercli.render.bars import bar_lines, room_of, write_lines

        out = console.stdout()
        look = console.look(out, color=settings_of(ctx).color)
        found = bars_of(report, keys, value)
        if not found:
            out.write(f"{report.empty}\n")
        for number, (code, bars) in enumerate(found.items()):
            gap = [("", "")] if number else []
            title = (f"{value.capitalize()}, {code}", "bold")
            write_lines(out, [*gap, title, *bar_lines(bars, room_of(look))], look)

    return draw if chart else show
