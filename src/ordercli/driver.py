"""What the program asks of a connection to its database: as much of the standard library's driver as is used.

The connection of a file is :class:`sqlite3.Connection` itself; that of a server
(``postgres/connection.py``) has the same few methods, and raises the same classes of errors.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

Values = Sequence[Any] | Mapping[str, Any]


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
