"""What a template may say of an order, and to whom the message goes: the fields of a draft.

Personal data is read here when a message is written, and goes no further than its text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ordercli.domain.messages.messages import WHOLE_ORDER, Draft, OrderProgress, assumed_delivery
from ordercli.domain.money import format_amount
from ordercli.domain.orders.orders import DELIVERY_OVERDUE, OVERDUE
from ordercli.domain.times import day_of
from ordercli.errors import Refused
from ordercli.queries.orders.orders import LINE_LEFT
from ordercli.queries.own_fields import own_fields, own_values
from ordercli.queries.reader import Reader

IS_SETTLED = """(EXISTS (SELECT 1 FROM return_authorization a WHERE a.sales_order_id = o.id)
    OR EXISTS (SELECT 1 FROM order_line l WHERE l.sales_order_id = o.id AND l.refunded_minor > 0)
    OR EXISTS (SELECT 1 FROM order_line l JOIN cancellation c ON c.order_line_id = l.id
      WHERE l.sales_order_id = o.id AND c.canceled_by = 'seller')
    OR o.status = 'canceled')"""
"""Whether units of order ``o`` were canceled, came back, or were paid back."""

SHIPMENT_SUMS = """count(s.id) AS shipments, count(s.delivered_at) AS shipments_arrived,
  max(s.delivered_at) AS arrived_at, max(s.shipped_on) AS left_on"""
"""What :func:`progress` has to know of the shipments ``s`` of an order, as sums."""

ORDER = f"""
SELECT o.id, o.order_id, o.channel, o.status, o.ordered_at, o.ship_by, o.deliver_by,
  coalesce(o.currency, :currency) AS money, coalesce({OVERDUE}, false) AS is_overdue,
  coalesce({DELIVERY_OVERDUE}, false) AS is_delivery_overdue,
  (SELECT sum({LINE_LEFT}) FROM order_line l WHERE l.sales_order_id = o.id) AS total,
  {IS_SETTLED} AS is_settled,
  (SELECT m.occasion FROM message m WHERE m.sales_order_id = o.id AND m.kind = 'feedback_request'
    AND m.state IN ('sent', 'unknown') ORDER BY m.id LIMIT 1) AS review_asked,
  d.personal_id, d.version, coalesce(d.customer_name, d.ship_name) AS buyer, d.customer_email,
  {SHIPMENT_SUMS}
FROM sales_order o
LEFT JOIN personal_data d ON d.personal_id = o.personal_id AND d.version = o.personal_version
LEFT JOIN shipment s ON s.sales_order_id = o.id AND s.status <> 'void'
WHERE o.id = :order GROUP BY o.id, d.personal_id, d.version"""

LINES = """
SELECT p.sku, coalesce(l.name, p.name) AS name, l.quantity - l.quantity_canceled AS quantity, d.customization
FROM order_line l JOIN product p ON p.id = l.product_id
LEFT JOIN line_text t ON t.order_line_id = l.id
LEFT JOIN personal_data d ON d.personal_id = t.personal_id AND d.version = t.personal_version
WHERE l.sales_order_id = :order AND l.quantity > l.quantity_canceled ORDER BY l.line_no"""

SHIPMENTS = """
SELECT s.id, coalesce(s.carrier_name, s.carrier) AS carrier, s.tracking_number, s.shipped_on, s.delivered_at
FROM shipment s WHERE s.sales_order_id = :order AND s.status <> 'void' ORDER BY s.id"""

SHIPMENT_LINES = """
SELECT p.sku, coalesce(l.name, p.name) AS name, s.quantity
FROM shipment_line s JOIN order_line l ON l.id = s.order_line_id JOIN product p ON p.id = l.product_id
WHERE s.shipment_id = :shipment ORDER BY l.line_no"""

RETURNS = """
SELECT a.return_id, a.status, a.is_declined,
  (SELECT r.reason FROM return_line r WHERE r.return_authorization_id = a.id ORDER BY r.id LIMIT 1) AS reason,
  (SELECT s.detail FROM return_step s WHERE s.return_authorization_id = a.id AND s.kind = 'declined'
    ORDER BY s.id DESC LIMIT 1) AS decline_reason
FROM return_authorization a WHERE a.sales_order_id = :order ORDER BY a.id"""

RETURN_LINES = """
SELECT p.sku, coalesce(l.name, p.name) AS name, r.quantity
FROM return_authorization a JOIN return_line r ON r.return_authorization_id = a.id
JOIN order_line l ON l.id = r.order_line_id JOIN product p ON p.id = l.product_id
WHERE a.return_id = :return ORDER BY l.line_no"""

REFUNDS = """
SELECT f.operation_id AS operation, max(f.refunded_at) AS refunded_at, sum(f.amount_minor) AS amount,
  min(a.return_id) AS return_id
FROM order_line l JOIN refund f ON f.order_line_id = l.id
LEFT JOIN return_line r ON r.id = f.return_line_id
LEFT JOIN return_authorization a ON a.id = r.return_authorization_id
WHERE l.sales_order_id = :order AND f.origin = 'seller' GROUP BY f.operation_id ORDER BY f.operation_id"""

CANCELLATIONS = """
SELECT c.operation_id AS operation, p.sku, coalesce(l.name, p.name) AS name, c.quantity
FROM order_line l JOIN cancellation c ON c.order_line_id = l.id AND c.canceled_by = 'seller' AND c.quantity > 0
JOIN product p ON p.id = l.product_id
WHERE l.sales_order_id = :order ORDER BY c.operation_id, l.line_no"""

Row = dict[str, Any]

_THINGS = ("shipment:", "refund:", "cancellation:", "RMA-")
"""How occasions begin that name one thing of the order; others are about the latest."""


@dataclass(frozen=True, slots=True)
class ChannelWays:
    """How messages go on one channel: what its policy is, and its zone and language."""

    policy: str
    zone: str
    language: str
    kinds: frozenset[str]


def channel_of(reader: Reader, name: str) -> ChannelWays:
    """The message settings of a channel today; no kinds named means all that its policy takes."""

    def told(key: str) -> str:
        return reader.setting(f"channel.{name}.{key}")

    kinds = frozenset(told("messages").split(",")) - {""}
    return ChannelWays(told("message_policy"), reader.channel_zone(name), told("language"), kinds)


def draft(
    reader: Reader,
    order: int,
    kind: str,
    occasion: str | None,
    *,
    why: str = "asked for",
    language: str | None = None,
    details: Mapping[str, str] | None = None,
    known: Mapping[str, ChannelWays] | None = None,
) -> Draft:
    """A message about an order, with all that its template may say.

    Args:
        reader: the reading.
        order: row id of the order.
        kind: name of the template.
        occasion: what it is about; None takes the latest that the kind can be about.
        why: the reason it is due.
        language: of the template; None takes the channel's.
        details: fields given by hand.
        known: the message settings of channels, where many messages are written at once.

    Raises:
        Refused: if the order has nothing of the kind to write about, or not that occasion.
    """
    row = _one(reader, ORDER, order)
    ways = (known or {}).get(row["channel"]) or channel_of(reader, row["channel"])
    shipments = _rows(reader, SHIPMENTS, {"order": order})
    is_thing = occasion is not None and occasion.startswith(_THINGS)
    about = occasion if occasion and is_thing else _usual_occasion(reader, row, kind, shipments, ways.zone)
    fields = _order_fields(reader, row, ways.zone)
    fields |= _shipment_fields(reader, row, about, shipments)
    fields |= _occasion_fields(reader, row, about, ways.zone)
    return Draft(
        order_row=order,
        order_id=row["order_id"],
        channel=row["channel"],
        policy=ways.policy,
        kind=kind,
        occasion=occasion or about,
        why=why,
        language=language or ways.language,
        fields={name: value for name, value in fields.items() if value is not None},
        progress=progress(row, ways, day_of(reader.now, ways.zone)),
        personal_id=row["personal_id"],
        personal_version=row["version"],
        name=row["buyer"],
        email=row["customer_email"],
        details=details or None,
    )


def _rows(reader: Reader, sql: str, values: Mapping[str, Any]) -> list[Row]:
    cursor = reader.rows(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _one(reader: Reader, sql: str, order: int) -> Row:
    (row,) = _rows(reader, sql, {"order": order})
    return row


def _day(instant: str | None, zone: str) -> str | None:
    return None if instant is None else day_of(instant, zone)


def _order_fields(reader: Reader, row: Row, zone: str) -> Row:
    name = (row["buyer"] or "").split()
    late = row["deliver_by"] if row["is_delivery_overdue"] else row["ship_by"] if row["is_overdue"] else None
    return {
        "order_id": row["order_id"],
        "channel": row["channel"],
        "status": row["status"],
        "ordered_on": _day(row["ordered_at"], zone),
        "ship_by": _day(row["ship_by"], zone),
        "deliver_by": _day(row["deliver_by"], zone),
        "late_since": _day(late, zone),
        "late_shipment": "yes" if row["is_delivery_overdue"] else None,
        "total": None if row["total"] is None else format_amount(row["total"], row["money"]),
        "currency": row["money"],
        "buyer_name": row["buyer"],
        "first_name": name[0] if name else None,
        "lines": _rows(reader, LINES, {"order": row["id"]}),
        **own_values(reader, own_fields(reader, "order"), "order", row["id"]),
    }


def _shipment_fields(reader: Reader, row: Row, occasion: str, shipments: list[Row]) -> Row:
    """The shipment the message is about, or the last one."""
    wanted = [shipment for shipment in shipments if occasion == f"shipment:{shipment['id']}"]
    if occasion.startswith("shipment:") and not wanted:
        raise Refused(f"Order {row['order_id']} has no shipment {occasion.partition(':')[2]}.")
    if not shipments:
        return {}
    shipment = (wanted or shipments)[-1]
    return {
        "carrier": shipment["carrier"],
        "tracking_number": shipment["tracking_number"],
        "shipped_on": shipment["shipped_on"],
        "shipment_lines": _rows(reader, SHIPMENT_LINES, {"shipment": shipment["id"]}),
    }


def _occasion_fields(reader: Reader, row: Row, occasion: str, zone: str) -> Row:
    if occasion.startswith("RMA-"):
        return _return_fields(reader, row, occasion)
    thing, _, number = occasion.partition(":")
    if thing == "refund":
        refunds = _rows(reader, REFUNDS, {"order": row["id"]})
        refund = next((one for one in refunds if str(one["operation"]) == number), None)
        if refund is None:
            raise Refused(f"Order {row['order_id']} has no refund of operation {number}.")
        amount = format_amount(refund["amount"], row["money"])
        refunded_on = _day(refund["refunded_at"], zone)
        return {"refund_amount": amount, "refunded_on": refunded_on, "return_id": refund["return_id"]}
    if thing == "cancellation":
        canceled = _rows(reader, CANCELLATIONS, {"order": row["id"]})
        return {"canceled_lines": [one for one in canceled if str(one["operation"]) == number] or None}
    return {}


def _return_fields(reader: Reader, row: Row, occasion: str) -> Row:
    return_id = occasion.partition(":")[0]
    returns = {one["return_id"]: one for one in _rows(reader, RETURNS, {"order": row["id"]})}
    if return_id not in returns:
        raise Refused(f"Order {row['order_id']} has no return {return_id}.")
    found = returns[return_id]
    return {
        "return_id": return_id,
        "return_status": "declined" if found["is_declined"] else found["status"],
        "return_reason": found["reason"],
        "decline_reason": found["decline_reason"] if found["is_declined"] else None,
        "return_lines": _rows(reader, RETURN_LINES, {"return": return_id}),
    }


def _usual_occasion(reader: Reader, row: Row, kind: str, shipments: list[Row], zone: str) -> str:
    """The latest thing of the order that a kind can be about."""
    values = {"order": row["id"]}
    if kind == "shipping_notification":
        return _latest(row, "a shipment", (f"shipment:{shipment['id']}" for shipment in shipments))
    if kind == "refund_sent":
        return _latest(row, "a refund", (f"refund:{one['operation']}" for one in _rows(reader, REFUNDS, values)))
    if kind == "return_answer":
        return _latest(row, "a return", map(return_occasion, _rows(reader, RETURNS, values)))
    if kind == "order_problem":
        canceled = _rows(reader, CANCELLATIONS, values)
        return f"cancellation:{canceled[-1]['operation']}" if canceled else WHOLE_ORDER
    if kind == "delay":
        return delay_occasion(row["ship_by"], row["deliver_by"], bool(row["is_delivery_overdue"]), zone)
    return WHOLE_ORDER


def return_occasion(found: Row) -> str:
    """What is answered about a return; a no that becomes a yes is another answer."""
    return f"{found['return_id']}:declined" if found["is_declined"] else str(found["return_id"])


def _latest(row: Row, noun: str, occasions: Iterable[str]) -> str:
    found = list(occasions)
    if not found:
        raise Refused(f"Order {row['order_id']} has not had {noun} to write about.")
    return found[-1]


def delay_occasion(ship_by: str | None, deliver_by: str | None, is_delivery: bool, zone: str) -> str:
    """The promise that is not kept: a new promise missed is a new occasion."""
    promise = deliver_by if is_delivery else ship_by
    if promise is None:
        return WHOLE_ORDER
    return f"{'deliver_by' if is_delivery else 'ship_by'}:{day_of(promise, zone)}"


def progress(row: Mapping[str, Any], ways: ChannelWays, today: str) -> OrderProgress:
    """How an order stands on a day of its channel's zone.

    Args:
        row: ``status``, ``deliver_by``, ``review_asked``, ``is_settled`` and the columns of ``SHIPMENT_SUMS``.
        ways: the channel's message settings.
        today: that day.
    """
    settled = bool(row["is_settled"])
    if row["status"] != "shipped" or not row["shipments"]:
        return OrderProgress(today, review_asked=row["review_asked"], is_settled=settled)
    promised = _day(row["deliver_by"], ways.zone)
    arrived = _day(row["arrived_at"], ways.zone) if row["shipments_arrived"] == row["shipments"] else None
    left = row["left_on"]
    expected = arrived or promised
    if expected is None and left is not None and ways.policy == "free":
        expected = assumed_delivery(left)
    over = arrived or (promised if promised is not None and promised < today else None)
    completed = over or (left if promised is None else None)
    return OrderProgress(today, completed, expected, promised or expected, row["review_asked"], is_settled=settled)
