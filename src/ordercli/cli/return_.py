"""``ordercli return``: what comes back, what it is, what is given back for it."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import confirm, reader, settings_of, show, show_card, write
from ordercli.cli.options import All, DryRun, Limit, Lines, parsed, parsed_lines
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.services.operations import Outcome, Work

return_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Returns.")

Rma = Annotated[str, typer.Argument(metavar="RMA", help="The return's id, such as RMA-000001.")]


class Disposition(StrEnum):
    """Results of an inspection."""

    SELLABLE = "sellable"
    CUSTOMER_DAMAGED = "customer_damaged"
    CARRIER_DAMAGED = "carrier_damaged"
    DEFECTIVE = "defective"
    WRONG_ITEM = "wrong_item"
    MISSING = "missing"
    EXPIRED = "expired"


class Status(StrEnum):
    """Statuses of a return, for ``--status``."""

    AUTHORIZED = "authorized"
    RECEIVED = "received"
    INSPECTED = "inspected"
    REFUNDED = "refunded"


@return_app.command("open")
def open_(
    ctx: typer.Context,
    order: Annotated[str, typer.Argument(metavar="ID", help="The order's id, or its last characters.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it comes back; no names.")],
    line: Lines = None,
    dry_run: DryRun = False,
) -> None:
    """Allow units of an order to come back; without --line, all that was shipped.

    Example: ordercli return open 0000002 --line RING-7:2 --reason "too large"
    """
    from ordercli.domain.fields import parse_text
    from ordercli.services.returns import open_return

    why = parsed("--reason", reason.strip(), parse_text)
    if not why:
        raise UsageProblem("--reason: say why, in a word or two.")
    wanted = parsed_lines(line)
    write(ctx, "return open", lambda work: open_return(work, order, wanted, reason=why), dry_run=dry_run)


@return_app.command("receive")
def receive(ctx: typer.Context, rma: Rma, line: Lines = None, dry_run: DryRun = False) -> None:
    """Take returned units into quarantine; without --line, all that was authorized.

    Example: ordercli return receive RMA-000001
    """
    from ordercli.services.return_units import receive_return

    wanted = parsed_lines(line)
    write(ctx, "return receive", lambda work: receive_return(work, rma, wanted), dry_run=dry_run)


@return_app.command("inspect")
def inspect(
    ctx: typer.Context,
    rma: Rma,
    disposition: Annotated[Disposition, typer.Option("--as", help="What they turned out to be.")],
    line: Lines = None,
    dry_run: DryRun = False,
) -> None:
    """Say what received units turned out to be: sellable ones go back on the shelf, others to DAMAGED.

    Example: ordercli return inspect RMA-000001 --line RING-7:1 --as sellable
    """
    from ordercli.services.return_units import inspect_return

    wanted = parsed_lines(line)
    write(
        ctx,
        "return inspect",
        lambda work: inspect_return(work, rma, wanted, disposition.value),
        dry_run=dry_run,
    )


@return_app.command("refund")
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
    fee = parsed("--restocking-fee", "0" if restocking_fee is None else restocking_fee, parse_percent)

    def use_case(work: "Work") -> "Outcome":
        from ordercli.services.refunds import refund_return
        from ordercli.services.return_lines import return_currency

        minor = None
        if amount is not None:
            minor = parsed("--amount", amount, lambda text: _positive_amount(text, return_currency(work, rma)))
        return refund_return(work, rma, amount=minor, fee=fee)

    if not dry_run and not settings_of(ctx).assume_yes:
        preview = write(ctx, "return refund", use_case, dry_run=True, silent=True)
        if preview.is_change:
            confirm(ctx, f"{preview.summary[:1].upper()}{preview.summary[1:]}?".replace("Refunded", "Refund", 1))
    write(ctx, "return refund", use_case, dry_run=dry_run)


def _positive_amount(text: str, currency: str) -> int:
    from ordercli.domain.fields import FieldError
    from ordercli.domain.money import parse_amount

    minor = parse_amount(text, currency)
    if not minor:
        raise FieldError("it must be more than nothing")
    return minor


@return_app.command("list")
def list_(
    ctx: typer.Context,
    status: Annotated[Status | None, typer.Option(help="Only returns of this status.")] = None,
    limit: Limit = 50,
    every: All = False,
) -> None:
    """List returns, newest first, with the day each refund is due.

    Example: ordercli return list --status received
    """
    from ordercli.queries.returns import list_returns

    with reader(ctx) as opened:
        wanted = status.value if status else None
        show(ctx, opened, list_returns(opened, status=wanted, limit=None if every else limit))


@return_app.command("show")
def show_return(ctx: typer.Context, rma: Rma) -> None:
    """Show one return in full: lines, events, refunds.

    Example: ordercli return show RMA-000001
    """
    from ordercli.queries.returns import return_card

    with reader(ctx) as opened:
        show_card(ctx, opened, return_card(opened, rma))
