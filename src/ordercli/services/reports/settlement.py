"""Importing settlements: staged before the write lock, taken whole or not at all, once."""

from collections.abc import Iterable
from itertools import islice

from sqlalchemy import text

from ordercli.db import driver_of
from ordercli.domain.fields import RowError
from ordercli.domain.money import format_amount
from ordercli.domain.settlement import AmountEntry, Summary, Transaction
from ordercli.domain.words import count
from ordercli.driver import Driver
from ordercli.errors import Refused
from ordercli.services.operations import Outcome, Work
from ordercli.services.settings import require_channel

_SHARED = Transaction._fields[1:]
_AMOUNT = ("amount_type", "amount_description", "amount_minor")
_NAMES = ", ".join((*_AMOUNT, *_SHARED))
_INSERT_TRANSACTION = f"INSERT INTO staged_transaction VALUES ({', '.join('?' * (len(_SHARED) + 2))})"
_INSERT_ENTRY = "INSERT INTO staged_amount VALUES (?, ?, ?, ?, ?, ?)"
_BATCH = 10_000


def clear_settlements(driver: Driver) -> None:
    """Make the staging tables of this connection, empty."""
    shared = ", ".join(f"{name} {'INTEGER' if name == 'quantity' else 'TEXT'}" for name in _SHARED)
    driver.execute("DROP VIEW IF EXISTS temp.staged_entry")
    for table in ("staged_amount", "staged_transaction", "staged_settlement"):
        driver.execute(f"DROP TABLE IF EXISTS temp.{table}")
    driver.execute(
        "CREATE TEMP TABLE staged_settlement (line INTEGER, settlement_id TEXT PRIMARY KEY, starts_at TEXT,"
        " ends_at TEXT, deposited_at TEXT, total_minor INTEGER, currency TEXT)"
    )
    driver.execute(f"CREATE TEMP TABLE staged_transaction (id INTEGER PRIMARY KEY, settlement_id TEXT, {shared})")
    driver.execute(
        "CREATE TEMP TABLE staged_amount (id INTEGER PRIMARY KEY, line INTEGER, amount_type TEXT,"
        " amount_description TEXT, amount_minor INTEGER, transaction_id INTEGER)"
    )
    driver.execute(
        f"CREATE TEMP VIEW staged_entry AS SELECT t.settlement_id, a.id AS entry_no, {_NAMES}"
        " FROM staged_amount a CROSS JOIN staged_transaction t ON t.id = a.transaction_id"
    )


def stage_settlements(
    driver: Driver, rows: Iterable[Summary | AmountEntry | RowError]
) -> tuple[int, list[RowError]]:
    """Put the rows of one file into staging.

    Args:
        driver: the connection the import will run on, with no transaction open.
        rows: what the reader yields.

    Returns:
        How many summaries and amounts were read, and the faults.
    """
    errors: list[RowError] = []
    read = 0
    # Only temporary tables are written, so this takes no lock that another process could wait for.
    driver.execute("BEGIN")
    waiting = iter(rows)
    transactions: list[tuple[object, ...]] = []
    last: Transaction | None = None
    number = place = 0
    while batch := list(islice(waiting, _BATCH)):
        amounts: list[tuple[object, ...]] = []
        for row in batch:
            if isinstance(row, RowError):
                errors.append(row)
            elif isinstance(row, Summary):
                read += 1
                errors += _stage_summary(driver, row)
            else:
                *amount, transaction = row
                if transaction is not last:
                    number, last = number + 1, transaction
                    transactions.append((number, *transaction))
                place += 1
                amounts.append((place, *amount, number))
        driver.executemany(_INSERT_TRANSACTION, transactions)
        driver.executemany(_INSERT_ENTRY, amounts)
        transactions.clear()
        read += len(amounts)
    driver.execute("COMMIT")
    return read, errors


def _stage_summary(driver: Driver, row: Summary) -> list[RowError]:
    """Keep the summary, or say what is wrong with it."""
    if row.starts_at > row.ends_at:
        return [RowError(row.line, "settlement-end-date", "is before its settlement-start-date")]
    known = driver.execute("SELECT line FROM staged_settlement WHERE settlement_id = ?", (row.settlement_id,))
    if (first := known.fetchone()) is not None:
        reason = f"settlement {row.settlement_id} is summed up on line {first[0]}"
        return [RowError(row.line, "settlement-id", reason)]
    driver.execute("INSERT INTO staged_settlement VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    return []


_KNOWN = """
SELECT t.settlement_id, s.id AS known, s.operation_id,
  s.channel = :channel AND s.starts_at = t.starts_at AND s.ends_at = t.ends_at
    AND s.deposited_at IS NOT DISTINCT FROM t.deposited_at AND s.total_minor = t.total_minor
    AND s.currency = t.currency AS is_alike
FROM staged_settlement t LEFT JOIN settlement s ON s.settlement_id = t.settlement_id ORDER BY t.line"""

_FIELDS = (*_AMOUNT, *_SHARED)
# The same file has the same amounts in the same places; only where it has not, they are compared as heaps.
_OTHER_PLACES = f"""
SELECT (SELECT count(*) FROM staged_entry) <> (SELECT count(*) FROM settlement_entry WHERE settlement_id = :known)
  OR EXISTS (SELECT 1 FROM staged_entry e
    LEFT JOIN settlement_entry s ON s.settlement_id = :known AND s.entry_no = e.entry_no
    WHERE {" OR ".join(f"s.{name} IS DISTINCT FROM e.{name}" for name in _FIELDS)})"""
_GROUPED = f"SELECT {_NAMES}, count(*) FROM {{source}} GROUP BY {_NAMES}"
_THERE = _GROUPED.format(source="settlement_entry WHERE settlement_id = :known")
_TOLD = _GROUPED.format(source="staged_entry WHERE settlement_id = :settlement")
_DIFFERENT = (
    f"SELECT EXISTS (SELECT * FROM ({_THERE}) AS found EXCEPT SELECT * FROM ({_TOLD}) AS found)"
    f" OR EXISTS (SELECT * FROM ({_TOLD}) AS found EXCEPT SELECT * FROM ({_THERE}) AS found)"
)

_INSERT_SETTLEMENTS = """
INSERT INTO settlement
  (settlement_id, channel, starts_at, ends_at, deposited_at, total_minor, currency, operation_id)
SELECT t.settlement_id, :channel, t.starts_at, t.ends_at, t.deposited_at, t.total_minor, t.currency, :operation
FROM staged_settlement t
WHERE NOT EXISTS (SELECT 1 FROM settlement s WHERE s.settlement_id = t.settlement_id) ORDER BY t.line"""

_INSERT_ENTRIES = f"""
INSERT INTO settlement_entry (settlement_id, entry_no, {_NAMES})
SELECT s.id, a.id, {_NAMES}
FROM staged_amount a
CROSS JOIN staged_transaction t ON t.id = a.transaction_id
CROSS JOIN settlement s ON s.settlement_id = t.settlement_id AND s.operation_id = :operation
ORDER BY a.id"""

_SUMS = """
SELECT s.settlement_id, s.currency, s.total_minor, coalesce(sum(e.amount_minor), 0) AS told
FROM settlement s LEFT JOIN settlement_entry e ON e.settlement_id = s.id
WHERE s.operation_id = :operation GROUP BY s.id HAVING s.total_minor <> coalesce(sum(e.amount_minor), 0)"""


def import_settlements(work: Work, *, channel: str, name: str, layout: str, sha256: str) -> Outcome:
    """Take in the staged settlements that are not here yet.

    Returns:
        The outcome; a settlement whose amounts do not add up to its total is taken and told as a warning.

    Raises:
        NotFound: if there is no such channel.
        Refused: if a settlement is here already with other content.
    """
    connection = work.connection
    require_channel(connection, channel)
    values = {"channel": channel, "operation": work.operation}
    known = _known(work, values)
    new = connection.execute(text(_INSERT_SETTLEMENTS), values).rowcount
    entries = connection.execute(text(_INSERT_ENTRIES), values).rowcount if new else 0
    counts = {"settlements_new": new, "settlements_unchanged": known, "entries_new": entries}
    if not new:
        return Outcome(f"{count(known, 'settlement')} known already", counts=counts)
    connection.execute(
        text(
            "INSERT INTO import_file (operation_id, name, layout, sha256)"
            " VALUES (:operation, :name, :layout, :sha256)"
        ),
        {**values, "name": name, "layout": layout, "sha256": sha256},
    )
    warnings = tuple(
        f"settlement {row.settlement_id} says {format_amount(row.total_minor, row.currency)} {row.currency} were"
        f" paid, its amounts add up to {format_amount(row.told, row.currency)}"
        for row in connection.execute(text(_SUMS), values)
    )
    summary = f"imported {count(new, 'settlement')} with {count(entries, 'amount')}"
    return Outcome(summary, {"settlements": new, "settlement_entries": entries}, counts, warnings)


def _known(work: Work, values: dict[str, object]) -> int:
    """How many of the staged settlements are here with the same content."""
    found = 0
    driver = driver_of(work.connection)
    for row in work.connection.execute(text(_KNOWN), values).all():
        if row.known is None:
            continue
        asked = {"known": row.known, "settlement": row.settlement_id}
        if not row.is_alike or all(
            driver.execute(sql, asked).fetchone()[0] for sql in (_OTHER_PLACES, _DIFFERENT)
        ):
            raise Refused(
                f"Settlement {row.settlement_id} was imported in operation {row.operation_id} with other content; "
                "nothing changed. A settlement that is closed does not change: compare the two files."
            )
        found += 1
    return found
