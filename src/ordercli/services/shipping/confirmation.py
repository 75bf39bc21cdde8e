"""The channel's shipment confirmation: which shipments go out, and when they count as confirmed.

How a file goes out in two steps is in ``services/shipping/upload_files.py``; its rows are in
``queries/shipping/upload_files.py``.
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from ordercli.domain.orders.left_canceled import SHIPMENT_LEFT_CANCELED
from ordercli.domain.orders.orders import late_sql
from ordercli.domain.shipping.shipping import UNTOLD
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.services.operations import Outcome, Work
from ordercli.services.shipping.shipment_events import get_shipment
from ordercli.services.shipping.upload_files import begin_file

# A line without an order-item id can be told only as "the whole order", so its shipment must be just that. A blank
# tracking number must not go out over one that the channel knows from a shipment since voided. What a call may
# have told, and no operation has recorded yet, is the calls' to finish.
_WAITING = f"""
SELECT s.id, s.sales_order_id, o.order_id, o.sales_channel, s.confirmed_at IS NULL AS is_new,
  s.tracking_number IS NOT NULL AS is_tracked, min(l.item_id IS NOT NULL) AS is_identified,
  min(l.item_id IS NOT NULL) OR sum(sl.quantity) = o.units - o.units_canceled AS is_named,
  {SHIPMENT_LEFT_CANCELED.format(shipment="s")} AS is_canceled,
  (SELECT max(k.tracking_number) FROM shipment k JOIN upload_item i ON i.shipment_id = k.id
    WHERE s.tracking_number IS NULL AND k.sales_order_id = s.sales_order_id AND k.status = 'void'
      AND NOT EXISTS (SELECT 1 FROM upload_failure f WHERE f.upload_item_id = i.id)) AS known_number,
  (SELECT f.via FROM upload_item i JOIN upload_file f ON f.id = i.upload_file_id WHERE i.shipment_id = s.id
      AND NOT EXISTS (SELECT 1 FROM upload_failure x WHERE x.upload_item_id = i.id)
    ORDER BY i.id DESC LIMIT 1) AS told_via,
  EXISTS (SELECT 1 FROM amazon_call c
    WHERE c.name = 'confirmShipment' AND c.subject = o.order_id || '/' || s.id AND c.is_open = 1
      AND c.state IN ('unknown', 'taken')) AS is_in_call
FROM shipment s
JOIN sales_order o ON o.id = s.sales_order_id AND o.channel = :channel
JOIN shipment_line sl ON sl.shipment_id = s.id
JOIN order_line l ON l.id = sl.order_line_id
WHERE s.id IN ({UNTOLD}
    UNION SELECT CAST(value AS INTEGER) FROM json_each(:again))
  AND s.status <> 'void'
GROUP BY s.id, o.id ORDER BY s.id"""

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
    rows = waiting_shipments(work.connection, channel, wanted)
    for shipment in sorted(set(wanted) - {row.id for row in rows}):
        raise Refused(f"Shipment {shipment} is void, or not one of {channel}'s; it cannot be confirmed there.")
    stuck = tuple(reason for row in rows if (reason := _reason(row, wanted)) is not None)
    waiting = [row for row in rows if _reason(row, wanted) is None]
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
        (*stuck, *late_warnings(work, [row.id for row in waiting if row.is_new])),
        ids={"upload_file": [number], "sales_order": sorted({row.sales_order_id for row in waiting})},
    )


def waiting_shipments(connection: Connection, channel: str, again: Sequence[int] = ()) -> Sequence[Row[Any]]:
    """The shipments that a channel does not know, or not as corrected, with what decides whether they may go out.

    Args:
        connection: in a transaction.
        channel: whose shipments.
        again: row ids of others that are to go out once more.
    """
    return connection.execute(text(_WAITING), {"channel": channel, "again": str(list(again))}).all()


def canceled_reason(row: Row[Any]) -> str:
    """Why a shipment whose order the channel canceled must not be told in any way."""
    return (
        f"order {row.order_id} is left out: the channel has canceled it; stop shipment {row.id}, then: "
        f"ordercli shipment void {row.id}"
    )


def _reason(row: Row[Any], wanted: Collection[int]) -> str | None:
    """Why a shipment cannot go out in a file; None if it can."""
    if row.is_canceled:
        return canceled_reason(row)
    if row.is_in_call:
        return (
            f"order {row.order_id} is left out: Amazon may have been told of shipment {row.id} by a run that did"
            " not end; finish it with: ordercli sync amazon push"
        )
    if row.told_via == "call" and row.id not in wanted:
        return (
            f"order {row.order_id} is left out: Amazon knows shipment {row.id} from a call, and so its correction"
            f" goes: ordercli sync amazon push; in a file all the same: --shipment {row.id}"
        )
    if row.known_number:
        return (
            f"order {row.order_id} is left out: the channel knows {row.known_number} for it, and a shipment "
            "without number would blank that; add the number with: ordercli shipment fix"
        )
    if row.is_named:
        return None
    return (
        f"order {row.order_id} is left out: its order-item ids are not known yet; import an unshipped-orders or "
        "order report that lists it"
    )


def late_warnings(work: Work, shipments: Sequence[int]) -> tuple[str, ...]:
    """Which orders are confirmed late, of shipments that just were confirmed."""
    late = work.connection.execute(
        text(
            "SELECT o.order_id FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id"
            " WHERE s.id IN (SELECT value FROM json_each(:shipments))"
            f" AND {late_sql('s.confirmed_at', 'o.ship_by')}"
            " ORDER BY o.order_id"
        ),
        {"shipments": str(list(shipments))},
    ).scalars()
    return tuple(f"order {order_id} is confirmed late" for order_id in late)
