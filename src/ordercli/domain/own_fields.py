"""Fields of the shop's own on products and orders: their names, their types, and how a value is read.

Every value is stored as text in one spelling for each type, so that equal values are equal texts.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, cast

from ordercli.domain.fields import FieldError, parse_text, shown
from ordercli.domain.times import parse_date, parse_day

FieldOwner = Literal["product", "order"]
FieldType = Literal["text", "number", "date", "choice"]
OWNERS: tuple[FieldOwner, ...] = ("product", "order")

PREFIX = "field_"
"""Before a field's name in the columns of lists and files, so that none of them is ever one of ordercli's own."""

MOST_DIGITS = 15
"""Digits of a number at most: every such decimal is the same number in JSON and in a spreadsheet."""
MOST_CHOICES = 50
_LONGEST_CHOICE = 40

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}\Z")
_NUMBER = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]+))?\Z")

VALUE_TABLES: Mapping[FieldOwner, tuple[str, str]] = {
    "product": ("product_field_value", "product_id"),
    "order": ("order_field_value", "sales_order_id"),
}
"""Where the values of a subject stand, and the column that names whose they are."""

FIELDS = "SELECT id, name, kind, choices FROM own_field WHERE subject = :subject ORDER BY name"
"""The fields of a subject, as :func:`field_of` takes them; by name, so that columns stand alike in every shop."""


class OwnField(NamedTuple):
    """A field as the shop made it.

    Attributes:
        id: its row.
        choices: what a value may be; empty unless ``kind`` says ``choice``.
    """

    id: int
    name: str
    kind: FieldType
    choices: tuple[str, ...] = ()

    @property
    def column(self) -> str:
        """Its column in lists and files."""
        return PREFIX + self.name


OwnValues = Mapping[OwnField, str | None]
"""Values as they are stored; None takes one away."""
NO_VALUES: OwnValues = {}


def field_of(row: Sequence[object]) -> OwnField:
    """A field from a row of :data:`FIELDS`."""
    number, name, kind, choices = row
    return OwnField(
        int(cast("int", number)),
        str(name),
        cast("FieldType", kind),
        tuple(json.loads(str(choices))) if choices is not None else (),
    )


def choices_text(choices: Sequence[str]) -> str | None:
    """Choices as the database has them; None of a field without."""
    return json.dumps(list(choices), ensure_ascii=False) if choices else None


def name_told(text: str) -> str:
    """The name of a field as it was typed, or stands over a column: a dash is ``_``, a column's prefix nothing."""
    return text.strip().replace("-", "_").removeprefix(PREFIX)


def parse_field_name(text: str) -> str:
    """The name of a new field, told as :func:`name_told` takes it.

    Raises:
        FieldError: for any other text.
    """
    name = name_told(text)
    if not _NAME.match(name):
        raise FieldError(
            f"{shown(text)} is not a name of up to 30 lower-case letters, digits and '_' that begins with a letter"
        )
    return name


def parse_choice(text: str) -> str:
    """One of the values that a choice has.

    Raises:
        FieldError: if it says nothing, is longer than 40 characters, or holds what separates choices in a list.
    """
    choice = text.strip()
    if not choice or len(choice) > _LONGEST_CHOICE or not choice.isprintable() or "," in choice:
        raise FieldError(f"{shown(text)} is not a choice of 1 to {_LONGEST_CHOICE} characters without commas")
    return choice


def parse_choices(texts: Sequence[str]) -> tuple[str, ...]:
    """All values that a choice has, in their order.

    Raises:
        FieldError: if one is none, or is there twice, or there are too many.
    """
    choices = tuple(map(parse_choice, texts))
    if twice := next((choice for choice in choices if choices.count(choice) > 1), None):
        raise FieldError(f"{shown(twice)} is named twice")
    if len(choices) > MOST_CHOICES:
        raise FieldError(f"{len(choices)} choices are more than the {MOST_CHOICES} a field may have")
    return choices


def parse_decimal(text: str) -> str:
    """A number in its one spelling: no zeros that say nothing, no plus, a dot before its decimals.

    Raises:
        FieldError: for any other text, or more than 15 digits.
    """
    found = _NUMBER.match(text)
    if found is None:
        raise FieldError(f"{shown(text)} is not a number such as 12 or -0.5")
    sign, whole, decimals = found.groups(default="")
    whole, decimals = whole.lstrip("0"), decimals.rstrip("0")
    if len(whole) + len(decimals) > MOST_DIGITS:
        raise FieldError(f"{shown(text)} has more than {MOST_DIGITS} digits")
    if not whole and not decimals:
        return "0"
    return f"{'-' if sign == '-' else ''}{whole or '0'}{'.' if decimals else ''}{decimals}"


def value_of(field: OwnField, text: str, *, today: str | None = None) -> str | None:
    """A value of a field, as it is stored; None for a text that says nothing.

    Args:
        field: whose.
        text: as it was typed, or stands in a file.
        today: the day it is, where a day may be told by how long ago it was; None in files.

    Raises:
        FieldError: if it is no value of that type, with the choices there are.
    """
    told = text.strip()
    if not told:
        return None
    if field.kind == "number":
        return parse_decimal(told)
    if field.kind == "date":
        return parse_date(told) if today is None else parse_day(told, today=today)
    if field.kind == "choice":
        if told not in field.choices:
            raise FieldError(f"{shown(told)} is none of {', '.join(field.choices)}")
        return told
    return parse_text(told)


def split_told(text: str) -> tuple[str, str]:
    """Name and text of ``NAME=VALUE``.

    Raises:
        FieldError: if it has no ``=``.
    """
    name, sign, value = text.partition("=")
    if not sign:
        raise FieldError(f"{shown(text)} is not NAME=VALUE")
    return name.strip(), value


def is_canonical(field: OwnField, value: str) -> bool:
    """Whether a stored value is one that :func:`value_of` gives."""
    try:
        return value_of(field, value) == value
    except FieldError:
        return False
