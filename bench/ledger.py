"""What a long ledger costs to read: ``stock`` of every product, ``history`` and ``explain`` of one.

Usage: python bench/ledger.py [PRODUCTS [MOVEMENTS]]

``stock`` is compared with the same SELECT in the ``sqlite3`` shell; the other two with the same product, of as
many movements, in a shop of a thousandth of the products.
"""

import shlex
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
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

from ordercli.queries.stock.stock import LEVELS

PRODUCTS = 20_000
MOVEMENTS = 5_000_000
SMALLER = 1000
"""The small shop has this part of the products, each with as many movements."""
ROUNDS = 7
GOAL = 3

# Receipts of 3 units and shipments of 2, so that every product is left with stock, at a cost in open layers.
FILL = """
INSERT INTO operation (id, recorded_at, actor, command, summary, changed)
VALUES (9999, '2026-03-16T13:00:00Z', 'bench', 'bench', 'filled', '{{}}');
CREATE TEMP TABLE number AS
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {movements}) SELECT i FROM n;
INSERT INTO product (id, sku, name, unit_cost_minor, is_kit, operation_id)
SELECT i + 1, printf('ITEM-%05d', i), printf('Sample article %d', i), 400 + i % 100, 0, 9999
FROM number WHERE i < {products};
INSERT INTO stock_movement (operation_id, kind, product_id, from_location, to_location, quantity, cost_minor,
  occurred_at, recorded_at, reference)
SELECT 9999, iif(is_in, 'receipt', 'shipment'), i % {products} + 1, iif(is_in, 'SUPPLIER', 'HOME'),
  iif(is_in, 'HOME', 'CUSTOMER'), iif(is_in, 3, 2), iif(is_in, 1200, 800), at, at, printf('R-%d', i)
FROM (SELECT i, i / {products} % 2 = 0 AS is_in,
  strftime('%Y-%m-%dT%H:%M:%SZ', '2024-03-16', printf('+%d seconds', i / {products} * {step})) AS at FROM number);
INSERT INTO cost_layer (product_id, location, lot, movement_id, acquired_at, quantity, cost_minor, quantity_used)
SELECT product_id, 'HOME', 0, id, occurred_at, 3, 1200,
  iif(id > {movements} - {products} * 8, 0, 3) FROM stock_movement WHERE kind = 'receipt';
INSERT INTO daily_sales (product_id, day, units)
SELECT product_id, substr(occurred_at, 1, 10), sum(quantity) FROM stock_movement WHERE kind = 'shipment'
GROUP BY product_id, substr(occurred_at, 1, 10);
"""

SKU = "ITEM-00001"
ONE = {"history": ["stock", "history", SKU], "explain": ["explain", "stock", SKU]}


def main() -> None:
    products = int(sys.argv[1]) if len(sys.argv) > 1 else PRODUCTS
    movements = int(sys.argv[2]) if len(sys.argv) > 2 else MOVEMENTS
    ordercli, shell = beside_python("ordercli", "install the project there first."), of_system("sqlite3")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder)
        for size, part in (("small", SMALLER), ("large", 1)):
            database = {**environment, "ORDERCLI_DB": str(folder / f"{size}.db")}
            run([ordercli, "init", "--time-zone", "Etc/UTC", "--currency", "USD"], database)
            fill(folder / f"{size}.db", products // part, movements // part)
        measured = interleaved(cases(ordercli, shell, folder), environment, ROUNDS)
    print(f"{machine()}; {products:,} products, {movements:,} movements; medians of {ROUNDS} interleaved runs")
    print_stock(measured)
    print_one(measured)


def fill(path: Path, products: int, movements: int) -> None:
    """A ledger written straight into its table; triggers keep the levels."""
    connection = sqlite3.connect(path)
    step = 730 * 86_400 * products // movements
    connection.executescript(
        "BEGIN; " + FILL.format(products=products, movements=movements, step=step) + "COMMIT; ANALYZE;"
    )
    connection.close()


def cases(ordercli: str, shell: str, folder: Path) -> dict[str, Case]:
    """Start-up, the SELECT in the shell, ``stock``; then one product in either shop."""
    large = {"ORDERCLI_DB": str(folder / "large.db"), "ORDERCLI_FORMAT": "csv"}
    values = {":sku": "NULL", ":low": "0", ":usual": "0", ":today": "'2026-03-16'", ":currency": "'USD'"}
    bound = "".join(f".parameter set {name} {shlex.quote(value)}\n" for name, value in values.items())
    select = f"{bound}.headers on\n.mode csv\n{LEVELS};\n"
    found = {
        "start": Case([ordercli, "--version"]),
        "shell": Case([shell, "-readonly", large["ORDERCLI_DB"]], text=select),
        "stock": Case([ordercli, "stock"], large),
    }
    for name, words in ONE.items():
        for size in ("small", "large"):
            found[f"{name} {size}"] = Case(
                [ordercli, *words], {**large, "ORDERCLI_DB": str(folder / f"{size}.db")}
            )
    return found


def print_stock(measured: Mapping[str, Cost]) -> None:
    start, shell, stock = (measured[name] for name in ("start", "shell", "stock"))
    ratio = (stock.cpu - start.cpu) / shell.cpu
    rows = [
        ["ordercli --version", f"{start.cpu:.3f}", ""],
        ["the SELECT in the shell, as CSV", f"{shell.cpu:.3f}", "1.00"],
        ["stock csv, less start-up", f"{stock.cpu - start.cpu:.3f}", f"{ratio:.2f}; {verdict(ratio, GOAL)}"],
    ]
    print_table("Stock of every product", ("process", "CPU s", "CPU / shell"), rows)


def print_one(measured: Mapping[str, Cost]) -> None:
    rows = []
    for name in ONE:
        few, many = measured[f"{name} small"].cpu, measured[f"{name} large"].cpu
        rows.append([name, f"{few * 1000:.0f}", f"{many * 1000:.0f}", f"{many / few:.2f}"])
    headings = ("command as CSV", f"CPU ms, 1/{SMALLER} of the products", "CPU ms, all", "growth")
    print_table("One product", headings, rows)


if __name__ == "__main__":
    main()
