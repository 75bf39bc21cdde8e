"""Messages to buyers and questions from them: what was meant to go out, what became of it, what came in.

No text of a message is kept: it can be made again from its template and the order. So there is nothing here to
purge but the questions, whose texts are rows of ``personal_data``.
"""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Instant, RowId, String, strict
from ordercli.models.operation import OperationId
from ordercli.models.order import PersonalData, SalesOrder
from ordercli.models.shop import Channel

_PERSON = [PersonalData.personal_id, PersonalData.version]
_STATES = "'intended', 'unknown', 'sent', 'failed', 'refused'"


class Message(Base):
    """A message that is meant to go out; the unique key is what makes it go out once.

    Attributes:
        kind: name of its template.
        occasion: what it is about, such as ``order``, ``shipment:12`` or ``RMA-000001``.
        details: JSON object of what was added by hand; None if nothing was. No names.
        state: of the last event, kept by a trigger; ``intended`` before the first.
    """

    __tablename__ = "message"
    __table_args__ = strict(
        UniqueConstraint("sales_order_id", "kind", "occasion"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("ix_message_open", "id", sqlite_where=text("state <> 'sent'")),
    )

    id: Mapped[RowId]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey(SalesOrder.id))
    kind: Mapped[String]
    occasion: Mapped[String]
    language: Mapped[String]
    details: Mapped[str | None]
    intended_at: Mapped[Instant]
    operation_id: Mapped[OperationId]
    state: Mapped[str] = mapped_column(server_default=text("'intended'"))


class MessageEvent(Base):
    """What became of a message; append-only.

    ``unknown`` stands from the moment before its bytes go until one knows better; it says which template made the
    text and for which version of whose data. A crash in between leaves it, and nothing is sent again by itself.

    Attributes:
        via: ``text`` (to paste), ``eml`` (a file), ``smtp`` or ``amazon`` (a call); ``hand`` where the seller said
            what became of it.
        detail: code of the mail server's answer, or why; no personal data.
    """

    __tablename__ = "message_event"
    __table_args__ = strict(
        CheckConstraint(f"state IN ({_STATES}) AND state <> 'intended'", name="state"),
        CheckConstraint("via IN ('text', 'eml', 'smtp', 'amazon', 'hand')", name="via"),
        ForeignKeyConstraint(["personal_id", "personal_version"], _PERSON),
        Index(None, "message_id"),
    )

    id: Mapped[RowId]
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    state: Mapped[String]
    via: Mapped[String]
    occurred_at: Mapped[Instant]
    template_sha256: Mapped[str | None]
    personal_id: Mapped[int | None]
    personal_version: Mapped[int | None]
    detail: Mapped[str | None]
    operation_id: Mapped[OperationId]


class Question(Base):
    """Something a buyer wrote, which starts the clock for an answer; append-only.

    Attributes:
        question_id: such as ``Q-000001``.
        sales_order_id: the order it is about; None for a question before the purchase.
        topic: the seller's word for it; None if she gave none.
        personal_id, personal_version: its text, in a row of ``personal_data`` of its own (``note``); None if the
            text was not kept.
    """

    __tablename__ = "question"
    __table_args__ = strict(
        UniqueConstraint("question_id"),
        ForeignKeyConstraint(["personal_id", "personal_version"], _PERSON),
        Index(None, "sales_order_id"),
    )

    id: Mapped[RowId]
    question_id: Mapped[String]
    channel: Mapped[str] = mapped_column(ForeignKey(Channel.name))
    sales_order_id: Mapped[int | None] = mapped_column(ForeignKey(SalesOrder.id))
    topic: Mapped[str | None]
    received_at: Mapped[Instant]
    personal_id: Mapped[int | None]
    personal_version: Mapped[int | None]
    operation_id: Mapped[OperationId]


class Answer(Base):
    """That a question is answered, or needs no answer; append-only.

    ``how`` is ``elsewhere`` or ``none_needed``. An answer from a template is a :class:`Message` whose occasion is
    the question.
    """

    __tablename__ = "answer"
    __table_args__ = strict(
        UniqueConstraint("question_id"), CheckConstraint("how IN ('elsewhere', 'none_needed')", name="how")
    )

    id: Mapped[RowId]
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"))
    how: Mapped[String]
    answered_at: Mapped[Instant]
    operation_id: Mapped[OperationId]
