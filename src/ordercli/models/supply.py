"""What suppliers ask for products: their terms, and prices by quantity."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, non_negative, strict
from ordercli.models.operation import OperationId
from ordercli.models.product import Product
from ordercli.models.supplier import Supplier


class SupplierProduct(Base):
    """How a supplier sells a product.

    Attributes:
        supplier_sku: what the supplier calls it.
        minimum_units: least units of it in one purchase.
        case_pack: units in the supplier's case; None takes the product's.
    """

    __tablename__ = "supplier_product"
    __table_args__ = strict(
        CheckConstraint("minimum_units > 0", name="minimum_units_positive"),
        CheckConstraint("case_pack > 0", name="case_pack_positive"),
        sqlite_with_rowid=False,
    )

    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    supplier_sku: Mapped[str | None]
    minimum_units: Mapped[int | None]
    case_pack: Mapped[int | None]
    operation_id: Mapped[OperationId]


class PriceBreak(Base):
    """What one unit costs from a number of units on, in the supplier's currency."""

    __tablename__ = "price_break"
    __table_args__ = strict(
        CheckConstraint("from_quantity > 0", name="from_quantity_positive"),
        *non_negative("unit_cost_minor"),
        sqlite_with_rowid=False,
    )

    supplier_id: Mapped[int] = mapped_column(ForeignKey(Supplier.id), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    from_quantity: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit_cost_minor: Mapped[int]
    operation_id: Mapped[OperationId]
