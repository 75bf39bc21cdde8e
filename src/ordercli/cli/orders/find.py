"""``ordercli find``: orders by whatever is at hand."""

from typing import Annotated

import typer

from ordercli.cli.frame import reader, show_list
from ordercli.cli.options import All, Limit
from ordercli.errors import UsageProblem

find_app = typer.Typer(rich_markup_mode=None, add_completion=False)


@find_app.command()
def find(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="Three characters or more; capitals do not matter.")],
    limit: Limit = None,
    every: All = False,
) -> None:
    """Find orders by a part of their id, a tracking number, a buyer, an e-mail address, a SKU, a tag or a return.

    Example: ordercli find "ana pop"
    """
    from ordercli.queries.orders.find import LEAST, find_orders

    wanted = text.strip()
    if len(wanted) < LEAST:
        raise UsageProblem(f"{text!r} is too short to look for; give {LEAST} characters or more.")
    with reader(ctx) as opened:
        show_list(ctx, opened, lambda rows: find_orders(opened, wanted, limit=rows), limit=limit, every=every)
