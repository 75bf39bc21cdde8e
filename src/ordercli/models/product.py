"""What is stocked and sold."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import (
    Base,
    Count,
    Flag,
    Minor,
    RowId,
    String,
    non_negative,
    strict,
)
from ordercli.models.operation import OperationId
from ordercli.models.shop import Channel
from ordercli.models.supplier import Supplier


class Product(Base):
    """One stocked article, named by the seller's SKU.

    Attributes:
        unit_price_minor: usual selling price in the shop's currency; None when not given.
        unit_cost_minor: usual purchase cost in the shop's currency; stock itself keeps what it really cost.
        reorder_point: available units at or below which it is low; None takes velocity x lead time,
            or the setting of that name if that is more.
        lead_time_days: days from order to receipt; None takes the supplier's.
        cover_days: days of sales a reorder should last; None takes the setting of that name.
        weight_grams: of one unit, packed.
        bin: where it lies, for the pick list.
        barcode: EAN or UPC on the article.
        case_pack: units in the supplier's case.
        retired_on: the day from which it is sold no more.
        is_kit: 1 for a product without stock of its own, made of the components of ``kit_component``.
        packaging: what one is packed in, such as a box.
        packaging_cost_minor: what that costs, in the shop's currency.
        supplier_id: whom it is bought from.
        service_level: how surely stock should last through the lead time, such as ``97.5%``; None takes the
            setting of its value class, else the usual one.
    """

    __tablename__ = "product"
    __table_args__ = strict(
        *non_negative(
            "unit_price_minor", "unit_cost_minor", "reorder_point", "lead_time_days", "packaging_cost_minor"
        ),
        CheckConstraint("cover_days > 0", name="cover_days_positive"),
        CheckConstraint("weight_grams > 0", name="weight_grams_positive"),
        CheckConstraint("case_pack > 0", name="case_pack_positive"),
        CheckConstraint("is_kit IN (0, 1)", name="is_kit"),
        CheckConstraint(
            "CAST(rtrim(service_level, '%') AS REAL) > 50 AND CAST(rtrim(service_level, '%') AS REAL) < 100",
            name="service_level",
        ),
        Index("ix_product_barcode", "barcode", unique=True, sqlite_where=text("barcode IS NOT NULL")),
    )

    id: Mapped[RowId]
    sku: Mapped[str] = mapped_column(unique=True)
    name: Mapped[String]
    asin: Mapped[str | None]
    unit_price_minor: Mapped[Minor]
    unit_cost_minor: Mapped[Minor]
    lead_time_days: Mapped[int | None]
    reorder_point: Mapped[int | None]
    cover_days: Mapped[int | None]
    weight_grams: Mapped[int | None]
    bin: Mapped[str | None]
    operation_id: Mapped[OperationId]
    barcode: Mapped[str | None]
    case_pack: Mapped[int | None]
    retired_on: Mapped[str | None]
    is_kit: Mapped[Flag]
    packaging: Mapped[str | None]
    packaging_cost_minor: Mapped[Minor]
    supplier_id: Mapped[int | None] = mapped_column(ForeignKey(Supplier.id))
    service_level: Mapped[str | None]


class KitComponent(Base):
    """How many units of a component one kit takes; 0 once it is no part of the recipe any more.

    Rows stay, so that a component knows every kit whose open order lines may still want it.
    """

    __tablename__ = "kit_component"
    __table_args__ = strict(
        *non_negative("quantity"),
        CheckConstraint("kit_id <> component_id", name="not_of_itself"),
        Index(None, "component_id"),
        sqlite_with_rowid=False,
    )

    kit_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    component_id: Mapped[int] = mapped_column(ForeignKey("product.id"), primary_key=True)
    quantity: Mapped[int]
    operation_id: Mapped[OperationId]


class Listing(Base):
    """How a channel names a product and who ships it from there.

    Attributes:
        fnsku: Amazon's key of the units that lie with it.
        units_per_pack: units of the product that one unit of the listing is.
        buffer: units of the listing held back from what the channel is told.
        cap: most units of the listing that the channel is told; None for no limit.
        sent_quantity: what the channel was told last.
    """

    __tablename__ = "listing"
    __table_args__ = strict(
        UniqueConstraint("channel", "channel_sku"),
        *non_negative("price_minor"),
        CheckConstraint("fulfillment IN ('FBM', 'FBA')", name="fulfillment"),
        CheckConstraint("units_per_pack > 0", name="units_per_pack_positive"),
        *non_negative("buffer", "cap"),
        Index(None, "product_id"),
    )

    id: Mapped[RowId]
    channel: Mapped[str] = mapped_column(ForeignKey(Channel.name))
    channel_sku: Mapped[String]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    name: Mapped[str | None]
    asin: Mapped[str | None]
    price_minor: Mapped[Minor]
    fulfillment: Mapped[String]
    channel_status: Mapped[str | None]
    operation_id: Mapped[OperationId]
    fnsku: Mapped[str | None]
    units_per_pack: Mapped[int] = mapped_column(server_default=text("1"))
    buffer: Mapped[Count]
    cap: Mapped[int | None]
    sent_quantity: Mapped[int | None]
