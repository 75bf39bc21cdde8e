"""One thing in full, as lines a person can read: fields first, then its lists as small tables."""

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from ordercli.domain.report import Card, Column
from ordercli.domain.text import visible
from ordercli.domain.times import local
from ordercli.render.console import Look
from ordercli.render.layout import fold
from ordercli.render.table import write_rows


def write_card(out: TextIO, card: Card, *, time_zone: str, look: Look) -> list[Column]:
    """Write the fields that have a value and the flags that are set, then each list under its name.

    Args:
        out: where to.
        card: what.
        time_zone: the zone instants are shown in.
        look: the terminal's width and whether it takes color.

    Returns:
        The columns of the lists that the width had no room for.
    """
    told = {
        _label(column): _lines(card.values, column, time_zone)
        for column in _alone(card.fields)
        if _is_told(card.values[column.name])
    }
    size = max(len(label) for label in told)
    for label, lines in told.items():
        # A long text, and one with line breaks, goes on below its beginning.
        width = None if look.width is None else look.width - size - 2
        first, *more = lines if width is None else [piece for line in lines for piece in fold(line, width)]
        out.write(f"{label:<{size}}  {first}\n")
        out.writelines(f"{'':<{size}}  {line}\n" for line in more)
    hidden: list[Column] = []
    for name, columns in card.lists.items():
        if card.values[name]:
            out.write(f"\n{name.replace('_', ' ')}\n")
            hidden += _write_list(out, columns, card.values[name], time_zone, look)
    return hidden


def _alone(columns: Sequence[Column]) -> list[Column]:
    """The columns but for those that only say what an amount's currency is; that stands behind the amount."""
    behind = {f"{column.name}_currency" for column in columns if column.kind == "money"}
    return [column for column in columns if column.name not in behind]


def _write_list(
    out: TextIO, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], time_zone: str, look: Look
) -> list[Column]:
    # A column in which every row has nothing says nothing: no units, no flag.
    seen = [c for c in _alone(columns) if c.in_table and any(row[c.name] not in (None, "", 0) for row in rows)]
    cells = [[_shown(row, column, time_zone) for column in seen] for row in rows]
    return write_rows(out, [c._replace(title=_label(c)) for c in seen], cells, look=look, indent=2)


def _is_told(value: Any) -> bool:  # noqa: ANN401 - whatever a card holds
    return value not in (None, "") and value is not False


def _label(column: Column) -> str:
    return column.name.removeprefix("is_").replace("_", " ")


def _lines(row: Mapping[str, Any], column: Column, time_zone: str) -> list[str]:
    """A field's text, its line breaks kept: what follows stands indented, so that it is not taken for a field."""
    value = row[column.name]
    if isinstance(value, str) and "\n" in value:
        return [visible(line) for line in value.split("\n")]
    return [_shown(row, column, time_zone)]


def _shown(row: Mapping[str, Any], column: Column, time_zone: str) -> str:
    value = row[column.name]
    if value is None:
        return ""
    if column.kind == "flag":
        return "yes" if value else "no"
    if column.kind == "instant":
        return local(value, time_zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    currency = row.get(f"{column.name}_currency")
    is_other = currency is not None and currency != row.get("currency")
    return visible(f"{value} {currency}" if is_other else str(value))
