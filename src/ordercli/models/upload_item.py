"""What went out in which upload file, and what the channel answered."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.amazon import AmazonCall
from ordercli.models.base import Base, RowId, String, strict
from ordercli.models.operation import OperationId
from ordercli.models.order import Cancellation
from ordercli.models.returns import Refund
from ordercli.models.shipment import Shipment
from ordercli.models.upload_file import UploadFile


class UploadItem(Base):
    """One thing that the channel is told: a shipment, a refund or a cancellation; append-only.

    Attributes:
        amazon_call_id: the call that told it; None of what a file tells.
    """

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
        Index("ix_upload_item_amazon_call_id", "amazon_call_id", sqlite_where=text("amazon_call_id IS NOT NULL")),
    )

    id: Mapped[RowId]
    upload_file_id: Mapped[int] = mapped_column(ForeignKey(UploadFile.id))
    shipment_id: Mapped[int | None] = mapped_column(ForeignKey(Shipment.id))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey(Refund.id))
    cancellation_id: Mapped[int | None] = mapped_column(ForeignKey(Cancellation.id))
    amazon_call_id: Mapped[int | None] = mapped_column(ForeignKey(AmazonCall.id))


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
