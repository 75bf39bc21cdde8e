"""The dashboard on a terminal: sparklines and bars of block characters, readable without color.

Words carry what matters; color only repeats it.
"""

from collections.abc import Iterator
from typing import TextIO

from ordercli.domain.reports.dashboard import Board, Panel
from ordercli.domain.text import visible
from ordercli.render.bars import StyledLine, bar_lines, room_of, sparkline, write_lines
from ordercli.render.console import Look


def write_dashboard(out: TextIO, board: Board, *, look: Look) -> None:
    """Write the board within the width there is.

    Args:
        out: where to.
        board: what.
        look: the terminal's width and whether it takes color.
    """
    write_lines(out, _lines(board, room_of(look)), look)


def _lines(board: Board, room: int) -> Iterator[StyledLine]:
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
            yield from bar_lines(panel.bars, room)


def _spark(panel: Panel, room: int) -> Iterator[StyledLine]:
    wide = max((room - 4) // len(panel.bars), 1)
    line = sparkline([bar.value for bar in panel.bars], wide)
    yield f"  {line}", "cyan"
    first, last = panel.bars[0].label, panel.bars[-1].label
    yield f"  {first}{last:>{max(len(line) - len(first), len(last) + 1)}}", ""
    best = max(panel.bars, key=lambda bar: bar.value)
    yield f"  most: {best.text} on {best.label}", ""
