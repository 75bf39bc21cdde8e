"""Fields of the shop's own: which there are, and the columns that lists have of them."""

from collections.abc import Sequence

from ordercli.domain.own_fields import FIELDS, PREFIX, VALUE_TABLES, FieldOwner, FieldType, OwnField, field_of
from ordercli.domain.report import Column, Report, ValueKind
from ordercli.naming import told_fields
from ordercli.queries.columns import Selected
from ordercli.queries.reader import Reader

SHOWN_AS: dict[FieldType, ValueKind] = {"text": "text", "number": "number", "date": "day", "choice": "text"}
"""How the values of a type are shown."""

NO_COLUMNS = Selected()

FIELD_COLUMNS = Selected(
    (Column("subject", "word", "of", importance="key"), "f.subject"),
    (Column("name", "word", importance="key"), "f.name"),
    (Column("type", "word"), "f.kind"),
    (
        Column("choices"),
        """(SELECT group_concat(c.value, ', ' /*+ ORDER BY CAST(c.key AS INTEGER) */)
          FROM json_each(f.choices) c)""",
    ),
    (
        Column("used", "whole"),
        """iif(f.subject = 'product', (SELECT count(*) FROM product_field_value v WHERE v.own_field_id = f.id),
          (SELECT count(*) FROM order_field_value v WHERE v.own_field_id = f.id))""",
    ),
)

LIST = f"""
SELECT {FIELD_COLUMNS.sql}
FROM own_field f WHERE :subject IS NULL OR f.subject = :subject ORDER BY f.subject DESC, f.name"""


def list_fields(reader: Reader, subject: FieldOwner | None = None) -> Report:
    """The fields there are, of products before those of orders, with how many things have a value."""
    return Report(FIELD_COLUMNS, reader.streamed(LIST, {"subject": subject}), "No fields of your own.")


def own_fields(reader: Reader, subject: FieldOwner) -> list[OwnField]:
    """The fields of a subject, by name."""
    return [field_of(row) for row in reader.rows(FIELDS, {"subject": subject})]


def own_columns(reader: Reader, subject: FieldOwner, row: str) -> Selected:
    """The columns of own fields, to stand behind ordercli's own in a list.

    Args:
        reader: where from.
        subject: what a row of the list is about.
        row: SQL of the row id of that.
    """
    table, owner = VALUE_TABLES[subject]
    value = f"(SELECT v.value FROM {table} v WHERE v.{owner} = {row} AND v.own_field_id = {{}})"
    return Selected(*((own_column(field), value.format(field.id)) for field in own_fields(reader, subject)))


def behind(own: Selected) -> str:
    """SQL of own columns behind others in a SELECT; nothing where there are none."""
    return f", {own.sql}" if own else ""


_LETTERS = str.maketrans("0123456789", "abcdefghij")
OwnFilter = tuple[tuple[int, str | None], ...]
"""Row ids of fields, each with the value that is wanted; None is none."""


def told_filter(reader: Reader, subject: FieldOwner, texts: Sequence[str]) -> OwnFilter:
    """What ``NAME=VALUE`` ask for; an empty value is what has none.

    Raises:
        NotFound: for a field that there is not.
        UsageProblem: for a value that no thing could have.
    """
    if not texts:
        return ()
    known = {field.name: field for field in own_fields(reader, subject)}
    told = told_fields(texts, subject, known, today=reader.today)
    return tuple((field.id, value) for field, value in told.items())


def own_where(wanted: OwnFilter, subject: FieldOwner, row: str) -> str:
    """SQL of whether a row has the values wanted, which :func:`own_bound` names, by the index of values.

    Args:
        wanted: the fields and values.
        subject: what the row is.
        row: SQL of its row id.
    """
    table, owner = VALUE_TABLES[subject]
    held = f"SELECT v.{owner} FROM {table} v WHERE v.own_field_id = "
    return " AND ".join(
        f"NOT EXISTS ({held}{field} AND v.{owner} = {row})"
        if value is None
        else f"{row} IN ({held}{field} AND v.value = :{_mark(field)})"
        for field, value in wanted
    )


def own_bound(wanted: OwnFilter) -> dict[str, str]:
    """The values that :func:`own_where` names."""
    return {_mark(field): value for field, value in wanted if value is not None}


def _mark(field: int) -> str:
    return f"own_{str(field).translate(_LETTERS)}"


def own_values(reader: Reader, fields: Sequence[OwnField], subject: FieldOwner, row: int) -> dict[str, str | None]:
    """What a product or order has in its fields, by their columns."""
    table, owner = VALUE_TABLES[subject]
    held = dict(
        reader.rows(f"SELECT own_field_id, value FROM {table} WHERE {owner} = :row", {"row": row}).fetchall()
    )
    return {field.column: held.get(field.id) for field in fields}


def own_column(field: OwnField) -> Column:
    """The column of a field: a table has it where a row has something there, and leaves it out first."""
    title = field.column.removeprefix(PREFIX).replace("_", " ")
    return Column(field.column, SHOWN_AS[field.kind], title, importance="spare", is_seldom=True)
