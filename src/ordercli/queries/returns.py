"""Returns: the list, and one return in full."""

from typing import Any

from ordercli.domain.money import format_amount
from ordercli.domain.report import Column, Report
from ordercli.domain.returns import refund_due_on
from ordercli.domain.times import day_of
from ordercli.errors import unknown
from ordercli.queries.reader import Reader

LIST_COLUMNS = (
    Column("return_id", "word", "return"),
    Column("order_id", "word", "order"),
    Column("status", "word"),
    Column("sku", title="SKU"),
    Column("quantity", "whole"),
    Column("received", "whole"),
    Column("disposition", "word"),
    Column("reason", is_spare=True),
    Column("refund_due_on", "day", "refund due"),
    Column("refunded", "money"),
    Column("currency", "word", ""),
)

LIST = """
SELECT a.return_id, o.order_id, a.status, p.sku, r.quantity, r.quantity_received,
  (SELECT group_concat(disposition || ':' || units, ' ') FROM (
    SELECT disposition, sum(quantity) AS units FROM return_event e
    WHERE e.return_line_id = r.id AND disposition IS NOT NULL GROUP BY disposition ORDER BY disposition)),
  r.reason,
  CASE WHEN a.refunded_minor = 0 THEN (SELECT min(occurred_at) FROM return_event e
    WHERE e.return_line_id = r.id AND e.disposition IS NULL) END,
  (SELECT coalesce(sum(f.amount_minor), 0) FROM refund f WHERE f.return_line_id = r.id),
  coalesce(o.currency, :currency)
FROM return_authorization a
JOIN sales_order o ON o.id = a.sales_order_id
JOIN return_line r ON r.return_authorization_id = a.id
JOIN product p ON p.id = r.product_id
WHERE (:status IS NULL OR a.status = :status) AND (:return IS NULL OR a.return_id = :return)
ORDER BY a.id DESC, r.id LIMIT :limit"""

_DUE = 8
_REFUNDED = 9


def list_returns(
    reader: Reader, *, status: str | None = None, only: str | None = None, limit: int | None = None
) -> Report:
    """Lines of returns, newest return first; the refund is due two business days after the first receipt."""
    values = {"status": status, "return": only, "limit": -1 if limit is None else limit}
    rows = (
        (*row[:_DUE], _due(row[_DUE], reader.time_zone), *row[_DUE + 1 :]) for row in reader.rows(LIST, values)
    )
    return Report(LIST_COLUMNS, rows, "No returns.")


def _due(received_at: str | None, zone: str) -> str | None:
    return None if received_at is None else refund_due_on(day_of(received_at, zone))


EVENTS = """
SELECT e.occurred_at, CASE WHEN e.disposition IS NULL THEN 'received' ELSE 'inspected' END AS kind, p.sku,
  e.quantity, e.disposition, e.operation_id AS operation
FROM return_authorization a JOIN return_line r ON r.return_authorization_id = a.id
JOIN return_event e ON e.return_line_id = r.id JOIN product p ON p.id = r.product_id
WHERE a.return_id = :return ORDER BY e.id"""

REFUNDS = """
SELECT f.refunded_at, p.sku, sum(f.quantity), sum(f.amount_minor), sum(f.fee_minor), f.operation_id
FROM return_authorization a JOIN return_line r ON r.return_authorization_id = a.id
JOIN refund f ON f.return_line_id = r.id JOIN product p ON p.id = r.product_id
WHERE a.return_id = :return GROUP BY f.operation_id, r.id ORDER BY f.operation_id, r.id"""


def return_card(reader: Reader, reference: str) -> dict[str, Any]:
    """Everything known of one return.

    Raises:
        NotFound: naming the nearest returns, if there is none of that id.
    """
    wanted = reference.upper()
    rows = list(list_returns(reader, only=wanted).rows)
    if not rows:
        known = (row[0] for row in reader.rows("SELECT return_id FROM return_authorization ORDER BY id DESC"))
        raise unknown("return", reference, known)
    first, currency = rows[0], rows[0][-1]
    return {
        "return_id": first[0],
        "order_id": first[1],
        "status": first[2],
        "reason": first[7],
        "refund_due_on": first[_DUE],
        "refunded": format_amount(sum(row[_REFUNDED] for row in rows), currency),
        "currency": currency,
        "lines": [{"sku": row[3], "quantity": row[4], "received": row[5], "disposition": row[6]} for row in rows],
        "events": [
            dict(zip(("occurred_at", "kind", "sku", "quantity", "disposition", "operation"), row, strict=True))
            for row in reader.rows(EVENTS, {"return": wanted})
        ],
        "refunds": [
            {
                "refunded_at": at,
                "sku": sku,
                "quantity": quantity,
                "amount": format_amount(amount, currency),
                "restocking_fee": format_amount(fee, currency),
                "operation": operation,
            }
            for at, sku, quantity, amount, fee, operation in reader.rows(REFUNDS, {"return": wanted})
        ],
    }
