"""Returns: what comes back, what it turns out to be, and the money or the goods given for it."""

from sqlalchemy import CheckConstraint, Computed, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

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
from ordercli.models.operation import OperationId
from ordercli.models.order import OrderLine, SalesOrder
from ordercli.models.product import Product
from ordercli.models.stock import StockMovement

STATUS_SQL = """CASE
 WHEN closed_at IS NOT NULL THEN 'closed'
 WHEN units_inspected = units AND (refunded_minor > 0 OR units_settled > 0) THEN 'refunded'
 WHEN units_inspected = units AND units_replaced > 0 THEN 'replaced'
 WHEN units_inspected = units THEN 'inspected'
 WHEN units_received > 0 THEN 'received'
 WHEN is_declined = 1 THEN 'declined'
 WHEN answered_at IS NOT NULL THEN 'authorized'
 ELSE 'requested' END"""

DISPOSITION_CHECK = (
    "disposition IN ('sellable', 'customer_damaged', 'carrier_damaged', 'defective', 'wrong_item', 'missing',"
    " 'expired')"
)


class ReturnAuthorization(Base):
    """A buyer's wish to send units of one order back, and the permission to (RMA).

    Attributes:
        return_id: such as ``RMA-000001``.
        opened_at: when it was recorded here.
        channel_return_id: the channel's number of the return; None if no report told one.
        delivered_on: the day a carrier brought it back, as a report tells it.
        label_cost_minor: what the label of the way back cost, in the order's currency.
        label_paid_by: who paid that label.
        requested_at, answered_at, is_declined, closed_at: from its steps: when the buyer asked (earliest told),
            when that was first answered, whether the latest answer is no, when it ended. Kept by a trigger.
        units … refunded_minor: sums over lines, events, refunds and replacements, kept by triggers.
        status: derived from all of these; cannot be written.
    """

    __tablename__ = "return_authorization"
    __table_args__ = strict(
        UniqueConstraint("return_id"),
        CheckConstraint("label_paid_by IN ('buyer', 'seller', 'channel')", name="label_paid_by"),
        CheckConstraint("is_declined IN (0, 1)", name="is_declined"),
        CheckConstraint("is_declined = 0 OR units_received = 0", name="nothing_received_if_declined"),
        *non_negative(
            "label_cost_minor",
            "units",
            "units_received",
            "units_inspected",
            "units_settled",
            "units_replaced",
            "refunded_minor",
        ),
        Index(None, "sales_order_id"),
        Index(
            "ix_return_authorization_channel_return_id",
            "channel_return_id",
            sqlite_where=text("channel_return_id IS NOT NULL"),
        ),
        Index("ix_return_authorization_open", "id", sqlite_where=text("closed_at IS NULL")),
        Index(None, "opened_at"),
        Index(None, "requested_at"),
    )

    id: Mapped[RowId]
    return_id: Mapped[String]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey(SalesOrder.id))
    opened_at: Mapped[Instant]
    operation_id: Mapped[OperationId]
    channel_return_id: Mapped[str | None]
    delivered_on: Mapped[str | None]
    label_cost_minor: Mapped[Minor]
    label_paid_by: Mapped[str | None]
    requested_at: Mapped[str | None]
    answered_at: Mapped[str | None]
    is_declined: Mapped[Flag]
    closed_at: Mapped[str | None]
    units: Mapped[Count]
    units_received: Mapped[Count]
    units_inspected: Mapped[Count]
    units_settled: Mapped[Count]
    units_replaced: Mapped[Count]
    refunded_minor: Mapped[Count]
    status: Mapped[str] = mapped_column(Computed(STATUS_SQL, persisted=False))


class ReturnStep(Base):
    """What was said about a return: asked for, answered, ended; append-only.

    ``actor`` is who did it: the ``buyer`` asks, the ``seller`` or the ``channel`` answers. An answer of the
    channel that tells no time has that of the request.
    """

    __tablename__ = "return_step"
    __table_args__ = strict(
        CheckConstraint("kind IN ('requested', 'authorized', 'declined', 'closed')", name="kind"),
        CheckConstraint("actor IN ('buyer', 'seller', 'channel')", name="actor"),
        Index(None, "return_authorization_id"),
        Index("ix_return_step_requested", "occurred_at", sqlite_where=text("kind = 'requested'")),
    )

    id: Mapped[RowId]
    return_authorization_id: Mapped[int] = mapped_column(ForeignKey("return_authorization.id"))
    kind: Mapped[String]
    actor: Mapped[String]
    occurred_at: Mapped[Instant]
    detail: Mapped[str | None]
    operation_id: Mapped[OperationId]


class ReturnLine(Base):
    """Units of one order line that may come back.

    Attributes:
        reason: why, in the buyer's words or the channel's code, as it came.
        fault: whose it is by that reason: ``seller``, ``buyer``, or ``review`` where that is to be decided.
        fingerprint: of the row of a report it is from; None if it was typed in.
        quantity_received, quantity_inspected: sums of its events, kept by triggers.
        quantity_settled: inspected units that a refund was computed for, kept by a trigger.
        quantity_replaced: units another one was sent for, kept by a trigger.
    """

    __tablename__ = "return_line"
    __table_args__ = strict(
        UniqueConstraint("return_authorization_id", "order_line_id"),
        UniqueConstraint("id", "order_line_id"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("fault IN ('seller', 'buyer', 'review')", name="fault"),
        CheckConstraint("quantity_received <= quantity", name="received_within_authorized"),
        CheckConstraint("quantity_inspected <= quantity_received", name="inspected_within_received"),
        CheckConstraint("quantity_settled <= quantity_inspected", name="settled_within_inspected"),
        CheckConstraint("quantity_settled + quantity_replaced <= quantity", name="settled_once"),
        Index(None, "order_line_id"),
        Index(
            "ix_return_line_fingerprint", "fingerprint", unique=True, sqlite_where=text("fingerprint IS NOT NULL")
        ),
    )

    id: Mapped[RowId]
    return_authorization_id: Mapped[int] = mapped_column(ForeignKey("return_authorization.id"))
    order_line_id: Mapped[int] = mapped_column(ForeignKey(OrderLine.id))
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    quantity: Mapped[int]
    reason: Mapped[String]
    fault: Mapped[String]
    fingerprint: Mapped[str | None]
    quantity_received: Mapped[Count]
    quantity_inspected: Mapped[Count]
    quantity_settled: Mapped[Count]
    quantity_replaced: Mapped[Count]


class ReturnEvent(Base):
    """Units received (``disposition`` is None) or inspected; append-only.

    Attributes:
        quantity: units; below zero for what the channel said of them before it said otherwise.
        movement_id: the stock movement, the first of them where units of several costs or products moved; None
            for units that went back to Amazon's stock, whose movements its own reports tell.
        cost_minor: what the units cost when they were sold, all parts together, in the shop's currency; of the
            sign of ``quantity``.
        sellable_cost_minor: of that, what went back on the shelf: components may, where their kit does not.
        detail: the channel's own words.
    """

    __tablename__ = "return_event"
    __table_args__ = strict(
        CheckConstraint(
            "quantity > 0 OR quantity < 0 AND disposition IS NOT NULL AND movement_id IS NULL", name="quantity"
        ),
        CheckConstraint(DISPOSITION_CHECK, name="disposition"),
        CheckConstraint("cost_minor = 0 OR (cost_minor > 0) = (quantity > 0)", name="cost_minor"),
        CheckConstraint(
            "abs(sellable_cost_minor) <= abs(cost_minor) AND sellable_cost_minor * cost_minor >= 0",
            name="sellable_cost_minor",
        ),
        Index(None, "return_line_id"),
        Index("ix_return_event_returned", "occurred_at", sqlite_where=text("disposition IS NULL")),
    )

    id: Mapped[RowId]
    return_line_id: Mapped[int] = mapped_column(ForeignKey("return_line.id"))
    disposition: Mapped[str | None]
    quantity: Mapped[int]
    occurred_at: Mapped[Instant]
    movement_id: Mapped[int | None] = mapped_column(ForeignKey(StockMovement.id))
    cost_minor: Mapped[int]
    sellable_cost_minor: Mapped[Count]
    detail: Mapped[str | None]
    operation_id: Mapped[OperationId]


class Refund(Base):
    """Money given back for one line of an order, on a return or without one, in its currency; append-only.

    Attributes:
        return_line_id: what came back or shall; None where nothing does.
        disposition: of the inspected units it settles; None for an amount given by hand.
        quantity: how many they are; 0 for an amount given by hand.
        item_minor … gift_wrap_tax_minor: what goes back of each part of what was paid, what is kept deducted.
        discount_minor: the share of the discount, which goes off their sum.
        amount_minor: what the buyer gets: the parts less the discount.
        cost_minor: what the units it settles cost the buyer, all parts together; 0 for an amount given by hand.
        fee_minor, fee_reason: restocking fee kept, and why.
        return_shipping_minor: of the label of the way back, kept because the buyer has to pay it.
        adjustment_reason: the code for the channel's refund file.
        part, reason: of an amount without a return: what it is for (``item``, ``shipping``, ``goodwill``) and why.
        origin: ``seller`` for refunds decided here, ``channel`` for those a report says were made.
    """

    __tablename__ = "refund"
    __table_args__ = strict(
        *non_negative(
            "quantity",
            "item_minor",
            "item_tax_minor",
            "shipping_minor",
            "shipping_tax_minor",
            "gift_wrap_minor",
            "gift_wrap_tax_minor",
            "discount_minor",
            "amount_minor",
            "cost_minor",
            "fee_minor",
            "return_shipping_minor",
        ),
        CheckConstraint(
            "amount_minor = item_minor + item_tax_minor + shipping_minor + shipping_tax_minor + gift_wrap_minor"
            " + gift_wrap_tax_minor - discount_minor",
            name="amount_is_its_parts",
        ),
        CheckConstraint("origin IN ('seller', 'channel')", name="origin"),
        CheckConstraint("part IN ('item', 'shipping', 'goodwill')", name="part"),
        CheckConstraint("return_line_id IS NOT NULL OR quantity = 0", name="units_are_on_a_return"),
        CheckConstraint("(return_line_id IS NULL) = (part IS NOT NULL)", name="part_without_return"),
        ForeignKeyConstraint(
            ["return_line_id", "order_line_id"],
            ["return_line.id", "return_line.order_line_id"],
            name="fk_refund_of_its_line",
        ),
        Index(None, "order_line_id"),
        Index(None, "return_line_id"),
        Index(None, "refunded_at"),
    )

    id: Mapped[RowId]
    order_line_id: Mapped[int] = mapped_column(ForeignKey(OrderLine.id))
    return_line_id: Mapped[int | None]
    disposition: Mapped[str | None]
    quantity: Mapped[int]
    item_minor: Mapped[int]
    item_tax_minor: Mapped[int]
    shipping_minor: Mapped[int]
    shipping_tax_minor: Mapped[int]
    gift_wrap_minor: Mapped[int]
    gift_wrap_tax_minor: Mapped[int]
    discount_minor: Mapped[int]
    amount_minor: Mapped[int]
    cost_minor: Mapped[Count]
    fee_minor: Mapped[int]
    fee_reason: Mapped[str | None]
    return_shipping_minor: Mapped[int]
    adjustment_reason: Mapped[String]
    part: Mapped[str | None]
    reason: Mapped[str | None]
    origin: Mapped[String]
    refunded_at: Mapped[Instant]
    operation_id: Mapped[OperationId]


class Replacement(Base):
    """Units sent instead of returned ones, on an order of their own; append-only."""

    __tablename__ = "replacement"
    __table_args__ = strict(
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index(None, "return_line_id"),
        Index(None, "order_line_id"),
    )

    id: Mapped[RowId]
    return_line_id: Mapped[int] = mapped_column(ForeignKey("return_line.id"))
    quantity: Mapped[int]
    order_line_id: Mapped[int] = mapped_column(ForeignKey(OrderLine.id))
    replaced_at: Mapped[Instant]
    operation_id: Mapped[OperationId]
