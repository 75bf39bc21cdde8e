"""What was taken from the shelves for order lines, what was packed of it, and labels that carriers made."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Flag, Instant, Minor, RowId, String, non_negative, strict
from ordercli.models.operation import OperationId
from ordercli.models.order import OrderLine, PersonalData, SalesOrder
from ordercli.models.shipment import Shipment


class LinePick(Base):
    """Units of a line that were picked, or are picked no more; append-only.

    A trigger keeps ``order_line.quantity_picked`` by it. Units that ship or are canceled leave that without a row
    here, since their parcel or cancellation tells it.

    Attributes:
        quantity: units picked, negative for units that are picked no more.
        reason: ``picked``; ``put_back`` on the shelf; ``short`` when they were not there after all; ``missing``
            when a count or correction left fewer units than were picked.
        picked_at: when.
    """

    __tablename__ = "line_pick"
    __table_args__ = strict(
        CheckConstraint("reason IN ('picked', 'put_back', 'short', 'missing')", name="reason"),
        CheckConstraint("quantity <> 0 AND (quantity > 0) = (reason = 'picked')", name="sign"),
        Index(None, "order_line_id"),
    )

    id: Mapped[RowId]
    order_line_id: Mapped[int] = mapped_column(ForeignKey(OrderLine.id))
    quantity: Mapped[int]
    reason: Mapped[String]
    picked_at: Mapped[Instant]
    operation_id: Mapped[OperationId]


class Packing(Base):
    """That units of an order were packed into a parcel; append-only.

    Attributes:
        is_scanned: 1 if each unit was scanned.
        weight_grams: of the parcel, as weighed or as the products say; None where it is not known.
        packaging_cost_minor: what the packaging cost, in the shop's currency; None where it is not known.
    """

    __tablename__ = "packing"
    __table_args__ = strict(
        CheckConstraint("is_scanned IN (0, 1)", name="is_scanned"),
        CheckConstraint("weight_grams > 0", name="weight_grams_positive"),
        *non_negative("packaging_cost_minor"),
        Index(None, "sales_order_id"),
    )

    id: Mapped[RowId]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey(SalesOrder.id))
    packed_at: Mapped[Instant]
    is_scanned: Mapped[Flag]
    weight_grams: Mapped[int | None]
    packaging_cost_minor: Mapped[Minor]
    operation_id: Mapped[OperationId]


class PackingLine(Base):
    """Units of a line in a packing; append-only.

    Attributes:
        units_before: units of the line that had shipped or were packed before these, so that the units shipped
            since tell how many of these have left (view ``packed_unit``).
    """

    __tablename__ = "packing_line"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        *non_negative("units_before"),
        Index(None, "order_line_id"),
        sqlite_with_rowid=False,
    )

    packing_id: Mapped[int] = mapped_column(ForeignKey("packing.id"), primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey(OrderLine.id), primary_key=True)
    quantity: Mapped[int]
    units_before: Mapped[int]


class ShipmentLabel(Base):
    """The label that a carrier made for a shipment: a PDF, or ZPL for a thermal printer; it is personal data.

    Attributes:
        sha256: of the file, so that the same one is attached once.
    """

    __tablename__ = "shipment_label"
    __table_args__ = strict(
        ForeignKeyConstraint(
            ["personal_id", "personal_version"],
            [PersonalData.personal_id, PersonalData.version],
        ),
    )

    shipment_id: Mapped[int] = mapped_column(ForeignKey(Shipment.id), primary_key=True, autoincrement=False)
    sha256: Mapped[String]
    personal_id: Mapped[int]
    personal_version: Mapped[int]
    operation_id: Mapped[OperationId]
