"""Whom products are bought from."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Minor, RowId, String, non_negative, strict
from ordercli.models.operation import OperationId


class Supplier(Base):
    """Somebody products are bought from.

    Attributes:
        name: what the catalog calls it by.
        currency: of its prices.
        address: lines that letters to it bear.
        payment_terms: how it is paid, as orders say it.
        lead_time_days: days from order to receipt as told; own receipts count more once there are enough.
        lead_time_spread_days: standard deviation of those days, as told.
        minimum_units, minimum_minor: least units and least value, in its currency, of a whole purchase.
        order_days: weekdays on which it takes orders, as ``mon,thu``; None for any day.
    """

    __tablename__ = "supplier"
    __table_args__ = strict(
        *non_negative("lead_time_days", "lead_time_spread_days", "minimum_minor"),
        CheckConstraint("minimum_units > 0", name="minimum_units_positive"),
    )

    id: Mapped[RowId]
    name: Mapped[str] = mapped_column(unique=True)
    currency: Mapped[String]
    email: Mapped[str | None]
    address: Mapped[str | None]
    payment_terms: Mapped[str | None]
    note: Mapped[str | None]
    lead_time_days: Mapped[int | None]
    lead_time_spread_days: Mapped[int | None]
    minimum_units: Mapped[int | None]
    minimum_minor: Mapped[Minor]
    order_days: Mapped[str | None]
    operation_id: Mapped[OperationId]
