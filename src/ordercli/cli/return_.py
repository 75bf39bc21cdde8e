"""``ordercli return``: what comes back, what it is, what is given back for it."""

from enum import StrEnum
from typing import Annotated

import typer

from ordercli.cli.frame import reader, show, show_card
from ordercli.cli.options import All, Limit
from ordercli.cli.return_money import refund
from ordercli.cli.return_steps import Rma, authorize, close, decline, inspect, open_, receive
from ordercli.cli.upload import refund_file

return_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Returns.")
return_app.command("open")(open_)
return_app.command("authorize")(authorize)
return_app.command("decline")(decline)
return_app.command("receive")(receive)
return_app.command("inspect")(inspect)
return_app.command("refund")(refund)
return_app.command("close")(close)
return_app.command("refund-file")(refund_file)


class Status(StrEnum):
    """Statuses of a return, for ``--status``."""

    REQUESTED = "requested"
    AUTHORIZED = "authorized"
    DECLINED = "declined"
    RECEIVED = "received"
    INSPECTED = "inspected"
    REFUNDED = "refunded"
    REPLACED = "replaced"
    CLOSED = "closed"


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
