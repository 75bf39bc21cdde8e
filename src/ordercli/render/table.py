"""Tables for people: aligned text without colour in a pipe, a Rich table on a terminal.

Rich renders a thousand rows in most of a second, so it gets two hundred at most. Nothing from outside
reaches Rich as a string: it would read ``[brackets]`` as markup.
"""

import unicodedata
from collections.abc import Sequence
from itertools import islice
from typing import TextIO

from ordercli.domain.report import Column, Report
from ordercli.render.cells import table_cells

RICH_ROWS = 200
_RIGHT = frozenset({"whole", "money", "number", "rate"})
_STYLES = {
    "OUT": "bold red",
    "LOW": "bold yellow",
    "OVERDUE": "bold red",
    "LATE": "bold red",
    "BREACH": "bold red",
    "AT_RISK": "bold yellow",
    "HOLD": "bold yellow",
    "OK": "green",
}


def write_table(out: TextIO, report: Report, *, time_zone: str, currency: str, rich: bool) -> None:
    """Write the report's table columns.

    Args:
        out: where to.
        report: what; its rows are read once.
        time_zone: the zone instants are shown in.
        currency: the shop's, for rows without one.
        rich: whether ``out`` is a terminal that may get colour and lines.
    """
    converters = table_cells(report.columns, time_zone, currency)
    rows = ([convert(value, row) for convert, value in zip(converters, row, strict=True)] for row in report.rows)
    first = list(islice(rows, RICH_ROWS + 1))
    if not first:
        out.write(f"{report.empty}\n")
        return
    if len(first) > RICH_ROWS:
        first += rows
    shown = [
        place for place, column in enumerate(report.columns) if _is_worth_showing(place, column, first, currency)
    ]
    columns = [report.columns[place] for place in shown]
    first = [[row[place] for place in shown] for row in first]
    total = _total(report, columns, currency)
    write = _write_rich if rich and len(first) <= RICH_ROWS else _write_plain
    write(out, columns, first, total)


def _is_worth_showing(place: int, column: Column, rows: list[list[str]], currency: str) -> bool:
    """Leave out what has no room, flags nobody has, and the currency where all is in the shop's."""
    if not column.in_table:
        return False
    if column.name == "currency":
        return any(row[place] not in ("", currency) for row in rows)
    return column.kind != "flag" or any(row[place] for row in rows)


def _total(report: Report, columns: Sequence[Column], currency: str) -> list[str] | None:
    if report.total is None:
        return None
    told = report.total_currency or currency
    values = [told if column.name == "currency" else report.total.get(column.name) for column in columns]
    converters = table_cells(columns, "UTC", told)
    cells = [convert(value, values) for convert, value in zip(converters, values, strict=True)]
    return ["Total", *cells[1:]]


def width(text: str) -> int:
    """Cells a text takes on a terminal: wide East Asian characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


def _write_plain(out: TextIO, columns: Sequence[Column], rows: list[list[str]], total: list[str] | None) -> None:
    every = [[column.heading for column in columns], *rows, *([total] if total else [])]
    widths = [max(width(row[place]) for row in every) for place in range(len(columns))]
    right = [column.kind in _RIGHT for column in columns]
    for row in every:
        cells = [
            " " * (size - width(cell)) + cell if is_right else cell + " " * (size - width(cell))
            for cell, size, is_right in zip(row, widths, right, strict=True)
        ]
        out.write("  ".join(cells).rstrip() + "\n")


def _fitting(columns: Sequence[Column], rows: list[list[str]], room: int) -> list[int]:
    """Places of the columns that fit, leaving out spare ones from the right while they do not."""
    kept = list(range(len(columns)))
    least = [_least_width(place, column, rows) for place, column in enumerate(columns)]
    while sum(least[place] for place in kept) + 2 * (len(kept) - 1) > room:
        spare = [place for place in kept if columns[place].is_spare]
        if not spare:
            break
        kept.remove(spare[-1])
    return kept


def _least_width(place: int, column: Column, rows: list[list[str]]) -> int:
    """How far Rich may narrow a column: figures and keys stay whole, their headings and texts may fold."""
    cells = max(width(row[place]) for row in rows)
    is_prose = column.kind in ("text", "person") and place > 0
    return max(min(cells, 12) if is_prose else cells, *(width(word) for word in column.heading.split()), 1)


def _write_rich(out: TextIO, columns: Sequence[Column], rows: list[list[str]], total: list[str] | None) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - only a terminal pays for Rich
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(file=out, markup=False, highlight=False, emoji=False)
    kept = _fitting(columns, rows, console.width)
    table = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), show_footer=total is not None
    )
    for place in kept:
        column = columns[place]
        table.add_column(
            Text(column.heading),
            footer=Text(total[place]) if total else "",
            justify="right" if column.kind in _RIGHT else "left",
            overflow="fold",
            min_width=_least_width(place, column, rows),
        )
    for row in rows:
        table.add_row(*(Text(row[place], style=_STYLES.get(row[place], "")) for place in kept))
    console.print(table)
