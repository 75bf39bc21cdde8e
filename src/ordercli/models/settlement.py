"""What a channel paid out: settlements, and every amount in them as the channel named it."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.domain.settlement import is_refund_sql
from ordercli.models.base import Base, Instant, RowId, String, strict
from ordercli.models.operation import OperationId
from ordercli.models.shop import Channel


class Settlement(Base):
    """One payout of a channel for a stretch of time, as its report sums it up; append-only.

    Attributes:
        settlement_id: the channel's number.
        total_minor: what the report says was paid out; its entries should add up to it.
    """

    __tablename__ = "settlement"
    __table_args__ = strict(
        UniqueConstraint("settlement_id"), CheckConstraint("starts_at <= ends_at", name="starts_before_end")
    )

    id: Mapped[RowId]
    settlement_id: Mapped[String]
    channel: Mapped[str] = mapped_column(ForeignKey(Channel.name))
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    deposited_at: Mapped[str | None]
    total_minor: Mapped[int]
    currency: Mapped[String]
    operation_id: Mapped[OperationId]


class SettlementEntry(Base):
    """One amount of a settlement, in its currency; negative where the channel keeps it. Append-only.

    The order may be unknown here, or become known later, so it is named by the channel's id.

    Attributes:
        amount_type, amount_description: the channel's codes; what they mean is in
            ``domain/settlement.py``.
        item_id: the channel's order-item id.
        sku: the channel's SKU.
    """

    __tablename__ = "settlement_entry"
    __table_args__ = strict(
        Index("ix_settlement_entry_order_id", "order_id", sqlite_where=text("order_id IS NOT NULL")),
        Index("ix_settlement_entry_refund", "posted_at", sqlite_where=text(is_refund_sql("transaction_type"))),
        Index("ix_settlement_entry_refunded", "order_id", sqlite_where=text(is_refund_sql("transaction_type"))),
        sqlite_with_rowid=False,
    )

    settlement_id: Mapped[int] = mapped_column(ForeignKey("settlement.id"), primary_key=True)
    entry_no: Mapped[int] = mapped_column(primary_key=True)
    transaction_type: Mapped[String]
    order_id: Mapped[str | None]
    merchant_order_id: Mapped[str | None]
    adjustment_id: Mapped[str | None]
    shipment_id: Mapped[str | None]
    marketplace: Mapped[str | None]
    amount_type: Mapped[String]
    amount_description: Mapped[String]
    amount_minor: Mapped[int]
    fulfillment: Mapped[str | None]
    posted_at: Mapped[str | None]
    item_id: Mapped[str | None]
    sku: Mapped[str | None]
    quantity: Mapped[int | None]
    promotion_id: Mapped[str | None]
