"""Money back and what becomes of returned units: ``return refund``, ``order refund``, ``replace``, ``dispose``."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import write, write_asking
from ordercli.cli.options import DryRun, Lines, Skus, parsed, parsed_lines, told_reason, told_reference
from ordercli.cli.several import OrderIds, Rmas, for_each
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work


class HowOption(StrEnum):
    """What becomes of damaged units."""

    REFURBISHED = "refurbished"
    SCRAPPED = "scrapped"
    RETURNED_TO_SUPPLIER = "returned_to_supplier"


class PartOption(StrEnum):
    """What money without a return is for."""

    ITEM = "item"
    SHIPPING = "shipping"
    GOODWILL = "goodwill"


Again = Annotated[
    bool, typer.Option("--again", help="Give an amount once more that was given for the same thing already.")
]


def refund(
    ctx: typer.Context,
    rmas: Rmas,
    amount: Annotated[str | None, typer.Option("--amount", metavar="X", help="An amount of your own.")] = None,
    auto: Annotated[
        bool, typer.Option("--auto", help="Compute it from the inspected units (the default).")
    ] = False,
    restocking_fee: Annotated[
        str | None,
        typer.Option(
            "--restocking-fee", metavar="P", help="Part of the price to keep, such as 20%; else by rule."
        ),
    ] = None,
    again: Again = False,
    dry_run: DryRun = False,
) -> None:
    """Give money back for inspected units: shows the amount first, then asks (or takes --yes).

    A restocking fee is kept only for units that came back late, damaged by the buyer, as something else or
    not at all, at the rates of the channel unless another is given; never where the fault is yours. What went
    back for the units before is taken off, whoever gave it; never more goes back than they cost.

    Example: ordercli return refund RMA-000001 --restocking-fee 20% --yes
    """
    from ordercli.domain.percent import parse_percent

    if amount is not None and (auto or restocking_fee is not None):
        raise UsageProblem("--amount is the whole refund; it does not go with --auto or --restocking-fee.")
    fee = None if restocking_fee is None else parsed("--restocking-fee", restocking_fee, parse_percent)

    def refund_one(work: "Work", rma: str) -> "Outcome":
        from ordercli.services.returns.refunds import refund_return, return_currency

        minor = None
        if amount is not None:
            minor = parsed("--amount", amount, lambda text: _positive_amount(text, return_currency(work, rma)))
        return refund_return(work, rma, amount=minor, fee=fee, again=again)

    write_asking(ctx, "return refund", for_each(rmas, refund_one, "return"), _refund_what, dry_run=dry_run)


def refund_order(
    ctx: typer.Context,
    orders: OrderIds,
    amount: Annotated[str, typer.Option("--amount", metavar="X", help="How much, in the order's currency.")],
    part: Annotated[PartOption, typer.Option("--part", help="What it is for.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in your words; no names.")],
    line: Annotated[
        str | None, typer.Option("--line", metavar="SKU", help="Only for this line (or #ITEM_ID); else all.")
    ] = None,
    again: Again = False,
    dry_run: DryRun = False,
) -> None:
    """Give money back without a return: shipping, a part of the price, goodwill.

    It counts in no return rate. Never more goes back than was paid for the units sent, nor for the part.

    Example: ordercli order refund 0000002 --amount 4.99 --part shipping --reason "came late" --yes
    """
    why = told_reason(reason)

    def refund_one(work: "Work", order: str) -> "Outcome":
        from ordercli.services.returns import order_refunds
        from ordercli.services.returns.returns import order_currency

        minor = parsed("--amount", amount, lambda text: _positive_amount(text, order_currency(work, order)))
        return order_refunds.refund_order(
            work, order, amount=minor, part=part.value, reason=why, line=line, again=again
        )

    write_asking(ctx, "order refund", for_each(orders, refund_one, "order"), _refund_what, dry_run=dry_run)


def _refund_what(preview: "Outcome") -> str:
    return f"{preview.summary[:1].upper()}{preview.summary[1:]}?".replace("Refunded", "Refund", 1)


def _positive_amount(text: str, currency: str) -> int:
    from ordercli.domain.fields import FieldError
    from ordercli.domain.money import parse_amount

    minor = parse_amount(text, currency)
    if not minor:
        raise FieldError("it must be more than nothing")
    return minor


def replace(
    ctx: typer.Context,
    rmas: Rmas,
    line: Lines = None,
    again: Annotated[
        bool, typer.Option("--again", help="Send as many of the same once more, beside those sent already.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Send units again, on a new order that costs the buyer nothing; those are not refunded then.

    The order stands on a channel of its own, named replacement, so that no marketplace's files and rates know
    it. Ship it as any other. The same --line a second time needs --again.

    Example: ordercli return replace RMA-000001 --line RING-7:1
    """
    from ordercli.services.returns.replacements import replace_return

    wanted = parsed_lines(line)

    def replace_one(work: "Work", rma: str) -> "Outcome":
        return replace_return(work, rma, wanted, again=again)

    write(ctx, "return replace", for_each(rmas, replace_one, "return"), dry_run=dry_run)


def dispose(
    ctx: typer.Context,
    what: Skus,
    how: Annotated[HowOption, typer.Option("--as", help="What becomes of them.")],
    reference: Annotated[
        str | None,
        typer.Option(
            "--reference",
            metavar="R",
            help="Such as the supplier's credit note; the same again changes nothing.",
        ),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Take damaged units away: refurbished to the shelf, scrapped, or returned to the supplier.

    The same again takes away as many more, but not under the same --reference.

    Example: ordercli return dispose RING-7:1 --as refurbished
    """
    from ordercli.services.references import once
    from ordercli.services.stock.disposal import dispose as dispose_units

    wanted = parsed_lines(what, "SKU:QTY")
    label = told_reference(reference)
    told_once = once(
        "return dispose",
        label,
        (wanted, how.value),
        lambda work: dispose_units(work, wanted, how.value, reference=label),
    )
    write(ctx, "return dispose", told_once, dry_run=dry_run)
