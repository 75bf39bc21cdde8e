"""What buyers and the channel hold against orders: feedback, claims, chargebacks."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, OperationId, RowId, String, strict


class Feedback(Base):
    """Stars a buyer gave for an order, 1 to 5; append-only, the latest of an order holds."""

    __tablename__ = "feedback"
    __table_args__ = strict(CheckConstraint("stars BETWEEN 1 AND 5", name="stars"), Index(None, "sales_order_id"))

    id: Mapped[RowId]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    stars: Mapped[int]
    given_on: Mapped[String]
    operation_id: Mapped[OperationId]


class Claim(Base):
    """A claim or chargeback against an order; append-only, the latest of an order and kind holds.

    ``status`` is ``open``, ``granted`` or ``denied``; only a denied one does not count as a defect.
    """

    __tablename__ = "claim"
    __table_args__ = strict(
        CheckConstraint("kind IN ('a-to-z', 'chargeback')", name="kind"),
        CheckConstraint("status IN ('open', 'granted', 'denied')", name="status"),
        Index(None, "sales_order_id"),
    )

    id: Mapped[RowId]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    kind: Mapped[String]
    status: Mapped[String]
    filed_on: Mapped[String]
    operation_id: Mapped[OperationId]
