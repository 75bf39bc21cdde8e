"""The seller's units laid on lines that the channel has split or joined.

She ships, cancels and picks units of a SKU before any report tells its items apart. Once one does, her units
follow to the lines there are, as if those had been known when she acted: each act fills its product's lines in
their order, oldest act first, and a shipment that was voided gave its place free again. What she did with a line
that she named stays there, as long as the line has so many units.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple


class Act(NamedTuple):
    """Units of one line that the seller shipped, canceled or picked.

    Attributes:
        row: of the shipment's line, of the cancellation, or of the order's line for what is picked.
        line: the order's line it stands on.
        begun: the operation that did it.
        ended: the operation that took it back; None while it stands.
        is_loose: whether she named only its SKU, or no report had told the lines of its product apart by then.
    """

    kind: Literal["shipped", "canceled", "picked"]
    row: int
    line: int
    units: int
    begun: int
    ended: int | None = None
    is_loose: int = 0


class Room(NamedTuple):
    """Units of a line that an act may take: those the channel still wants, and those it has canceled.

    Attributes:
        line: its row; None if it is new.
    """

    live: int
    gone: int
    line: int | None = None


class Placed(NamedTuple):
    """Units of an act on a line, named as in the rooms."""

    act: Act
    place: int
    units: int


_Free = dict[int, int]
"""By line the units that are free."""


def lay_anew(acts: Sequence[Act], rooms: Mapping[int, Room]) -> list[Placed]:
    """Where the units of acts that stand come to lie; what finds no room is not in the answer.

    What was shipped or picked takes units that live before canceled ones; what the seller canceled are first of
    all the units that the channel has canceled.

    Args:
        acts: of one product of one order.
        rooms: by line, in the order of the lines.
    """
    live = {place: room.live for place, room in rooms.items()}
    gone = {place: room.gone for place, room in rooms.items()}
    homes = {room.line: place for place, room in rooms.items()}
    placed: dict[tuple[Act, int], int] = {}

    def put(act: Act, places: Sequence[int], wanted: int) -> list[tuple[_Free, int, int]]:
        order = {"shipped": (live, gone), "canceled": (gone, live), "picked": (live,)}[act.kind]
        taken = []
        for free in order:
            for place in places:
                units = min(wanted, free[place])
                if units > 0:
                    free[place] -= units
                    wanted -= units
                    placed[act, place] = placed.get((act, place), 0) + units
                    taken.append((free, place, units))
        return taken

    def put_home(act: Act) -> int:
        """What finds no room at home."""
        home = [homes[act.line]] if act.line in homes else []
        return act.units - sum(units for _, _, units in put(act, home, act.units))

    places = list(rooms)
    bound = sorted((act for act in acts if not act.is_loose and act.ended is None), key=_turn)
    rest = [(act, put_home(act)) for act in bound if act.kind != "picked"]
    _replay([act for act in acts if act.is_loose], places, put, placed)
    for act, units in rest:
        put(act, places, units)
    for act in bound:
        if act.kind == "picked":
            put(act, places, put_home(act))
    return [Placed(act, place, units) for (act, place), units in placed.items()]


def _turn(act: Act) -> tuple[int, int]:
    return act.begun, act.row


def _replay(
    acts: Sequence[Act],
    places: Sequence[int],
    put: Callable[[Act, Sequence[int], int], list[tuple[_Free, int, int]]],
    placed: dict[tuple[Act, int], int],
) -> None:
    """Let acts happen again in their order; those that were taken back give free what they took."""
    steps = [(act.begun, 1, act.row, act) for act in acts]
    steps += [(act.ended, 0, act.row, act) for act in acts if act.ended is not None]
    taken: dict[Act, list[tuple[_Free, int, int]]] = {}
    for _, is_begun, _, act in sorted(steps, key=lambda step: step[:3]):
        if is_begun:
            taken[act] = put(act, places, act.units)
            continue
        for free, place, units in taken.pop(act):
            free[place] += units
            placed.pop((act, place), None)
