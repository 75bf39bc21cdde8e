"""JSON Schema of what commands print, made of the columns that make the output (json-schema.org, 2020-12)."""

from collections.abc import Mapping, Sequence
from typing import Any

from ordercli.domain.own_fields import PREFIX
from ordercli.domain.report import Column

DRAFT = "https://json-schema.org/draft/2020-12/schema"
JsonSchema = dict[str, Any]

_AMOUNT = r"^-?[0-9]+(\.[0-9]+)?$"
_INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_KINDS: Mapping[str, JsonSchema] = {
    "money": {"type": ["string", "null"], "pattern": _AMOUNT, "description": "an amount, as a decimal"},
    "whole": {"type": ["integer", "null"]},
    "number": {"type": ["number", "null"]},
    "rate": {"type": ["number", "null"], "description": "a share of 1"},
    "instant": {"type": ["string", "null"], "format": "date-time", "pattern": _INSTANT},
    "day": {"type": ["string", "null"], "format": "date", "pattern": _DAY},
    "flag": {"type": ["boolean", "null"]},
    "person": {"type": ["string", "null"], "description": "a name, masked"},
    "value": {},
}
_OWN_NAMES = f"^{PREFIX}[a-z]"
_OWN: JsonSchema = {"type": ["string", "number", "null"], "description": "a field of the shop's own"}
_TEXT: JsonSchema = {"type": ["string", "null"]}

RECEIPT: JsonSchema = {
    "$schema": DRAFT,
    "title": "receipt",
    "description": "What a command that writes prints with --format json; an import counts more beside it.",
    "type": "object",
    "properties": {
        "operation": {"type": ["integer", "null"], "description": "null where nothing changed"},
        "command": {"type": "string"},
        "summary": {"type": "string"},
        "changed": {"type": "object", "additionalProperties": {"type": "integer"}},
        "undo": {"type": ["string", "null"], "description": "the command that takes it back"},
        "stays": {"type": "string", "description": "why nothing takes it back"},
        "reference": {"type": "string"},
    },
    "required": ["operation", "command", "summary", "changed", "undo"],
}


def row_schema(columns: Sequence[Column], *, has_own: bool = False) -> JsonSchema:
    """The schema of one row: every column is there, and what is not known is null.

    Args:
        columns: of the row.
        has_own: whether it has columns of the shop's own fields too.
    """
    told = {column.name: dict(_KINDS.get(column.kind, _TEXT)) for column in columns}
    return _object(told, has_own=has_own)


def list_schema(title: str, kinds: Sequence[Sequence[Column]], *, has_own: bool = False) -> JsonSchema:
    """The schema of a list.

    Args:
        title: the words of its command.
        kinds: the columns of each kind of rows that it can have, each in a list of its own.
        has_own: whether its rows have columns of the shop's own fields too.
    """
    rows = [row_schema(columns, has_own=has_own) for columns in kinds]
    lists = [{"type": "array", "items": row} for row in rows]
    shape: JsonSchema = lists[0] if len(lists) == 1 else {"anyOf": lists}
    return {"$schema": DRAFT, "title": title, **shape}


def card_schema(
    title: str, fields: Sequence[Column], lists: Mapping[str, Sequence[Column]], *, has_own: bool = False
) -> JsonSchema:
    """The schema of one thing in full; of several asked for at once it is a list of them.

    Args:
        title: the words of its command.
        fields: what is said of it.
        lists: the columns of each list by its name.
        has_own: whether it has the shop's own fields too.
    """
    own = {column.name: dict(_KINDS.get(column.kind, _TEXT)) for column in fields}
    below = {name: {"type": "array", "items": row_schema(columns)} for name, columns in lists.items()}
    one = _object(own | below, has_own=has_own)
    return {"$schema": DRAFT, "title": title, "anyOf": [one, {"type": "array", "items": one}]}


def _object(properties: JsonSchema, *, has_own: bool = False) -> JsonSchema:
    own = {"patternProperties": {_OWN_NAMES: _OWN}} if has_own else {}
    return {
        "type": "object",
        "properties": properties,
        **own,
        "required": list(properties),
        "additionalProperties": False,
    }
