"""Orders, their lines, what happened to them, and the one table of personal data."""

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.domain.open_units import open_sql
from ordercli.domain.orders.orders import STATUS, counts_against_sql
from ordercli.models.base import (
    Base,
    Count,
    Flag,
    Instant,
    Minor,
    RowId,
    String,
    non_negative,
    strict,
)
from ordercli.models.operation import Operation, OperationId
from ordercli.models.product import Product
from ordercli.models.shop import Channel


class PersonalData(Base):
    """Everything about a person, in one table so that it can be purged later.

    Orders and events refer to a row by key and version only. A change of address makes a new version. Gift
    message and customization are a line's; they stand in rows of their own (:class:`LineText`), and so does the
    label a carrier made for a shipment (``shipment_label``).
    """

    __tablename__ = "personal_data"
    __table_args__ = strict()

    personal_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True)
    customer_name: Mapped[str | None]
    customer_email: Mapped[str | None]
    customer_phone: Mapped[str | None]
    ship_name: Mapped[str | None]
    address_1: Mapped[str | None]
    address_2: Mapped[str | None]
    address_3: Mapped[str | None]
    city: Mapped[str | None]
    state: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str | None]
    note: Mapped[str | None]
    gift_message: Mapped[str | None]
    customization: Mapped[str | None]
    label_file: Mapped[bytes | None]


class SalesOrder(Base):
    """One purchase on one channel.

    Attributes:
        order_id: the channel's id.
        ordered_on: the day of ``ordered_at`` in the shop's zone.
        ship_by: last second to confirm shipment in time; None when nobody promised one.
        fulfillment: ``FBM`` (the seller ships) or ``FBA`` (Amazon does).
        channel_status: the channel's own word, of the report with the latest update time.
        channel_updated_at: that update time; None if no report with one was seen.
        is_released: 0 while the channel has only said "pending".
        currency: None while no file told it; the shop's is meant then.
        units, units_shipped, units_canceled: sums over the lines, kept by triggers.
        status, units_open: derived from the three sums; cannot be written.
        is_ship_by_computed: 1 while ``ship_by`` is the channel's handling time, because no file told a promise.
        edited_fields: bits of the fields set by hand, which no file changes (``domain/orders/order_edits.py``).
        sales_channel: the marketplace, in the channel's words.
        original_order_id: the order that this one replaces.
        is_sale: 0 for what moves units and is no sale of the channel: replacements, and orders of other channels
            that Amazon only ships.
    """

    __tablename__ = "sales_order"
    __table_args__ = strict(
        UniqueConstraint("channel", "order_id"),
        ForeignKeyConstraint(
            ["personal_id", "personal_version"],
            ["personal_data.personal_id", "personal_data.version"],
        ),
        CheckConstraint("fulfillment IN ('FBM', 'FBA')", name="fulfillment"),
        CheckConstraint("is_released IN (0, 1)", name="is_released"),
        CheckConstraint("is_on_hold IN (0, 1)", name="is_on_hold"),
        CheckConstraint("is_sale IN (0, 1)", name="is_sale"),
        *non_negative("units", "units_shipped", "units_canceled"),
        Index("ix_sales_order_newest", "ordered_at", "id"),
        Index("ix_sales_order_channel", "channel", "ordered_at"),
        Index("ix_sales_order_canceled", "ordered_at", sqlite_where=text("status = 'canceled'")),
        Index("ix_sales_order_on_hold", "ordered_at", sqlite_where=text("is_on_hold = 1")),
        Index("ix_sales_order_ship_by", "ship_by"),
        Index("ix_sales_order_deliver_by", "deliver_by"),
        Index("ix_sales_order_original", "original_order_id", sqlite_where=text("original_order_id IS NOT NULL")),
        Index("ix_sales_order_tail", text("substr(order_id, -4)")),
        Index(
            "ix_sales_order_open",
            "ship_by",
            "ordered_at",
            sqlite_where=text("units_open > 0"),
        ),
    )

    id: Mapped[RowId]
    channel: Mapped[str] = mapped_column(ForeignKey(Channel.name))
    order_id: Mapped[String]
    ordered_at: Mapped[Instant]
    ordered_on: Mapped[String]
    ship_by: Mapped[str | None]
    deliver_by: Mapped[str | None]
    fulfillment: Mapped[String]
    service_level: Mapped[str | None]
    channel_status: Mapped[str | None]
    channel_updated_at: Mapped[str | None]
    is_released: Mapped[Flag]
    is_on_hold: Mapped[Flag]
    currency: Mapped[str | None]
    personal_id: Mapped[int | None]
    personal_version: Mapped[int | None]
    operation_id: Mapped[OperationId]
    units: Mapped[Count]
    units_shipped: Mapped[Count]
    units_canceled: Mapped[Count]
    status: Mapped[str] = mapped_column(Computed(STATUS, persisted=False))
    is_ship_by_computed: Mapped[Flag]
    edited_fields: Mapped[Count]
    units_open: Mapped[int] = mapped_column(
        Computed(open_sql("units", "units_shipped", "units_canceled"), persisted=False)
    )
    sales_channel: Mapped[str | None]
    original_order_id: Mapped[str | None]
    is_sale: Mapped[int] = mapped_column(server_default=text("1"))


class OrderLine(Base):
    """One product on one order.

    Attributes:
        item_id: the channel's order-item id; None until a report that has it was read.
        quantity: units ordered, canceled ones included.
        quantity_allocated: units of stock promised to this line.
        quantity_picked: allocated units already taken from the shelf; they stay with this line.
        quantity_returned: shipped units that came back.
        refunded_minor: money given back for the line, fees deducted.
        item_price_minor … discount_minor: totals of the line, in the order's currency; None when unknown. Prices
            are without the tax beside them, whatever the channel shows.
        price_is_estimated: 1 while the price is the product's, because no file told a real one.
        channel_shipped: units the channel says are shipped.
        channel_shipped_at: earliest time the channel gives for that; None if it gave none.
        channel_canceled: units the channel says are canceled; more than are canceled here where they have left.
        is_tax_included: 1 if the buyer was shown prices with the tax in them; the amounts here are without it.
        edited_fields: bits of the fields set by hand, which no file changes (``domain/orders/order_edits.py``).
        units_per_pack: units of the product that one unit of the line is.
        is_assembled: 1 if its units are made of the products in ``order_line_component``; kept by a trigger.
        quantity_short: open units that were not on the shelf when they should have been picked; they are
            promised nothing until the product is counted or more of it comes.
        quantity_open: units neither shipped nor canceled; derived, cannot be written.
    """

    __tablename__ = "order_line"
    __table_args__ = strict(
        UniqueConstraint("sales_order_id", "item_id"),
        *non_negative(
            "quantity",
            "quantity_canceled",
            "quantity_shipped",
            "quantity_allocated",
            "quantity_picked",
            "quantity_returned",
            "item_price_minor",
            "item_tax_minor",
            "shipping_price_minor",
            "shipping_tax_minor",
            "gift_wrap_price_minor",
            "gift_wrap_tax_minor",
            "discount_minor",
            "channel_shipped",
            "channel_canceled",
            "refunded_minor",
            "quantity_short",
        ),
        CheckConstraint(
            "quantity_shipped + quantity_canceled + quantity_allocated + quantity_short <= quantity",
            name="within_ordered",
        ),
        CheckConstraint("quantity_picked <= quantity_allocated", name="picked_within_allocated"),
        CheckConstraint("quantity_returned <= quantity_shipped", name="returned_within_shipped"),
        CheckConstraint("price_is_estimated IN (0, 1)", name="price_is_estimated"),
        CheckConstraint("is_tax_included IN (0, 1)", name="is_tax_included"),
        CheckConstraint("units_per_pack > 0", name="units_per_pack_positive"),
        CheckConstraint("is_assembled IN (0, 1)", name="is_assembled"),
        Index(
            "ix_order_line_open",
            "product_id",
            "sales_order_id",
            sqlite_where=text("quantity_open > 0"),
        ),
        Index("ix_order_line_order", "sales_order_id", "line_no"),
        Index("ix_order_line_picked", "product_id", sqlite_where=text("quantity_picked > 0")),
        Index("ix_order_line_short", "product_id", sqlite_where=text("quantity_short > 0")),
        Index(
            "ix_order_line_left_canceled",
            "sales_order_id",
            sqlite_where=text("channel_canceled > quantity_canceled"),
        ),
    )

    id: Mapped[RowId]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    line_no: Mapped[int]
    item_id: Mapped[str | None]
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    name: Mapped[str | None]
    quantity: Mapped[int]
    quantity_canceled: Mapped[Count]
    quantity_shipped: Mapped[Count]
    quantity_allocated: Mapped[Count]
    quantity_picked: Mapped[Count]
    quantity_returned: Mapped[Count]
    refunded_minor: Mapped[Count]
    item_price_minor: Mapped[Minor]
    item_tax_minor: Mapped[Minor]
    shipping_price_minor: Mapped[Minor]
    shipping_tax_minor: Mapped[Minor]
    gift_wrap_price_minor: Mapped[Minor]
    gift_wrap_tax_minor: Mapped[Minor]
    discount_minor: Mapped[Minor]
    price_is_estimated: Mapped[Flag]
    channel_shipped: Mapped[Count]
    channel_shipped_at: Mapped[str | None]
    channel_canceled: Mapped[Count]
    is_tax_included: Mapped[Flag]
    edited_fields: Mapped[Count]
    units_per_pack: Mapped[int] = mapped_column(server_default=text("1"))
    is_assembled: Mapped[Flag]
    quantity_short: Mapped[Count]
    quantity_open: Mapped[int] = mapped_column(
        Computed(open_sql("quantity", "quantity_shipped", "quantity_canceled"), persisted=False)
    )


class OrderLineComponent(Base):
    """What one unit of a line is made of, where that is not one unit of its product: kits and packs.

    Fixed when the line came in, so that a later recipe changes no order; append-only.

    Attributes:
        quantity: units of the component in one unit of the line.
        weight: share of the line's price that is the component's, among the weights of the line.
    """

    __tablename__ = "order_line_component"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("weight > 0", name="weight_positive"),
        sqlite_with_rowid=False,
    )

    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id), primary_key=True)
    quantity: Mapped[int]
    weight: Mapped[int]


class LineText(Base):
    """Where the gift message and the customization of a line stand: a row of the personal data of its own."""

    __tablename__ = "line_text"
    __table_args__ = strict(
        ForeignKeyConstraint(
            ["personal_id", "personal_version"],
            ["personal_data.personal_id", "personal_data.version"],
        ),
    )

    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), primary_key=True, autoincrement=False)
    personal_id: Mapped[int]
    personal_version: Mapped[int]


class OrderTag(Base):
    """A word the seller put on an order to find it by."""

    __tablename__ = "order_tag"
    __table_args__ = strict(Index(None, "tag"))

    sales_order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(primary_key=True)
    operation_id: Mapped[OperationId]


class ReportedShipment(Base):
    """What one shipment held of an order line, as a report of Amazon's own shipments tells it.

    Such reports give a line in parts, in one file or in several; the line is the sum of its known parts.
    """

    __tablename__ = "reported_shipment"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"), Index(None, "tracking_number")
    )

    channel: Mapped[str] = mapped_column(ForeignKey(Channel.name), primary_key=True)
    order_id: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[str] = mapped_column(primary_key=True)
    shipment_item_id: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[int]
    shipped_at: Mapped[str | None]
    carrier: Mapped[str | None]
    tracking_number: Mapped[str | None]
    item_price_minor: Mapped[Minor]
    item_tax_minor: Mapped[Minor]
    shipping_price_minor: Mapped[Minor]
    shipping_tax_minor: Mapped[Minor]
    gift_wrap_price_minor: Mapped[Minor]
    gift_wrap_tax_minor: Mapped[Minor]
    discount_minor: Mapped[Minor]
    operation_id: Mapped[OperationId]


class ColumnMap(Base):
    """How one kind of foreign order file is read: options and columns, as JSON (``formats/orders/mapped.py``)."""

    __tablename__ = "column_map"
    __table_args__ = strict()

    name: Mapped[str] = mapped_column(primary_key=True)
    mapping: Mapped[String]
    operation_id: Mapped[OperationId]


class Cancellation(Base):
    """Units of a line that will not be shipped, and on whose wish; append-only.

    A negative quantity takes units off again, where the channel says otherwise later. ``is_told`` is 1 for what
    the channel said, ``is_named`` 1 where the seller named the line and not just its SKU or the whole order.
    Units that an import laid on another line are taken off one line and recorded on the other;
    ``act_operation_id`` is then the operation in which the seller canceled them.
    ``canceled_by`` is ``buyer`` (through the channel, exempt from Amazon's rate), ``buyer-message``,
    ``seller``, or ``unknown`` when a report says canceled without saying by whom.
    """

    __tablename__ = "cancellation"
    __table_args__ = strict(
        CheckConstraint("quantity <> 0", name="quantity_not_zero"),
        CheckConstraint("is_told IN (0, 1)", name="is_told"),
        CheckConstraint("is_named IN (0, 1)", name="is_named"),
        CheckConstraint("canceled_by IN ('buyer', 'buyer-message', 'seller', 'unknown')", name="canceled_by"),
        Index(None, "order_line_id"),
        Index(
            "ix_cancellation_counted",
            "canceled_at",
            sqlite_where=text(counts_against_sql()),
        ),
    )

    id: Mapped[RowId]
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"))
    quantity: Mapped[int]
    canceled_by: Mapped[String]
    reason: Mapped[str | None]
    canceled_at: Mapped[Instant]
    operation_id: Mapped[OperationId]
    is_told: Mapped[Flag]
    is_named: Mapped[Flag]
    act_operation_id: Mapped[int | None] = mapped_column(ForeignKey(Operation.id))


class OrderEvent(Base):
    """Something that happened to an order after it came in; append-only.

    ``detail`` is text for people. Personal data is named by version only.
    """

    __tablename__ = "order_event"
    __table_args__ = strict(Index(None, "sales_order_id"))

    id: Mapped[RowId]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey("sales_order.id"))
    operation_id: Mapped[OperationId]
    occurred_at: Mapped[Instant]
    kind: Mapped[String]
    detail: Mapped[str | None]
