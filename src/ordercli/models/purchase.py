"""What is bought and not here yet."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Count, OperationId, RowId, non_negative, strict


class Purchase(Base):
    """Units of one product ordered from a supplier.

    Attributes:
        expected_on: the day they should come, in the shop's zone.
        unit_cost_minor: what one unit will cost.
        quantity_received: units that have come.
        quantity_canceled: units that will not come.
    """

    __tablename__ = "purchase"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        *non_negative("unit_cost_minor", "quantity_received", "quantity_canceled"),
        CheckConstraint("quantity_received + quantity_canceled <= quantity", name="within_ordered"),
        Index(
            "ix_purchase_open",
            "product_id",
            sqlite_where=text("quantity > quantity_received + quantity_canceled"),
        ),
    )

    id: Mapped[RowId]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    supplier: Mapped[str | None]
    quantity: Mapped[int]
    quantity_received: Mapped[Count]
    quantity_canceled: Mapped[Count]
    unit_cost_minor: Mapped[int]
    ordered_on: Mapped[str]
    expected_on: Mapped[str]
    operation_id: Mapped[OperationId]
