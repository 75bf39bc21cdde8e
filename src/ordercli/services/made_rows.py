"""The hashes of the rows that an operation made, taken when it is sealed."""

from hashlib import sha256

from ordercli.domain.made_rows import (
    BY_STATEMENTS,
    COLUMNS,
    HASHED,
    LAST,
    MADE_WITH,
    REFERRING,
    ROOTS,
    Made,
    has_untold,
    made_of,
    place_of,
)
from ordercli.driver import Driver

_AT_ONCE = 1_000
_IS_UNDO = "SELECT EXISTS (SELECT 1 FROM undone_operation WHERE operation_id = ?)"


def hashes_of(driver: Driver, operation: int) -> tuple[str | None, str | None]:
    """The hash of the rows that the last operation made, and that of the personal data they refer to.

    Each is None where there is nothing of it.

    Args:
        driver: the connection, in the operation's transaction.
        operation: its number.
    """
    which = _which(driver, operation)
    tables = [(_table(driver, name), which[name]) for name in HASHED if name in which]
    rows = _Hash()
    for table, those in tables:
        rows.take(driver, table.name, table.lines(those))
    people = _Hash()
    for table, those in tables:
        if table.name in REFERRING:
            people.take(driver, table.name, table.people(those))
    return rows.told(), people.told()


def _which(driver: Driver, operation: int) -> dict[str, str]:
    """Of each table that the operation may have made rows of, SQL of which these are."""
    if driver.execute(_IS_UNDO, (operation,)).fetchone()[0]:  # rows that it brought back may stand behind its own
        return dict.fromkeys(HASHED, f"root.operation_id = {operation}")
    last = driver.execute(LAST).fetchone()
    roots = [root for root, number in zip(ROOTS, last, strict=True) if number == operation]
    found = {
        table: f"root.{place_of(root)} >= {first}"
        for root, first in ((root, _first(driver, root, operation)) for root in roots)
        for table in MADE_WITH[root]
    }
    if "sales_order" in found and not driver.execute(has_untold(found["sales_order"])).fetchone()[0]:
        return {table: which for table, which in found.items() if table not in BY_STATEMENTS}
    return found


def _table(driver: Driver, name: str) -> Made:
    return made_of(name, driver.execute(COLUMNS, {"table": name}).fetchall())


def _first(driver: Driver, root: str, operation: int) -> int:
    """The first row that the last operation made, found by halving."""
    place = place_of(root)
    (behind,) = driver.execute(f"SELECT max({place}) FROM {root}").fetchone()
    first = 0
    while first < behind:
        middle = (first + behind) // 2
        row = driver.execute(
            f"SELECT {place}, operation_id FROM {root} WHERE {place} >= ? ORDER BY {place} LIMIT 1", (middle,)
        ).fetchone()
        if (row[1] or 0) >= operation:
            behind = middle
        else:
            first = row[0] + 1
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
