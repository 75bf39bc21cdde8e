"""Counts of what lies on the shelves, and what asks for one."""

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Instant, RowId, String, non_negative, strict
from ordercli.models.operation import OperationId
from ordercli.models.order import SalesOrder
from ordercli.models.product import Product
from ordercli.models.shop import Location


class StockCount(Base):
    """One count that was posted; append-only.

    Attributes:
        counted_at: the moment it is true of; what moved later does not count as a difference.
        sha256: hash of the file, so that the same one is not posted twice.
    """

    __tablename__ = "stock_count"
    __table_args__ = strict()

    id: Mapped[RowId]
    location: Mapped[str] = mapped_column(ForeignKey(Location.code))
    counted_at: Mapped[Instant]
    sha256: Mapped[String]
    operation_id: Mapped[OperationId]


class StockCountLine(Base):
    """Units of one product that a count found, and those the ledger had at its moment; append-only."""

    __tablename__ = "stock_count_line"
    __table_args__ = strict(
        *non_negative("expected", "counted"), Index(None, "product_id"), sqlite_with_rowid=False
    )

    stock_count_id: Mapped[int] = mapped_column(ForeignKey("stock_count.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    expected: Mapped[int]
    counted: Mapped[int]


class CountQuestion(Base):
    """That a shelf held less than the ledger says, so that somebody should count it; append-only.

    Answered by the first count of the product there, of that moment or later, that is posted after it.

    Attributes:
        quantity: units that were not there.
        sales_order_id: the order they were wanted for.
    """

    __tablename__ = "count_question"
    __table_args__ = strict(CheckConstraint("quantity > 0", name="quantity_positive"))

    id: Mapped[RowId]
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    location: Mapped[str] = mapped_column(ForeignKey(Location.code))
    quantity: Mapped[int]
    sales_order_id: Mapped[int | None] = mapped_column(ForeignKey(SalesOrder.id))
    asked_at: Mapped[Instant]
    operation_id: Mapped[OperationId]
