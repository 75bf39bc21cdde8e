"""Which things go to which places so that as many as can be have one: a maximum bipartite matching."""

from collections import deque
from collections.abc import Iterable


def most_fits(best_first: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Of pairs (what fits, where) as many as can stand side by side, each thing and each place in one at most.

    The best pairs come first. Where these leave a thing without a place though there could be one for each, as few
    of them as need be give way: along the shortest augmenting path.

    Returns:
        The place of each thing that has one.
    """
    places: dict[int, list[int]] = {}
    found: dict[int, int] = {}
    taken: set[int] = set()
    for thing, place in best_first:
        places.setdefault(thing, []).append(place)
        if thing not in found and place not in taken:
            found[thing] = place
            taken.add(place)
    while _one_more(found, places):
        pass
    return found


def _one_more(found: dict[int, int], places: dict[int, list[int]]) -> bool:
    """Find a place for one thing more, others moving up for it; whether that can be."""
    holders = {place: thing for thing, place in found.items()}
    asked_by: dict[int, int] = {}
    waiting = deque(thing for thing in places if thing not in found)
    while waiting:
        thing = waiting.popleft()
        for place in places[thing]:
            if place in asked_by:
                continue
            asked_by[place] = thing
            if place not in holders:
                _move_up(found, asked_by, place)
                return True
            waiting.append(holders[place])
    return False


def _move_up(found: dict[int, int], asked_by: dict[int, int], free: int) -> None:
    """Give a free place to who asked for it, the place that leaves free to who asked for that, and so on."""
    place: int | None = free
    while place is not None:
        thing = asked_by[place]
        left = found.get(thing)
        found[thing] = place
        place = left
