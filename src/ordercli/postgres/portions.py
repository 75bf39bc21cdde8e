"""The rows of a statement that may be very many, of which a process holds some: a cursor at the server.

The driver gives a process all rows of an answer at once. A cursor belongs to the transaction, so other
statements may be asked between two portions.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import psycopg

from ordercli.driver import Values

AT_ONCE = 1_000
"""Rows of a portion."""


class Portions(Iterator[Any]):
    """Rows of a SELECT in the transaction that is going on, which are looked at once.

    Attributes:
        connection: to the server.
        description: a tuple a column, its name first.
        held: how many rows the newest portion had.
    """

    def __init__(
        self,
        connection: "psycopg.Connection[Any]",
        told_errors: Callable[[str], AbstractContextManager[None]],
        name: str,
        text: str,
        values: Values,
    ) -> None:
        """Begin, and have the first portion.

        Args:
            connection: to the server.
            told_errors: turns its errors in a statement into those of a file.
            name: of the cursor, another one for each in a transaction.
            text: the statement as psycopg takes it.
            values: its values.
        """
        self.connection, self._told_errors, self._name, self._text = connection, told_errors, name, text
        self._cursor: psycopg.ClientCursor[Any] = psycopg.ClientCursor(connection)
        self._some: Iterator[Any] = iter(())
        self.held = AT_ONCE
        self.fetch(f"DECLARE {name} NO SCROLL CURSOR FOR {text};\n", values)
        self.description = self._cursor.description

    def __next__(self) -> Any:  # noqa: ANN401 - a row
        """The next row."""
        row = next(self._some, None)
        if row is None and self.held == AT_ONCE:
            self.fetch()
            row = next(self._some, None)
        if row is None:
            raise StopIteration
        return row

    def fetch(self, head: str = "", values: Values | None = None) -> None:
        """Have the next portion in the place of the one before.

        Args:
            head: what is to be done first.
            values: its values.
        """
        with self._told_errors(self._text):
            self._cursor.execute(f"{head}FETCH {AT_ONCE} FROM {self._name}".encode(), values)
            self._cursor.set_result(-1)
            some = self._cursor.fetchall()
            self._some, self.held = iter(some), len(some)
            if self.held < AT_ONCE:  # what the server keeps for it, on its disk too, is kept no longer
                psycopg.Cursor(self.connection).execute(f"CLOSE {self._name}".encode())
