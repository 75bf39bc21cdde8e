"""Packing: units of an order that went into a parcel, with what it weighs and what it is packed in."""

from collections.abc import Sequence

from sqlalchemy import text

from ordercli.domain.money import format_amount
from ordercli.domain.shipping.packing import PackOrder
from ordercli.domain.words import count
from ordercli.errors import Refused
from ordercli.services.events import add_events
from ordercli.services.operations import Outcome, Work
from ordercli.services.shipping.picking import record_picks

_PACKING = """
INSERT INTO packing (sales_order_id, packed_at, is_scanned, weight_grams, packaging_cost_minor, operation_id)
VALUES (:order, :now, :scanned, :weight, :cost, :operation) RETURNING id"""

_LINE = """
INSERT INTO packing_line (packing_id, order_line_id, quantity, units_before)
VALUES (:packing, :line, :units, :before)"""


def pack(
    work: Work, orders: Sequence[PackOrder], *, is_scanned: bool = False, weight_grams: int | None = None
) -> Outcome:
    """Record that what orders have was packed, each into a parcel of its own; what was not picked is picked by it.

    Orders of which everything there is packed already are left as they are.

    Args:
        work: the command's frame.
        orders: as they stand in this transaction.
        is_scanned: whether each unit was scanned.
        weight_grams: as weighed, of a single order; else what the products say.

    Raises:
        Refused: if nothing of an order can be packed.
    """
    for order in orders:
        if not order.units and not any(line.units_before for line in order.lines):
            raise Refused(f"Nothing of order {order.order_id} can be packed: {_waiting(order)}.")
    packed = [order for order in orders if order.units]
    for order in packed:
        _record(work, order, is_scanned=is_scanned, weight_grams=weight_grams)
    if not packed:
        names = ", ".join(order.order_id for order in orders)
        return Outcome(f"what there is of {names} is packed already")
    add_events(work, "packed", [(order.id, count(order.units, "unit")) for order in packed])
    return Outcome(
        _summary(work, packed, weight_grams),
        {"orders_packed": len(packed), "units_packed": sum(order.units for order in packed)},
        {},
        tuple(f"order {order.order_id} still waits for {_waiting(order)}" for order in packed if order.missing),
        tuple(_materials(order) for order in packed if order.packaging),
        reference=packed[0].order_id if len(packed) == 1 else None,
    )


def _record(work: Work, order: PackOrder, *, is_scanned: bool, weight_grams: int | None) -> None:
    lines = [line for line in order.lines if line.units]
    record_picks(work, [(line.id, line.units - line.picked) for line in lines if line.units > line.picked])
    number = work.connection.execute(
        text(_PACKING),
        {
            "order": order.id,
            "now": work.now,
            "scanned": int(is_scanned),
            "weight": weight_grams or order.weight_grams,
            "cost": order.packaging_cost_minor,
            "operation": work.operation,
        },
    ).scalar_one()
    work.connection.execute(
        text(_LINE),
        [{"packing": number, "line": line.id, "units": line.units, "before": line.units_before} for line in lines],
    )


def _waiting(order: PackOrder) -> str:
    return ", ".join(f"{units} {sku}" for sku, units in order.missing.items()) or "nothing of it is open"


def _summary(work: Work, packed: Sequence[PackOrder], weight_grams: int | None) -> str:
    units = count(sum(order.units for order in packed), "unit")
    what = f"order {packed[0].order_id}" if len(packed) == 1 else count(len(packed), "order")
    told = []
    if len(packed) == 1 and (weight := weight_grams or packed[0].weight_grams):
        told.append(f"{weight:,} g")
    costs = [cost for order in packed if (cost := order.packaging_cost_minor) is not None]
    if costs:
        told.append(f"packaging {format_amount(sum(costs), work.shop.currency)} {work.shop.currency}")
    return f"packed {units} of {what}" + (f" ({', '.join(told)})" if told else "")


def _materials(order: PackOrder) -> str:
    used = ", ".join(f"{units} {what}" for what, units in sorted(order.packaging.items()))
    return f"Packaging of order {order.order_id}: {used}."
