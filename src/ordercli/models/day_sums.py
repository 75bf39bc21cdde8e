"""Sums of whole days, which reports over long windows add up instead of reading every line again.

They are a copy of what the reports themselves find, made at leisure (``counting.py``). A day that anything changes
about loses its sums in the same transaction (``services/day_marks.py``); a day without sums is read line by
line. So they are never stale, only missing (docs/adr/0050-sums-of-closed-days.md).
"""

from sqlalchemy.orm import Mapped, mapped_column

from ordercli.models.base import Base, Count, strict


class CountedDay(Base):
    """A day of the shop's zone whose sums are all there; of a day without orders they are no rows."""

    __tablename__ = "counted_day"
    __table_args__ = strict(sqlite_with_rowid=False)

    day: Mapped[str] = mapped_column(primary_key=True)


class _Sold:
    """What is left of the orders placed on a day after cancellations, in minor units of the currency.

    Attributes:
        estimated: the part of the total without tax whose prices no file told.
    """

    orders: Mapped[Count]
    units: Mapped[Count]
    total: Mapped[Count]
    item_tax: Mapped[Count]
    shipping: Mapped[Count]
    shipping_tax: Mapped[Count]
    gift_wrap: Mapped[Count]
    gift_wrap_tax: Mapped[Count]
    discount: Mapped[Count]
    estimated: Mapped[Count]


class DayPlaceSum(_Sold, Base):
    """What was sold on a day, by channel and by where it went.

    Attributes:
        country, state: as the reports spell them; empty where nobody told.
    """

    __tablename__ = "day_place_sum"
    __table_args__ = strict(sqlite_with_rowid=False)

    day: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    country: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)


class DayProductSum(_Sold, Base):
    """What was sold of a product on a day, and what came back of it since.

    Attributes:
        shipped, returned: units of the lines that count.
        refunded: what buyers got back for them; NULL if nothing.
    """

    __tablename__ = "day_product_sum"
    __table_args__ = strict(sqlite_with_rowid=False)

    day: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    shipped: Mapped[Count]
    returned: Mapped[Count]
    refunded: Mapped[int | None]


class DayProfitSum(Base):
    """What is left of what was shipped of the orders placed on a day, as ``report profit`` has it.

    Attributes:
        channel: that of the order, or of the one that it replaces.
    """

    __tablename__ = "day_profit_sum"
    __table_args__ = strict(sqlite_with_rowid=False)

    day: Mapped[str] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    units: Mapped[Count]
    item_sales: Mapped[Count]
    shipping: Mapped[Count]
    gift_wrap: Mapped[Count]
    discount: Mapped[Count]
    sales: Mapped[Count]
    refunds: Mapped[Count]
    referral_fee: Mapped[Count]
    refund_administration_fee: Mapped[Count]
    fba_fee: Mapped[Count]
    other_fees: Mapped[Count]
    label_cost: Mapped[Count]
    packaging_cost: Mapped[Count]
    cogs: Mapped[Count]
    tax: Mapped[Count]
    units_without_cost: Mapped[Count]
