"""What files said of orders, word for word: the source of every order that a file told of."""

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Flag, Instant, Minor, RowId, String, strict
from ordercli.models.operation import Operation, OperationId
from ordercli.models.order import PersonalData, SalesOrder
from ordercli.models.product import Product
from ordercli.models.shop import ImportFile

_PERSON = [PersonalData.personal_id, PersonalData.version]


class OrderStatement(Base):
    """What one file said of one order; kept for good, once for each distinct content.

    The channel's view of the order is a function of these rows (``domain/orders/statements.py``).

    Attributes:
        fingerprint: hash of the content; while a statement holds, the same content adds nothing.
        import_file_id: the file that told it first.
        as_of: when it was true; None for a report without any date of its own.
        ranked_at: where ``as_of`` is None, the earliest date of a file that said so; "" ranks oldest.
        is_complete: 1 if the report lists all lines of an order, and none of this one was rejected.
        joins_rows: 1 if rows of one SKU are parts of what was bought of it, not lines.
        is_own: 1 if a file of the seller's own told it, of which a later one of its name replaces what this one
            listed.
        ordered_at … tags: as told; None where the report does not tell.
        personal_id, personal_version: buyer and address as told; None if it tells none.
        operation_id: the import that brought it.
        withdrawn_operation_id: the one that withdrew it; None while it holds.
    """

    __tablename__ = "order_statement"
    __table_args__ = strict(
        ForeignKeyConstraint(["personal_id", "personal_version"], _PERSON),
        CheckConstraint("is_complete IN (0, 1)", name="is_complete"),
        CheckConstraint("joins_rows IN (0, 1)", name="joins_rows"),
        CheckConstraint("is_own IN (0, 1)", name="is_own"),
        CheckConstraint("is_released IN (0, 1)", name="is_released"),
        Index(None, "sales_order_id"),
        Index(None, "fingerprint", unique=True, sqlite_where=text("withdrawn_operation_id IS NULL")),
    )

    id: Mapped[RowId]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey(SalesOrder.id))
    fingerprint: Mapped[bytes]
    import_file_id: Mapped[int] = mapped_column(ForeignKey(ImportFile.id))
    as_of: Mapped[str | None]
    ranked_at: Mapped[String]
    is_complete: Mapped[Flag]
    joins_rows: Mapped[Flag]
    is_own: Mapped[Flag]
    ordered_at: Mapped[str | None]
    ship_by: Mapped[str | None]
    computed_ship_by: Mapped[str | None]
    deliver_by: Mapped[str | None]
    fulfillment: Mapped[str | None]
    service_level: Mapped[str | None]
    currency: Mapped[str | None]
    channel_status: Mapped[str | None]
    sales_channel: Mapped[str | None]
    original_order_id: Mapped[str | None]
    is_released: Mapped[int | None]
    is_replacement: Mapped[Flag]
    channel_updated_at: Mapped[str | None]
    tags: Mapped[str | None]
    personal_id: Mapped[int | None]
    personal_version: Mapped[int | None]
    operation_id: Mapped[OperationId]
    recorded_at: Mapped[Instant]
    withdrawn_operation_id: Mapped[int | None] = mapped_column(ForeignKey(Operation.id))


class OrderStatementLine(Base):
    """One row of a statement, in the file's order.

    Attributes:
        quantity … quantity_canceled: as told; a shipment's part of the line where ``shipment_item_id`` is told.
        item_price_minor … discount_minor: as told, for ``quantity``, with the tax or without.
        is_tax_included: 1 or 0 if the row tells whether its prices contain the tax; None if not.
        personal_id, personal_version: gift message and customization as told.
    """

    __tablename__ = "order_statement_line"
    __table_args__ = strict(
        ForeignKeyConstraint(["personal_id", "personal_version"], _PERSON),
        Index(None, "order_statement_id"),
    )

    id: Mapped[RowId]
    order_statement_id: Mapped[int] = mapped_column(ForeignKey(OrderStatement.id))
    item_id: Mapped[str | None]
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    units_per_pack: Mapped[int]
    name: Mapped[str | None]
    quantity: Mapped[int]
    quantity_shipped: Mapped[int]
    quantity_canceled: Mapped[int]
    canceled_by: Mapped[String]
    shipped_at: Mapped[str | None]
    sold_on: Mapped[str | None]
    is_estimate: Mapped[Flag]
    is_tax_included: Mapped[int | None]
    item_price_minor: Mapped[Minor]
    item_tax_minor: Mapped[Minor]
    shipping_price_minor: Mapped[Minor]
    shipping_tax_minor: Mapped[Minor]
    gift_wrap_price_minor: Mapped[Minor]
    gift_wrap_tax_minor: Mapped[Minor]
    discount_minor: Mapped[Minor]
    shipment_item_id: Mapped[str | None]
    carrier: Mapped[str | None]
    tracking_number: Mapped[str | None]
    personal_id: Mapped[int | None]
    personal_version: Mapped[int | None]
