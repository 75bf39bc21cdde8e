"""The rows of a statement that may be very many, of which a process holds some: a cursor at the server.

The driver gives a process all rows of an answer at once. A cursor belongs to the transaction, so other
statements may be asked between two portions.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psycopg

from ordercli.driver import Values

if TYPE_CHECKING:
    from ordercli.postgres.connection import ServerDriver

AT_ONCE = 1_000
"""Rows of a portion."""


class Portions(Iterator[Any]):
    """Rows of a SELECT in the transaction that is going on, which are looked at once.

    Attributes:
        driver: the connection.
        description: a tuple a column, its name first.
        held: how many rows the newest portion had.
    """

    def __init__(self, driver: "ServerDriver", name: str, text: str, values: Values) -> None:
        """Begin, and have the first portion.

        Args:
            driver: the connection.
            name: of the cursor, another one for each in a transaction.
            text: the statement as psycopg takes it.
            values: its values.
        """
        self.driver, self._name, self._text = driver, name, text
        self._cursor: psycopg.ClientCursor[Any] = psycopg.ClientCursor(driver.connection)
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
        with self.driver.told_errors(self._text):
            self._cursor.execute(f"{head}FETCH {AT_ONCE} FROM {self._name}".encode(), values)
            self._cursor.set_result(-1)
            some = self._cursor.fetchall()
            self._some, self.held = iter(some), len(some)
            if self.held < AT_ONCE:  # what the server keeps for it, on its disk too, is kept no longer
                psycopg.Cursor(self.driver.connection).execute(f"CLOSE {self._name}".encode())
