"""Returns: what comes back, what it turns out to be, and the money given back for it."""

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Count, Instant, OperationId, RowId, String, non_negative, strict

STATUS_SQL = """CASE
 WHEN refunded_minor > 0 AND units_inspected = units THEN 'refunded'
 WHEN units_inspected = units THEN 'inspected'
 WHEN units_received > 0 THEN 'received'
 ELSE 'authorized' END"""


class ReturnAuthorization(Base):
    """Permission to send units of one order back (RMA).

    Attributes:
        return_id: such as ``RMA-000001``.
        reason: why the buyer returns it, in the seller's or the channel's words.
        units, units_received, units_inspected, refunded_minor: sums, kept by triggers.
        status: derived from the sums; cannot be written.
    """

    __tablename__ = "return_authorization"
    __table_args__ = strict(
        UniqueConstraint("return_id"),
        *non_negative("units", "units_received", "units_inspected", "refunded_minor"),
        Index(None, "sales_order_id"),
    )

    id: Mapped[RowId]
    return_id: Mapped[String]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    reason: Mapped[String]
    opened_at: Mapped[Instant]
    operation_id: Mapped[OperationId]
    units: Mapped[Count]
    units_received: Mapped[Count]
    units_inspected: Mapped[Count]
    refunded_minor: Mapped[Count]
    status: Mapped[str] = mapped_column(Computed(STATUS_SQL, persisted=False))


class ReturnLine(Base):
    """Units of one order line that may come back; received and inspected are kept by triggers."""

    __tablename__ = "return_line"
    __table_args__ = strict(
        UniqueConstraint("return_authorization_id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("quantity_received <= quantity", name="received_within_authorized"),
        CheckConstraint("quantity_inspected <= quantity_received", name="inspected_within_received"),
        Index(None, "order_line_id"),
    )

    id: Mapped[RowId]
    return_authorization_id: Mapped[int] = mapped_column(ForeignKey("return_authorization.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int]
    quantity_received: Mapped[Count]
    quantity_inspected: Mapped[Count]


class ReturnEvent(Base):
    """Units received into QUARANTINE (``disposition`` is None) or inspected; append-only.

    ``movement_id`` is the stock movement, the first of them where units of several costs or products moved.
    """

    __tablename__ = "return_event"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint(
            "disposition IN ('sellable', 'customer_damaged', 'carrier_damaged', 'defective', 'wrong_item',"
            " 'missing', 'expired')",
            name="disposition",
        ),
        Index(None, "return_line_id"),
    )

    id: Mapped[RowId]
    return_line_id: Mapped[int] = mapped_column(ForeignKey("return_line.id"))
    disposition: Mapped[str | None]
    quantity: Mapped[int]
    occurred_at: Mapped[Instant]
    movement_id: Mapped[int] = mapped_column(ForeignKey("stock_movement.id"))
    operation_id: Mapped[OperationId]


class Refund(Base):
    """Money given back for one line of a return; append-only.

    Attributes:
        disposition: of the inspected units it settles; None for an amount given by hand.
        quantity: how many they are; 0 for an amount given by hand.
        fee_minor: restocking fee kept back.
        amount_minor: what the buyer gets, in the order's currency.
    """

    __tablename__ = "refund"
    __table_args__ = strict(
        *non_negative("quantity", "fee_minor", "amount_minor"),
        Index(None, "return_line_id"),
    )

    id: Mapped[RowId]
    return_line_id: Mapped[int] = mapped_column(ForeignKey("return_line.id"))
    disposition: Mapped[str | None]
    quantity: Mapped[int]
    fee_minor: Mapped[int]
    amount_minor: Mapped[int]
    refunded_at: Mapped[Instant]
    operation_id: Mapped[OperationId]
