"""What each operation changed in rows that were there before it, column by column; triggers write it.

Rows that a command makes need no image: they carry its number, or belong to a row that does. What the same
command changes in them is not kept either, since nobody could have seen it. So an import costs nothing here but
for what it changes in rows of earlier commands (docs/adr/0034-one-journal.md).
"""

from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import AnyValue, Base, RowId, String, strict
from ordercli.models.operation import OperationId


class RowChange(Base):
    """One column of a row that an operation changed; append-only.

    It holds no personal data: that is referred to by key and version.

    Attributes:
        table_name: where the row stands.
        row_key: its primary key; the parts of one with several have a blank between them.
        verb: ``update``, ``delete``, or ``insert`` for a row that came to one of an earlier operation. Of the
            latter two every column that is not NULL has an entry.
        column_name: what changed.
        old_value: as it was; NULL too where there was no row.
        new_value: as it became; NULL too where there is no row any more.
    """

    __tablename__ = "row_change"
    __table_args__ = strict(
        Index(None, "operation_id"),
        Index(None, "table_name", "row_key"),
        Index("ix_row_change_deleted", "table_name", sqlite_where=text("verb = 'delete'")),
    )

    id: Mapped[RowId]
    operation_id: Mapped[OperationId]
    table_name: Mapped[String]
    row_key: Mapped[String]
    verb: Mapped[String]
    column_name: Mapped[String]
    old_value: Mapped[Any] = mapped_column(AnyValue, nullable=True)
    new_value: Mapped[Any] = mapped_column(AnyValue, nullable=True)
