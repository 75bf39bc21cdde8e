"""What every list can be asked for: which of its columns, sorted by what, how many rows, and that under a name.

The table here says which commands are lists and what columns each can have; the options are given to them all at
once, and a test holds the table against what the commands print.
"""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any, NamedTuple

import typer
from typer.core import TyperOption

from ordercli.cli import options
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
    "product list": ("queries.catalog.products:PRODUCT_COLUMNS",),
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
    "report list": ("queries.reports.saved_reports:COLUMNS",),
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
    "backup drill": ("drill:COLUMNS",),
    "backup verify": ("keeping:PROOF_COLUMNS",),
    "privacy show": ("queries.privacy.kept:CHANNEL_COLUMNS", "queries.privacy.kept:ORDER_COLUMNS"),
    "doctor": ("queries.doctor:COLUMNS",),
    "db info": ("queries.shop:INFO_COLUMNS",),
    "config list": ("queries.settings:SETTING_COLUMNS",),
    "channel list": ("queries.channels:CHANNEL_COLUMNS",),
    "field list": ("queries.own_fields:FIELD_COLUMNS",),
    "location list": ("queries.stock.locations:LOCATION_COLUMNS",),
    "view list": ("queries.views:COLUMNS",),
    "view show": ("queries.views:COLUMNS",),
}
"""The columns of each list by the words of its command, as module and name; where a list has several kinds of
rows, or a mapping of columns by what a row is about, those of all."""

WITH_OWN = frozenset({"product list", "product show", "order list", "order show"})
"""What has columns of the shop's own fields too, which only its database knows."""

COLUMNS, SORT, VIEW = OPTIONS = ("list_columns", "list_sort", "list_view")
"""Names of the parameters that every list has."""
WHOLE = {
    "today": "its --all is about rows that it joins into one",
    "doctor": "its --all is about checks that found nothing",
    "backup verify": "its --all is about copies that are looked at",
    "pick": "what is cut off a paper to work through is not picked",
    "stock sheet": "what is cut off a paper to work through is not counted",
    "config list": "its length is that of the program, and a setting left out would look like none",
}
"""Lists that are shown to their end, by why."""
LIMIT, ALL = "list_limit", "list_all"
"""Names of the parameters of lists whose statement has no limit; others call theirs ``limit`` and ``every``."""
TABLE_ROWS = 50
"""Rows a table shows unless it is asked for more."""
COUNTED_ROWS = 1_000
"""How far a list is read on to say how many rows there are; no long list is counted to its end for that."""
_WISH = "ordercli.list_wish"
_ROWS = "ordercli.list_rows"


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
        has_limit = path in WHOLE or any(parameter.name == "limit" for parameter in command.params)
        command.params += [*([] if has_limit else limit_options()), *list_options()]
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


def limit_options() -> list[TyperOption]:
    """``--limit`` and ``--all``, as :data:`~ordercli.cli.options.Limit` has them."""
    number = typer.main.get_click_type(annotation=int, parameter_info=options.LIMIT)
    limit, every = options.LIMIT.help, options.ALL.help
    return [
        TyperOption(param_decls=["--limit", LIMIT], type=number, metavar="N", default=None, help=limit),
        TyperOption(param_decls=["--all", ALL], is_flag=True, default=False, help=every),
    ]


class _Rows(NamedTuple):
    """How many rows of a list were asked for.

    Attributes:
        limit: this many at most; None if nothing was said.
        every: all of them.
    """

    limit: int | None
    every: bool


def cut(rows: Sequence[Any], shown: int, *, is_end: bool = False) -> str:
    """What to say of a list of which so many rows are shown; nothing if that is all.

    Args:
        rows: :data:`COUNTED_ROWS` more than are shown, if there are as many.
        shown: how many are.
        is_end: whether there are none behind those read.
    """
    if len(rows) <= shown:
        return ""
    is_known = is_end or len(rows) < shown + COUNTED_ROWS
    return f"{shown} of {len(rows) if is_known else f'more than {len(rows) - 1}'}; --all shows all"


def as_many_as_wished(ctx: typer.Context, report: Report, *, is_table: bool) -> tuple[Report, str]:
    """A report with as many rows as were asked for, where its own statement does not see to that.

    Returns:
        The report, and what to say of the rows left out, if any are.
    """
    wish = ctx.meta.get(_ROWS)
    if not isinstance(wish, _Rows) or wish.every or not (wish.limit or is_table):
        return report, ""
    shown = wish.limit or TABLE_ROWS
    rows = list(islice(report.rows, shown + COUNTED_ROWS))
    return report._replace(rows=rows[:shown]), cut(rows, shown)


@contextmanager
def wished(ctx: typer.Context) -> Iterator[None]:
    """Take what a list was asked for off a command's options, for as long as it runs."""
    if ctx.params.get(VIEW) is not None:
        from ordercli.cli.views import apply_view

        apply_view(ctx)
    columns, sort, _ = (ctx.params.pop(name, None) for name in OPTIONS)
    before, rows_before = ctx.meta.get(_WISH, Wish()), ctx.meta.get(_ROWS)
    ctx.meta[_ROWS] = _Rows(ctx.params.pop(LIMIT), bool(ctx.params.pop(ALL))) if LIMIT in ctx.params else None
    ctx.meta[_WISH] = Wish(
        parsed("--columns", columns, parse_names) if columns is not None else (),
        parsed("--sort", sort, parse_names) if sort is not None else (),
    )
    try:
        yield
    finally:
        ctx.meta[_WISH], ctx.meta[_ROWS] = before, rows_before


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
