"""The journal: one row for every writer command that changed something."""

from typing import Annotated

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Instant, RowId, String, strict


class Operation(Base):
    """One successful writer command.

    Inserted when the command begins to write and sealed (``summary`` and ``changed`` filled) before it
    commits; triggers refuse any other change. It holds no personal data.

    Attributes:
        recorded_at: when the command ran.
        actor: who ran it, as the machine names them.
        command: such as ``order import``.
        summary: the receipt's sentence.
        changed: JSON object of counts by kind of fact.
    """

    __tablename__ = "operation"
    __table_args__ = strict()

    id: Mapped[RowId]
    recorded_at: Mapped[Instant]
    actor: Mapped[String]
    command: Mapped[String]
    summary: Mapped[str | None]
    changed: Mapped[str | None]


OperationId = Annotated[int, mapped_column(ForeignKey(Operation.id))]
"""The operation that wrote a row."""


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


class Removal(Base):
    """A word that was taken back, such as a listing typed in by mistake, and what it said; append-only.

    Attributes:
        kind: the table it stood in.
        name: what the seller called it.
        content: JSON object of the removed rows by table, the row itself and those that belonged to it.
    """

    __tablename__ = "removal"
    __table_args__ = strict(Index(None, "kind", "name"))

    id: Mapped[RowId]
    kind: Mapped[String]
    name: Mapped[String]
    content: Mapped[String]
    operation_id: Mapped[OperationId]
