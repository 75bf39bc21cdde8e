"""Fields of the shop's own on products and orders, and their values."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, RowId, String, strict
from ordercli.models.operation import OperationId
from ordercli.models.order import SalesOrder
from ordercli.models.product import Product


class OwnFieldRow(Base):
    """A field that the shop made (``domain/own_fields.py``).

    Attributes:
        subject: what has it, ``product`` or ``order``.
        kind: the type of its values.
        choices: what a value may be, as a JSON list; None unless ``kind`` says ``choice``.
    """

    __tablename__ = "own_field"
    __table_args__ = strict(
        UniqueConstraint("subject", "name"),
        CheckConstraint("subject IN ('product', 'order')", name="subject"),
        CheckConstraint("kind IN ('text', 'number', 'date', 'choice')", name="kind"),
        CheckConstraint("(kind = 'choice') = (choices IS NOT NULL)", name="choices"),
    )

    id: Mapped[RowId]
    subject: Mapped[String]
    name: Mapped[String]
    kind: Mapped[String]
    choices: Mapped[str | None]
    operation_id: Mapped[OperationId]


class ProductFieldValue(Base):
    """What a product has in a field; no row where it has nothing."""

    __tablename__ = "product_field_value"
    __table_args__ = strict(
        CheckConstraint("value <> ''", name="value_not_empty"),
        Index(None, "own_field_id", "value"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    own_field_id: Mapped[int] = mapped_column(ForeignKey(OwnFieldRow.id), primary_key=True)
    value: Mapped[String]
    operation_id: Mapped[OperationId]


class OrderFieldValue(Base):
    """What an order has in a field; no row where it has nothing."""

    __tablename__ = "order_field_value"
    __table_args__ = strict(
        CheckConstraint("value <> ''", name="value_not_empty"),
        Index(None, "own_field_id", "value"),
    )

    sales_order_id: Mapped[int] = mapped_column(ForeignKey(SalesOrder.id), primary_key=True)
    own_field_id: Mapped[int] = mapped_column(ForeignKey(OwnFieldRow.id), primary_key=True)
    value: Mapped[String]
    operation_id: Mapped[OperationId]
