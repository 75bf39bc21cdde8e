"""Shipments: listed, looked at in full, and followed on their way."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ordercli.domain.money import format_amount
from ordercli.domain.orders.left_canceled import SHIPMENT_LEFT_CANCELED
from ordercli.domain.orders.orders import late_sql
from ordercli.domain.report import Card, Column, Report
from ordercli.domain.shipping.carriers import tracking_link
from ordercli.domain.shipping.shipping import UNTOLD
from ordercli.domain.times import shift
from ordercli.naming import SHIPMENTS_NAMED, named_shipments, one_shipment, shipment_words
from ordercli.queries.columns import Selected
from ordercli.queries.reader import Reader, at_most

# The last that was heard of a shipment: its latest event, else the end of the day it left.
_HEARD = """coalesce((SELECT max(e.occurred_at) FROM shipment_news e WHERE e.shipment_id = s.id),
  s.shipped_on || 'T23:59:59Z', s.recorded_at)"""

_IS_LATE = late_sql("s.confirmed_at", "o.ship_by")

_CONTENTS = """(SELECT group_concat(p.sku || ':' || l.quantity, ' ' /*+ ORDER BY l.id */)
    FROM shipment_line l CROSS JOIN product p ON p.id = l.product_id WHERE l.shipment_id = s.id)"""

_UNTOLD = f"""s.status <> 'void' AND s.id IN ({UNTOLD})
  AND NOT {SHIPMENT_LEFT_CANCELED.format(shipment="s")}"""

_IS_ON_ITS_WAY = "s.status IN ('shipped', 'in_transit', 'exception') AND s.tracking_number IS NOT NULL"

COLUMNS = Selected(
    (Column("shipment_id", "whole", "shipment"), "s.id"),
    (Column("order_id", "word", "order", importance="key"), "o.order_id"),
    (Column("carrier"), "coalesce(s.carrier_name, s.carrier)"),
    (Column("tracking_number", "key", "tracking number"), "s.tracking_number"),
    (Column("shipped_on", "day", importance="spare"), "s.shipped_on"),
    (Column("confirmed_at", "instant", "confirmed"), "s.confirmed_at"),
    (Column("delivered_at", "instant", "delivered", in_table=False), "s.delivered_at"),
    (Column("status", "word"), "s.status"),
    (Column("is_late", "flag", "late"), _IS_LATE),
    (Column("cost", "money", importance="spare"), "s.cost_minor"),
    (Column("currency", "word", in_table=False), ":currency"),
    (Column("contents", "keys", importance="spare"), _CONTENTS),
)
FROM = "FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id"

LISTED = f"""
SELECT {COLUMNS.sql}
{FROM}
WHERE {{where}}
ORDER BY s.id DESC LIMIT :limit"""

LISTED_WHERE = ("s.sales_order_id = :order", f"({_UNTOLD})", f"({_IS_ON_ITS_WAY}) AND {_HEARD} < :heard")
"""Conditions of :data:`LISTED`, if asked for: of an order, not told to the channel yet, stuck on the way."""


def list_shipments(
    reader: Reader,
    *,
    order: int | None = None,
    unconfirmed: bool = False,
    stuck_days: int | None = None,
    limit: int | None = None,
) -> Report:
    """Shipments, newest first.

    Args:
        reader: the reading.
        order: row id of the order whose shipments are wanted.
        unconfirmed: only those that the next confirmation file will hold.
        stuck_days: only those with a tracking number on their way, of which nothing was heard for so many days.
        limit: how many at most.
    """
    values = {
        "order": order,
        "heard": None if stuck_days is None else shift(reader.now, days=-stuck_days),
        "limit": at_most(limit),
    }
    asked = (order is not None, unconfirmed, stuck_days is not None)
    where = [sql for sql, wanted in zip(LISTED_WHERE, asked, strict=True) if wanted]
    rows = reader.streamed(LISTED.format(where=" AND ".join(where) or "true"), values)
    return Report(COLUMNS, rows, "No shipments.")


TRACK_COLUMNS = (
    Column("shipment_id", "whole", "shipment"),
    Column("order_id", "word", "order", importance="key"),
    Column("carrier"),
    Column("tracking_number", "key", "tracking number"),
    Column("status", "word"),
    Column("heard_at", "instant", "last heard"),
    Column("detail", importance="spare"),
    Column("link"),
)

TRACKED = f"""
SELECT s.id, o.order_id, coalesce(s.carrier_name, s.carrier), s.tracking_number, s.status,
  (SELECT max(e.occurred_at) FROM shipment_news e WHERE e.shipment_id = s.id),
  (SELECT e.detail FROM shipment_news e WHERE e.shipment_id = s.id ORDER BY e.occurred_at DESC, e.status LIMIT 1),
  s.carrier
FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id
WHERE CASE WHEN :shipments IS NULL THEN {_IS_ON_ITS_WAY}
  ELSE s.id IN (SELECT CAST(value AS INTEGER) FROM json_each(:shipments)) END
ORDER BY {_HEARD}, s.id LIMIT :limit"""


PageOf = Callable[[str | None, str | None], str | None]
"""(carrier, tracking number) -> the page of a carrier of which ordercli itself knows none."""


def track_shipments(
    reader: Reader, references: Sequence[str], *, page_of: PageOf, limit: int | None = None
) -> Report:
    """Shipments with what was last heard of them and the carrier's page; those on their way if none is named.

    Raises:
        NotFound: for an unknown shipment.
    """
    shipments = [row for name in references for row in named_shipments(name, _named(reader, name))]
    values = {"shipments": str(shipments) if references else None, "limit": at_most(limit)}
    return Report(TRACK_COLUMNS, _linked(reader.streamed(TRACKED, values), page_of), "No shipment is on its way.")


def _linked(rows: Iterator[Sequence[Any]], page_of: PageOf) -> Iterator[tuple[Any, ...]]:
    for *shown, code in rows:
        yield (*shown, tracking_link(code, shown[3]) or page_of(shown[2], shown[3]))


def _named(reader: Reader, reference: str) -> list[tuple[int, str | None, str, int]]:
    return reader.rows(SHIPMENTS_NAMED, shipment_words(reference)).fetchall()


CARD = f"""
SELECT s.id AS shipment_id, o.order_id, s.status, s.origin, coalesce(s.carrier_name, s.carrier) AS carrier,
  s.carrier AS carrier_code, s.tracking_number, s.service, s.shipped_on, s.recorded_at, s.confirmed_at,
  o.ship_by AS confirm_by, {_IS_LATE} AS is_late, s.is_outdated, s.delivered_at, o.deliver_by,
  s.cost_minor AS cost, {_CONTENTS} AS contents
FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id WHERE s.id = :id"""

EVENTS = """
SELECT e.occurred_at, e.status, e.detail, e.withdraws IS NOT NULL AS is_taken_back, e.operation_id AS operation
FROM shipment_event e WHERE e.shipment_id = :id ORDER BY e.id"""

FIXES = """
SELECT o.recorded_at, f.field, f.old_value AS was, f.new_value AS became, f.operation_id AS operation
FROM shipment_fix f JOIN operation o ON o.id = f.operation_id WHERE f.shipment_id = :id ORDER BY f.id"""

FILES = """
SELECT c.id AS file, c.via, c.written_at, c.name, c.state, f.message AS not_taken
FROM upload_item i JOIN upload_file c ON c.id = i.upload_file_id
LEFT JOIN upload_failure f ON f.upload_item_id = i.id WHERE i.shipment_id = :id ORDER BY i.id"""


FIELDS = (
    Column("shipment_id", "whole"),
    Column("order_id", "word"),
    Column("status", "word"),
    Column("origin", "word"),
    Column("carrier"),
    Column("tracking_number", "key"),
    Column("service"),
    Column("shipped_on", "day"),
    Column("recorded_at", "instant"),
    Column("confirmed_at", "instant"),
    Column("confirm_by", "instant"),
    Column("is_late", "flag"),
    Column("is_outdated", "flag"),
    Column("delivered_at", "instant"),
    Column("deliver_by", "instant"),
    Column("cost", "money"),
    Column("currency", "word"),
    Column("contents", "keys"),
    Column("link"),
)
LISTS = {
    "events": (
        Column("occurred_at", "instant"),
        Column("status", "word"),
        Column("detail"),
        Column("is_taken_back", "flag"),
        Column("operation", "whole"),
    ),
    "corrections": (
        Column("recorded_at", "instant"),
        Column("field", "word"),
        Column("was"),
        Column("became"),
        Column("operation", "whole"),
    ),
    "confirmations": (
        Column("file", "whole"),
        Column("via", "word"),
        Column("written_at", "instant"),
        Column("name"),
        Column("state", "word"),
        Column("not_taken"),
    ),
}


def shipment_card(reader: Reader, reference: str, page_of: PageOf) -> Card:
    """Everything known of one shipment: what happened to it, what was corrected, in which files it went out.

    Raises:
        NotFound: if the reference is no shipment, or several.
    """
    values = {"id": one_shipment(reference, _named(reader, reference))}
    (card,) = _dicts(reader, CARD, values)
    number = card["tracking_number"]
    card["link"] = tracking_link(card.pop("carrier_code"), number) or page_of(card["carrier"], number)
    card["is_late"] = None if card["is_late"] is None else bool(card["is_late"])
    card["is_outdated"] = bool(card["is_outdated"])
    card["cost"] = None if card["cost"] is None else format_amount(card["cost"], reader.currency)
    card["currency"] = reader.currency
    card["events"] = [
        {**row, "is_taken_back": bool(row["is_taken_back"])} for row in _dicts(reader, EVENTS, values)
    ]
    card["corrections"] = _dicts(reader, FIXES, values)
    card["confirmations"] = _dicts(reader, FILES, values)
    return Card(FIELDS, card, LISTS)


def _dicts(reader: Reader, sql: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    cursor = reader.rows(sql, values)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
