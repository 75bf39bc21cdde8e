"""``ordercli dashboard``: how the shop does, on the terminal or as a page."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import PAGE
from ordercli.cli.frame import reader, settings_of, write_record
from ordercli.domain.reports.dashboard import SPANS
from ordercli.errors import Refused
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.domain.reports.dashboard import Board

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
    """Today, and the sales, profit, products, stock and rates of the last days, drawn.

    The page has the last 30, 90 and 365 days, needs no network, and opens in any browser, light or dark, on a
    phone or printed.

    Example: ordercli dashboard --html shop.html
    """
    from ordercli.queries.channels import require_channel
    from ordercli.queries.reports.dashboard import board

    settings = settings_of(ctx)
    with reader(ctx) as opened:
        require_channel(opened, channel)
        if html is not None:
            _write_page(ctx, html, board(opened, channel=channel))
        elif settings.output_format == "table":
            from ordercli.render.dashboard_text import write_dashboard

            out = console.stdout()
            shown = board(opened, channel=channel, spans=SPANS[:1])
            look = console.look(out, color=settings.color)
            write_dashboard(out, shown, look=look, shop=settings.shop_name or "")
        else:
            from ordercli.domain.reports.board_panels import as_record

            write_record(ctx, as_record(board(opened, channel=channel)))


def _write_page(ctx: typer.Context, file: str, shown: "Board") -> None:
    from ordercli.cli.shipping.paper import stationery
    from ordercli.files import write_file
    from ordercli.render.dashboard_page import MOST_LOGO, dashboard_page, is_picture

    seller = stationery(ctx)
    logo = seller.logo
    if logo is not None and not is_picture(logo):
        raise Refused("The configured logo is no PNG or JPEG.")
    is_quiet = settings_of(ctx).quiet
    if logo is not None and len(logo) > MOST_LOGO:
        if not is_quiet:
            size = f"{len(logo) // 1000:,} kB; the page takes {MOST_LOGO // 1000}"
            console.say(f"The configured logo is left out: it has {size}.")
        logo = None
    write_file(file, dashboard_page(shown, shop=seller.shop, logo=logo).encode())
    if file != "-" and not is_quiet:
        console.say(f"Wrote {file}.")
