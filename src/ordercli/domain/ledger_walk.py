"""One walk through all movements, in the order of time: where units are at the end, and what happened on the way.

The laws of the data say the same in three SELECTs; one walk answers all of them.
"""

from collections.abc import Collection, Iterable
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

MovedAt = tuple[int, str, str, str, int]
"""A product, the instant, from where, to where, and how many units."""
Spell = tuple[int, str, str | None]
"""A product, and from when until when; no end for one that lasts, an empty begin before the first unit."""


class Walked(NamedTuple):
    """What the movements come to.

    Attributes:
        levels: units by product and place, for places that hold stock.
        below: products whose balance somewhere was below zero after an instant.
        stockouts: the spells without a unit that can be sold.
    """

    levels: dict[tuple[int, str], int]
    below: list[int]
    stockouts: set[Spell]


def walk(
    movements: Iterable[MovedAt], products: Iterable[int], inside: Collection[str], selling: Collection[str]
) -> Walked:
    """Walk through the movements; those of one instant count together.

    Args:
        movements: in the order of their product, then of time.
        products: all there are.
        inside: the places that hold stock.
        selling: those of them whose units can be sold.
    """
    walked, never = Walked({}, [], set()), set(products)
    for product, its in groupby(movements, key=itemgetter(0)):
        never.discard(product)
        _walk_one(walked, product, its, inside, selling)
    walked.stockouts.update((product, "", None) for product in never)
    return walked


def _walk_one(
    walked: Walked, product: int, movements: Iterable[MovedAt], inside: Collection[str], selling: Collection[str]
) -> None:
    balance = dict.fromkeys(inside, 0)
    held, net, now = 0, 0, ""
    began: str | None = ""
    left: list[str] = []
    is_below = False
    for _, at, source, target, units in (*movements, (product, "", "", "", 0)):
        if at != now:  # the instant before is over
            is_below = is_below or any(balance[place] < 0 for place in left)
            if net:
                held += net
                if began is not None:
                    walked.stockouts.add((product, began, now))
                began = now if held <= 0 else None
            left, net, now = [], 0, at
        if source in balance:
            balance[source] -= units
            left.append(source)
            net -= units if source in selling else 0
        if target in balance:
            balance[target] += units
            net += units if target in selling else 0
    if began is not None:
        walked.stockouts.add((product, began, None))
    if is_below:
        walked.below.append(product)
    walked.levels.update({(product, place): units for place, units in balance.items() if units})
