"""The stages an order goes through before it is confirmed, and which of them took longest."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class LateBy(StrEnum):
    """What late orders are told apart by."""

    STAGE = "stage"
    SKU = "sku"
    WEEKDAY = "weekday"
    CARRIER = "carrier"


STAGES = ("import", "waiting for stock", "pick", "pack", "hand-over")
UNRECORDED = "unrecorded"
"""The time between milestones of which nothing says what it was spent on."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Milestones(NamedTuple):
    """When an order came to each point, as UTC text; None where nobody recorded it.

    Attributes:
        ordered: placed on the channel.
        recorded: known to the shop.
        picked, packed: the last of its units.
        shipped: its last shipment recorded.
        confirmed: its last shipment confirmed to the channel.
        allocated: the last of its units that had to wait got stock; None if none had to.
    """

    ordered: str
    recorded: str
    picked: str | None
    packed: str | None
    shipped: str | None
    confirmed: str
    allocated: str | None = None


def stage_hours(order: Milestones) -> dict[str, float]:
    """Hours of each stage of which both ends are recorded, and of what is left as ``unrecorded``.

    They add up to the time from order to confirmation. A milestone that is told out of turn is taken at the one
    before it. Only an order with units that had to wait for stock tells how long it waited.
    """
    start, end = _instant(order.ordered), max(_instant(order.ordered), _instant(order.confirmed))
    recorded = _between(start, order.recorded, end)
    allocated = None if order.allocated is None else _between(recorded, order.allocated, end)
    ready = allocated or recorded
    picked = None if order.picked is None else _between(ready, order.picked, end)
    packed = None if order.packed is None else _between(picked or ready, order.packed, end)
    shipped = None if order.shipped is None else _between(ready, order.shipped, end)
    leaving = packed or picked or shipped
    ends = {
        "import": (start, recorded),
        "waiting for stock": (recorded, allocated),
        "pick": (ready, picked),
        "pack": (picked, packed),
        "hand-over": (leaving, end),
    }
    hours = {stage: _hours(one, two) for stage, (one, two) in ends.items() if one is not None and two is not None}
    # Sums of floats may miss nothing by a hair.
    return {**hours, UNRECORDED: max(0.0, round(_hours(start, end) - sum(hours.values()), 6))}


def slowest(hours: dict[str, float]) -> str:
    """The stage that took longest, the first of equals; ``unrecorded`` if more is unknown than any stage took."""
    return max((*STAGES, UNRECORDED), key=lambda stage: hours.get(stage, -1.0))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _between(first: datetime, text: str, last: datetime) -> datetime:
    return max(first, min(_instant(text), last))


def _hours(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 3600
