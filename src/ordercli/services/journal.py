"""The journal's entries: what the triggers kept of rows as they were, beside what became of them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ordercli.domain.journal import BESIDE, WRITE_CHANGE, read_literals, write_image
from ordercli.driver import Driver

_KEPT = "SELECT table_name, row_key, verb, image FROM row_before ORDER BY id"
_COLUMNS = "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid"

_Entry = tuple[str, str | None, str | None]
"""A verb, and the images before and after it."""


class _Change(NamedTuple):
    """What happened to a row.

    Attributes:
        image: its literals as they were first; None of a row that was not there.
        verbs: what was done to it, in order.
    """

    image: str | None
    verbs: list[str]


def write_changes(driver: Driver, operation: int) -> None:
    """Write an entry of each row that the operation changed so far, by what it was first and is now.

    Args:
        driver: the connection, in the operation's transaction.
        operation: its number.
    """
    changes: dict[str, dict[str, _Change]] = {}
    for table, key, verb, image in driver.execute(_KEPT):
        found = changes.setdefault(table, {})
        if key not in found:
            found[key] = _Change(image, [])
        found[key].verbs.append(verb)
    if not changes:
        return
    driver.execute("DELETE FROM row_before")
    for table, rows in changes.items():
        driver.executemany(
            WRITE_CHANGE,
            ((operation, table, key, *entry) for key, entry in _entries(driver, table, rows)),
        )


def _entries(driver: Driver, table: str, rows: Mapping[str, _Change]) -> Iterator[tuple[str, _Entry]]:
    columns = driver.execute(_COLUMNS, (table,)).fetchall()
    types = {name: kind for name, kind, _ in columns}
    keys = [name for _, name in sorted((place, name) for name, _, place in columns if place)]
    there = _rows_now(driver, table, types, keys, rows)
    aside = {column for name, column in BESIDE if name == table}
    for key, change in rows.items():
        now = there.get(key)
        was = None if change.verbs[0] == "insert" or change.image is None else read_literals(change.image, types)
        is_gone = now is None or "delete" in change.verbs
        if was is not None and is_gone:
            yield key, ("delete", write_image(_told(was)), None)
        if now is None:
            continue
        if was is None or is_gone:
            if "insert" in change.verbs:
                yield key, ("insert", None, write_image(_told(now)))
            continue
        unlike = [name for name in types if was[name] != now[name] and name not in aside]
        if unlike:
            old, new = (write_image({name: row[name] for name in unlike}) for row in (was, now))
            yield key, ("update", old, new)


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _rows_now(
    driver: Driver, table: str, types: Mapping[str, str], keys: Sequence[str], wanted: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """The rows of these keys, as the journal writes keys, as they are."""
    key = "||' '||".join(keys)
    numbered = len(keys) == 1 and types[keys[0]] == "INTEGER"
    rows = driver.execute(
        f"SELECT {key}, {', '.join(types)} FROM {table} WHERE {key} IN (SELECT value FROM json_each(?))",
        (json.dumps([int(each) for each in wanted] if numbered else list(wanted)),),
    )
    return {str(row[0]): dict(zip(types, row[1:], strict=True)) for row in rows}
