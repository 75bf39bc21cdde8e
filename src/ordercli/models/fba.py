"""Stock at Amazon: what was sent there, what Amazon states is there, and what its ledger says happened."""

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.domain.open_units import open_sql
from ordercli.models.base import Base, Count, Instant, RowId, String, non_negative, strict
from ordercli.models.operation import OperationId
from ordercli.models.product import Product


class FbaShipment(Base):
    """Units sent to Amazon together; ``reference`` is Amazon's number of the shipment or the seller's own."""

    __tablename__ = "fba_shipment"
    __table_args__ = strict(UniqueConstraint("reference"))

    id: Mapped[RowId]
    reference: Mapped[String]
    sent_at: Mapped[Instant]
    operation_id: Mapped[OperationId]


class FbaShipmentLine(Base):
    """Units of one product in a shipment to Amazon, and how far they came.

    Attributes:
        quantity: units sent.
        quantity_arrived: units that left FBA-INBOUND for FBA-RECEIVING.
        quantity_received: units that Amazon took into its stock.
        quantity_lost: units written off when the shipment was closed.
        quantity_open: units neither received nor lost; derived, cannot be written.
    """

    __tablename__ = "fba_shipment_line"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        *non_negative("quantity_received", "quantity_lost"),
        CheckConstraint("quantity_arrived <= quantity", name="arrived_within_sent"),
        CheckConstraint("quantity_received + quantity_lost <= quantity_arrived", name="received_within_arrived"),
        Index(
            "ix_fba_shipment_line_open",
            "product_id",
            "fba_shipment_id",
            sqlite_where=text("quantity_open > 0"),
        ),
        sqlite_with_rowid=False,
    )

    fba_shipment_id: Mapped[int] = mapped_column(ForeignKey("fba_shipment.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    quantity: Mapped[int]
    quantity_arrived: Mapped[Count]
    quantity_received: Mapped[Count]
    quantity_lost: Mapped[Count]
    quantity_open: Mapped[int] = mapped_column(
        Computed(open_sql("quantity", "quantity_received", "quantity_lost"), persisted=False)
    )


class FbaStatement(Base):
    """One report of Amazon's stock, true at its time; append-only."""

    __tablename__ = "fba_statement"
    __table_args__ = strict(
        UniqueConstraint("kind", "stated_at"),
        CheckConstraint("kind IN ('available', 'inventory', 'reserved', 'restock')", name="kind"),
    )

    id: Mapped[RowId]
    kind: Mapped[String]
    stated_at: Mapped[Instant]
    sha256: Mapped[String]
    operation_id: Mapped[OperationId]


class FbaStatementLine(Base):
    """Units of one product in a statement; None is what that kind of report does not tell; append-only.

    Attributes:
        fulfillable: units that buyers can order.
        reserved: units for orders, in transfer or in processing.
        unsellable: damaged, defective or expired units.
        inbound: units on their way or being received.
    """

    __tablename__ = "fba_statement_line"
    __table_args__ = strict(
        *non_negative("fulfillable", "reserved", "unsellable", "inbound"),
        Index(None, "product_id"),
        sqlite_with_rowid=False,
    )

    fba_statement_id: Mapped[int] = mapped_column(ForeignKey("fba_statement.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    fulfillable: Mapped[int | None]
    reserved: Mapped[int | None]
    unsellable: Mapped[int | None]
    inbound: Mapped[int | None]


class FbaAdvice(Base):
    """One report of Amazon's with its view of sales and what it would send; append-only."""

    __tablename__ = "fba_advice"
    __table_args__ = strict(
        UniqueConstraint("kind", "stated_at"), CheckConstraint("kind IN ('planning', 'restock')", name="kind")
    )

    id: Mapped[RowId]
    kind: Mapped[String]
    stated_at: Mapped[Instant]
    sha256: Mapped[String]
    operation_id: Mapped[OperationId]


class FbaAdviceLine(Base):
    """What Amazon says of one product, all its listings together; None is not told; append-only.

    Attributes:
        days_of_supply: the fewest of its listings.
        recommended_quantity: units Amazon would have sent now.
        units_7, units_30, units_60, units_90: units it shipped in so many days.
        excess_quantity: units Amazon holds for more than it needs.
        alert: its warning, as ``out_of_stock``.
    """

    __tablename__ = "fba_advice_line"
    __table_args__ = strict(
        *non_negative(
            "days_of_supply",
            "recommended_quantity",
            "units_7",
            "units_30",
            "units_60",
            "units_90",
            "excess_quantity",
        ),
        Index(None, "product_id"),
        sqlite_with_rowid=False,
    )

    fba_advice_id: Mapped[int] = mapped_column(ForeignKey("fba_advice.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    days_of_supply: Mapped[int | None]
    recommended_quantity: Mapped[int | None]
    units_7: Mapped[int | None]
    units_30: Mapped[int | None]
    units_60: Mapped[int | None]
    units_90: Mapped[int | None]
    excess_quantity: Mapped[int | None]
    alert: Mapped[str | None]


class FbaLedgerEvent(Base):
    """One row of Amazon's ledger; append-only.

    ``fingerprint`` is a hash of the whole row and of how often the same row stood before it in its file, so
    that a row of two files is one event.
    """

    __tablename__ = "fba_ledger_event"
    __table_args__ = strict(
        UniqueConstraint("fingerprint"), CheckConstraint("quantity <> 0", name="quantity_not_zero")
    )

    id: Mapped[RowId]
    fingerprint: Mapped[String]
    occurred_on: Mapped[String]
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    event: Mapped[String]
    quantity: Mapped[int]
    disposition: Mapped[String]
    reference: Mapped[str | None]
    reason: Mapped[str | None]
    operation_id: Mapped[OperationId]
