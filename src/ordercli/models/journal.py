"""What each operation changed in rows that were there before it, one entry a row.

Rows that a command makes need no image: they carry its number, or belong to a row that does. What the same
command changes in them is not kept either, since nobody could have seen it. So an import costs nothing here but
for what it changes in rows of earlier commands (docs/adr/0034-one-journal.md).
"""

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from ordercli.models.base import Base, RowId, String, strict
from ordercli.models.operation import OperationId


class RowChange(Base):
    """A row that an operation changed; append-only.

    It holds no personal data: that is referred to by key and version.

    Attributes:
        table_name: where the row stands.
        row_key: its primary key; the parts of one with several have a blank between them.
        verb: ``update``, ``delete``, or ``insert`` for a row that came to one of an earlier operation, or
            came back.
        old: JSON object of what the columns that changed were; of a ``delete`` of all that were not NULL; NULL of
            an ``insert``.
        new: the same of what they became; NULL of a ``delete``.
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
    old: Mapped[str | None]
    new: Mapped[str | None]


class BulkWrite(Base):
    """A row stands here while a command writes new rows, and the sums of them, by the set.

    The triggers that sum row by row leave these rows alone, and so do those that keep the past of what earlier
    commands wrote: what is written so is of orders that are new in the same command. Laws prove the sums.
    """

    __tablename__ = "bulk_write"
    __table_args__ = strict()

    id: Mapped[RowId]


class RowBefore(Base):
    """A row as the operation that is going on found it; triggers write it, and no row stays when it is sealed.

    Of a row that changes several times the first one counts.

    Attributes:
        table_name, row_key, verb: as in :class:`RowChange`.
        image: its stored columns as literals of SQL, one after the other; NULL of an ``insert``.
    """

    __tablename__ = "row_before"
    __table_args__ = strict()

    id: Mapped[RowId]
    table_name: Mapped[String]
    row_key: Mapped[String]
    verb: Mapped[String]
    image: Mapped[str | None]
