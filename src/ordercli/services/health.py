"""What buyers and the channel hold against orders, recorded one by one."""

from sqlalchemy import select

from ordercli.domain.times import day_of
from ordercli.errors import Refused
from ordercli.models import Claim, Feedback, SalesOrder
from ordercli.services.lookup import get_order
from ordercli.services.operations import Outcome, Work


def add_feedback(
    work: Work, reference: str, *, stars: int | None, given_on: str, is_withdrawn: bool = False
) -> Outcome:
    """Record the stars of an order; the record of the latest day holds, of one day the later one.

    Args:
        work: the command's frame.
        reference: the order.
        stars: 1 to 5; None keeps those recorded.
        given_on: the day, in the shop's zone.
        is_withdrawn: the feedback is gone from that day on.

    Raises:
        NotFound: for an unknown order.
        Refused: if the day is before the order came in or the latest record, or nothing is there to withdraw.
    """
    order = get_order(work.session, reference)
    _refuse_before(work, order, given_on)
    latest = work.session.scalar(
        select(Feedback)
        .where(Feedback.sales_order_id == order.id)
        .order_by(Feedback.given_on.desc(), Feedback.id.desc())
        .limit(1)
    )
    if stars is None:
        if latest is None:
            raise Refused(f"Order {order.order_id} has no feedback to withdraw; say how many stars it was.")
        stars = latest.stars
    if latest is not None:
        if (latest.stars, latest.given_on, latest.is_withdrawn) == (stars, given_on, is_withdrawn):
            return Outcome(f"feedback for order {order.order_id} is recorded already", reference=order.order_id)
        _refuse_older(order, "feedback", given_on, latest.given_on)
    work.session.add(
        Feedback(
            sales_order_id=order.id,
            stars=stars,
            given_on=given_on,
            operation_id=work.operation,
            is_withdrawn=int(is_withdrawn),
        )
    )
    what = "the withdrawal of " if is_withdrawn else ""
    return Outcome(
        f"recorded {what}{stars}-star feedback for order {order.order_id}",
        {"feedback": 1},
        reference=order.order_id,
    )


def add_claim(work: Work, reference: str, *, kind: str, status: str, filed_on: str) -> Outcome:
    """Record a claim or chargeback; of one kind the record of the latest day holds, of one day the later one.

    Raises:
        NotFound: for an unknown order.
        Refused: if the day is before the order came in, or before the latest record.
    """
    order = get_order(work.session, reference)
    _refuse_before(work, order, filed_on)
    latest = work.session.scalar(
        select(Claim)
        .where(Claim.sales_order_id == order.id, Claim.kind == kind)
        .order_by(Claim.filed_on.desc(), Claim.id.desc())
        .limit(1)
    )
    if latest is not None:
        if (latest.status, latest.filed_on) == (status, filed_on):
            return Outcome(f"{kind} for order {order.order_id} is recorded already", reference=order.order_id)
        _refuse_older(order, f"a record of its {kind}", filed_on, latest.filed_on)
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


def _refuse_older(order: SalesOrder, what: str, day: str, latest: str) -> None:
    if day < latest:
        raise Refused(f"Order {order.order_id} has {what} of {latest}, after {day}; the latest day's holds.")
