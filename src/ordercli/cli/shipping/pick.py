"""``ordercli pick``: what to take from the shelves, and what was."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import PDF
from ordercli.cli.frame import reader, settings_of, show, write
from ordercli.cli.options import DryRun, OwnReference, parsed, parsed_lines, reader_of, told_reference
from ordercli.cli.several import ORDERS
from ordercli.domain.words import count
from ordercli.errors import UsageProblem
from ordercli.render import console

if TYPE_CHECKING:
    from collections.abc import Callable

    from ordercli.domain.paper import PickPaper
    from ordercli.queries.reader import Reader
    from ordercli.queries.shipping.picking import PickFilter
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
        list[str] | None,
        typer.Argument(metavar="[ID]...", parser=ORDERS, help="Only these orders; else all that may ship."),
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
    pdf: Annotated[
        str | None, typer.Option("--pdf", metavar="FILE", parser=PDF, help="Write the list to print; - is stdout.")
    ] = None,
    reference: OwnReference = None,
    dry_run: DryRun = False,
) -> None:
    """List what to take from the shelves, the most urgent promise first; kits as what they are made of.

    It only reads, unless --confirm, --short or --put-back is given. Pending and held orders are left out.
    Units that --confirm recorded stay with their order whatever else comes in. Units reported --short are
    backordered, the rest of the order can ship, and the product waits to be counted. The same --short again is
    another one, but not under the same --reference.

    Example: ordercli pick --group order --due today
    """
    actions: list[Callable[[Work], Outcome]] = []
    if confirm:
        actions.append(lambda work: _confirm(work, orders, due))
    if short is not None:
        actions.append(_short(short, orders, told_reference(reference)))
    elif reference is not None:
        raise UsageProblem("--reference goes with --short.")
    if put_back:
        actions.append(_put_back(orders))
    if len(actions) + (pdf is not None) > 1:
        raise UsageProblem("Give one of --confirm, --short, --put-back and --pdf at a time.")
    if actions:
        write(ctx, "pick", actions[0], dry_run=dry_run)
        return
    if dry_run:
        raise UsageProblem("pick only reads; --dry-run goes with --confirm, --short or --put-back.")
    _list(ctx, orders, due, pdf, singles=singles, by_sku=group is Group.SKU)


def _list(
    ctx: typer.Context, orders: list[str] | None, due: str | None, pdf: str | None, *, singles: bool, by_sku: bool
) -> None:
    from ordercli.queries.shipping.picking import pick_list

    with reader(ctx) as opened:
        wanted = _wanted(opened, orders, due, singles=singles)
        if pdf is None:
            show(ctx, opened, pick_list(opened, wanted, by_sku=by_sku))
        else:
            from ordercli.queries.shipping.pick_paper import pick_paper

            _print(ctx, opened, pick_paper(opened, wanted, by_sku=by_sku), pdf)


def _print(ctx: typer.Context, opened: "Reader", paper: "PickPaper", file: str) -> None:
    from ordercli.cli.shipping.paper import stationery, usual_paper
    from ordercli.domain.paper import SIZES
    from ordercli.files import write_file
    from ordercli.formats.shipping.pick_pdf import pick_pdf

    write_file(file, pick_pdf(paper, SIZES[usual_paper(opened.currency)], stationery(ctx)))
    if file != "-" and not settings_of(ctx).quiet:
        console.say(f"Wrote {count(len(paper.rows), 'row')} to {file}.")


def _wanted(opened: "Reader", orders: list[str] | None, due: str | None, *, singles: bool = False) -> "PickFilter":
    from ordercli.domain.times import end_of_day, parse_day
    from ordercli.queries.shipping.picking import PickFilter, pickable_orders

    day = parsed("--due", due, lambda text: parse_day(text, today=opened.today)) if due is not None else None
    return PickFilter(
        pickable_orders(opened, orders or ()),
        None if day is None else end_of_day(day, opened.time_zone),
        singles_first=singles,
    )


def _confirm(work: "Work", orders: list[str] | None, due: str | None) -> "Outcome":
    from ordercli.queries.shipping.picking import ready_lines
    from ordercli.services.shipping.picking import confirm_picks

    opened = reader_of(work)
    return confirm_picks(work, ready_lines(opened.connection, _wanted(opened, orders, due)))


def _short(short: tuple[str, str], orders: list[str] | None, name: str | None) -> "Callable[[Work], Outcome]":
    from ordercli.services.references import once
    from ordercli.services.shipping.picking import report_short

    if orders:
        raise UsageProblem("--short names its order itself: --short ID SKU:QTY.")
    reference, line = short
    ((sku, units),) = parsed_lines([line], "--short")
    return once("pick", name, (reference, sku, units), lambda work: report_short(work, reference, sku, units))


def _put_back(orders: list[str] | None) -> "Callable[[Work], Outcome]":
    from ordercli.services.shipping.picking import put_back

    if not orders:
        raise UsageProblem("Name the orders whose units went back on the shelf.")
    return lambda work: put_back(work, orders)
