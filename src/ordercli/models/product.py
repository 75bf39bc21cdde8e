"""What is stocked and sold."""

from sqlalchemy import CheckConstraint
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
