"""The day at a glance: what waits, how urgent it is, and the command that acts on it."""

from typing import Any

from ordercli.domain.backorders import uncovered_sql
from ordercli.domain.orders.left_canceled import LINE_LEFT_CANCELED, SHIPMENT_LEFT_CANCELED
from ordercli.domain.orders.orders import OPEN, OVERDUE
from ordercli.domain.places import HOME
from ordercli.domain.report import Column, Report
from ordercli.domain.shipping.shipping import UNTOLD
from ordercli.domain.standing import low
from ordercli.domain.stock.waiting import order_turn_sql
from ordercli.domain.times import day_of, end_of_day, start_of_day
from ordercli.queries.health.metrics import metrics, rates_at_risk
from ordercli.queries.health.rates import RateQuestion
from ordercli.queries.messages.message_plan import due_by_kind
from ordercli.queries.messages.messages import URGENT, inbox
from ordercli.queries.reader import Reader
from ordercli.queries.returns.return_due import Due, answers_due, refunds_due
from ordercli.queries.shipping.picking import READY

COLUMNS = (
    Column("section", "word"),
    Column("count", "whole", "", importance="key"),
    Column("is_urgent", "flag", "urgent"),
    Column("due_at", "instant", "first by", importance="key"),
    Column("detail", "word"),
    Column("command", "command"),
)

_SHORT = "substr(o.order_id, -7)"

NEW = f"""
SELECT count(*), '', NULL FROM sales_order o JOIN operation p ON p.id = o.operation_id AND p.recorded_at >= :since
WHERE {OPEN}"""


def _to_ship(when: str) -> str:
    return f"""
SELECT count(*), group_concat(tail, ' '), min(ship_by) FROM (
  SELECT {_SHORT} AS tail, o.ship_by FROM sales_order o
  WHERE {OPEN} AND {when}
  ORDER BY {order_turn_sql()})"""


# Holding an order does not stop the channel's clock: it is overdue as every other one.
SHIP_OVERDUE = _to_ship(OVERDUE)
SHIP_TODAY = _to_ship(f"o.is_on_hold = 0 AND NOT {OVERDUE} AND o.ship_by <= :tonight")
SHIP_LATER = _to_ship(f"o.is_on_hold = 0 AND NOT {OVERDUE} AND o.ship_by > :tonight")

UNDATED = f"SELECT count(*), '', NULL FROM sales_order o WHERE {OPEN} AND o.is_on_hold = 0 AND o.ship_by IS NULL"

HELD = f"""
SELECT count(*), group_concat({_SHORT}, ' '), min(o.ship_by) FROM sales_order o
WHERE {OPEN} AND o.is_on_hold = 1"""

TO_PICK = f"""
SELECT count(*), group_concat(tail, ' '), min(ship_by) FROM (
  SELECT DISTINCT o.id, {_SHORT} AS tail, o.ship_by {READY}
  ORDER BY {order_turn_sql()})"""

# What has to come: units of lines, and of kits and packs what is not there yet of their parts.
WAITING = f"""
SELECT count(*), group_concat(sku || ':' || missing, ' '), NULL FROM (
  SELECT p.sku, w.plain + max(0, w.parts - coalesce((SELECT s.quantity - s.allocated FROM stock_level s
    WHERE s.product_id = p.id AND s.location = '{HOME}'), 0)) AS missing
  FROM (
    SELECT coalesce(c.product_id, l.product_id) AS product_id,
      sum(iif(c.product_id IS NULL, {uncovered_sql()}, 0)) AS plain,
      sum(coalesce(c.quantity, 0) * ({uncovered_sql()})) AS parts
    FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id AND o.fulfillment = 'FBM'
    LEFT JOIN order_line_component c ON c.order_line_id = l.id
    WHERE l.quantity_open > 0 GROUP BY 1) w
  JOIN product p ON p.id = w.product_id WHERE missing > 0 ORDER BY p.sku)"""

UNCONFIRMED = f"""
SELECT count(*), '', NULL FROM shipment s WHERE s.status <> 'void' AND s.id IN ({UNTOLD})
  AND NOT {SHIPMENT_LEFT_CANCELED.format(shipment="s")}"""

# The channel canceled what has left: the shipment is to be stopped, then voided.
LEFT_CANCELED = f"""
SELECT count(*), group_concat(tail || coalesce(' (shipment ' || shipment || ')', ''), ' '), NULL
FROM (
  SELECT DISTINCT {_SHORT} AS tail, (SELECT min(h.id) FROM shipment h JOIN shipment_line i ON i.shipment_id = h.id
    WHERE i.order_line_id = l.id AND h.status <> 'void') AS shipment
  FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id
  WHERE {LINE_LEFT_CANCELED.format(line="l")} ORDER BY tail)"""

TO_INSPECT = """
SELECT count(*), group_concat(return_id, ' '), NULL FROM return_authorization
WHERE units_received > units_inspected"""

LATE_PURCHASES = """
SELECT count(*), group_concat(purchase_id, ' '), NULL FROM (
  SELECT DISTINCT purchase_id FROM inbound_line WHERE expected_on < :today ORDER BY purchase_id)"""

TO_COUNT = """
SELECT count(*), group_concat(sku, ' '), NULL FROM (
  SELECT DISTINCT p.sku FROM open_question q JOIN product p ON p.id = q.product_id ORDER BY p.sku)"""

_WIDTH = 44


def today(reader: Reader, *, channel: str = "amazon") -> Report:
    """One row for each thing that waits; nothing that does not."""
    zone = reader.channel_zone(channel)
    # The day promises are made for is the channel's.
    tonight = end_of_day(day_of(reader.now, zone), zone)
    sections: list[tuple[str, bool, str, dict[str, Any], str]] = [
        ("new today", False, NEW, {"since": start_of_day(reader.today, reader.time_zone)}, "order list"),
        ("overdue", True, SHIP_OVERDUE, {}, "order list --overdue"),
        ("canceled, but left", True, LEFT_CANCELED, {}, "shipment void N"),
        ("to pick", False, TO_PICK, {"due": None, "orders": None}, "pick"),
        ("to ship today", True, SHIP_TODAY, {"tonight": tonight}, "ship ID --carrier C"),
        ("to ship later", False, SHIP_LATER, {"tonight": tonight}, "ship ID --carrier C"),
        ("to ship, no date", False, UNDATED, {}, "order list --status unshipped"),
        ("on hold", False, HELD, {}, "order release ID"),
        ("waiting for stock", False, WAITING, {}, "reorder"),
        ("not confirmed", True, UNCONFIRMED, {}, "shipment confirm FILE"),
        ("to count", False, TO_COUNT, {}, "stock sheet --questions"),
        ("to inspect", False, TO_INSPECT, {}, "return inspect RMA --as sellable"),
        ("purchases overdue", False, LATE_PURCHASES, {}, "purchase list"),
    ]
    rows = [_row(reader, *section) for section in sections]
    rows.insert(-1, _low(reader))
    rows += [
        _due(reader, "to answer", answers_due(reader), "return authorize RMA"),
        _due(reader, "to refund", refunds_due(reader), "return refund RMA"),
        _questions(reader),
        _messages(reader),
        _rates(reader, channel),
    ]
    return Report(COLUMNS, [row for row in rows if row[1]], "Nothing waits. Enjoy the day.")


def _row(
    reader: Reader, title: str, is_urgent: bool, sql: str, values: dict[str, Any], command: str
) -> tuple[Any, ...]:
    number, detail, due_at = reader.rows(sql, values).fetchone()
    return (title, number, int(is_urgent), due_at, _clipped(detail), f"ordercli {command}")


def _low(reader: Reader) -> tuple[Any, ...]:
    """Products that are LOW or OUT, as ``stock --low`` lists them."""
    skus = [stand.facts.sku for stand in low(reader)]
    return ("low stock", len(skus), 0, None, _clipped(" ".join(skus)), "ordercli stock --low")


def _clipped(detail: str | None) -> str:
    words = detail or ""
    return words if len(words) <= _WIDTH else words[: _WIDTH - 2].rpartition(" ")[0] + " …"


def _due(reader: Reader, title: str, waiting: list[Due], command: str) -> tuple[Any, ...]:
    urgent = any(due.status != "OK" for due in waiting)
    detail = " ".join(f"{due.return_id} by {day_of(due.due_at, reader.time_zone)}" for due in waiting)
    first = min((due.due_at for due in waiting), default=None)
    return (title, len(waiting), int(urgent), first, _clipped(detail), f"ordercli {command}")


def _questions(reader: Reader) -> tuple[Any, ...]:
    """Questions of buyers that nobody answered yet."""
    report = inbox(reader, every=False, reveal=False)
    names = [column.name for column in report.columns]
    number, until, status = (names.index(name) for name in ("question_id", "answer_by", "status"))
    rows = list(report.rows)
    urgent = any(row[status] in URGENT for row in rows)
    first = min((row[until] for row in rows), default=None)
    detail = " ".join(row[number] for row in rows)
    return ("questions", len(rows), int(urgent), first, _clipped(detail), "ordercli message answer ID")


def _messages(reader: Reader) -> tuple[Any, ...]:
    """Messages that are due and that nothing holds back."""
    due = due_by_kind(reader)
    detail = " ".join(f"{kind}:{count}" for kind, count in sorted(due.items()))
    return ("messages due", due.total(), 0, None, _clipped(detail), "ordercli message plan")


def _rates(reader: Reader, channel: str) -> tuple[Any, ...]:
    rates = metrics(reader, RateQuestion(channel))
    risky = rates_at_risk(rates)
    is_breach = any(rate.status == "BREACH" for rate in rates)
    return ("rates at risk", len(risky), int(is_breach), None, _clipped(" ".join(risky)), "ordercli metrics")
