"""A connection to a file: the standard library's, with what is asked of it besides, as a server's has it."""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from ordercli.driver import StreamedRows, Trigger, Values

MANY_CHANGES, SELDOM = 1_000, 100
"""SQLite's statistics are looked at after a writer changed so many rows, and at every so many operations."""


class FileDriver(sqlite3.Connection):
    """The same connection; what its methods promise stands at :class:`ordercli.driver.Driver`."""

    def take_turn(self) -> None:
        """Begin to write behind whoever came before."""
        from ordercli.turn import take_turn  # noqa: PLC0415 - who only reads does not need it

        take_turn(self)

    def unseal(self) -> None:
        """Take the checksum away."""
        from ordercli.checksum import unseal  # noqa: PLC0415 - the same

        unseal(self)

    def tidy(self) -> None:
        """Let SQLite refresh its statistics when they are stale: a bounded sample.

        To look whether they are takes longer than many a transaction, so a small one seldom does.
        """
        if self.in_transaction:
            return
        with suppress(sqlite3.Error):
            self.execute("PRAGMA busy_timeout = 0")
            (last,) = self.execute("SELECT max(id) FROM operation").fetchone()
            if self.total_changes >= MANY_CHANGES or (last or 0) % SELDOM == 0:
                self.execute("PRAGMA analysis_limit = 400")
                self.execute("PRAGMA optimize")

    def teach(self, name: str, function: Callable[..., Any], takes: Sequence[type], _gives: type, /) -> None:
        """Have SQLite call it."""
        self.create_function(name, len(takes), function, deterministic=True)

    def run_each(self, statements: Iterable[str], values: Values = (), /) -> None:
        """Run one after the other."""
        for statement in statements:
            self.execute(statement, values)

    def streamed(self, sql: str, values: Values = (), /) -> StreamedRows:
        """Step through them, as always."""
        return self.execute(sql, values)

    def batches(self, select: str, _types: Sequence[str], size: int, /) -> Iterator[list[Any]]:
        """Step through them."""
        rows = self.execute(select)
        while batch := rows.fetchmany(size):
            yield batch

    def may_have_written(self, tables: Collection[str], /) -> Collection[str]:
        """All of them, for nothing tells."""
        return tables

    @contextmanager
    def checks_wait(self) -> Iterator[None]:
        """By a pragma, which no savepoint takes back."""
        self.execute("PRAGMA ignore_check_constraints = ON")
        try:
            yield
        finally:
            self.execute("PRAGMA ignore_check_constraints = OFF")

    def references_wait(self) -> None:
        """By a pragma, which the end of the transaction takes back."""
        self.execute("PRAGMA defer_foreign_keys = ON")

    def references_hold(self, tables: Collection[str], /) -> bool:
        """Look at every row of them."""
        return not any(self.execute(f"PRAGMA foreign_key_check({table})").fetchone() for table in sorted(tables))

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """As always: what is refused takes nothing else back."""
        yield

    @contextmanager
    def without(self, triggers: Sequence[Trigger], /) -> Iterator[None]:
        """Drop them, and make them anew."""
        for trigger in triggers:
            self.execute(f"DROP TRIGGER {trigger.name}")
        yield
        for trigger in triggers:
            self.execute(trigger.sql)
