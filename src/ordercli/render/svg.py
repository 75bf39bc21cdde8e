"""Charts as SVG: plain shapes and text. Colors are classes, so that the page decides on them.

A chart of days is drawn for three widths, in units that are shown as about a pixel, so that its text can be read
on any screen and on paper; the page shows one of them.
"""

from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

from ordercli.domain.money import EXPONENTS, symbol_amount
from ordercli.domain.periods import Step
from ordercli.domain.reports.board_words import BoardWords, day_text
from ordercli.domain.reports.dashboard import Point, SalesTrend, days_in
from ordercli.domain.text import visible

_BAR = 100
"""Units of a bar that is as long as it may be; the page stretches them."""
_SPARK_WIDTH, _SPARK_HEIGHT = 120, 28


class Frame(NamedTuple):
    """The size of a chart of days.

    Attributes:
        width, height: of all of it.
        axis: room for the amounts at the left.
        label: room that a day takes below.
    """

    width: int
    height: int
    label: int
    axis: int = 0


FRAMES = {
    "wide": Frame(1200, 250, 80),
    "medium": Frame(700, 155, 80),
    "narrow": Frame(350, 200, 84),
}
_TOP, _FOOT = 12, 26
_WEEK = 7
_SIGN = 8.5
"""Most that a digit or sign of an amount is wide."""
_LINES = 4
"""Most lines across, the base apart."""


def text_of(value: str) -> str:
    """Text from outside as it may stand in a page."""
    return escape(visible(value))


def bar(value: float, longest: float, *, mark: float | None = None, is_bad: bool = False) -> str:
    """A bar that says what is written beside it once more, so that it is hidden from those who listen."""
    scale = _BAR / (longest or 1)
    drawn = f'<rect width="{_number(value * scale)}" height="6" class="bar{" bad" if is_bad else ""}"/>'
    if mark is not None:
        place = _number(min(max(mark * scale, 0.4), _BAR - 0.4))
        drawn += f'<path d="M{place} -2V8" class="mark"/>'
    return (
        f'<svg class="strip" viewBox="0 -2 {_BAR} 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="{_BAR}" height="6" class="rail"/>{drawn}</svg>'
    )


def spark(values: Sequence[int], label: str, table: str) -> str:
    """A line through some values, over nothing or the least one below it; ``table`` is the id of its figures."""
    least, most = min(0, *values), max(0, *values)
    height = _SPARK_HEIGHT - 4
    step = _SPARK_WIDTH / max(len(values) - 1, 1)

    def at(value: int) -> float:
        return 2 + height - height * (value - least) / ((most - least) or 1)

    points = _joined([(number * step, at(value)) for number, value in enumerate(values)])
    return (
        f'<svg class="spark" viewBox="0 0 {_SPARK_WIDTH} {_SPARK_HEIGHT}" preserveAspectRatio="none" role="img"'
        f' aria-label="{text_of(label)}" aria-details="{table}">'
        f'<path d="M0 {_number(at(0))}H{_SPARK_WIDTH}" class="grid"/>'
        f'<polyline points="{points}" class="line"/></svg>'
    )


def trend_chart(words: BoardWords, trend: SalesTrend, size: str, *, label: str, table: str) -> str:
    """Sales of each point as a bar, with the days before and the year before as lines over them.

    Args:
        words: the language.
        trend: what is drawn.
        size: one of :data:`FRAMES`.
        label: what is to be seen, for those who do not see it.
        table: id of the table of the same figures.
    """
    points, lines = trend.points, lines_of(trend)
    highest = max(max(point.sold.sales, 1, *(value_of(point) for _, value_of in lines)) for point in points)
    ticks = axis_ticks(highest, 10 ** EXPONENTS.get(trend.currency, 2))
    amounts = [symbol_amount(tick, trend.currency, whole=True) for tick in ticks]
    frame = FRAMES[size]._replace(axis=round(max(map(len, amounts)) * _SIGN) + 10)
    base, room = frame.height - _FOOT, frame.width - frame.axis
    step = room / len(points)

    def height(value: int) -> float:
        return (base - _TOP) * max(value, 0) / ticks[-1]

    shapes = [_across(frame, base - height(tick), amount) for tick, amount in zip(ticks, amounts, strict=True)]
    drawn = {"bar": "", "bar part": ""}
    for number, point in enumerate(points):
        if point.sold.sales > 0:
            drawn["bar part" if is_part(trend, point) else "bar"] += (
                f"M{_number(frame.axis + (number + 0.12) * step)} {base}"
                f"v-{_number(height(point.sold.sales))}h{_number(step * 0.76)}V{base}z"
            )
    shapes += [f'<path d="{path}" class="{kind}"/>' for kind, path in drawn.items() if path]
    for kind, value_of in lines:
        places = [
            (frame.axis + (number + 0.5) * step, base - height(value_of(point)))
            for number, point in enumerate(points)
        ]
        shapes.append(f'<polyline points="{_joined(places)}" class="line {kind}"/>')
    shapes += _below(words, trend, frame, base, step)
    return (
        f'<svg class="trend {size}" viewBox="0 0 {frame.width} {frame.height}" role="img"'
        f' aria-label="{text_of(label)}" aria-details="{table}">{"".join(shapes)}</svg>'
    )


_LINES_OVER: dict[str, Callable[[Point], int]] = {
    "before": lambda point: point.before,
    "year": lambda point: point.year,
}


def has_year(trend: SalesTrend) -> bool:
    """Whether a year before is another time than the span before."""
    return trend.step is Step.DAY


def lines_of(trend: SalesTrend) -> list[tuple[str, Callable[[Point], int]]]:
    """What is drawn as lines over the bars, each with its class."""
    return [
        (kind, value_of)
        for kind, value_of in _LINES_OVER.items()
        if (kind != "year" or has_year(trend)) and any(value_of(point) for point in trend.points)
    ]


def is_part(trend: SalesTrend, point: Point) -> bool:
    """Whether a point is a week of which only some days are in the span."""
    return trend.step is Step.WEEK and days_in(point) < _WEEK


def axis_ticks(highest: int, unit: int) -> list[int]:
    """Round values from 0 to one that is not below the highest: 1, 2 or 5 of a power of ten apart, few of them.

    Args:
        highest: in minor units, above 0.
        unit: minor units of the least distance.
    """
    step = unit
    while step * _LINES < highest:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    return [number * step for number in range(-(-highest // step) + 1)]


def _across(frame: Frame, y: float, label: str) -> str:
    at = _number(y)
    return (
        f'<path d="M{frame.axis} {at}H{frame.width}" class="grid"/>'
        f'<text x="{frame.axis - 6}" y="{_number(y + 4)}" class="end">{text_of(label)}</text>'
    )


def _below(words: BoardWords, trend: SalesTrend, frame: Frame, base: int, step: float) -> list[str]:
    """Strokes below each Monday, or each week that a month begins in, and words where there is room for them."""
    if trend.step is Step.DAY:
        marked = [
            (number, day_text(words, point.first))
            for number, point in enumerate(trend.points)
            if day_text(words, point.first).startswith(words.weekdays[0])
        ]
    else:
        firsts = {point.last[:7]: number for number, point in reversed(list(enumerate(trend.points)))}
        marked = [(number, words.months[int(month[5:]) - 1]) for month, number in sorted(firsts.items())]
    shapes, free = [], float(frame.axis)
    for number, label in marked:
        middle = frame.axis + (number + 0.5) * step
        shapes.append(f'<path d="M{_number(middle)} {base}v5" class="axis"/>')
        half = frame.label / 2 if trend.step is Step.DAY else 18
        if middle - half >= free and middle + half <= frame.width:
            shapes.append(f'<text x="{_number(middle)}" y="{base + 20}" class="middle">{text_of(label)}</text>')
            free = middle + half
    return [f'<path d="M{frame.axis} {base}H{frame.width}" class="axis"/>', *shapes]


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in points)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
