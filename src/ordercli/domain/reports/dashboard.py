"""What a dashboard shows, as numbers; ``board_words.py`` has the words, ``render/`` draws them.

A span of days ends yesterday, for today is not over. It stands beside as many days before it, and beside the same
days 52 weeks ago, so that a Monday is compared with a Monday.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ordercli.domain.periods import Step, label_of
from ordercli.domain.shares import share

SPANS = (30, 90, 365)
"""Lengths in days."""
YEAR = 364
"""Days back to the same weekday a year ago."""
_BY_DAY = 90
"""The longest span that is drawn by day; longer ones are by week."""

WAITING = {
    "ship": ("to ship today", "to ship tomorrow", "to ship later", "to ship, no date"),
    "overdue": ("overdue",),
    "answer": ("to answer", "questions"),
    "refund": ("to refund",),
    "buy": (),
    "discrepancies": ("canceled, but left", "to count"),
}
"""The first row, each with the sections of ``today`` that it adds up; what is bought is told by ``reorder``."""

STEPS = ("products", "stock", "orders")
"""What a shop begins with, in this order."""


class Sold(NamedTuple):
    """Sums of one currency over some days; amounts in its minor units."""

    sales: int = 0
    profit: int = 0
    orders: int = 0
    units: int = 0


class SalesHistory(NamedTuple):
    """What happened on each day that something did.

    Attributes:
        sold: by currency, then by day.
        returns: how many were asked for, by day.
    """

    sold: Mapping[str, Mapping[str, Sold]]
    returns: Mapping[str, int]


class TodayTile(NamedTuple):
    """One thing of today.

    Attributes:
        key: of :data:`WAITING`.
        parts: the sections of ``today`` that are not empty, with how many each has.
    """

    key: str
    number: int
    is_urgent: bool
    parts: tuple[tuple[str, int], ...] = ()


class Figure(NamedTuple):
    """A number of a span beside the one of the span before.

    Attributes:
        key: ``sales``, ``profit``, ``orders``, ``units``, ``average_order`` or ``returns``.
        currency: of an amount; None of a count.
        now, before: minor units or a count; None of an average of nothing.
        line: the same for each point of the span.
        others: the amount in each other currency there is.
    """

    key: str
    currency: str | None
    now: int | None
    before: int | None
    line: tuple[int, ...]
    others: tuple[tuple[str, int | None], ...] = ()


class Point(NamedTuple):
    """A day or an ISO week of a span, as much of it as lies in the span.

    Attributes:
        before, year: sales of the same days a span before, and 52 weeks before.
    """

    label: str
    first: str
    last: str
    sold: Sold
    returns: int
    before: int
    year: int


class SalesTrend(NamedTuple):
    """The points of a span in one currency."""

    currency: str
    step: Step
    points: tuple[Point, ...]


class Seller(NamedTuple):
    """What sold: a product or a channel; ``sales`` in minor units of ``currency``."""

    name: str
    sku: str
    orders: int
    units: int
    sales: int
    returned: int
    currency: str


class Span(NamedTuple):
    """Some days up to yesterday.

    Attributes:
        products: those that sold most, most first, by currency.
        channels: all that sold, most first within a currency.
    """

    days: int
    first: str
    last: str
    figures: tuple[Figure, ...]
    trends: tuple[SalesTrend, ...]
    products: Mapping[str, tuple[Seller, ...]] = {}
    channels: tuple[Seller, ...] = ()


class StockRow(NamedTuple):
    """A product as ``stock`` shows it."""

    sku: str
    name: str
    available: int
    reorder_point: int
    cover_days: float | None
    status: str


class StockPicture(NamedTuple):
    """All of the stock.

    Attributes:
        rows: the products that need it most.
        low, products: how many are low, of how many.
        value: of sellable stock on hand at cost, in the shop's minor units.
        on_hand, inbound, at_amazon: units.
    """

    rows: tuple[StockRow, ...] = ()
    low: int = 0
    products: int = 0
    value: int = 0
    on_hand: int = 0
    inbound: int = 0
    at_amazon: int = 0


class RateRow(NamedTuple):
    """A rate as ``metrics`` shows it."""

    metric: str
    rate: float | None
    limit: float | None
    numerator: int
    denominator: int
    status: str
    headroom: int | None


class LateRow(NamedTuple):
    """Late orders of a stage or a carrier, of so many orders."""

    name: str
    late: int
    orders: int


class Board(NamedTuple):
    """All of it.

    Attributes:
        made_at: when, in the shop's zone.
        zone: whose days are meant.
        currency: the shop's.
        channel: whose rates are shown.
        late: by ``stage`` and by ``carrier``, those of the late shipment rate.
        steps: of :data:`STEPS` what a shop without orders has still to do; empty of any other.
    """

    made_at: str
    zone: str
    currency: str
    channel: str
    waiting: tuple[TodayTile, ...]
    spans: tuple[Span, ...]
    stock: StockPicture
    rates: tuple[RateRow, ...]
    late: Mapping[str, tuple[LateRow, ...]]
    steps: tuple[str, ...] = ()


def days_in(point: Point) -> int:
    """How many days of the span a point has."""
    return (date.fromisoformat(point.last) - date.fromisoformat(point.first)).days + 1


def waiting_of(today: Iterable[tuple[str, int, bool]], to_buy: int) -> tuple[TodayTile, ...]:
    """The first row.

    Args:
        today: the sections of ``today``: name, how many, whether that is urgent.
        to_buy: how many products are to be bought.
    """
    rows = {section: (number, is_urgent) for section, number, is_urgent in today}

    def waiting(key: str, sections: Sequence[str]) -> TodayTile:
        parts = tuple((section, rows[section][0]) for section in sections if section in rows)
        number = to_buy if key == "buy" else sum(number for _, number in parts)
        return TodayTile(key, number, any(rows[section][1] for section, _ in parts), parts)

    return tuple(waiting(key, sections) for key, sections in WAITING.items())


def span_of(history: SalesHistory, currency: str, last: str, days: int) -> Span:
    """The figures of the ``days`` up to ``last``; amounts in the shop's currency, others beside it."""
    every = _days(last, days)
    before = _days(_back(every[0], 1), days)
    step = Step.DAY if days <= _BY_DAY else Step.WEEK
    codes = sorted(history.sold, key=lambda code: (code != currency, code))
    trends = tuple(
        SalesTrend(code, step, _points(history, code, every, step))
        for code in codes
        if code == currency or any(history.sold[code].get(day, _NONE).orders for day in every)
    )
    return Span(days, every[0], last, tuple(_figures(history, currency, every, before, trends)), trends)


_NONE = Sold()


def _back(day: str, days: int) -> str:
    return (date.fromisoformat(day) - timedelta(days=days)).isoformat()


def _days(last: str, days: int) -> list[str]:
    return [_back(last, number) for number in reversed(range(days))]


def _sum(history: SalesHistory, code: str, days: Sequence[str]) -> Sold:
    sold = history.sold.get(code, {})
    rows = [sold.get(day, _NONE) for day in days]
    return Sold(*map(sum, zip(*rows, strict=True)))


def _points(history: SalesHistory, code: str, days: Sequence[str], step: Step) -> tuple[Point, ...]:
    groups: dict[str, list[str]] = {}
    for day in days:
        groups.setdefault(label_of(date.fromisoformat(day), step), []).append(day)
    return tuple(
        Point(
            label,
            group[0],
            group[-1],
            _sum(history, code, group),
            sum(history.returns.get(day, 0) for day in group),
            _sum(history, code, [_back(day, len(days)) for day in group]).sales,
            _sum(history, code, [_back(day, YEAR) for day in group]).sales,
        )
        for label, group in groups.items()
    )


def _average(sold: Sold) -> int | None:
    return share(sold.sales, 1, sold.orders) if sold.orders else None


def _figures(
    history: SalesHistory, currency: str, now: Sequence[str], before: Sequence[str], trends: Sequence[SalesTrend]
) -> Iterable[Figure]:
    codes = [trend.currency for trend in trends] or [currency]
    sums = {code: (_sum(history, code, now), _sum(history, code, before)) for code in {*codes, *history.sold}}
    sums.setdefault(currency, (_NONE, _NONE))
    mine = sums[currency]
    lines = {trend.currency: trend.points for trend in trends}
    own = [point.sold for point in lines.get(currency, ())]
    every = [[point.sold for point in points] for points in zip(*lines.values(), strict=True)]
    rest = [code for code in codes if code != currency]
    for key in ("sales", "profit"):
        line = tuple(getattr(sold, key) for sold in own)
        others = tuple((code, getattr(sums[code][0], key)) for code in rest)
        yield Figure(key, currency, getattr(mine[0], key), getattr(mine[1], key), line, others)
    for key in ("orders", "units"):
        counts = [sum(getattr(pair[place], key) for pair in sums.values()) for place in (0, 1)]
        line = tuple(sum(getattr(sold, key) for sold in group) for group in every)
        yield Figure(key, None, counts[0], counts[1], line)
    averages = tuple((code, _average(sums[code][0])) for code in rest)
    line = tuple(_average(sold) or 0 for sold in own)
    yield Figure("average_order", currency, _average(mine[0]), _average(mine[1]), line, averages)
    asked = [sum(history.returns.get(day, 0) for day in days) for days in (now, before)]
    points = next(iter(lines.values()), ())
    yield Figure("returns", None, asked[0], asked[1], tuple(point.returns for point in points))
