"""``ordercli purchase``: what you buy, from the order to the last unit received."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, show, write
from ordercli.cli.options import (
    CameOn,
    DeliveryReference,
    DryRun,
    Duty,
    OwnReference,
    SharedBy,
    Split,
    day_told,
    parsed,
    parsed_lines,
    told_reference,
)
from ordercli.cli.purchasing.purchase_draft import (
    Expected,
    SupplierReference,
    day_to_come,
    draft,
    edit,
    export,
    place,
    wanted_of,
)
from ordercli.cli.several import PurchaseNumbers, for_each, show_cards
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.purchasing.purchase_receipts import Came

purchase_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="What you buy from suppliers."
)

Supplier = Annotated[str | None, typer.Option(help="Whom it is bought from; else the product's supplier.")]


@purchase_app.command("add")
def add(
    ctx: typer.Context,
    what: Annotated[list[str], typer.Argument(metavar="SKU:QTY[@COST]...", help="COST is what one unit costs.")],
    expected: Expected = None,
    cost: Annotated[
        str | None, typer.Option(metavar="X", help="The same, of all without their own; else the supplier's.")
    ] = None,
    supplier: Supplier = None,
    reference: SupplierReference = None,
    dry_run: DryRun = False,
) -> None:
    """Record what you ordered from a supplier, so that reorder counts it.

    Costs are in the supplier's currency.

    Example: ordercli purchase add RING-7:35 --expected 2026-04-02
    """
    from ordercli.domain.fields import parse_text
    from ordercli.services.purchasing.purchases import add_purchases

    label = parsed("--reference", reference.strip(), parse_text) or None if reference else None

    def use_case(work: "Work") -> "Outcome":
        day = day_to_come(work, "--expected", expected) if expected else None
        wanted = [wanted_of(work, text, cost, supplier) for text in what]
        return add_purchases(work, wanted, supplier=supplier, expected_on=day, reference=label)

    write(ctx, "purchase add", use_case, dry_run=dry_run)


purchase_app.command("draft")(draft)


class Status(StrEnum):
    """Where a purchase stands."""

    DRAFT = "draft"
    PLACED = "placed"
    PARTIALLY_RECEIVED = "partially_received"
    RECEIVED = "received"
    CLOSED = "closed"
    CANCELED = "canceled"


@purchase_app.command("list")
def list_(
    ctx: typer.Context,
    status: Annotated[Status | None, typer.Option(help="Only these.")] = None,
    done: Annotated[bool, typer.Option("--done", help="Received, closed and canceled ones too.")] = False,
    by_date: Annotated[bool, typer.Option("--by-date", help="What should come, a row a day and product.")] = False,
    supplier: Annotated[str | None, typer.Option(help="Only from this supplier.")] = None,
) -> None:
    """List drafts and what is on order, by the day it should come.

    Example: ordercli purchase list --by-date
    """
    from ordercli.queries.catalog.suppliers import require_supplier
    from ordercli.queries.purchasing.purchases import inbound_by_date, list_purchases

    with reader(ctx) as opened:
        if supplier is not None:
            require_supplier(opened, supplier)
        if by_date:
            show(ctx, opened, inbound_by_date(opened, supplier=supplier))
        else:
            show(ctx, opened, list_purchases(opened, every=done, status=status, supplier=supplier))


@purchase_app.command("show")
def show_purchase(ctx: typer.Context, numbers: PurchaseNumbers) -> None:
    """Show purchases: their lines, and what came of it, when and at what cost.

    Example: ordercli purchase show 1
    """
    from ordercli.queries.purchasing.purchases import purchase_card

    with reader(ctx) as opened:
        show_cards(ctx, opened, [purchase_card(opened, number) for number in numbers])


purchase_app.command("place")(place)
purchase_app.command("edit")(edit)


@purchase_app.command("receive")
def receive(
    ctx: typer.Context,
    numbers: PurchaseNumbers,
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
    duty: Duty = None,
    split: SharedBy = Split.VALUE,
    reference: DeliveryReference = None,
    on: CameOn = None,
    dry_run: DryRun = False,
) -> None:
    """Take purchases into stock at their cost, whole or in parts; waiting orders get theirs first.

    Damaged units go to DAMAGED. Freight and duty become part of what the units cost. The same --line again comes
    in once more, but not under the same --reference.

    Example: ordercli purchase receive 1 --line RING-7:20 --damaged RING-7:1 --freight 12.00
    """
    from ordercli.domain.money import parse_amount
    from ordercli.domain.purchasing.purchasing import parse_rate
    from ordercli.services.purchasing.purchase_receipts import ReceiptTerms, receive_purchase
    from ordercli.services.stock.deliveries import LandedCost

    exchange = parsed("--rate", rate.strip(), parse_rate) if rate is not None else None
    label = told_reference(reference)
    broken = dict(parsed_lines(damaged, "--damaged"))

    def receive_one(work: "Work", number: int) -> "Outcome":
        def amount(option: str, text: str | None) -> int:
            return parsed(option, text, lambda cell: parse_amount(cell, work.shop.currency)) if text else 0

        landed = LandedCost(amount("--freight", freight) + amount("--duty", duty), split.value)
        came = _came(work, number, lines, quantity)
        arrival = ReceiptTerms(day_told(work, on), label, exchange, landed, broken)
        return receive_purchase(work, number, came, arrival)

    write(ctx, "purchase receive", for_each(numbers, receive_one, "purchase"), dry_run=dry_run)


def _came(work: "Work", number: int, lines: list[str] | None, quantity: str | None) -> "list[Came] | None":
    """What came, or None for all that is still to come."""
    from ordercli.domain.fields import parse_line_option, parse_quantity
    from ordercli.domain.money import parse_amount
    from ordercli.services.purchasing.purchase_receipts import Came, sole_sku
    from ordercli.services.purchasing.purchases import get_purchase

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
    numbers: PurchaseNumbers,
    lines: Annotated[
        list[str] | None,
        typer.Option("--line", metavar="SKU:QTY", help="Only these units; all still to come if left out."),
    ] = None,
    reference: OwnReference = None,
    dry_run: DryRun = False,
) -> None:
    """Give up what is still to come of purchases, or of drafts.

    The same --line again gives up as many once more; name it with --reference, and a repeat changes nothing.

    Example: ordercli purchase cancel 1
    """
    from ordercli.services.purchasing.purchases import cancel_purchase
    from ordercli.services.references import once

    wanted = parsed_lines(lines)
    told_once = once(
        "purchase cancel",
        told_reference(reference),
        (*numbers, wanted),
        for_each(numbers, lambda work, number: cancel_purchase(work, number, wanted), "purchase"),
    )
    write(ctx, "purchase cancel", told_once, dry_run=dry_run)


@purchase_app.command("close")
def close(ctx: typer.Context, numbers: PurchaseNumbers, dry_run: DryRun = False) -> None:
    """Say that nothing of purchases comes any more; what was still to come is given up.

    Example: ordercli purchase close 1
    """
    from ordercli.services.purchasing.purchases import close_purchase

    write(ctx, "purchase close", for_each(numbers, close_purchase, "purchase"), dry_run=dry_run)


purchase_app.command("export")(export)
