"""``ordercli pick``: what to take from the shelves, and what was."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, show, write
from ordercli.cli.options import DryRun, parsed, parsed_lines, reader_of
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Callable

    from ordercli.queries.picking import PickFilter
    from ordercli.queries.reader import Reader
    from ordercli.services.operations import Outcome, Work

pick_app = typer.Typer(rich_markup_mode=None, add_completion=False)


class Group(StrEnum):
    """How the list is walked."""

    SKU = "sku"
    ORDER = "order"


@pick_app.command()
def pick(
    ctx: typer.Context,
    orders: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Only these orders; else all that may ship.")
    ] = None,
    group: Annotated[
        Group, typer.Option(help="One row a product in the order of the bins, or order by order.")
    ] = Group.SKU,
    due: Annotated[
        str | None, typer.Option(metavar="DATE", help="Only orders to ship by the end of that day.")
    ] = None,
    singles: Annotated[
        bool, typer.Option("--singles-first", help="Orders with one line before the others.")
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="What the list shows was taken: it stays with its orders.")
    ] = False,
    short: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="ID SKU:QTY", help="So many units of the order were not on the shelf."),
    ] = None,
    put_back: Annotated[
        bool, typer.Option("--put-back", help="What was picked of these orders is on the shelf again.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """List what to take from the shelves, the most urgent promise first; kits as what they are made of.

    It only reads, unless --confirm, --short or --put-back is given. Pending and held orders are left out.
    Units that --confirm recorded stay with their order whatever else comes in. Units reported --short are
    backordered, the rest of the order can ship, and the product waits to be counted.

    Example: ordercli pick --group order --due today
    """
    actions: list[Callable[[Work], Outcome]] = []
    if confirm:
        actions.append(lambda work: _confirm(work, orders, due))
    if short is not None:
        actions.append(_short(short, orders))
    if put_back:
        actions.append(_put_back(orders))
    if len(actions) > 1:
        raise UsageProblem("Give one of --confirm, --short and --put-back at a time.")
    if actions:
        write(ctx, "pick", actions[0], dry_run=dry_run)
        return
    if dry_run:
        raise UsageProblem("pick only reads; --dry-run goes with --confirm, --short or --put-back.")
    from ordercli.queries.picking import pick_list

    with reader(ctx) as opened:
        show(ctx, opened, pick_list(opened, _wanted(opened, orders, due, singles=singles), by_sku=group == "sku"))


def _wanted(opened: "Reader", orders: list[str] | None, due: str | None, *, singles: bool = False) -> "PickFilter":
    from ordercli.domain.times import end_of_day, parse_day
    from ordercli.queries.picking import PickFilter, pickable_orders

    day = parsed("--due", due, lambda text: parse_day(text, today=opened.today)) if due is not None else None
    return PickFilter(
        pickable_orders(opened, orders or ()),
        None if day is None else end_of_day(day, opened.time_zone),
        singles_first=singles,
    )


def _confirm(work: "Work", orders: list[str] | None, due: str | None) -> "Outcome":
    from ordercli.queries.picking import ready_lines
    from ordercli.services.picking import confirm_picks

    opened = reader_of(work)
    return confirm_picks(work, ready_lines(opened.connection, _wanted(opened, orders, due)))


def _short(short: tuple[str, str], orders: list[str] | None) -> "Callable[[Work], Outcome]":
    from ordercli.services.picking import report_short

    if orders:
        raise UsageProblem("--short names its order itself: --short ID SKU:QTY.")
    reference, line = short
    ((sku, units),) = parsed_lines([line], "--short")
    return lambda work: report_short(work, reference, sku, units)


def _put_back(orders: list[str] | None) -> "Callable[[Work], Outcome]":
    from ordercli.services.picking import put_back

    if not orders:
        raise UsageProblem("Name the orders whose units went back on the shelf.")
    return lambda work: put_back(work, orders)
