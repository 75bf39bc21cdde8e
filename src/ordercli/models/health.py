"""What buyers and the channel hold against orders, and what rates are counted from."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ordercli.domain.health.metrics import NEGATIVE_STARS
from ordercli.models.base import Base, Count, Flag, Instant, RowId, String, non_negative, strict
from ordercli.models.operation import OperationId
from ordercli.models.order import SalesOrder
from ordercli.models.shop import Channel


class Feedback(Base):
    """Stars a buyer gave for an order, 1 to 5; append-only, the latest day's of an order holds.

    ``is_withdrawn`` is 1 where the buyer took it back or the channel struck it out: it does not count then.
    """

    __tablename__ = "feedback"
    __table_args__ = strict(
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        CheckConstraint("is_withdrawn IN (0, 1)", name="is_withdrawn"),
        Index(None, "sales_order_id"),
        Index(
            "ix_feedback_negative",
            "given_on",
            "sales_order_id",
            "stars",
            "is_withdrawn",
            "operation_id",
            sqlite_where=text(f"stars <= {NEGATIVE_STARS}"),
        ),
    )

    id: Mapped[RowId]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey(SalesOrder.id))
    stars: Mapped[int]
    given_on: Mapped[String]
    operation_id: Mapped[OperationId]
    is_withdrawn: Mapped[Flag]


class Claim(Base):
    """A claim or chargeback against an order; append-only, the latest day's of an order and kind holds.

    ``status`` is ``open``, ``granted``, ``denied``, ``withdrawn`` (by the buyer) or ``funded`` (the channel pays,
    as for its own labels); only the first two are defects.
    """

    __tablename__ = "claim"
    __table_args__ = strict(
        CheckConstraint("kind IN ('a-to-z', 'chargeback')", name="kind"),
        CheckConstraint("status IN ('open', 'granted', 'denied', 'withdrawn', 'funded')", name="status"),
        Index(None, "sales_order_id"),
        Index(None, "filed_on", "sales_order_id"),
    )

    id: Mapped[RowId]
    sales_order_id: Mapped[int] = mapped_column(ForeignKey(SalesOrder.id))
    kind: Mapped[String]
    status: Mapped[String]
    filed_on: Mapped[String]
    operation_id: Mapped[OperationId]


class FeedbackRemoval(Base):
    """That feedback was recorded by mistake: from this operation on it counts in no rate; append-only."""

    __tablename__ = "feedback_removal"
    __table_args__ = strict()

    feedback_id: Mapped[int] = mapped_column(ForeignKey(Feedback.id), primary_key=True, autoincrement=False)
    operation_id: Mapped[OperationId]


class ClaimRemoval(Base):
    """The same of a claim; append-only."""

    __tablename__ = "claim_removal"
    __table_args__ = strict()

    claim_id: Mapped[int] = mapped_column(ForeignKey(Claim.id), primary_key=True, autoincrement=False)
    operation_id: Mapped[OperationId]


class HourlySum(Base):
    """What rates count, summed up for each hour of UTC; kept by triggers.

    Hours, because a window is whole days of its channel's zone, and nearly every zone is whole hours from UTC.

    Attributes:
        kind: ``FBM`` and ``FBA`` orders by the hour they were placed; of confirmed orders those ``due`` by the
            hour of their ship-by, shipments (``tracking``) and units followed (``delivery``) by the promised hour.
        hour: such as ``2026-03-16T13``.
        counted, defects: members, and those of them against the seller; for orders placed only the first is kept.
    """

    __tablename__ = "hourly_sum"
    __table_args__ = strict(
        CheckConstraint("kind IN ('FBM', 'FBA', 'due', 'tracking', 'delivery')", name="kind"),
        CheckConstraint("defects BETWEEN 0 AND counted", name="defects_within_counted"),
        sqlite_with_rowid=False,
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(ForeignKey(Channel.name), primary_key=True)
    hour: Mapped[str] = mapped_column(primary_key=True)
    counted: Mapped[Count]
    defects: Mapped[Count]


class ConfirmedOrder(Base):
    """An order the seller ships of which a shipment is confirmed: what its rates are counted from.

    Kept by triggers as the view ``confirmed_order_now`` has it. Void shipments are not there.

    Attributes:
        promised_by: when it was to be delivered, or where nobody said, to be shipped.
        confirmed_at: when its last shipment was.
        shipments: confirmed ones.
        shipments_tracked: those with carrier and tracking number, unless something shows that it is not valid.
        units_followed: in tracked shipments of which anything was heard after they left, if delivery was promised.
        units_on_time: of these, delivered in time.
    """

    __tablename__ = "confirmed_order"
    __table_args__ = strict(
        Index(None, "channel", "ship_by"),
        Index(None, "channel", "promised_by"),
    )

    sales_order_id: Mapped[int] = mapped_column(ForeignKey(SalesOrder.id), primary_key=True, autoincrement=False)
    channel: Mapped[String]
    ship_by: Mapped[str | None]
    promised_by: Mapped[str | None]
    confirmed_at: Mapped[Instant]
    shipments: Mapped[int]
    shipments_tracked: Mapped[int]
    units_followed: Mapped[int]
    units_on_time: Mapped[int]


class PerformanceStatement(Base):
    """What the channel itself says of the seller's performance, as one report told it; append-only.

    Attributes:
        stated_on: the day after the last day it looks at.
        account_status: such as ``NORMAL`` or ``AT_RISK``.
    """

    __tablename__ = "performance_statement"
    __table_args__ = strict(Index(None, "channel", "stated_on"))

    id: Mapped[RowId]
    channel: Mapped[str] = mapped_column(ForeignKey(Channel.name))
    marketplace: Mapped[String]
    stated_on: Mapped[String]
    account_status: Mapped[str | None]
    sha256: Mapped[String]
    operation_id: Mapped[OperationId]


class PerformanceLine(Base):
    """One figure of such a report; append-only.

    Attributes:
        metric: the rate's name here where there is one, else the channel's.
        rate, limit_share: decimals as told; the rate need not be numerator over denominator.
    """

    __tablename__ = "performance_line"
    __table_args__ = strict(*non_negative("numerator", "denominator"), sqlite_with_rowid=False)

    performance_statement_id: Mapped[int] = mapped_column(ForeignKey("performance_statement.id"), primary_key=True)
    metric: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[str | None]
    window_end: Mapped[str | None]
    numerator: Mapped[int | None]
    denominator: Mapped[int | None]
    rate: Mapped[str | None]
    limit_share: Mapped[str | None]
    status: Mapped[str | None]


class Improvement(Base):
    """A change of how the shop works, from the day it began; append-only.

    ``metric`` is the rate it is meant to move, where one was named.
    """

    __tablename__ = "improvement"
    __table_args__ = strict()

    id: Mapped[RowId]
    name: Mapped[String]
    metric: Mapped[str | None]
    started_on: Mapped[String]
    operation_id: Mapped[OperationId]


class ImprovementEnd(Base):
    """When a change of how the shop works was judged, and whether it stays; append-only."""

    __tablename__ = "improvement_end"
    __table_args__ = strict(CheckConstraint("outcome IN ('kept', 'dropped')", name="outcome"))

    improvement_id: Mapped[int] = mapped_column(
        ForeignKey("improvement.id"), primary_key=True, autoincrement=False
    )
    ended_on: Mapped[String]
    outcome: Mapped[String]
    operation_id: Mapped[OperationId]
