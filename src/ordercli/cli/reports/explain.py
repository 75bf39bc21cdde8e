"""``ordercli explain``: where a number comes from."""

from typing import Annotated

import typer

from ordercli.cli.frame import reader, show_explanation, show_list, show_sentence
from ordercli.cli.options import All, AsOf, KnownAt, Limit, OrderId, Rate, Sku, moment_told

explain_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Where a number comes from."
)


@explain_app.command("stock")
def stock(
    ctx: typer.Context,
    sku: Sku,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """Why a product has the units on hand and available that it has, and which operations made them.

    Example: ordercli explain stock RING-7
    """
    from ordercli.queries.reports.explain import explain_stock

    with reader(ctx) as opened:
        show_explanation(ctx, opened, explain_stock(opened, sku, moment_told(opened, as_of, known_at)))


@explain_app.command("order")
def order(
    ctx: typer.Context,
    order_id: OrderId,
) -> None:
    """What the units and the total of an order are made of, and which file said each field, as of when.

    Example: ordercli explain order 0000006
    """
    from ordercli.queries.reports.order_explained import explain_order

    with reader(ctx) as opened:
        show_explanation(ctx, opened, explain_order(opened, order_id))


@explain_app.command("metric")
def metric(
    ctx: typer.Context,
    rate: Rate,
    channel: Annotated[str, typer.Option(help="Whose orders.")] = "amazon",
    limit: Limit = None,
    every: All = False,
) -> None:
    """How a rate comes about, and the orders that count in it, defects first.

    Example: ordercli explain metric cancellation_rate
    """
    from ordercli.queries.channels import require_channel
    from ordercli.queries.reports.explain import explain_metric

    with reader(ctx) as opened:
        require_channel(opened, channel)
        show_sentence(ctx, explain_metric(opened, rate, channel=channel, limit=0))
        show_list(
            ctx,
            opened,
            lambda rows: explain_metric(opened, rate, channel=channel, limit=rows).report,
            limit=limit,
            every=every,
        )
