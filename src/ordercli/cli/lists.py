"""What every list can be asked for: which of its columns, sorted by what, and both under the name of a saved view.

The table here says which commands are lists and what columns each can have; the options are given to them all at
once, and a test holds the table against what the commands print.
"""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperOption

from ordercli.cli.options import parsed
from ordercli.domain.arranging import Wish, check_names, chosen, parse_names, sorted_report
from ordercli.domain.fields import FieldError
from ordercli.domain.report import Report
from ordercli.errors import UnknownColumn

LISTS: dict[str, tuple[str, ...]] = {
    "today": ("queries.reports.today:COLUMNS",),
    "find": ("queries.orders.find:COLUMNS",),
    "order list": ("queries.orders.orders:LIST_COLUMNS",),
    "pick": ("queries.shipping.picking:SKU_COLUMNS", "queries.shipping.picking:ORDER_COLUMNS"),
    "shipment list": ("queries.shipping.shipments:COLUMNS",),
    "shipment track": ("queries.shipping.shipments:TRACK_COLUMNS",),
    "return list": ("queries.returns.returns:LIST_COLUMNS",),
    "return due": ("queries.returns.return_due:COLUMNS",),
    "return cost": ("queries.returns.return_cost:COLUMNS",),
    "stock": ("queries.stock.stock:LEVEL_COLUMNS", "queries.stock.stock:PLACE_COLUMNS"),
    "stock sheet": ("queries.stock.counts:SHEET_COLUMNS",),
    "stock value": ("queries.stock.stock:VALUE_COLUMNS",),
    "stock history": ("queries.stock.stock:HISTORY_COLUMNS",),
    "stock fba list": ("queries.fba.fba:COLUMNS",),
    "product list": ("queries.lists:PRODUCT_COLUMNS",),
    "listing list": ("queries.catalog.listings:LISTING_COLUMNS",),
    "reorder": (
        "queries.purchasing.reorder:COLUMNS",
        "queries.purchasing.fba_plan:COLUMNS",
        "queries.purchasing.reorder_explain:COLUMNS",
    ),
    "reorder simulate": ("queries.purchasing.simulate:COLUMNS",),
    "purchase list": ("queries.purchasing.purchases:COLUMNS", "queries.purchasing.purchases:INBOUND_COLUMNS"),
    "supplier list": ("queries.catalog.suppliers:COLUMNS",),
    "metrics": ("queries.health.metrics:COLUMNS",),
    "metrics show": ("queries.health.metrics:SHOW_COLUMNS",),
    "metrics what-if": ("queries.health.what_if:COLUMNS",),
    "metrics forecast": ("queries.health.forecast:COLUMNS",),
    "metrics compare": ("queries.health.compare:COLUMNS",),
    "metrics amazon": ("queries.health.performance:COLUMNS",),
    "metrics why late": ("queries.health.late_reasons:COLUMNS",),
    "metrics feedback list": ("queries.health.remarks:FEEDBACK_COLUMNS",),
    "metrics claim list": ("queries.health.remarks:CLAIM_COLUMNS",),
    "improve list": ("queries.health.improvements:COLUMNS",),
    "report aging": ("queries.reports.aging:COLUMNS",),
    "report sales": ("queries.reports.sales:COLUMNS",),
    "report products": ("queries.reports.sales:PRODUCT_COLUMNS",),
    "report tax": ("queries.reports.sales:TAX_COLUMNS",),
    "report buyers": ("queries.reports.sales:BUYER_COLUMNS",),
    "report profit": ("queries.reports.profit:COLUMNS",),
    "report fees": ("queries.reports.charges:FEE_COLUMNS",),
    "report settlement": (
        "queries.reports.settlement:LIST_COLUMNS",
        "queries.reports.settlement:BREAKDOWN_COLUMNS",
    ),
    "review": ("queries.reports.review:COLUMNS",),
    "explain stock": ("queries.reports.explain:STOCK_COLUMNS",),
    "explain order": ("queries.reports.order_explained:COLUMNS",),
    "explain metric": ("queries.health.metrics:SHOW_COLUMNS",),
    "message plan": ("queries.messages.message_plan:PLAN_COLUMNS",),
    "message list": ("queries.messages.messages:LOG_COLUMNS",),
    "message inbox": ("queries.messages.messages:INBOX_COLUMNS",),
    "template list": ("cli.messages.template:KIND_COLUMNS",),
    "template fields": ("cli.messages.template:FIELD_COLUMNS",),
    "template lint": ("cli.messages.template:FINDING_COLUMNS",),
    "log": ("queries.journal:OPERATION_COLUMNS",),
    "log show": ("queries.journal:CHANGE_COLUMNS",),
    "backup list": ("keeping:COLUMNS",),
    "backup verify": ("keeping:PROOF_COLUMNS",),
    "doctor": ("queries.doctor:COLUMNS",),
    "db info": ("queries.lists:INFO_COLUMNS",),
    "config list": ("queries.lists:SETTING_COLUMNS",),
    "channel list": ("queries.lists:CHANNEL_COLUMNS",),
    "location list": ("queries.lists:LOCATION_COLUMNS",),
    "view list": ("queries.views:COLUMNS",),
    "view show": ("queries.views:COLUMNS",),
}
"""The columns of each list by the words of its command, as module and name; where a list has several kinds of
rows, or a mapping of columns by what a row is about, those of all."""

COLUMNS, SORT, VIEW = OPTIONS = ("list_columns", "list_sort", "list_view")
"""Names of the parameters that every list has."""
_WISH = "ordercli.list_wish"


def columns_of(path: str) -> list[str]:
    """Names of the columns that a list can have, each once; those of a command that is none are none."""
    names: dict[str, None] = {}
    for told in LISTS.get(path, ()):
        module, _, name = told.partition(":")
        found = getattr(importlib.import_module(f"ordercli.{module}"), name)
        for columns in found.values() if isinstance(found, Mapping) else (found,):
            names.update(dict.fromkeys(column.name for column in columns))
    return list(names)


def add_list_options(command: Any, path: str) -> None:  # noqa: ANN401 - a group or a command
    """Give the lists among a command and all below it the options that every list has.

    Args:
        command: what they are added to.
        path: the words of its name, without ``ordercli``.
    """
    if path in LISTS:
        command.params += list_options()
    for name, below in getattr(command, "commands", {}).items():
        add_list_options(below, f"{path} {name}")


def list_options() -> list[TyperOption]:
    """``--columns``, ``--sort`` and ``--view``."""
    told = (
        ("--columns", "A,B", "Only these columns, in this order."),
        ("--sort", "A,-B", "What to sort by; with - the greatest first."),
        ("--view", "NAME", "As saved with view save; what is told beside it overrules it."),
    )
    return [
        TyperOption(param_decls=[name, key], metavar=metavar, default=None, help=text)
        for key, (name, metavar, text) in zip(OPTIONS, told, strict=True)
    ]


@contextmanager
def wished(ctx: typer.Context) -> Iterator[None]:
    """Take what a list was asked for off a command's options, for as long as it runs."""
    if ctx.params.get(VIEW) is not None:
        from ordercli.cli.views import apply_view

        apply_view(ctx)
    columns, sort, _ = (ctx.params.pop(name, None) for name in OPTIONS)
    before = ctx.meta.get(_WISH, Wish())
    ctx.meta[_WISH] = Wish(
        parsed("--columns", columns, parse_names) if columns is not None else (),
        parsed("--sort", sort, parse_names) if sort is not None else (),
    )
    try:
        yield
    finally:
        ctx.meta[_WISH] = before


def wish_of(ctx: typer.Context) -> Wish:
    """What the list that runs was asked for."""
    found = ctx.meta.get(_WISH)
    return found if isinstance(found, Wish) else Wish()


def arranged(ctx: typer.Context, report: Report, currency: str) -> Report:
    """A report as it was asked for.

    Raises:
        UnknownColumn: for a column that it has not.
    """
    check_wish(ctx, report)
    wish = wish_of(ctx)
    return chosen(sorted_report(report, wish.sort, currency), wish.columns)


def check_wish(ctx: typer.Context, report: Report) -> None:
    """See to it that a report has the columns that were asked for, before anything of it is shown.

    Raises:
        UnknownColumn: with the nearest, and all.
    """
    wish, known = wish_of(ctx), [column.name for column in report.columns]
    require_columns("--columns", wish.columns, known)
    require_columns("--sort", wish.sort, known)


def require_columns(option: str, names: Sequence[str], known: Sequence[str]) -> None:
    """See to it that a list has the columns that an option names.

    Raises:
        UnknownColumn: with the nearest, and all.
    """
    try:
        check_names(names, known)
    except FieldError as error:
        raise UnknownColumn(f"{option}: {error}.") from error


def sorted_elsewhere(ctx: typer.Context, usual: str, sorts: Mapping[str, object]) -> str | None:
    """The one column that a list was asked to be sorted by, if its statement can; the frame then leaves it so.

    Args:
        ctx: the command's context.
        usual: how the statement sorts if nothing was asked for.
        sorts: names of columns that it can sort by.

    Returns:
        The name, with ``-`` for the other way round; None if the statement cannot.
    """
    wish = wish_of(ctx)
    if not wish.sort:
        return usual
    if len(wish.sort) > 1 or wish.sort[0].removeprefix("-") not in sorts:
        return None
    ctx.meta[_WISH] = wish._replace(sort=())
    return wish.sort[0]
