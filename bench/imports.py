"""What importing order reports costs against the sqlite3 shell, and what commands cost in a large database.

Usage: python bench/imports.py [LINES [ORDERS]] [--against CHECKOUT]

LINES is the size of the import (half an all-orders report of shipped orders, half an order report of open ones);
ORDERS is the size of the large database, up to 1,000,000. With another checkout, in which ``make dev`` was run,
its imports and the ones here are measured in turn, and nothing else is.
"""

import argparse
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
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
from shop import open_shop, write_all_orders, write_order_report, write_stock, write_unshipped

LINES = 100_000
ORDERS = 100_000
FEW_ORDERS = 1_000
IMPORT_ROUNDS = 5
COMMAND_ROUNDS = 15
PEER_SQL = Path(__file__).with_name("peer_import.sql")

AGAINST_SHELL = 1.3
AGAINST_FIRST = 0.5
PEAK_MIB = 150
ALIKE = 1.1
"""What "the same at any size" allows for noise."""

STATE = """
SELECT (SELECT count(*) || ' orders, ' || sum(units) || ' units, ' || sum(units_shipped) || ' shipped'
    FROM sales_order),
  (SELECT count(*) || ' lines worth ' || sum(item_price_minor) || ' and ' || sum(item_tax_minor) FROM order_line),
  (SELECT count(*) || ' buyers, ' || sum(length(coalesce(customer_name, '') || coalesce(address_1, '') || city))
    FROM personal_data),
  (SELECT count(*) || ' shipments' FROM shipment), (SELECT sum(units) || ' sold' FROM daily_sales),
  (SELECT min(ordered_at) || max(ordered_at) || max(channel_updated_at) FROM sales_order)"""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("lines", type=int, nargs="?", default=LINES)
    parser.add_argument("orders", type=int, nargs="?", default=ORDERS)
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    told = parser.parse_args()
    lines, orders = told.lines, told.orders
    ordercli = beside_python("ordercli", "install the project there first.")
    if told.against is not None:
        compare(ordercli, told.against, lines)
        return
    shell = of_system("sqlite3")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        measured = measure_imports(ordercli, shell, folder, lines)
        print(f"{machine()}; medians of {IMPORT_ROUNDS} interleaved imports, {COMMAND_ROUNDS} of other commands")
        print_table(f"Import of {lines:,} order lines", IMPORT_HEADINGS, import_rows(measured))
    with tempfile.TemporaryDirectory() as name:
        print_growth(orders, measure_growth(ordercli, Path(name), orders))


# Import ------------------------------------------------------------------------------------------

SHELL, FIRST, AGAIN, TENTH = (
    "sqlite3 .import + SQL",
    "order import",
    "the same files again",
    "a tenth of the lines",
)
IMPORT_HEADINGS = ["process", "CPU s", "wall s", "peak MiB", "CPU / shell", "CPU / first", "goals"]


def measure_imports(ordercli: str, shell: str, folder: Path, lines: int) -> dict[str, Cost]:
    """Costs of the shell, of a first and a repeated import, and of a smaller one."""
    environment = clean_environment(folder)
    open_shop(ordercli, environment, folder)
    template = folder / "template.db"
    shutil.copy(folder / "shop.db", template)
    files, few = reports(folder, "full", lines), reports(folder, "tenth", lines // 10)
    given = dict(zip(("all_orders", "order_report"), files, strict=True))
    script = PEER_SQL.read_text(encoding="utf-8").format_map(given)

    def fresh(database: str) -> Callable[[], None]:
        return lambda: renew(template, folder / database)

    cases = {
        SHELL: Case([shell, str(folder / "peer.db")], text=script, before=fresh("peer.db")),
        FIRST: Case([ordercli, "order", "import", *files], before=fresh("shop.db")),
        AGAIN: Case([ordercli, "order", "import", *files]),
        TENTH: Case(
            [ordercli, "order", "import", *few], {"ORDERCLI_DB": str(folder / "few.db")}, before=fresh("few.db")
        ),
    }
    measured = interleaved(cases, environment, IMPORT_ROUNDS)
    if state(folder / "peer.db") != state(folder / "shop.db"):
        sys.exit(f"The peer and ordercli disagree:\n{state(folder / 'peer.db')}\n{state(folder / 'shop.db')}")
    return measured


def reports(folder: Path, name: str, lines: int) -> list[str]:
    """An all-orders report and an order report, half of the lines each."""
    return [
        str(write_all_orders(folder / f"{name}-all-orders.txt", lines // 2)),
        str(write_order_report(folder / f"{name}-order-report.txt", lines - lines // 2)),
    ]


def renew(template: Path, database: Path) -> None:
    """Put a fresh shop in the place of what the last run made."""
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
    shutil.copy(template, database)


def state(database: Path) -> tuple[str, ...]:
    """What an import left, in numbers that must not depend on who did it."""
    connection = sqlite3.connect(database)
    try:
        return tuple(connection.execute(STATE).fetchone())
    finally:
        connection.close()


def import_rows(measured: Mapping[str, Cost]) -> list[list[str]]:
    """The table of imports."""
    shell, first = measured[SHELL], measured[FIRST]
    goals = {
        FIRST: f"CPU {verdict(first.cpu / shell.cpu, AGAINST_SHELL)}; peak {verdict(first.peak, PEAK_MIB)}",
        AGAIN: f"CPU {verdict(measured[AGAIN].cpu / first.cpu, AGAINST_FIRST)}",
        TENTH: f"peak at the full size / here = {first.peak / measured[TENTH].peak:.2f}",
    }
    return [
        [
            name,
            f"{cost.cpu:.2f}",
            f"{cost.wall:.2f}",
            f"{cost.peak:.0f}",
            f"{cost.cpu / shell.cpu:.2f}",
            f"{cost.cpu / first.cpu:.2f}",
            goals.get(name, ""),
        ]
        for name, cost in measured.items()
    ]


# Before and after --------------------------------------------------------------------------------

COMPARED = ("first import", "the same files again", "an unshipped report of the open orders", "and that again")


def compare(ordercli: str, checkout: Path, lines: int) -> None:
    """The same imports by another version of the program and by this one, in turn."""
    other = checkout / ".venv" / "bin" / "ordercli"
    if not other.is_file():
        sys.exit(f"There is no {other}; run make dev in {checkout} first.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder)
        files = reports(folder, "full", lines)
        more = [str(write_unshipped(folder / "unshipped.txt", lines - lines // 2))]
        cases = {}
        for side, program in (("there", str(other)), ("here", ordercli)):
            template, database = folder / f"{side}-empty.db", folder / f"{side}.db"
            own = {"ORDERCLI_DB": str(database)}
            open_shop(program, {**environment, "ORDERCLI_DB": str(template)}, folder)
            for what, given in zip(COMPARED, (files, files, more, more), strict=True):
                before = partial(renew, template, database) if what == COMPARED[0] else None
                cases[f"{what}, {side}"] = Case([program, "order", "import", *given], own, before=before)
        measured = interleaved(cases, environment, IMPORT_ROUNDS)
    print(f"{machine()}; medians of {IMPORT_ROUNDS} interleaved imports")
    heads = ["import", "CPU s there", "here", "here / there", "peak MiB there", "here"]
    print_table(f"{lines:,} order lines, {checkout} and here", heads, comparison(measured))


def comparison(measured: Mapping[str, Cost]) -> list[list[str]]:
    """The table of both versions."""
    rows = []
    for what in COMPARED:
        there, here = measured[f"{what}, there"], measured[f"{what}, here"]
        costs = (f"{there.cpu:.2f}", f"{here.cpu:.2f}", f"{here.cpu / there.cpu:.2f}")
        rows.append([what, *costs, f"{there.peak:.0f}", f"{here.peak:.0f}"])
    return rows


# Growth ------------------------------------------------------------------------------------------

LINES_OF_OPEN_ORDERS = 400
UNITS = 20


def measure_growth(ordercli: str, folder: Path, orders: int) -> dict[str, Cost]:
    """Costs of everyday commands in a small and in a large database."""
    cases: dict[str, Case] = {}
    environment = clean_environment(folder)
    for size in (FEW_ORDERS, orders):
        here = {"ORDERCLI_DB": str(folder / f"{size}.db")}
        fill(ordercli, {**environment, **here}, folder, size)
        for name, command in growth_commands(ordercli).items():
            cases[f"{name} {size}"] = Case(command, here)
    return interleaved(cases, environment, COMMAND_ROUNDS)


def fill(ordercli: str, environment: Mapping[str, str], folder: Path, orders: int) -> None:
    """A history of shipped orders, three hundred open ones, and stock."""
    open_shop(ordercli, environment, folder)
    history = write_all_orders(folder / "history.txt", orders * 4 // 3)
    recent = write_order_report(folder / "recent.txt", LINES_OF_OPEN_ORDERS)
    run([ordercli, "order", "import", str(history), str(recent)], environment)
    run([ordercli, "stock", "import", str(write_stock(folder / "stock.csv", UNITS))], environment)


def growth_commands(ordercli: str) -> dict[str, Callable[[int], list[str]]]:
    """Name to command of one round; those that write do so to another order each time."""
    return {
        "order list": lambda _: [ordercli, "order", "list", "--format", "csv"],
        "order show": lambda _: [ordercli, "order", "show", "115-0000042-0000042", "--format", "json"],
        "stock": lambda _: [ordercli, "stock", "--format", "csv"],
        "order add": lambda _: [ordercli, "order", "add", "--line", "SKU-003:1"],
        "ship": lambda turn: [
            ordercli,
            "ship",
            f"115-{turn:07}-{turn:07}",
            "--carrier",
            "USPS",
            "--tracking",
            f"9400{turn:018}",
        ],
    }


def print_growth(orders: int, measured: Mapping[str, Cost]) -> None:
    """The table of commands at both sizes."""
    rows = []
    for name in growth_commands(""):
        few, many = measured[f"{name} {FEW_ORDERS}"], measured[f"{name} {orders}"]
        ratio = many.cpu / few.cpu
        rows.append(
            [
                name,
                f"{few.cpu * 1000:.0f}",
                f"{many.cpu * 1000:.0f}",
                f"{ratio:.2f}",
                f"{many.peak:.0f}",
                verdict(ratio, ALIKE),
            ]
        )
    heads = ["command", f"CPU ms at {FEW_ORDERS:,}", f"at {orders:,}", "ratio", "peak MiB", "goal: the same"]
    print_table(f"The same commands at {FEW_ORDERS:,} and {orders:,} orders", heads, rows)


if __name__ == "__main__":
    os.umask(0o077)
    main()
