"""Shipments, what was in them, and what became of them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.domain.orders.orders import under_way_sql
from ordercli.domain.shipping.shipping import UNCONFIRMED
from ordercli.models.base import Base, Flag, Instant, Minor, RowId, String, strict
from ordercli.models.operation import OperationId
from ordercli.models.order import OrderLine, SalesOrder
from ordercli.models.product import Product
from ordercli.models.stock import StockMovement
from ordercli.models.upload_file import UploadFile


class Shipment(Base):
    """One parcel of one order.

    Attributes:
        origin: ``seller`` for shipments recorded here, ``channel`` for units a report says have been shipped.
        carrier: the channel's code of the carrier; None for a shipment known from a report only.
        carrier_name: the name in words where ``carrier`` is ``Other``.
        shipped_on: the day the shipment was handed over, in the shop's zone.
        confirmed_at: when it was confirmed to the channel, which decides lateness; None until then.
        upload_file_id: the latest upload file it went out in; None again if the channel did not take it.
        status, delivered_at: follow from its events; kept by a trigger.
        is_outdated: 1 while the channel was told what has been corrected since.
    """

    __tablename__ = "shipment"
    __table_args__ = strict(
        CheckConstraint("origin IN ('seller', 'channel')", name="origin"),
        CheckConstraint(
            "status IN ('shipped', 'in_transit', 'delivered', 'exception', 'returned', 'void')", name="status"
        ),
        CheckConstraint("cost_minor >= 0", name="cost_minor_not_negative"),
        CheckConstraint("is_outdated IN (0, 1)", name="is_outdated"),
        Index(None, "sales_order_id"),
        Index("ix_shipment_tracking_number", "tracking_number", sqlite_where=text("tracking_number IS NOT NULL")),
        Index(
            "ix_shipment_unconfirmed",
            "id",
            sqlite_where=text(UNCONFIRMED),
        ),
        Index("ix_shipment_outdated", "id", sqlite_where=text("is_outdated = 1")),
        Index("ix_shipment_recorded_at", "recorded_at"),
        Index("ix_shipment_arrival", text("coalesce(delivered_at, shipped_on)")),
        Index(
            "ix_shipment_under_way",
            "sales_order_id",
            sqlite_where=text(under_way_sql()),
        ),
    )

    id: Mapped[RowId]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey(SalesOrder.id))
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
    upload_file_id: Mapped[int | None] = mapped_column(ForeignKey(UploadFile.id))
    is_outdated: Mapped[Flag]


class ShipmentLine(Base):
    """Units of one order line in one shipment.

    Attributes:
        sold_on: the day they count as sold, in the shop's zone.
        movement_id: the movement that took them from own stock; None for units that never were in this
            ledger (sold before it began, or fulfilled by Amazon).
        is_named: 1 if the line was named when it was shipped, and not just its SKU or the whole order.
    """

    __tablename__ = "shipment_line"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("is_named IN (0, 1)", name="is_named"),
        Index(None, "order_line_id"),
        Index(None, "shipment_id"),
    )

    id: Mapped[RowId]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey(OrderLine.id))
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    quantity: Mapped[int]
    sold_on: Mapped[String]
    movement_id: Mapped[int | None] = mapped_column(ForeignKey(StockMovement.id))
    is_named: Mapped[Flag]


class ShipmentComponent(Base):
    """Units of one product in a shipment's line of kits or packs, with the movement that took them from stock."""

    __tablename__ = "shipment_component"
    __table_args__ = strict(CheckConstraint("quantity > 0", name="quantity_positive"), sqlite_with_rowid=False)

    shipment_line_id: Mapped[int] = mapped_column(ForeignKey("shipment_line.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    quantity: Mapped[int]
    movement_id: Mapped[int | None] = mapped_column(ForeignKey(StockMovement.id))


class ShipmentEvent(Base):
    """What became of a shipment, as the carrier or the seller tells it; append-only.

    The shipment's status does not depend on the order in which events came in: ``void`` and then ``returned`` and
    ``delivered`` hold whatever else is told, before them the latest event does.

    Attributes:
        occurred_at: when it happened.
        detail: the carrier's words; none of a delivery, since those tell who signed.
        withdraws: the event that this one takes back.
    """

    __tablename__ = "shipment_event"
    __table_args__ = strict(
        CheckConstraint("status IN ('in_transit', 'delivered', 'exception', 'returned', 'void')", name="status"),
        CheckConstraint("detail IS NULL OR status <> 'delivered'", name="no_detail_of_delivery"),
        CheckConstraint("withdraws IS NULL OR status <> 'void'", name="void_is_final"),
        UniqueConstraint("withdraws"),
        Index(None, "shipment_id"),
    )

    id: Mapped[RowId]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    operation_id: Mapped[OperationId]
    status: Mapped[String]
    occurred_at: Mapped[Instant]
    detail: Mapped[str | None]
    withdraws: Mapped[int | None] = mapped_column(ForeignKey("shipment_event.id"))


class ShipmentFix(Base):
    """What a correction of a shipment replaced; append-only.

    Attributes:
        field: a column of ``shipment``.
        old_value, new_value: its value as text; None for none.
    """

    __tablename__ = "shipment_fix"
    __table_args__ = strict(
        CheckConstraint(
            "field IN ('carrier', 'tracking_number', 'service', 'cost', 'shipped_on')",
            name="field",
        ),
        CheckConstraint("old_value IS DISTINCT FROM new_value", name="changes"),
        Index(None, "shipment_id"),
    )

    id: Mapped[RowId]
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipment.id"))
    operation_id: Mapped[OperationId]
    field: Mapped[String]
    old_value: Mapped[str | None]
    new_value: Mapped[str | None]
