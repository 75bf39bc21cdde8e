"""The stock ledger: movements, the levels, cost layers and stockouts that follow from them, and units a day."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Count, Instant, RowId, String, non_negative, strict
from ordercli.models.operation import OperationId
from ordercli.models.product import Product
from ordercli.models.shop import Location

_KINDS = (
    "'opening', 'receipt', 'shipment', 'shipment_void', 'return', 'inspection', 'adjustment', 'count', "
    "'transfer', 'assembly', 'fba_statement', 'undo'"
)


class StockMovement(Base):
    """Units of one product that went from one location to another; append-only.

    Attributes:
        occurred_at: when it happened.
        recorded_at: when ordercli was told.
        cost_minor: cost of all units moved, fixed when recorded.
        from_location, to_location: codes of places; of one that was taken back since only the ledger has the code.
        reference: what it belongs to, such as an order id or a supplier's delivery number.
        undoes_id: the movement that this one takes back, at its time and at its cost; one that takes back such a
            movement is of the kind of the first.
    """

    __tablename__ = "stock_movement"
    __table_args__ = strict(
        CheckConstraint(f"kind IN ({_KINDS})", name="kind"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("from_location <> to_location", name="two_places"),
        *non_negative("cost_minor"),
        Index(None, "product_id", "occurred_at", "id"),
        Index("ix_stock_movement_undone", "undoes_id", unique=True, sqlite_where=text("undoes_id IS NOT NULL")),
    )

    id: Mapped[RowId]
    operation_id: Mapped[OperationId]
    kind: Mapped[String]
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    from_location: Mapped[String]
    to_location: Mapped[String]
    quantity: Mapped[int]
    cost_minor: Mapped[int]
    occurred_at: Mapped[Instant]
    recorded_at: Mapped[Instant]
    reference: Mapped[str | None]
    reason: Mapped[str | None]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("stock_movement.id"))


class StockLevel(Base):
    """Units of a product at a place that holds stock, kept by triggers on the movements.

    ``allocated`` is the part promised to order lines, kept by triggers on the lines. The two CHECKs are what
    makes overselling impossible.
    """

    __tablename__ = "stock_level"
    __table_args__ = strict(
        *non_negative("quantity", "allocated"),
        CheckConstraint("allocated <= quantity", name="allocated_within_quantity"),
        sqlite_with_rowid=False,
    )

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    location: Mapped[str] = mapped_column(ForeignKey(Location.code), primary_key=True)
    quantity: Mapped[Count]
    allocated: Mapped[Count]


class CostLayer(Base):
    """Units that came to a place together at one cost; used up first in, first out.

    ``lot`` keeps units apart from others of the place: the return line they belong to while in quarantine; of
    units that come back only to leave again in the same operation, the order line that was split or the movement
    that a report took back; else 0.
    ``quantity_used`` only grows. What is left of a layer is worth
    ``cost_minor - cost_minor * quantity_used / quantity`` (whole division), so that taking it piece by piece
    gives away exactly its cost. ``restores_id`` is the layer whose used units an undone movement brought back.
    """

    __tablename__ = "cost_layer"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("quantity_used BETWEEN 0 AND quantity", name="used_within_quantity"),
        *non_negative("cost_minor"),
        Index(
            "ix_cost_layer_open",
            "product_id",
            "location",
            "lot",
            "acquired_at",
            "id",
            sqlite_where=text("quantity > quantity_used"),
        ),
    )

    id: Mapped[RowId]
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    location: Mapped[String]
    lot: Mapped[Count]
    movement_id: Mapped[int] = mapped_column(ForeignKey("stock_movement.id"))
    acquired_at: Mapped[Instant]
    quantity: Mapped[int]
    cost_minor: Mapped[int]
    quantity_used: Mapped[Count]
    restores_id: Mapped[int | None] = mapped_column(ForeignKey("cost_layer.id"))


class LayerUse(Base):
    """Which layer a movement's units came from, and at what cost; append-only."""

    __tablename__ = "layer_use"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        *non_negative("cost_minor"),
        sqlite_with_rowid=False,
    )

    movement_id: Mapped[int] = mapped_column(ForeignKey("stock_movement.id"), primary_key=True)
    cost_layer_id: Mapped[int] = mapped_column(ForeignKey("cost_layer.id"), primary_key=True)
    quantity: Mapped[int]
    cost_minor: Mapped[int]


class DailySales(Base):
    """Units of a product shipped on a day of the shop's zone, kept by a trigger on the shipments' lines."""

    __tablename__ = "daily_sales"
    __table_args__ = strict(*non_negative("units"), sqlite_with_rowid=False)

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    units: Mapped[int]


class DailyDemand(Base):
    """Units of a product ordered on a day of the shop's zone less those the buyer canceled, kits at their parts.

    Apart by who ships them: the seller (``FBM``) or Amazon (``FBA``).
    Kept by triggers on orders, their lines and cancellations, from the view ``ordered_unit``.
    """

    __tablename__ = "daily_demand"
    __table_args__ = strict(sqlite_with_rowid=False)

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    day: Mapped[str] = mapped_column(primary_key=True)
    fulfillment: Mapped[str] = mapped_column(primary_key=True)
    units: Mapped[int]


class Stockout(Base):
    """A spell in which a product had no unit at a place that sells, the seller's or Amazon's; kept by a trigger.

    Attributes:
        began_at: when the last unit left; empty where there never was one before.
        ended_at: when the next one came; None while none has.
    """

    __tablename__ = "stockout"
    __table_args__ = strict(
        CheckConstraint("ended_at > began_at", name="lasts"),
        Index(None, "ended_at"),
        sqlite_with_rowid=False,
    )

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    began_at: Mapped[str] = mapped_column(primary_key=True)
    ended_at: Mapped[str | None]
