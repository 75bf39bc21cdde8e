"""Which operations are in force: those that no undo in force takes back."""

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache

UNDONE = "SELECT operation_id, undone_operation_id FROM undone_operation"
"""Pairs of an undo and what it undid."""


class Undos:
    """Which operation undid which."""

    def __init__(self, pairs: Collection[tuple[int, int]]) -> None:
        """Take pairs of an undo and what it undid."""
        self.undone: dict[int, list[int]] = {}
        self.undid: dict[int, list[int]] = {}
        for undo, target in pairs:
            self.undone.setdefault(target, []).append(undo)
            self.undid.setdefault(undo, []).append(target)
        self.is_in_force = cache(self._is_in_force)

    def _is_in_force(self, operation: int) -> bool:
        return not any(self.is_in_force(undo) for undo in self.undone.get(operation, ()))

    def undone_by(self, operation: int) -> int | None:
        """The undo that holds an operation undone; None for one in force."""
        return next((undo for undo in self.undone.get(operation, ()) if self.is_in_force(undo)), None)

    def acting(self, operation: int) -> int:
        """The operation whose reversal takes one in force back: the redo that brought it back, else itself."""
        undos = self.undone.get(operation)
        if not undos:
            return operation
        redo = self.undone_by(max(undos))
        return operation if redo is None else self.acting(redo)

    def effects(self, operation: int) -> dict[int, bool]:
        """What an operation comes to: those it is about in the end, each with whether it does or undoes it.

        One that is no undo does itself; its undo undoes it, and an undo of that does it again.
        """
        targets = self.undid.get(operation)
        if targets is None:
            return {operation: True}
        return {root: not is_done for target in targets for root, is_done in self.effects(target).items()}

    def counts_after(self, operation: int, earlier: int) -> bool:
        """Whether something of an operation stands that was not there when ``earlier`` was the last one.

        What was undone since does not, nor an undo of what came since; a redo of what came since does.
        """
        return self.is_in_force(operation) and self._leaves_something(operation, earlier)

    def _leaves_something(self, operation: int, earlier: int) -> bool:
        if operation <= earlier:
            return False
        undid = self.undid.get(operation)
        return undid is None or any(
            target <= earlier
            or any(self._leaves_something(redone, earlier) for redone in self.undid.get(target, ()))
            for target in undid
        )

    def began_after(self, earlier: int, entries: Iterable[tuple[str, int]]) -> bool:
        """Whether a row that is there began after ``earlier``; one that came back by undo began when it did first.

        Its number may have been another row's meanwhile, so an undo leads to what it undid, and no further.

        Args:
            earlier: the operation that made the row's owner, and all rows with it that have no entry.
            entries: how rows under its number came (``insert``) and went (``delete``), and by which operation, the
                latest first.
        """
        undid: Collection[int] | None = None
        for verb, by in entries:
            if undid is None and verb == "insert":
                undid = self.undid.get(by)
                if by <= earlier or undid is None:
                    return by > earlier
            elif undid is not None and verb == "delete" and by in undid:
                undid = None
        return False


def fewest(enough: Sequence[int], is_enough: Callable[[Sequence[int]], bool]) -> list[int]:
    """Of operations that are enough together, such of which none can be left out; the first are left out first.

    Halves are tried before single ones, as few of many are the rule.

    Args:
        enough: the operations, at least one.
        is_enough: whether some of them are, in their order; never asked of none.
    """
    kept, size = list(enough), len(enough)
    while size > 1:
        size //= 2
        place, before = 0, len(kept)
        while place < len(kept):
            fewer = kept[:place] + kept[place + size :]
            if fewer and is_enough(fewer):
                kept = fewer
            else:
                place += size
        if size == 1 and len(kept) < before:
            size = 2  # what was needed beside others may not be without them
    return kept
