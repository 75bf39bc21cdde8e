"""Undo: an operation is taken back as another operation, whatever command it was (docs/adr/0037-undo.md)."""

from collections.abc import Iterable

from sqlalchemy import Connection, text

from ordercli.db import driver_of
from ordercli.domain.chain import first_broken
from ordercli.domain.undos import Undos
from ordercli.domain.words import joined
from ordercli.errors import NotFound, Refused
from ordercli.services.operations import Outcome, Work
from ordercli.services.safety.reverse import why_never
from ordercli.services.safety.standing import standing_in
from ordercli.services.safety.tables import Schema
from ordercli.services.safety.taking import Taking
from ordercli.services.stock.allocation import still_there

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
    taking = Taking(work, Schema(work.connection), standing, with_later=with_later)
    chosen = _last(work.connection, standing, taking.commands) if operation is None else operation
    _check_known(work.connection, chosen)
    done_already = standing.undone_by(chosen)
    if done_already is not None:
        return Outcome(
            f"operation {chosen}{_is_an_undo(taking, chosen)} was undone by operation {done_already};"
            f" to do it again: ordercli undo {done_already}"
        )
    planned = taking.plan(chosen)
    _check_chain(work, min(planned))
    taking.take(chosen, planned)
    return _outcome(taking)


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


def _is_an_undo(taking: Taking, operation: int) -> str:
    """Of an undo what it is, to be said behind its number."""
    return f" ({taking.called(operation)})" if operation in taking.standing.undid else ""


def _what_it_is(taking: Taking, targets: Iterable[int]) -> str:
    """What was undone and what was done again, by the operations that a seller knows: no undo of an undo."""
    undone: list[str] = []
    again: list[str] = []
    for target in targets:
        for root, was_done in taking.standing.effects(target).items():
            (undone if was_done else again).append(f"operation {root} ({taking.called(root)})")
    return " and ".join(
        [*([f"undid {joined(undone)}"] if undone else []), *([f"did {joined(again)} again"] if again else [])]
    )


def _outcome(taking: Taking) -> Outcome:
    targets, every = list(taking.reversed_), list(taking.reversed_.values())
    short = list(taking.meaning.sentences())
    more = len(short) - MOST_TOLD
    where = f"{targets[0]} says them" if len(targets) == 1 else "N says those of each operation"
    told = [*short[:MOST_TOLD], *([f"{more} more: ordercli log show {where}"] if more > 0 else [])]
    warnings = [sentence for was in every for sentence in still_there(taking.work, was.settled).warnings]
    return Outcome(
        _what_it_is(taking, targets),
        {
            "operations_undone": len(targets),
            "rows_gone": sum(sum(was.plan.made.values()) for was in every),
            "rows_back": sum(len(was.plan.done.gone) for was in every),
            "rows_restored": sum(len(was.plan.done.old) for was in every),
            "movements": sum(len(was.compensated) for was in every),
        },
        warnings=tuple(dict.fromkeys(warnings)),
        doubts=tuple(dict.fromkeys(taking.doubts)),
        notes=tuple(f"{note[:1].upper()}{note[1:]}." for note in told),
        details={"undone": targets},
    )
