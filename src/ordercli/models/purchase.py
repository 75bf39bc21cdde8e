"""What is bought: purchases with their lines, what came and what will not."""

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.domain.open_units import open_sql
from ordercli.models.base import Base, Count, Flag, Minor, RowId, String, non_negative, strict
from ordercli.models.operation import OperationId
from ordercli.models.product import Product
from ordercli.models.stock import StockMovement
from ordercli.models.supplier import Supplier


class Purchase(Base):
    """An order of the seller's own, from one supplier; a draft until it is placed.

    Attributes:
        currency: of the lines' costs.
        reference: the supplier's number of it.
        placed_on: the day it was ordered, in the shop's zone; None for a draft.
        closed_on: the day on which what was still to come was given up for good.
    """

    __tablename__ = "purchase"
    __table_args__ = strict(
        CheckConstraint("closed_on IS NULL OR placed_on IS NOT NULL", name="closed_after_placed"),
        Index("ix_purchase_draft", "supplier_id", sqlite_where=text("placed_on IS NULL")),
    )

    id: Mapped[RowId]
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey(Supplier.id))
    currency: Mapped[String]
    reference: Mapped[str | None]
    note: Mapped[str | None]
    placed_on: Mapped[str | None]
    closed_on: Mapped[str | None]
    operation_id: Mapped[OperationId]


class PurchaseLine(Base):
    """Units of one product in a purchase; what came and what will not is kept by triggers.

    Attributes:
        quantity_received: units that came, damaged ones and those beyond the order included.
        quantity_over: units that came beyond the order.
        quantity_open: units still to come; derived, cannot be written.
        unit_cost_minor: what one unit should cost; None while a draft does not know.
        expected_on: the day the units still to come should be here; set once the purchase is placed.
        is_suggested: 1 while the quantity of a draft follows what the reorder report suggests.
    """

    __tablename__ = "purchase_line"
    __table_args__ = strict(
        UniqueConstraint("purchase_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        *non_negative("unit_cost_minor", "quantity_damaged", "quantity_over", "quantity_canceled"),
        CheckConstraint("quantity_damaged <= quantity_received", name="damaged_within_received"),
        CheckConstraint(
            "quantity_received + quantity_canceled <= quantity + quantity_over", name="within_ordered"
        ),
        CheckConstraint("is_suggested IN (0, 1)", name="is_suggested"),
        Index(
            "ix_purchase_line_open",
            "product_id",
            sqlite_where=text("quantity_open > 0"),
        ),
    )

    id: Mapped[RowId]
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchase.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    quantity: Mapped[int]
    quantity_received: Mapped[Count]
    quantity_damaged: Mapped[Count]
    quantity_over: Mapped[Count]
    quantity_canceled: Mapped[Count]
    quantity_open: Mapped[int] = mapped_column(
        Computed(open_sql("quantity", "quantity_received", "quantity_canceled"), persisted=False)
    )
    unit_cost_minor: Mapped[Minor]
    expected_on: Mapped[str | None]
    is_suggested: Mapped[Flag]


class PurchaseReceipt(Base):
    """Units of a purchase's line that came together; append-only.

    Attributes:
        quantity: units that came, the damaged ones included.
        reference: the delivery's number.
        unit_cost_minor: what one unit cost, in the purchase's currency.
        rate: the shop's currency for one of the purchase's, as a decimal.
        cost_minor: what all units cost in the shop's currency, ``landed_minor`` of freight and duty included.
        movement_id, damaged_movement_id: how the sound and the damaged units came into stock.
    """

    __tablename__ = "purchase_receipt"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("quantity_damaged BETWEEN 0 AND quantity", name="damaged_within_quantity"),
        *non_negative("unit_cost_minor", "cost_minor"),
        CheckConstraint("landed_minor BETWEEN 0 AND cost_minor", name="landed_within_cost"),
        Index(None, "purchase_line_id"),
    )

    id: Mapped[RowId]
    purchase_line_id: Mapped[int] = mapped_column(ForeignKey("purchase_line.id"))
    quantity: Mapped[int]
    quantity_damaged: Mapped[Count]
    received_on: Mapped[String]
    reference: Mapped[str | None]
    unit_cost_minor: Mapped[int]
    rate: Mapped[str] = mapped_column(server_default=text("'1'"))
    landed_minor: Mapped[Count]
    cost_minor: Mapped[int]
    movement_id: Mapped[int | None] = mapped_column(ForeignKey(StockMovement.id))
    damaged_movement_id: Mapped[int | None] = mapped_column(ForeignKey(StockMovement.id))
    operation_id: Mapped[OperationId]


class PurchaseCancellation(Base):
    """Units of a purchase's line that will not come; append-only."""

    __tablename__ = "purchase_cancellation"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index(None, "purchase_line_id"),
    )

    id: Mapped[RowId]
    purchase_line_id: Mapped[int] = mapped_column(ForeignKey("purchase_line.id"))
    quantity: Mapped[int]
    operation_id: Mapped[OperationId]
