"""What was done about people's data: erased, for which orders, and where files with it may still lie."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Instant, RowId, String, strict
from ordercli.models.operation import Operation
from ordercli.models.order import SalesOrder


class Erasure(Base):
    """One operation that erased people's data.

    The rows are overwritten in its transaction; their bytes leave the file, its journal and the backups after
    it. A run killed in between leaves ``finished_at`` empty, and the next one goes on.

    Attributes:
        finished_at: when the bytes were gone from all of them; None as long as they may not be.
        held_from: no order placed before this instant held anything about a person any more, so that what is due
            is looked for from there on; "" if that was not looked at.
        last_order: row id of the newest order there was: old orders that came in later are looked at too.
    """

    __tablename__ = "erasure"
    __table_args__ = strict()

    operation_id: Mapped[int] = mapped_column(ForeignKey(Operation.id), primary_key=True, autoincrement=False)
    finished_at: Mapped[str | None]
    held_from: Mapped[String]
    last_order: Mapped[int]


class ErasedOrder(Base):
    """That an order's data about a person was erased; append-only. What files tell of it is not taken again.

    Attributes:
        operation_id: the first operation that did; None in a backup that was made before it.
    """

    __tablename__ = "erased_order"
    __table_args__ = strict()

    sales_order_id: Mapped[int] = mapped_column(ForeignKey(SalesOrder.id), primary_key=True, autoincrement=False)
    operation_id: Mapped[int | None] = mapped_column(ForeignKey(Operation.id))


class ErasedText(Base):
    """That a text about something else named somebody who was erased, and lost what did; append-only.

    Its row is no more what it was hashed as, so nothing holds it against that.

    Attributes:
        table_name, row_key: the row, as the journal names rows.
        made_by: the operation that made it, whose hash it was a part of; None of what no operation makes.
        operation_id: the one that erased it first; None in a backup that was made before it.
    """

    __tablename__ = "erased_text"
    __table_args__ = strict(UniqueConstraint("table_name", "row_key"))

    id: Mapped[RowId]
    table_name: Mapped[String]
    row_key: Mapped[String]
    made_by: Mapped[int | None] = mapped_column(ForeignKey(Operation.id))
    operation_id: Mapped[int | None] = mapped_column(ForeignKey(Operation.id))


class BuyerNumber(Base):
    """Under which number an order's buyer is counted, once the names are gone; append-only.

    Written when one of a buyer's orders is erased, for all that are the same buyer's then.

    Attributes:
        buyer: row id of one of them; equal where the buyer is the same.
    """

    __tablename__ = "buyer_number"
    __table_args__ = strict()

    sales_order_id: Mapped[int] = mapped_column(ForeignKey(SalesOrder.id), primary_key=True, autoincrement=False)
    buyer: Mapped[int]


class WrittenFile(Base):
    """A file with people's data that a command wrote, to be named when its people are erased.

    Attributes:
        path: where: absolute, or from the database's folder on if it is below that.
        kind: what it is, such as ``an export of orders``.
        written_at: when it was written last.
    """

    __tablename__ = "written_file"
    __table_args__ = strict()

    path: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[String]
    written_at: Mapped[Instant]
