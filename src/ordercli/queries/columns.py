"""Columns of a report that know where their values come from: an expression of SQL, or a function of an item."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Self, TypeVar

from ordercli.domain.money import format_amount
from ordercli.domain.report import Column

T = TypeVar("T")


class Selected(tuple[Column, ...]):  # noqa: SLOT001 - a tuple of any length has no slots
    """Columns, each given with the SQL of its values.

    Attributes:
        sql: the list of a SELECT, each value under its column's name.
    """

    sql: str
    _values: tuple[str, ...]

    def __new__(cls, *columns: tuple[Column, str]) -> Self:
        """Take the columns in their order, each with its SQL."""
        made = super().__new__(cls, (column for column, _ in columns))
        made._values = tuple(sql for _, sql in columns)
        made.sql = ", ".join(f"{sql} AS {column.name}" for column, sql in columns)
        return made

    def without(self, *names: str) -> "Selected":
        """The same columns but for those named, which there must be."""
        if unknown := set(names) - {column.name for column in self}:
            raise KeyError(*unknown)
        pairs = zip(self, self._values, strict=True)
        return Selected(*((column, sql) for column, sql in pairs if column.name not in names))

    def also(self, *columns: tuple[Column, str]) -> "Selected":
        """The same columns with others behind them."""
        return Selected(*zip(self, self._values, strict=True), *columns)

    def of(self, **values: str) -> "Selected":
        """The same columns with values from elsewhere, by name; those not named are NULL."""
        if unknown := values.keys() - {column.name for column in self}:
            raise KeyError(*unknown)
        return Selected(*((column, values.get(column.name, "NULL")) for column in self))


class Computed(tuple[Column, ...], Generic[T]):  # noqa: SLOT001 - as above
    """Columns, each given with the function of an item that makes its value."""

    _getters: tuple[Callable[[T], Any], ...]

    def __new__(cls, *columns: tuple[Column, Callable[[T], Any]]) -> Self:
        """Take the columns in their order, each with its function."""
        made = super().__new__(cls, (column for column, _ in columns))
        made._getters = tuple(getter for _, getter in columns)
        return made

    def row(self, item: T) -> tuple[Any, ...]:
        """The row of an item."""
        return tuple([getter(item) for getter in self._getters])


def place_of(columns: Sequence[Column], name: str) -> int:
    """Where in a row the value of a column stands."""
    return next(place for place, column in enumerate(columns) if column.name == name)


def summed(columns: Sequence[Column], rows: Sequence[Sequence[Any]], *names: str) -> dict[str, int]:
    """Sums of some columns over all rows, for the last line of a table."""
    return {name: sum(row[place] for row in rows) for name in names for place in (place_of(columns, name),)}


def card_values(columns: Sequence[Column], row: Sequence[Any], currency: str) -> dict[str, Any]:
    """A row of a report as a card tells it: values by name, money as text in the row's currency.

    Args:
        columns: of the row.
        row: its values.
        currency: the shop's, where the row has none of its own.
    """
    told = dict(zip((column.name for column in columns), row, strict=True))
    for column in columns:
        if column.kind == "money" and told[column.name] is not None:
            told[column.name] = format_amount(told[column.name], told.get("currency") or currency)
    return told
