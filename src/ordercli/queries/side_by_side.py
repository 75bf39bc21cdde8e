"""Checks asked through two connections at once: SQLite uses one processor a connection."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from ordercli.queries.doctor import Check, Checked, Find, asked
from ordercli.queries.reader import Reader, reading

_WAIT_SECONDS = 30.0


def side_by_side(reader: Reader, path: Path, checks: Sequence[tuple[Check, Find]]) -> list[Checked]:
    """What checks find, in their order; half of them is asked through a second connection, whoever is free.

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
            ask(other)

    with ThreadPoolExecutor(max_workers=1) as pool:
        beside = pool.submit(ask_too)
        try:
            ask(reader)
        except BaseException:  # Ctrl-C, or busy: then the other has nothing to look for either
            for _ in waiting:
                pass
            for other in others:
                other.file.interrupt()
            raise
        beside.result()
    return [found[place] for place in range(len(checks))]
