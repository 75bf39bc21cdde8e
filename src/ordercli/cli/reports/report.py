"""``ordercli report``: what was sold, to whom in numbers, and what tax was charged."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ordercli.cli.frame import reader, settings_of, show, show_list
from ordercli.cli.options import All, AsOf, KnownAt, Limit, closed_span, moment_told, parsed
from ordercli.cli.reports import saved
from ordercli.cli.reports.aging import aging
from ordercli.cli.reports.chart import Chart, shown_as
from ordercli.errors import UsageProblem

if TYPE_CHECKING:
    from ordercli.queries.reader import Reader
    from ordercli.queries.reports.sales import OrdersPlaced

report_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, add_completion=False, help="What was sold and earned."
)
report_app.command("aging")(aging)

Since = Annotated[str | None, typer.Option("--since", metavar="DATE", help="Orders placed on this day or later.")]
Until = Annotated[str | None, typer.Option("--until", metavar="DATE", help="And not after this day; today.")]
Currency = Annotated[
    str | None, typer.Option("--currency", metavar="CODE", help="Only orders in this currency; all, a row each.")
]

_MONTH, _QUARTER, _YEAR = 30, 84, 365
"""Days that a report goes back if it is not told."""
_USUAL_DAYS = {"week": _QUARTER, "month": _YEAR}


class SalesBy(StrEnum):
    """What a row of the sales is about."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    PRODUCT = "product"
    CHANNEL = "channel"
    STATE = "state"


class ProfitBy(StrEnum):
    """What a row of the profit is about."""

    ORDER = "order"
    SKU = "sku"
    CHANNEL = "channel"
    FULFILLMENT = "fulfillment"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Place(StrEnum):
    """How finely places are told apart."""

    STATE = "state"
    COUNTRY = "country"


def wanted_orders(
    opened: "Reader",
    since: str | None,
    until: str | None,
    currency: str | None,
    *,
    days: int,
    as_of: str | None = None,
    known_at: str | None = None,
) -> "OrdersPlaced":
    """The orders a report is about.

    Args:
        opened: the reading.
        since: the option as told, like those below.
        until: the same.
        currency: the same.
        days: how many to take if ``since`` is not told.
        as_of: the option as told.
        known_at: the same.

    Raises:
        UsageProblem: naming the option that is none.
    """
    from ordercli.domain.money import parse_currency
    from ordercli.domain.times import day_of
    from ordercli.queries.reports.sales import OrdersPlaced

    moment = moment_told(opened, as_of, known_at)
    present = opened.today if moment is None else min(opened.today, day_of(moment.as_of, opened.time_zone))
    first, last = closed_span(opened, since, until, days=days, present=present)
    code = parsed("--currency", currency, parse_currency) if currency else None
    return OrdersPlaced(first, last, code, moment)


@report_app.command("sales")
def sales(
    ctx: typer.Context,
    by: Annotated[SalesBy, typer.Option("--by", help="What a row is about.")] = SalesBy.DAY,
    since: Since = None,
    until: Until = None,
    currency: Currency = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    chart: Chart = False,
) -> None:
    """Orders, units and amounts by day, week, month, product, channel or state.

    An order counts on the day it was placed, less what was canceled. Without --since: the last 30 days, 12 weeks
    or 12 months.

    Example: ordercli report sales --by week --format csv
    """
    from ordercli.queries.reports.sales import SalesKey
    from ordercli.queries.reports.sales import sales as sales_report

    keys = ("country", "state") if by is SalesBy.STATE else ("sku",) if by is SalesBy.PRODUCT else (by.value,)
    with reader(ctx) as opened:
        wanted = wanted_orders(
            opened, since, until, currency, days=_USUAL_DAYS.get(by.value, _MONTH), as_of=as_of, known_at=known_at
        )
        write_rows = shown_as(ctx, keys, "sales", chart=chart)
        write_rows(ctx, opened, sales_report(opened, SalesKey(by.value), wanted))


@report_app.command("products")
def products(
    ctx: typer.Context,
    since: Since = None,
    until: Until = None,
    currency: Currency = None,
    limit: Limit = None,
    every: All = False,
) -> None:
    """The products that sold most in the last 30 days: units, sales, share, what came back.

    Example: ordercli report products --since 90d --limit 10
    """
    from ordercli.queries.reports.sales import top_products

    with reader(ctx) as opened:
        wanted = wanted_orders(opened, since, until, currency, days=_MONTH)
        show_list(ctx, opened, lambda rows: top_products(opened, wanted, limit=rows), limit=limit, every=every)


@report_app.command("tax")
def tax(
    ctx: typer.Context,
    by: Annotated[Place, typer.Option("--by", help="A row a state, or a row a country.")] = Place.STATE,
    since: Since = None,
    until: Until = None,
    currency: Currency = None,
) -> None:
    """Tax that buyers were charged in the last 12 months, by where the orders went.

    Channels stay apart, because a marketplace pays the tax of many states itself.

    Example: ordercli report tax --since 2026-01-01 --until 2026-03-31
    """
    from ordercli.queries.reports.sales import taxes

    with reader(ctx) as opened:
        wanted = wanted_orders(opened, since, until, currency, days=_YEAR)
        show(ctx, opened, taxes(opened, wanted, by_state=by is Place.STATE))


@report_app.command("buyers")
def buyers(ctx: typer.Context, since: Since = None, until: Until = None, currency: Currency = None) -> None:
    """How many buyers ordered in the last 12 months, and how many more than once; nobody is named.

    Example: ordercli report buyers --since 2026-01-01
    """
    from ordercli.queries.reports.sales import buyers as buyers_report

    with reader(ctx) as opened:
        show(ctx, opened, buyers_report(opened, wanted_orders(opened, since, until, currency, days=_YEAR)))


@report_app.command("profit")
def profit(
    ctx: typer.Context,
    by: Annotated[
        ProfitBy,
        typer.Option("--by", help="What a row is about; fulfillment is a row each of FBM and FBA of a SKU."),
    ] = ProfitBy.ORDER,
    since: Since = None,
    until: Until = None,
    currency: Currency = None,
    advertising: Annotated[
        str | None, typer.Option(metavar="X", help="What was spent on it, shared by sales.")
    ] = None,
    limit: Limit = None,
    every: All = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    chart: Chart = False,
) -> None:
    """What is left of the last 30 days' orders after refunds, fees, labels and goods.

    Only what was shipped counts. Fees are those a settlement charged, else what the settings expect. The total is
    that of all rows, also of those left out.

    Example: ordercli report profit --by sku --since 2026-03-01
    """
    from ordercli.domain.money import parse_amount
    from ordercli.queries.reports.profit import ProfitKey
    from ordercli.queries.reports.profit import profit as profit_report

    is_table = settings_of(ctx).output_format == "table"
    keys = {ProfitBy.ORDER: ("order_id",), ProfitBy.FULFILLMENT: ("sku", "fulfillment")}.get(by, (by.value,))
    with reader(ctx) as opened:
        wanted = wanted_orders(
            opened, since, until, currency, days=_USUAL_DAYS.get(by.value, _MONTH), as_of=as_of, known_at=known_at
        )
        spent = (
            parsed("--advertising", advertising, lambda text: parse_amount(text, opened.currency))
            if advertising
            else 0
        )
        show_list(
            ctx,
            opened,
            lambda rows: profit_report(
                opened, ProfitKey(by.value), wanted, advertising=spent, limit=rows, with_total=is_table
            ),
            limit=limit,
            every=every,
            shown_by=shown_as(ctx, keys, "profit", chart=chart),
        )


@report_app.command("fees")
def fees(
    ctx: typer.Context,
    since: Since = None,
    until: Until = None,
    currency: Currency = None,
    differences: Annotated[
        bool, typer.Option("--differences", help="Only where more or less was charged.")
    ] = False,
    limit: Limit = None,
    every: All = False,
) -> None:
    """The fees that settlements charged for the last 12 weeks' orders, beside what the settings expect.

    Example: ordercli report fees --differences
    """
    from ordercli.queries.reports.charges import charges

    with reader(ctx) as opened:
        wanted = wanted_orders(opened, since, until, currency, days=_QUARTER)
        show_list(
            ctx,
            opened,
            lambda rows: charges(opened, wanted, only_differences=differences, limit=rows),
            limit=limit,
            every=every,
        )


@report_app.command("settlement")
def settlement(
    ctx: typer.Context,
    number: Annotated[
        str | None, typer.Argument(metavar="[SETTLEMENT]", help="One of them, by the channel's codes.")
    ] = None,
    currency: Currency = None,
) -> None:
    """What was paid out: every settlement summed up, or one by the channel's codes.

    Codes that are not known here add up under "other".

    Example: ordercli report settlement 28471003921
    """
    from ordercli.domain.money import parse_currency
    from ordercli.queries.reports.settlement import breakdown, settlements

    if number is not None and currency is not None:
        raise UsageProblem("A settlement has one currency; leave out --currency.")
    code = parsed("--currency", currency, parse_currency) if currency else None
    with reader(ctx) as opened:
        if number is not None:
            show(ctx, opened, breakdown(opened, number))
        else:
            show(ctx, opened, settlements(opened, currency=code))


report_app.command("list")(saved.list_)
report_app.command("save")(saved.save)
report_app.command("run")(saved.run)
report_app.command("remove")(saved.remove)
