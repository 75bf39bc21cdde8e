"""What buyers and the channel hold against orders: recorded by hand."""

from sqlalchemy import select

from ordercli.domain.times import day_of
from ordercli.errors import Refused
from ordercli.models import Claim, Feedback, SalesOrder
from ordercli.services.lookup import get_order
from ordercli.services.operations import Outcome, Work


def add_feedback(work: Work, reference: str, *, stars: int, given_on: str) -> Outcome:
    """Record the stars of an order; a later record replaces an earlier one.

    Raises:
        NotFound: for an unknown order.
        Refused: if the day is before the order came in.
    """
    order = get_order(work.session, reference)
    _refuse_before(work, order, given_on)
    latest = work.session.scalar(
        select(Feedback).where(Feedback.sales_order_id == order.id).order_by(Feedback.id.desc()).limit(1)
    )
    if latest is not None and (latest.stars, latest.given_on) == (stars, given_on):
        return Outcome(f"feedback for order {order.order_id} is recorded already", reference=order.order_id)
    work.session.add(
        Feedback(sales_order_id=order.id, stars=stars, given_on=given_on, operation_id=work.operation)
    )
    return Outcome(
        f"recorded {stars}-star feedback for order {order.order_id}", {"feedback": 1}, reference=order.order_id
    )


def add_claim(work: Work, reference: str, *, kind: str, status: str, filed_on: str) -> Outcome:
    """Record a claim or chargeback; a later record of the same kind replaces an earlier one.

    Raises:
        NotFound: for an unknown order.
        Refused: if the day is before the order came in.
    """
    order = get_order(work.session, reference)
    _refuse_before(work, order, filed_on)
    latest = work.session.scalar(
        select(Claim)
        .where(Claim.sales_order_id == order.id, Claim.kind == kind)
        .order_by(Claim.id.desc())
        .limit(1)
    )
    if latest is not None and (latest.status, latest.filed_on) == (status, filed_on):
        return Outcome(f"{kind} for order {order.order_id} is recorded already", reference=order.order_id)
    work.session.add(
        Claim(
            sales_order_id=order.id,
            kind=kind,
            status=status,
            filed_on=filed_on,
            operation_id=work.operation,
        )
    )
    return Outcome(
        f"recorded {kind} ({status}) for order {order.order_id}", {"claims": 1}, reference=order.order_id
    )


def _refuse_before(work: Work, order: SalesOrder, day: str) -> None:
    came_in = day_of(order.ordered_at, work.shop.time_zone)
    if day < came_in:
        raise Refused(f"Order {order.order_id} came in on {came_in}, after {day}; check the order and the date.")
