"""Days are counted by one client while others change them, and no day that somebody changed keeps its sums."""

import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

import patience
from ordercli import counting
from ordercli.copies import noting
from ordercli.dbplace import connect
from ordercli.moving import copy_shop
from ordercli.queries.reader import Reader, reading, reading_through
from ordercli.queries.reports.day_sums import FOUND, stale_day, values_of
from ordercli.server import Server, place_of
from patience import LONG, until
from postgres.conftest import NOW, Twin, connected
from server_shops import at

CHANGES = ("product", "edit", "RING-7", "--packaging-cost", "9.99")
"""What reaches the sums of every day on which that product was sold."""


@pytest.fixture(scope="module")
def first(cluster: str, varied: Twin) -> Iterator["psycopg.Connection[Any]"]:
    """A connection to a server at which a shop with orders of several days lies."""
    with closing(connected(f"{cluster} dbname=postgres")) as there:
        there.execute(b"CREATE DATABASE uncounted TEMPLATE template0")
        copy_shop(varied.file, at(Path(there.info.host), "uncounted"), wait_seconds=5)
        yield there
        there.execute(b"DROP DATABASE uncounted WITH (FORCE)")


@pytest.fixture
def shop(first: "psycopg.Connection[Any]") -> Iterator[Server]:
    """Such a shop in a database in which transactions see one moment unless they say otherwise."""
    first.execute(b"CREATE DATABASE counts TEMPLATE uncounted")
    first.execute(b"ALTER DATABASE counts SET default_transaction_isolation = 'serializable'")
    yield at(Path(first.info.host), "counts")
    first.execute(b"DROP DATABASE counts WITH (FORCE)")


@contextmanager
def started(shop: Server, *words: str) -> Iterator["subprocess.Popen[str]"]:
    """A command in a process of its own, which has done it when the context ends."""
    line = [sys.executable, "-m", "ordercli", "--db", shop.secret, "--now", NOW, "--yes", *words]
    with patience.started(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        yield process
        said, _ = process.communicate(timeout=LONG)
    assert process.returncode == 0, said


def wait_for_turns(shop: Server, waiting: int = 1) -> None:
    """Wait until so many clients wait for the turn to write."""
    asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted = 0"
    with closing(connect(shop)) as there:
        until(lambda: there.execute(asked).fetchone()[0] >= waiting, "nobody waits")


def days_of(reader: Reader) -> list[str]:
    return [day for (day,) in reader.rows("SELECT DISTINCT ordered_on FROM sales_order ORDER BY 1")]


def counted(shop: Server) -> tuple[int, str | None]:
    """How many days have sums, and one of which they are not those of its lines."""
    with reading(shop, now=NOW, wait_seconds=5) as reader:
        (days,) = reader.rows("SELECT count(*) FROM counted_day").fetchone()
        return days, stale_day(reader)


def count(shop: Server, meanwhile: Callable[[], object] = lambda: None) -> int:
    """Count every day with orders; what is done meanwhile is done once that is there, before it is committed."""
    with noting(shop, 30) as driver:
        reader = reading_through(driver, now=NOW)
        made = counting.count_these(reader, days_of(reader))
        meanwhile()
    return made


def test_who_changes_a_day_while_it_is_counted_takes_its_sums_away(shop: Server) -> None:
    with ExitStack() as clients:

        def change() -> None:
            clients.enter_context(started(shop, *CHANGES))
            wait_for_turns(shop)

        assert count(shop, change) > 1
    assert counted(shop) == (0, None)


def test_a_day_that_is_changed_is_counted_with_the_change(shop: Server) -> None:
    made: list[int] = []
    second = threading.Thread(target=lambda: made.append(count(shop)))
    with ExitStack() as clients, noting(shop, 30):  # the turn, for which both wait in this order
        clients.enter_context(started(shop, *CHANGES))
        wait_for_turns(shop)
        second.start()
        wait_for_turns(shop, 2)
    second.join(LONG)
    assert (made[0] > 1, counted(shop)) == (True, (made[0], None))


def test_two_that_count_at_once_count_each_day_once(shop: Server) -> None:
    made: list[int] = []
    second = threading.Thread(target=lambda: made.append(count(shop)))

    def also() -> None:
        second.start()
        wait_for_turns(shop)

    days = count(shop, also)
    second.join(LONG)
    assert (days > 1, made, counted(shop)) == (True, [0], (days, None))


EMPTY = "SELECT relname::text FROM pg_class WHERE relnamespace = 'ordercli'::regnamespace AND reltuples = 0"
AS_LARGE = "UPDATE pg_class SET relpages = 1, reltuples = 1e6 WHERE relnamespace = 'ordercli'::regnamespace"


def test_the_rows_of_other_days_are_not_read(large: Twin) -> None:
    # The planner is told that tables are large. What stands in JSON it cannot know; were it not told of the days
    # in another way, it would read all lines, shipments and settlements there are for the orders of two days.
    shop = place_of(large.url)
    assert isinstance(shop, Server)
    with closing(connect(shop)) as there:
        there.execute("BEGIN")
        there.execute("ANALYZE")
        empty = {name for (name,) in there.execute(EMPTY).fetchall()}
        there.execute(AS_LARGE)
        reader = reading_through(there, now=NOW)
        values = values_of(reader, days_of(reader)[100:102])
        read = {}
        for table, sql in FOUND.items():
            plan = "\n".join(line for (line,) in reader.rows(f"EXPLAIN {sql}", values))
            assert "ix_sales_order_newest" in plan
            read[table] = set(re.findall(r"Seq Scan on (\w+)", plan)) - empty
        there.execute("ROLLBACK")
    assert read == {table: set() for table in FOUND}
