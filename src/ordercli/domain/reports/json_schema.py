"""JSON Schema of what commands print, made of the columns that make the output (json-schema.org, 2020-12)."""

from collections.abc import Mapping, Sequence
from typing import Any

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


def row_schema(columns: Sequence[Column]) -> JsonSchema:
    """The schema of one row: every column is there, and what is not known is null."""
    return _object({column.name: dict(_KINDS.get(column.kind, _TEXT)) for column in columns})


def list_schema(title: str, kinds: Sequence[Sequence[Column]]) -> JsonSchema:
    """The schema of a list.

    Args:
        title: the words of its command.
        kinds: the columns of each kind of rows that it can have, each in a list of its own.
    """
    rows = [row_schema(columns) for columns in kinds]
    lists = [{"type": "array", "items": row} for row in rows]
    shape: JsonSchema = lists[0] if len(lists) == 1 else {"anyOf": lists}
    return {"$schema": DRAFT, "title": title, **shape}


def card_schema(title: str, fields: Sequence[Column], lists: Mapping[str, Sequence[Column]]) -> JsonSchema:
    """The schema of one thing in full; of several asked for at once it is a list of them."""
    own = {column.name: dict(_KINDS.get(column.kind, _TEXT)) for column in fields}
    below = {name: {"type": "array", "items": row_schema(columns)} for name, columns in lists.items()}
    one = _object(own | below)
    return {"$schema": DRAFT, "title": title, "anyOf": [one, {"type": "array", "items": one}]}


def _object(properties: JsonSchema) -> JsonSchema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
