"""Which lines of an order wait when units of a product were not on the shelf."""

from collections.abc import Sequence
from typing import NamedTuple


class ShortLine(NamedTuple):
    """A line of an order that a product is wanted for.

    Attributes:
        id, product_id, sku: of the line and of what it sells, which for a kit is not what was missing.
        allocated: units of the line promised to it.
        picked: those of them taken from the shelf already.
        each: units of the missing product in one unit of the line.
    """

    id: int
    product_id: int
    sku: str
    allocated: int
    picked: int
    each: int


def plan_short(lines: Sequence[ShortLine], missing: int) -> dict[int, int] | None:
    """Units of each line that cannot go, where units of a product are missing; None if so many were not promised.

    The last line waits first, whole units of it, so that a kit waits if one of its parts is missing.

    Args:
        lines: those that want the product, oldest first.
        missing: units of the product, > 0.
    """
    plan: dict[int, int] = {}
    for line in reversed(lines):
        plan[line.id] = max(0, min(line.allocated, -(-missing // line.each)))
        missing -= plan[line.id] * line.each
    if missing > 0:
        return None
    for line in reversed(lines):  # a kit may have taken more than what other lines left of the shortage
        spared = min(plan[line.id], -missing // line.each)
        plan[line.id] -= spared
        missing += spared * line.each
    return {line: units for line, units in plan.items() if units}
