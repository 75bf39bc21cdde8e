"""The dashboard on a terminal: sparklines and bars of block characters, readable without color.

Words carry what matters; color only repeats it.
"""

import shutil
from collections.abc import Iterator
from typing import TextIO

from ordercli.domain.reports.dashboard import Bar, Board, Panel
from ordercli.domain.text import visible
from ordercli.render.console import Look
from ordercli.render.layout import width

NARROWEST, WIDEST = 60, 120
_SPARKS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"

PanelLine = tuple[str, str]
"""Text and its style."""


def write_dashboard(out: TextIO, board: Board, *, look: Look) -> None:
    """Write the board within the width there is.

    Args:
        out: where to.
        board: what.
        look: the terminal's width and whether it takes color.
    """
    columns = look.width or shutil.get_terminal_size((80, 24)).columns
    room = min(max(columns, NARROWEST), WIDEST)
    lines = list(_lines(board, room))
    if not look.color:
        out.writelines(f"{text.rstrip()}\n" for text, _ in lines)
        return
    from rich.console import Console  # noqa: PLC0415 - only a terminal pays for Rich
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=out, markup=False, highlight=False, emoji=False, width=max(columns, NARROWEST))
    for text, style in lines:
        console.print(Text(text.rstrip(), style=style), soft_wrap=True)


def _lines(board: Board, room: int) -> Iterator[PanelLine]:
    yield f"Dashboard, {board.made_at} (30 days up to yesterday)", "bold"
    names = max((len(figure.name) for figure in board.figures), default=0)
    values = max((len(figure.value) for figure in board.figures), default=0)
    for figure in board.figures:
        yield f"  {figure.name:<{names}}  {figure.value:>{values}}  {figure.note}", ""
    for panel in board.panels:
        yield "", ""
        mark = f" (| {panel.mark})" if panel.mark and panel.bars else ""
        yield f"{visible(panel.title)}{mark}", "bold"
        if not panel.bars:
            yield f"  {panel.empty}", ""
        elif panel.shape == "days":
            yield from _spark(panel, room)
        else:
            yield from _bars(panel, room)


def _spark(panel: Panel, room: int) -> Iterator[PanelLine]:
    highest = max(bar.value for bar in panel.bars)
    wide = max((room - 4) // len(panel.bars), 1)
    line = "".join(_spark_of(bar.value, highest) * wide for bar in panel.bars)
    yield f"  {line}", "cyan"
    first, last = panel.bars[0].label, panel.bars[-1].label
    yield f"  {first}{last:>{max(len(line) - len(first), len(last) + 1)}}", ""
    best = max(panel.bars, key=lambda bar: bar.value)
    yield f"  most: {best.text} on {best.label}", ""


def _spark_of(value: float, highest: float) -> str:
    if value <= 0:
        return " "
    return _SPARKS[min(int(value / highest * len(_SPARKS)), len(_SPARKS) - 1)]


def _bars(panel: Panel, room: int) -> Iterator[PanelLine]:
    labels = [visible(bar.label) for bar in panel.bars]
    name = min(max(width(label) for label in labels), 24)
    text = max(len(bar.text) for bar in panel.bars)
    word = max(len(bar.word) for bar in panel.bars)
    space = room - name - text - word - 7
    longest = max(*(max(bar.value, bar.mark or 0) for bar in panel.bars), 0) or 1
    for label, bar in zip(labels, panel.bars, strict=True):
        drawn = _bar(bar, longest, space)
        line = f"  {_fitted(label, name)}  {drawn}  {bar.text:>{text}} {bar.word}"
        yield line, _style(bar)


def _bar(bar: Bar, longest: float, space: int) -> str:
    eighths = round(bar.value / longest * space * 8)
    drawn = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
    drawn = drawn.ljust(space)
    if bar.mark is None:
        return drawn
    place = min(int(bar.mark / longest * space), space - 1)
    return f"{drawn[:place]}|{drawn[place + 1 :]}"


def _fitted(label: str, size: int) -> str:
    while width(label) > size:
        label = label[:-2] + "…"
    return label + " " * (size - width(label))


def _style(bar: Bar) -> str:
    return {"": "", "LOW": "yellow", "AT_RISK": "yellow"}.get(bar.word, "red")
