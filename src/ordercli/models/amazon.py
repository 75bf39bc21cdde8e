"""The live connection: how far each pull has come, what Amazon was told, and how often it may still be called."""

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Count, Flag, Instant, RowId, String, strict
from ordercli.models.operation import OperationId


class AmazonPull(Base):
    """A page that was taken in, and where to go on behind it; append-only. The last one of a kind is the cursor.

    Attributes:
        what: ``orders``, or of reports that Amazon makes ``order_reports`` (orders of before the first pull),
            ``returns``, ``fba_returns`` or ``settlements``.
        since: begin of the span that goes on, or that comes next.
        until: its end, as Amazon told it; None while none is being read. Of ``order_reports`` the end of all that
            is wanted, until that is there.
        next_token: of the span's next page, or the identifier of the report that was asked for; None where none
            is left.
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


class AmazonCall(Base):
    """A call that tells Amazon something, kept just before it is made, so that nothing is told twice.

    No operation writes it, since it must be kept whatever becomes of the command; what came of it is recorded by
    an operation afterwards, in a row of ``upload_item`` that names it.

    Attributes:
        name: the call's, in Amazon's models.
        subject: what it is about; of each there is one call at most of which it is not known what came of it.
        content: what it tells, as JSON.
        called_at: when it was made.
        state: ``unknown`` until it is known, then ``taken``, ``refused``, or ``lost`` if it never arrived.
        answer: what of its answer nothing else would tell again, such as the number of a bought label.
        code, message: Amazon's of a refusal.
        is_open: 1 until an operation has recorded what came of it; kept by triggers.
    """

    __tablename__ = "amazon_call"
    __table_args__ = strict(
        CheckConstraint("state IN ('unknown', 'taken', 'refused', 'lost')", name="state"),
        CheckConstraint("state = 'refused' OR (code IS NULL AND message IS NULL)", name="refusal"),
        CheckConstraint("state = 'taken' OR answer IS NULL", name="answer"),
        CheckConstraint("is_open IN (0, 1)", name="is_open"),
        Index(None, "name", "subject"),
        Index("ix_amazon_call_open", "name", "subject", sqlite_where=text("is_open = 1")),
        Index(
            "uq_amazon_call_unknown",
            "name",
            "subject",
            unique=True,
            sqlite_where=text("state = 'unknown'"),
        ),
    )

    id: Mapped[RowId]
    name: Mapped[String]
    subject: Mapped[String]
    content: Mapped[String]
    called_at: Mapped[Instant]
    state: Mapped[String]
    answer: Mapped[str | None]
    code: Mapped[str | None]
    message: Mapped[str | None]
    is_open: Mapped[Flag]


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
