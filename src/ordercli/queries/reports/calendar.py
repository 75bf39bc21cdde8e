"""The dates of the shop for a calendar: by when to ship, answer and refund, and when purchases are expected.

They are those of ``ordercli today`` and ``return due``, by the same rules. What was due lately and is done is told
as done, so that a calendar that takes the file again drops it. Nothing of it is about buyers.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby
from operator import itemgetter

from ordercli.domain.orders.orders import TO_SHIP as IS_TO_SHIP
from ordercli.domain.reports.calendar import Calendar, Deadline
from ordercli.domain.returns.returns import answer_due_at
from ordercli.domain.times import day_of, shift
from ordercli.domain.words import count
from ordercli.naming import short_id_sql
from ordercli.queries.messages.messages import inbox
from ordercli.queries.reader import Reader
from ordercli.queries.returns.return_due import answers_due, refund_day, refunds_due

LATELY_DAYS = 30
"""How long what is done is told as done."""
_SHOP_LETTERS = 12

SHOP = "SELECT min(recorded_at), (SELECT max(id) FROM operation) FROM operation WHERE id = 1"

# Holding an order does not stop the channel's clock: it is due as every other one.
TO_SHIP = f"""
SELECT o.ship_by, {short_id_sql("o.order_id")} FROM sales_order o
WHERE {IS_TO_SHIP} AND o.ship_by IS NOT NULL ORDER BY o.ship_by, o.order_id, o.channel"""

SHIPPED = f"""
SELECT d.ship_by FROM (
  SELECT DISTINCT ship_by FROM sales_order WHERE ship_by >= :since AND fulfillment = 'FBM') d
WHERE NOT EXISTS (SELECT 1 FROM sales_order o WHERE o.ship_by = d.ship_by AND {IS_TO_SHIP}) ORDER BY d.ship_by"""

RETURNS = """
SELECT a.return_id, a.requested_at, coalesce(a.delivered_on, (SELECT min(e.occurred_at) FROM return_event e
  JOIN return_line r ON r.id = e.return_line_id WHERE r.return_authorization_id = a.id AND e.disposition IS NULL))
FROM return_authorization a WHERE a.opened_at >= :since ORDER BY a.id"""

EXPECTED = """
SELECT purchase_id, min(supplier), min(expected_on), sum(quantity),
  group_concat(quantity || ' ' || sku || ' on ' || expected_on, ', ')
FROM (
  SELECT i.purchase_id, s.name AS supplier, i.expected_on, i.quantity, p.sku
  FROM inbound_line i JOIN product p ON p.id = i.product_id LEFT JOIN supplier s ON s.id = i.supplier_id
  WHERE i.expected_on IS NOT NULL ORDER BY i.purchase_id, i.expected_on, p.sku, i.quantity) AS found
GROUP BY purchase_id ORDER BY purchase_id"""

RECEIVED = """
SELECT l.purchase_id, max(l.expected_on) AS expected_on FROM purchase_line l
JOIN purchase u ON u.id = l.purchase_id AND u.placed_on IS NOT NULL
GROUP BY l.purchase_id HAVING sum(iif(l.expected_on IS NULL, 0, l.quantity_open)) = 0
  AND max(l.expected_on) >= strftime('%Y-%m-%d', :since) ORDER BY l.purchase_id"""


def calendar(reader: Reader) -> Calendar:
    """Everything that is due, and what was lately and is done, by its date."""
    began, last = reader.rows(SHOP).fetchone()
    since = {"since": shift(reader.now, days=-LATELY_DAYS)}
    deadlines = [
        *_shipping(reader, since),
        *_returns(reader, since),
        *_questions(reader, since["since"]),
        *_purchases(reader, since),
    ]
    # Made at a second of its own, in most likelihood, and the same after it was brought back from a backup.
    shop = sha256(f"{began} {reader.time_zone}".encode()).hexdigest()[:_SHOP_LETTERS]
    return Calendar(shop, reader.now, last, sorted(deadlines, key=lambda entry: (entry.due, entry.name)))


def _shipping(reader: Reader, since: dict[str, str]) -> Iterator[Deadline]:
    """One entry a deadline, however many orders have it: a day with forty orders is one errand."""

    def named(due: str) -> str:
        return "ship-" + "".join(letter for letter in due if letter.isalnum())

    for due, found in groupby(reader.rows(TO_SHIP), key=itemgetter(0)):
        orders = [order for _, order in found]
        late = " (overdue)" if due < reader.now else ""
        title = f"Ship {count(len(orders), 'order')}{late}"
        yield Deadline(named(due), due, title, " ".join(orders), "ordercli pick")
    for (due,) in reader.rows(SHIPPED, since):
        yield Deadline(named(due), due, "Ship: done", "", "ordercli shipment list", is_done=True)


def _returns(reader: Reader, since: dict[str, str]) -> Iterator[Deadline]:
    answers = {due.return_id: due for due in answers_due(reader)}
    refunds = {due.return_id: due for due in refunds_due(reader)}
    for rma, due in answers.items():
        title = f"Answer the return request {rma}"
        yield Deadline(f"answer-{rma}", due.due_at, title, f"order {due.order_id}", f"ordercli return show {rma}")
    for rma, due in refunds.items():
        title = f"Refund {rma} ({count(due.units, 'unit')})"
        day = day_of(due.due_at, reader.time_zone)
        yield Deadline(f"refund-{rma}", day, title, f"order {due.order_id}", due.command)
    for rma, asked, came in reader.rows(RETURNS, since):
        show = f"ordercli return show {rma}"
        if asked is not None and rma not in answers:
            yield Deadline(f"answer-{rma}", answer_due_at(asked), f"{rma}: answered", "", show, is_done=True)
        due_on = refund_day(reader, came)
        if due_on is not None and rma not in refunds:
            yield Deadline(f"refund-{rma}", due_on, f"{rma}: settled", "", show, is_done=True)


def _questions(reader: Reader, since: str) -> Iterator[Deadline]:
    """Buyers' questions by their numbers alone; what was asked, and by whom, stays here."""
    report = inbox(reader, every=True, reveal=False)
    names = [column.name for column in report.columns]
    number, until, status = (names.index(name) for name in ("question_id", "answer_by", "status"))
    for row in report.rows:
        is_done = row[status].startswith("ANSWERED")
        if not is_done or row[until] >= since:
            title = f"{row[number]}: answered" if is_done else f"Answer question {row[number]}"
            name = f"question-{row[number]}"
            yield Deadline(name, row[until], title, "", "ordercli message inbox", is_done=is_done)


def _purchases(reader: Reader, since: dict[str, str]) -> Iterator[Deadline]:
    """One entry a purchase, on the day its next part is expected: when it has come, the entry moves on."""
    for number, supplier, day, units, detail in reader.rows(EXPECTED):
        source = f" from {supplier}" if supplier else ""
        late = " (overdue)" if day < reader.today else ""
        title = f"Expect {count(units, 'unit')}{source}{late}"
        yield Deadline(f"purchase-{number}", day, title, detail, f"ordercli purchase show {number}")
    for number, day in reader.rows(RECEIVED, since):
        show = f"ordercli purchase show {number}"
        yield Deadline(f"purchase-{number}", day, f"Purchase {number}: received", "", show, is_done=True)
