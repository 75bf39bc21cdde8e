"""Files for a channel's upload page: what went out in which, and what the channel answered."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Instant, OperationId, RowId, String, strict


class UploadFile(Base):
    """One file for a channel's upload page.

    ``kind`` is ``confirmation`` of shipments, ``refund`` or ``cancellation``. ``state`` is ``unknown`` from the
    moment what it tells is marked until the bytes are known to be out, then ``written``. A crash in between
    leaves ``unknown``, and nothing is sent again by itself.
    """

    __tablename__ = "upload_file"
    __table_args__ = strict(
        CheckConstraint("state IN ('unknown', 'written')", name="state"),
        CheckConstraint("kind IN ('confirmation', 'refund', 'cancellation')", name="kind"),
    )

    id: Mapped[RowId]
    operation_id: Mapped[OperationId]
    channel: Mapped[str] = mapped_column(ForeignKey("channel.name"))
    written_at: Mapped[Instant]
    name: Mapped[String]
    state: Mapped[String]
    kind: Mapped[str] = mapped_column(server_default=text("'confirmation'"))


class UploadItem(Base):
    """One thing that a file tells the channel: a shipment, a refund or a cancellation; append-only."""

    __tablename__ = "upload_item"
    __table_args__ = strict(
        CheckConstraint(
            "(shipment_id IS NOT NULL) + (refund_id IS NOT NULL) + (cancellation_id IS NOT NULL) = 1",
            name="one_thing",
        ),
        Index(None, "upload_file_id"),
        Index("ix_upload_item_shipment_id", "shipment_id", sqlite_where=text("shipment_id IS NOT NULL")),
        Index("ix_upload_item_refund_id", "refund_id", sqlite_where=text("refund_id IS NOT NULL")),
        Index(
            "ix_upload_item_cancellation_id",
            "cancellation_id",
            sqlite_where=text("cancellation_id IS NOT NULL"),
        ),
    )

    id: Mapped[RowId]
    upload_file_id: Mapped[int] = mapped_column(ForeignKey("upload_file.id"))
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey("shipment.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refund.id"))
    cancellation_id: Mapped[int | None] = mapped_column(ForeignKey("cancellation.id"))


class UploadFailure(Base):
    """What the channel did not take, by its own processing report; append-only.

    Attributes:
        code: the channel's number of the error.
        message: the channel's sentence.
    """

    __tablename__ = "upload_failure"
    __table_args__ = strict()

    upload_item_id: Mapped[int] = mapped_column(ForeignKey("upload_item.id"), primary_key=True)
    code: Mapped[str | None]
    message: Mapped[String]
    operation_id: Mapped[OperationId]
