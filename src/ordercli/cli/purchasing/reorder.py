"""``ordercli reorder``: what to buy, when and why, and what to send to Amazon."""

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


@reorder_app.command()
def reorder(
    ctx: typer.Context,
    check: Annotated[bool, typer.Option("--check", help="Exit 3 if there is something to buy.")] = False,
    sku: Annotated[str | None, typer.Option(help="Only this product, needed or not.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every product, needed or not.")] = False,
    service_level: Annotated[
        str | None, typer.Option(metavar="P", help="Such as 95%; the setting if left out.")
    ] = None,
    cover: Annotated[
        int | None, typer.Option(min=1, max=365, metavar="DAYS", help="Days of sales an order should last.")
    ] = None,
    explain: Annotated[
        str | None, typer.Option(metavar="SKU", help="Every term behind one product, with its sources.")
    ] = None,
    fba: Annotated[
        bool, typer.Option("--fba", help="What to send to Amazon from own stock, beside Amazon's advice.")
    ] = False,
) -> None:
    """What to buy now, how much, and why.

    Velocity is units ordered on an open day of the last 30. Reorder at velocity x lead time + safety stock; buy up
    to velocity x (lead time + cover) + safety stock, less what is there and arrives in time.

    Example: ordercli reorder --check --format csv
    """
    if explain is not None and (fba or check or every or sku is not None):
        raise UsageProblem("--explain is about one product and goes without --sku, --all, --check and --fba.")
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
