"""The hashes of the rows that an operation made, taken when it is sealed."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

from ordercli.domain.made_rows import (
    BY_STATEMENTS,
    COLUMNS,
    HASHED,
    MADE_WITH,
    REFERRING,
    ROOTS,
    Made,
    ends_of,
    has_untold,
    last_of,
    made_of,
    place_of,
)
from ordercli.driver import Driver

_AT_ONCE = 1_000
_IS_UNDO = "SELECT EXISTS (SELECT 1 FROM undone_operation WHERE operation_id = ?)"


def firsts_of(driver: Driver, operation: int) -> dict[str, int] | None:
    """Of each table of :data:`ROOTS` that the last operation made rows of, the first of them.

    None of an undo: rows that it brought back may stand behind its own.
    """
    if driver.execute(_IS_UNDO, (operation,)).fetchone()[0]:
        return None
    may_be = driver.may_have_written(ROOTS)
    written = [root for root in ROOTS if root in may_be]
    last = driver.execute(last_of(written)).fetchone() if written else ()
    roots = [root for root, number in zip(written, last, strict=True) if number == operation]
    return _firsts(driver, roots, operation)


def hashes_of(driver: Driver, operation: int, firsts: Mapping[str, int] | None) -> tuple[str | None, str | None]:
    """The hash of the rows that the last operation made, and that of the personal data they refer to.

    Each is None where there is nothing of it.

    Args:
        driver: the connection, in the operation's transaction.
        operation: its number.
        firsts: the first rows that it made (:func:`firsts_of`).
    """
    rows, people = _Hash(), _Hash()
    if firsts is None:
        made = _tables(driver, HASHED)
        lines = [(table.name, table.lines(f"root.operation_id = {operation}")) for table in made]
        told = [(t.name, t.people(f"root.operation_id = {operation}")) for t in made if t.name in REFERRING]
    else:
        first = _with_parts(driver, firsts)
        made = _tables(driver, [name for name in HASHED if name in first])
        lines = [(table.name, table.last_lines(first[table.name])) for table in made]
        told = [(t.name, t.last_people(first[t.name])) for t in made if t.name in REFERRING]
    for name, select in lines:
        rows.take(driver, name, select)
    for name, select in told:
        people.take(driver, name, select)
    return rows.told(), people.told()


def _with_parts(driver: Driver, firsts: Mapping[str, int]) -> dict[str, int]:
    """Of each table that the operation may have made rows of, the first row of its that carries the operation."""
    found = {table: first for root, first in firsts.items() for table in MADE_WITH[root]}
    if "sales_order" in found and not _has_untold(driver, found["sales_order"]):
        return {table: first for table, first in found.items() if table not in BY_STATEMENTS}
    return found


def _has_untold(driver: Driver, first: int) -> bool:
    return bool(driver.execute(has_untold(f"root.{place_of('sales_order')} >= {first}")).fetchone()[0])


def _tables(driver: Driver, names: Sequence[str]) -> list[Made]:
    """What is to be known of tables, in their order."""
    return made_of(driver.execute(COLUMNS, {"tables": json.dumps(names)}))


def _firsts(driver: Driver, roots: Sequence[str], operation: int) -> dict[str, int]:
    """Of each of these tables the first row that the last operation made; mostly it is the last row."""
    found = iter(driver.execute(ends_of(roots)).fetchone() if roots else ())
    return {
        root: last if (before or 0) < operation else _first(driver, root, last, operation)
        for root, last, before in zip(roots, found, found, strict=True)
    }


def _first(driver: Driver, root: str, behind: int, operation: int) -> int:
    """The first row that the last operation made, found by ever longer steps back, and by halving."""
    place = place_of(root)
    sql = f"SELECT {place}, operation_id FROM {root} WHERE {place} >= ? ORDER BY {place} LIMIT 1"
    first, step = 0, 1
    while first < behind:
        middle = max(first, behind - step) if step else (first + behind) // 2
        row = driver.execute(sql, (middle,)).fetchone()
        if (row[1] or 0) >= operation:
            behind, step = middle, 2 * step
        else:
            first, step = row[0] + 1, 0
    return int(first)


class _Hash:
    """A hash that is growing."""

    def __init__(self) -> None:
        self._digest = sha256()
        self._is_empty = True

    def take(self, driver: Driver, table: str, select: str) -> None:
        cursor = driver.execute(select)
        head = f"{table}\n"
        while rows := cursor.fetchmany(_AT_ONCE):
            self._digest.update(head.encode() + "\n".join([row[-1] for row in rows]).encode() + b"\n")
            head, self._is_empty = "", False

    def told(self) -> str | None:
        return None if self._is_empty else self._digest.hexdigest()
