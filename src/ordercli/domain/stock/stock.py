"""Who gets promised how many units, and when units told later can have left."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import NamedTuple


def plan_allocation(on_hand: int, lines: list[tuple[int, int]]) -> list[int]:
    """Who gets promised how many units of one product.

    A pure function of stock and of the open lines, so that the order in which orders came in plays no part.
    It is the twin of the statement in ``services/stock/allocation.py``, which promises for many products at once;
    tests hold that to this function.

    Args:
        on_hand: units at the place orders draw on.
        lines: (open units, picked units) of each line, in their turn (``waiting.py``); open units that were
            missing on the shelf are left out, until the product is counted or more of it comes.

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


class Want(NamedTuple):
    """An open line that wants several products at once.

    Attributes:
        open_units: units of the line to ship, less those that were missing on the shelf.
        picked: those taken from the shelf already; they stay with the line.
        parts: units of each product in one unit of the line.
    """

    open_units: int
    picked: int
    parts: dict[int, int]


def plan_tied_allocation(on_hand: Mapping[int, int], wants: Sequence[Want]) -> list[int]:
    """Who gets promised how much where kits and packs want several products, or several units of one, at once.

    Each line in its turn gets as many whole units as what is left of every part allows. With one unit of one
    product a line it is :func:`plan_allocation`.

    Args:
        on_hand: units of every product at the place orders draw on.
        wants: the open lines, in the order of :func:`plan_allocation`.

    Returns:
        Units promised to each line.
    """
    free = dict(on_hand)
    for want in wants:
        for product, units in want.parts.items():
            free[product] = free.get(product, 0) - want.picked * units
    promised = []
    for want in wants:
        room = min(free[product] // units for product, units in want.parts.items())
        part = max(0, min(want.open_units - want.picked, room))
        promised.append(want.picked + part)
        for product, units in want.parts.items():
            free[product] -= part * units
    return promised


def latest_possible(
    held: int, deltas: Iterable[tuple[str, int]], wanted: Sequence[tuple[str, int]], now: str
) -> list[str]:
    """When units that left at a time told later can be booked without a balance below zero in between.

    What moved at one instant moved together: only the balance after it counts.

    Args:
        held: units of one product that one place holds when all has moved.
        deltas: (instant, signed units) of its movements, of all those after the first instant that is wanted.
        wanted: (instant told, units) of each withdrawal to book, oldest first; not after ``now``.
        now: the present, at which the whole of ``wanted`` is covered.

    Returns:
        For each withdrawal its told instant, or ``now`` where the book then held too little.
    """
    moved: dict[str, int] = {}
    for at, units in deltas:
        moved[at] = moved.get(at, 0) + units
    instants = sorted(moved)
    balance, ahead = held, inf
    lowest: list[float] = [inf]  # between an instant and now, by how many instants there are from it on
    for at in reversed(instants):
        balance -= moved[at]
        if at > now:
            held = min(held, balance)
        else:
            ahead = min(ahead, balance)
        lowest.append(ahead)
    booked = put_off = 0
    chosen = []
    for instant, units in wanted:
        later = len(instants) - bisect_right(instants, instant)
        fits = min(lowest[later], held - put_off) - booked >= units
        moment = instant if fits else now
        if moment == now:
            put_off += units
        else:
            booked += units
        chosen.append(moment)
    return chosen
