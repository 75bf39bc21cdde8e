"""What is given for a return: ``ordercli return refund``."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import confirm, settings_of, write
from ordercli.cli.options import DryRun, parsed
from ordercli.cli.return_steps import Rma
from ordercli.errors import UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work


def refund(
    ctx: typer.Context,
    rma: Rma,
    amount: Annotated[str | None, typer.Option("--amount", metavar="X", help="An amount of your own.")] = None,
    auto: Annotated[
        bool, typer.Option("--auto", help="Compute it from the inspected units (the default).")
    ] = False,
    restocking_fee: Annotated[
        str | None,
        typer.Option("--restocking-fee", metavar="P", help="Part of the price to keep, such as 20%."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Give money back for inspected units: shows the amount first, then asks (or takes --yes).

    The fee is kept only for units that came back damaged by the buyer, wrong or missing. Never more goes
    back than was paid.

    Example: ordercli return refund RMA-000001 --restocking-fee 20% --yes
    """
    from ordercli.domain.percent import parse_percent

    if amount is not None and (auto or restocking_fee is not None):
        raise UsageProblem("--amount is the whole refund; it does not go with --auto or --restocking-fee.")
    fee = None if restocking_fee is None else parsed("--restocking-fee", restocking_fee, parse_percent)

    is_shown = False

    def use_case(work: "Work") -> "Outcome":
        from ordercli.services.refunds import refund_return, return_currency

        minor = None
        if amount is not None:
            minor = parsed("--amount", amount, lambda text: _positive_amount(text, return_currency(work, rma)))
        outcome = refund_return(work, rma, amount=minor, fee=fee)
        return replace(outcome, notes=()) if is_shown else outcome

    if not dry_run and not settings_of(ctx).assume_yes:
        preview = write(ctx, "return refund", use_case, dry_run=True, silent=True)
        if preview.is_change:
            for note in preview.notes:
                console.say(note)
            is_shown = True
            confirm(ctx, f"{preview.summary[:1].upper()}{preview.summary[1:]}?".replace("Refunded", "Refund", 1))
    write(ctx, "return refund", use_case, dry_run=dry_run)


def _positive_amount(text: str, currency: str) -> int:
    from ordercli.domain.fields import FieldError
    from ordercli.domain.money import parse_amount

    minor = parse_amount(text, currency)
    if not minor:
        raise FieldError("it must be more than nothing")
    return minor
