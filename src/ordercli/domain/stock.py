"""Stock words and rules: places, levels, who gets promised what."""

from bisect import insort
from typing import Literal

HOME = "HOME"
QUARANTINE = "QUARANTINE"
DAMAGED = "DAMAGED"
FBA = "FBA"
SUPPLIER = "SUPPLIER"
CUSTOMER = "CUSTOMER"
LOSS = "LOSS"

LOCATIONS = {
    HOME: "sellable",
    QUARANTINE: "quarantine",
    DAMAGED: "damaged",
    FBA: "fba",
    SUPPLIER: "outside",
    CUSTOMER: "outside",
    LOSS: "outside",
}
"""Every place units can be, and its kind; the outside holds no stock."""

StockStatus = Literal["OK", "LOW", "OUT"]


def stock_status(available: int, reorder_point: int) -> StockStatus:
    """``OUT`` with nothing to sell, ``LOW`` at or below the reorder point, else ``OK``.

    ``queries/stock.py`` computes the same in SQL.
    """
    if available <= 0:
        return "OUT"
    return "LOW" if available <= reorder_point else "OK"


def plan_allocation(on_hand: int, lines: list[tuple[int, int]]) -> list[int]:
    """Who gets promised how many units of one product.

    A pure function of stock and of the open lines, so that the order in which orders came in plays no part.
    ``services/ledger.py`` computes the same for many products in SQL.

    Args:
        on_hand: units at the place orders draw on.
        lines: (open units, picked units) of each line, in the order (ship_by, ordered_at, order id, line).

    Returns:
        Units promised to each line. Picked units stay with their line; the rest goes to the first line first.
    """
    free = on_hand - sum(picked for _, picked in lines)
    promised = []
    for open_units, picked in lines:
        part = max(0, min(open_units - picked, free))
        promised.append(picked + part)
        free -= part
    return promised


def latest_possible(deltas: list[tuple[str, int]], wanted: list[tuple[str, int]], now: str) -> list[str]:
    """When units that left at a time told later can be booked without a balance below zero in between.

    Args:
        deltas: (instant, signed units) of every movement of one product at one place, oldest first.
        wanted: (instant told, units) of each withdrawal to book, oldest first; not after ``now``.
        now: the present, at which the whole of ``wanted`` is covered.

    Returns:
        For each withdrawal its told instant, or ``now`` where the book then held too little.
    """
    events = sorted(deltas)
    total = sum(units for _, units in events)
    chosen = []
    for instant, units in wanted:
        lowest = balance = total
        for at, delta in reversed(events):
            if at <= instant:
                break
            balance -= delta
            lowest = min(lowest, balance)
        moment = instant if lowest >= units else now
        insort(events, (moment, -units))
        total -= units
        chosen.append(moment)
    return chosen
