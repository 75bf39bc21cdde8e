"""The dashboard on a terminal: figures, sparklines and bars of block characters, readable without color."""

from collections.abc import Iterator
from typing import TextIO

from ordercli.domain.money import symbol_amount
from ordercli.domain.paper_words import counted
from ordercli.domain.reports.board_panels import late_panels, rate_lines, span_panels, stock_panel
from ordercli.domain.reports.board_words import (
    ENGLISH,
    BoardWords,
    change_text,
    day_text,
    others_text,
    point_text,
    value_text,
)
from ordercli.domain.reports.dashboard import Board, Figure, SalesTrend, Span
from ordercli.domain.text import visible
from ordercli.render.bars import StyledLine, bar_lines, fitted, room_of, sparkline, write_lines
from ordercli.render.console import Look
from ordercli.render.layout import fold, width

_NAME = 26
"""Most columns of a rate's name."""


def write_dashboard(out: TextIO, board: Board, *, look: Look, shop: str = "", words: BoardWords = ENGLISH) -> None:
    """Write the board within the width there is.

    Args:
        out: where to.
        board: what; of several spans the first.
        look: the terminal's width and whether it takes color.
        shop: its name; may be empty.
        words: the language.
    """
    write_lines(out, _lines(words, board, room_of(look), shop), look)


def _lines(words: BoardWords, board: Board, room: int, shop: str) -> Iterator[StyledLine]:
    made = words.as_of.format(made_at=board.made_at, zone=board.zone)
    if shop:
        yield from ((line, "bold") for line in fold(visible(shop), room))
    yield from ((line, "" if shop else "bold") for line in fold(f"{words.title}. {made}", room))
    if board.steps:
        yield from _first_steps(words, board)
        return
    yield "", ""
    yield from _today(words, board)
    for span in board.spans[:1]:
        yield "", ""
        yield from _figures(words, span, room)
        yield from _span(words, board, span, room)
    yield "", ""
    yield from _health(words, board, room)
    stock = stock_panel(words, board)
    for panel in ([] if stock is None else [stock]) + late_panels(words, board):
        yield "", ""
        yield visible(panel.title), "bold"
        yield from bar_lines(panel.bars, room)
    if board.stock.value:
        value = symbol_amount(board.stock.value, board.currency)
        held = words.at_cost.format(units=counted(words.unit_count, board.stock.on_hand))
        yield "", ""
        yield f"{words.stock_value}: {value} {held}", ""


def _first_steps(words: BoardWords, board: Board) -> Iterator[StyledLine]:
    yield "", ""
    yield words.first_steps, "bold"
    yield f"  {words.no_orders}", ""
    for number, step in enumerate(board.steps, start=1):
        said, command = words.steps[step]
        yield f"  {number}. {said}: {command}", ""


def _today(words: BoardWords, board: Board) -> Iterator[StyledLine]:
    names = [words.waiting[waiting.key] for waiting in board.waiting]
    counts = [f"{waiting.number:,}{'!' if waiting.is_urgent else ''}" for waiting in board.waiting]
    sizes = [max(width(name), len(count)) for name, count in zip(names, counts, strict=True)]
    yield words.today, "bold"
    yield "  " + "  ".join(name.rjust(size) for name, size in zip(names, sizes, strict=True)), ""
    is_urgent = any(waiting.is_urgent for waiting in board.waiting)
    style = "red" if is_urgent else ""
    yield "  " + "  ".join(count.rjust(size) for count, size in zip(counts, sizes, strict=True)), style
    if is_urgent:
        yield f"  {words.marked}", ""


def _figures(words: BoardWords, span: Span, room: int) -> Iterator[StyledLine]:
    title = words.span.format(days=span.days)
    yield f"{title}, {words.from_to.format(first=span.first, last=span.last)}", "bold"
    names = max(width(words.figures[figure.key]) for figure in span.figures)
    values = max(len(value_text(words, figure.now, figure.currency)) for figure in span.figures)
    for figure in span.figures:
        yield from _figure(words, figure, names, values, room)


def _figure(words: BoardWords, figure: Figure, names: int, values: int, room: int) -> Iterator[StyledLine]:
    told = value_text(words, figure.now, figure.currency).rjust(values)
    line = f"  {fitted(words.figures[figure.key], names)}  {told}  {change_text(words, figure)}"
    drawn = sparkline(figure.line)
    if width(line) + 2 + len(drawn) <= room:
        line += " " * (room - width(line) - len(drawn)) + drawn
    yield line, ""
    if others := others_text(words, figure):
        yield from ((f"  {' ' * names}  {piece}", "") for piece in fold(others, room - names - 4))


def _span(words: BoardWords, board: Board, span: Span, room: int) -> Iterator[StyledLine]:
    for trend in span.trends:
        if any(point.sold.sales for point in trend.points):
            yield "", ""
            yield from _trend(words, board, trend, room)
    if not any(point.sold.orders for trend in span.trends for point in trend.points):
        yield "", ""
        yield words.no_sales.format(days=span.days), ""
    for panel in span_panels(words, span, board.currency):
        yield "", ""
        yield visible(panel.title), "bold"
        yield from bar_lines(panel.bars, room)


def _trend(words: BoardWords, board: Board, trend: SalesTrend, room: int) -> Iterator[StyledLine]:
    is_other = trend.currency != board.currency
    yield f"{words.sales_by_day}{f', {trend.currency}' if is_other else ''}", "bold"
    wide = max((room - 4) // len(trend.points), 1)
    line = sparkline([point.sold.sales for point in trend.points], wide)
    yield f"  {line}", "cyan"
    first, last = (day_text(words, trend.points[place].first) for place in (0, -1))
    yield f"  {first}{last:>{max(wide * len(trend.points) - len(first), len(last) + 1)}}", ""
    best = max(trend.points, key=lambda point: point.sold.sales)
    amount = symbol_amount(best.sold.sales, trend.currency)
    yield f"  {words.best.format(amount=amount, day=point_text(words, best))}", ""


def _health(words: BoardWords, board: Board, room: int) -> Iterator[StyledLine]:
    lines, unknown = rate_lines(words, board)
    yield words.health.format(channel=visible(board.channel)), "bold"
    names = min(max((width(line.name) for line in lines), default=0), _NAME)
    states = max((width(line.status) for line in lines), default=0)
    for line in lines:
        told = f"  {fitted(line.name, names)}  {line.now:>7}  {line.status:<{states}}  {line.room}"
        yield told, {"OK": "", words.statuses.get("AT_RISK"): "yellow"}.get(line.status, "red")
    yield from ((f"  {piece}", "") for piece in fold(unknown, room - 2) if unknown)
