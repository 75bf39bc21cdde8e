"""What returns wait for: an answer to the buyer, and money for what came back."""

from typing import NamedTuple

from ordercli.domain.report import Column, Report
from ordercli.domain.returns.returns import answer_due_at, answer_status, refund_due_on
from ordercli.domain.times import day_of, end_of_day, start_of_day
from ordercli.queries.orders.orders import LINE_LEFT
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("task", "word"),
    Column("return_id", "word", "return", importance="key"),
    Column("order_id", "word", "order"),
    Column("units", "whole"),
    Column("since", "instant", importance="spare"),
    Column("due_at", "instant", "due", importance="key"),
    Column("status", "word"),
    Column("command", "command"),
)

ASKED = """
SELECT a.return_id, o.order_id, a.units, a.requested_at
FROM return_authorization a JOIN sales_order o ON o.id = a.sales_order_id
WHERE a.closed_at IS NULL AND a.answered_at IS NULL AND a.units_received = 0 ORDER BY a.requested_at, a.id"""

_UNITS = (
    "(max(r.quantity_received, iif(a.delivered_on IS NULL, 0, r.quantity))"
    " - r.quantity_settled - r.quantity_replaced)"
)
"""Units of a line that came back and that nothing has settled."""

REFUND_SINCE = f"""CASE
 WHEN a.closed_at IS NOT NULL OR a.is_declined = 1 OR o.fulfillment <> 'FBM'
  OR {_UNITS} <= 0
  OR {LINE_LEFT} <= l.refunded_minor AND l.item_price_minor IS NOT NULL
  OR EXISTS (SELECT 1 FROM refund f WHERE f.return_line_id = r.id AND f.quantity = 0 AND f.amount_minor > 0)
 THEN NULL
 WHEN a.delivered_on IS NOT NULL AND r.quantity_settled + r.quantity_replaced = 0 THEN a.delivered_on
 ELSE (SELECT e.occurred_at FROM return_event e WHERE e.return_line_id = r.id AND e.disposition IS NULL
  AND (SELECT sum(b.quantity) FROM return_event b
   WHERE b.return_line_id = r.id AND b.disposition IS NULL AND b.id <= e.id)
   > r.quantity_settled + r.quantity_replaced ORDER BY e.id LIMIT 1) END"""
"""Since when a line waits for its refund, over return_authorization a, return_line r, order_line l, sales_order o.

The instant of the first receipt whose units nothing has settled, or the day a carrier brought it back; NULL where
nothing is due: settled, given an amount by hand, nothing left of what was paid, or Amazon's to refund.
"""

UNREFUNDED = f"""
SELECT min(return_id), min(order_id), sum(units), min(since), min(units_received), min(units_inspected) FROM (
  SELECT a.id, a.return_id, o.order_id, a.units_received, a.units_inspected, {_UNITS} AS units,
    {REFUND_SINCE} AS since
  FROM return_authorization a
  JOIN sales_order o ON o.id = a.sales_order_id
  JOIN return_line r ON r.return_authorization_id = a.id
  JOIN order_line l ON l.id = r.order_line_id
  WHERE a.closed_at IS NULL
) AS found WHERE since IS NOT NULL GROUP BY id ORDER BY min(since), id"""


class Due(NamedTuple):
    """Something a return waits for; the instants are UTC text, ``status`` is ``OK``, ``DUE`` or ``OVERDUE``."""

    task: str
    return_id: str
    order_id: str
    units: int
    since: str
    due_at: str
    status: str
    command: str


def refund_day(reader: Reader, since: str | None) -> str | None:
    """The day a refund is due in the shop's zone, by the instant or day its units came."""
    if since is None:
        return None
    return refund_due_on(since if len(since) == len("2026-03-16") else day_of(since, reader.time_zone))


def answers_due(reader: Reader) -> list[Due]:
    """Requests that nobody answered, oldest first."""
    return [
        Due(
            "answer",
            rma,
            order,
            units,
            asked,
            answer_due_at(asked),
            answer_status(asked, reader.now),
            f"ordercli return authorize {rma}",
        )
        for rma, order, units, asked in reader.rows(ASKED)
    ]


def refunds_due(reader: Reader) -> list[Due]:
    """Returns that came and are not refunded, oldest first."""
    found = []
    for rma, order, units, since, received, inspected in reader.rows(UNREFUNDED):
        day = str(refund_day(reader, since))
        status = "OK" if reader.today < day else "DUE" if reader.today == day else "OVERDUE"
        due_at = end_of_day(day, reader.time_zone)
        at = since if len(since) > len(day) else start_of_day(since, reader.time_zone)
        # What came has to be looked at before it is known what to give for it.
        step = "receive" if not received else "refund" if inspected else "show"
        found.append(Due("refund", rma, order, units, at, due_at, status, f"ordercli return {step} {rma}"))
    return found


def returns_due(reader: Reader) -> tuple[Report, bool]:
    """What waits, most urgent first; and whether anything is due today or overdue."""
    rows = sorted([*answers_due(reader), *refunds_due(reader)], key=lambda due: (due.due_at, due.return_id))
    return Report(COLUMNS, rows, "No return waits for you."), any(row.status != "OK" for row in rows)
