"""How the journal writes rows: whole, or the columns that changed, as JSON objects (docs/adr/0034-one-journal.md).

``row_change.old`` and ``row_change.new`` are such objects. Of an ``update`` both name the columns that changed; of
a ``delete`` the old one, and of an ``insert`` the new one, names every column that is not NULL. SQL asks for a
value by ``old ->> 'column'``, and whether a column changed by :func:`is_told`. Bytes, which JSON cannot
hold, are an object of their hexadecimal digits.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

BESIDE = frozenset({("erasure", "finished_at"), ("upload_file", "state")})
"""Columns of tables of states that change outside operations: that a file has left the house, and that erased
bytes are gone from all files, is known only after the operation's end."""

WRITE_CHANGE = """
INSERT INTO row_change (operation_id, table_name, row_key, verb, old, new) VALUES (?, ?, ?, ?, ?, ?)"""

_HEX = "hex"
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LITERAL = re.compile(r"NULL|'((?:[^']|'')*)'")


def is_told(image: str, column: str) -> str:
    """SQL of whether a JSON object names a column, be it as NULL.

    Args:
        image: SQL of the object.
        column: SQL of the column's name.
    """
    return f"json_type({image}, '$.' || {column}) IS NOT NULL"


def told_value(image: str, column: str) -> str:
    """SQL of what a JSON object says of a column: a number of one that holds ids or a flag, else text.

    Args:
        image: SQL of the object.
        column: its name.
    """
    value = f"{image} ->> '{column}'"
    return f"CAST({value} AS INTEGER)" if column.startswith("is_") or column.endswith("_id") else value


def write_image(values: Mapping[str, Any]) -> str:
    """Values of a row by column, as the journal writes them."""
    return _encode(
        {name: {_HEX: value.hex()} if isinstance(value, bytes) else value for name, value in values.items()}
    )


def read_image(image: str | None) -> dict[str, Any]:
    """The values by column that :func:`write_image` wrote; of no image none."""
    if image is None:
        return {}
    values: dict[str, Any] = json.loads(image)
    return {name: bytes.fromhex(told[_HEX]) if isinstance(told, dict) else told for name, told in values.items()}


def image_sql(columns: Sequence[str], row: str, *, binary: Collection[str] = ()) -> str:
    """SQL of a row's image: the same as :func:`write_image` of the columns that are not NULL.

    Args:
        columns: those of the row.
        row: its alias.
        binary: those of its columns that hold bytes.
    """
    values = {name: f"{row}.{name}" for name in columns}
    values |= {name: f"json_object('{_HEX}', hex({values[name]}))" for name in binary}
    told = ", ".join(f"'{name}', {value}" for name, value in values.items())
    return f"json_patch('{{}}', json_object({told}))"


def literals_sql(columns: Sequence[str], row: str, *, binary: Collection[str] = ()) -> str:
    """SQL of a row's values as literals one after the other, as triggers may put them together.

    They may not call functions of JSON, since the database trusts no schema.

    Args:
        columns: those of the row.
        row: its alias.
        binary: those of its columns that hold bytes, which must not be NULL.
    """
    values = ",".join(f"hex({row}.{name})" if name in binary else f"{row}.{name}" for name in columns)
    return f"printf('{','.join(['%Q'] * len(columns))}',{values})"


def read_literals(text: str, types: Mapping[str, str]) -> dict[str, Any]:
    """The values by column that :func:`literals_sql` wrote.

    Args:
        text: the literals.
        types: of each column, in their order, the type it was declared with.
    """
    found = _LITERAL.finditer(text)
    return {name: _read(each[1], kind) for (name, kind), each in zip(types.items(), found, strict=True)}


def _read(told: str | None, kind: str) -> Any:  # noqa: ANN401 - of any column
    if told is None:
        return None
    if kind == "TEXT":
        return told.replace("''", "'")
    return int(told) if kind == "INTEGER" else bytes.fromhex(told)
