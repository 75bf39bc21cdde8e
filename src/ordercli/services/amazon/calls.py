"""Calls that tell Amazon something, kept before they are made and until it is known what came of them.

Each is a row in a short transaction of its own, so that it is there whatever becomes of the process. Of a subject
there is one call at most of which nothing is known: the database sees to it, whoever else is telling.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, NamedTuple

from sqlalchemy import Connection, text

from ordercli.db import writing
from ordercli.server import ShopPlace

CallEnding = Literal["taken", "refused", "lost"]

_LAST = """
SELECT id, subject, content, called_at, state FROM amazon_call
WHERE name = :name AND subject = :subject AND state <> 'lost'
ORDER BY id DESC LIMIT 1"""
_UNKNOWN = """
SELECT id, subject, content, called_at, state FROM amazon_call
WHERE name = :name AND state = 'unknown' ORDER BY id"""
_OPEN = """
SELECT id, subject, content, called_at, state, answer FROM amazon_call
WHERE name = :name AND is_open <> 0 ORDER BY id"""
_BEGIN = """
INSERT INTO amazon_call (name, subject, content, called_at, state, is_open)
VALUES (:name, :subject, :content, :now, 'unknown', 1) RETURNING id"""
_SETTLE = """
UPDATE amazon_call SET state = :state, answer = :answer, code = :code, message = :message,
  is_open = iif(:state <> 'lost', 1, 0)
WHERE id = :id AND state = 'unknown'"""
_ANSWERS = "SELECT answer FROM amazon_call WHERE name = :name AND answer IS NOT NULL"
_CLOSE = "UPDATE amazon_call SET is_open = 0 WHERE id = :id AND state <> 'unknown'"


class MadeCall(NamedTuple):
    """A call that was made.

    Attributes:
        subject: what it was about.
        content: what it told.
        called_at: when.
        state: what came of it, as far as known.
    """

    id: int
    subject: str
    content: str
    called_at: str
    state: str


class OpenCall(NamedTuple):
    """A call of which no operation tells yet; as :class:`MadeCall`, with what was kept of its answer."""

    id: int
    subject: str
    content: str
    called_at: str
    state: str
    answer: str | None


class StoredCalls:
    """The calls of one kind.

    Args:
        database: the shop's.
        wait_seconds: how long to wait for it while another process writes.
        name: of the call, in Amazon's models.
        subject: what alone they are about; None for all of the name.
    """

    def __init__(self, database: ShopPlace, wait_seconds: float, name: str, subject: str | None = None) -> None:
        self._database = database
        self._wait_seconds = wait_seconds
        self._name = name
        self._subject = subject

    @contextmanager
    def locked(self) -> Iterator[Connection]:
        """A transaction that has the write lock from its begin."""
        with writing(self._database, wait_seconds=self._wait_seconds) as connection, connection.begin():
            yield connection

    def unknown(self) -> list[MadeCall]:
        """Those of which it is not known what came, oldest first."""
        with self.locked() as connection:
            found = [MadeCall(*row) for row in connection.execute(text(_UNKNOWN), {"name": self._name})]
        return [each for each in found if self._subject in (None, each.subject)]

    def open(self) -> list[OpenCall]:
        """Those of which no operation tells yet, oldest first."""
        with self.locked() as connection:
            found = [OpenCall(*row) for row in connection.execute(text(_OPEN), {"name": self._name})]
        return [each for each in found if self._subject in (None, each.subject)]

    def begin(
        self,
        subject: str,
        content: str,
        now: str,
        *,
        may_go: Callable[[Connection], bool] = lambda _: True,
        instead: int | None = None,
    ) -> int | None:
        """Keep a call that is about to be made; None if it must not be.

        Args:
            subject: what it is about.
            content: what it tells.
            now: the present.
            may_go: whether it is still to be told, asked in the same transaction.
            instead: an unknown call in whose place it comes, whatever became of that.
        """
        with self.locked() as connection:
            if instead is not None:
                lost = {"id": instead, "state": "lost", "answer": None, "code": None, "message": None}
                connection.execute(text(_SETTLE), lost)
            last = last_call(connection, self._name, subject)
            if (last is not None and last.state == "unknown") or not may_go(connection):
                return None
            values = {"name": self._name, "subject": subject, "content": content, "now": now}
            return int(connection.execute(text(_BEGIN), values).scalar_one())

    def settle(
        self,
        call: int,
        ending: CallEnding,
        *,
        answer: str | None = None,
        code: str | None = None,
        message: str | None = None,
        is_recorded: bool = False,
    ) -> None:
        """Keep what came of a call; the first to know says it.

        Args:
            call: row id.
            ending: what came of it.
            answer: what of the answer nothing else would tell again.
            code: Amazon's, of a refusal.
            message: Amazon's, of a refusal.
            is_recorded: whether no operation is to record it.
        """
        values = {"id": call, "state": ending, "answer": answer, "code": code, "message": message}
        with self.locked() as connection:
            connection.execute(text(_SETTLE), values)
            if is_recorded:
                close_call(connection, call)


def answers_of(connection: Connection, name: str) -> set[str]:
    """What was kept of the answers to all calls of a name."""
    found = connection.execute(text(_ANSWERS), {"name": name}).scalars()
    return set(found)


def close_call(connection: Connection, call: int) -> None:
    """Keep that nothing is left to record of a call."""
    connection.execute(text(_CLOSE), {"id": call})


def last_call(connection: Connection, name: str, subject: str) -> MadeCall | None:
    """The last call about a subject that may have arrived."""
    found = connection.execute(text(_LAST), {"name": name, "subject": subject}).first()
    return None if found is None else MadeCall(*found)
