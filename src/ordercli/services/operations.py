"""The frame of every writer command: its operation, its outcome, its receipt."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, text

from ordercli.db import driver_of
from ordercli.domain.chain import BEGINNING, CHAINED_CHANGES, PREVIOUS_CHAIN, chained
from ordercli.domain.times import day_of, shift
from ordercli.errors import Refused
from ordercli.services.day_marks import mark_days
from ordercli.services.journal import write_changes
from ordercli.services.made_rows import firsts_of, hashes_of
from ordercli.services.settings import ShopFacts

if TYPE_CHECKING:  # loads only for use cases that ask for a session
    from sqlalchemy.orm import Session


class Progress(Protocol):
    """Takes a phase, how much of it is done, and how much there is; 0 if nobody knows."""

    def __call__(self, title: str, done: float, total: float, /) -> None:
        """Show it to whoever looks."""


def no_progress(title: str, done: float, total: float, /) -> None:
    """Nobody looks."""


@dataclass(frozen=True)
class Work:
    """What a use case works with, inside one transaction.

    Attributes:
        connection: the connection, in the command's transaction; the use case never ends it.
        now: the present as UTC text.
        operation: number of this command's operation; every fact written carries it.
        shop: the shop's zone and currency.
        progress: told how far a long use case is.
    """

    connection: Connection
    now: str
    operation: int
    shop: ShopFacts
    progress: Progress = no_progress

    @property
    def today(self) -> str:
        """The day it is in the shop's zone."""
        return day_of(self.now, self.shop.time_zone)

    @cached_property
    def session(self) -> "Session":
        """A session in the same transaction, for use cases that edit mapped records; opened by the first of them.

        Importing the ORM and mapping tables takes longer than most commands do everything else, so what is done
        every day uses ``connection`` (docs/adr/0026-writers-load-what-they-touch.md).
        """
        from sqlalchemy.orm import Session  # noqa: PLC0415 - see above

        return Session(self.connection)

    def flush(self) -> None:
        """Write changed records of the session, if there is one; the frame does before it seals the operation."""
        if "session" in vars(self):
            self.session.flush()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a use case did.

    Attributes:
        summary: the receipt's sentence without full stop; holds no personal data.
        changed: counts by kind of fact; empty when everything was as asked already.
        counts: further numbers for the JSON receipt, such as ``rows_read``.
        details: anything else for the JSON receipt, such as a list of files.
        ids: row ids of what was made or is concerned, by table, for what the command does next; in no receipt.
        operation: number of the operation that keeps it; None as long as nothing is kept.
        warnings: sentences for stderr, such as products that became low.
        doubts: what may be wrong of what was asked, for stderr like the warnings; each is told, however many.
        notes: sentences for stderr that ask for nothing, such as until when to confirm.
        reference: what the command made, such as a new order's id; None if it made nothing with a name.
    """

    summary: str
    changed: Mapping[str, int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    reference: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    ids: Mapping[str, Sequence[int]] = field(default_factory=dict)
    operation: int | None = None

    @property
    def is_change(self) -> bool:
        """Whether anything was written that deserves an operation."""
        return any(self.changed.values())

    def with_counts(self, counts: Mapping[str, int]) -> "Outcome":
        """The same outcome with other numbers for the receipt."""
        return replace(self, counts=counts)


MOST_BEHIND_SECONDS = 300
"""How far a clock may be behind the last operation, as one is that was just set by the network."""


_LAST = "SELECT id, command, recorded_at FROM operation ORDER BY id DESC LIMIT 1"


def present_of(connection: Connection, clock: str) -> str:
    """The present of an operation by the machine's clock: never before that of the last operation.

    What is recorded later has to happen later, or a sale could stand before its receipt. A clock a little behind
    is lifted to the last operation; one further behind was set back, or was ahead then.

    Args:
        connection: in the command's transaction.
        clock: what the clock says, as UTC text.

    Raises:
        Refused: if the clock is further behind.
    """
    last = connection.execute(text(_LAST)).first()
    if last is None or last.recorded_at <= clock:
        return clock
    if shift(last.recorded_at, seconds=-MOST_BEHIND_SECONDS) <= clock:
        return str(last.recorded_at)
    raise Refused(
        f"The clock says {clock}, but operation {last.id} ({last.command}) was recorded at {last.recorded_at}; "
        "set the clock right, or say with --now TS that it is: then what moves is checked against the past."
    )


def begin_operation(
    connection: Connection, *, command: str, actor: str, now: str, words: Sequence[str | None] | None = None
) -> int:
    """Open the operation that facts refer to; it is sealed, or rolled back with everything else.

    Args:
        connection: in the command's transaction.
        command: such as ``order import``.
        actor: who runs it.
        now: the present.
        words: of the command line, None for each that is personal data; nothing if they are another operation's.
    """
    row = connection.execute(
        text(
            "INSERT INTO operation (recorded_at, actor, command, words)"
            " VALUES (:now, :actor, :command, :words) RETURNING id"
        ),
        {"now": now, "actor": actor, "command": command, "words": words and json.dumps(words)},
    )
    return int(row.scalar_one())


def seal_operation(connection: Connection, number: int, outcome: Outcome) -> Outcome:
    """Write what the operation did and tie it to those before it; from here on its row cannot change.

    Returns:
        The outcome with the number of the operation.
    """
    changed = {kind: count for kind, count in outcome.changed.items() if count}
    driver = driver_of(connection)
    write_changes(driver, number)
    firsts = firsts_of(driver, number)
    mark_days(driver, number, firsts)
    made, people = hashes_of(driver, number, firsts)
    told = {
        "summary": outcome.summary,
        "changed": json.dumps(changed),
        "made": made,
        "people": people,
        "id": number,
    }
    connection.execute(text(_SEAL), {**told, "chain": _chain(connection, told)})
    return replace(outcome, operation=number)


_SEAL = """
UPDATE operation SET summary = :summary, changed = :changed, made = :made, people = :people, chain = :chain
WHERE id = :id"""


def _chain(connection: Connection, told: Mapping[str, object]) -> str:
    """The hash of an operation that is about to be sealed."""
    driver = driver_of(connection)
    number = told["id"]
    (previous,) = driver.execute(PREVIOUS_CHAIN, {"operation": number}).fetchone() or (BEGINNING,)
    recorded_at, actor, command, words = driver.execute(
        "SELECT recorded_at, actor, command, words FROM operation WHERE id = ?", (number,)
    ).fetchone()
    operation = (number, recorded_at, actor, command, *map(told.get, ("summary", "changed")), words)
    operation += (told["made"], told["people"])
    return chained(previous, operation, driver.execute(CHAINED_CHANGES, {"operation": number}))
