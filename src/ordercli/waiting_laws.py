"""Laws that wait while rows are exchanged, as an undo does it; one interface for a file and a server.

In a file SQLite's pragmas hold them back. A server's CHECKs ask a setting of the transaction, which counts only
while an undo is going on (``postgres/schema.py``), and its references are deferrable. Why: docs/adr/0037-undo.md
"""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager

from ordercli.driver import Driver


@contextmanager
def checks_wait(driver: Driver) -> Iterator[None]:
    """CHECKs are not looked at in the block; afterwards each row is, once it is written again.

    Args:
        driver: the connection, in a transaction that goes back to a savepoint if the block fails.
    """
    driver.execute("PRAGMA ignore_check_constraints = ON")
    try:
        yield
    except BaseException:
        if isinstance(driver, sqlite3.Connection):  # at a server the savepoint brings the setting back
            driver.execute("PRAGMA ignore_check_constraints = OFF")
        raise
    driver.execute("PRAGMA ignore_check_constraints = OFF")


def references_wait(driver: Driver) -> None:
    """Rows may name others that are not there until the transaction ends, or :func:`references_hold` asks."""
    driver.execute("PRAGMA defer_foreign_keys = ON")


def references_hold(driver: Driver, tables: Collection[str]) -> bool:
    """Whether the rows of these tables name others that are there; a server looks at all that was written."""
    if isinstance(driver, sqlite3.Connection):
        return not any(driver.execute(f"PRAGMA foreign_key_check({table})").fetchone() for table in sorted(tables))
    try:
        with attempt(driver):
            driver.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except sqlite3.IntegrityError:
        return False
    return True


@contextmanager
def attempt(driver: Driver) -> Iterator[None]:
    """Let the transaction go on if a law refuses a statement of the block, as it does in a file anyway."""
    if isinstance(driver, sqlite3.Connection):
        yield
        return
    driver.execute("SAVEPOINT attempt")
    try:
        yield
    except sqlite3.IntegrityError:
        driver.execute("ROLLBACK TO SAVEPOINT attempt")
        driver.execute("RELEASE SAVEPOINT attempt")
        raise
    driver.execute("RELEASE SAVEPOINT attempt")
