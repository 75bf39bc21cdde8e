"""``ordercli amazon label``: labels of carriers that Amazon sells, bought, had once more and given back."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.amazon.label_desk import Known, LabelDesk, request_of
from ordercli.cli.amazon.session import PATIENCE_SECONDS, MaxWait, account_of, connected
from ordercli.cli.file_options import PDF, ZPL
from ordercli.cli.frame import reader, write
from ordercli.cli.options import DryRun, Lines, parsed, parsed_lines
from ordercli.errors import Refused, UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work

FETCH = "amazon label fetch"

label_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    help="Labels of carriers that Amazon sells for its orders.",
)

Shipment = Annotated[int, typer.Argument(min=1, max=10**12, metavar="SHIPMENT", help="As shipment list has it.")]
Pdf = Annotated[
    str | None, typer.Option("--pdf", metavar="FILE", parser=PDF, help="Write the label too, as PDF; - is stdout.")
]
Zpl = Annotated[
    str | None,
    typer.Option("--zpl", metavar="FILE", parser=ZPL, help="Take it for a thermal printer, and write it."),
]
Inputs = Annotated[
    list[str] | None,
    typer.Option(
        "--input",
        metavar="NAME=VALUE",
        help="What Amazon wants to know more (of customs, mostly); SKU:NAME=VALUE of one product. Repeatable.",
    ),
]
Weight = Annotated[
    str | None,
    typer.Option("--weight-grams", metavar="N", help="As weighed; else as packed, or as the products say."),
]
Offer = Annotated[
    str | None,
    typer.Option(
        "--offer",
        metavar="OFFER",
        help="The offer to buy, as the list names it; cheapest is the cheapest in time.",
    ),
]


@label_app.command("buy")
def buy(
    ctx: typer.Context,
    order: Annotated[str, typer.Argument(metavar="ID", help="The order, by its id or the end of it.")],
    line: Lines = None,
    offer: Offer = None,
    weight: Weight = None,
    size: Annotated[
        str | None, typer.Option(metavar="SIZE", help="25x18x3cm, 10x7x1in …; else ship_from.size as configured.")
    ] = None,
    pdf: Pdf = None,
    zpl: Zpl = None,
    inputs: Inputs = None,
    again: Annotated[
        bool, typer.Option("--again", help="Buy although it is not known whether an earlier purchase came about.")
    ] = False,
    max_wait: MaxWait = PATIENCE_SECONDS,
    dry_run: DryRun = False,
) -> None:
    """List what Amazon offers to send an order for, and buy the label of one with --offer.

    Without --offer it lists the services that Amazon offers, with price and arrival, and buys nothing. Buying is
    shipping: the shipment is recorded as ship does, with the label's carrier, number and price, and counts as
    confirmed; the label is kept with it. Where Amazon did not say whether it sold one, the next run looks there
    first, and buys no second one unless you add --again. It asks before it buys; --yes answers. What Amazon wants
    to know more before it sells an offer, it lists, and takes by --input.

    Example: ordercli amazon label buy 0000001 --weight-grams 120 --size 10x7x1in
    """
    from ordercli.domain.amazon.labels import FORMATS
    from ordercli.domain.amazon.seller_inputs import parse_inputs

    if pdf is not None and zpl is not None:
        raise UsageProblem("A label is bought as one of --pdf and --zpl.")
    if offer is None and (pdf is not None or zpl is not None or again or inputs):
        raise UsageProblem("Nothing is bought without --offer; --pdf, --zpl, --input and --again belong to it.")
    told = parsed("--input", inputs or [], parse_inputs)
    with reader(ctx):
        pass  # there is a shop
    desk = LabelDesk(ctx, is_stdout_free="-" not in (pdf, zpl))
    wanted = desk.wanted(order, parsed_lines(line))
    account, kind = account_of(ctx), "pdf" if zpl is None else "zpl"
    with connected(ctx, account, max_wait) as client:
        if offer is None:
            desk.list_offers(client, request_of(ctx, wanted, weight, size, FORMATS[kind]), wanted.deliver_by)
            return
        if dry_run or not desk.finish_earlier(client, wanted.order_id, again=again):
            request = request_of(ctx, wanted, weight, size, FORMATS[kind])
            desk.buy(client, request, offer, Known(wanted.deliver_by, told, wanted.skus), dry_run=dry_run)
    file = zpl or pdf
    if file is not None and not dry_run:
        desk.write_label(file, kind)


@label_app.command("fetch")
def fetch(
    ctx: typer.Context, shipment: Shipment, max_wait: MaxWait = PATIENCE_SECONDS, dry_run: DryRun = False
) -> None:
    """Get a label that was bought once more from Amazon, and keep it with its shipment.

    Example: ordercli amazon label fetch 3
    """
    with reader(ctx):
        pass  # there is a shop
    account = account_of(ctx)
    desk = LabelDesk(ctx)
    sold = desk.sold_for(shipment)
    with connected(ctx, account, max_wait) as client:
        from ordercli.amazon.labels import look

        content = look(client, sold.bought.label_id or "").content
    if content is None:
        raise Refused(f"Amazon gives no label of shipment {shipment} as PDF or ZPL; print it in Seller Central.")
    label = content

    def use_case(work: "Work") -> "Outcome":
        from ordercli.services.amazon.label_purchase import record_label

        return record_label(work, sold, label)

    write(ctx, FETCH, use_case, dry_run=dry_run)


@label_app.command("cancel")
def cancel(
    ctx: typer.Context, shipment: Shipment, max_wait: MaxWait = PATIENCE_SECONDS, dry_run: DryRun = False
) -> None:
    """Give a label back to Amazon, which pays it back, and void its shipment. It asks; --yes answers.

    Example: ordercli amazon label cancel 3
    """
    with reader(ctx):
        pass  # there is a shop
    account = account_of(ctx)
    desk = LabelDesk(ctx)
    sold = desk.sold_for(shipment)
    if dry_run:
        console.say(f"Dry run, nothing told: would give back the label of shipment {shipment}.")
        return
    with connected(ctx, account, max_wait) as client:
        desk.give_back(client, sold)
