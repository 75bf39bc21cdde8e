"""``ordercli slip`` and ``ordercli label``: what is printed for an order and its parcel."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import PDF, READ, ZPL
from ordercli.cli.frame import reader, settings_of
from ordercli.cli.several import ORDERS
from ordercli.errors import Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.domain.paper import LabelSize, Stationery
    from ordercli.domain.shipping.slip import Block
    from ordercli.queries.reader import Reader
    from ordercli.queries.shipping.paper import PrintedOrder

slip_app = typer.Typer(rich_markup_mode=None, add_completion=False)
label_app = typer.Typer(rich_markup_mode=None, add_completion=False)

Orders = Annotated[
    list[str] | None,
    typer.Argument(metavar="[ID]...", parser=ORDERS, help="The orders; else all that are picked and still here."),
]
Pdf = Annotated[
    str | None, typer.Option("--pdf", metavar="FILE", parser=PDF, help="The PDF to write; - is stdout.")
]
Sender = Annotated[
    str | None, typer.Option(metavar="TEXT", help="Your address, its lines with \\n between; else as configured.")
]
_LETTER_CURRENCIES = ("USD", "CAD", "MXN")


class Paper(StrEnum):
    """Sheets that slips and lists are printed on."""

    A4 = "a4"
    LETTER = "letter"


class Size(StrEnum):
    """Labels."""

    INCHES = "4x6"
    A6 = "a6"


@slip_app.command()
def slip(
    ctx: typer.Context,
    orders: Orders = None,
    pdf: Pdf = None,
    prices: Annotated[bool, typer.Option("--prices", help="Tell what each item cost.")] = False,
    template: Annotated[
        str | None,
        typer.Option(metavar="FILE", parser=READ, help="Your own slip; else as configured, else the usual one."),
    ] = None,
    logo: Annotated[
        str | None, typer.Option(metavar="FILE", parser=READ, help="A PNG or JPEG, your logo; else as configured.")
    ] = None,
    sender: Sender = None,
    paper: Annotated[
        Paper | None, typer.Option(help="By the shop's currency if left out: letter in North America.")
    ] = None,
    show_template: Annotated[
        bool, typer.Option("--show-template", help="Print the template, to change it in an editor.")
    ] = False,
) -> None:
    """Write packing slips: what is in the parcel, the gift message, how to send things back; no prices.

    An order begins on a page of its own. It lists what is packed; before that, what is allocated. The template
    is text with fields in braces: --show-template prints it.

    Example: ordercli slip 0000001 --pdf slips.pdf
    """
    blocks = _template(ctx, template, show=show_template)
    if blocks is None:
        return
    if pdf is None:
        raise UsageProblem("Say where to: --pdf FILE, or - for stdout.")
    from ordercli.domain.paper import SIZES
    from ordercli.domain.shipping.slip import fill_template
    from ordercli.files import write_file
    from ordercli.formats.shipping.slip_pdf import Slip, slip_pdf

    seller = stationery(ctx, sender, logo)
    with reader(ctx) as opened:
        found = _printed(ctx, opened, orders, prices=prices)
        slips = [
            Slip(
                order.order_id,
                fill_template(blocks, order.fields(seller, opened.today)),
                order.lines,
                order.country,
            )
            for order in found
        ]
        sheet = paper or usual_paper(opened.currency)
    write_file(pdf, slip_pdf(slips, SIZES[sheet], seller))
    _say_written(ctx, len(slips), "slip", pdf)


@label_app.command()
def label(
    ctx: typer.Context,
    orders: Orders = None,
    pdf: Pdf = None,
    zpl: Annotated[
        str | None,
        typer.Option("--zpl", metavar="FILE", parser=ZPL, help="The file for a thermal printer; - is stdout."),
    ] = None,
    size: Annotated[
        Size | None, typer.Option(help="By the shop's currency if left out: 4x6 inches in North America, else A6.")
    ] = None,
    sender: Sender = None,
) -> None:
    """Write address labels, one page an order, with the tracking number or the order id as a bar code.

    No postage is bought, and the labels say so. Labels of carriers: ordercli shipment label.

    Example: ordercli label 0000001 0000002 --pdf labels.pdf
    """
    if pdf is None and zpl is None:
        raise UsageProblem("Say where to: --pdf FILE or --zpl FILE, or - for stdout.")
    if pdf == zpl == "-":
        raise UsageProblem("Only one of --pdf and --zpl can go to stdout.")
    from ordercli.files import write_file
    from ordercli.formats.shipping.label_pdf import label_pdf
    from ordercli.formats.shipping.label_zpl import label_zpl

    seller = stationery(ctx, sender)
    with reader(ctx) as opened:
        found = _printed(ctx, opened, orders)
        is_american = opened.currency in _LETTER_CURRENCIES
    chosen: LabelSize = "a6" if (size is Size.A6 or (size is None and not is_american)) else "4x6"
    homeless = [order.order_id for order in found if not order.address]
    if homeless:
        raise Refused(
            f"No address is known of {', '.join(homeless[:5])}{' …' if homeless[5:] else ''}; import a report "
            "that tells it, or set it with: ordercli order edit ID --address …"
        )
    labels = [order.label() for order in found]
    written = [(pdf, label_pdf(labels, chosen, seller))] if pdf is not None else []
    written += [(zpl, label_zpl(labels, chosen, seller))] if zpl is not None else []
    for file, content in written:
        write_file(file, content)
        _say_written(ctx, len(labels), "label", file)


def usual_paper(currency: str) -> Paper:
    """The sheets that are usual where a currency is."""
    return Paper.LETTER if currency in _LETTER_CURRENCIES else Paper.A4


def stationery(ctx: typer.Context, sender: str | None = None, logo: str | None = None) -> "Stationery":
    """The seller's name, address and logo, as told or else as configured; empty lines fall out."""
    from ordercli.domain.paper import Stationery

    settings = settings_of(ctx)
    text = sender.replace("\\n", "\n") if sender is not None else settings.sender or ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    shop = settings.shop_name or (lines[0] if lines else "")
    address = lines[1:] if lines and lines[0] == shop else lines
    picture = _bytes("--logo", logo) if logo is not None else _bytes("The configured logo", settings.logo)
    return Stationery(shop, tuple(address), picture, settings.fonts)


def _printed(
    ctx: typer.Context, opened: "Reader", orders: list[str] | None, *, prices: bool = False
) -> "list[PrintedOrder]":
    from ordercli.queries.shipping.paper import orders_in_hand, printed_orders
    from ordercli.queries.shipping.picking import pickable_orders

    rows = pickable_orders(opened, orders) if orders else orders_in_hand(opened)
    if not rows:
        raise Refused("No order is picked and still here; name the orders, or pick them: ordercli pick --confirm")
    home = settings_of(ctx).country or country_of_zone(opened.time_zone)
    return list(printed_orders(opened, rows, home=home, prices=prices))


def country_of_zone(zone: str) -> str:
    """Two letters of the country that a time zone is of, by the table that comes with the zones; else empty."""
    from importlib import resources

    try:
        table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return ""
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return next((country for country, _, name, *_ in rows if name == zone), "")


def _template(ctx: typer.Context, template: str | None, *, show: bool) -> "list[Block] | None":
    """The blocks of the slip, or None once the template itself was printed."""
    from ordercli.domain.paper_words import ENGLISH
    from ordercli.domain.shipping.slip import SlipFault, parse_template

    name = template or settings_of(ctx).slip_template
    content = _bytes("--template", name)
    try:
        text = ENGLISH.slip if content is None else content.decode("utf-8-sig")
        blocks = parse_template(text)
    except (SlipFault, UnicodeDecodeError) as error:
        reason = error if isinstance(error, SlipFault) else "it is not UTF-8 text"
        raise Refused(f"The template {name} cannot be used: {reason}.") from error
    if show:
        console.stdout().write(text)
        return None
    return blocks


def _bytes(option: str, name: str | None) -> bytes | None:
    if name is None:
        return None
    try:
        return Path(name).expanduser().read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such file"
        raise Refused(f"{option} {name} cannot be read: {reason}.") from error


def _say_written(ctx: typer.Context, number: int, noun: str, file: str) -> None:
    from ordercli.domain.words import count

    if file != "-" and not settings_of(ctx).quiet:
        console.say(f"Wrote {count(number, noun)} to {file}.")
