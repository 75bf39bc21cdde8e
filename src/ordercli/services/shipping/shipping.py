"""Recording shipments: one typed in, or thousands from a file, by the same steps.

Planned in memory (``shipping_plan.py``), written together (``shipping_write.py``), summed up here.
"""

from collections.abc import Sequence

from ordercli.domain.orders.orders import is_late
from ordercli.domain.times import local
from ordercli.domain.words import count
from ordercli.services.operations import Outcome, Work
from ordercli.services.settings import confirms_by_upload
from ordercli.services.shipping.shipping_plan import (
    EVERYDAY,
    Allowances,
    Batch,
    NewShipment,
    ShipmentFault,
    plan_shipments,
)
from ordercli.services.shipping.shipping_write import write_shipments

_MOST_NAMED = 5


def ship(
    work: Work, shipments: Sequence[NewShipment], rules: Allowances = EVERYDAY
) -> tuple[Outcome, list[ShipmentFault]]:
    """Record shipments in their order; those that cannot be are returned as faults and change nothing.

    Args:
        work: the command's frame.
        shipments: what left the house.
        rules: what the user allows.

    Returns:
        The outcome, and the shipments refused with their reasons.
    """
    batch = plan_shipments(work, shipments, rules)
    movements, settled = write_shipments(work, batch.planned) if batch.planned else (0, ())
    units = sum(sum(planned.units.values()) for planned in batch.planned)
    counts = {
        "shipments": len(batch.planned),
        "shipments_unchanged": len(batch.unchanged),
        "shipments_rejected": len(batch.faults),
        "units_shipped": units,
    }
    is_one = len(shipments) == 1 and bool(batch.planned)
    return (
        Outcome(
            _summary(batch, units),
            {"shipments": len(batch.planned), "movements": movements},
            counts,
            (*_warnings(batch), *settled),
            _notes(work, batch),
            reference=batch.planned[0].order.state.order_id if is_one else None,
            ids={"sales_order": [planned.order.id for planned in batch.planned]},
            doubts=tuple(planned.doubt for planned in batch.planned if planned.doubt),
        ),
        batch.faults,
    )


def _summary(batch: Batch, units: int) -> str:
    if len(batch.planned) == 1 and not batch.unchanged and not batch.faults:
        (planned,) = batch.planned
        shipment = planned.shipment
        number = f" {shipment.tracking_number}" if shipment.tracking_number else ""
        order = planned.order.state.order_id
        return f"shipped {count(units, 'unit')} of order {order} with {shipment.carrier.title}{number}"
    if not batch.planned and not batch.faults:
        return (
            "every shipment is recorded already"
            if len(batch.unchanged) > 1
            else "the shipment is recorded already"
        )
    parts = [f"recorded {count(len(batch.planned), 'shipment')} with {count(units, 'unit')}"]
    if batch.unchanged:
        parts.append(f"{len(batch.unchanged)} unchanged")
    if batch.faults:
        parts.append(f"{len(batch.faults)} refused")
    return ", ".join(parts)


def _warnings(batch: Batch) -> list[str]:
    warnings = []
    untracked = sum(planned.shipment.tracking_number is None for planned in batch.planned)
    if untracked:
        warnings.append(
            f"{count(untracked, 'shipment')} without tracking number: that counts against the valid tracking rate"
        )
    states = (planned.order.state for planned in batch.planned)
    pending = list(dict.fromkeys(state.order_id for state in states if state.status == "pending"))
    warnings += [
        f"order {order_id} is pending: the channel had not released it when it was shipped"
        for order_id in pending[:_MOST_NAMED]
    ]
    if more := len(pending[_MOST_NAMED:]):
        warnings.append(f"{count(more, 'more order')} shipped while the channel had not released them")
    return warnings


def _notes(work: Work, batch: Batch) -> tuple[str, ...]:
    """Until when a single shipment must be confirmed to be on time."""
    if len(batch.planned) != 1:
        return ()
    order = batch.planned[0].order
    if not order.ship_by or not confirms_by_upload(work.connection, order.channel, work.today):
        return ()
    until = local(order.ship_by, work.shop.time_zone).strftime("%Y-%m-%d %H:%M:%S %Z")
    if is_late(work.now, order.ship_by):
        return (f"It is late: it was to be confirmed by {until}. Confirm it now: ordercli shipment confirm FILE",)
    return (f"On time if confirmed by {until}, with: ordercli shipment confirm FILE",)
