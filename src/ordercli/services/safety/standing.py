"""Which operations are in force, and which one has to be reversed to take another one back."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Self

from sqlalchemy import Connection


class Standing:
    """Which operation undid which."""

    def __init__(self, pairs: Collection[tuple[int, int]]) -> None:
        """Take pairs of an undo and what it undid."""
        self.undone: dict[int, list[int]] = {}
        self.undid: dict[int, list[int]] = {}
        for undo, target in pairs:
            self.undone.setdefault(target, []).append(undo)
            self.undid.setdefault(undo, []).append(target)
        self.is_in_force = cache(self._is_in_force)

    @classmethod
    def read(cls, connection: Connection) -> Self:
        """Those of a database."""
        rows = connection.exec_driver_sql("SELECT operation_id, undone_operation_id FROM undone_operation")
        return cls([(row[0], row[1]) for row in rows])

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

    def counts_after(self, operation: int, earlier: int) -> bool:
        """Whether something of an operation stands that was not there when ``earlier`` was the last one.

        What was undone since does not, nor an undo of what came since.
        """
        if operation <= earlier or not self.is_in_force(operation):
            return False
        undid = self.undid.get(operation)
        return undid is None or any(target <= earlier for target in undid)


def in_force(connection: Connection, standing: Standing) -> Mapping[int, str]:
    """Commands of the operations in force, by number, latest first."""
    rows = connection.exec_driver_sql(
        "SELECT id, command FROM operation WHERE summary IS NOT NULL ORDER BY id DESC"
    )
    return {row[0]: row[1] for row in rows if standing.is_in_force(row[0])}
