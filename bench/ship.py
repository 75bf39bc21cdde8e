"""What `ship --csv` of ten thousand rows costs against the sqlite3 shell's own .import and the same set-based SQL.

Usage: python bench/ship.py [ROWS]
"""

import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from measure import (
    Case,
    Cost,
    beside_python,
    clean_environment,
    interleaved,
    machine,
    of_system,
    print_table,
    run,
    verdict,
)
from shop import open_shop, write_order_report, write_stock

ROWS = 10_000
ROUNDS = 5
AGAINST_SHELL = 1.3
PEER_SQL = Path(__file__).with_name("peer_ship.sql")
SHELL, FIRST, AGAIN, NOTHING = "sqlite3 .import + SQL", "ship --csv", "the same file again", "ship --help"

STATE = """
SELECT (SELECT count(*) || ' shipments' FROM shipment),
  (SELECT sum(quantity) || ' units in them' FROM shipment_line),
  (SELECT sum(units_shipped) || ' shipped' FROM sales_order),
  (SELECT sum(quantity) || ' moved at ' || sum(cost_minor) FROM stock_movement WHERE kind = 'shipment'),
  (SELECT sum(quantity) || ' on hand, ' || sum(allocated) || ' allocated' FROM stock_level),
  (SELECT sum(units) || ' sold' FROM daily_sales),
  (SELECT count(*) || ' events' FROM order_event WHERE kind = 'shipped')"""


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    ordercli, shell = beside_python("ordercli", "install the project there first."), of_system("sqlite3")
    with tempfile.TemporaryDirectory() as name:
        measured = measure(ordercli, shell, Path(name), rows)
    print(f"{machine()}; medians of {ROUNDS} interleaved runs")
    print_table(f"Recording a CSV of {rows:,} shipments", HEADINGS, table(measured))


def measure(ordercli: str, shell: str, folder: Path, rows: int) -> dict[str, Cost]:
    """Costs of the shell, of ordercli the first and the second time, and of ordercli doing nothing."""
    environment = clean_environment(folder)
    open_shop(ordercli, environment, folder)
    run([ordercli, "stock", "import", str(write_stock(folder / "stock.csv", rows))], environment)
    run([ordercli, "order", "import", str(write_order_report(folder / "orders.txt", rows))], environment)
    template = folder / "template.db"
    shutil.copy(folder / "shop.db", template)
    shipments = write_shipments(folder / "shipments.csv", template)
    script = PEER_SQL.read_text(encoding="utf-8").format(shipments=shipments)

    def fresh(database: str) -> Callable[[], None]:
        return lambda: renew(template, folder / database)

    measured = interleaved(
        {
            SHELL: Case([shell, str(folder / "peer.db")], text=script, before=fresh("peer.db")),
            FIRST: Case([ordercli, "ship", "--csv", shipments], before=fresh("shop.db")),
            AGAIN: Case([ordercli, "ship", "--csv", shipments]),
            NOTHING: Case([ordercli, "ship", "--help"]),
        },
        environment,
        ROUNDS,
    )
    if state(folder / "peer.db") != state(folder / "shop.db"):
        sys.exit(f"The peer and ordercli disagree:\n{state(folder / 'peer.db')}\n{state(folder / 'shop.db')}")
    return measured


def write_shipments(path: Path, database: Path) -> str:
    """A row for each line of every open order, one shipment an order, with right check digits."""
    connection = sqlite3.connect(database)
    lines = connection.execute(
        """
SELECT o.id, o.order_id, p.sku, l.quantity FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id
JOIN product p ON p.id = l.product_id WHERE l.quantity > l.quantity_shipped ORDER BY o.id, l.line_no"""
    )
    with path.open("w", encoding="utf-8") as file:
        file.write("order_id,sku,quantity,carrier,tracking_number,service,cost,shipped_on\n")
        for row, order_id, sku, quantity in lines:
            file.write(f"{order_id},{sku},{quantity},USPS,{tracking(row)},Ground Advantage,4.85,2026-03-16\n")
    connection.close()
    return str(path)


def tracking(number: int) -> str:
    """A USPS number whose check digit is right."""
    body = f"94001{number:016d}"
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return f"{body}{-total % 10}"


def renew(template: Path, database: Path) -> None:
    """Put a fresh shop in the place of what the last run made."""
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copy(template, database)


def state(database: Path) -> tuple[str, ...]:
    """What was left, in numbers that must not depend on who did it."""
    connection = sqlite3.connect(database)
    try:
        return tuple(connection.execute(STATE).fetchone())
    finally:
        connection.close()


HEADINGS = ["process", "CPU s", "wall s", "peak MiB", "CPU / shell", "goal"]


def table(measured: Mapping[str, Cost]) -> list[list[str]]:
    """The rows to print."""
    shell, first = measured[SHELL], measured[FIRST]
    goals = {FIRST: verdict(first.cpu / shell.cpu, AGAINST_SHELL)}
    return [
        [
            name,
            f"{cost.cpu:.2f}",
            f"{cost.wall:.2f}",
            f"{cost.peak:.0f}",
            f"{cost.cpu / shell.cpu:.2f}",
            goals.get(name, ""),
        ]
        for name, cost in measured.items()
    ]


if __name__ == "__main__":
    os.umask(0o077)
    main()
