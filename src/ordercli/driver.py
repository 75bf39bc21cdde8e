"""What the program asks of a connection to its database: one interface of a file and of a server.

Most of it is as much of the standard library's driver as is used: the connection of a file (``filedriver.py``) is
:class:`sqlite3.Connection` itself, and that of a server (``postgres/connection.py``) has the same few methods, and
raises the same classes of errors. The rest is what both do, each in its own way.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

Values = Sequence[Any] | Mapping[str, Any]


class Trigger(NamedTuple):
    """A trigger: its name, the table that it is of, and the statement that makes it in a file."""

    name: str
    table: str
    sql: str


class StatementRows(Iterator[Any], Protocol):
    """The rows of a statement, as tuples; none of one that gives no rows."""

    @property
    def description(self) -> Any:
        """A tuple a column, its name first; None of a statement that gives no rows."""

    @property
    def rowcount(self) -> int:
        """How many rows the statement wrote."""

    def fetchone(self) -> Any:
        """The next row; None after the last."""

    def fetchall(self) -> list[Any]:
        """All rows that are left."""

    def fetchmany(self, size: int = ..., /) -> list[Any]:
        """The next rows."""

    def close(self) -> None:
        """Have done with it."""


class StreamedRows(Iterator[Any], Protocol):
    """The rows of a SELECT, looked at once, of which no more are held than some."""

    @property
    def description(self) -> Any:
        """A tuple a column, its name first."""


class Driver(Protocol):
    """A connection; transactions are begun by hand."""

    @property
    def in_transaction(self) -> bool:
        """Whether one has begun."""

    def execute(self, sql: str, values: Values = ..., /) -> StatementRows:
        """Run one statement, whose values are marked ``?`` or ``:name``."""

    def executemany(self, sql: str, rows: Iterable[Values], /) -> StatementRows:
        """Run a statement once for each row of values."""

    def interrupt(self) -> None:
        """Stop the statement that runs, from another thread."""

    def close(self) -> None:
        """End the connection, and with it a transaction that was not committed."""

    # What each does in its own way.

    def take_turn(self) -> None:
        """Begin a transaction that writes, once no other has one; who waits is served in the order of arrival.

        Raises:
            sqlite3.OperationalError: busy, if others have for the whole wait.
        """

    def unseal(self) -> None:
        """Be no more, from this transaction on, a copy of which a checksum proves that nobody has changed it."""

    def tidy(self) -> None:
        """Let the database see to its statistics after something was written; never an error."""

    def teach(self, name: str, function: Callable[..., Any], takes: Sequence[type], gives: type, /) -> None:
        """Make a function of Python one of SQL on this connection.

        Args:
            name: in SQL.
            function: gives the same for the same values.
            takes: what each of its values is: ``str`` or ``int``; any may be None.
            gives: the same.
        """

    def run_each(self, statements: Iterable[str], values: Values = ..., /) -> None:
        """Run statements of which none gives rows; a server gets them all at once.

        Args:
            statements: call no function of Python that was made one of SQL.
            values: of all of them.
        """

    def streamed(self, sql: str, values: Values = ..., /) -> StreamedRows:
        """The rows of a SELECT that may be very many and are looked at once, and no more held than some."""

    def batches(self, select: str, types: Sequence[str], size: int, /) -> Iterator[list[Any]]:
        """The rows of a SELECT without values, so many at a time, and no more held.

        Args:
            select: the statement.
            types: of its columns, in SQLite's words.
            size: how many at a time.
        """

    def may_have_written(self, tables: Collection[str], /) -> Collection[str]:
        """Those of the tables that this transaction may have written to."""

    def checks_wait(self) -> AbstractContextManager[None]:
        """CHECKs are not looked at in the block; afterwards each row is, once it is written again.

        The transaction goes back to a savepoint if the block fails.
        """

    def references_wait(self) -> None:
        """Rows may name others that are not there until the transaction ends, or :meth:`references_hold` asks."""

    def references_hold(self, tables: Collection[str], /) -> bool:
        """Whether the rows of these tables name others that are there; a server looks at all that was written."""

    def attempt(self) -> AbstractContextManager[None]:
        """Let the transaction go on if a law refuses a statement of the block."""

    def without(self, triggers: Sequence[Trigger], /) -> AbstractContextManager[None]:
        """Change rows while triggers that keep them, or what they were, stand aside."""
