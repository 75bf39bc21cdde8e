"""Operations are taken back one after the other, the latest first, each once nothing stands on it any more."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from ordercli.db import driver_of
from ordercli.domain.undos import Undos, fewest
from ordercli.domain.words import joined
from ordercli.errors import Refused
from ordercli.services.journal import write_changes
from ordercli.services.operations import Work
from ordercli.services.safety.blockers import on_the_same_rows, on_the_same_stock, standing_on
from ordercli.services.safety.outside import told_outside
from ordercli.services.safety.reverse import ReversalPlan, WasReversed, plan_reversal, reverse, why_never
from ordercli.services.safety.standing import in_force
from ordercli.services.safety.tables import Schema
from ordercli.services.safety.words import UndoMeaning

_MOST_NAMED = 5
_COMMAND = "SELECT command FROM operation WHERE id = :operation"
_UNDID = "INSERT INTO undone_operation (operation_id, undone_operation_id) VALUES (:by, :target)"


class Taking:
    """One undo, which takes back an operation, and what stands on it if that is asked for.

    Attributes:
        commands: of the operations in force, by number, latest first.
        reversed_: what was taken back so far, in that order.
        meaning, doubts: what that meant, and what was told outside.
    """

    def __init__(self, work: Work, schema: Schema, standing: Undos, *, with_later: bool) -> None:
        """Take nothing back yet."""
        self.work, self.schema, self.standing, self.with_later = work, schema, standing, with_later
        self.commands = dict(in_force(work.connection, standing))
        self.commands.pop(work.operation, None)
        self.reversed_: dict[int, WasReversed] = {}
        self.meaning = UndoMeaning()
        self.doubts: list[str] = []
        self._found: tuple[ReversalPlan, set[int]] | None = None

    @property
    def _connection(self) -> Connection:
        return self.work.connection

    def plan(self, chosen: int) -> set[int]:
        """The operations to reverse, as things stand.

        Raises:
            Refused: if others stand in the way and are not to be taken back too, or one never can be.
        """
        target = self.standing.acting(chosen)
        waiting, found = [target], set[int]()
        while waiting:
            each = waiting.pop()
            if each in found:
                continue
            self._refuse_lasting(chosen, each)
            found.add(each)
            later = self._planned(each)[1] - found
            if later and not self.with_later:
                raise self._in_the_way(chosen, sorted(later))
            waiting += sorted(later)
        return found

    def take(self, chosen: int, planned: Collection[int]) -> None:
        """Reverse the operations that :meth:`plan` found, and whatever turns out to stand on them on the way.

        What is taken back first changes what the next one finds. Where a law refuses one though nothing plainly
        stands on it, what had to do with the same rows and the same stock since is tried, the latest first, until
        it is allowed. Of those that were tried only such stand in the way of which none can be left out.

        Raises:
            Refused: if others stand in the way and are not to be taken back too, or nothing makes it possible.
        """
        savepoint = self._connection.begin_nested()
        tried = self._take(chosen, {*planned}, may_try=True)
        if not tried:
            savepoint.commit()
            return
        savepoint.rollback()
        needed = fewest(tried, lambda some: self._is_enough(chosen, {*planned, *some}))
        if not self.with_later:
            raise self._in_the_way(chosen, sorted(needed))
        self._begin_anew()
        self._take(chosen, {*planned, *needed}, may_try=False)

    def _begin_anew(self) -> None:
        self.reversed_, self.meaning, self.doubts = {}, UndoMeaning(), []
        self._found = None

    def _is_enough(self, chosen: int, waiting: set[int]) -> bool:
        """Whether to reverse these, with what plainly stands on them, is allowed; nothing of it is done."""
        self._begin_anew()
        savepoint = self._connection.begin_nested()
        try:
            self._take(chosen, waiting, may_try=False)
        except Refused:
            return False
        finally:
            savepoint.rollback()
        return True

    def _take(self, chosen: int, waiting: set[int], *, may_try: bool) -> list[int]:
        """Reverse operations and what plainly stands on them, the latest first.

        Returns:
            What was reversed too since a law refused one of them, where that may be tried.
        """
        tried: list[int] = []
        given_up = set[int]()
        while waiting:
            target = max(waiting)
            plan, later = self._planned(target)
            later = later - waiting
            if later:
                for each in sorted(later):
                    self._refuse_lasting(chosen, each)
                waiting |= later
                continue
            failed = self._reverse(plan)
            if failed is None:
                waiting.remove(target)
                continue
            more = self._next(plan, waiting, given_up) if may_try else None
            if more is None:
                raise self._impossible(chosen, target, failed) from failed
            tried.append(more)
            waiting |= {more}
        return tried

    def _refuse_lasting(self, chosen: int, operation: int) -> None:
        reason = why_never(self._connection, operation)
        if reason is not None:
            is_other = operation != self.standing.acting(chosen)
            which = f", which stands on operation {chosen}," if is_other else ""
            raise Refused(f"Operation {operation}{which} ({self.called(operation)}) cannot be undone: {reason}.")

    def _planned(self, operation: int) -> tuple[ReversalPlan, set[int]]:
        """How to take one back, and what stands on it: as found a moment ago, if nothing was taken back since."""
        if self._found is None or self._found[0].done.operation != operation:
            plan = plan_reversal(self._connection, self.schema, operation)
            self._found = plan, self._later(plan)
        return self._found

    def _later(self, plan: ReversalPlan) -> set[int]:
        """Operations that plainly stand on one, by those whose reversal takes them back."""
        return self._counted(standing_on(self._connection, self.schema, plan.done, plan.movements), plan)

    def _counted(self, numbers: Collection[int], plan: ReversalPlan) -> set[int]:
        """Those of which something stands that was not there when the planned one was the last."""
        acting = {self.standing.acting(number) for number in numbers if number in self.commands}
        return {
            number for number in acting if self.standing.counts_after(number, plan.done.operation)
        } - self.reversed_.keys()

    def _reverse(self, plan: ReversalPlan) -> Exception | None:
        """Take one back; if that is not allowed, nothing of it is done, and this is why."""
        connection, target = self._connection, plan.done.operation
        self._found = None
        savepoint = connection.begin_nested()
        try:
            connection.execute(text(_UNDID), {"by": self.work.operation, "target": target})
            driver_of(connection).references_wait()
            doubts = list(told_outside(self.work, plan))
            leaving = self.meaning.name_leaving(self.work, plan)
            was = reverse(self.work, self.schema, plan)
            _check_references(connection, {table for table, _ in plan.done.gone})
            write_changes(driver_of(connection), self.work.operation)
        except (IntegrityError, sqlite3.IntegrityError, Refused) as error:
            savepoint.rollback()
            return error
        savepoint.commit()
        self.reversed_[target] = was
        self.doubts += doubts
        self.meaning.add(self.work, was, leaving)
        return None

    def _next(self, plan: ReversalPlan, waiting: Collection[int], given_up: set[int]) -> int | None:
        """The next later operation that may be what a law refuses one for; None if there is none left."""
        for numbers in self._near(plan):
            found = sorted(self._counted(numbers, plan) - {*waiting, *given_up})
            while found:
                if why_never(self._connection, found[-1]) is None:
                    return found[-1]
                given_up.add(found.pop())
        return None

    def _near(self, plan: ReversalPlan) -> Iterator[Collection[int]]:
        yield on_the_same_rows(self._connection, plan.done)
        yield on_the_same_stock(self._connection, plan.done, plan.touched.products)
        yield self.commands

    def called(self, operation: int) -> str:
        """The command of an operation; of an undo, and of an undo of one, what it is about."""
        if operation not in self.standing.undid:
            row = self._connection.execute(text(_COMMAND), {"operation": operation}).first()
            return row[0] if row else "?"
        comes_to = self.standing.effects(operation)
        about = f"operation{'s' if len(comes_to) > 1 else ''} {joined([str(root) for root in sorted(comes_to)])}"
        return f"{about} done again" if all(comes_to.values()) else f"undo of {about}"

    def _in_the_way(self, operation: int, later: Sequence[int]) -> Refused:
        shown = [f"{number} ({self.called(number)})" for number in later[:_MOST_NAMED]]
        more = f" and {len(later) - _MOST_NAMED} more" if len(later) > _MOST_NAMED else ""
        which, stands = ("operation", "stands") if len(later) == 1 else ("operations", "stand")
        return Refused(
            f"Operation {operation} ({self.called(operation)}) cannot be undone alone: {which}"
            f" {joined(shown) if not more else ', '.join(shown) + more} {stands} on it;"
            f" to take that back too: ordercli undo {operation} --with-later"
        )

    def _impossible(self, chosen: int, target: int, failed: Exception) -> Refused:
        """No undo of what came later helps: it can be corrected by hand."""
        why = f": {str(failed).partition(';')[0].rstrip('.')}" if isinstance(failed, Refused) else ""
        which = (
            "" if target == self.standing.acting(chosen) else f", for which operation {target} would have to be"
        )
        return Refused(
            f"Operation {chosen} ({self.called(chosen)}) cannot be undone{which}{why}; nothing was changed. What"
            f" it did is to be corrected by hand, see: ordercli log show {target}"
        )


def _check_references(connection: Connection, tables: Collection[str]) -> None:
    """Refuse to bring back rows that name others which are gone."""
    if not driver_of(connection).references_hold(tables):
        raise Refused("what it would bring back names something that is gone")
