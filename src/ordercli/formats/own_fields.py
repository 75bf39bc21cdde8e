"""Columns of the shop's own fields in files."""

from collections.abc import Collection, Sequence

from ordercli.domain.own_fields import OwnField, value_of
from ordercli.domain.text import unguard_formula


def own_places(
    header: Sequence[str], fields: Sequence[OwnField], taken: Collection[str] = ()
) -> list[tuple[int, OwnField]]:
    """Where the columns of own fields stand: under ``field_NAME``, or else the name alone.

    Args:
        header: the file's columns.
        fields: of what the file is about.
        taken: columns of the layout itself, which no field is read from.
    """
    found = []
    for field in fields:
        names = (field.column, *(() if field.name in taken else (field.name,)))
        place = next((header.index(name) for name in names if name in header), None)
        if place is not None:
            found.append((place, field))
    return found


def read_own(field: OwnField, cell: str) -> str | None:
    """A cell of a field's column as its value; None if it is blank.

    Raises:
        FieldError: if it is no value of the field.
    """
    return value_of(field, unguard_formula(cell.strip()))
