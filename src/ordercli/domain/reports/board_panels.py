"""The dashboard's lists of bars, each as a table too, and all of it as a record."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ordercli.domain.money import format_amount, symbol_amount
from ordercli.domain.paper_words import counted
from ordercli.domain.reports.bars import Bar
from ordercli.domain.reports.board_words import BoardWords, rate_text, status_text
from ordercli.domain.reports.dashboard import Board, Figure, LateRow, RateRow, SalesTrend, Seller, Span, StockRow

_DIGITS = 6
"""Decimals of a rate, as in every report that is read by programs."""

_FARTHEST = 2.0
"""Reorder points to the end of a product's bar; one beyond that ends there."""


class Panel(NamedTuple):
    """Bars below each other, with what the columns of their table are called.

    Attributes:
        key: a short name without blanks.
        headings: of the labels, the texts, and the cells; of the words too, if there are any.
        note: what is said below it; may be empty.
        currency: of what it shows, where there are several.
    """

    key: str
    title: str
    headings: Sequence[str]
    bars: Sequence[Bar]
    note: str = ""
    currency: str | None = None


def span_panels(words: BoardWords, span: Span, currency: str) -> list[Panel]:
    """What a span has besides its figures and sales: products by currency, and channels if there are several."""
    panels = [
        Panel(
            f"products-{span.days}-{code}",
            words.products if code == currency else f"{words.products}, {code}",
            (words.product, words.sales, words.units, words.returned),
            [_product(row) for row in rows],
            currency=code,
        )
        for code, rows in span.products.items()
    ]
    if len(span.channels) > 1:
        panels.append(
            Panel(
                f"channels-{span.days}",
                words.channels,
                (words.channel, words.sales, words.orders, words.units),
                _channels(span.channels),
            )
        )
    return panels


def _product(row: Seller) -> Bar:
    return Bar(
        row.name or row.sku,
        max(row.sales, 0),
        symbol_amount(row.sales, row.currency),
        detail=row.sku if row.name else "",
        cells=(f"{row.units:,}", f"{row.returned:,}"),
    )


def _channels(rows: Sequence[Seller]) -> list[Bar]:
    """Bars in parts of the longest in their own currency, since nothing is converted."""
    most: dict[str, int] = {}
    for row in rows:
        most[row.currency] = max(most.get(row.currency, 1), row.sales)
    return [
        Bar(
            row.name,
            max(row.sales, 0) / most[row.currency],
            symbol_amount(row.sales, row.currency),
            cells=(f"{row.orders:,}", f"{row.units:,}"),
        )
        for row in rows
    ]


def stock_panel(words: BoardWords, board: Board) -> Panel | None:
    """The products that need it most, if there are any."""
    if not board.stock.rows:
        return None
    headings = (words.product, words.available, words.reorder_at, words.lasts, words.status)
    bars = [_stock(words, row) for row in board.stock.rows]
    return Panel("stock", words.stock, headings, bars, words.stock_mark)


def late_panels(words: BoardWords, board: Board) -> list[Panel]:
    """What made orders late, by stage and by carrier, if any were."""
    panels = []
    titles = {"stage": (words.late_stage, words.stage), "carrier": (words.late_carrier, words.carrier)}
    for key, (title, heading) in titles.items():
        if rows := board.late.get(key):
            panels.append(Panel(f"late-{key}", title, (heading, words.late), [_late(words, row) for row in rows]))
    return panels


def _stock(words: BoardWords, row: StockRow) -> Bar:
    """A bar in parts of the product's own reorder point, so that all strokes stand below each other."""
    part = row.available / row.reorder_point if row.reorder_point else _FARTHEST * (row.available > 0)
    lasts = "" if row.cover_days is None else counted(words.day_count, round(max(row.cover_days, 0)))
    return Bar(
        row.name or row.sku,
        min(max(part, 0.0), _FARTHEST),
        f"{row.available:,}",
        status_text(words, row.status),
        1.0,
        row.sku if row.name else "",
        (f"{row.reorder_point:,}", lasts),
    )


def _late(words: BoardWords, row: LateRow) -> Bar:
    return Bar(row.name, row.late, words.late_of.format(late=f"{row.late:,}", orders=f"{row.orders:,}"))


class RateLine(NamedTuple):
    """A rate in words: its name, what it is now, its limit, its status, the room left."""

    name: str
    now: str
    limit: str
    status: str
    room: str


def rate_lines(words: BoardWords, board: Board) -> tuple[list[RateLine], str]:
    """A line for each rate that can be told, and the names of the others in a sentence, or nothing."""
    lines, unknown = [], []
    for row in board.rates:
        name = words.rates[row.metric]
        if row.rate is None and row.status == "NO_DATA":
            unknown.append(name)
            continue
        now = "" if row.rate is None else f"{row.rate:.2%}"
        limit = "" if row.limit is None else f"{row.limit:.2%}".replace(".00%", "%")
        lines.append(RateLine(name, now, limit, status_text(words, row.status), rate_text(words, row)))
    return lines, words.no_data.format(rates=", ".join(unknown)) if unknown else ""


def as_record(board: Board) -> dict[str, Any]:
    """The numbers, for JSON: amounts as text of a decimal, as in the reports."""
    return {
        "made_at": board.made_at,
        "currency": board.currency,
        "today": {waiting.key: waiting.number for waiting in board.waiting},
        "spans": [_span_record(span) for span in board.spans],
        "stock": {
            **board.stock._asdict(),
            "value": format_amount(board.stock.value, board.currency),
            "rows": [row._asdict() for row in board.stock.rows],
        },
        "rates": [_rate_record(row) for row in board.rates],
        "late": {key: [row._asdict() for row in rows] for key, rows in board.late.items()},
        "first_steps": list(board.steps),
    }


def _rate_record(row: RateRow) -> dict[str, Any]:
    told = (None if value is None else round(value, _DIGITS) for value in (row.rate, row.limit))
    return {**row._asdict(), **dict(zip(("rate", "limit"), told, strict=True))}


def _span_record(span: Span) -> dict[str, Any]:
    return {
        "days": span.days,
        "since": span.first,
        "until": span.last,
        "figures": {figure.key: _figure_record(figure) for figure in span.figures},
        "trends": [_trend_record(trend) for trend in span.trends],
        "products": [_seller_record(row, "name") for rows in span.products.values() for row in rows],
        "channels": [_seller_record(row, "channel") for row in span.channels],
    }


def _figure_record(figure: Figure) -> dict[str, Any]:
    def value(number: int | None, code: str | None) -> Any:  # noqa: ANN401 - a count, or text of an amount
        return number if code is None or number is None else format_amount(number, code)

    return {
        "now": value(figure.now, figure.currency),
        "before": value(figure.before, figure.currency),
        "currency": figure.currency,
        "others": {code: value(amount, code) for code, amount in figure.others},
    }


def _trend_record(trend: SalesTrend) -> dict[str, Any]:
    def amount(minor: int) -> str:
        return format_amount(minor, trend.currency)

    return {
        "currency": trend.currency,
        "by": trend.step.value,
        "points": [
            {
                trend.step.value: point.label,
                "sales": amount(point.sold.sales),
                "before": amount(point.before),
                "year": amount(point.year),
                "profit": amount(point.sold.profit),
                "orders": point.sold.orders,
                "units": point.sold.units,
                "returns": point.returns,
            }
            for point in trend.points
        ],
    }


def _seller_record(row: Seller, name: str) -> dict[str, Any]:
    if name == "channel":
        told: dict[str, Any] = {"channel": row.name}
    else:
        told = {"sku": row.sku, "name": row.name, "returned": row.returned}
    figures = {"orders": row.orders, "units": row.units, "sales": format_amount(row.sales, row.currency)}
    return {**told, **figures, "currency": row.currency}
