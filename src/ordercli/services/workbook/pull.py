"""Taking back what was changed in a workbook: each change through the use case of its command.

A change that cannot be is rolled back by itself and told with its cell; the others stand.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ordercli.domain.orders.orders import CanceledBy
from ordercli.domain.words import count
from ordercli.domain.workbook.pulled import CellFault, PulledBook, PulledRow
from ordercli.domain.workbook.rows import StockedProduct, TrackedLine
from ordercli.domain.workbook.sheets import COLUMNS
from ordercli.domain.workbook.versions import CellContent, CellState, canonical, edited_cells, spoiled_cells
from ordercli.errors import OrdercliError
from ordercli.services.operations import Outcome, Work

_PRIVATE = ("note", "customer")
_MOST_TOLD = 100
"""Changes told one by one; the JSON receipt has all."""


class Known(NamedTuple):
    """What the database says now of the rows of a workbook, by row ids; whoever asks gives the questions."""

    lines: Callable[[Collection[int]], Mapping[int, TrackedLine]]
    products: Callable[[Collection[int]], Mapping[int, StockedProduct]]


class Task(NamedTuple):
    """One change, of one row or of several that belong together.

    Attributes:
        cells: where it is asked for.
        record: the order or the SKU.
        told: what was changed, in words.
        act: the use case.
    """

    cells: tuple[str, ...]
    record: str
    told: str
    act: Callable[[], Outcome]


@dataclass(slots=True)
class Pull:
    """A workbook on its way into the shop.

    Attributes:
        work: the command's frame.
        canceled_by: on whose wish orders are canceled; None if nobody said.
        made_at: when the workbook was made, UTC text.
        faults: cells that are not taken.
        changes: what was done or is so already, for the receipt.
    """

    work: Work
    canceled_by: CanceledBy | None
    made_at: str
    faults: list[CellFault] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    changed: Counter[str] = field(default_factory=Counter)
    warnings: list[str] = field(default_factory=list)

    def run(self, tasks: Sequence[Task]) -> None:
        """Do each; one that is refused leaves nothing behind and becomes a fault."""
        for task in tasks:
            try:
                self._do(task)
            except OrdercliError as error:
                self.faults.append(CellFault(task.cells[0], _reason(error)))

    def is_done(self, task: Task) -> bool:
        """Do it, if it can be done; whether it was."""
        try:
            self._do(task)
        except OrdercliError:
            return False
        return True

    def _do(self, task: Task) -> None:
        savepoint = self.work.connection.begin_nested()
        try:
            outcome = task.act()
            self.work.flush()
        except OrdercliError:
            savepoint.rollback()
            if "session" in vars(self.work):
                self.work.session.expunge_all()
            raise
        savepoint.commit()
        self.changed.update({kind: number for kind, number in outcome.changed.items() if number})
        self.warnings += (*outcome.doubts, *outcome.warnings)
        self.changes.append(
            {
                "cells": list(task.cells),
                "record": task.record,
                "change": task.told,
                "effect": outcome.summary,
                "is_change": outcome.is_change,
            }
        )

    def edited(
        self,
        row: PulledRow,
        known: Sequence[CellContent],
        is_taken: Callable[[CellState], bool] = lambda _: False,
    ) -> dict[str, CellState]:
        """The changed cells of a row that may be taken, by column; the others become faults.

        Args:
            row: as the workbook has it.
            known: the same as the database has it.
            is_taken: whether a cell was taken back before, so that what it said has had its effect.
        """
        columns = COLUMNS[row.sheet]
        states = edited_cells(row.values, known, columns, row.version)
        for state in states:
            if state.state == "conflict" and not is_taken(state):
                now = "something else" if state.column.key in _PRIVATE else canonical(state.known) or "empty"
                self.faults.append(
                    CellFault(
                        row.cell(state.column.key),
                        f"was changed in the shop meanwhile and is {now} there; nothing is overwritten",
                    )
                )
        for state in spoiled_cells(row.values, known, columns, row.version):
            self.faults.append(
                CellFault(row.cell(state.column.key), f"{state.column.heading} cannot be changed here")
            )
        return {state.column.key: state for state in states if state.state == "edited"}


def _reason(error: OrdercliError) -> str:
    text = str(error).removesuffix(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def told(states: Mapping[str, CellState], columns: Collection[str]) -> str:
    """What was changed in some cells of a row, in words; texts about buyers are not repeated."""
    return "; ".join(
        f"{state.column.heading} changed"
        if key in _PRIVATE
        else f"{state.column.heading} {_shown(state.known)} → {_shown(state.said)}"
        for key, state in states.items()
        if key in columns
    )


def _shown(value: CellContent) -> str:
    return canonical(value) or "(none)"


def outcome_of(pull: Pull, book: PulledBook) -> Outcome:
    """The receipt of it all."""
    done = [change for change in pull.changes if change["is_change"]]
    same = len(pull.changes) - len(done)
    parts = [f"{count(len(done), 'change')} of {book.name}"] if done else [f"no change in {book.name}"]
    parts += [f"{same} so already"] if same and done else []
    parts += [f"{len(pull.faults)} not taken"] if pull.faults else []
    lines = [
        f"{change['cells'][0]}  {change['record']}: {change['change']}: {change['effect']}" for change in done
    ]
    more = [f"… and {len(lines) - _MOST_TOLD} more; --format json has all."] if len(lines) > _MOST_TOLD else []
    return Outcome(
        ", ".join(parts),
        dict(pull.changed),
        {
            "rows_read": book.rows_read,
            "changes": len(done),
            "unchanged": same,
            "cells_rejected": len(pull.faults),
        },
        tuple(dict.fromkeys(pull.warnings)),
        (*lines[:_MOST_TOLD], *more),
        details={
            "changes_told": pull.changes,
            "rejected": [{"cell": fault.address, "reason": fault.reason} for fault in pull.faults],
        },
    )
