"""What the dashboard shows, from the reports there are: today, sales, profit, products, stock, rates, lateness."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from ordercli.domain.health.stages import LateBy
from ordercli.domain.report import Report
from ordercli.domain.reports.dashboard import (
    SPANS,
    STEPS,
    Board,
    LateRow,
    RateRow,
    SalesHistory,
    Seller,
    Sold,
    Span,
    StockPicture,
    StockRow,
    span_of,
    waiting_of,
)
from ordercli.domain.times import local
from ordercli.queries.health.late_reasons import late_reasons
from ordercli.queries.health.metrics import metrics
from ordercli.queries.health.rates import RateQuestion
from ordercli.queries.purchasing.reorder import skus_to_buy
from ordercli.queries.reader import Reader
from ordercli.queries.reports.profit import ProfitKey, profit
from ordercli.queries.reports.returns_asked import returns_asked
from ordercli.queries.reports.sales import OrdersPlaced, SalesKey, sales, top_products
from ordercli.queries.reports.today import what_waits
from ordercli.queries.stock.stock import stock_levels

_BEST = 8
"""Products that are named."""
_LATE = 5
"""Stages and carriers that are named."""
_STOCK = 9
"""Products whose stock is shown, the most urgent ones."""
_URGENCY = {"OUT": 0, "LOW": 1}

HAS_ORDERS = "SELECT EXISTS (SELECT 1 FROM sales_order)"


def board(reader: Reader, *, channel: str = "amazon", spans: Sequence[int] = SPANS) -> Board:
    """Everything the dashboard shows, as of now.

    Args:
        reader: the reading.
        channel: whose rates are shown.
        spans: lengths in days; what is before the longest and as many days before it is not looked at.
    """
    last = (date.fromisoformat(reader.today) - timedelta(days=1)).isoformat()
    history = _history(reader, last, 2 * max(spans))
    stock = _stock(_of_report(stock_levels(reader)))
    waits = [(row.section, row.how_many, bool(row.is_urgent)) for row in what_waits(reader, channel=channel)]
    return Board(
        local(reader.now, reader.time_zone).strftime("%Y-%m-%d %H:%M"),
        reader.time_zone,
        reader.currency,
        channel,
        waiting_of(waits, len(skus_to_buy(reader))),
        tuple(_with_sellers(reader, span_of(history, reader.currency, last, days)) for days in spans),
        stock,
        tuple(
            RateRow(
                rate.metric,
                rate.rate,
                rate.limit,
                rate.numerator,
                rate.denominator,
                rate.status,
                rate.headroom,
            )
            for rate in metrics(reader, RateQuestion(channel))
        ),
        _late(reader, channel),
        _steps(reader, stock),
    )


def _of_report(report: Report) -> list[dict[str, Any]]:
    names = [column.name for column in report.columns]
    return [dict(zip(names, row, strict=True)) for row in report.rows]


def _history(reader: Reader, last: str, days: int) -> SalesHistory:
    """Sales, profit and returns of each of the days up to the last one."""
    first = (date.fromisoformat(last) - timedelta(days=days - 1)).isoformat()
    wanted = OrdersPlaced(first, last)
    earned = {
        (row["currency"], row["day"]): row["profit"] for row in _of_report(profit(reader, ProfitKey.DAY, wanted))
    }
    sold: dict[str, dict[str, Sold]] = {}
    for row in _of_report(sales(reader, SalesKey.DAY, wanted)):
        key = (row["currency"], row["day"])
        sold.setdefault(row["currency"], {})[row["day"]] = Sold(
            row["sales"], earned.pop(key, 0), row["orders"], row["units"]
        )
    # Costs of orders in other currencies are the shop's, on days too on which nothing was sold in its own.
    for (code, day), amount in earned.items():
        sold.setdefault(code, {})[day] = Sold(profit=amount)
    asked = returns_asked(reader, wanted.values(reader, SalesKey.DAY.step))
    return SalesHistory(sold, {day: found.returns for day, found in asked.items()})


def _with_sellers(reader: Reader, span: Span) -> Span:
    products = {
        trend.currency: tuple(
            Seller(
                row["name"] or "",
                row["sku"],
                row["orders"],
                row["units"],
                row["sales"],
                row["units_returned"],
                row["currency"],
            )
            for row in _of_report(
                top_products(reader, OrdersPlaced(span.first, span.last, trend.currency), limit=_BEST)
            )
        )
        for trend in span.trends
    }
    places = {trend.currency: number for number, trend in enumerate(span.trends)}
    channels = [
        Seller(row["channel"], "", row["orders"], row["units"], row["sales"], 0, row["currency"])
        for row in _of_report(sales(reader, SalesKey.CHANNEL, OrdersPlaced(span.first, span.last)))
    ]
    channels.sort(key=lambda row: (places.get(row.currency, len(places)), -row.sales, row.name))
    return span._replace(
        products={code: rows for code, rows in products.items() if rows}, channels=tuple(channels)
    )


def _stock(levels: list[dict[str, Any]]) -> StockPicture:
    def urgency(row: dict[str, Any]) -> tuple[int, int, str]:
        return _URGENCY.get(row["status"], 2), int(row["available"]) - int(row["reorder_point"]), row["sku"]

    def total(*names: str) -> int:
        return sum(row[name] or 0 for row in levels for name in names)

    rows = tuple(
        StockRow(
            row["sku"],
            row["name"] or "",
            row["available"],
            row["reorder_point"],
            None if row["cover_days"] is None else float(row["cover_days"]),
            row["status"],
        )
        for row in sorted(levels, key=urgency)[:_STOCK]
    )
    low = sum(row["status"] in _URGENCY for row in levels)
    return StockPicture(
        rows,
        low,
        len(levels),
        total("stock_value"),
        total("on_hand"),
        total("inbound"),
        total("fba_on_hand", "fba_inbound"),
    )


def _late(reader: Reader, channel: str) -> dict[str, tuple[LateRow, ...]]:
    found = {}
    for by in (LateBy.STAGE, LateBy.CARRIER):
        rows = _of_report(late_reasons(reader, by, channel=channel))
        found[by.value] = tuple(
            LateRow(row[by.value], row["late_orders"], row["orders"]) for row in rows if row["late_orders"]
        )[:_LATE]
    return found


def _steps(reader: Reader, stock: StockPicture) -> tuple[str, ...]:
    """What a shop without orders has still to do."""
    if reader.rows(HAS_ORDERS).fetchone()[0]:
        return ()
    done = {"products": bool(stock.products), "stock": bool(stock.on_hand or stock.at_amazon), "orders": False}
    return tuple(step for step in STEPS if not done[step])
