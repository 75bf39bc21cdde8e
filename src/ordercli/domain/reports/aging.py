"""Which stock earns its place: value classes, sell-through, excess, and what to do with what does not sell.

Sources: the rule of value classes (share before the item) is one of two in use and fixed here; sell-through over
90 days is units shipped over the mean units on hand; more than 90 days of supply is excess, as Amazon has it.
"""

from math import floor
from typing import NamedTuple

_LITTLE = 1e-6


def sell_through(shipped: int, mean_on_hand: float) -> float | None:
    """How often the stock was sold in the time: units shipped over the mean on hand; None without stock."""
    return shipped / mean_on_hand if mean_on_hand > 0 else None


def excess_units(on_hand: int, per_day: float, days: int) -> int:
    """Units above what ``days`` days of sales take; all of them without sales."""
    return max(0, on_hand - floor(per_day * days + _LITTLE))


class Shelf(NamedTuple):
    """What is known of a product that lies there.

    Attributes:
        on_hand: units, >= 1.
        oldest_days: since the oldest of them came.
        idle_days: since the last sale; None if there never was one.
        excess: units above the days of supply that are enough.
    """

    on_hand: int
    oldest_days: int
    idle_days: int | None
    excess: int


STATUSES = ("DEAD", "EXCESS", "NEW", "OK")
"""The worst first."""

_NEW_DAYS = 30


def status_of(shelf: Shelf, dead_days: int) -> str:
    """What to call it.

    ``DEAD`` lies for that long without a sale, ``NEW`` came less than 30 days ago and never sold, ``EXCESS`` is
    more than is enough; else ``OK``.
    """
    if shelf.idle_days is None and shelf.oldest_days < _NEW_DAYS:
        return "NEW"
    idle = shelf.oldest_days if shelf.idle_days is None else min(shelf.idle_days, shelf.oldest_days)
    if idle >= dead_days:
        return "DEAD"
    return "EXCESS" if shelf.excess else "OK"


def action_of(status: str, shelf: Shelf) -> str:
    """What to do about it, in words."""
    if status == "DEAD":
        return f"clear all {shelf.on_hand}: mark down, bundle, return to the supplier, or write off"
    if status == "EXCESS":
        return f"buy none; sell off {shelf.excess}"
    return "wait" if status == "NEW" else "keep"
