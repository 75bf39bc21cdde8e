"""What buyers and the channel hold against orders, recorded one by one or from files."""

from collections.abc import Callable, Sequence
from typing import Literal

from sqlalchemy import text

from ordercli.domain.health.remarks import Remark
from ordercli.domain.times import day_of
from ordercli.domain.words import count
from ordercli.errors import NotFound, Refused, UsageProblem
from ordercli.naming import Candidate, one_order, order_words
from ordercli.services.lookup import OrderFacts, get_order
from ordercli.services.operations import Outcome, Work
from ordercli.services.settings import channel_zone

RemarkKind = Literal["feedback", "claim"]
"""What can be said against an order; also the table it stands in."""


def zone_of_remarks(work: Work, channel: str) -> str:
    """The zone whose days remarks carry: the channel's, as its windows do."""
    return channel_zone(work.connection, channel, work.today)


def day_of_remark(work: Work, reference: str, day: str | None) -> str:
    """The channel's day of a remark on an order: of the present if none is told.

    A day that has begun where the shop is and not yet where the channel is means the present too.

    Raises:
        NotFound: for an unknown order.
        UsageProblem: for a day to come.
    """
    today = day_of(work.now, zone_of_remarks(work, get_order(work.connection, reference).channel))
    if day is None or today < day <= work.today:
        return today
    if day > today:
        raise UsageProblem(f"--on {day} is still to come.")
    return day


def add_feedback(
    work: Work, reference: str, *, stars: int | None, given_on: str, is_withdrawn: bool = False
) -> Outcome:
    """Record the stars of an order; the record of the latest day holds, of one day the later one.

    Args:
        work: the command's frame.
        reference: the order.
        stars: 1 to 5; None keeps those recorded.
        given_on: the day, in the channel's zone.
        is_withdrawn: the feedback is gone from that day on.

    Raises:
        NotFound: for an unknown order.
        Refused: if the day is before the order came in or the latest record, or nothing is there to withdraw.
    """
    order = get_order(work.connection, reference)
    _refuse_before(work, order, given_on)
    latest = work.connection.execute(
        text(
            "SELECT stars, given_on, is_withdrawn FROM feedback WHERE sales_order_id = :order"
            " AND id NOT IN (SELECT feedback_id FROM feedback_removal)"
            " ORDER BY given_on DESC, id DESC LIMIT 1"
        ),
        {"order": order.id},
    ).one_or_none()
    if stars is None:
        if latest is None:
            raise Refused(f"Order {order.order_id} has no feedback to withdraw; say how many stars it was.")
        stars = latest.stars
    if latest is not None:
        if (latest.stars, latest.given_on, latest.is_withdrawn) == (stars, given_on, is_withdrawn):
            return Outcome(f"feedback for order {order.order_id} is recorded already", reference=order.order_id)
        _refuse_older(order, "feedback", given_on, latest.given_on)
    work.connection.execute(
        text(
            "INSERT INTO feedback (sales_order_id, stars, given_on, is_withdrawn, operation_id)"
            " VALUES (:order, :stars, :day, :withdrawn, :operation)"
        ),
        {
            "order": order.id,
            "stars": stars,
            "day": given_on,
            "withdrawn": int(is_withdrawn),
            "operation": work.operation,
        },
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
    order = get_order(work.connection, reference)
    _refuse_before(work, order, filed_on)
    latest = work.connection.execute(
        text(
            "SELECT status, filed_on FROM claim WHERE sales_order_id = :order AND kind = :kind"
            " AND id NOT IN (SELECT claim_id FROM claim_removal)"
            " ORDER BY filed_on DESC, id DESC LIMIT 1"
        ),
        {"order": order.id, "kind": kind},
    ).one_or_none()
    if latest is not None:
        if (latest.status, latest.filed_on) == (status, filed_on):
            return Outcome(f"{kind} for order {order.order_id} is recorded already", reference=order.order_id)
        _refuse_older(order, f"a record of its {kind}", filed_on, latest.filed_on)
    work.connection.execute(
        text(
            "INSERT INTO claim (sales_order_id, kind, status, filed_on, operation_id)"
            " VALUES (:order, :kind, :status, :day, :operation)"
        ),
        {"order": order.id, "kind": kind, "status": status, "day": filed_on, "operation": work.operation},
    )
    return Outcome(
        f"recorded {kind} ({status}) for order {order.order_id}", {"claims": 1}, reference=order.order_id
    )


_REMOVED = {
    "feedback": "SELECT o.order_id, f.stars || '-star feedback' AS what, f.given_on AS on_day FROM feedback f"
    " JOIN sales_order o ON o.id = f.sales_order_id WHERE f.id = :number",
    "claim": "SELECT o.order_id, c.kind || ' (' || c.status || ')' AS what, c.filed_on AS on_day FROM claim c"
    " JOIN sales_order o ON o.id = c.sales_order_id WHERE c.id = :number",
}


def remove_remark(work: Work, kind: RemarkKind, number: int) -> Outcome:
    """Take back what was recorded by mistake: from now on it counts in no rate; what was known before stays so.

    What it replaced holds again. A file that tells the same once more does not bring it back.

    Args:
        work: the command's frame.
        kind: feedback or a claim.
        number: as the list of them has it.

    Raises:
        NotFound: if there is none of that number.
    """
    row = work.connection.execute(text(_REMOVED[kind]), {"number": number}).one_or_none()
    if row is None:
        raise NotFound(f"There is no {kind} {number}; see: ordercli metrics {kind} list")
    removed = work.connection.execute(
        text(f"INSERT OR IGNORE INTO {kind}_removal VALUES (:number, :operation)"),
        {"number": number, "operation": work.operation},
    )
    if not removed.rowcount:
        return Outcome(f"{kind} {number} is removed already", reference=row.order_id)
    return Outcome(
        f"removed {row.what} of {row.on_day} on order {row.order_id}",
        {f"{kind}_removed": 1},
        reference=row.order_id,
    )


def _refuse_before(work: Work, order: OrderFacts, day: str) -> None:
    came_in = day_of(order.ordered_at, zone_of_remarks(work, order.channel))
    if day < came_in:
        raise Refused(f"Order {order.order_id} came in on {came_in}, after {day}; check the order and the date.")


def _refuse_older(order: OrderFacts, what: str, day: str, latest: str) -> None:
    if day < latest:
        raise Refused(f"Order {order.order_id} has {what} of {latest}, after {day}; the latest day's holds.")


_INSERT_FEEDBACK = """
INSERT INTO feedback (sales_order_id, stars, given_on, is_withdrawn, operation_id)
SELECT :order, :stars, :day, :withdrawn, :operation WHERE NOT EXISTS (SELECT 1 FROM feedback f WHERE f.id =
  (SELECT max(g.id) FROM feedback g WHERE g.sales_order_id = :order AND g.given_on = :day)
  AND f.stars = :stars AND f.is_withdrawn = :withdrawn)"""

_INSERT_CLAIM = """
INSERT INTO claim (sales_order_id, kind, status, filed_on, operation_id)
SELECT :order, :kind, :status, :day, :operation WHERE NOT EXISTS (SELECT 1 FROM claim c WHERE c.id =
  (SELECT max(b.id) FROM claim b WHERE b.sales_order_id = :order AND b.kind = :kind AND b.filed_on = :day)
  AND c.status = :status)"""


def import_remarks(work: Work, rows: Sequence[Remark], *, is_claims: bool) -> Outcome:
    """Take feedback or claims from a file; files may come in any order, since of an order the latest day holds."""
    statement, noun = (_INSERT_CLAIM, "claim") if is_claims else (_INSERT_FEEDBACK, "feedback row")
    new = 0
    for row in rows:
        values = {
            "order": row.order,
            "day": row.day,
            "stars": row.stars,
            "withdrawn": row.is_withdrawn,
            "kind": row.kind,
            "status": row.status,
            "operation": work.operation,
        }
        new += work.connection.execute(text(statement), values).rowcount
    same = len(rows) - new
    kind = "claims" if is_claims else "feedback"
    summary = f"imported {count(new, noun)}" + (f", {same:,} unchanged" if same else "")
    if not new:
        summary = f"every {noun} is recorded already" if rows else f"the file has no {noun}"
    return Outcome(summary, {kind: new}, {"rows_new": new, "rows_unchanged": same})


def order_finder(work: Work) -> Callable[[str], tuple[int, str, str, str] | None]:
    """Finds an order by its whole id: its row id, its channel's zone, and there the day it came in and today.

    What it gives raises NotFound where the id is on several channels.
    """
    known = text(
        "SELECT id, order_id, channel, ordered_at FROM sales_order"
        " WHERE substr(order_id, -4) = substr(:reference, -4) AND order_id = :reference"
        " AND (:channel IS NULL OR channel = :channel)"
    )

    def find(order_id: str) -> tuple[int, str, str, str] | None:
        rows = work.connection.execute(known, order_words(order_id)).all()
        if not rows:
            return None
        meant = one_order(order_id, [Candidate(*row[:3]) for row in rows])
        (row,) = (each for each in rows if each.id == meant)
        zone = zone_of_remarks(work, row.channel)
        return row.id, zone, day_of(row.ordered_at, zone), day_of(work.now, zone)

    return find
