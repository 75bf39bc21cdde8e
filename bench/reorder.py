"""``reorder`` for many products on many orders, beside its own SELECTs in the ``sqlite3`` shell.

Usage: python bench/reorder.py [ORDERS [PRODUCTS]]

Two years of orders; deliveries of eight units, a third of them only when the last unit is gone, so that products
were out of stock; most products are well stocked now.
"""

import re
import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from measure import (
    Case,
    beside_python,
    clean_environment,
    interleaved,
    machine,
    of_system,
    print_table,
    run,
    verdict,
)

from ordercli.domain import backorders, demand_history, standing, supply
from ordercli.queries.purchasing import reorder

ORDERS = 1_000_000
PRODUCTS = 20_000
ROUNDS = 5
OPEN = 300
GOAL = 1.5
TODAY = date(2026, 3, 16)

FILL = """
INSERT INTO operation (id, recorded_at, actor, command, summary, changed)
VALUES (9999, '2026-03-16T12:00:00Z', 'bench', 'bench', 'filled', '{{}}');
CREATE TEMP TABLE sale AS
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {orders}),
  s AS (SELECT i, (i * 7919 + i / 3 * 104729 + i % 11 * (i % 13)) % {products} + 1 AS product FROM n)
SELECT i, product, row_number() OVER (PARTITION BY product ORDER BY i) AS k,
  count(*) OVER (PARTITION BY product) AS n
FROM s WHERE i < {shipped};
INSERT INTO stock_movement (operation_id, kind, product_id, from_location, to_location, quantity, cost_minor,
  occurred_at, recorded_at)
SELECT 9999, kind, product, source, target, quantity, 400 * quantity, moment, moment FROM (
  SELECT 'receipt' AS kind, product, 'SUPPLIER' AS source, 'HOME' AS target,
    min(8, n - k + 1) + iif(n - k < 8 AND product % 7, 6 + product % 12, 0) AS quantity,
    at(i, CASE product % 3 WHEN 0 THEN 1 ELSE -4 END) AS moment FROM sale WHERE k % 8 = 1
  UNION ALL SELECT 'shipment', product, 'HOME', 'CUSTOMER', 1, at(i, 1) FROM sale
) ORDER BY moment, kind;
INSERT INTO sales_order (id, channel, order_id, ordered_at, ordered_on, ship_by, fulfillment, is_released,
  operation_id)
SELECT i + 1, 'amazon', printf('114-%07d-%07d', i, i), at(i, 0), substr(at(i, 0), 1, 10), at(i, 3), 'FBM', 1, 9999
FROM sale;
INSERT INTO order_line (id, sales_order_id, line_no, item_id, product_id, quantity, item_price_minor)
SELECT i + 1, i + 1, 1, printf('%014d', i), product, 1, 3400 FROM sale;
INSERT INTO shipment (id, sales_order_id, operation_id, origin, status, carrier, shipped_on, recorded_at,
  confirmed_at)
SELECT i + 1, i + 1, 9999, 'seller', 'shipped', 'USPS', substr(at(i, 1), 1, 10), at(i, 1), at(i, 1) FROM sale;
INSERT INTO shipment_line (shipment_id, order_line_id, product_id, quantity, sold_on)
SELECT i + 1, i + 1, product, 1, substr(at(i, 1), 1, 10) FROM sale;
"""


def main() -> None:
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else ORDERS
    products = int(sys.argv[2]) if len(sys.argv) > 2 else PRODUCTS
    ordercli, shell = beside_python("ordercli", "install the project there first."), of_system("sqlite3")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder)
        fill(ordercli, environment, folder, orders, products)
        machine_format = {"ORDERCLI_FORMAT": "csv"}
        measured = interleaved(
            {
                "its SELECTs in the shell": Case([shell, environment["ORDERCLI_DB"]], text=peer()),
                "start (--version)": Case([ordercli, "--version"]),
                "reorder": Case([ordercli, "reorder"], environment=machine_format),
                "reorder --every-product": Case(
                    [ordercli, "reorder", "--every-product"], environment=machine_format
                ),
            },
            environment,
            ROUNDS,
        )
    allowed = GOAL * measured["its SELECTs in the shell"].cpu + measured["start (--version)"].cpu
    print(f"{machine()}; medians of {ROUNDS} interleaved runs")
    print_table(
        f"reorder of {products:,} products on {orders:,} orders; allowed are {GOAL:g} x the shell + start",
        ("process", "CPU s", "wall s", "peak MiB", "CPU / allowed", "goal"),
        [
            [
                name,
                f"{cost.cpu:.2f}",
                f"{cost.wall:.2f}",
                f"{cost.peak:.0f}",
                f"{cost.cpu / allowed:.2f}",
                verdict(cost.cpu / allowed, 1) if name == "reorder" else "",
            ]
            for name, cost in measured.items()
        ],
    )


def fill(ordercli: str, environment: Mapping[str, str], folder: Path, orders: int, products: int) -> None:
    """The shop, written straight into its tables; triggers keep the sums."""
    run([ordercli, "init", "--time-zone", "Etc/UTC", "--currency", "USD"], environment)
    catalog = folder / "products.csv"
    lines = [f"SKU-{n:06},Sample {n},{4 + n % 50 / 10:.2f},{7 + n % 4 * 7}" for n in range(products)]
    catalog.write_text("sku,name,unit_cost,lead_time_days\n" + "\n".join(lines) + "\n", encoding="utf-8")
    run([ordercli, "product", "import", str(catalog)], environment)
    connection = sqlite3.connect(environment["ORDERCLI_DB"])
    last, step = datetime(2026, 3, 15, 12, tzinfo=UTC), 730 * 86_400 / orders

    def at(number: int, days: int) -> str:
        moment = last - timedelta(seconds=(orders - 1 - number) * step) + timedelta(days=days)
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")

    connection.create_function("at", 2, at, deterministic=True)
    statements = FILL.format(orders=orders, products=products, shipped=orders - OPEN)
    connection.executescript(f"BEGIN; {statements} COMMIT; ANALYZE;")
    connection.close()


def peer() -> str:
    """The SELECTs of ``reorder`` with their values, for the shell; what they print is thrown away."""
    since = (TODAY - timedelta(days=30)).isoformat()
    values = {
        "sku": None,
        "side": None,
        "today": TODAY.isoformat(),
        "since": since,
        "recent": (TODAY - timedelta(days=60)).isoformat(),
        "start": f"{since}T00:00:00Z",
        "days": 30,
        "usual": 14,
        "currency": "USD",
    }
    bought = demand_history.BOUGHT
    selects = (
        supply.SUPPLIES.format(products=bought),
        reorder.BREAKS,
        reorder.TOLD,
        reorder.RECENT,
        backorders.BACKORDERED,
        demand_history.ordered_sql(bought),
        demand_history.kept_stockouts_sql(bought),
        standing.ARRIVALS,
        standing.FACTS.format(products=bought, retired="0"),
    )
    told = {name: "NULL" if value is None else f"'{value}'" for name, value in values.items()}
    return ";\n".join(re.sub(r"(?<!:):([a-z_]+)", lambda match: told[match[1]], sql) for sql in selects) + ";\n"


if __name__ == "__main__":
    main()
