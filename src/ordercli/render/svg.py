"""Charts as SVG: plain shapes and text, drawn to fit a box of 360 units, which is a phone's width.

Every text is at least 13 units high, and the page shows a unit as no less than 0.95 pixels. Colors are classes, so
that the page decides them for light, dark and paper.
"""

from collections.abc import Sequence
from html import escape

from ordercli.domain.reports.bars import Bar
from ordercli.domain.reports.dashboard import Panel
from ordercli.domain.text import visible

WIDTH = 360
_ROW, _BAR = 40, 12
_TALL, _TOP, _FOOT = 150, 24, 24
_LABEL, _TEXT = 24, 20
"""Most characters of a label and of a value beside it, so that both fit in a line."""


def text_of(value: str) -> str:
    """Text from outside as it may stand in a page."""
    return escape(visible(value))


def chart(panel: Panel) -> str:
    """The panel's bars as one ``<svg>`` with title and description."""
    height, shapes = _days(panel.bars) if panel.shape == "days" else _bars(panel.bars)
    key = escape(panel.key, quote=True)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{text_of(panel.title)}</title><desc id="{key}-d">{text_of(panel.sentence)}</desc>'
        f"{''.join(shapes)}</svg>"
    )


def _clipped(label: str, most: int) -> str:
    return label if len(label) <= most else label[: most - 1] + "…"


def _bars(bars: Sequence[Bar]) -> tuple[int, list[str]]:
    """Below each other: label and value in a line, the bar under them, a stroke where the mark is."""
    longest = max([bar.value for bar in bars] + [bar.mark or 0 for bar in bars] + [0]) or 1
    shapes = []
    for number, bar in enumerate(bars):
        top = number * _ROW
        length = round(WIDTH * bar.value / longest, 1)
        kind = "bar bad" if bar.word else "bar"
        told = _clipped(f"{bar.text} {bar.word}".strip(), _TEXT)
        tone = "value bad" if bar.word else "value"
        shapes += [
            f"<g><title>{text_of(bar.label)}: {text_of(bar.text)} {text_of(bar.word)}</title>",
            f'<text x="0" y="{top + 14}">{text_of(_clipped(bar.label, _LABEL))}</text>',
            f'<text x="{WIDTH - 3}" y="{top + 14}" class="{tone}">{text_of(told)}</text>',
            f'<rect x="0" y="{top + 20}" width="{WIDTH}" height="{_BAR}" class="rail"/>',
            f'<rect x="0" y="{top + 20}" width="{length}" height="{_BAR}" class="{kind}"/>',
        ]
        if bar.mark is not None:
            place = round(min(max(WIDTH * bar.mark / longest, 1), WIDTH - 1), 1)
            shapes.append(f'<line x1="{place}" x2="{place}" y1="{top + 17}" y2="{top + 35}" class="mark"/>')
        shapes.append("</g>")
    return max(len(bars), 1) * _ROW, shapes


def _days(bars: Sequence[Bar]) -> tuple[int, list[str]]:
    """Beside each other over a base line, with the highest value, the first and the last day in words."""
    highest = max(bars, key=lambda bar: bar.value)
    step = WIDTH / len(bars)
    base = _TOP + _TALL
    shapes = [f'<text x="0" y="14">most: {text_of(highest.text)}</text>']
    for number, bar in enumerate(bars):
        height = round(_TALL * bar.value / (highest.value or 1), 1)
        shapes.append(
            f'<rect x="{round(number * step + step * 0.1, 1)}" y="{round(base - height, 1)}"'
            f' width="{round(step * 0.8, 1)}" height="{height}" class="bar">'
            f"<title>{text_of(bar.label)}: {text_of(bar.text)}</title></rect>"
        )
    shapes += [
        f'<line x1="0" x2="{WIDTH}" y1="{base}" y2="{base}" class="axis"/>',
        f'<text x="0" y="{base + 18}">{text_of(bars[0].label)}</text>',
        f'<text x="{WIDTH - 3}" y="{base + 18}" class="value">{text_of(bars[-1].label)}</text>',
    ]
    return base + _FOOT, shapes
