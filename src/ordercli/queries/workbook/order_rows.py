"""The rows of the sheet Order Tracking: a line of an order each, with the shipment it went in."""

import json
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from ordercli.domain.money import nearest_number
from ordercli.domain.orders.orders import HANDLE, order_status
from ordercli.domain.shares import LEFT, share_sql, total_of
from ordercli.domain.text import mask_name
from ordercli.domain.workbook.figures import TO_SHIP, alert, days_late
from ordercli.domain.workbook.rows import TrackedLine
from ordercli.queries.reader import Reader

DAYS = 90
"""Days of orders that the sheet goes back to, unless told otherwise; open orders are on it however old."""

# Times in the order that the sheet has them. A line that went in several shipments has several rows here.
LINES = f"""
SELECT l.id, o.order_id, {HANDLE}, o.channel, coalesce(d.customer_name, d.ship_name), o.ordered_at, p.sku,
  {LEFT}, iif(l.quantity <> 0, {share_sql("l.item_price_minor", "1", "l.quantity")}, NULL), {total_of(LEFT)},
  coalesce(o.currency, :currency), l.quantity, l.quantity_shipped, l.quantity_canceled, o.is_released,
  iif(o.fulfillment = 'FBM', o.ship_by, NULL), d.note, s.id, s.shipped_on,
  coalesce(s.carrier_name, s.carrier), s.tracking_number, s.delivered_at
FROM sales_order o
CROSS JOIN order_line l ON l.sales_order_id = o.id
CROSS JOIN product p ON p.id = l.product_id
LEFT JOIN personal_data d ON d.personal_id = o.personal_id AND d.version = o.personal_version
LEFT JOIN shipment_line x ON x.order_line_id = l.id AND l.quantity_shipped > 0
LEFT JOIN shipment s ON s.id = x.shipment_id AND s.status <> 'void'
WHERE {{where}}
ORDER BY o.ordered_at, o.id, l.line_no, l.id, s.id"""

_SINCE = "(o.ordered_at >= :since OR o.units_open > 0)"
COUNT = f"SELECT count(*) FROM sales_order o JOIN order_line l ON l.sales_order_id = o.id WHERE {_SINCE}"

_LINES = "(SELECT CAST(value AS INTEGER) FROM json_each(:lines))"
_NAMED = f"o.id IN (SELECT n.sales_order_id FROM order_line n WHERE n.id IN {_LINES}) AND l.id IN {_LINES}"


def tracked_lines(reader: Reader, since: str, *, with_personal_data: bool) -> Iterator[TrackedLine]:
    """The lines of orders placed since an instant, and of those that are open, oldest order first.

    Args:
        reader: the reading.
        since: UTC text.
        with_personal_data: whole names and notes; else names are masked and notes left out.
    """
    return _lines(reader, _SINCE, {"since": since}, with_personal_data=with_personal_data)


def count_lines(reader: Reader, since: str) -> int:
    """How many rows :func:`tracked_lines` gives."""
    return int(reader.rows(COUNT, {"since": since}).fetchone()[0])


def lines_named(reader: Reader, lines: Collection[int], *, with_personal_data: bool) -> dict[int, TrackedLine]:
    """The same rows of some lines, by the lines' row ids, as they are now."""
    found = _lines(reader, _NAMED, {"lines": json.dumps([*lines])}, with_personal_data=with_personal_data)
    return {line.line: line for line in found}


def _lines(
    reader: Reader, where: str, values: dict[str, Any], *, with_personal_data: bool
) -> Iterator[TrackedLine]:
    clock = wall_clock(reader.time_zone)
    as_of = clock(reader.now)
    rows = reader.streamed(LINES.format(where=where), values)
    for _, parts in groupby(rows, key=itemgetter(0)):
        yield _line([*parts], clock, as_of, with_personal_data=with_personal_data)


def _line(
    parts: list[tuple[Any, ...]],
    clock: Callable[[str], datetime],
    as_of: datetime,
    *,
    with_personal_data: bool,
) -> TrackedLine:
    line, order_id, handle, channel, customer, ordered_at, sku, left, price, total, currency, *rest = parts[0]
    quantity, shipped_units, canceled, is_released, promise, note = rest[:6]
    sent = [part[17:] for part in parts if part[17] is not None]
    status = order_status(quantity, shipped_units, canceled, is_released=bool(is_released))
    ship_by = clock(promise) if promise else None
    shipped_on = max((day for _, day, *_ in sent if day), default=None)
    shipped = date.fromisoformat(shipped_on) if shipped_on else None
    delivered = max((at for *_, at in sent if at), default=None)
    open_units = quantity - shipped_units - canceled
    return TrackedLine(
        order_id=order_id,
        channel=channel,
        customer=customer if with_personal_data else mask_name(customer),
        ordered=clock(ordered_at),
        product=sku,
        quantity=left,
        price=None if price is None else nearest_number(price, currency),
        total=None if total is None else nearest_number(total, currency),
        status=status,
        ship_by=ship_by,
        shipped=shipped,
        carrier=_joined(carrier for _, _, carrier, _, _ in sent),
        tracking=_joined(number for _, _, _, number, _ in sent),
        delivered=clock(delivered).date() if delivered else None,
        days_late=days_late(ship_by, None if open_units else shipped, as_of, is_open=status in TO_SHIP),
        alert=alert(status, ship_by, as_of),
        note=note if with_personal_data else None,
        line=line,
        handle=handle,
        currency=currency,
        shipments=tuple(shipment for shipment, *_ in sent),
        open_units=open_units,
    )


def _joined(texts: Iterator[str | None]) -> str | None:
    """Different texts in one cell."""
    return "; ".join(dict.fromkeys(text for text in texts if text)) or None


def wall_clock(zone: str) -> Callable[[str], datetime]:
    """A function from UTC text to the time on the wall there, without a zone, as spreadsheets have it."""
    info = ZoneInfo(zone)

    @lru_cache(maxsize=4096)
    def at(instant: str) -> datetime:
        return datetime.fromisoformat(instant).astimezone(info).replace(tzinfo=None)

    return at
