"""Which currency an amount in the journal was in: that of its row's owner as it stood then, not now."""

from functools import cache
from typing import Any

from ordercli.domain.journal import is_told, read_image
from ordercli.domain.times import day_of
from ordercli.queries.journal_words import KINDS
from ordercli.queries.reader import Reader

_LATER = f"""
SELECT verb, old FROM row_change
WHERE table_name = :table AND row_key = :key AND operation_id > :operation
  AND (verb <> 'update' OR {is_told("old", ":column")}) ORDER BY id LIMIT 1"""
"""The next change of a cell after an operation: what it was before that change it was after the operation."""


class Currencies:
    """Those of the amounts that one operation changed."""

    def __init__(self, reader: Reader, operation: int) -> None:
        self._reader, self._operation = reader, operation
        (recorded_at,) = reader.rows(
            "SELECT recorded_at FROM operation WHERE id = :operation", {"operation": operation}
        ).fetchone()
        self._day = day_of(recorded_at, reader.time_zone)
        self._cell = cache(self._read_cell)

    def of(self, table: str, key: str, column: str) -> tuple[str, str]:
        """The currency of an amount of a row before the operation, and after it."""
        if column == "cost_minor":  # what goods or their shipment cost, of whichever order, is the shop's money
            return self._reader.currency, self._reader.currency
        return self._at(table, key, self._operation - 1), self._at(table, key, self._operation)

    def _at(self, table: str, key: str, operation: int) -> str:
        """The currency of a row's amounts right after an operation."""
        kind = KINDS[table]
        if kind.priced_by is None:
            values = {"key": key, "day": self._day, "operation": operation}
            row = self._reader.rows(
                f"SELECT {kind.currency} FROM {table} r WHERE r.{kind.key} = :key", values
            ).fetchone()
            return str(row[0]) if row else self._reader.currency
        owner, column = kind.priced_by
        if not owner:
            return str(self._cell(table, key, "currency", operation) or self._reader.currency)
        number = self._cell(table, key, column, operation) or self._cell(table, key, column, operation - 1)
        return self._reader.currency if number is None else self._at(owner, str(number), operation)

    def _read_cell(self, table: str, key: str, column: str, operation: int) -> Any:  # noqa: ANN401 - of any column
        """A cell as it was right after an operation; None where there was no such row."""
        values = {"table": table, "key": key, "column": column, "operation": operation}
        later = self._reader.rows(_LATER, values).fetchone()
        if later is not None:
            verb, old = later
            return None if verb == "insert" else read_image(old).get(column)
        row = self._reader.rows(
            f"SELECT r.{column} FROM {table} r WHERE r.{KINDS[table].key} = :key", {"key": key}
        ).fetchone()
        return None if row is None else row[0]
