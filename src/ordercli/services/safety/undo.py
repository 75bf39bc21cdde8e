"""Undo: an operation is taken back as another operation, whatever command it was (docs/adr/0037-undo.md)."""

import sqlite3
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from ordercli.db import driver_of
from ordercli.domain.chain import first_broken
from ordercli.domain.undos import Undos
from ordercli.domain.words import joined
from ordercli.errors import NotFound, Refused
from ordercli.services.journal import write_changes
from ordercli.services.operations import Outcome, Work
from ordercli.services.safety.blockers import near, standing_on
from ordercli.services.safety.outside import told_outside
from ordercli.services.safety.reverse import ReversalPlan, WasReversed, plan_reversal, reverse, why_never
from ordercli.services.safety.standing import in_force, standing_in
from ordercli.services.safety.tables import Schema
from ordercli.services.safety.words import sentences

MOST_TOLD = 12
"""Phrases that a preview has at most."""


def undo(work: Work, operation: int | None = None, *, with_later: bool = False) -> Outcome:
    """Take an operation back: what it made leaves, what it changed is as it was, what it moved goes back.

    Facts of the ledger are compensated at their time; other rows leave into the journal, from where an undo of
    this one brings them back.

    Args:
        work: the command's frame.
        operation: which; None is the last one that can be taken back.
        with_later: take back what stands on it too, the latest first.

    Raises:
        NotFound: if there is no such operation.
        Refused: if it can never be taken back, if something later stands on it, or if the journal is not as it
            was sealed.
    """
    standing = standing_in(work.connection)
    commands = dict(in_force(work.connection, standing))
    commands.pop(work.operation, None)
    schema = Schema(work.connection)
    chosen = _last(work.connection, standing, commands) if operation is None else operation
    _check_known(work.connection, chosen)
    done_already = standing.undone_by(chosen)
    if done_already is not None:
        return Outcome(
            f"operation {chosen} was undone by operation {done_already};"
            f" to do it again: ordercli undo {done_already}"
        )
    plans = _plans(work.connection, schema, standing, commands, chosen, with_later=with_later)
    _check_chain(work, min(plans))
    return _undo(work, schema, standing, commands, plans, chosen)


def _last(connection: Connection, standing: Undos, commands: dict[int, str]) -> int:
    """The last operation in force that can be taken back, undos apart."""
    for number in commands:
        if number not in standing.undid and why_never(connection, standing.acting(number)) is None:
            return number
    raise Refused("There is nothing to undo.")


def _check_known(connection: Connection, operation: int) -> None:
    row = connection.execute(
        text("SELECT 1 FROM operation WHERE id = :id AND summary IS NOT NULL"), {"id": operation}
    ).first()
    if row is None:
        raise NotFound(f"There is no operation {operation} in this database; see: ordercli log")


def _check_chain(work: Work, first: int) -> None:
    """Refuse to build on a journal that is not as it was sealed.

    Raises:
        Refused: naming the first operation that is not.
    """
    broken = first_broken(driver_of(work.connection).execute, since=first, before=work.operation)
    if broken is not None:
        raise Refused(
            f"Operation {broken} is not as it was sealed, or what the journal says it changed is not; nothing was"
            " undone. See: ordercli doctor"
        )


def _plans(
    connection: Connection,
    schema: Schema,
    standing: Undos,
    commands: dict[int, str],
    operation: int,
    *,
    with_later: bool,
) -> dict[int, ReversalPlan]:
    """The operations to reverse, the latest first, and what that means for each as things stand.

    Raises:
        Refused: if others stand in the way and are not to be taken back too, or one never can be.
    """
    waiting, found = [standing.acting(operation)], dict[int, ReversalPlan]()
    while waiting:
        target = waiting.pop()
        if target in found:
            continue
        reason = why_never(connection, target)
        if reason is not None:
            which = "" if target == standing.acting(operation) else f", which stands on operation {operation},"
            raise Refused(f"Operation {target}{which} ({commands.get(target, '?')}) cannot be undone: {reason}.")
        plan = found[target] = plan_reversal(connection, schema, target)
        later = {
            standing.acting(number)
            for number in standing_on(connection, schema, plan.done, plan.movements)
            if number in commands and standing.counts_after(number, target)
        } - found.keys()
        if later and not with_later:
            raise _in_the_way(operation, commands, sorted(later))
        waiting += sorted(later)
    return dict(sorted(found.items(), reverse=True))


def _in_the_way(operation: int, commands: dict[int, str], later: Sequence[int]) -> Refused:
    shown = [f"{number} ({commands.get(number, '?')})" for number in later[:5]]
    more = f" and {len(later) - 5} more" if len(later) > 5 else ""  # noqa: PLR2004 - as many as are shown
    which = "operation" if len(later) == 1 else "operations"
    stands = "stands" if len(later) == 1 else "stand"
    return Refused(
        f"Operation {operation} ({commands.get(operation, '?')}) cannot be undone alone: {which}"
        f" {joined(shown) if not more else ', '.join(shown) + more} {stands} on it;"
        f" to take that back too: ordercli undo {operation} --with-later"
    )


def _undo(
    work: Work,
    schema: Schema,
    standing: Undos,
    commands: dict[int, str],
    plans: Mapping[int, ReversalPlan],
    chosen: int,
) -> Outcome:
    connection = work.connection
    connection.execute(
        text("INSERT INTO undone_operation (operation_id, undone_operation_id) VALUES (:by, :target)"),
        [{"by": work.operation, "target": target} for target in plans],
    )
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    every: list[WasReversed] = []
    notes: list[str] = []
    told: list[str] = []
    for target, planned in plans.items():
        # What is taken back first changes what the next one finds.
        plan = planned if len(plans) == 1 else plan_reversal(connection, schema, target)
        later = {
            standing.acting(number)
            for number in near(connection, plan.done, plan.touched.products)
            if number in commands and standing.counts_after(number, target)
        } - plans.keys()
        told += told_outside(work, plan)
        try:
            was = reverse(work, schema, plan)
            _check_references(connection, {table for table, _ in plan.done.gone})
        except (IntegrityError, sqlite3.IntegrityError, Refused) as error:
            if later:
                raise _in_the_way(chosen, commands, sorted(later)) from error
            raise Refused(f"Operation {target} cannot be undone: {_law(error)}; nothing was changed.") from error
        write_changes(driver_of(connection), work.operation)
        every.append(was)
        notes += sentences(work, was)
    return _outcome(commands, list(plans), every, notes, told)


def _check_references(connection: Connection, tables: Collection[str]) -> None:
    """Refuse to bring back rows that name others which are gone."""
    for table in sorted(tables):
        row = connection.exec_driver_sql(f"PRAGMA foreign_key_check({table})").first()
        if row is not None:
            raise Refused(f"a row of {table} names one of {row[2]} that is gone")


def _law(error: Exception) -> str:
    return str(getattr(error, "orig", error)).rstrip(".")


def _outcome(
    commands: dict[int, str],
    targets: Sequence[int],
    every: Sequence[WasReversed],
    notes: Sequence[str],
    doubts: Sequence[str],
) -> Outcome:
    named = joined([f"operation {number} ({commands.get(number, 'test')})" for number in targets])
    short = list(dict.fromkeys(notes))
    more = len(short) - MOST_TOLD
    told = [*short[:MOST_TOLD], *([f"{more} more: ordercli log show {targets[0]} says them"] if more > 0 else [])]
    warnings = [sentence for was in every for sentence in was.settled.warnings]
    return Outcome(
        f"undid {named}",
        {
            "operations_undone": len(targets),
            "rows_gone": sum(sum(was.plan.made.values()) for was in every),
            "rows_back": sum(len(was.plan.done.gone) for was in every),
            "rows_restored": sum(len(was.plan.done.old) for was in every),
            "movements": sum(len(was.compensated) for was in every),
        },
        warnings=tuple(dict.fromkeys(warnings)),
        doubts=tuple(dict.fromkeys(doubts)),
        notes=tuple(f"{note[:1].upper()}{note[1:]}." for note in told),
        details={"undone": list(targets)},
    )
