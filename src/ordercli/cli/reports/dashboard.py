"""``ordercli dashboard``: how the shop does, on the terminal or as a page."""

from typing import Annotated

import typer

from ordercli.cli.file_options import PAGE
from ordercli.cli.frame import reader, settings_of, write_record
from ordercli.render import console

dashboard_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@dashboard_app.command()
def dashboard(
    ctx: typer.Context,
    html: Annotated[
        str | None,
        typer.Option("--html", metavar="FILE", parser=PAGE, help="Write one web page instead; - is stdout."),
    ] = None,
    channel: Annotated[str, typer.Option(help="Whose rates are shown.")] = "amazon",
) -> None:
    """Sales, top products, stock, rates and lateness of the last 30 days, drawn.

    The page needs no network and no script, and opens in any browser, light or dark, on a phone or printed.

    Example: ordercli dashboard --html shop.html
    """
    from ordercli.queries.lists import require_channel
    from ordercli.queries.reports.dashboard import board

    with reader(ctx) as opened:
        require_channel(opened, channel)
        shown = board(opened, channel=channel)
        settings = settings_of(ctx)
        if html is not None:
            from ordercli.files import write_file
            from ordercli.render.dashboard_page import dashboard_page

            write_file(html, dashboard_page(shown).encode())
            if html != "-" and not settings.quiet:
                console.say(f"Wrote {html}.")
        elif settings.output_format == "table":
            from ordercli.render.dashboard_text import write_dashboard

            out = console.stdout()
            write_dashboard(out, shown, look=console.look(out, color=settings.color))
        else:
            from ordercli.domain.reports.dashboard import as_record

            write_record(ctx, as_record(shown))
