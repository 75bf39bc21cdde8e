"""The day at a glance: what waits, how urgent it is, and the command that acts on it."""

from collections.abc import Iterable, Iterator
from shlex import quote
from typing import Any, NamedTuple

from ordercli.domain.backorders import uncovered_sql
from ordercli.domain.orders.left_canceled import LINE_LEFT_CANCELED, SHIPMENT_LEFT_CANCELED
from ordercli.domain.orders.orders import MAY_GO, OPEN, OVERDUE
from ordercli.domain.places import HOME
from ordercli.domain.refusals import WAS_TOLD
from ordercli.domain.report import Column, Report
from ordercli.domain.shipping.shipping import UNTOLD
from ordercli.domain.shipping.upload_feeds import FEED_CALL, FEED_COMMANDS, FEED_TYPES, feed_lines
from ordercli.domain.standing import low
from ordercli.domain.stock.waiting import order_turn_sql
from ordercli.domain.times import day_of, end_of_day, shift
from ordercli.naming import short_id, short_id_sql
from ordercli.queries.copies import is_due
from ordercli.queries.health.metrics import metrics, rates_at_risk
from ordercli.queries.health.rates import RateQuestion
from ordercli.queries.messages.message_plan import due_by_kind
from ordercli.queries.messages.messages import URGENT, inbox
from ordercli.queries.orders.orders import new_since
from ordercli.queries.privacy.kept import people_due
from ordercli.queries.reader import Reader
from ordercli.queries.returns.return_due import Due, answers_due, refunds_due
from ordercli.queries.shipping.picking import READY

COLUMNS = (
    Column("number", "whole", "#", importance="key"),
    Column("section", "word", "what waits", importance="key"),
    Column("count", "whole", "", importance="key"),
    Column("is_urgent", "flag", "urgent"),
    Column("due_at", "instant", "first by", importance="key"),
    Column("detail", "keys", importance="key"),
    Column("command", "command"),
)

# Read only as far as they are new: the later an order came in, the higher are its number and its operation's.
NEW = """
SELECT count(*) FROM sales_order WHERE id > coalesce((
  SELECT id FROM sales_order WHERE :seen > 0 AND operation_id <= :seen ORDER BY id DESC LIMIT 1), 0)"""


def _to_ship(when: str) -> str:
    return f"""
SELECT count(*), group_concat(tail, ' '), min(ship_by) FROM (
  SELECT {short_id_sql("o.order_id")} AS tail, o.ship_by FROM sales_order o
  WHERE {when}
  ORDER BY {order_turn_sql()}) AS found"""


# Holding an order does not stop the channel's clock: it is overdue as every other one.
SHIP_OVERDUE = _to_ship(OVERDUE)
SHIP_TODAY = _to_ship(f"{MAY_GO} AND NOT {OVERDUE} AND o.ship_by <= :tonight")
SHIP_TOMORROW = _to_ship(f"{MAY_GO} AND NOT {OVERDUE} AND o.ship_by > :tonight AND o.ship_by <= :tomorrow")
SHIP_LATER = _to_ship(f"{MAY_GO} AND NOT {OVERDUE} AND o.ship_by > :tomorrow")

UNDATED = f"SELECT count(*), '', NULL FROM sales_order o WHERE {MAY_GO} AND o.ship_by IS NULL"

HELD = f"""
SELECT count(*), group_concat(order_id, ' '), min(ship_by) FROM (
  SELECT o.order_id, o.ship_by FROM sales_order o WHERE {OPEN} AND o.is_on_hold = 1
  ORDER BY {order_turn_sql()}) AS found"""

TO_PICK = f"""
SELECT count(*), group_concat(tail, ' '), min(ship_by) FROM (
  SELECT {short_id_sql("o.order_id")} AS tail, o.ship_by {READY}
  GROUP BY o.id
  ORDER BY {order_turn_sql()}) AS found"""

# What has to come: units of lines, and of kits and packs what is not there yet of their parts.
WAITING = f"""
SELECT count(*), group_concat(sku || ':' || missing, ' '), NULL FROM (
  SELECT * FROM (
  SELECT p.sku, w.plain + max(0, w.parts - coalesce((SELECT s.quantity - s.allocated FROM stock_level s
    WHERE s.product_id = p.id AND s.location = '{HOME}'), 0)) AS missing
  FROM (
    SELECT coalesce(c.product_id, l.product_id) AS product_id,
      sum(iif(c.product_id IS NULL, {uncovered_sql()}, 0)) AS plain,
      sum(coalesce(c.quantity, 0) * ({uncovered_sql()})) AS parts
    FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id AND o.fulfillment = 'FBM'
    LEFT JOIN order_line_component c ON c.order_line_id = l.id
    WHERE l.quantity_open > 0 GROUP BY 1) w
  JOIN product p ON p.id = w.product_id) AS wanting WHERE missing > 0 ORDER BY sku) AS found"""

UNCONFIRMED = f"""
SELECT count(*), group_concat({short_id_sql("o.order_id")}, ' ' /*+ ORDER BY s.id */), NULL
FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id WHERE s.status <> 'void' AND s.id IN ({UNTOLD})
  AND NOT {SHIPMENT_LEFT_CANCELED.format(shipment="s")}"""

# What Amazon refused when it was told by a call, until it takes it or is told in another way.
NOT_TAKEN = f"""
SELECT {short_id_sql("o.order_id")} AS tail, s.id AS shipment, f.message
FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id
JOIN upload_item i ON i.id = (SELECT max(x.id) FROM upload_item x WHERE x.shipment_id = s.id)
JOIN upload_failure f ON f.upload_item_id = i.id
WHERE i.amazon_call_id IS NOT NULL AND s.status <> 'void' AND s.id IN ({UNTOLD}) ORDER BY s.id"""

# Labels that Amazon sold, or may have sold, of which no shipment tells yet.
LABELS_BOUGHT = """
SELECT subject FROM amazon_call WHERE name = 'createShipment' AND is_open = 1 ORDER BY id"""

# Refunds and cancellations that a feed told, or may have told, of which no operation tells yet.
FEEDS_OPEN = "SELECT subject, content FROM amazon_call WHERE name = :call AND is_open = 1 ORDER BY id"

# The same of refunds and cancellations, which feeds tell.
FEED_NOT_TAKEN = f"""
SELECT {short_id_sql("o.order_id")} AS tail, o.order_id, f.message FROM upload_failure f
JOIN upload_item i ON i.id = f.upload_item_id AND i.amazon_call_id IS NOT NULL AND i.shipment_id IS NULL
LEFT JOIN refund r ON r.id = i.refund_id LEFT JOIN cancellation c ON c.id = i.cancellation_id
JOIN order_line l ON l.id = coalesce(r.order_line_id, c.order_line_id)
JOIN sales_order o ON o.id = l.sales_order_id
WHERE NOT EXISTS (SELECT 1 FROM upload_item x WHERE x.id > i.id
  AND (x.refund_id = i.refund_id OR x.cancellation_id = i.cancellation_id)) ORDER BY i.id"""

# The channel canceled what has left: the shipment is to be stopped, then voided.
LEFT_CANCELED = f"""
SELECT DISTINCT o.order_id, (SELECT min(h.id) FROM shipment h JOIN shipment_line i ON i.shipment_id = h.id
  WHERE i.order_line_id = l.id AND h.status <> 'void') AS shipment
FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id
WHERE {LINE_LEFT_CANCELED.format(line="l")} ORDER BY o.order_id, shipment NULLS FIRST"""

# What the channel was told of and undos took back, in one step or in several, until it is back or its order is
# told of again. What the channel refused was not told, unless it is in doubt. The order may be gone too.
_GONE = """(SELECT d.old FROM row_change d WHERE d.table_name = '{}' AND d.row_key = {} AND d.verb = 'delete'
  ORDER BY d.id DESC LIMIT 1)"""
_THINGS_UNDONE = f"""
SELECT c.operation_id, coalesce(CAST(t.old ->> 'sales_order_id' AS INTEGER),
  (SELECT l.sales_order_id FROM order_line l WHERE l.id = CAST(t.old ->> 'order_line_id' AS INTEGER)),
  CAST({_GONE.format("order_line", "t.old ->> 'order_line_id'")} ->> 'sales_order_id' AS INTEGER)) AS sales_order
FROM row_change c
JOIN row_change t ON t.verb = 'delete' AND t.table_name IN ('shipment', 'refund', 'cancellation')
  AND t.row_key = CAST(c.old ->> (t.table_name || '_id') AS TEXT)
  AND t.operation_id = (SELECT min(g.operation_id) FROM row_change g WHERE g.table_name = t.table_name
    AND g.row_key = t.row_key AND g.verb = 'delete' AND g.operation_id >= c.operation_id)
JOIN operation p ON p.id = t.operation_id AND p.recorded_at >= :since
WHERE c.verb = 'delete' AND c.table_name = 'upload_item'
  AND NOT EXISTS (SELECT 1 FROM row_change r WHERE r.table_name = 'upload_item' AND r.row_key = c.row_key
    AND r.verb = 'insert' AND r.operation_id > c.operation_id)
  AND NOT EXISTS (SELECT 1 FROM row_change r WHERE r.table_name = t.table_name AND r.row_key = t.row_key
    AND r.verb = 'insert' AND r.operation_id > t.operation_id)
  AND {WAS_TOLD}"""
TOLD_AND_UNDONE = f"""
SELECT count(*), group_concat(tail, ' '), min(is_there) FROM (
  SELECT {short_id_sql("order_id")} AS tail, min(is_there) AS is_there FROM (
    SELECT coalesce(o.order_id,
        {_GONE.format("sales_order", "CAST(undone.sales_order AS TEXT)")} ->> 'order_id') AS order_id,
      iif(o.id IS NULL, 0, 1) AS is_there, undone.operation_id
    FROM ({_THINGS_UNDONE}) AS undone LEFT JOIN sales_order o ON o.id = undone.sales_order) AS named
  WHERE order_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM sales_order o JOIN shipment s ON s.sales_order_id = o.id
    JOIN upload_item i ON i.shipment_id = s.id JOIN upload_file f ON f.id = i.upload_file_id
    WHERE o.order_id = named.order_id AND f.operation_id > named.operation_id)
  GROUP BY order_id ORDER BY tail) AS found"""
_UNDONE_DAYS = 14
"""How long it is said that something undone was told."""

NEXT_FILE = "SELECT coalesce(max(id), 0) + 1 FROM upload_file"

TO_INSPECT = """
SELECT count(*), group_concat(return_id, ' ' /*+ ORDER BY id */), NULL FROM return_authorization
WHERE units_received > units_inspected"""

LATE_PURCHASES = """
SELECT count(*), group_concat(purchase_id, ' '), NULL FROM (
  SELECT DISTINCT purchase_id FROM inbound_line WHERE expected_on < :today ORDER BY purchase_id) AS found"""

TO_COUNT = """
SELECT count(*), group_concat(sku, ' '), NULL FROM (
  SELECT DISTINCT p.sku FROM open_question q JOIN product p ON p.id = q.product_id ORDER BY p.sku) AS found"""

_WIDTH = 44

STANDING = frozenset(
    {
        "on hold",
        "waiting for stock",
        "to count",
        "low stock",
        "purchases overdue",
        "messages due",
        "people to erase",
        "rates at risk",
        "backup",
    }
)
"""Sections that may say the same day after day, because a decision or a delivery is waited for."""


class DayRow(NamedTuple):
    """A row of the report, before it has its number.

    Attributes:
        detail: all of them, however many; :func:`brief` shortens it for people.
        command: a line that can be typed as it is. Where a decision is needed first, it shows what to decide on.
    """

    section: str
    how_many: int
    is_urgent: int
    due_at: str | None
    detail: str
    command: str

    @property
    def things(self) -> frozenset[str]:
        """What it is about, each named so that the same thing has the same name another time."""
        return frozenset(f"{self.section}: {word}" for word in self.detail.split())

    @property
    def is_standing(self) -> bool:
        """Whether it need not be told again while it says the same."""
        return self.section in STANDING and not self.is_urgent


def what_waits(reader: Reader, *, channel: str = "amazon") -> list[DayRow]:
    """One row for each thing that waits, in the order of the round; nothing that does not."""
    zone = reader.channel_zone(channel)
    # The day promises are made for is the channel's.
    day = day_of(reader.now, zone)
    tonight = end_of_day(day, zone)
    ends = {"tonight": tonight, "tomorrow": end_of_day(day_of(shift(tonight, seconds=1), zone), zone)}
    later = "order list --status unshipped --sort ship_by"
    rows = [
        _new(reader),
        _row(reader, "overdue", SHIP_OVERDUE, {}, "order list --overdue", is_urgent=True),
        _left_canceled(reader),
        _row(reader, "to pick", TO_PICK, {"due": None, "orders": None}, "pick"),
        _row(reader, "to ship today", SHIP_TODAY, ends, "ship --scan", is_urgent=True),
        _row(reader, "to ship tomorrow", SHIP_TOMORROW, ends, "ship --scan"),
        _row(reader, "to ship later", SHIP_LATER, ends, later),
        _row(reader, "to ship, no date", UNDATED, {}, later),
        _row(reader, "on hold", HELD, {}, "order list --hold", one="order show {}"),
        _row(reader, "waiting for stock", WAITING, {}, "reorder"),
        _unconfirmed(reader),
        _labels_bought(reader),
        *_feeds_open(reader),
        _not_taken(reader),
        _told_and_undone(reader),
        _row(reader, "to count", TO_COUNT, {}, "stock sheet --questions"),
        _row(reader, "to inspect", TO_INSPECT, {}, "return list --status received", one="return show {}"),
        _low(reader),
        _row(reader, "purchases overdue", LATE_PURCHASES, {}, "purchase list", one="purchase show {}"),
        _due(reader, "to answer", answers_due(reader)),
        _due(reader, "to refund", refunds_due(reader)),
        _questions(reader),
        _messages(reader),
        _people(reader),
        _rates(reader, channel),
        _backup(reader),
    ]
    return [row for row in rows if row.how_many]


def today(reader: Reader, *, channel: str = "amazon") -> Report:
    """What waits, as rows with their numbers."""
    return numbered(what_waits(reader, channel=channel))


def numbered(rows: Iterable[DayRow]) -> Report:
    """Rows as the report has them."""
    return Report(
        COLUMNS, [(number, *row) for number, row in enumerate(rows, start=1)], "Nothing waits. Enjoy the day."
    )


def brief(row: DayRow) -> DayRow:
    """The row with the first of its details only, for people."""
    return row._replace(detail=_clipped(row.detail))


def _row(
    reader: Reader,
    title: str,
    sql: str,
    values: dict[str, Any],
    command: str,
    *,
    one: str | None = None,
    is_urgent: bool = False,
) -> DayRow:
    """The row of a statement that gives how many, which, and by when.

    Args:
        reader: the reading.
        title: the section.
        sql: the statement.
        values: its parameters.
        command: what shows or does them all.
        one: what shows the only one, by its name.
        is_urgent: whether it cannot wait for another day.
    """
    number, detail, due_at = reader.rows(sql, values).fetchone()
    line = one.format(quote(detail)) if one is not None and number == 1 else command
    return DayRow(title, number, int(is_urgent), due_at, detail or "", f"ordercli {line}")


def _new(reader: Reader) -> DayRow:
    """Orders that came in since the seller marked them as looked at, as ``order list --new`` lists them."""
    (number,) = reader.rows(NEW, {"seen": new_since(reader)}).fetchone()
    return DayRow("new", number, 0, None, "", "ordercli order list --new")


def _left_canceled(reader: Reader) -> DayRow:
    found = reader.rows(LEFT_CANCELED).fetchall()
    words = [
        f"{short_id(order)} (shipment {shipment})" if shipment else short_id(order) for order, shipment in found
    ]
    shipments = [shipment for _, shipment in found if shipment]
    show = f"shipment show {shipments[0]}" if shipments else f"order show {found[0][0]}" if found else ""
    return DayRow("canceled, but left", len(found), 1, None, " ".join(words), f"ordercli {show}")


def _unconfirmed(reader: Reader) -> DayRow:
    """Shipments to confirm, in a file that has the number it will go by, so that no earlier one is in its way."""
    (number,) = reader.rows(NEXT_FILE).fetchone()
    return _row(reader, "not confirmed", UNCONFIRMED, {}, f"shipment confirm confirm-{number}.txt", is_urgent=True)


def _labels_bought(reader: Reader) -> DayRow:
    """Labels that a run did not record: the command looks at Amazon first, and buys none where there is one."""
    orders = [order for (order,) in reader.rows(LABELS_BOUGHT)]
    command = f"ordercli amazon label buy {orders[0]} --offer cheapest" if orders else ""
    return DayRow("label not recorded", len(orders), 1, None, " ".join(map(short_id, orders)), command)


def _feeds_open(reader: Reader) -> Iterator[DayRow]:
    """Refunds and cancellations of which it is not recorded what came of telling Amazon."""
    calls = reader.rows(FEEDS_OPEN, {"call": FEED_CALL}).fetchall()
    for kind, subject in FEED_TYPES.items():
        told = [line.order_id for name, content in calls if name == subject for line in feed_lines(content)]
        orders = " ".join(map(short_id, dict.fromkeys(told)))
        yield DayRow(f"{kind} not recorded", len(told), 1, None, orders, FEED_COMMANDS[kind])


def _not_taken(reader: Reader) -> DayRow:
    """Shipments, refunds and cancellations that Amazon refused, each with its sentence."""
    shipments, others = reader.rows(NOT_TAKEN).fetchall(), reader.rows(FEED_NOT_TAKEN).fetchall()
    found = [*shipments, *others]
    detail = "; ".join(f"{tail}: {message}" for tail, _, message in found)
    command = f"shipment show {shipments[0][1]}" if shipments else f"order show {others[0][1]}" if others else ""
    return DayRow("not taken by Amazon", len(found), 1, None, detail, f"ordercli {command}")


def _told_and_undone(reader: Reader) -> DayRow:
    """What the channel was told of and is no more; an order that went with it cannot be shown."""
    since = shift(reader.now, days=-_UNDONE_DAYS)
    number, orders, is_there = reader.rows(TOLD_AND_UNDONE, {"since": since}).fetchone()
    command = f"order show {quote(orders)}" if number == 1 and is_there else "log --command undo"
    return DayRow("told, then undone", number, 1, None, orders or "", f"ordercli {command}")


def _low(reader: Reader) -> DayRow:
    """Products that are LOW or OUT, as ``stock --low`` lists them."""
    skus = [stand.facts.sku for stand in low(reader)]
    return DayRow("low stock", len(skus), 0, None, " ".join(skus), "ordercli stock --low")


def _clipped(words: str) -> str:
    return words if len(words) <= _WIDTH else words[: _WIDTH - 2].rpartition(" ")[0] + " …"


def _due(reader: Reader, title: str, waiting: list[Due]) -> DayRow:
    """Returns that wait for the seller; a refund asks before it gives money, an answer is to be thought over."""
    urgent = any(due.status != "OK" for due in waiting)
    detail = " ".join(f"{due.return_id} by {day_of(due.due_at, reader.time_zone)}" for due in waiting)
    first = min((due.due_at for due in waiting), default=None)
    command = "ordercli return due"
    if len(waiting) == 1:
        (only,) = waiting
        command = f"ordercli return show {only.return_id}" if only.task == "answer" else only.command
    return DayRow(title, len(waiting), int(urgent), first, detail, command)


def _questions(reader: Reader) -> DayRow:
    """Questions of buyers that nobody answered yet."""
    report = inbox(reader, every=False, reveal=False)
    names = [column.name for column in report.columns]
    number, until, status = (names.index(name) for name in ("question_id", "answer_by", "status"))
    rows = list(report.rows)
    urgent = any(row[status] in URGENT for row in rows)
    first = min((row[until] for row in rows), default=None)
    detail = " ".join(row[number] for row in rows)
    return DayRow("questions", len(rows), int(urgent), first, detail, "ordercli message inbox")


def _messages(reader: Reader) -> DayRow:
    """Messages that are due and that nothing holds back: one decision, however many there are."""
    due = due_by_kind(reader)
    detail = " ".join(f"{kind}:{count}" for kind, count in sorted(due.items()))
    return DayRow("messages due", due.total(), 0, None, detail, "ordercli message plan")


def _people(reader: Reader) -> DayRow:
    """People whose data have been kept long enough; how many is told up to a thousand."""
    return DayRow("people to erase", people_due(reader), 0, None, "", "ordercli privacy purge")


def _backup(reader: Reader) -> DayRow:
    """That the last good backup is older than it may be."""
    due, last = is_due(reader.connection, shift(reader.now, days=-int(reader.setting("backup_days"))))
    detail = f"last {day_of(last, reader.time_zone)}" if last else "never"
    return DayRow("backup", int(due), 0, None, detail, "ordercli backup")


def _rates(reader: Reader, channel: str) -> DayRow:
    rates = metrics(reader, RateQuestion(channel))
    risky = rates_at_risk(rates)
    is_breach = any(rate.status == "BREACH" for rate in rates)
    command = f"ordercli metrics show {risky[0]}" if len(risky) == 1 else "ordercli metrics"
    return DayRow("rates at risk", len(risky), int(is_breach), None, " ".join(risky), command)
