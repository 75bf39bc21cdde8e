"""The statements of an order when its lines are asked: which a later file of the seller's own replaces."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ordercli.domain.orders.statements import Statement, is_later


class AskedOrder(NamedTuple):
    """What is asked of the statements of an order: see :func:`ordercli.domain.orders.statement_lines.line_views`.

    Attributes:
        lists: ranks of the files of the seller's own, each of which lists all lines it knows.
    """

    best_first: Sequence[Statement]
    is_tax_included: bool
    with_sources: bool
    lists: Sequence[int]

    def unlisted_by(self, places: Iterable[int]) -> int | None:
        """The best list in which a line is missing that a file of the seller's own told; None if it stands.

        A file replaces an earlier one of its name: what it no longer has, she took out of it. What another file
        tells stays, for that may hold a part of the order. A dated list says nothing of an undated one, nor one of
        two of a date of the other.

        Args:
            places: ranks of the statements that tell the line.
        """
        told = [place for place in places if self.best_first[place].is_own] if self.lists else []
        best: dict[str, int] = {}
        for place in sorted(told):
            best.setdefault(self.best_first[place].file, place)
        without = [
            next((place for place in self._later(mine) if place not in told), None) for mine in best.values()
        ]
        found = [place for place in without if place is not None]
        return min(found) if found and len(found) == len(without) else None

    def is_replaced(self, place: int) -> bool:
        """Whether it is of a file of the seller's own, and a later one of its name lists the order too."""
        return bool(self.best_first[place].is_own) and any(True for _ in self._later(place))

    def joins(self, place: int) -> bool:
        """Whether rows without ids are parts of what was bought: of several lists each may divide it otherwise."""
        mine = self.best_first[place]
        return bool(mine.joins_rows or (mine.is_own and len(self.lists) > 1))

    def _later(self, place: int) -> Iterator[int]:
        """The lists, best first, that replace one."""
        mine = self.best_first[place]
        return (
            other
            for other in self.lists
            if self.best_first[other].file == mine.file and is_later(self.best_first[other], mine)
        )
