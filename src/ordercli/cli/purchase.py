"""``ordercli purchase``: what you buy, from the order to the last unit received."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, show, show_card, write
from ordercli.cli.options import DryRun, Split, day_told, parsed, parsed_lines
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.purchase_receipts import Came
    from ordercli.services.purchases import Wanted

purchase_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="What you buy from suppliers."
)

Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, max=10**9, help="The purchase's number.")]
Supplier = Annotated[str | None, typer.Option(help="Whom it is bought from; else the product's supplier.")]
Expected = Annotated[
    str | None,
    typer.Option("--expected", metavar="DATE", help="The day it should come; else by the lead time."),
]


def day_to_come(work: "Work", option: str, text: str) -> str:
    """A day from today on.

    Raises:
        UsageProblem: for another day.
    """
    from ordercli.domain.times import day_of, parse_day

    today = day_of(work.now, work.shop.time_zone)
    day = parsed(option, text, lambda cell: parse_day(cell, today=today))
    if day < today:
        raise UsageProblem(f"{option} {day} is past; give a day from today on.")
    return day


@purchase_app.command("add")
def add(
    ctx: typer.Context,
    what: Annotated[list[str], typer.Argument(metavar="SKU:QTY[@COST]...", help="COST is what one unit costs.")],
    expected: Expected = None,
    cost: Annotated[
        str | None, typer.Option(metavar="X", help="The same, of all without their own; else the supplier's.")
    ] = None,
    supplier: Supplier = None,
    reference: Annotated[str | None, typer.Option(help="The supplier's number of the order.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Record what you ordered from a supplier, so that reorder counts it.

    Costs are in the supplier's currency.

    Example: ordercli purchase add RING-7:35 --expected 2026-04-02
    """
    from ordercli.domain.fields import parse_text
    from ordercli.services.purchases import add_purchases

    label = parsed("--reference", reference.strip(), parse_text) or None if reference else None

    def use_case(work: "Work") -> "Outcome":
        day = day_to_come(work, "--expected", expected) if expected else None
        wanted = [_wanted(work, text, cost, supplier) for text in what]
        return add_purchases(work, wanted, supplier=supplier, expected_on=day, reference=label)

    write(ctx, "purchase add", use_case, dry_run=dry_run)


def _wanted(work: "Work", text: str, cost: str | None, supplier: str | None) -> "Wanted":
    """One ``SKU:QTY[@COST]``, its cost in the currency of whom it is bought from."""
    from ordercli.domain.fields import parse_line_option, parse_quantity
    from ordercli.domain.money import parse_amount
    from ordercli.services.purchases import Wanted
    from ordercli.services.suppliers import buying_currency

    sku, quantity, price = parsed("SKU:QTY", text, parse_line_option)
    units = parsed("SKU:QTY", quantity, parse_quantity)
    option, told = ("SKU:QTY@COST", price) if price is not None else ("--cost", cost)
    if told is None:
        return Wanted(sku, units)
    currency = buying_currency(work, sku, supplier)
    return Wanted(sku, units, parsed(option, told, lambda cell: parse_amount(cell, currency)))


@purchase_app.command("list")
def list_(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Received, closed and canceled ones too.")] = False,
    by_date: Annotated[bool, typer.Option("--by-date", help="What should come, a row a day and product.")] = False,
    supplier: Annotated[str | None, typer.Option(help="Only from this supplier.")] = None,
) -> None:
    """List drafts and what is on order, by the day it should come.

    Example: ordercli purchase list --by-date
    """
    from ordercli.queries.purchases import inbound_by_date, list_purchases
    from ordercli.queries.suppliers import require_supplier

    with reader(ctx) as opened:
        if supplier is not None:
            require_supplier(opened, supplier)
        if by_date:
            show(ctx, opened, inbound_by_date(opened, supplier=supplier))
        else:
            show(ctx, opened, list_purchases(opened, every=every, supplier=supplier))


@purchase_app.command("show")
def show_purchase(ctx: typer.Context, number: Number) -> None:
    """Show one purchase: its lines, and what came of it, when and at what cost.

    Example: ordercli purchase show 1
    """
    from ordercli.queries.purchases import purchase_card

    with reader(ctx) as opened:
        show_card(ctx, opened, purchase_card(opened, number), hidden=("is_suggested",))


@purchase_app.command("receive")
def receive(
    ctx: typer.Context,
    number: Number,
    lines: Annotated[
        list[str] | None,
        typer.Option("--line", metavar="SKU:QTY[@COST]", help="What came; all still to come if left out."),
    ] = None,
    quantity: Annotated[
        str | None, typer.Option(metavar="N", help="Units that came, of a purchase of one product.")
    ] = None,
    damaged: Annotated[
        list[str] | None, typer.Option("--damaged", metavar="SKU:QTY", help="Of these, units that came damaged.")
    ] = None,
    rate: Annotated[
        str | None, typer.Option(metavar="R", help="The shop's currency for one of the purchase's.")
    ] = None,
    freight: Annotated[
        str | None, typer.Option(metavar="X", help="What freight cost, in the shop's currency.")
    ] = None,
    duty: Annotated[str | None, typer.Option(metavar="X", help="What duty and the like cost.")] = None,
    split: Annotated[Split, typer.Option("--split", help="What freight and duty are shared by.")] = Split.VALUE,
    reference: Annotated[
        str | None, typer.Option(help="Delivery number; the same one again changes nothing.")
    ] = None,
    date: Annotated[str | None, typer.Option(metavar="DATE", help="The day it came; now if left out.")] = None,
    dry_run: DryRun = False,
) -> None:
    """Take a purchase into stock at its cost, whole or in parts; waiting orders get theirs first.

    Damaged units go to DAMAGED. Freight and duty become part of what the units cost.

    Example: ordercli purchase receive 1 --line RING-7:20 --damaged RING-7:1 --freight 12.00
    """
    from ordercli.domain.fields import parse_text
    from ordercli.domain.money import parse_amount
    from ordercli.domain.purchasing import parse_rate
    from ordercli.services.deliveries import LandedCost
    from ordercli.services.purchase_receipts import Arrival, receive_purchase

    exchange = parsed("--rate", rate.strip(), parse_rate) if rate is not None else None
    label = parsed("--reference", reference.strip(), parse_text) or None if reference else None
    broken = dict(parsed_lines(damaged, "--damaged"))

    def use_case(work: "Work") -> "Outcome":
        def amount(option: str, text: str | None) -> int:
            return parsed(option, text, lambda cell: parse_amount(cell, work.shop.currency)) if text else 0

        landed = LandedCost(amount("--freight", freight) + amount("--duty", duty), split.value)
        came = _came(work, number, lines, quantity)
        arrival = Arrival(day_told(work, date), label, exchange, landed, broken)
        return receive_purchase(work, number, came, arrival)

    write(ctx, "purchase receive", use_case, dry_run=dry_run)


def _came(work: "Work", number: int, lines: list[str] | None, quantity: str | None) -> "list[Came] | None":
    """What came, or None for all that is still to come."""
    from ordercli.domain.fields import parse_line_option, parse_quantity
    from ordercli.domain.money import parse_amount
    from ordercli.services.purchase_receipts import Came, sole_sku
    from ordercli.services.purchases import get_purchase

    if quantity is not None:
        if lines:
            raise UsageProblem("Give --line or --quantity, not both.")
        return [Came(sole_sku(work, number), parsed("--quantity", quantity, parse_quantity))]
    currency = get_purchase(work, number).currency
    came = []
    for text in lines or []:
        sku, units, price = parsed("--line", text, parse_line_option)
        cost = parsed("--line", price, lambda cell: parse_amount(cell, currency)) if price is not None else None
        came.append(Came(sku, parsed("--line", units, parse_quantity), cost))
    return came or None


@purchase_app.command("cancel")
def cancel(
    ctx: typer.Context,
    number: Number,
    lines: Annotated[
        list[str] | None,
        typer.Option("--line", metavar="SKU:QTY", help="Only these units; all still to come if left out."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Give up what is still to come of a purchase, or of a draft.

    Example: ordercli purchase cancel 1
    """
    from ordercli.services.purchases import cancel_purchase

    wanted = parsed_lines(lines)
    write(ctx, "purchase cancel", lambda work: cancel_purchase(work, number, wanted), dry_run=dry_run)
