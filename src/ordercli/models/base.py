"""Declarative base, column types and naming rules shared by all tables.

Every table is STRICT, every constraint has a name (the convention below gives them), and only three SQLite
types occur: INTEGER, TEXT and, for a file kept whole, BLOB; the journal keeps values of any of them. Instants are
UTC text ending in ``Z``, days are ``YYYY-MM-DD``, money is minor units of the row's currency, flags are 0 or 1.
"""

from typing import Annotated, Any

from sqlalchemy import CheckConstraint, Integer, LargeBinary, MetaData, Text, text
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import UserDefinedType

NAMING = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

RowId = Annotated[int, mapped_column(Integer, primary_key=True)]
Count = Annotated[int, mapped_column(Integer, server_default=text("0"))]
Flag = Annotated[int, mapped_column(Integer, server_default=text("0"))]
Minor = Annotated[int | None, mapped_column(Integer)]
String = Annotated[str, mapped_column(Text)]
Instant = Annotated[str, mapped_column(Text)]


class AnyValue(UserDefinedType[Any]):
    """A column that takes values of any type as they are."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        """How SQLite spells it in a STRICT table."""
        return "ANY"


class Base(DeclarativeBase):
    """Base of all mapped classes."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {int: Integer, str: Text, bytes: LargeBinary}  # noqa: RUF012 - SQLAlchemy's own spelling


def strict(*constraints: Any, **options: Any) -> tuple[Any, ...]:  # noqa: ANN401 - any schema item
    """Table arguments: the given constraints and indexes, and a STRICT table."""
    return (*constraints, {"sqlite_strict": True, **options})


def non_negative(*columns: str) -> list[CheckConstraint]:
    """One named CHECK for each column that may not go below zero."""
    return [CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative") for column in columns]
