"""What is to be written today: every occasion that has no message yet, and messages begun that did not go out."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from ordercli.domain.message_policy import POLICIES
from ordercli.domain.messages import KINDS, REVIEW, WHOLE_ORDER, Draft, Letter, is_review_time
from ordercli.domain.report import Column, Report
from ordercli.domain.times import shift
from ordercli.errors import Refused
from ordercli.queries.message_drafts import Channel, channel_of, delay_occasion, draft
from ordercli.queries.order_where import DELIVERY_OVERDUE
from ordercli.queries.orders import OVERDUE
from ordercli.queries.reader import Reader

_ORDER = "o.id, o.channel, o.is_on_hold, o.is_released"

# Each gives the order, the occasion, when it was, and what to say of it; only what happened since :since.
DUE = {
    "order_confirmation": f"""
SELECT {_ORDER}, 'order', o.ordered_at, 'it has come in' FROM sales_order o
WHERE o.ordered_at >= :since AND o.status <> 'canceled' AND o.fulfillment = 'FBM'""",
    "shipping_notification": f"""
SELECT {_ORDER}, 'parcel:' || s.id, s.recorded_at, 'parcel ' || s.id || ' has left'
FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id
WHERE s.recorded_at >= :since AND s.origin = 'seller' AND s.status <> 'void'""",
    "order_problem": f"""
SELECT {_ORDER}, 'cancellation:' || c.operation_id, max(c.canceled_at), 'you have canceled ' || sum(c.quantity)
  || CASE sum(c.quantity) WHEN 1 THEN ' unit' ELSE ' units' END
FROM cancellation c JOIN order_line l ON l.id = c.order_line_id JOIN sales_order o ON o.id = l.sales_order_id
WHERE c.canceled_at >= :since AND c.canceled_by = 'seller' AND c.quantity > 0
GROUP BY o.id, c.operation_id""",
    "return_answer": f"""
SELECT {_ORDER}, a.return_id || CASE WHEN a.is_declined THEN ':declined' ELSE '' END, s.occurred_at,
  CASE WHEN a.is_declined THEN 'you have declined ' ELSE 'you have allowed ' END || a.return_id
FROM return_authorization a JOIN sales_order o ON o.id = a.sales_order_id
JOIN return_step s ON s.id = (SELECT max(l.id) FROM return_step l WHERE l.return_authorization_id = a.id
  AND l.kind IN ('authorized', 'declined'))
WHERE s.occurred_at >= :since AND s.actor = 'seller' AND a.units_received = 0 AND a.closed_at IS NULL""",
    "refund_sent": f"""
SELECT {_ORDER}, 'refund:' || f.operation_id, max(f.refunded_at), 'money has gone back for ' || min(a.return_id)
FROM refund f JOIN return_line r ON r.id = f.return_line_id
JOIN return_authorization a ON a.id = r.return_authorization_id JOIN sales_order o ON o.id = a.sales_order_id
WHERE f.refunded_at >= :since AND f.origin = 'seller' GROUP BY o.id, f.operation_id""",
    "delay": f"""
SELECT {_ORDER}, CASE WHEN {DELIVERY_OVERDUE} THEN 'deliver_by' ELSE 'ship_by' END,
  CASE WHEN {DELIVERY_OVERDUE} THEN o.deliver_by ELSE o.ship_by END,
  CASE WHEN {DELIVERY_OVERDUE} THEN 'it should have arrived' ELSE 'it should have left' END
FROM sales_order o
WHERE {OVERDUE} AND o.ship_by >= :since OR {DELIVERY_OVERDUE} AND o.deliver_by >= :since""",
    "feedback_request": f"""
SELECT {_ORDER}, 'order', max(s.recorded_at), 'the buyer has had it for some days'
FROM sales_order o JOIN shipment s ON s.sales_order_id = o.id AND s.status <> 'void'
WHERE o.status = 'shipped' GROUP BY o.id
HAVING coalesce(o.deliver_by, max(s.delivered_at), max(s.shipped_on)) BETWEEN :before AND :now""",
}
"""Occasions of each kind that plans itself."""

_ARRIVED_AT_MOST_DAYS = 45
"""An order expected longer ago than this has no review window that is open; a cheap first sieve."""

TRIED_FOR_DAYS = 7
"""How long a message that failed is tried again by itself."""

BEGUN = f"""
SELECT {_ORDER}, m.kind, m.occasion, m.id, m.state, m.language, m.details, m.intended_at,
  (SELECT e.detail FROM message_event e WHERE e.message_id = m.id ORDER BY e.id DESC LIMIT 1)
FROM message m JOIN sales_order o ON o.id = m.sales_order_id WHERE m.state <> 'sent' ORDER BY m.id"""

KNOWN = "SELECT 1 FROM message WHERE sales_order_id = :order AND kind = :kind AND occasion = :occasion"


class _Occasion(NamedTuple):
    order: int
    channel: str
    is_on_hold: int
    is_released: int
    occasion: str
    at: str
    why: str


class _Begun(NamedTuple):
    order: int
    channel: str
    is_on_hold: int
    is_released: int
    kind: str
    occasion: str
    message: int
    state: str
    language: str
    details: str | None
    intended_at: str
    detail: str | None


def planned(reader: Reader) -> Iterator[Draft]:
    """Drafts of everything that is due: messages begun before first, then by kind and time of the occasion."""
    ways: dict[str, Channel] = {}
    for begun in map(_Begun._make, reader.rows(BEGUN).fetchall()):
        yield _again(reader, begun)
    for kind, sql in DUE.items():
        values = {
            "since": shift(reader.now, days=-(KINDS[kind].fresh_days or 0)),
            "before": shift(reader.now, days=-_ARRIVED_AT_MOST_DAYS),
        }
        for row in sorted(map(_Occasion._make, reader.rows(sql, values)), key=lambda one: (one.at, one.order)):
            if row.channel not in ways:
                ways[row.channel] = channel_of(reader, row.channel)
            if _is_wanted(kind, ways[row.channel]):
                yield from _fresh(reader, kind, _dated(row, ways[row.channel].zone))


def _is_wanted(kind: str, way: Channel) -> bool:
    """Whether a channel's messages include a kind: those named, else those its policy takes."""
    if way.kinds:
        return kind in way.kinds
    return not (POLICIES[way.policy] and KINDS[kind].refused_on_amazon)


def _dated(row: _Occasion, zone: str) -> _Occasion:
    """The occasion of a delay by the day of its promise."""
    if row.occasion not in ("ship_by", "deliver_by"):
        return row
    occasion = delay_occasion(row.at, row.at, row.occasion == "deliver_by", zone)
    return row._replace(occasion=occasion, why=f"{row.why} by {occasion.partition(':')[2]}")


def _fresh(reader: Reader, kind: str, row: _Occasion) -> Iterator[Draft]:
    """The draft of an occasion without a message; none where it is not the time for it."""
    if reader.rows(KNOWN, {"order": row.order, "kind": kind, "occasion": row.occasion}).fetchone():
        return
    made = draft(reader, row.order, kind, row.occasion, why=row.why)
    held = _held(row)
    if kind == REVIEW:
        if not is_review_time(made.standing):
            return
        held = held or ("units of it were canceled, returned or paid back" if made.standing.is_settled else "")
    yield replace(made, held=held)


def _held(row: _Occasion | _Begun) -> str:
    if row.is_on_hold:
        return "the order is on hold"
    return "" if row.is_released else "the channel has not released the order"


def _again(reader: Reader, row: _Begun) -> Draft:
    """The draft of a message that was begun and is not known to be out; most wait for a word of the seller."""
    why = f"it {row.state}" if row.state in ("failed", "refused") else "it was begun"
    why += f" ({row.detail})" if row.detail else ""
    details = json.loads(row.details) if row.details else None
    try:
        made = draft(reader, row.order, row.kind, row.occasion, why=why, language=row.language, details=details)
        held = _held_again(reader, row) or _held(row)
    except Refused as error:  # the parcel was voided since, say
        made = replace(draft(reader, row.order, row.kind, WHOLE_ORDER, why=why), occasion=row.occasion)
        held = str(error).removesuffix(".")
    return replace(made, held=held, message=row.message)


def _held_again(reader: Reader, row: _Begun) -> str:
    if row.state == "unknown":
        return (
            f"it may have gone out; see, then say: ordercli message resolve {row.message} --sent (or --not-sent)"
        )
    if row.state == "refused":
        return (
            f"the mail server does not take it; mend the address, then: ordercli message resolve {row.message}"
            " --not-sent"
        )
    if row.intended_at < shift(reader.now, days=-TRIED_FOR_DAYS):
        return f"it is older than {TRIED_FOR_DAYS} days; send it by hand if it still makes sense"
    return ""


PLAN_COLUMNS = (
    Column("order_id", "word", "order"),
    Column("channel", is_spare=True),
    Column("kind", "word"),
    Column("occasion", "word"),
    Column("status", "word"),
    Column("why"),
    Column("held_back", title="held back because"),
    Column("language", "word", in_table=False),
    Column("message", "whole", in_table=False),
)


def plan_report(letters: Iterable[Letter]) -> Report:
    """Every letter of the plan: ``DUE`` or ``HELD``, why it is due and what holds it back."""
    rows = [
        (
            letter.draft.order_id,
            letter.draft.channel,
            letter.draft.kind,
            letter.draft.occasion,
            "HELD" if letter.refusals else "DUE",
            letter.draft.why,
            "; ".join(letter.refusals) or None,
            letter.draft.language,
            letter.draft.message,
        )
        for letter in letters
    ]
    return Report(PLAN_COLUMNS, rows, "Nothing is to be written today.")
