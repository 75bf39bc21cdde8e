"""What a report is made of: one list of columns, whatever the output."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

ValueKind = Literal[
    "text",
    "key",
    "keys",
    "word",
    "command",
    "whole",
    "money",
    "number",
    "rate",
    "instant",
    "day",
    "flag",
    "person",
    "value",
]
"""How a value is stored and shown:

``text`` comes from outside and is guarded; ``key`` is such a text that names something (a SKU, a tracking number)
and is never broken; ``keys`` are several of them with blanks between; ``word`` is one of
ours (a status, a code); ``command`` a line to paste; ``whole`` an integer;
``money`` minor units of the row's ``currency`` column; ``number`` text of a decimal; ``rate`` a fraction,
shown in tables as a percentage; ``instant`` UTC text,
shown in the shop's zone in tables; ``day`` a date; ``flag`` 0 or 1; ``person`` a name, masked; ``value`` a number
or a text that is guarded, whatever a statement gives.
"""


Importance = Literal["key", "usual", "spare"]
"""What a narrow table does with a column: it is never left out, left out last, or first."""


class Column(NamedTuple):
    """One column of a report.

    Attributes:
        name: header in CSV and key in JSON; part of the interface, pinned by golden files.
        kind: how its values are stored and shown.
        title: header in tables; None derives it from the name.
        in_table: whether a table has room for it; machine formats always carry it.
        importance: what a narrow table may do with it.
        is_seldom: a table has it only if a row has something there, and not 0; for parts of a sum that most shops
            do not have.
    """

    name: str
    kind: ValueKind = "text"
    title: str | None = None
    in_table: bool = True
    importance: Importance = "usual"
    is_seldom: bool = False

    @property
    def heading(self) -> str:
        """The header of a table."""
        return self.title if self.title is not None else self.name.replace("_", " ")


class Report(NamedTuple):
    """Rows to show.

    Attributes:
        columns: what each place of a row means.
        rows: tuples in the order of the columns; read once.
        empty: what a table says instead of nothing.
        total: values for a last line of a table, by column; machine formats leave it out.
        total_currency: of the money in it; None is the shop's.
        chosen: places of the columns that were asked for, in that order; None for the usual ones.
    """

    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    empty: str
    total: dict[str, int] | None = None
    total_currency: str | None = None
    chosen: tuple[int, ...] | None = None


class Card(NamedTuple):
    """One thing in full.

    Attributes:
        fields: what is said of it; money is text of a decimal here, in the currency that the card tells.
        values: of the fields by name, and the rows of each list as mappings.
        lists: the columns of each list by its name, such as ``lines``; ``in_table`` says whether people need them.
    """

    fields: Sequence[Column]
    values: Mapping[str, Any]
    lists: Mapping[str, Sequence[Column]] = {}

    def record(self) -> dict[str, Any]:
        """The card as one object for machines."""
        told = {column.name: _for_machines(column, self.values[column.name]) for column in self.fields}
        return told | {
            name: [{column.name: row[column.name] for column in columns} for row in self.values[name]]
            for name, columns in self.lists.items()
        }


def _for_machines(column: Column, value: Any) -> Any:  # noqa: ANN401 - a cell is of any kind
    return float(value) if column.kind == "number" and value is not None else value


class Explanation(NamedTuple):
    """A number, said as a sum and as rows.

    Attributes:
        sentence: the arithmetic on one line.
        report: a row a term; the results stand among them, without operations.
        tables: what people are shown instead, where one table would be too wide.
    """

    sentence: str
    report: Report
    tables: Sequence[Report] = ()
