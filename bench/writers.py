"""What everyday writers cost: transactions in one process against bare sqlite3, and eight processes at once.

Usage: python bench/writers.py [TIMES] [PROCESSES]

The bare transactions insert the rows that ordercli's left, one for each of its own, into a copy without triggers:
no rule, no promise, no journal, no proof. Both sync every transaction to the same disk.
"""

import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from measure import machine, print_table

from ordercli.cli.app import program

TIMES, PROCESSES = 100, 8
SKU, OTHER = "RING", "WIRE"
FAR = "2099-01-01"

Step = Callable[[int], Sequence[str]]
STEPS: dict[str, Step] = {
    "order add": lambda n: (
        "order",
        "add",
        f"S-{n:06}",
        "--line",
        f"{SKU}:1@9.50",
        "--channel",
        "shop",
        "--ship-by",
        FAR,
    ),
    "ship": lambda n: ("ship", f"S-{n:06}", "--carrier", "USPS", "--tracking", f"94001118992231974{n:05}"),
    "stock receive": lambda n: ("stock", "receive", f"{OTHER}:1", "--cost", "2", "--reference", f"R-{n}"),
    "return open": lambda n: ("return", "open", f"S-{n:06}", "--line", f"{SKU}:1", "--reason", "too large"),
    "return receive": lambda n: ("return", "receive", f"RMA-{n + 1:06}"),
}
BESIDE = ("return open",)
"""Steps that only make what another one needs."""


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    processes = int(sys.argv[2]) if len(sys.argv) > 2 else PROCESSES
    with tempfile.TemporaryDirectory() as name, _quiet():
        folder = Path(name)
        one = list(one_process(folder, times))
        many = many_processes(folder, times, processes)
    print(f"{machine()}; {times} transactions of each kind, CPU, medians")
    print_table("One process, a transaction", ("command", "ms", "a second", "bare sqlite3", "ratio"), one)
    print_table(
        f"{processes} processes at once, `order add`",
        ("errors", "a second", "median ms", "p99 ms", "longest ms"),
        [many],
    )


def run(words: Sequence[str]) -> int:
    """Run a command in this process."""
    return int(program().run_line(["--quiet", *words]))


def done(words: Sequence[str]) -> None:
    """Run a command in this process that has to end well."""
    if code := run(words):
        sys.exit(f"{' '.join(words)} ended with {code}")


@contextmanager
def _quiet() -> Iterator[None]:
    kept = sys.stderr
    with Path(os.devnull).open("w") as nothing:
        sys.stderr = nothing
        try:
            yield
        finally:
            sys.stderr = kept


def open_shop(database: Path, units: int) -> None:
    """A shop with stock for so many orders, named by the environment."""
    os.environ["ORDERCLI_DB"] = str(database)
    for words in (
        ("init", "--time-zone", "America/New_York", "--currency", "USD"),
        ("product", "add", SKU, "--name", "Ring", "--unit-price", "9.50"),
        ("product", "add", OTHER, "--name", "Wire"),
        ("stock", "receive", f"{SKU}:{units}", "--cost", "2"),
    ):
        done(words)


def one_process(folder: Path, times: int) -> Iterator[tuple[str, ...]]:
    """A row of the table for each kind of transaction."""
    database, before = folder / "one.db", folder / "before.db"
    open_shop(database, times + 10)
    for name, step in STEPS.items():
        with closing(sqlite3.connect(database)) as connection, closing(sqlite3.connect(before)) as copy:
            connection.backup(copy)
        costs = [_cost(partial(done, step(number))) for number in range(times)]
        if name in BESIDE:
            continue
        bare = list(bare_costs(before, database, times))
        ours, theirs = statistics.median(costs), statistics.median(bare)
        yield name, f"{ours * 1000:.1f}", f"{1 / ours:.0f}", f"{1 / theirs:.0f}", f"{ours / theirs:.1f}"


def _cost(act: Callable[[], None]) -> float:
    begun = time.process_time()
    act()
    return time.process_time() - begun


def bare_costs(before: Path, after: Path, times: int) -> Iterator[float]:
    """CPU of each of so many transactions that insert what was inserted between two states of a database."""
    with (
        closing(sqlite3.connect(before, isolation_level=None)) as target,
        closing(sqlite3.connect(after)) as source,
    ):
        tables = [name for (name,) in source.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        for (trigger,) in target.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            target.execute(f"DROP TRIGGER {trigger}")
        target.execute("PRAGMA journal_mode = WAL")
        target.execute("PRAGMA synchronous = FULL")
        new = {}
        for table in tables:
            if table.startswith("sqlite_") or "WITHOUT ROWID" in _sql_of(source, table):
                continue
            (last,) = target.execute(f"SELECT coalesce(max(rowid), 0) FROM {table}").fetchone()
            columns = [row[1] for row in source.execute(f"PRAGMA table_xinfo({table})") if not row[6]]
            names = ", ".join(columns)
            rows = source.execute(f"SELECT {names} FROM {table} WHERE rowid > {last}").fetchall()
            if rows:
                new[f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"] = rows

        def insert(number: int) -> None:
            target.execute("BEGIN IMMEDIATE")
            for statement, rows in new.items():
                share = -(-len(rows) // times)
                target.executemany(statement, rows[number * share : (number + 1) * share])
            target.execute("COMMIT")

        for number in range(times):
            yield _cost(partial(insert, number))


def _sql_of(connection: sqlite3.Connection, table: str) -> str:
    return str(connection.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0])


def many_processes(folder: Path, times: int, processes: int) -> tuple[str, ...]:
    """What processes that write at once wait for each other."""
    open_shop(folder / "many.db", processes * times + 10)
    context = get_context("fork")
    begun = time.perf_counter()
    with context.Pool(processes) as pool:
        told = pool.starmap(_writer, [(number, times) for number in range(processes)], chunksize=1)
    whole = time.perf_counter() - begun
    waits = sorted(wait for waits, _ in told for wait in waits)
    errors = sum(failed for _, failed in told)
    return (
        str(errors),
        f"{len(waits) / whole:.0f}",
        *(f"{wait * 1000:.0f}" for wait in (statistics.median(waits), waits[int(len(waits) * 0.99)], waits[-1])),
    )


def _writer(process: int, times: int) -> tuple[list[float], int]:
    waits, errors = [], 0
    for number in range(times):
        begun = time.perf_counter()
        errors += run(STEPS["order add"](process * times + number)) != 0
        waits.append(time.perf_counter() - begun)
    return waits, errors


if __name__ == "__main__":
    main()
