"""Returns: the list, and one return in full."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ordercli.domain.money import format_amount
from ordercli.domain.report import Card, Column, Report
from ordercli.domain.returns.return_terms import ReturnDates, ReturnTerms, terms_of
from ordercli.errors import unknown
from ordercli.queries.columns import Selected
from ordercli.queries.reader import Reader, at_most
from ordercli.queries.returns.return_due import REFUND_SINCE, refund_day

LIST_COLUMNS = Selected(
    (Column("return_id", "word", "return"), "a.return_id"),
    (Column("order_id", "word", "order", importance="key"), "o.order_id"),
    (Column("status", "word"), "a.status"),
    (Column("sku", "key", "SKU"), "p.sku"),
    (Column("quantity", "whole"), "r.quantity"),
    (Column("received", "whole"), "r.quantity_received"),
    (
        Column("disposition", "word"),
        """(SELECT group_concat(disposition || ':' || units, ' ')
          FROM ( SELECT disposition, sum(quantity) AS units FROM return_event e WHERE e.return_line_id = r.id
          AND disposition IS NOT NULL GROUP BY disposition HAVING sum(quantity) > 0
          ORDER BY disposition) AS found)""",
    ),
    (Column("reason", importance="spare"), "r.reason"),
    (Column("refund_due_on", "day", "refund due", importance="key"), f"{REFUND_SINCE}"),
    (
        Column("refunded", "money"),
        "(SELECT coalesce(sum(f.amount_minor), 0) FROM refund f WHERE f.return_line_id = r.id)",
    ),
    (Column("currency", "word", ""), "coalesce(o.currency, :currency)"),
)

LIST = f"""
SELECT {LIST_COLUMNS.sql}
FROM return_authorization a
JOIN sales_order o ON o.id = a.sales_order_id
JOIN return_line r ON r.return_authorization_id = a.id
JOIN product p ON p.id = r.product_id
JOIN order_line l ON l.id = r.order_line_id
WHERE (:status IS NULL OR a.status = :status) AND (:return IS NULL OR a.return_id = :return)
ORDER BY a.id DESC, r.id LIMIT :limit"""


class ReturnedLine(NamedTuple):
    """A line of a return as :data:`LIST_COLUMNS` have it; ``refunded`` in minor units of ``currency``."""

    return_id: str
    order_id: str
    status: str
    sku: str
    quantity: int
    received: int
    disposition: str | None
    reason: str
    refund_due_on: str | None
    refunded: int
    currency: str


def list_returns(
    reader: Reader, *, status: str | None = None, only: str | None = None, limit: int | None = None
) -> Report:
    """Lines of returns, newest return first; a refund is due two business days after its units came."""
    return Report(LIST_COLUMNS, _returned_lines(reader, status, only, limit), "No returns.")


def _returned_lines(
    reader: Reader, status: str | None, only: str | None, limit: int | None
) -> Iterator[ReturnedLine]:
    values = {"status": status, "return": only, "limit": at_most(limit)}
    for line in map(ReturnedLine._make, reader.streamed(LIST, values)):
        yield line._replace(refund_due_on=refund_day(reader, line.refund_due_on))


EVENTS = """
SELECT e.occurred_at, CASE WHEN e.disposition IS NULL THEN 'received' WHEN e.quantity < 0 THEN 'corrected'
  ELSE 'inspected' END AS kind, p.sku,
  e.quantity, e.disposition, e.operation_id AS operation
FROM return_authorization a JOIN return_line r ON r.return_authorization_id = a.id
JOIN return_event e ON e.return_line_id = r.id JOIN product p ON p.id = r.product_id
WHERE a.return_id = :return ORDER BY e.id"""

REFUND_COLUMNS = Selected(
    (Column("refunded_at", "instant"), "f.refunded_at"),
    (Column("sku", "key"), "p.sku"),
    (Column("disposition", "word"), "f.disposition"),
    (Column("quantity", "whole"), "f.quantity"),
    (Column("item", "money"), "f.item_minor"),
    (Column("item_tax", "money"), "f.item_tax_minor"),
    (Column("shipping", "money"), "f.shipping_minor + f.shipping_tax_minor"),
    (Column("gift_wrap", "money"), "f.gift_wrap_minor + f.gift_wrap_tax_minor"),
    (Column("discount", "money"), "f.discount_minor"),
    (Column("amount", "money"), "f.amount_minor"),
    (Column("restocking_fee", "money"), "f.fee_minor"),
    (Column("return_shipping", "money"), "f.return_shipping_minor"),
    (Column("fee_reason"), "f.fee_reason"),
    (Column("origin", "word"), "f.origin"),
    (Column("operation", "whole"), "f.operation_id"),
)

REFUNDS = f"""
SELECT {REFUND_COLUMNS.sql}
FROM return_authorization a JOIN return_line r ON r.return_authorization_id = a.id
JOIN refund f ON f.return_line_id = r.id JOIN product p ON p.id = r.product_id
WHERE a.return_id = :return ORDER BY f.id"""

HEADER = """
SELECT a.requested_at, a.answered_at, a.closed_at, a.channel_return_id, a.delivered_on, a.label_cost_minor,
  a.label_paid_by
FROM return_authorization a WHERE a.return_id = :return"""

LINES = """
SELECT p.sku, r.quantity, r.quantity_received AS received, r.quantity_replaced AS replaced, r.reason, r.fault,
  r.id AS return_line_id
FROM return_authorization a JOIN return_line r ON r.return_authorization_id = a.id
JOIN product p ON p.id = r.product_id WHERE a.return_id = :return ORDER BY r.id"""

COMPONENTS = """
SELECT k.sku AS kit, p.sku, c.quantity * r.quantity AS quantity, c.quantity * r.quantity_received AS received
FROM return_authorization a JOIN return_line r ON r.return_authorization_id = a.id
JOIN order_line_component c ON c.order_line_id = r.order_line_id
JOIN product k ON k.id = r.product_id JOIN product p ON p.id = c.product_id
WHERE a.return_id = :return ORDER BY r.id, p.sku"""

DATES = """
SELECT d.return_line_id, d.channel, d.ordered_at, d.deliver_by, d.shipped_on, d.channel_shipped_at, d.delivered_at,
  d.requested_at, d.received_at, d.delivered_on
FROM return_dates d JOIN return_authorization a ON a.id = d.return_authorization_id WHERE a.return_id = :return"""

STEPS = """
SELECT s.occurred_at, s.kind, s.actor, s.detail, s.operation_id AS operation
FROM return_authorization a JOIN return_step s ON s.return_authorization_id = a.id
WHERE a.return_id = :return ORDER BY s.id"""

REPLACEMENTS = """
SELECT x.replaced_at, p.sku, x.quantity, o.order_id, o.status, x.operation_id AS operation
FROM return_authorization a JOIN return_line r ON r.return_authorization_id = a.id
JOIN replacement x ON x.return_line_id = r.id JOIN product p ON p.id = r.product_id
JOIN order_line l ON l.id = x.order_line_id JOIN sales_order o ON o.id = l.sales_order_id
WHERE a.return_id = :return ORDER BY x.id"""


FIELDS = (
    Column("return_id", "word"),
    Column("order_id", "word"),
    Column("status", "word"),
    Column("reason"),
    Column("requested_at", "instant"),
    Column("answered_at", "instant"),
    Column("closed_at", "instant"),
    Column("channel_return_id", "key"),
    Column("delivered_on", "day"),
    Column("label_paid_by", "word"),
    Column("label_cost", "money"),
    Column("refund_due_on", "day"),
    Column("refunded", "money"),
    Column("currency", "word"),
)
LISTS = {
    "lines": (
        Column("sku", "key"),
        Column("quantity", "whole"),
        Column("received", "whole"),
        Column("replaced", "whole"),
        Column("reason"),
        Column("fault", "word"),
        Column("disposition", "word"),
        Column("last_return_day", "day"),
        Column("is_late", "flag"),
    ),
    "components": (
        Column("kit"),
        Column("sku", "key"),
        Column("quantity", "whole"),
        Column("received", "whole"),
    ),
    "steps": (
        Column("occurred_at", "instant"),
        Column("kind", "word"),
        Column("actor", "word"),
        Column("detail"),
        Column("operation", "whole"),
    ),
    "events": (
        Column("occurred_at", "instant"),
        Column("kind", "word"),
        Column("sku", "key"),
        Column("quantity", "whole"),
        Column("disposition", "word"),
        Column("operation", "whole"),
    ),
    "refunds": REFUND_COLUMNS,
    "replacements": (
        Column("replaced_at", "instant"),
        Column("sku", "key"),
        Column("quantity", "whole"),
        Column("order_id", "word"),
        Column("status", "word"),
        Column("operation", "whole"),
    ),
}


def return_card(reader: Reader, reference: str) -> Card:
    """Everything known of one return.

    Raises:
        NotFound: naming the nearest returns, if there is none of that id.
    """
    wanted = reference.upper()
    rows = list(_returned_lines(reader, None, wanted, None))
    if not rows:
        known = (rma for (rma,) in reader.rows("SELECT return_id FROM return_authorization ORDER BY id DESC"))
        raise unknown("return", reference, known)
    first, currency, values = rows[0], rows[0].currency, {"return": wanted}
    (header,) = _dicts(reader, HEADER, values)
    label = header.pop("label_cost_minor")
    card = {
        "return_id": first.return_id,
        "order_id": first.order_id,
        "status": first.status,
        "reason": ", ".join(dict.fromkeys(row.reason for row in rows)),
        **header,
        "label_cost": None if label is None else format_amount(label, currency),
        "refund_due_on": min(filter(None, (row.refund_due_on for row in rows)), default=None),
        "refunded": format_amount(sum(row.refunded for row in rows), currency),
        "currency": currency,
        "lines": _lines(reader, values, [row.disposition for row in rows]),
        "components": _dicts(reader, COMPONENTS, values),
        "steps": _dicts(reader, STEPS, values),
        "events": _dicts(reader, EVENTS, values),
        "refunds": [_refund(row, currency) for row in reader.rows(REFUNDS, values)],
        "replacements": _dicts(reader, REPLACEMENTS, values),
    }
    return Card(FIELDS, card, LISTS)


def _dicts(reader: Reader, sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    cursor = reader.rows(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _lines(reader: Reader, values: dict[str, Any], dispositions: list[str | None]) -> list[dict[str, Any]]:
    """The lines with the last day to send each back, and whether it is late."""
    dates = [ReturnDates(*row) for row in reader.rows(DATES, values)]
    terms = {each.return_line_id: _terms(reader, each) for each in dates}
    lines = _dicts(reader, LINES, values)
    for line, disposition in zip(lines, dispositions, strict=True):
        found = terms[line.pop("return_line_id")]
        line.update(disposition=disposition, last_return_day=found.last_day, is_late=found.is_late)
    return lines


def _terms(reader: Reader, dates: ReturnDates) -> ReturnTerms:
    zone = reader.channel_zone(dates.channel)
    return terms_of(dates, zone, lambda key, day: reader.setting(f"channel.{dates.channel}.{key}", day))


def _refund(row: Sequence[Any], currency: str) -> dict[str, Any]:
    columns = LISTS["refunds"]
    told = dict(zip((column.name for column in columns), row, strict=True))
    for column in columns:
        if column.kind == "money":
            minor = told[column.name]
            told[column.name] = format_amount(minor, currency) if minor or column.name == "amount" else None
    return told


EXPORT_COLUMNS = Selected(
    (Column("return_id", "word"), "a.return_id"),
    (Column("order_id", "word"), "o.order_id"),
    (Column("order_line_id", "word"), "l.item_id"),
    (Column("sku", "key"), "p.sku"),
    (Column("quantity", "whole"), "r.quantity"),
    (Column("reason"), "r.reason"),
    (Column("fault", "word"), "r.fault"),
    (Column("channel_return_id", "key"), "a.channel_return_id"),
    (Column("requested_at", "instant"), "a.requested_at"),
    (
        Column("answer", "word"),
        """CASE WHEN a.answered_at IS NULL THEN 'requested' WHEN a.is_declined = 1 THEN 'declined'
          ELSE 'authorized' END""",
    ),
    (Column("answered_at", "instant"), "a.answered_at"),
    (Column("delivered_on", "day"), "a.delivered_on"),
    (Column("label_cost", "money"), "a.label_cost_minor"),
    (Column("label_paid_by", "word"), "a.label_paid_by"),
    (Column("closed_at", "instant"), "a.closed_at"),
    (Column("currency", "word"), "coalesce(o.currency, :currency)"),
)

EXPORT = f"""
SELECT {EXPORT_COLUMNS.sql}
FROM return_authorization a
JOIN sales_order o ON o.id = a.sales_order_id AND o.fulfillment = 'FBM'
JOIN return_line r ON r.return_authorization_id = a.id
JOIN order_line l ON l.id = r.order_line_id
JOIN product p ON p.id = r.product_id
ORDER BY a.id, r.id"""


def export_returns(reader: Reader) -> Report:
    """What was asked for and answered, as ``return import`` reads it back; Amazon's own returns are not in it."""
    return Report(EXPORT_COLUMNS, reader.streamed(EXPORT), "No returns.")
