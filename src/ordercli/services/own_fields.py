"""Fields of the shop's own: making and changing them, and setting values of products and orders."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from ordercli.db import driver_of
from ordercli.domain.fields import shown
from ordercli.domain.own_fields import (
    FIELDS,
    MOST_CHOICES,
    VALUE_TABLES,
    FieldOwner,
    FieldType,
    OwnField,
    OwnValues,
    choices_text,
    field_of,
)
from ordercli.domain.words import count
from ordercli.errors import Refused, unknown
from ordercli.naming import one_field, told_fields
from ordercli.services.operations import Outcome, Work


def fields_of(connection: Connection, subject: FieldOwner) -> dict[str, OwnField]:
    """The fields of a subject by name."""
    rows = connection.execute(text(FIELDS), {"subject": subject})
    return {field.name: field for field in map(field_of, rows)}


def get_field(connection: Connection, subject: FieldOwner, told: str) -> OwnField:
    """A field by its name, as it was typed.

    Raises:
        NotFound: with the nearest, or how to make the first.
    """
    return one_field(told, subject, fields_of(connection, subject))


def told_values(work: Work, subject: FieldOwner, texts: Sequence[str]) -> dict[OwnField, str | None]:
    """The values that ``NAME=VALUE`` say, by field; an empty one is None.

    Raises:
        NotFound: for a field that there is not.
        UsageProblem: for a value that does not fit its field, or a field named twice.
    """
    return told_fields(texts, subject, fields_of(work.connection, subject), today=work.today) if texts else {}


def add_field(work: Work, subject: FieldOwner, name: str, kind: FieldType, choices: Sequence[str]) -> Outcome:
    """Make a field; again as it is changes nothing.

    Raises:
        Refused: if it exists with another type, or other choices.
    """
    called = f"field {name} of {subject}s"
    before = fields_of(work.connection, subject).get(name)
    if before is not None:
        if (before.kind, before.choices) != (kind, tuple(choices)):
            what = f"type, {before.kind}" if before.kind != kind else f"choices: {', '.join(before.choices)}"
            raise Refused(
                f"There is a {called} with another {what}; to change it: ordercli field edit {subject} {name}"
            )
        return Outcome(f"{called} is as given already", reference=name)
    work.connection.execute(
        text(
            "INSERT INTO own_field (subject, name, kind, choices, operation_id)"
            " VALUES (:subject, :name, :kind, :choices, :operation)"
        ),
        {
            "subject": subject,
            "name": name,
            "kind": kind,
            "choices": choices_text(choices),
            "operation": work.operation,
        },
    )
    return Outcome(f"added {called}", {"fields_new": 1}, reference=name)


def edit_field(
    work: Work, subject: FieldOwner, told: str, *, rename: str | None, more: Sequence[str], fewer: Sequence[str]
) -> Outcome:
    """Give a field another name, which keeps its values, or other choices.

    Args:
        work: the command's frame.
        subject: what has it.
        told: the field's name.
        rename: its new name; None keeps it.
        more: choices to add at the end.
        fewer: choices to take away.

    Raises:
        NotFound: if there is no such field, or a choice to take away is none.
        Refused: if the new name is taken, it has no choices, or one of them is in use.
    """
    field = get_field(work.connection, subject, told)
    name = field.name
    changes = []
    if rename not in (None, name):
        if rename in fields_of(work.connection, subject):
            raise Refused(f"There is a field {rename} of {subject}s already; no two can have one name.")
        changes.append(f"name → {rename}")
    choices = _other_choices(work, subject, field, more, fewer)
    if choices != field.choices:
        changes.append(f"choices {', '.join(field.choices)} → {', '.join(choices)}")
    if not changes:
        return Outcome(f"field {name} of {subject}s is as given already", reference=name)
    work.connection.execute(
        text("UPDATE own_field SET name = :name, choices = :choices WHERE id = :id"),
        {"id": field.id, "name": rename or name, "choices": choices_text(choices)},
    )
    changed = f"changed field {name} of {subject}s: {'; '.join(changes)}"
    return Outcome(changed, {"fields_updated": 1}, reference=rename or name)


def _other_choices(
    work: Work, subject: FieldOwner, field: OwnField, more: Sequence[str], fewer: Sequence[str]
) -> tuple[str, ...]:
    if (more or fewer) and field.kind != "choice":
        raise Refused(f"Field {field.name} of {subject}s is a {field.kind}, and has no choices.")
    table, _ = VALUE_TABLES[subject]
    for choice in fewer:
        if choice not in field.choices and not more:
            raise unknown("choice", choice, field.choices, end=f" of field {field.name}")
        used = work.connection.execute(
            text(f"SELECT count(*) FROM {table} WHERE own_field_id = :id AND value = :value"),
            {"id": field.id, "value": choice},
        ).scalar_one()
        if used:
            raise Refused(
                f"{shown(choice)} is the {field.name} of {count(used, subject)}; give these another value first."
            )
    kept = [choice for choice in field.choices if choice not in fewer]
    choices = (*kept, *(choice for choice in more if choice not in kept))
    if field.kind == "choice" and not choices:
        raise Refused(
            f"A choice needs a value to choose; to give up {field.name}: ordercli field remove {subject}"
        )
    if len(choices) > MOST_CHOICES:
        raise Refused(f"{len(choices)} choices are more than the {MOST_CHOICES} a field may have.")
    return choices


def remove_field(work: Work, subject: FieldOwner, told: str) -> Outcome:
    """Take a field away with all its values, which an undo brings back.

    Raises:
        NotFound: if there is none.
    """
    field = get_field(work.connection, subject, told)
    table, _ = VALUE_TABLES[subject]
    values = work.connection.execute(
        text(f"DELETE FROM {table} WHERE own_field_id = :id"), {"id": field.id}
    ).rowcount
    work.connection.execute(text("DELETE FROM own_field WHERE id = :id"), {"id": field.id})
    held = f" with {count(values, 'value')}" if values else ""
    return Outcome(
        f"removed field {field.name} of {subject}s{held}",
        {"fields_removed": 1, "field_values": values},
        reference=field.name,
    )


def values_held(connection: Connection, subject: FieldOwner, row: int) -> dict[int, str]:
    """What a product or order has in its fields, by the field's row."""
    table, owner = VALUE_TABLES[subject]
    rows = connection.execute(text(f"SELECT own_field_id, value FROM {table} WHERE {owner} = :row"), {"row": row})
    return {row.own_field_id: row.value for row in rows}


def set_values(work: Work, subject: FieldOwner, row: int, values: OwnValues) -> dict[OwnField, str | None]:
    """Set values of a product or an order.

    Returns:
        Of each field that changed, what it had before.
    """
    if not values:
        return {}
    held = values_held(work.connection, subject, row)
    changed = {field: held.get(field.id) for field, value in values.items() if value != held.get(field.id)}
    write_values(work, subject, [(row, field.id, held.get(field.id), values[field]) for field in changed])
    return changed


def write_values(
    work: Work, subject: FieldOwner, changes: Sequence[tuple[int, int, str | None, str | None]]
) -> None:
    """Write values that changed.

    Args:
        work: the command's frame.
        subject: what they are of.
        changes: (row of the product or order, row of the field, value before, value from now on); no two are of
            one place.
    """
    table, owner = VALUE_TABLES[subject]
    driver = driver_of(work.connection)
    driver.executemany(
        f"DELETE FROM {table} WHERE {owner} = ? AND own_field_id = ?",
        [(row, field) for row, field, _, value in changes if value is None],
    )
    driver.executemany(
        f"UPDATE {table} SET value = ? WHERE {owner} = ? AND own_field_id = ?",
        [(value, row, field) for row, field, was, value in changes if was is not None and value is not None],
    )
    driver.executemany(
        f"INSERT INTO {table} ({owner}, own_field_id, value, operation_id) VALUES (?, ?, ?, ?)",
        [
            (row, field, value, work.operation)
            for row, field, was, value in changes
            if was is None and value is not None
        ],
    )


def all_values(connection: Connection, subject: FieldOwner) -> dict[tuple[int, int], str]:
    """Every value there is, by the row of its product or order and that of its field."""
    table, owner = VALUE_TABLES[subject]
    rows = connection.execute(text(f"SELECT {owner}, own_field_id, value FROM {table}"))
    return {(owner_row, field): value for owner_row, field, value in rows}


def differing(held: Mapping[int, str], values: OwnValues) -> list[str]:
    """Names of fields in which a thing has another value than the one told."""
    return [f"field {field.name}" for field, value in values.items() if held.get(field.id) != value]
