"""Which columns of a report are shown, and by what its rows are sorted."""

from collections.abc import Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.near import did_you_mean
from ordercli.domain.report import Column, Report

_first = itemgetter(0)
DOWN = "-"
"""Before the name of a column: the greatest first."""


class Wish(NamedTuple):
    """What a list was asked for.

    Attributes:
        columns: names of those to show, in that order; none for the usual ones.
        sort: names of columns, with :data:`DOWN` before one for the other way round, the weightiest first.
    """

    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()


def parse_names(text: str) -> tuple[str, ...]:
    """Names with commas between them.

    Raises:
        FieldError: if there is none, or one twice.
    """
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise FieldError("name a column, or several with commas between them")
    bare = [name.removeprefix(DOWN) for name in names]
    if len(set(bare)) < len(bare):
        twice = next(name for name in bare if bare.count(name) > 1)
        raise FieldError(f"{twice} is named twice")
    return names


def check_names(names: Sequence[str], known: Sequence[str]) -> None:
    """See to it that columns are there.

    Raises:
        FieldError: naming the nearest, and all there are.
    """
    for name in names:
        bare = name.removeprefix(DOWN)
        if bare not in known:
            raise FieldError(
                f"no column {shown(bare)} here{did_you_mean(bare, known)} There are {', '.join(known)}"
            )


def chosen(report: Report, names: Sequence[str]) -> Report:
    """The report with the columns that were asked for, which it must have."""
    if not names:
        return report
    known = [column.name for column in report.columns]
    return report._replace(chosen=tuple(map(known.index, names)))


def sorted_report(report: Report, sort: Sequence[str], shop_currency: str) -> Report:
    """The report with its rows sorted by value, not by what is shown of it.

    Rows that are equal stay as they were, those without a value come last. Amounts of different currencies do not
    compare: the shop's come first, the others by their code.

    Args:
        report: what; its rows are read.
        sort: columns that it has, the weightiest first.
        shop_currency: of rows that tell none.
    """
    if not sort:
        return report
    known = [column.name for column in report.columns]
    currency = known.index("currency") if "currency" in known else None
    rows = list(report.rows)
    for name in reversed(sort):
        place = known.index(name.removeprefix(DOWN))
        column = report.columns[place]
        told = [(_weight(column, row[place]), row) for row in rows if row[place] is not None]
        told.sort(key=_first, reverse=name.startswith(DOWN))
        if column.kind == "money" and currency is not None:
            told = [(_foreign(row[currency] or shop_currency, shop_currency), row) for _, row in told]
            told.sort(key=_first)
        rows = [row for _, row in told] + [row for row in rows if row[place] is None]
    return report._replace(rows=rows)


def _weight(column: Column, value: Any) -> Any:  # noqa: ANN401 - a cell is of any kind
    """What a cell is compared by: letters in any case, numbers by their size."""
    if column.kind in ("whole", "money", "rate", "flag"):
        return value
    if column.kind == "number":
        return Decimal(str(value))
    text = str(value)
    if column.kind == "value":  # numbers before texts, as SQL sorts them
        return (1, text.casefold(), text) if isinstance(value, str) else (0, value, "")
    return text.casefold(), text


def _foreign(currency: str, shop_currency: str) -> tuple[bool, str]:
    return currency != shop_currency, currency
