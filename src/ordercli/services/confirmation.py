"""The channel's shipment confirmation: which parcels go out, and when they count as confirmed.

Two steps, because bytes that left cannot be called back. First the parcels are marked with the moment and a
file in state ``unknown``; then the caller writes and flushes the bytes; then the file becomes ``written``. A
crash in between leaves ``unknown``: the parcels are not sent again by themselves, and
``shipment confirm --again NUMBER`` writes that very file once more. Its rows: ``queries/confirmation.py``.
"""

from sqlalchemy import Connection, text

from ordercli.domain.words import count
from ordercli.services.operations import Outcome, Work

# A line without an order-item id can be told only as "the whole order", so its parcel must be just that.
_WAITING = """
SELECT s.id, o.order_id, min(l.item_id IS NOT NULL) OR sum(sl.quantity) = o.units - o.units_canceled AS can_go
FROM shipment s
JOIN sales_order o ON o.id = s.sales_order_id AND o.channel = :channel
JOIN shipment_line sl ON sl.shipment_id = s.id
JOIN order_line l ON l.id = sl.order_line_id
WHERE s.confirmed_at IS NULL AND s.origin = 'seller' AND s.status <> 'void'
GROUP BY s.id ORDER BY s.id"""


def start_confirmation(work: Work, channel: str, name: str) -> tuple[Outcome, int | None]:
    """Mark every parcel not confirmed yet as confirmed now, in a new file of state ``unknown``.

    Returns:
        The outcome, and the number of the file; None if no parcel waits.
    """
    rows = work.connection.execute(text(_WAITING), {"channel": channel}).all()
    waiting = [row.id for row in rows if row.can_go]
    stuck = tuple(
        f"order {row.order_id} is left out: its order-item ids are not known yet; import an unshipped-orders or "
        "order report that lists it"
        for row in rows
        if not row.can_go
    )
    if not waiting:
        return Outcome("no parcel waits for confirmation", warnings=stuck), None
    number = int(
        work.connection.execute(
            text(
                "INSERT INTO confirmation_file (operation_id, channel, written_at, name, state)"
                " VALUES (:operation, :channel, :now, :name, 'unknown') RETURNING id"
            ),
            {"operation": work.operation, "channel": channel, "now": work.now, "name": name},
        ).scalar_one()
    )
    work.connection.execute(
        text("UPDATE shipment SET confirmed_at = :now, confirmation_file_id = :file WHERE id = :id"),
        [{"now": work.now, "file": number, "id": shipment} for shipment in waiting],
    )
    work.connection.execute(
        text("INSERT INTO upload_item (confirmation_file_id, shipment_id) VALUES (:file, :id)"),
        [{"file": number, "id": shipment} for shipment in waiting],
    )
    return (
        Outcome(
            f"confirmation file {number}: {count(len(waiting), 'parcel')} to {name}",
            {"parcels_confirmed": len(waiting)},
            {"confirmation_file": number},
            (*stuck, *_late_warnings(work, number)),
        ),
        number,
    )


def _late_warnings(work: Work, file: int) -> tuple[str, ...]:
    late = work.connection.execute(
        text(
            "SELECT o.order_id FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id"
            " WHERE s.confirmation_file_id = :file AND s.confirmed_at > o.ship_by ORDER BY o.order_id"
        ),
        {"file": file},
    ).scalars()
    return tuple(f"order {order_id} is confirmed late" for order_id in late)


def finish_confirmation(connection: Connection, file: int) -> None:
    """Record that the bytes of a file are out; called once they are flushed."""
    connection.execute(text("UPDATE confirmation_file SET state = 'written' WHERE id = :id"), {"id": file})


def unfinished_files(work: Work) -> list[int]:
    """Files begun whose bytes may or may not be out, oldest first."""
    return list(
        work.connection.execute(
            text("SELECT id FROM confirmation_file WHERE state = 'unknown' ORDER BY id")
        ).scalars()
    )
