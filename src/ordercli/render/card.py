"""One thing in full, as lines a person can read: fields first, then its lists as small tables."""

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from ordercli.domain.text import visible
from ordercli.domain.times import local
from ordercli.render.table import width


def write_card(out: TextIO, card: Mapping[str, Any], *, time_zone: str, hidden: Sequence[str] = ()) -> None:
    """Write the fields that have a value and the flags that are set, then each list under its name.

    Args:
        out: where to.
        card: field names to values; a list of mappings becomes a table.
        time_zone: the zone instants are shown in.
        hidden: columns of the lists that only machines need.
    """
    fields = {
        _label(key): value
        for key, value in card.items()
        if not isinstance(value, list) and value not in (None, "") and value is not False
    }
    size = max(len(label) for label in fields)
    out.writelines(f"{label:<{size}}  {_shown(value, time_zone)}\n" for label, value in fields.items())
    for key, rows in card.items():
        if isinstance(rows, list) and rows:
            out.write(f"\n{key.replace('_', ' ')}\n")
            _write_rows(out, rows, time_zone, hidden)


def _write_rows(out: TextIO, rows: list[Mapping[str, Any]], time_zone: str, hidden: Sequence[str]) -> None:
    names = [
        name for name in rows[0] if name not in hidden and any(row[name] not in (None, "", False) for row in rows)
    ]
    table = [[_label(name) for name in names]]
    table += [[_shown(row[name], time_zone) for name in names] for row in rows]
    widths = [max(width(line[place]) for line in table) for place in range(len(names))]
    for line in table:
        cells = (cell + " " * (size - width(cell)) for cell, size in zip(line, widths, strict=True))
        out.write(("  " + "  ".join(cells)).rstrip() + "\n")


def _label(name: str) -> str:
    return name.removeprefix("is_").replace("_", " ")


def _shown(value: Any, time_zone: str) -> str:  # noqa: ANN401 - whatever a card holds
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    if len(text) == len("2026-03-16T13:00:00Z") and text.endswith("Z") and text[10] == "T":
        return local(text, time_zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    return visible(text)
