"""``ordercli reorder``: what to buy, when and why, what to send to Amazon, and what other settings would do."""

from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import CHECK_FOUND, reader, show, show_explanation
from ordercli.cli.options import parsed
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.domain.report import Report
    from ordercli.domain.standing import Wishes
    from ordercli.queries.reader import Reader

reorder_app = typer.Typer(rich_markup_mode=None, add_completion=False)
ServiceLevel = Annotated[str | None, typer.Option(metavar="P", help="Such as 95%; the setting if left out.")]
Cover = Annotated[
    int | None, typer.Option(min=1, max=365, metavar="DAYS", help="Days of sales an order should last.")
]


@reorder_app.callback(invoke_without_command=True)
def reorder(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if there is something to buy.")] = False,
    sku: Annotated[str | None, typer.Option(help="Only this product, needed or not.")] = None,
    every: Annotated[bool, typer.Option("--every-product", help="Every product, needed or not.")] = False,
    service_level: ServiceLevel = None,
    cover: Cover = None,
    explain: Annotated[
        str | None, typer.Option(metavar="SKU", help="Every term behind one product, with its sources.")
    ] = None,
    fba: Annotated[
        bool, typer.Option("--fba", help="What to send to Amazon from own stock, beside Amazon's advice.")
    ] = False,
) -> None:
    """What to buy now, how much, and why; with ``simulate``: what other settings would have done.

    Velocity is units ordered on an open day of the last 30. Reorder at velocity x lead time + safety stock; buy up
    to velocity x (lead time + cover) + safety stock, less what is there and arrives in time.

    Example: ordercli reorder --check --format csv
    """
    if ctx.invoked_subcommand is not None:
        return
    if explain is not None and (fba or check or every or sku is not None):
        raise UsageProblem(
            "--explain is about one product and goes without --sku, --every-product, --check and --fba."
        )
    wishes = _wishes(service_level, cover)
    with reader(ctx) as opened:
        if explain is not None:
            from ordercli.queries.purchasing.reorder_explain import explain_reorder

            show_explanation(ctx, opened, explain_reorder(opened, wishes, explain))
            return
        report = _report(opened, wishes, sku, every=every, fba=fba)
        show(ctx, opened, report)
        if check and _is_action(report):
            raise typer.Exit(CHECK_FOUND)


@reorder_app.command("simulate")
def simulate(
    ctx: typer.Context,
    sku: Annotated[str | None, typer.Option(help="Only this product.")] = None,
    service_level: ServiceLevel = None,
    cover: Cover = None,
    lead_time: Annotated[
        int | None, typer.Option(min=0, max=365, metavar="DAYS", help="Days from order to receipt.")
    ] = None,
    computed: Annotated[
        bool, typer.Option("--computed", help="As if no product had a reorder point of its own.")
    ] = False,
    each: Annotated[bool, typer.Option("--each", help="A row a product instead of one for all.")] = False,
) -> None:
    """What the last year would have missed and cost by the settings, and by others.

    The orders of the last 365 days are played through day by day: each week the advice of ``reorder`` is
    followed, deliveries come in time, and a unit that is not there when it is wanted is missed. Without an option,
    some usual settings are played beside yours. The first 30 days of a product do not count, and it needs 60.

    A reorder point of a product's own decides when it is bought, whatever the service level; --computed leaves it
    out.

    Example: ordercli reorder simulate --service-level 98% --cover 45
    """
    wishes = _wishes(service_level, cover)._replace(lead_time_days=lead_time, only_computed=computed)
    with reader(ctx) as opened:
        from ordercli.queries.purchasing.simulate import simulate as play_through

        show(ctx, opened, play_through(opened, wishes, sku=sku, each=each))


def _wishes(level: str | None, cover: int | None) -> "Wishes":
    from ordercli.domain.percent import parse_service_level
    from ordercli.domain.standing import Wishes

    return Wishes(parsed("--service-level", level, parse_service_level) if level is not None else None, cover)


def _report(opened: "Reader", wishes: "Wishes", sku: str | None, *, every: bool, fba: bool) -> "Report":
    from ordercli.queries.purchasing.fba_plan import plan_fba
    from ordercli.queries.purchasing.reorder import reorder as plan_purchases

    return (plan_fba if fba else plan_purchases)(opened, wishes, sku=sku, every=every)


def _is_action(report: "Report") -> bool:
    """Whether a row has something to buy or to send."""
    named = ("suggested_quantity", "send_quantity", "buy_quantity")
    places = [place for place, column in enumerate(report.columns) if column.name in named]
    return any(row[place] for row in report.rows for place in places)
