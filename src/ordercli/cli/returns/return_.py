"""``ordercli return``: what comes back, what it is, what is given back for it."""

from enum import StrEnum
from typing import Annotated

import typer

from ordercli.cli.frame import CHECK_FOUND, reader, show, show_list
from ordercli.cli.options import All, Limit, closed_span
from ordercli.cli.returns.return_files import export, import_
from ordercli.cli.returns.return_money import dispose, refund, replace
from ordercli.cli.returns.return_steps import authorize, close, decline, inspect, open_, receive
from ordercli.cli.several import Rmas, show_cards
from ordercli.cli.shipping.upload_file import refund_file

return_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Returns.")
return_app.command("open")(open_)
return_app.command("authorize")(authorize)
return_app.command("decline")(decline)
return_app.command("receive")(receive)
return_app.command("inspect")(inspect)
return_app.command("refund")(refund)
return_app.command("replace")(replace)
return_app.command("close")(close)
return_app.command("refund-file")(refund_file)
return_app.command("dispose")(dispose)
return_app.command("import")(import_)
return_app.command("export")(export)


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
    limit: Limit = None,
    every: All = False,
) -> None:
    """List returns, newest first, with the day each refund is due.

    Example: ordercli return list --status received
    """
    from ordercli.queries.returns.returns import list_returns

    with reader(ctx) as opened:
        wanted = status.value if status else None
        show_list(
            ctx, opened, lambda rows: list_returns(opened, status=wanted, limit=rows), limit=limit, every=every
        )


@return_app.command("show")
def show_return(ctx: typer.Context, rmas: Rmas) -> None:
    """Show returns in full: lines, events, refunds.

    Example: ordercli return show RMA-000001
    """
    from ordercli.queries.returns.returns import return_card

    with reader(ctx) as opened:
        show_cards(ctx, opened, [return_card(opened, rma) for rma in rmas])


@return_app.command("due")
def due(
    ctx: typer.Context,
    check: Annotated[
        bool, typer.Option("--check", help="Exit 3 if anything is due or overdue, for cron.")
    ] = False,
) -> None:
    """What returns wait for: answers within 24 hours (48 are late), refunds within two business days.

    Example: ordercli return due --check
    """
    from ordercli.queries.returns.return_due import returns_due

    with reader(ctx) as opened:
        report, is_pressing = returns_due(opened)
        show(ctx, opened, report)
    if check and is_pressing:
        raise typer.Exit(CHECK_FOUND)


@return_app.command("cost")
def cost(
    ctx: typer.Context,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Asked for from that day on; a year if left out."),
    ] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="Up to that day; today.")] = None,
    limit: Limit = None,
    every: All = False,
) -> None:
    """What returns cost by product and reason, the dearest first.

    Example: ordercli return cost --since 90d
    """
    from ordercli.queries.returns.return_cost import return_cost

    with reader(ctx) as opened:
        first, last = closed_span(opened, since, until, days=366)
        show_list(
            ctx,
            opened,
            lambda rows: return_cost(opened, first=first, last=last, limit=rows),
            limit=limit,
            every=every,
        )
