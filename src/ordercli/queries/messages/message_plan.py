"""What is to be written today: every occasion that has no message yet, and messages begun that did not go out."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from ordercli.domain.message_kinds import KINDS
from ordercli.domain.messages.message_policy import POLICIES
from ordercli.domain.messages.messages import REVIEW, REVIEW_AFTER_DAYS, WHOLE_ORDER, Draft, Letter, is_review_time
from ordercli.domain.orders.orders import DELIVERY_OVERDUE, OVERDUE, counts_against_sql, under_way_sql
from ordercli.domain.report import Column, Report
from ordercli.domain.times import day_of, shift
from ordercli.domain.words import count, counted_sql
from ordercli.errors import Refused
from ordercli.naming import CHANNELS
from ordercli.queries.messages.message_drafts import (
    IS_SETTLED,
    SHIPMENT_SUMS,
    ChannelWays,
    channel_of,
    delay_occasion,
    draft,
    progress,
)
from ordercli.queries.reader import Reader

_WANTED = "o.channel IN (SELECT value FROM json_each(:channels))"

_ORDER = "o.id, o.channel, o.is_on_hold, o.is_released"


def _unwritten(occasion: str) -> str:
    """The condition that order ``o`` is of a channel with such messages and has none about an occasion yet."""
    return f"""{_WANTED} AND NOT EXISTS (SELECT 1 FROM message m
  WHERE m.sales_order_id = o.id AND m.kind = :kind AND m.occasion = {occasion})"""


_LATE = f"{_ORDER}, CASE WHEN {DELIVERY_OVERDUE} THEN 'deliver_by' ELSE 'ship_by' END"

# Each gives the order, the occasion, when it was, and what to say of it; only what happened since :since. Each is
# found by an index of its time or of what is open, as a shop has many more orders than occasions.
DUE = {
    "order_confirmation": f"""
SELECT {_ORDER}, 'order', o.ordered_at, 'it has come in' FROM sales_order o
WHERE o.ordered_at >= :since AND o.status <> 'canceled' AND o.fulfillment = 'FBM' AND {_unwritten("'order'")}""",
    "shipping_notification": f"""
SELECT {_ORDER}, 'shipment:' || s.id, s.recorded_at, 'shipment ' || s.id || ' has left'
FROM shipment s CROSS JOIN sales_order o ON o.id = s.sales_order_id
WHERE s.recorded_at >= :since AND s.origin = 'seller' AND s.status <> 'void'
  AND {_unwritten("'shipment:' || s.id")}""",
    "order_problem": f"""
SELECT {_ORDER}, 'cancellation:' || c.operation_id, max(c.canceled_at),
  'you have canceled ' || {counted_sql("sum(c.quantity)", "unit")}
FROM cancellation c JOIN order_line l ON l.id = c.order_line_id JOIN sales_order o ON o.id = l.sales_order_id
WHERE c.canceled_at >= :since AND {counts_against_sql("c.")} AND c.canceled_by = 'seller'
  AND c.quantity > 0 AND {_unwritten("'cancellation:' || c.operation_id")}
GROUP BY o.id, c.operation_id""",
    "return_answer": f"""
SELECT {_ORDER}, a.return_id || CASE WHEN a.is_declined = 1 THEN ':declined' ELSE '' END, s.occurred_at,
  CASE WHEN a.is_declined = 1 THEN 'you have declined ' ELSE 'you have allowed ' END || a.return_id
FROM return_authorization a JOIN sales_order o ON o.id = a.sales_order_id
JOIN return_step s ON s.id = (SELECT max(l.id) FROM return_step l WHERE l.return_authorization_id = a.id
  AND l.kind IN ('authorized', 'declined'))
WHERE s.occurred_at >= :since AND s.actor = 'seller' AND a.units_received = 0 AND a.closed_at IS NULL
  AND {_unwritten("a.return_id || CASE WHEN a.is_declined = 1 THEN ':declined' ELSE '' END")}""",
    "refund_sent": f"""
SELECT {_ORDER}, 'refund:' || f.operation_id, max(f.refunded_at),
  'money has gone back' || coalesce(' for ' || min(a.return_id), '')
FROM refund f JOIN order_line l ON l.id = f.order_line_id JOIN sales_order o ON o.id = l.sales_order_id
LEFT JOIN return_line r ON r.id = f.return_line_id
LEFT JOIN return_authorization a ON a.id = r.return_authorization_id
WHERE f.refunded_at >= :since AND f.origin = 'seller' AND {_unwritten("'refund:' || f.operation_id")}
GROUP BY o.id, f.operation_id""",
    "delay": f"""
SELECT {_LATE}, CASE WHEN {DELIVERY_OVERDUE} THEN o.deliver_by ELSE o.ship_by END,
  CASE WHEN {DELIVERY_OVERDUE} THEN 'it should have arrived' ELSE 'it should have left' END
FROM (
  SELECT o.id FROM sales_order o WHERE {OVERDUE} AND o.ship_by >= :since
  UNION SELECT s.sales_order_id FROM shipment s WHERE {under_way_sql("s.")}
) late CROSS JOIN sales_order o ON o.id = late.id
WHERE {_WANTED} AND ({OVERDUE} AND o.ship_by >= :since OR {DELIVERY_OVERDUE} AND o.deliver_by >= :since)""",
    REVIEW: f"""
SELECT {_ORDER}, 'order', max(s.recorded_at), 'the buyer has had it for some days',
  o.status, o.deliver_by, NULL AS review_asked, {IS_SETTLED} AS is_settled, {SHIPMENT_SUMS}
FROM (
  SELECT o.id FROM sales_order o WHERE o.deliver_by >= :since AND o.deliver_by <= :now AND {_unwritten("'order'")}
  UNION ALL SELECT DISTINCT o.id FROM shipment s CROSS JOIN sales_order o ON o.id = s.sales_order_id
    WHERE EXISTS (SELECT 1 FROM sales_order WHERE deliver_by IS NULL)
      AND coalesce(s.delivered_at, s.shipped_on) >= :arrived AND o.deliver_by IS NULL AND {_unwritten("'order'")}
) due CROSS JOIN sales_order o ON o.id = due.id AND o.status = 'shipped'
JOIN shipment s ON s.sales_order_id = o.id AND s.status <> 'void'
GROUP BY o.id
HAVING coalesce(o.deliver_by, max(s.delivered_at), max(s.shipped_on)) <= :now
  AND (count(s.delivered_at) < count(*) OR max(s.delivered_at) < :ripe)
  AND (count(s.delivered_at) = count(*) OR coalesce(o.deliver_by, '') < :ripe)""",
}
"""Occasions of each kind that plans itself, without those that have a message; of delays, those with one too."""

_ARRIVED_AT_MOST_DAYS = 45
"""An order without a promise that arrived longer ago than this has no review window that is open."""

_SLACK_DAYS = 2
"""An instant may miss the beginning of its day in a zone by this much, clock changes and all."""

_COMMON_COLUMNS = 7
"""Columns every statement of :data:`DUE` has; those after them say how the order stands."""

TRIED_FOR_DAYS = 7
"""How long a message that failed is tried again by itself."""

BEGUN = f"""
SELECT {_ORDER}, m.kind, m.occasion, m.id, m.state, m.language, m.details, m.intended_at,
  (SELECT e.detail FROM message_event e WHERE e.message_id = m.id ORDER BY e.id DESC LIMIT 1)
FROM message m JOIN sales_order o ON o.id = m.sales_order_id WHERE m.state <> 'sent' ORDER BY m.id"""

KNOWN = "SELECT 1 FROM message WHERE sales_order_id = :order AND kind = :kind AND occasion = :occasion"


class Occasion(NamedTuple):
    """Something to write about, without a message yet.

    Attributes:
        order: row id.
        occasion: with order and kind the key of the message.
        at: when it was.
        why: in words.
        held: why nothing must go out now; "" if nothing is in the way.
    """

    order: int
    channel: str
    occasion: str
    at: str
    why: str
    held: str


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
    ways = _ways(reader)
    yield from _begun(reader, ways)
    for kind, one in _occasions(reader, ways):
        yield replace(draft(reader, one.order, kind, one.occasion, why=one.why, known=ways), held=one.held)


def due_by_kind(reader: Reader) -> Counter[str]:
    """How many messages :func:`planned` has of each kind that nothing known before writing holds back."""
    ways = _ways(reader)
    due = Counter(kind for kind, one in _occasions(reader, ways) if not one.held)
    due.update(letter.kind for letter in _begun(reader, ways) if not letter.held)
    return due


def _ways(reader: Reader) -> dict[str, ChannelWays]:
    return {name: channel_of(reader, name) for (name,) in reader.rows(CHANNELS).fetchall()}


def _occasions(reader: Reader, ways: Mapping[str, ChannelWays]) -> Iterator[tuple[str, Occasion]]:
    """Every occasion that has no message yet, with its kind; each kind's by their time."""
    for kind in DUE:
        wanted = {name: way for name, way in ways.items() if _is_wanted(kind, way)}
        if wanted:
            yield from ((kind, one) for one in sorted(_found(reader, kind, wanted), key=_turn))


def _turn(one: Occasion) -> tuple[str, int, int, str]:
    """By time; of one moment by the order, and by the number that an occasion ends with."""
    return one.at, one.order, len(one.occasion), one.occasion


def _found(reader: Reader, kind: str, ways: Mapping[str, ChannelWays]) -> Iterator[Occasion]:
    fresh_days = (KINDS[kind].fresh_days or 0) + (_SLACK_DAYS if kind == REVIEW else 0)
    values = {
        "kind": kind,
        "channels": json.dumps([*ways]),
        "since": shift(reader.now, days=-fresh_days),
        "arrived": shift(reader.now, days=-_ARRIVED_AT_MOST_DAYS),
        "ripe": shift(reader.now, days=_SLACK_DAYS - REVIEW_AFTER_DAYS),
    }
    rows = reader.streamed(DUE[kind], values)
    names = [column[0] for column in rows.description[_COMMON_COLUMNS:]]
    days = {name: day_of(reader.now, way.zone) for name, way in ways.items()}
    for order, channel, is_on_hold, is_released, occasion, at, why, *stands in rows:
        held = _held(is_on_hold, is_released)
        if kind == "delay":
            about, because = _dated(occasion == "deliver_by", at, why, ways[channel].zone)
            if reader.rows(KNOWN, {"order": order, "kind": kind, "occasion": about}).fetchone() is None:
                yield Occasion(order, channel, about, at, because, held)
            continue
        if kind == REVIEW:
            stood = progress(dict(zip(names, stands, strict=True)), ways[channel], days[channel])
            if not is_review_time(stood):
                continue
            held = held or ("units of it were canceled, returned or paid back" if stood.is_settled else "")
        yield Occasion(order, channel, occasion, at, why, held)


def _dated(is_delivery: bool, promise: str, why: str, zone: str) -> tuple[str, str]:
    """The occasion of a delay and its reason, by the day of the promise."""
    occasion = delay_occasion(promise, promise, is_delivery, zone)
    return occasion, f"{why} by {occasion.partition(':')[2]}"


def _begun(reader: Reader, ways: Mapping[str, ChannelWays]) -> Iterator[Draft]:
    for begun in map(_Begun._make, reader.rows(BEGUN).fetchall()):
        yield _again(reader, begun, ways)


def _is_wanted(kind: str, way: ChannelWays) -> bool:
    """Whether a channel's messages include a kind: those named, else those its policy takes."""
    if way.kinds:
        return kind in way.kinds
    return not (POLICIES[way.policy] and KINDS[kind].refused_on_amazon)


def _held(is_on_hold: int, is_released: int) -> str:
    if is_on_hold:
        return "the order is on hold"
    return "" if is_released else "the channel has not released the order"


def _again(reader: Reader, row: _Begun, ways: Mapping[str, ChannelWays]) -> Draft:
    """The draft of a message that was begun and is not known to be out; most wait for a word of the seller."""
    why = f"it {row.state}" if row.state in ("failed", "refused") else "it was begun"
    why += f" ({row.detail})" if row.detail else ""
    details = json.loads(row.details) if row.details else None
    try:
        made = draft(
            reader, row.order, row.kind, row.occasion, why=why, language=row.language, details=details, known=ways
        )
        held = _held_again(reader, row) or _held(row.is_on_hold, row.is_released)
    except Refused as error:  # the shipment was voided since, say
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
    Column("channel", importance="spare"),
    Column("kind", "word"),
    Column("occasion", "word"),
    Column("status", "word"),
    Column("why"),
    Column("held_back", title="held back because"),
    Column("language", "word", in_table=False),
    Column("message", "whole", in_table=False),
)


NO_PLAN = "Nothing is to be written today."
FEW = 3
"""Letters of one kind that are told one by one; more of them are one decision."""
_NAMES = [column.name for column in PLAN_COLUMNS]
_DECIDED_BY = [_NAMES.index(name) for name in ("channel", "kind", "status", "held_back")]
_WHY = _NAMES.index("why")


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
    return Report(PLAN_COLUMNS, rows, NO_PLAN)


def _joined(rows: Sequence[tuple[object, ...]]) -> tuple[object, ...]:
    """One row for many letters: what all of them say, and how many there are in the place of the order."""
    first, *_ = rows
    joined = [first[place] if len({row[place] for row in rows}) == 1 else None for place in range(len(first))]
    joined[0] = count(len(rows), "letter")
    joined[_WHY] = joined[_WHY] or f"{first[_WHY]} …"
    return tuple(joined)


def folded_plan(letters: Sequence[Letter]) -> Report:
    """The plan as a person decides on it: letters of one kind and state that are many are one row."""
    rows = [tuple(row) for row in plan_report(letters).rows]
    alike: dict[tuple[object, ...], list[tuple[object, ...]]] = {}
    for row in rows:
        alike.setdefault(tuple(row[place] for place in _DECIDED_BY), []).append(row)
    shown = [row for same in alike.values() for row in (same if len(same) <= FEW else [_joined(same)])]
    return Report(PLAN_COLUMNS, shown, NO_PLAN)
