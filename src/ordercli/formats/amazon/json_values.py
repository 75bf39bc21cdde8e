"""Values out of an answer of Amazon's, each checked; what is wrong with one is told as of a file's cell."""

from collections.abc import Mapping
from typing import Any

from ordercli.domain.fields import MAX_QUANTITY, FieldError, shown
from ordercli.domain.money import parse_amount, parse_currency
from ordercli.domain.times import parse_instant
from ordercli.door import clean

Json = Mapping[str, Any]
_NOTHING: Json = {}


def the_object(value: object, name: str) -> Json:
    """A JSON object.

    Raises:
        FieldError: if it is something else.
    """
    if not isinstance(value, Mapping):
        raise FieldError(f"{name} is no object")
    return value


def the_list(value: object, name: str) -> list[object]:
    """A JSON list; nothing is an empty one.

    Raises:
        FieldError: if it is something else.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise FieldError(f"{name} is no list")
    return value


def listed(value: Json, name: str) -> list[object]:
    """A list that must be there: without it the answer is of something else than was asked.

    Raises:
        FieldError: if it is not, or is something else.
    """
    if value.get(name) is None:
        raise FieldError(f"{name} is missing")
    return the_list(value[name], name)


def part(value: Json, name: str) -> Json:
    """An object within another; an absent one is empty.

    Raises:
        FieldError: if it is something else.
    """
    found = value.get(name)
    return _NOTHING if found is None else the_object(found, name)


def text(value: Json, name: str) -> str | None:
    """A text, clean and trimmed; None where it is absent or blank.

    Raises:
        FieldError: if it is something else, or damaged.
    """
    found = value.get(name)
    if found is None:
        return None
    if not isinstance(found, str):
        raise FieldError(f"{name} is no text")
    if "\0" in found:
        raise FieldError(f"{name} is damaged: it holds a NUL")
    return (found if found.isprintable() else clean(found)).strip() or None


def word(value: Json, name: str) -> str:
    """A text that must be there.

    Raises:
        FieldError: if it is not.
    """
    found = text(value, name)
    if found is None:
        raise FieldError(f"{name} is missing")
    return found


def units(value: Json, name: str, default: int | None = None) -> int:
    """A count of units, from 0.

    Raises:
        FieldError: if it is something else, or absent without ``default``.
    """
    found = value.get(name, default)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= MAX_QUANTITY:
        told = "missing" if found is None else f"{shown(str(found))}, not a count of units"
        raise FieldError(f"{name} is {told}")
    return found


def instant(value: Json, name: str) -> str | None:
    """A moment as UTC text; None where it is absent.

    Raises:
        FieldError: if it is something else.
    """
    found = text(value, name)
    return None if found is None else parse_instant(found)


def money(value: Json, name: str) -> tuple[str, int] | None:
    """Currency and minor units of an amount (which may have a sign); None where it is absent.

    Raises:
        FieldError: if it is something else.
    """
    if value.get(name) is None:
        return None
    told = part(value, name)
    currency = parse_currency(word(told, "currencyCode"))
    amount = told.get("amount")
    if isinstance(amount, bool) or not isinstance(amount, str | int):
        raise FieldError(f"{name} has no amount written as a decimal")
    digits = str(amount).strip()
    minor = parse_amount(digits.removeprefix("-"), currency)
    return currency, -minor if digits.startswith("-") else minor
