"""The week in review: the seven days before today beside the seven before them, from the reports there are."""

from datetime import date, timedelta
from typing import Any

from ordercli.domain.health.metrics import window_of
from ordercli.domain.money import format_amount
from ordercli.domain.report import Column, Report
from ordercli.domain.reports.review import Money, ReviewedRate, ReviewLine, Week, change, suggestions
from ordercli.domain.words import count
from ordercli.queries.health.metrics import metrics, metrics_report
from ordercli.queries.health.rates import RateQuestion, count_between, rule_named, standing_of
from ordercli.queries.purchasing.reorder import skus_to_buy
from ordercli.queries.reader import Reader
from ordercli.queries.reports.returns_asked import Asked, returns_asked
from ordercli.queries.reports.sales import OrdersPlaced, SalesKey, sales, top_products
from ordercli.queries.reports.today import SHIP_OVERDUE
from ordercli.queries.returns.return_cost import return_cost
from ordercli.queries.returns.return_due import refunds_due
from ordercli.queries.stock.stock import stock_levels

COLUMNS = (Column("kind", "word"), Column("text"), Column("command", "command"))
DAYS = 7
_WEEK = f"--since {DAYS}d --until 1d"
_COST_DAYS = 90


def review(reader: Reader, *, channel: str = "amazon") -> Report:
    """Five facts of the last seven whole days, and three suggestions, each with the command that acts."""
    first, last = window_of(reader.today, DAYS)
    earlier = window_of(reader.today, DAYS, DAYS)
    money = _sales(reader, (first, last), earlier)
    late, shipped = _lateness(reader, channel)
    facts = [
        _sales_fact(money),
        _best_fact(reader, first, last),
        _late_fact(late, shipped),
        _return_fact(reader, first, last),
        _stock_fact(reader),
    ]
    (overdue, *_) = reader.rows(SHIP_OVERDUE).fetchone()
    week = Week(
        money,
        _rates(reader, channel),
        overdue,
        late,
        shipped,
        len(refunds_due(reader)),
        tuple(skus_to_buy(reader)),
        _costliest(reader, last),
    )
    return Report(COLUMNS, [*facts, *suggestions(week)], "Nothing to review.")


def _rows(report: Report) -> list[dict[str, Any]]:
    names = [column.name for column in report.columns]
    return [dict(zip(names, row, strict=True)) for row in report.rows]


def _fact(text: str, command: str) -> ReviewLine:
    return ReviewLine("fact", text, f"ordercli {command}")


def _sales(reader: Reader, now: tuple[str, str], before: tuple[str, str]) -> tuple[Money, ...]:
    sold: dict[str, list[int]] = {}
    for place, span in enumerate((now, before)):
        for row in _rows(sales(reader, SalesKey.CHANNEL, OrdersPlaced(*span))):
            sold.setdefault(row["currency"], [0, 0])[place] += row["sales"]
    return tuple(Money(currency, *amounts) for currency, amounts in sorted(sold.items()))


def _sales_fact(money: tuple[Money, ...]) -> ReviewLine:
    told = [f"{format_amount(m.now, m.currency)} {m.currency} ({change(m.now, m.before)})" for m in money]
    text = f"Sales of the last {DAYS} days: {', '.join(told)}." if told else "No sales in two weeks."
    return _fact(text, "report sales --by week")


def _best_fact(reader: Reader, first: str, last: str) -> ReviewLine:
    best = _rows(top_products(reader, OrdersPlaced(first, last), limit=1))
    text = "Nothing was sold this week."
    if best:
        text = f"Best seller: {best[0]['sku']}, {count(best[0]['units'], 'unit')}."
    return _fact(text, f"report products {_WEEK}")


def _lateness(reader: Reader, channel: str) -> tuple[int, int]:
    """Orders of the channel's last seven days that were confirmed late, and all that were confirmed."""
    standing = standing_of(reader, RateQuestion(channel))
    found = count_between(reader, rule_named("late_shipment_rate_10d"), standing, *window_of(standing.day, DAYS))
    return found.defects, found.counted


def _late_fact(late: int, shipped: int) -> ReviewLine:
    text = f"Late: {late:,} of {count(shipped, 'order')} due this week and confirmed."
    return _fact(text, "metrics show late_shipment_rate_10d")


def _return_fact(reader: Reader, first: str, last: str) -> ReviewLine:
    (asked,) = [*returns_asked(reader, OrdersPlaced(first, last).values(reader)).values()] or [Asked()]
    text = f"Returns asked for: {asked.returns:,}, of {count(asked.units, 'unit')}."
    return _fact(text, f"return cost {_WEEK}")


def _stock_fact(reader: Reader) -> ReviewLine:
    statuses = [row["status"] for row in _rows(stock_levels(reader))]
    out, low = statuses.count("OUT"), statuses.count("LOW")
    return _fact(f"Stock: {out:,} sold out and {low:,} low of {count(len(statuses), 'product')}.", "stock --low")


def _rates(reader: Reader, channel: str) -> tuple[ReviewedRate, ...]:
    judged = _rows(metrics_report(metrics(reader, RateQuestion(channel))))
    risky = [row for row in judged if row["status"] in ("AT_RISK", "BREACH")]
    return tuple(ReviewedRate(row["metric"], row["status"] == "BREACH") for row in risky)


def _costliest(reader: Reader, last: str) -> tuple[str, str] | None:
    first = (date.fromisoformat(last) - timedelta(days=_COST_DAYS - 1)).isoformat()
    rows = _rows(return_cost(reader, first=first, last=last, limit=1))
    return (rows[0]["sku"], rows[0]["reason"]) if rows and (rows[0]["cost"] or 0) > 0 else None
