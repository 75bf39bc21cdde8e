"""Checks asked through two connections at once: SQLite uses one processor a connection."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from functools import partial
from sqlite3 import ProgrammingError

from ordercli.queries.doctor import Check, Checked, Find, asked
from ordercli.queries.reader import Reader, reading
from ordercli.server import ShopPlace

_WAIT_SECONDS = 30.0
_AGAIN_SECONDS = 0.05
"""After how long the other is stopped again: between two statements it does not notice."""


def side_by_side(reader: Reader, path: ShopPlace, checks: Sequence[tuple[Check, Find]]) -> list[Checked]:
    """What checks find, in their order; half of them is asked through a second connection, whoever is free.

    Another process may write between the two: each sees one moment, but not the same. So a check may hold what it
    reads only against what the same reader told.

    Args:
        reader: of the database.
        path: where it is.
        checks: what to ask; those that take longest come first.
    """
    found: dict[int, Checked] = {}
    waiting = iter(list(enumerate(checks)))  # of which each takes the next
    others: list[Reader] = []

    def ask(through: Reader) -> None:
        for place, (check, find) in waiting:
            found[place] = asked(check, partial(find, through))

    def ask_too() -> None:
        with reading(path, now=reader.now, wait_seconds=_WAIT_SECONDS) as other:
            others.append(other)
            try:
                ask(other)
            finally:
                others.remove(other)

    with ThreadPoolExecutor(max_workers=1) as pool:
        beside = pool.submit(ask_too)
        try:
            ask(reader)
            beside.result()
        except BaseException:  # Ctrl-C, or busy: then the other has nothing to look for either
            for _ in waiting:
                pass
            while not beside.done():
                for other in tuple(others):
                    with suppress(ProgrammingError):  # it was closed just now
                        other.connection.interrupt()
                wait((beside,), timeout=_AGAIN_SECONDS)
            raise
    return [found[place] for place in range(len(checks))]
