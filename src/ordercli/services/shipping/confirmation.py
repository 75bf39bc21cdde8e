"""The channel's shipment confirmation: which shipments go out, and when they count as confirmed.

How a file goes out in two steps is in ``services/shipping/upload_files.py``; its rows are in
``queries/shipping/upload_files.py``.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text

from ordercli.domain.orders.left_canceled import SHIPMENT_LEFT_CANCELED
from ordercli.domain.orders.orders import late_sql
from ordercli.domain.shipping.shipping import UNTOLD
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.services.operations import Outcome, Work
from ordercli.services.shipping.shipment_events import get_shipment
from ordercli.services.shipping.upload_files import begin_file

# A line without an order-item id can be told only as "the whole order", so its shipment must be just that. A blank
# tracking number must not go out over one that the channel knows from a shipment since voided.
_WAITING = f"""
SELECT s.id, s.sales_order_id, o.order_id, s.confirmed_at IS NULL AS is_new,
  min(l.item_id IS NOT NULL) OR sum(sl.quantity) = o.units - o.units_canceled AS is_named,
  {SHIPMENT_LEFT_CANCELED.format(shipment="s")} AS is_canceled,
  (SELECT max(k.tracking_number) FROM shipment k JOIN upload_item i ON i.shipment_id = k.id
    WHERE s.tracking_number IS NULL AND k.sales_order_id = s.sales_order_id AND k.status = 'void'
      AND NOT EXISTS (SELECT 1 FROM upload_failure f WHERE f.upload_item_id = i.id)) AS known_number
FROM shipment s
JOIN sales_order o ON o.id = s.sales_order_id AND o.channel = :channel
JOIN shipment_line sl ON sl.shipment_id = s.id
JOIN order_line l ON l.id = sl.order_line_id
WHERE s.id IN ({UNTOLD}
    UNION SELECT value FROM json_each(:again))
  AND s.status <> 'void'
GROUP BY s.id ORDER BY s.id"""

_MARK = """
UPDATE shipment SET confirmed_at = coalesce(confirmed_at, :now), upload_file_id = :file, is_outdated = 0
WHERE id = :id"""


def start_confirmation(work: Work, channel: str, name: str, again: Sequence[str] = ()) -> Outcome:
    """Mark every shipment that the channel does not know, or not as corrected, in a file of state ``unknown``.

    Shipments not confirmed yet count as confirmed now; when others were confirmed stays as it was.

    Args:
        work: the command's frame.
        channel: whose shipments.
        name: of the file, for the journal.
        again: confirmed shipments that are to go out once more, by number or tracking number.

    Returns:
        The outcome, with the ids of the file and of the orders told; without any if no shipment waits.

    Raises:
        NotFound: for an unknown shipment in ``again``.
        Refused: for one that is void, not of the channel, or was never the seller's.
    """
    wanted = [get_shipment(work, reference) for reference in again]
    values = {"channel": channel, "again": str(wanted)}
    rows = work.connection.execute(text(_WAITING), values).all()
    for shipment in sorted(set(wanted) - {row.id for row in rows}):
        raise Refused(f"Shipment {shipment} is void, or not one of {channel}'s; it cannot be confirmed there.")
    stuck = tuple(_reason(row) for row in rows if not _can_go(row))
    waiting = [row for row in rows if _can_go(row)]
    if not waiting:
        return Outcome("no shipment waits for confirmation", warnings=stuck)
    number = begin_file(work, channel, "confirmation", name, [row.id for row in waiting])
    work.connection.execute(text(_MARK), [{"now": work.now, "file": number, "id": row.id} for row in waiting])
    told_before = sum(not row.is_new for row in waiting)
    anew = f", {told_before} of them told anew" if told_before else ""
    return Outcome(
        f"confirmation file {number}: {count(len(waiting), 'shipment')} to {name}{anew}",
        {"shipments_confirmed": len(waiting)},
        {"upload_file": number},
        (*stuck, *_late_warnings(work, number)),
        ids={"upload_file": [number], "sales_order": sorted({row.sales_order_id for row in waiting})},
    )


def _can_go(row: Row[Any]) -> bool:
    return bool(row.is_named and not row.known_number and not row.is_canceled)


def _reason(row: Row[Any]) -> str:
    if row.is_canceled:
        return (
            f"order {row.order_id} is left out: the channel has canceled it; stop shipment {row.id}, then: "
            f"ordercli shipment void {row.id}"
        )
    if row.known_number:
        return (
            f"order {row.order_id} is left out: the channel knows {row.known_number} for it, and a shipment "
            "without number would blank that; add the number with: ordercli shipment fix"
        )
    return (
        f"order {row.order_id} is left out: its order-item ids are not known yet; import an unshipped-orders or "
        "order report that lists it"
    )


def _late_warnings(work: Work, file: int) -> tuple[str, ...]:
    late = work.connection.execute(
        text(
            "SELECT o.order_id FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id"
            " WHERE s.upload_file_id = :file AND s.confirmed_at = :now"
            f" AND {late_sql('s.confirmed_at', 'o.ship_by')}"
            " ORDER BY o.order_id"
        ),
        {"file": file, "now": work.now},
    ).scalars()
    return tuple(f"order {order_id} is confirmed late" for order_id in late)
