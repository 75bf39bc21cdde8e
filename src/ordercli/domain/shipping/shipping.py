"""What may go into a shipment."""

from collections.abc import Sequence
from dataclasses import dataclass

from ordercli.domain.orders.orders import fill_oldest_first, names_line


@dataclass(frozen=True, slots=True)
class LineState:
    """An order line as far as a shipment is concerned.

    Attributes:
        handle: what names it behind ``#``.
        open_units: units neither shipped nor canceled.
        allocated: those of them that stock is promised to; <= open_units.
    """

    id: int
    sku: str
    handle: str
    open_units: int
    allocated: int

    def is_meant(self, key: str) -> bool:
        """Whether a SKU, or ``#`` and the handle, means this line."""
        return names_line(key, self.sku, self.handle)


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order as far as a shipment is concerned."""

    order_id: str
    status: str
    fulfillment: str
    is_on_hold: bool
    lines: Sequence[LineState]


def plan_shipment(order: OrderState, wanted: Sequence[tuple[str, int]]) -> dict[int, int] | str:
    """Units of each line that a shipment takes, or why it cannot go, as a sentence.

    Args:
        order: the order as it stands.
        wanted: (SKU or ``#ITEM_ID``, units), each with a line of the order; empty for everything the order still
            needs, which is refused when part of it is backordered, since half an order must not go unnoticed.

    Returns:
        Units by line id, all > 0 and allocated; or the refusal.
    """
    refusal = _not_shippable(order)
    if refusal:
        return refusal
    if not wanted:
        waiting = [line for line in order.lines if line.open_units > line.allocated]
        if waiting:
            return _name_backordered(order, waiting)
        return {line.id: line.open_units for line in order.lines if line.open_units}
    taken: dict[int, int] = {}
    for key, units in wanted:
        meant = [line for line in order.lines if line.is_meant(key)]
        free = [line.allocated - taken.get(line.id, 0) for line in meant]
        if sum(free) < units:
            missing = sum(line.open_units for line in meant) - sum(line.allocated for line in meant)
            waiting_note = f" ({missing} backordered)" if missing else ""
            there, asked = (
                sum(line.allocated for line in meant),
                units + sum(taken.get(line.id, 0) for line in meant),
            )
            return f"Order {order.order_id} has {there} units of {key} to ship, not {asked}{waiting_note}."
        for line, part in zip(meant, fill_oldest_first(units, free), strict=True):
            if part:
                taken[line.id] = taken.get(line.id, 0) + part
    return taken


def _not_shippable(order: OrderState) -> str | None:
    name = f"Order {order.order_id}"
    if order.fulfillment == "FBA":
        return f"{name} is fulfilled by Amazon; there is nothing to ship."
    if order.is_on_hold:
        return f"{name} is on hold; release it first with: ordercli order release {order.order_id}"
    if order.status == "canceled":
        return f"{name} is canceled; put the parcel aside."
    if not any(line.open_units for line in order.lines):
        return f"{name} is shipped already; nothing of it is open."
    return None


def _name_backordered(order: OrderState, waiting: Sequence[LineState]) -> str:
    missing = ", ".join(f"{line.open_units - line.allocated} {line.sku}" for line in waiting)
    ready = " ".join(f"--line {line.sku}:{line.allocated}" for line in order.lines if line.allocated)
    what = f"ship what is there with: {ready}" if ready else "nothing of it can ship yet"
    return f"Order {order.order_id} waits for {missing}; {what}."


def is_untold(status: str, origin: str, confirmed_at: str | None, *, is_outdated: bool) -> bool:
    """Whether a shipment goes out in the next confirmation file: the twin of :data:`UNTOLD`, which statements use.

    Args:
        status: of the shipment; of a void one the channel learns by hand.
        origin: ``seller``, or ``channel`` for what the channel itself reported.
        confirmed_at: when the channel was told; None until then.
        is_outdated: whether it was corrected since.
    """
    return status != "void" and ((confirmed_at is None and origin == "seller") or is_outdated)


UNCONFIRMED = "confirmed_at IS NULL AND origin = 'seller'"
"""SQL over ``shipment``: recorded here, and the channel does not know of it."""

UNTOLD = f"""SELECT id FROM shipment WHERE {UNCONFIRMED}
    UNION SELECT id FROM shipment WHERE is_outdated = 1"""
"""SQL: the shipments of :func:`is_untold`, void ones too; each half is found by an index of its own."""
