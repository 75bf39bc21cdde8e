"""The journal: one row for every writer command that changed something."""

from typing import Annotated

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Instant, RowId, String, strict


class Operation(Base):
    """One successful writer command.

    Inserted when the command begins to write and sealed (``summary``, ``changed`` and ``chain`` filled) before it
    commits; triggers refuse any other change. It holds no personal data.

    Attributes:
        recorded_at: when the command ran.
        actor: who ran it, as the machine names them.
        command: such as ``order import``.
        summary: the receipt's sentence.
        changed: JSON object of counts by kind of fact.
        words: JSON array of the command line's words, personal data as null; NULL where the command line did
            something else before it, or there was none.
        made: the hash of the rows it made, as they were when it was sealed (``domain/made_rows.py``); or None.
        people: the hash of the personal data that they refer to; apart, since it may have to go some day.
        chain: the hash that ties the operation, and what it changed, to all before it (``domain/chain.py``).
    """

    __tablename__ = "operation"
    __table_args__ = strict()

    id: Mapped[RowId]
    recorded_at: Mapped[Instant]
    actor: Mapped[String]
    command: Mapped[String]
    summary: Mapped[str | None]
    changed: Mapped[str | None]
    words: Mapped[str | None]
    made: Mapped[str | None]
    people: Mapped[str | None]
    chain: Mapped[str | None]


OperationId = Annotated[int, mapped_column(ForeignKey(Operation.id))]
"""The operation that wrote a row."""


class UndoneOperation(Base):
    """Which operation took back which; append-only.

    One is in force as long as no operation in force takes it back: an undo that was undone is a redo.

    Attributes:
        operation_id: the undo.
        undone_operation_id: what it took back.
    """

    __tablename__ = "undone_operation"
    __table_args__ = strict(Index(None, "undone_operation_id"), sqlite_with_rowid=False)

    operation_id: Mapped[OperationId] = mapped_column(primary_key=True)
    undone_operation_id: Mapped[OperationId] = mapped_column(primary_key=True)


class OperationReference(Base):
    """The seller's own name for what an operation did, so that a repeat of it is known; append-only.

    Attributes:
        command: of the operation; each command has names of its own.
        content: SHA-256 of what was asked, personal data apart; other content under the name is refused.
    """

    __tablename__ = "operation_reference"
    __table_args__ = strict(sqlite_with_rowid=False)

    command: Mapped[String] = mapped_column(primary_key=True)
    reference: Mapped[String] = mapped_column(primary_key=True)
    content: Mapped[String]
    operation_id: Mapped[OperationId]


class NewsTold(Base):
    """What a check found when it told news last, so that the next one tells only what is new; append-only.

    Attributes:
        source: the report that was checked.
        items: JSON array of what it found, each named so that the same thing has the same name again.
    """

    __tablename__ = "news_told"
    __table_args__ = strict(Index(None, "source"))

    id: Mapped[RowId]
    source: Mapped[String]
    items: Mapped[String]
    operation_id: Mapped[OperationId]
