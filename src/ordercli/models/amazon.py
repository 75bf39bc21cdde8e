"""The live connection: how far each pull has come, and how often Amazon may still be called."""

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Count, Flag, Instant, RowId, String, strict
from ordercli.models.operation import OperationId


class AmazonPull(Base):
    """A page that was taken in, and where to go on behind it; append-only. The last one of a kind is the cursor.

    Attributes:
        what: ``orders``.
        since: begin of the span that goes on, or that comes next.
        until: its end, as Amazon told it; None while none is being read.
        next_token: of the span's next page; None where none is left.
        token_at: when Amazon gave that token.
        is_short: whether a line of the span was rejected; then the span is read again, so that nothing is lost.
    """

    __tablename__ = "amazon_pull"
    __table_args__ = strict(CheckConstraint("is_short IN (0, 1)", name="is_short"), Index(None, "what"))

    id: Mapped[RowId]
    what: Mapped[String]
    since: Mapped[Instant]
    until: Mapped[str | None]
    next_token: Mapped[str | None]
    token_at: Mapped[str | None]
    is_short: Mapped[Flag]
    operation_id: Mapped[OperationId]


class AmazonAllowance(Base):
    """The bucket of one of Amazon's operations, shared by all processes; no operation of the shop writes it.

    Attributes:
        name: the operation's, in Amazon's models.
        full_at: UTC text with milliseconds of when it is full again.
        rate: millionths of a call a second.
    """

    __tablename__ = "amazon_allowance"
    __table_args__ = strict()

    name: Mapped[str] = mapped_column(primary_key=True)
    full_at: Mapped[Instant]
    rate: Mapped[Count]
