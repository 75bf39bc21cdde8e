"""Bars and sparklines of block characters, for any terminal and readable without color."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from ordercli.domain.reports.bars import Bar
from ordercli.domain.text import visible
from ordercli.render.console import Look
from ordercli.render.layout import width

NARROWEST, WIDEST = 60, 120
"""Columns that a drawing takes, whatever the terminal has."""

_SPARKS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_LABEL = 28
"""Most columns of a label."""

StyledLine = tuple[str, str]
"""Text and its style."""


def room_of(look: Look) -> int:
    """How many columns a drawing may take."""
    columns = look.width or shutil.get_terminal_size((80, 24)).columns
    return min(max(columns, NARROWEST), WIDEST)


def write_lines(out: TextIO, lines: Iterable[StyledLine], look: Look) -> None:
    """Write lines, in color where there may be some; words carry what matters, color only repeats it."""
    if not look.color:
        out.writelines(f"{text.rstrip()}\n" for text, _ in lines)
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal pays for Rich
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=out, markup=False, highlight=False, emoji=False, width=max(look.width or 0, WIDEST))
    for text, style in lines:
        console.print(Text(text.rstrip(), style=style), soft_wrap=True)


def bar_lines(bars: Sequence[Bar], room: int) -> Iterator[StyledLine]:
    """A line each: label, bar, the value in words; what is below nothing is drawn paler, and has its sign."""
    labels = [visible(bar.label) for bar in bars]
    name = min(max(width(label) for label in labels), _LABEL)
    text = max(width(bar.text) for bar in bars)
    word = max(len(bar.word) for bar in bars)
    space = room - name - text - word - (7 if word else 6)
    longest = max(*(max(abs(bar.value), bar.mark or 0) for bar in bars), 0) or 1
    for label, bar in zip(labels, bars, strict=True):
        told = " " * (text - width(bar.text)) + bar.text
        line = f"  {fitted(label, name)}  {_drawn(bar, longest, space)}  {told} {bar.word}"
        yield line, _style(bar)


def sparkline(values: Sequence[float], wide: int = 1) -> str:
    """Each value as a block of its height over the least one, or over nothing if all are above it."""
    least = min(0, *values) if values else 0
    highest = max([value - least for value in values], default=0)
    return "".join(_spark(value - least, highest) * wide for value in values)


def fitted(label: str, size: int) -> str:
    """A label cut off or filled up to so many columns."""
    while width(label) > size:
        label = label[:-2] + "…"
    return label + " " * (size - width(label))


def _spark(value: float, highest: float) -> str:
    if value <= 0:
        return " "
    return _SPARKS[min(int(value / highest * len(_SPARKS)), len(_SPARKS) - 1)]


def _drawn(bar: Bar, longest: float, space: int) -> str:
    eighths = round(abs(bar.value) / longest * space * 8)
    if bar.value < 0:
        drawn = "░" * max(eighths // 8, 1)
    else:
        drawn = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
    drawn = drawn.ljust(space)
    if bar.mark is None:
        return drawn
    place = min(int(bar.mark / longest * space), space - 1)
    return f"{drawn[:place]}|{drawn[place + 1 :]}"


def _style(bar: Bar) -> str:
    if bar.word:
        return {"LOW": "yellow", "AT_RISK": "yellow", "OK": ""}.get(bar.word, "red")
    return "red" if bar.value < 0 else ""
