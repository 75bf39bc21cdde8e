"""``ordercli order``: orders in, looked at, changed, out."""

from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.file_options import ORDERS
from ordercli.cli.frame import reader, show_list, write
from ordercli.cli.lists import sorted_elsewhere
from ordercli.cli.options import (
    All,
    DryRun,
    Limit,
    OnlyFields,
    OwnFields,
    OwnReference,
    instants_told,
    parsed,
    told_reference,
)
from ordercli.cli.orders.order_edit import edit, note
from ordercli.cli.orders.order_import import import_
from ordercli.cli.orders.order_life import cancel, hold, release
from ordercli.cli.orders.order_options import (
    Country,
    Email,
    OnlyChannel,
    OnlyStatus,
    Phone,
    Plain,
    Since,
    SoldThrough,
    Status,
    Until,
    personal_told,
)
from ordercli.cli.returns.return_money import refund_order
from ordercli.cli.several import OrderIds, show_cards
from ordercli.cli.shipping.upload_file import cancel_file
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ordercli.queries.orders.orders import OrderFilter
    from ordercli.queries.reader import Reader
    from ordercli.services.operations import Outcome, Work
    from ordercli.services.orders.orders import NewLine, NewOrder

order_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="Take orders in, look at them, cancel."
)


class Fulfillment(StrEnum):
    """Who ships."""

    FBM = "FBM"
    FBA = "FBA"


NewLines = Annotated[
    list[str] | None, typer.Option("--line", metavar="SKU:QTY[@PRICE]", help="A line; repeatable.")
]
Street = Annotated[list[str] | None, typer.Option(help="A line of the street address; up to three, repeatable.")]
OrderedAt = Annotated[str | None, typer.Option("--at", metavar="TS", help="When it was ordered; now if left out.")]


@order_app.command("add")
def add(
    ctx: typer.Context,
    order_id: Annotated[str | None, typer.Argument(metavar="[ORDER_ID]", help="Made up if left out.")] = None,
    line: NewLines = None,
    channel: SoldThrough = None,
    customer: Annotated[str | None, typer.Option(help="The buyer's name.")] = None,
    email: Email = None,
    phone: Phone = None,
    ship_name: Annotated[str | None, typer.Option(help="The recipient, if not the buyer.")] = None,
    address: Street = None,
    city: Plain = None,
    state: Plain = None,
    postal_code: Plain = None,
    country: Country = None,
    note: Annotated[str | None, typer.Option(help="A remark of yours.")] = None,
    ordered_at: OrderedAt = None,
    ship_by: Annotated[str | None, typer.Option(metavar="DATE|TS", help="A date means to its end.")] = None,
    field: OwnFields = None,
    no_backorder: Annotated[bool, typer.Option("--no-backorder", help="Refuse it if units are missing.")] = False,
    reference: OwnReference = None,
    dry_run: DryRun = False,
) -> None:
    """Add an order by hand.

    The same ORDER_ID again changes nothing; where it has none, neither does the same --reference.

    Example: ordercli order add --line RING-7:1 --line EARR-LEAF:2@20.00 --customer "Ana Pop"
    """
    from ordercli.services.orders.orders import add_order, was_for
    from ordercli.services.references import once

    if not line:
        raise UsageProblem("An order needs at least one --line SKU:QTY.")
    number, sold_through = _order_id(order_id, channel)
    personal = personal_told(
        address,
        customer_name=customer,
        customer_email=email,
        customer_phone=phone,
        ship_name=ship_name or (customer if address else None),
        city=city,
        state=state,
        postal_code=postal_code,
        country=country,
        note=note,
    )

    def use_case(work: "Work") -> "Outcome":
        order = _new_order(work, number, sold_through, line or [], ordered_at, ship_by, personal, field or ())
        return add_order(work, order, allow_backorder=not no_backorder)

    told = (number, sold_through, line, ordered_at, ship_by, *(field or ()))
    told_once = once("order add", told_reference(reference), told, use_case, partial(was_for, personal=personal))
    write(ctx, "order add", told_once, dry_run=dry_run)


def _new_order(
    work: "Work",
    number: str | None,
    channel: str,
    lines: list[str],
    ordered_at: str | None,
    ship_by: str | None,
    personal: dict[str, str | None],
    own: "Sequence[str]",
) -> "NewOrder":
    """The order that the options tell."""
    from ordercli.domain.times import parse_instant
    from ordercli.services.orders.orders import NewOrder
    from ordercli.services.own_fields import told_values
    from ordercli.services.settings import channel_currency

    promise = _promise(work, channel, ship_by)
    currency = channel_currency(work.connection, channel, work.today)
    return NewOrder(
        number,
        channel,
        _new_lines(lines, currency),
        parsed("--at", ordered_at, parse_instant) if ordered_at else work.now,
        promise,
        currency=None if currency == work.shop.currency else currency,
        personal=personal,
        own=told_values(work, "order", own),
    )


def _order_id(told: str | None, channel: str | None) -> tuple[str | None, str]:
    """The id of an order, if it is given one, and where it was sold."""
    from ordercli.domain.fields import channel_of, parse_order_id

    sold_through = channel or channel_of(told or "")
    if told is None:
        return None, sold_through
    return parsed("ORDER_ID", told, lambda text: parse_order_id(text, channel=sold_through)), sold_through


def _new_lines(lines: list[str], currency: str) -> "list[NewLine]":
    """The lines of an order from ``SKU:QTY[@PRICE]``."""
    from ordercli.domain.fields import parse_line_option, parse_quantity
    from ordercli.domain.money import parse_amount
    from ordercli.services.orders.orders import NewLine

    wanted = []
    for text in lines:
        sku, quantity, price = parsed("--line", text, parse_line_option)
        units = parsed("--line", quantity, parse_quantity)
        told = None if price is None else parsed("--line", price, lambda amount: parse_amount(amount, currency))
        wanted.append(NewLine(sku, units, told))
    return wanted


def _promise(work: "Work", channel: str, text: str | None) -> str | None:
    """The promise of ``--ship-by``: a bare day means to its end in the channel's zone."""
    from ordercli.domain.times import day_of, parse_moment_or_day
    from ordercli.services.settings import channel_zone, require_channel

    require_channel(work.connection, channel)
    if not text:
        return None
    zone = channel_zone(work.connection, channel, work.today)
    today = day_of(work.now, zone)
    return parsed("--ship-by", text, lambda value: parse_moment_or_day(value, zone=zone, today=today))


def _filter(
    opened: "Reader",
    status: list[Status] | None,
    since: str | None,
    until: str | None,
    channel: str | None = None,
    sku: str | None = None,
    own: "Sequence[str]" = (),
) -> "OrderFilter":
    from ordercli.queries.channels import require_channel
    from ordercli.queries.lookup import require_sku
    from ordercli.queries.orders.orders import OrderFilter
    from ordercli.queries.own_fields import told_filter

    begin, end = instants_told(opened, since, until)
    if channel is not None:
        require_channel(opened, channel)
    if sku is not None:
        require_sku(opened, sku)
    return OrderFilter(
        status=tuple(word.value for word in status or ()),
        channel=channel,
        sku=sku,
        own=told_filter(opened, "order", own),
        since=begin,
        until=end,
        limit=None,
    )


@order_app.command("list")
def list_(
    ctx: typer.Context,
    status: OnlyStatus = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only orders past their ship-by.")] = False,
    new: Annotated[
        bool, typer.Option("--new", help="Only orders recorded since the last --mark; if there is none, today's.")
    ] = False,
    mark: Annotated[bool, typer.Option("--mark", help="List what is new and remember that you looked.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Only orders on hold.")] = False,
    channel: OnlyChannel = None,
    fulfillment: Annotated[Fulfillment | None, typer.Option(help="Only orders that you, or Amazon, ship.")] = None,
    sku: Annotated[str | None, typer.Option(help="Only orders with this product.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only orders with this tag.")] = None,
    field: OnlyFields = None,
    since: Since = None,
    until: Until = None,
    after: Annotated[
        str | None, typer.Option("--after", metavar="ID", help="Go on behind this order of the same list.")
    ] = None,
    limit: Limit = None,
    every: All = False,
) -> None:
    """List orders, newest first.

    Example: ordercli order list --status unshipped --overdue
    """
    from dataclasses import replace

    from ordercli.queries.orders.orders import NEWEST_FIRST, find_order, last_mark, list_orders, new_since

    sort = _sort(ctx, after)
    seen = marked = None
    if mark:
        with reader(ctx) as opened:
            seen = last_mark(opened)
        marked = _mark(ctx)
    with reader(ctx) as opened:
        wanted = replace(
            _filter(opened, status, since, until, channel, sku, field or ()),
            is_overdue=overdue,
            fulfillment=fulfillment.value if fulfillment else None,
            tag=tag,
            is_on_hold=hold,
            since_operation=new_since(opened) if new and not mark else seen,
            until_operation=marked,
            sort=sort or NEWEST_FIRST,
            after=find_order(opened, after) if after else None,
        )
        show_list(
            ctx,
            opened,
            lambda rows: list_orders(opened, replace(wanted, limit=rows)),
            limit=limit,
            every=every,
            onward=(lambda last: f", --after {last[0]} what follows") if sort else None,
        )


def _sort(ctx: typer.Context, after: str | None) -> str | None:
    """By what the statement sorts; None if the frame has to."""
    from ordercli.queries.orders.orders import NEWEST_FIRST, SORTS

    sort = sorted_elsewhere(ctx, NEWEST_FIRST, SORTS)
    if sort is None and after is not None:
        raise UsageProblem(f"--after goes with --sort by one of {', '.join(SORTS)}.")
    return sort


def _mark(ctx: typer.Context) -> int | None:
    """Record that the seller looks now; the number of that operation, None if nothing is new."""
    from ordercli.services.orders.order_mark import mark_orders

    return write(ctx, "order mark", mark_orders, dry_run=False, json_receipt=False).operation


@order_app.command("show")
def show_order(
    ctx: typer.Context,
    orders: OrderIds,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Show names, address and contact in full; that you did is logged.")
    ] = False,
) -> None:
    """Show orders in full: fields, lines, shipments, events.

    Example: ordercli order show 0000006
    """
    from ordercli.queries.orders.order_card import order_card

    if reveal:
        from ordercli.cli.privacy.shown import note_shown
        from ordercli.queries.orders.orders import find_order

        with reader(ctx) as opened:
            found = {find_order(opened, order) for order in orders}
        note_shown(ctx, "order show", len(found))
    with reader(ctx) as opened:
        show_cards(ctx, opened, [order_card(opened, order, reveal=reveal) for order in orders])


@order_app.command("export")
def export(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="[FILE]", parser=ORDERS, help="The CSV to write; - is stdout.")
    ] = "-",
    status: OnlyStatus = None,
    since: Since = None,
    until: Until = None,
    channel: OnlyChannel = None,
) -> None:
    """Export orders as CSV, one row a line, personal data included; order import reads it back.

    Example: ordercli order export orders.csv --since 2026-03-01
    """
    from ordercli.cli.outgoing import export_csv
    from ordercli.queries.orders.orders import export_orders

    with reader(ctx) as opened:
        wanted = _filter(opened, status, since, until, channel)
        export_csv(ctx, export_orders(opened, wanted), file, opened.currency)


order_app.command("import")(import_)
order_app.command("hold")(hold)
order_app.command("release")(release)
order_app.command("cancel")(cancel)
order_app.command("refund")(refund_order)
order_app.command("edit")(edit)
order_app.command("note")(note)
order_app.command("cancel-file")(cancel_file)
