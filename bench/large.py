"""A shop of any size in which everything happens that reports ask of: sales, returns, movements, settlements.

It is written by set-based statements (``large_shop.sql``) as one operation, in some minutes for a million orders;
``ordercli doctor --deep`` finds nothing in it. Its closed days are counted, as a backup does. The same
work waits in it at any size: the newest three hundred orders are open, all placed today.

Usage: python bench/large.py ORDERS FILE
"""

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from measure import beside_python, clean_environment
from shop import PRODUCTS, open_shop

from ordercli.counting import count_days
from ordercli.db import driver_of, file_of, writing
from ordercli.services.operations import Outcome, begin_operation, seal_operation
from ordercli.services.safety.rebuilding import REBUILDS

NOW = "2026-03-16T13:00:00Z"
DAYS = 730
OPEN = 300
SQL = Path(__file__).with_name("large_shop.sql")
_TRIGGERS = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid"


def main() -> None:
    orders, file = int(sys.argv[1]), Path(sys.argv[2]).absolute()
    file.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as name:
        environment = {**clean_environment(Path(name)), "ORDERCLI_DB": str(file)}
        fill(beside_python("ordercli", "install the project there first."), environment, Path(name), orders)


def fill(ordercli: str, environment: Mapping[str, str], folder: Path, orders: int) -> None:
    """A shop with that many orders, in the database the environment names."""
    file = Path(environment["ORDERCLI_DB"])
    empty = folder / "empty.db"
    open_shop(ordercli, {**environment, "ORDERCLI_DB": str(empty)}, folder)
    shutil.copy(empty, file)
    with writing(file) as connection:
        driver = file_of(driver_of(connection))
        driver.execute("PRAGMA cache_size = -500000")
        driver.execute("PRAGMA synchronous = OFF")
        driver.execute("PRAGMA journal_mode = OFF")
        driver.execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            operation = begin_operation(connection, command="order import", actor="bench", now=NOW)
            _write(driver, orders, operation)
            seal_operation(connection, operation, Outcome("filled", {"orders_new": orders}))
        driver.execute("PRAGMA analysis_limit = 400")
        driver.execute("ANALYZE")
        driver.execute("PRAGMA journal_mode = WAL")
    count_days(file, now=NOW, wait_seconds=30)


def _write(driver: sqlite3.Connection, orders: int, operation: int) -> None:
    """All rows; the sums beside them are made as ``doctor --fix`` makes them."""
    triggers = driver.execute(_TRIGGERS).fetchall()
    for name, _ in triggers:
        driver.execute(f"DROP TRIGGER {name}")
    now = int(datetime.fromisoformat(NOW).astimezone(UTC).timestamp())
    waiting = min(OPEN, orders // 2)
    newest = now - 60 * (waiting + 1)
    first = now - DAYS * 86_400
    values = {
        "orders": orders,
        "done": orders - waiting,
        "products": PRODUCTS,
        "operation": operation,
        "now": now,
        "first": first,
        "newest": newest,
        "returns": max(10_000_000, 2 * orders),
        "step": (newest - first - 6 * 3600) / (orders - waiting),
    }
    script = SQL.read_text(encoding="utf-8").format(**values)
    for statement in script.split(";\n"):
        driver.execute(_dated(statement))
    for rebuild in REBUILDS.values():
        if rebuild.name != "indexes":
            for statement in rebuild.statements:
                driver.execute(statement)
    for _, sql in triggers:
        driver.execute(sql)


def _dated(statement: str) -> str:
    """The statement with every ``at(seconds)`` as the text of an instant, which SQLite makes itself."""
    made, rest = [], statement
    while (found := rest.find("at(")) >= 0:
        depth, end = 1, found + 3
        while depth:
            depth += {"(": 1, ")": -1}.get(rest[end], 0)
            end += 1
        is_word = found > 0 and (rest[found - 1].isalnum() or rest[found - 1] == "_")
        seconds = rest[found + 3 : end - 1]
        made.append(
            rest[: found + 3]
            if is_word
            else rest[:found] + f"strftime('%Y-%m-%dT%H:%M:%SZ', {seconds}, 'unixepoch')"
        )
        rest = rest[found + 3 :] if is_word else rest[end:]
    return "".join(made) + rest


if __name__ == "__main__":
    os.umask(0o077)
    main()
