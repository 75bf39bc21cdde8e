"""Everything that a workbook is written from, out of the reports there are."""

import secrets
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from ordercli.domain.money import nearest_number
from ordercli.domain.report import Column, Report
from ordercli.domain.times import start_of_day
from ordercli.domain.workbook.rows import BestProduct, BookContent, RateBar, Trend
from ordercli.domain.workbook.sheets import DASHBOARD, INVENTORY, ORDER_FIELDS, ORDERS, PRODUCT_FIELDS
from ordercli.queries.channels import channel_names
from ordercli.queries.columns import Selected
from ordercli.queries.copies import past_of
from ordercli.queries.health.metrics import metrics, metrics_report
from ordercli.queries.health.rates import RateQuestion
from ordercli.queries.own_fields import behind, own_columns
from ordercli.queries.purchasing.purchases import list_purchases
from ordercli.queries.reader import Reader
from ordercli.queries.reports.profit import ProfitKey, profit
from ordercli.queries.reports.sales import OrdersPlaced, SalesKey, sales, top_products
from ordercli.queries.returns.returns import list_returns
from ordercli.queries.workbook.inventory_rows import stocked_products
from ordercli.queries.workbook.order_rows import DAYS, count_lines, tracked_lines, wall_clock

TREND_DAYS = 30
_BEST = 8
_CARRIERS = ("USPS", "UPS", "FedEx", "DHL", "OnTrac", "Amazon Shipping")
"""To choose from until something was shipped; any other name may be typed."""

_USED_CARRIERS = """
SELECT coalesce(carrier_name, carrier) AS name FROM shipment WHERE carrier IS NOT NULL
GROUP BY name ORDER BY count(*) DESC, name LIMIT 20"""


def book_content(
    reader: Reader,
    sheets: Collection[str],
    since: str | None,
    *,
    with_personal_data: bool,
    channel: str = "amazon",
) -> BookContent:
    """What a workbook of now holds.

    Args:
        reader: open as long as the workbook is written.
        sheets: keys of those wanted.
        since: the day from which all orders are wanted; :data:`DAYS` before today if None.
        with_personal_data: whole names and notes.
        channel: whose rates are shown.
    """
    today = date.fromisoformat(reader.today)
    first = date.fromisoformat(since) if since else today - timedelta(days=DAYS)
    start = start_of_day(first.isoformat(), reader.time_zone)
    makers: dict[str, Callable[[], Report]] = {
        "purchases": partial(list_purchases, reader, every=True),
        "returns": partial(list_returns, reader),
        "metrics": lambda: metrics_report(metrics(reader, RateQuestion(channel))),
        "profit": lambda: profit(reader, ProfitKey.SKU, OrdersPlaced(first.isoformat(), reader.today)),
    }
    own = own_sheets(reader, start)
    sheets = frozenset(sheets) - ({PRODUCT_FIELDS, ORDER_FIELDS} - own.keys())
    has_charts = DASHBOARD in sheets
    return BookContent(
        made_at=reader.now,
        made=wall_clock(reader.time_zone)(reader.now),
        since=first,
        zone=reader.time_zone,
        currency=reader.currency,
        shop=shop_mark(reader),
        with_personal_data=with_personal_data,
        sheets=sheets,
        orders=tracked_lines(reader, start, with_personal_data=with_personal_data) if ORDERS in sheets else (),
        order_count=count_lines(reader, start) if ORDERS in sheets else 0,
        inventory=lambda ordered: list(stocked_products(reader, ordered)) if INVENTORY in sheets else [],
        reports={key: make() for key, make in (makers | own).items() if key in sheets},
        trend=_trend(reader, today) if has_charts else (),
        best=_best(reader, today) if has_charts else (),
        rates=_rates(reader, channel) if has_charts else (),
        channels=channel_names(reader),
        carriers=tuple(name for (name,) in reader.rows(_USED_CARRIERS)) or _CARRIERS,
        tokens=partial(secrets.token_hex, 4),
    )


PRODUCTS = """
SELECT p.sku, p.name{own} FROM product p
WHERE p.id IN (SELECT v.product_id FROM product_field_value v) ORDER BY p.sku"""
PRODUCT_COLUMNS = (Column("sku", "key"), Column("name"))
WITH_VALUES = """
SELECT o.order_id, o.channel, o.ordered_at{own} FROM sales_order o
WHERE o.id IN (SELECT v.sales_order_id FROM order_field_value v) AND (o.ordered_at >= :since OR o.units_open > 0)
ORDER BY o.ordered_at, o.id"""
ORDER_COLUMNS = (Column("order_id", "word"), Column("channel"), Column("ordered_at", "instant"))


def own_sheets(reader: Reader, since: str) -> dict[str, Callable[[], Report]]:
    """What makes the sheets of own fields, of those subjects that have some: things with a value, and all values.

    Args:
        reader: the reading.
        since: instant from which orders are on them; open ones are however old.
    """
    products, orders = own_columns(reader, "product", "p.id"), own_columns(reader, "order", "o.id")

    def of(columns: Sequence[Column], own: Selected, sql: str) -> Callable[[], Report]:
        told = (*columns, *(column._replace(is_seldom=False) for column in own))
        return lambda: Report(
            told, reader.streamed(sql.format(own=behind(own)), {"since": since}), "No values yet."
        )

    made = {
        PRODUCT_FIELDS: (products, of(PRODUCT_COLUMNS, products, PRODUCTS)),
        ORDER_FIELDS: (orders, of(ORDER_COLUMNS, orders, WITH_VALUES)),
    }
    return {key: make for key, (own, make) in made.items() if own}


def shop_mark(reader: Reader) -> str:
    """Eight digits that tell one shop from another."""
    past = past_of(reader.connection)
    return past.mark[:8] if past else ""


def _rows(report: Report) -> list[dict[str, Any]]:
    names = [column.name for column in report.columns]
    return [dict(zip(names, row, strict=True)) for row in report.rows]


def _trend(reader: Reader, today: date) -> list[Trend]:
    """Sales of each of the last days up to yesterday, beside those of as many days before, in its currency."""
    first = today - timedelta(days=2 * TREND_DAYS)
    placed = OrdersPlaced(first.isoformat(), (today - timedelta(days=1)).isoformat(), reader.currency)
    sold = {row["day"]: row["sales"] for row in _rows(sales(reader, SalesKey.DAY, placed))}

    def on(day: date) -> float:
        return nearest_number(sold.get(day.isoformat()) or 0, reader.currency)

    days = [first + timedelta(days=TREND_DAYS + number) for number in range(TREND_DAYS)]
    return [Trend(day, on(day), on(day - timedelta(days=TREND_DAYS))) for day in days]


def _best(reader: Reader, today: date) -> list[BestProduct]:
    first, last = today - timedelta(days=TREND_DAYS), today - timedelta(days=1)
    wanted = OrdersPlaced(first.isoformat(), last.isoformat(), reader.currency)
    best = _rows(top_products(reader, wanted, limit=_BEST))
    return [BestProduct(row["sku"], nearest_number(row["sales"], reader.currency)) for row in best]


def _rates(reader: Reader, channel: str) -> list[RateBar]:
    return [RateBar(rate.metric, rate.rate, rate.limit) for rate in metrics(reader, RateQuestion(channel))]
