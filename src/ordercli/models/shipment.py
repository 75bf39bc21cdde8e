"""Parcels and what was in them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Instant, Minor, OperationId, RowId, String, strict


class Shipment(Base):
    """One parcel of one order.

    Attributes:
        origin: ``seller`` for parcels recorded here, ``channel`` for units a report says have been shipped.
        carrier: the channel's code of the carrier; None for a parcel known from a report only.
        carrier_name: the name in words where ``carrier`` is ``Other``.
        shipped_on: the day the parcel was handed over, in the shop's zone.
        confirmed_at: when it was confirmed to the channel, which decides lateness; None until then.
        confirmation_file_id: the upload file it went out in.
    """

    __tablename__ = "shipment"
    __table_args__ = strict(
        CheckConstraint("origin IN ('seller', 'channel')", name="origin"),
        CheckConstraint(
            "status IN ('shipped', 'in_transit', 'delivered', 'exception', 'returned', 'void')", name="status"
        ),
        CheckConstraint("cost_minor >= 0", name="cost_minor_not_negative"),
        Index(None, "sales_order_id"),
        Index("ix_shipment_tracking_number", "tracking_number", sqlite_where=text("tracking_number IS NOT NULL")),
        Index(
            "ix_shipment_unconfirmed",
            "id",
            sqlite_where=text("confirmed_at IS NULL AND origin = 'seller'"),
        ),
    )

    id: Mapped[RowId]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    operation_id: Mapped[OperationId]
    origin: Mapped[String]
    status: Mapped[String]
    carrier: Mapped[str | None]
    carrier_name: Mapped[str | None]
    tracking_number: Mapped[str | None]
    service: Mapped[str | None]
    cost_minor: Mapped[Minor]
    shipped_on: Mapped[str | None]
    recorded_at: Mapped[Instant]
    confirmed_at: Mapped[str | None]
    delivered_at: Mapped[str | None]
    confirmation_file_id: Mapped[int | None] = mapped_column(ForeignKey("confirmation_file.id"))


class ShipmentLine(Base):
    """Units of one order line in one parcel.

    Attributes:
        sold_on: the day they count as sold, in the shop's zone.
        movement_id: the movement that took them from own stock; None for units that never were in this
            ledger (sold before it began, or fulfilled by Amazon).
    """

    __tablename__ = "shipment_line"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index(None, "order_line_id"),
        Index(None, "shipment_id"),
    )

    id: Mapped[RowId]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int]
    sold_on: Mapped[String]
    movement_id: Mapped[int | None] = mapped_column(ForeignKey("stock_movement.id"))


class ShipmentComponent(Base):
    """Units of one product in a parcel's line of kits or packs, with the movement that took them from stock."""

    __tablename__ = "shipment_component"
    __table_args__ = strict(CheckConstraint("quantity > 0", name="quantity_positive"), sqlite_with_rowid=False)

    shipment_line_id: Mapped[int] = mapped_column(ForeignKey("shipment_line.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    quantity: Mapped[int]
    movement_id: Mapped[int | None] = mapped_column(ForeignKey("stock_movement.id"))
