"""What is stocked and sold."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Minor, OperationId, RowId, String, non_negative, strict


class Product(Base):
    """One stocked article, named by the seller's SKU.

    Attributes:
        unit_price_minor: usual selling price in the shop's currency; None when not given.
        unit_cost_minor: usual purchase cost in the shop's currency; stock itself keeps what it really cost.
        reorder_point: available units at or below which it is low; None takes the setting of that name.
        lead_time_days: supplier days from order to receipt.
        cover_days: days of sales a reorder should last; None takes the setting of that name.
        weight_grams: of one unit, packed.
        bin: where it lies, for the pick list.
    """

    __tablename__ = "product"
    __table_args__ = strict(
        *non_negative("unit_price_minor", "unit_cost_minor", "reorder_point", "lead_time_days"),
        CheckConstraint("cover_days > 0", name="cover_days_positive"),
        CheckConstraint("weight_grams > 0", name="weight_grams_positive"),
    )

    id: Mapped[RowId]
    sku: Mapped[str] = mapped_column(unique=True)
    name: Mapped[String]
    asin: Mapped[str | None]
    unit_price_minor: Mapped[Minor]
    unit_cost_minor: Mapped[Minor]
    supplier: Mapped[str | None]
    lead_time_days: Mapped[int | None]
    reorder_point: Mapped[int | None]
    cover_days: Mapped[int | None]
    weight_grams: Mapped[int | None]
    bin: Mapped[str | None]
    operation_id: Mapped[OperationId]


class Listing(Base):
    """How a channel names a product and who ships it from there."""

    __tablename__ = "listing"
    __table_args__ = strict(
        UniqueConstraint("channel", "channel_sku"),
        *non_negative("price_minor"),
        CheckConstraint("fulfillment IN ('FBM', 'FBA')", name="fulfillment"),
        Index(None, "product_id"),
    )

    id: Mapped[RowId]
    channel: Mapped[str] = mapped_column(ForeignKey("channel.name"))
    channel_sku: Mapped[String]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    name: Mapped[str | None]
    asin: Mapped[str | None]
    price_minor: Mapped[Minor]
    fulfillment: Mapped[String]
    channel_status: Mapped[str | None]
    operation_id: Mapped[OperationId]
