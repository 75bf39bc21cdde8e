"""What rows were before a later command changed them, so that what was known at a moment can be told for good.

Each table holds what a change replaced; triggers write it (``past_ddl.py``). A row as it was when an operation was
the last one is its first row here of a later operation, else the row itself (``queries/past.py``). No row here
refers by a foreign key to what it was before: that may be gone.
"""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Minor, RowId, String, strict
from ordercli.models.operation import Operation, OperationId


class OrderPast(Base):
    """Of an order what ``operation_id`` changed, as it was before; append-only."""

    __tablename__ = "order_past"
    __table_args__ = strict(
        Index(None, "sales_order_id", "operation_id"),
        Index(None, "ordered_at"),
        Index(None, "ship_by"),
        Index(None, "deliver_by"),
    )

    id: Mapped[RowId]
    sales_order_id: Mapped[int]
    operation_id: Mapped[OperationId]
    ordered_at: Mapped[String]
    ship_by: Mapped[str | None]
    deliver_by: Mapped[str | None]
    fulfillment: Mapped[String]
    is_sale: Mapped[int]
    currency: Mapped[str | None]
    personal_version: Mapped[int | None]
    original_order_id: Mapped[str | None]


class OrderLinePast(Base):
    """The same of a line; ``quantity`` is 0 of one that came to an order later. A line that is gone is here."""

    __tablename__ = "order_line_past"
    __table_args__ = strict(
        Index(None, "sales_order_id"),
        Index(None, "order_line_id", "operation_id"),
    )

    id: Mapped[RowId]
    order_line_id: Mapped[int]
    sales_order_id: Mapped[int]
    operation_id: Mapped[OperationId]
    product_id: Mapped[int]
    quantity: Mapped[int]
    item_price_minor: Mapped[Minor]
    item_tax_minor: Mapped[Minor]
    shipping_price_minor: Mapped[Minor]
    shipping_tax_minor: Mapped[Minor]
    gift_wrap_price_minor: Mapped[Minor]
    gift_wrap_tax_minor: Mapped[Minor]
    discount_minor: Mapped[Minor]
    price_is_estimated: Mapped[int]
    is_tax_included: Mapped[int]


class ShipmentPast(Base):
    """The same of a shipment: what was corrected, and when it was confirmed."""

    __tablename__ = "shipment_past"
    __table_args__ = strict(Index(None, "shipment_id", "operation_id"))

    id: Mapped[RowId]
    shipment_id: Mapped[int]
    operation_id: Mapped[OperationId]
    confirmed_at: Mapped[str | None]
    carrier: Mapped[str | None]
    tracking_number: Mapped[str | None]
    cost_minor: Mapped[Minor]


class ShipmentLinePast(Base):
    """The same of a line of a shipment: its units, their day, and what they cost. A line that is gone is here.

    ``quantity`` is 0 of one that came to its shipment later, as where a report splits a line. Ids of lines that
    are gone may be given again; with ``made_by`` they are one life of a line.

    Attributes:
        made_by: the operation that recorded the shipment.
        cost_minor: what the movements of its units had cost.
        units_without_cost: units that no movement took from own stock.
    """

    __tablename__ = "shipment_line_past"
    __table_args__ = strict(
        Index(None, "shipment_line_id", "operation_id"),
        Index(None, "order_line_id"),
        Index(None, "sales_order_id"),
    )

    id: Mapped[RowId]
    shipment_line_id: Mapped[int]
    shipment_id: Mapped[int]
    sales_order_id: Mapped[int]
    order_line_id: Mapped[int]
    made_by: Mapped[int] = mapped_column(ForeignKey(Operation.id))
    operation_id: Mapped[OperationId]
    quantity: Mapped[int]
    sold_on: Mapped[String]
    cost_minor: Mapped[int]
    units_without_cost: Mapped[int]


class ProductPast(Base):
    """The same of a product: its name, whether it is a kit, what packing one takes.

    What a product was that is taken back is in the journal.
    """

    __tablename__ = "product_past"
    __table_args__ = strict(Index(None, "product_id", "operation_id"))

    id: Mapped[RowId]
    product_id: Mapped[int]
    operation_id: Mapped[OperationId]
    name: Mapped[String]
    is_kit: Mapped[int]
    packaging_cost_minor: Mapped[Minor]


class ReturnPast(Base):
    """The same of a return: the label of the way back."""

    __tablename__ = "return_past"
    __table_args__ = strict(Index(None, "return_authorization_id", "operation_id"))

    id: Mapped[RowId]
    return_authorization_id: Mapped[int]
    operation_id: Mapped[OperationId]
    label_cost_minor: Mapped[Minor]
    label_paid_by: Mapped[str | None]
