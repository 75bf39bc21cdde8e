"""Rows as they were known at a moment: what later commands replaced stands in the tables of ``models/past.py``.

The expressions ask for ``:known``, the last operation that was known (:func:`known_operation`).
"""

from ordercli.queries.reader import ALL_KNOWN, Reader

KNOWN_OPERATION = "SELECT coalesce(max(id), 0) FROM operation WHERE recorded_at <= :at"


def known_operation(reader: Reader, known_at: str | None) -> int:
    """The last operation recorded by a moment; all of them if there is none."""
    if known_at is None:
        return ALL_KNOWN
    (known,) = reader.rows(KNOWN_OPERATION, {"at": known_at}).fetchone()
    return int(known)


def joined_past(past: str, key: str, row: str, alias: str) -> str:
    """A join of what a row was when ``:known`` was the last operation; nothing if it is the same.

    Args:
        past: the table of what was before.
        key: its column for the row.
        row: an expression for the row's id.
        alias: of the join.
    """
    return f"""LEFT JOIN {past} {alias} ON {alias}.id = (SELECT q.id FROM {past} q
    WHERE q.{key} = {row} AND q.operation_id > :known ORDER BY q.operation_id, q.id LIMIT 1)"""


def then(column: str, row: str, past: str) -> str:
    """SQL of a column of ``row`` as it was, of aliases that :func:`joined_past` made."""
    return f"iif({past}.id IS NULL, {row}.{column}, {past}.{column})"


def columns_then(columns: tuple[str, ...], row: str, past: str) -> str:
    """Several of :func:`then`, each under its own name."""
    return ", ".join(f"{then(column, row, past)} AS {column}" for column in columns)
