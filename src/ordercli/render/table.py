"""Tables for people: aligned text, whole in a pipe, fitted to the width of a terminal.

One layout draws all of them, so that a long table looks like a short one; Rich lends its colors to a terminal that
takes them. Nothing from outside reaches Rich.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from typing import NamedTuple, TextIO

from ordercli.domain.report import Column, Report
from ordercli.render.cells import table_cells
from ordercli.render.console import Look
from ordercli.render.layout import GAP, Layout, fit, fold, is_plain, width

_RIGHT = frozenset({"whole", "money", "number", "rate"})
_STYLES = {
    "OUT": "bold red",
    "LOW": "bold yellow",
    "OVERDUE": "bold red",
    "LATE": "bold red",
    "URGENT": "bold red",
    "BREACH": "bold red",
    "AT_RISK": "bold yellow",
    "HOLD": "bold yellow",
    "HELD": "bold yellow",
    "DUE_SOON": "bold yellow",
    "ANSWERED_LATE": "bold red",
    "DEAD": "bold red",
    "EXCESS": "bold yellow",
    "NO_DATA": "dim",
    "failed": "bold red",
    "unknown": "bold yellow",
    "exception": "bold red",
    "OK": "green",
}


class Paint(NamedTuple):
    """What a terminal is sent for color.

    Attributes:
        words: what stands for each word that has a style.
        bold: what stands before and after a heading.
    """

    words: Mapping[str, str]
    bold: tuple[str, str]


PLAIN = Paint({}, ("", ""))


def write_table(out: TextIO, report: Report, *, time_zone: str, currency: str, look: Look) -> list[Column]:
    """Write the report's table columns.

    Args:
        out: where to.
        report: what; its rows are read once.
        time_zone: the zone instants are shown in.
        currency: the shop's, for rows without one.
        look: the terminal's width and whether it takes color.

    Returns:
        The columns that the width had no room for.
    """
    report = _with_figures(report)
    converters = table_cells(report.columns, time_zone, currency)
    rows = [[convert(value, row) for convert, value in zip(converters, row, strict=True)] for row in report.rows]
    if not rows:
        out.write(f"{report.empty}\n")
        return []
    shown = _shown(report, rows, currency)
    columns = [report.columns[place] for place in shown]
    if report.chosen is not None:  # what was asked for gives way last, and from the right
        columns = [
            column._replace(importance="usual") if column.importance == "spare" else column for column in columns
        ]
    rows = [[row[place] for place in shown] for row in rows]
    total = _total(report, columns, currency)
    return write_rows(out, columns, rows, look=look, total=total)


def _with_figures(report: Report) -> Report:
    """The report with columns of whatever a statement gives as numbers where they are nothing else, or as text."""
    if not any(column.kind == "value" for column in report.columns):
        return report
    rows = list(report.rows)
    columns = [
        column._replace(kind="text" if any(isinstance(row[place], str) for row in rows) else "number")
        if column.kind == "value"
        else column
        for place, column in enumerate(report.columns)
    ]
    return report._replace(columns=columns, rows=rows)


def write_rows(
    out: TextIO,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    *,
    look: Look,
    total: Sequence[str] | None = None,
    indent: int = 0,
) -> list[Column]:
    """Write cells as a table.

    Args:
        out: where to.
        columns: what each place of a row is.
        rows: the cells as they are shown.
        look: the terminal's width and whether it takes color.
        total: a last line.
        indent: blanks before each line.

    Returns:
        The columns that the width had no room for.
    """
    every = [*rows, total] if total is not None else rows
    layout = fit(columns, every, None if look.width is None else look.width - indent)
    paint = _paint(out) if look.color else PLAIN
    margin = " " * indent
    lines = _lines(columns, layout, every, paint, has_total=total is not None)
    out.writelines(f"{margin}{line}\n" for line in lines)
    return [columns[place] for place in layout.hidden]


def _shown(report: Report, rows: list[list[str]], currency: str) -> list[int]:
    """Places of the columns to show: those asked for, else those that say something."""
    if report.chosen is None:
        every = enumerate(report.columns)
        return [place for place, column in every if _is_worth_showing(place, column, rows, currency)]
    shown = list(report.chosen)
    if any(report.columns[place].kind == "money" for place in shown):  # an amount is none without its currency
        shown += [
            place
            for place, column in enumerate(report.columns)
            if column.name == "currency"
            and place not in shown
            and _is_worth_showing(place, column, rows, currency)
        ]
    return shown


def _is_worth_showing(place: int, column: Column, rows: list[list[str]], currency: str) -> bool:
    """Leave out what has no room, flags and seldom parts nobody has, and the currency where all is the shop's."""
    if not column.in_table:
        return False
    if column.name == "currency":
        return any(row[place] not in ("", currency) for row in rows)
    if column.is_seldom:
        return any(row[place].strip("0.") for row in rows)
    return column.kind != "flag" or any(row[place] for row in rows)


def _total(report: Report, columns: Sequence[Column], currency: str) -> list[str] | None:
    if report.total is None:
        return None
    told = report.total_currency or currency
    values = [told if column.name == "currency" else report.total.get(column.name) for column in columns]
    converters = table_cells(columns, "UTC", told)
    cells = [convert(value, values) for convert, value in zip(converters, values, strict=True)]
    return [f"Total {cells[0]}".rstrip(), *cells[1:]]


def _paint(out: TextIO) -> Paint:
    from rich.console import Console  # noqa: PLC0415 - only a terminal pays for Rich
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=out, markup=False, highlight=False, emoji=False, force_terminal=True, no_color=False)

    def painted(text: str, style: str) -> str:
        with console.capture() as capture:
            console.print(Text(text, style=style), end="", soft_wrap=True)
        return capture.get()

    before, _, after = painted("|", "bold").partition("|")
    return Paint({word: painted(word, style) for word, style in _STYLES.items()}, (before, after))


def _lines(
    columns: Sequence[Column],
    layout: Layout,
    rows: Sequence[Sequence[str]],
    paint: Paint,
    *,
    has_total: bool,
) -> Iterator[str]:
    right = [columns[place].kind in _RIGHT for place in layout.kept]
    words = [columns[place].kind in ("word", "flag") for place in layout.kept]
    headings = [column.heading for column in columns]
    rule = (" " * GAP).join("─" * size for size in layout.widths) if paint.words else None
    before, after = paint.bold
    yield from (f"{before}{line}{after}" for line in _row(headings, layout, right, {}, words))
    if rule:
        yield rule
    last = len(rows) - 1
    for number, row in enumerate(rows):
        if has_total and number == last and rule:
            yield rule
        yield from _row(row, layout, right, paint.words, words)
        for place in layout.below:
            if row[place]:
                what = "" if columns[place].kind == "command" else f"{headings[place]}: "
                yield " " * (GAP * 2) + what + row[place]


def _row(
    row: Sequence[str], layout: Layout, right: Sequence[bool], paint: Mapping[str, str], words: Sequence[bool]
) -> Iterator[str]:
    cells = [row[place] for place in layout.kept]
    if is_plain(cells, layout.widths):
        yield (" " * GAP).join(map(_padded, cells, layout.widths, right, words, repeat(paint))).rstrip()
        return
    folded = [fold(cell, size) for cell, size in zip(cells, layout.widths, strict=True)]
    for line in range(max(map(len, folded))):
        padded = []
        for lines, size, is_right, is_word in zip(folded, layout.widths, right, words, strict=True):
            text = lines[line] if line < len(lines) else ""
            blanks = " " * (size - width(text))
            shown = paint.get(text, text) if is_word and len(lines) == 1 else text  # no word of a longer text
            padded.append(blanks + shown if is_right else shown + blanks)
        yield (" " * GAP).join(padded).rstrip()


def _padded(text: str, size: int, is_right: bool, is_word: bool, paint: Mapping[str, str]) -> str:
    """A cell of as many places as letters, which fits; most rows of most tables have no others."""
    padded = text.rjust(size) if is_right else text.ljust(size)
    return padded.replace(text, paint[text]) if is_word and text in paint else padded
