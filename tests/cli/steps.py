"""Steps that tests of the command line share: files to feed it, and ways to look at what it left."""

import json
import sqlite3
from collections import deque
from pathlib import Path
from typing import Any

import server_shops
from conftest import SAMPLE, Ran, Run
from ordercli.driver import Driver
from ordercli.queries.copies import MEMORY
from ordercli.server import Server, ShopPlace
from terminal import terminal
from turned import changing, has_journal, looking_into
from warm import start

UNSHIPPED = str(SAMPLE / "unshipped-orders.txt")
ALL_ORDERS = str(SAMPLE / "all-orders.txt")
ORDER_REPORT = str(SAMPLE / "order-report.txt")
SHIPMENTS = str(SAMPLE / "shipments.csv")
PRODUCTS = str(SAMPLE / "products.csv")
SETTLEMENT = str(SAMPLE / "settlement.txt")
OPENING = str(SAMPLE / "opening-stock.csv")

Content = dict[str, list[tuple[Any, ...]]]


_LAST_SEEN: deque[tuple[bytes, Content]] = deque(maxlen=4)
"""Files as they were looked at last, byte by byte, or moments of a server, and what was in them."""


def content(database: ShopPlace) -> Content:
    """Every row of every table about the shop; what was in the very same file is not read again.

    Nor is it at a server to which nobody wrote since, and there a table without rows is not asked for them.
    """
    there = server_shops.seen(database) if isinstance(database, Server) else None
    if isinstance(database, Server):
        file = f"{database} at {there[0]}".encode() if there else None
    else:
        file = None if has_journal(database) else database.read_bytes()
    for seen, found in _LAST_SEEN:
        if seen == file:
            return dict(found)
    with looking_into(database) as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        found = {
            name: _rows(connection, name) if there is None or name in there[1] else []
            for (name,) in names
            if name not in MEMORY
        }
    is_whole = there is not None or (isinstance(database, Path) and database.read_bytes() == file)
    if file is not None and is_whole:  # nobody wrote meanwhile
        _LAST_SEEN.append((file, found))
    return dict(found)


def _rows(connection: Driver, table: str) -> list[tuple[Any, ...]]:
    """In the order in which a file keeps them; a server gives what was changed last at the end.

    It also changes the rows of one statement in any order, so numbers in the journal go by what it says.
    """
    found = connection.execute(f'SELECT * FROM "{table}"')
    if isinstance(connection, sqlite3.Connection):
        return found.fetchall()
    is_numbered = found.description[-1][0] == "rowid"  # a column on a server; an undo may change it
    rows = [row[:-1] if is_numbered else row for row in found]
    rows.sort(key=lambda row: [(cell is not None, cell) for cell in row[table == "row_change" :]])
    if table == "row_change":
        return [(number, *row[1:]) for number, row in zip(sorted(row[0] for row in rows), rows, strict=True)]
    return rows


def change_row(database: ShopPlace, sql: str) -> None:
    """Make the database as something other than a command would leave it."""
    with changing(database) as connection:
        assert connection.execute(sql).rowcount == 1


def done(ran: Ran) -> Ran:
    """The run itself, if it ended well."""
    assert (ran.exit_code, ran.stderr.count("Traceback")) == (0, 0), ran
    return ran


def listed(run: Run, *arguments: str, now: str | None = None) -> list[dict[str, Any]]:
    """The rows of a report, from its JSON."""
    ran = done(run(*arguments, "--format", "json", now=now))
    assert ran.stderr == "" or ("--limit" in arguments and "; --all shows all" in ran.stderr)
    rows: list[dict[str, Any]] = json.loads(ran.stdout)
    return rows


def card(run: Run, *arguments: str) -> dict[str, Any]:
    """One thing in full, from its JSON."""
    found: dict[str, Any] = json.loads(done(run(*arguments, "--format", "json")).stdout)
    return found


def receipt(ran: Ran, exit_code: int = 0) -> dict[str, Any]:
    """The JSON receipt of a writer run with ``--format json``."""
    assert ran.exit_code == exit_code, ran
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def level(run: Run, sku: str) -> dict[str, Any]:
    """The row of one product in ``stock``."""
    (row,) = listed(run, "stock", "--sku", sku)
    return row


def statuses(run: Run) -> dict[str, str]:
    """Status of every order by the last two digits of its id."""
    return {row["order_id"][-2:]: row["status"] for row in listed(run, "order", "list", "--all")}


def ship_all_allocated(run: Run) -> None:
    """Ship what the sample shop's eleven orders are promised: eleven shipments."""
    first = ("--carrier", "USPS", "--tracking", "9400111899223197428503")
    sixth = ("--line", "BRAC-BEAD:1", "--carrier", "USPS", "--tracking", "9400111899223197428558")
    done(run("ship", "0000001", *first))
    done(run("ship", "0000006", *sixth))
    done(run("ship", "--csv", SHIPMENTS))


def typed(answer: str, *arguments: str) -> Ran:
    """Run with a terminal as stdin on which somebody types."""
    with terminal() as keyboard:
        keyboard.type(f"{answer}\n")
        process = start(*arguments, stdin=keyboard.name)
        code, stderr = process.ended()
        return Ran(code, process.stdout(), stderr)


def tsv(*rows: dict[str, str]) -> str:
    """A tab-separated file as Amazon writes them, with the columns of the first row."""
    lines = [list(rows[0]), *([row[name] for name in rows[0]] for row in rows)]
    return "".join("\t".join(line) + "\n" for line in lines)


def _named(changes: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in changes.items()}


def unshipped(**changes: str) -> dict[str, str]:
    """A row of an unshipped-orders report."""
    return {
        "order-id": "114-0000021-0000021",
        "order-item-id": "21100000000000",
        "purchase-date": "2026-03-15T20:00:00+00:00",
        "promise-date": "2026-03-18T06:59:59+00:00",
        "buyer-name": "Ola Nordin",
        "sku": "RING-7",
        "product-name": "Silver stacking ring, size 7",
        "quantity-purchased": "1",
        "quantity-shipped": "0",
        "quantity-to-ship": "1",
        "ship-city": "Moab",
    } | _named(changes)


def all_orders(**changes: str) -> dict[str, str]:
    """A row of an all-orders report: an order that Amazon says is shipped."""
    return {
        "amazon-order-id": "114-0000031-0000031",
        "purchase-date": "2026-03-12T17:00:00+00:00",
        "last-updated-date": "2026-03-16T15:00:00+00:00",
        "order-status": "Shipped",
        "fulfillment-channel": "Merchant",
        "product-name": "Silver stacking ring, size 7",
        "sku": "RING-7",
        "item-status": "Shipped",
        "quantity": "1",
        "currency": "USD",
        "item-price": "34.00",
    } | _named(changes)


def order_report(**changes: str) -> dict[str, str]:
    """A row of an order report: as the unshipped one, with prices and no promise."""
    row = unshipped(currency="USD", item_price="34.00", item_tax="2.04") | _named(changes)
    return {name: row[name] for name in row if name not in ("promise-date", "quantity-to-ship")}
