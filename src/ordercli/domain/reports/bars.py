"""Bars as something to draw: on a terminal or on a page."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ordercli.domain.money import symbol_amount
from ordercli.domain.report import Report


class Bar(NamedTuple):
    """One bar.

    Attributes:
        label: what it is of.
        value: its length, in the unit of those beside it; below 0 for a loss.
        text: the value as it is written beside it.
        word: a status in capitals such as ``LOW``, or empty.
        mark: a value to mark on it, such as a limit; None for none.
        detail: what is said besides of what it is of, such as a SKU; may be empty.
        cells: what else a table says of it.
    """

    label: str
    value: float
    text: str
    word: str = ""
    mark: float | None = None
    detail: str = ""
    cells: tuple[str, ...] = ()


def bars_of(report: Report, keys: Sequence[str], value: str) -> dict[str, list[Bar]]:
    """A bar for each row of a report, by its currency and in its order.

    Args:
        report: its rows have a ``currency``.
        keys: names of the columns that say what a row is about.
        value: name of a column of money, which the bars are as long as.
    """
    names = [column.name for column in report.columns]
    found: dict[str, list[Bar]] = {}
    for cells in report.rows:
        row = dict(zip(names, cells, strict=True))
        code = row["currency"]
        found.setdefault(code, []).append(Bar(_label(row, keys), row[value], symbol_amount(row[value], code)))
    return dict(sorted(found.items()))


def _label(row: Mapping[str, Any], keys: Sequence[str]) -> str:
    return " ".join(str(row[key]) for key in keys if row[key]) or "not told"
