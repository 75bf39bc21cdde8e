"""Counts closed days, so that reports over long windows add up sums instead of reading every line again.

It keeps what the reports' own statements find of a day, and is done at leisure, after a backup. Small shops have
no use for it, and the newest days change too often.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from ordercli.copies import noting
from ordercli.domain.times import day_of, end_of_day, start_of_day
from ordercli.errors import DatabaseBusy
from ordercli.queries.reader import Reader, reading, reading_through
from ordercli.queries.reports.day_sums import COLUMNS, FOUND, values_of
from ordercli.queries.reports.kept_days import FIRST
from ordercli.server import ShopPlace

FEWEST_ORDERS = 5_000
"""Below so many orders every report reads its lines in a moment."""
OPEN_DAYS = 7
"""How long a day's orders are shipped, charged and returned before it is worth counting."""
_AT_ONCE = 20_000
"""Orders of the days that are counted at once."""

_HOW_MANY = "SELECT count(*) FROM (SELECT 1 FROM sales_order LIMIT :fewest) AS found"
_NEWEST = "SELECT id, chain FROM operation ORDER BY id DESC LIMIT 1"
_COUNTED = "SELECT day FROM counted_day"
_PLACED = "SELECT count(*) FROM sales_order WHERE ordered_at BETWEEN :start AND :stop"


class FoundSums(NamedTuple):
    """Sums of days, and the newest operation of the shop that they are of.

    Attributes:
        newest: its number and where it stands in the chain of all operations.
        rows: of each table its rows, with the columns of ``COLUMNS``.
    """

    newest: tuple[Any, ...]
    rows: dict[str, list[Any]]


def count_days(place: ShopPlace, *, now: str, wait_seconds: float) -> int:
    """Count the closed days that have no sums; how many these were.

    What takes long, finding the sums, is done while others write; they wait only while the sums are kept, unless
    one of them has changed the shop since. Where other processes write all the time it is left for the next time.

    Args:
        place: the database, a file or on a server.
        now: the present.
        wait_seconds: how long to wait for other writers.
    """
    with reading(place, now=now, wait_seconds=wait_seconds) as reader:
        chunks = list(_in_chunks(reader, missing_days(reader)))
    done = 0
    for days in chunks:
        with reading(place, now=now, wait_seconds=wait_seconds) as reader:
            found = find_these(reader, days)
        try:
            with noting(place, wait_seconds) as connection:
                done += count_these(reading_through(connection, now=now), days, found)
        except DatabaseBusy:
            break
    return done


def missing_days(reader: Reader) -> list[str]:
    """The closed days since the first order that have no sums; none of a small shop."""
    if reader.rows(_HOW_MANY, {"fewest": FEWEST_ORDERS}).fetchone()[0] < FEWEST_ORDERS:
        return []
    (first,) = reader.rows(FIRST).fetchone()
    counted = {day for (day,) in reader.rows(_COUNTED)}
    day = date.fromisoformat(day_of(first, reader.time_zone))
    until = date.fromisoformat(reader.today) - timedelta(days=OPEN_DAYS)
    days = (day + timedelta(days=number) for number in range((until - day).days))
    return [each.isoformat() for each in days if each.isoformat() not in counted]


def _in_chunks(reader: Reader, days: list[str]) -> Iterator[list[str]]:
    """The days, so many at once that what was found is kept before much else happens."""
    chunk: list[str] = []
    orders = 0
    for day in days:
        span = {"start": start_of_day(day, reader.time_zone), "stop": end_of_day(day, reader.time_zone)}
        chunk.append(day)
        orders += reader.rows(_PLACED, span).fetchone()[0]
        if orders >= _AT_ONCE:
            yield chunk
            chunk, orders = [], 0
    if chunk:
        yield chunk


def find_these(reader: Reader, days: list[str]) -> FoundSums:
    """The sums of some days, at least one, as the shop is at the reader's moment."""
    newest, values = tuple(reader.rows(_NEWEST).fetchone()), values_of(reader, days)
    return FoundSums(newest, {table: reader.rows(sql, values).fetchall() for table, sql in FOUND.items()})


def count_these(reader: Reader, days: list[str], found: FoundSums | None = None) -> int:
    """Count some days, in the reader's transaction, which may write; how many of them had no sums.

    One that another process counted meanwhile is left alone.

    Args:
        reader: in the turn of writers.
        days: which.
        found: their sums, as they were found before; they are found anew if the shop has changed since.
    """
    counted = {day for (day,) in reader.rows(_COUNTED)}
    wanted = [day for day in days if day not in counted]
    if not wanted:
        return 0
    if found is None or found.newest != tuple(reader.rows(_NEWEST).fetchone()):
        found = find_these(reader, wanted)
    driver, missing = reader.connection, set(wanted)
    for table, columns in COLUMNS.items():
        driver.executemany(f"DELETE FROM {table} WHERE day = ?", [(day,) for day in wanted])
        places = ", ".join("?" * len(columns))
        sums = [tuple(row) for row in found.rows[table] if row[0] in missing]
        driver.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", sums)
    driver.executemany("INSERT INTO counted_day (day) VALUES (?)", [(day,) for day in wanted])
    return len(wanted)
