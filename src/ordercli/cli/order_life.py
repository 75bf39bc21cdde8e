"""What happens to an order before it ships: ``ordercli order hold``, ``release``, ``cancel``."""

from enum import StrEnum
from typing import Annotated

import typer

from ordercli.cli.frame import write
from ordercli.cli.options import DryRun, Lines, parsed, parsed_lines
from ordercli.errors import UsageProblem


class By(StrEnum):
    """On whose wish an order is canceled."""

    BUYER = "buyer"
    BUYER_MESSAGE = "buyer-message"
    SELLER = "seller"


def cancel(
    ctx: typer.Context,
    order: Annotated[str, typer.Argument(metavar="ID")],
    by: Annotated[By, typer.Option("--by", help="On whose wish: buyer means asked through the channel.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, in your words; no names.")],
    line: Lines = None,
    dry_run: DryRun = False,
) -> None:
    """Cancel an order, or some of its units; the stock goes to the next order in line.

    Example: ordercli order cancel 0000006 --line BRAC-BEAD:1 --by seller --reason "out of stock"
    """
    from ordercli.domain.fields import parse_text
    from ordercli.services.orders import cancel_order

    why = parsed("--reason", reason.strip(), parse_text)
    if not why:
        raise UsageProblem("--reason: say why, in a word or two.")
    wanted = parsed_lines(line)
    write(
        ctx,
        "order cancel",
        lambda work: cancel_order(work, order, wanted, canceled_by=by.value, reason=why),
        dry_run=dry_run,
    )


def hold(ctx: typer.Context, order: Annotated[str, typer.Argument(metavar="ID")], dry_run: DryRun = False) -> None:
    """Put an order on hold: it keeps its stock and cannot ship.

    Example: ordercli order hold 0000003
    """
    from ordercli.services.orders import set_hold

    write(ctx, "order hold", lambda work: set_hold(work, order, is_on_hold=True), dry_run=dry_run)


def release(
    ctx: typer.Context, order: Annotated[str, typer.Argument(metavar="ID")], dry_run: DryRun = False
) -> None:
    """Release an order from hold.

    Example: ordercli order release 0000003
    """
    from ordercli.services.orders import set_hold

    write(ctx, "order release", lambda work: set_hold(work, order, is_on_hold=False), dry_run=dry_run)
