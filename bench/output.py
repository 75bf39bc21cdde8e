"""What leaves the program: a table beside CSV, an export beside the shell's, labels, and drafts of messages.

Usage: python bench/output.py [ORDERS]

The shop is that of ``large.py``; where ``ORDERCLI_SHOPS`` names a folder it is kept in it.
"""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from growth import shop_of
from measure import (
    Case,
    Cost,
    beside_python,
    clean_environment,
    interleaved,
    machine,
    of_system,
    print_table,
    verdict,
)

ORDERS = 100_000
ROUNDS = 3
ROWS = 10_000
LABELS = 500
IDS = """
SELECT order_id FROM sales_order WHERE fulfillment = 'FBM' AND status = 'shipped'
ORDER BY ordered_at DESC LIMIT ?"""
EXPORTED = """
from ordercli.queries.orders.orders import EXPORT, OrderFilter
print(EXPORT.format(own="", where=OrderFilter().where()).replace(":currency", "'USD'"))
"""
"""Python that prints the SELECT of the export: not run here, for a process counts the memory of who started it."""

TABLE_TO_CSV, EXPORT_TO_SHELL, EXPORT_MIB, LABELS_B = 1.3, 3, 32, 100


def main() -> None:
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else ORDERS
    ordercli = beside_python("ordercli", "install the project there first.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder)
        file = shop_of(ordercli, environment, folder, orders)
        measured = interleaved(_cases(ordercli, folder, file), {**environment, "ORDERCLI_DB": str(file)}, ROUNDS)
    print(f"{machine()}; {orders:,} orders, medians of {ROUNDS} interleaved runs")
    print_table("What leaves the program", ("process", "CPU s", "× B", "peak MiB", "goal"), _rows(measured))


def _cases(ordercli: str, folder: Path, file: Path) -> dict[str, Case]:
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as connection:
        ids = "".join(f"{order}\n" for (order,) in connection.execute(IDS, (LABELS,)))
    script = folder / "export.sql"
    select = subprocess.run([sys.executable, "-c", EXPORTED], check=True, capture_output=True, text=True).stdout
    script.write_text(f".mode csv\n.headers on\n{select};\n", encoding="utf-8")
    rows = [ordercli, "order", "list", "--limit", str(ROWS), "--format"]
    return {
        "B": Case([sys.executable, "-c", "pass"]),
        "csv": Case([*rows, "csv"]),
        "table": Case([*rows, "table"]),
        "shell": Case([of_system("sqlite3"), "-readonly", str(file), f".read {script}"]),
        "export": Case([ordercli, "order", "export", "-"]),
        "labels": Case([ordercli, "--yes", "label", "-", "--pdf", str(folder / "labels.pdf")], text=ids),
    }


def _rows(measured: Mapping[str, Cost]) -> list[list[str]]:
    base = measured["B"].cpu
    to_csv, to_shell = (
        measured[name].cpu / measured[peer].cpu for name, peer in (("table", "csv"), ("export", "shell"))
    )
    of_export = (
        verdict(to_shell, EXPORT_TO_SHELL, " × shell"),
        verdict(measured["export"].peak, EXPORT_MIB, " MiB"),
    )
    told = {
        "csv": (f"order list of {ROWS:,} rows as CSV", ""),
        "table": ("the same as a table", f"{to_csv:.2f} × CSV, {verdict(to_csv, TABLE_TO_CSV)}"),
        "shell": ("the SELECT of order export in the shell, as CSV", ""),
        "export": ("order export", f"{to_shell:.2f} × shell, {'; '.join(of_export)}"),
        "labels": (f"{LABELS} labels", verdict(measured["labels"].cpu / base, LABELS_B, " B")),
    }
    return [
        [what, f"{measured[name].cpu:.2f}", f"{measured[name].cpu / base:.1f}", f"{measured[name].peak:.0f}", goal]
        for name, (what, goal) in told.items()
    ]


if __name__ == "__main__":
    os.umask(0o077)
    main()
