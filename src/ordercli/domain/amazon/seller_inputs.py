"""What Amazon wants to know more before it sells a label, mostly for the customs, and what the seller says to it.

An answer is typed as ``NAME=VALUE``, or ``SKU:NAME=VALUE`` where it is about one product of the request. What
Amazon keeps from an earlier purchase need not be told again.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.money import parse_amount, parse_currency
from ordercli.domain.times import parse_instant

_TOLD = re.compile(r"(?:(?P<sku>.+):)?(?P<name>[A-Za-z0-9_. -]{1,100})=(?P<value>.*)\Z", re.DOTALL)
_WEIGHT = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?(g|oz)\Z")
_LENGTH = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,2})?) ?(cm|in)\Z")
_WHOLE = re.compile(r"-?[0-9]{1,9}\Z")
_LENGTHS = {"cm": "centimeters", "in": "inches"}
_FLAGS = {"yes": True, "true": True, "no": False, "false": False}
_LONGEST = 500

TypedInputs = Mapping[tuple[str | None, str], str]
"""Values as typed, by SKU and name; without SKU of whatever has a field of that name."""


class InputField(NamedTuple):
    """Something that Amazon wants to know.

    Attributes:
        item: order-item id that it is about; None of the request as a whole.
        name: Amazon's.
        kind: Amazon's word for what is a value of it.
        title: what Amazon asks a person.
        choices: the only values there are; empty where any will do.
        is_needed: whether nothing is sold without it; False of what Amazon keeps already.
    """

    item: str | None
    name: str
    kind: str
    title: str
    choices: tuple[str, ...]
    is_needed: bool


class FilledField(NamedTuple):
    """A field with its value, as Amazon takes it.

    Attributes:
        item: as of :class:`InputField`.
        value: the ``AdditionalSellerInput``.
    """

    item: str | None
    name: str
    value: Mapping[str, object]


def parse_inputs(texts: Sequence[str]) -> TypedInputs:
    """What was typed.

    Raises:
        FieldError: for another shape, or two values of one name.
    """
    told: dict[tuple[str | None, str], str] = {}
    for each in texts:
        match = _TOLD.match(each)
        if match is None or not each.isprintable() or len(each) > _LONGEST:
            raise FieldError(f"{shown(each)} is not NAME=VALUE or SKU:NAME=VALUE")
        key = match["sku"], match["name"].strip()
        if key in told:
            raise FieldError(f"{_title(*key)} is told twice")
        told[key] = match["value"].strip()
    return told


def missing_inputs(fields: Sequence[InputField], told: TypedInputs, skus: Mapping[str, str]) -> list[InputField]:
    """The fields without which nothing is sold, and that are not told.

    Args:
        fields: what Amazon wants to know.
        told: what was typed.
        skus: SKU by order-item id.
    """
    return [each for each in fields if each.is_needed and not _said(each, told, skus)]


def filled(fields: Sequence[InputField], told: TypedInputs, skus: Mapping[str, str]) -> tuple[FilledField, ...]:
    """Every field that was told, with its value.

    Raises:
        FieldError: for a value that it cannot have, or a name that Amazon does not ask for.
    """
    names = {(sku, each.name) for each in fields for sku in (None, skus.get(each.item or ""))}
    for key in told:
        if key not in names:
            asked = ", ".join(dict.fromkeys(title_of(each, skus) for each in fields)) or "nothing"
            raise FieldError(f"Amazon does not ask for {_title(*key)}, but for {asked}")
    return tuple(
        FilledField(each.item, each.name, _value(each, said))
        for each in fields
        if (said := _said(each, told, skus)) is not None
    )


def title_of(field: InputField, skus: Mapping[str, str]) -> str:
    """How a field is typed: its name, behind the SKU where it is of one product."""
    return _title(None if field.item is None else skus.get(field.item), field.name)


def _title(sku: str | None, name: str) -> str:
    return name if sku is None else f"{sku}:{name}"


def _said(field: InputField, told: TypedInputs, skus: Mapping[str, str]) -> str | None:
    own = told.get((skus.get(field.item), field.name)) if field.item is not None else None
    return own if own is not None else told.get((None, field.name))


def _value(field: InputField, said: str) -> dict[str, object]:
    """A value as Amazon takes it, by its word for the kind; an unknown kind is a text."""
    if field.choices and said not in field.choices:
        raise FieldError(f"{field.name} is one of {', '.join(field.choices)}, and not {shown(said)}")
    if not said:
        raise FieldError(f"{field.name} has no value")
    kind = field.kind.casefold()
    for start, read in _READERS.items():
        if kind.startswith(start):
            name, value = read(field.name, said)
            return {"DataType": field.kind, name: value}
    return {"DataType": field.kind, "ValueAsString": said}


def _flag(name: str, said: str) -> tuple[str, object]:
    if said.casefold() not in _FLAGS:
        raise FieldError(f"{name} is yes or no, and not {shown(said)}")
    return "ValueAsBoolean", _FLAGS[said.casefold()]


def _whole(name: str, said: str) -> tuple[str, object]:
    if not _WHOLE.match(said):
        raise FieldError(f"{name} is a whole number, and not {shown(said)}")
    return "ValueAsInteger", int(said)


def _moment(_: str, said: str) -> tuple[str, object]:
    return "ValueAsTimestamp", parse_instant(said)


def _weight(name: str, said: str) -> tuple[str, object]:
    match = _WEIGHT.match(said)
    if match is None:
        raise FieldError(f"{name} is a weight such as 120g or 4oz, and not {shown(said)}")
    return "ValueAsWeight", {"Value": float(match[1]), "Unit": match[2]}


def _length(name: str, said: str) -> tuple[str, object]:
    match = _LENGTH.match(said)
    if match is None:
        raise FieldError(f"{name} is a length such as 12cm or 5in, and not {shown(said)}")
    return "ValueAsDimension", {"value": float(match[1]), "unit": _LENGTHS[match[2]]}


def _amount(name: str, said: str) -> tuple[str, object]:
    amount, _, code = said.rpartition(" ")
    if not amount:
        raise FieldError(f"{name} is an amount such as 12.50 USD, and not {shown(said)}")
    currency = parse_currency(code)
    parse_amount(amount, currency)
    return "ValueAsCurrency", {"CurrencyCode": currency, "Amount": float(amount)}


def _address(name: str, _: str) -> tuple[str, object]:
    raise FieldError(f"{name} is an address, which Amazon takes in Seller Central only; buy the label there")


_READERS = {
    "bool": _flag,
    "int": _whole,
    "time": _moment,
    "date": _moment,
    "weight": _weight,
    "dimension": _length,
    "length": _length,
    "currency": _amount,
    "address": _address,
}
"""What reads a value, by how Amazon's word for its kind begins (the field is ``ValueAs…`` of that kind)."""
