"""What the dashboard shows, from the reports there are: sales, products, stock, rates, lateness."""

from datetime import date, timedelta
from typing import Any

from ordercli.domain.health.stages import LateBy
from ordercli.domain.money import format_amount
from ordercli.domain.report import Report
from ordercli.domain.reports.bars import Bar
from ordercli.domain.reports.dashboard import Board, Figure, Panel
from ordercli.domain.times import local
from ordercli.queries.health.late_reasons import late_reasons
from ordercli.queries.health.metrics import metrics, metrics_report
from ordercli.queries.health.rates import RateQuestion
from ordercli.queries.reader import Reader
from ordercli.queries.reports.sales import OrdersPlaced, SalesKey, sales, top_products
from ordercli.queries.stock.stock import stock_levels

DAYS = 30
_BEST = 8
_STOCK = 12
_FARTHEST = 2.0
"""Limits to the end of a rate's bar; one beyond that ends there."""
_NONE_LATE = "No order of the late shipment rate was late."
_URGENCY = {"OUT": 0, "LOW": 1}


def board(reader: Reader, *, channel: str = "amazon") -> Board:
    """Everything the dashboard shows, as of now; rates are the channel's."""
    last = date.fromisoformat(reader.today) - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    span = OrdersPlaced(first.isoformat(), last.isoformat())
    before = OrdersPlaced((first - timedelta(days=DAYS)).isoformat(), (first - timedelta(days=1)).isoformat())
    days, earlier = (_of_report(sales(reader, SalesKey.DAY, w)) for w in (span, before))
    products = _of_report(top_products(reader, span, limit=_BEST))
    levels = _of_report(stock_levels(reader))
    currencies = sorted({row["currency"] for row in days}) or [reader.currency]
    made = local(reader.now, reader.time_zone).strftime("%Y-%m-%d %H:%M")
    figures = [figure for code in currencies for figure in _figures(days, earlier, code)]
    low = sum(row["status"] in _URGENCY for row in levels)
    return Board(
        made,
        [*figures, Figure("Low in stock", str(low), f"of {len(levels)} products")],
        [
            *(_trend(days, code) for code in currencies),
            *(_best(products, code) for code in currencies),
            _stock(levels),
            _rates(_of_report(metrics_report(metrics(reader, RateQuestion(channel)))), channel),
            _late_by_stage(reader, channel),
            _late_by_carrier(reader, channel),
        ],
    )


def _of_report(report: Report) -> list[dict[str, Any]]:
    names = [column.name for column in report.columns]
    return [dict(zip(names, row, strict=True)) for row in report.rows]


def _sum(rows: list[dict[str, Any]], name: str, code: str) -> int:
    return sum(int(row[name]) for row in rows if row["currency"] == code)


def _figures(days: list[dict[str, Any]], earlier: list[dict[str, Any]], code: str) -> list[Figure]:
    def change(now: int, then: int) -> str:
        return f"{(now - then) / then:+.0%} on the 30 days before" if then else "nothing in the 30 days before"

    sold, sold_before = _sum(days, "sales", code), _sum(earlier, "sales", code)
    orders, orders_before = _sum(days, "orders", code), _sum(earlier, "orders", code)
    return [
        Figure(f"Sales, {code}", format_amount(sold, code), change(sold, sold_before)),
        Figure(f"Orders, {code}", str(orders), change(orders, orders_before)),
    ]


def _trend(days: list[dict[str, Any]], code: str) -> Panel:
    rows = [row for row in days if row["currency"] == code]
    best = max(rows, key=lambda row: int(row["sales"]), default=None)
    seen = f"The best day was {best['day']} with {format_amount(best['sales'], code)}." if best else ""
    return Panel(
        f"sales-{code}",
        f"Sales a day, {code}",
        f"Sales in {code} on each of the last {DAYS} days. {seen}".strip(),
        "days",
        [Bar(row["day"], max(row["sales"], 0), format_amount(row["sales"], code)) for row in rows],
        ("day", "orders", "units", "sales"),
        [(r["day"], str(r["orders"]), str(r["units"]), format_amount(r["sales"], code)) for r in rows],
        "No sales in the last 30 days.",
    )


def _best(products: list[dict[str, Any]], code: str) -> Panel:
    rows = [row for row in products if row["currency"] == code]
    seen = f"{rows[0]['sku']} is first with {format_amount(rows[0]['sales'], code)}." if rows else ""
    return Panel(
        f"products-{code}",
        f"Top products, {code}",
        f"The products that sold most in the last {DAYS} days, by sales in {code}. {seen}".strip(),
        "bars",
        [Bar(row["sku"], max(row["sales"], 0), format_amount(row["sales"], code)) for row in rows],
        ("SKU", "name", "units", "sales", "returned"),
        [
            (r["sku"], r["name"], str(r["units"]), format_amount(r["sales"], code), str(r["units_returned"]))
            for r in rows
        ],
        "No sales in the last 30 days.",
    )


def _stock(levels: list[dict[str, Any]]) -> Panel:
    rows = sorted(
        levels,
        key=lambda r: (
            _URGENCY.get(r["status"], 2),
            int(r["available"] or 0) - int(r["reorder_point"] or 0),
            r["sku"],
        ),
    )[:_STOCK]
    low = [row["sku"] for row in levels if row["status"] in _URGENCY]
    seen = f"At or under the reorder point: {', '.join(low[:5])}." if low else "None is at its reorder point."
    return Panel(
        "stock",
        "Stock and reorder points",
        f"Available units of the products that need it most. {seen}",
        "bars",
        [
            Bar(
                row["sku"],
                max(int(row["available"] or 0), 0),
                str(row["available"] or 0),
                "" if row["status"] == "OK" else str(row["status"]),
                None if row["reorder_point"] is None else float(row["reorder_point"]),
            )
            for row in rows
        ],
        ("SKU", "name", "available", "reorder at", "status"),
        [
            (r["sku"], r["name"], str(r["available"] or 0), str(r["reorder_point"] or 0), str(r["status"]))
            for r in rows
        ],
        "No products.",
        "reorder point",
    )


def _rates(rows: list[dict[str, Any]], channel: str) -> Panel:
    bars, table = [], []
    for row in rows:
        name, rate, limit, status = (row[key] for key in ("metric", "rate", "limit", "status"))
        shown = "no data" if rate is None else f"{rate:.2%}"
        # Limits reach from 1 % to 95 %, so each rate is drawn in parts of its own.
        part = 0.0 if rate is None or not limit else min(rate / limit, _FARTHEST)
        bars.append(Bar(_words(name), part, shown, _word(status), 1.0 if limit else None))
        told = "" if limit is None else f"{limit:.2%}"
        left = "" if row["headroom"] is None else str(row["headroom"])
        window = f"{row['window_start']} to {row['window_end']}"
        counted = f"{row['numerator']} of {row['denominator']}"
        table.append((_words(name), window, counted, shown, told, left, status))
    bad = [_words(row["metric"]) for row in rows if row["status"] in ("AT_RISK", "BREACH")]
    seen = f"At risk or over: {', '.join(bad)}." if bad else "None is at risk."
    return Panel(
        "rates",
        f"Rates and limits, {channel}",
        f"The rates {channel} is judged by, each as a part of its own limit. {seen}",
        "bars",
        bars,
        ("rate", "window", "orders", "rate now", "limit", "headroom", "status"),
        table,
        "No rates.",
        "limit",
    )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _word(status: str) -> str:
    return "" if status in ("OK", "NO_DATA") else status


def _late_by_stage(reader: Reader, channel: str) -> Panel:
    rows = _of_report(late_reasons(reader, LateBy.STAGE, channel=channel))
    worst = max(rows, key=lambda row: row["late_orders"] or 0, default=None)
    seen = f"Most often it was: {worst['stage']}." if worst else "There were none."
    return Panel(
        "late",
        "Late by stage",
        f"Late orders of the late shipment rate of {DAYS} days, by the stage that took longest. {seen}",
        "bars",
        [
            Bar(r["stage"], r["late_orders"], f"{r['late_orders']} of {sum(_late_orders(rows))}")
            for r in rows
            if r["late_orders"]
        ],
        ("stage", "late", "recorded of", "mean hours", "facts"),
        [
            (r["stage"], str(r["late_orders"] or 0), str(r["orders"]), r["mean_hours"] or "", r["facts"])
            for r in rows
        ],
        _NONE_LATE,
    )


def _late_orders(rows: list[dict[str, Any]]) -> list[int]:
    return [int(row["late_orders"] or 0) for row in rows]


def _late_by_carrier(reader: Reader, channel: str) -> Panel:
    rows = _of_report(late_reasons(reader, LateBy.CARRIER, channel=channel))
    seen = f"{sum(_late_orders(rows))} in all, most with {rows[0]['carrier']}." if rows else "There were none."
    shown = [(r["carrier"], r["late_orders"], r["orders"], r["mean_hours_late"]) for r in rows[:_BEST]]
    return Panel(
        "late-carrier",
        "Late by carrier",
        f"Late orders of the late shipment rate of {DAYS} days, by carrier. {seen}",
        "bars",
        [Bar(carrier, late, f"{late} of {orders}") for carrier, late, orders, _ in shown],
        ("carrier", "late", "orders", "mean hours late"),
        [(carrier, str(late), str(orders), hours) for carrier, late, orders, hours in shown],
        _NONE_LATE,
    )
