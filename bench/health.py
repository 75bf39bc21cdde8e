"""How ``metrics``, ``reorder`` and ``today`` grow with the shop, whole processes, as multiples of bare Python.

Usage: python bench/health.py [ORDERS]
"""

import sqlite3
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from measure import Case, Cost, beside_python, clean_environment, interleaved, machine, print_table, run
from shop import PRODUCTS, open_shop, write_stock

SMALL = 1_000
LARGE = 1_000_000
ROUNDS = 7
OPEN = 300
"""Newest orders not shipped yet, the same number in both shops."""

COMMANDS = {
    "metrics": ["metrics"],
    "metrics show (50 orders)": ["metrics", "show", "late_shipment_rate_30d"],
    "reorder": ["reorder", "--all"],
    "today": ["today"],
}

# Two years of orders ending now, one line each, every hundredth late; the newest are open. Reviews were asked for
# until yesterday, so that today's are due.
FILL = """
INSERT INTO operation (id, recorded_at, actor, command, summary, changed)
VALUES (9999, '2026-03-16T13:00:00Z', 'bench', 'bench', 'filled', '{{}}');
CREATE TEMP TABLE number AS
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {orders}) SELECT i FROM n;
INSERT INTO sales_order (id, channel, order_id, ordered_at, ordered_on, ship_by, deliver_by, fulfillment,
  is_released, operation_id)
SELECT i + 1, 'amazon', printf('114-%07d-%07d', i, i), at(i, 0), substr(at(i, 0), 1, 10), at(i, 3), at(i, 9),
  'FBM', 1, 9999 FROM number;
INSERT INTO order_line (id, sales_order_id, line_no, item_id, product_id, quantity, item_price_minor)
SELECT i + 1, i + 1, 1, printf('%014d', i), i % {products} + 1, 1, 3400 FROM number;
INSERT INTO shipment (id, sales_order_id, operation_id, origin, status, carrier, tracking_number, shipped_on,
  recorded_at)
SELECT i + 1, i + 1, 9999, 'seller', 'shipped', 'USPS', printf('94001%08d', i), substr(at(i, 1), 1, 10), at(i, 1)
FROM number WHERE i < {shipped};
INSERT INTO shipment_line (shipment_id, order_line_id, product_id, quantity, sold_on)
SELECT i + 1, i + 1, i % {products} + 1, 1, substr(at(i, 1), 1, 10) FROM number WHERE i < {shipped};
UPDATE shipment SET confirmed_at = at(id - 1, CASE WHEN id % 100 = 1 THEN 4 ELSE 1 END);
INSERT INTO shipment_event (shipment_id, operation_id, occurred_at, status)
SELECT id, 9999, at(id - 1, CASE WHEN id % 50 = 1 THEN 10 ELSE 6 END), 'delivered' FROM shipment;
INSERT INTO feedback (sales_order_id, stars, given_on, operation_id)
SELECT i + 1, i / 50 % 5 + 1, substr(at(i, 3), 1, 10), 9999 FROM number WHERE i % 50 = 0 AND i < {shipped};
INSERT INTO message (sales_order_id, kind, occasion, language, intended_at, operation_id, state)
SELECT i + 1, 'feedback_request', 'order', 'en', at(i, 11), 9999, 'sent'
FROM number WHERE at(i, 11) < '2026-03-15T13:00:00Z';
"""


def main() -> None:
    large = int(sys.argv[1]) if len(sys.argv) > 1 else LARGE
    ordercli = beside_python("ordercli", "install the project there first.")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder)
        for orders in (SMALL, large):
            fill(ordercli, {**environment, "ORDERCLI_DB": str(folder / f"{orders}.db")}, folder, orders)
        measured = interleaved(cases(ordercli, folder, large), environment, ROUNDS)
    print(f"{machine()}; medians of {ROUNDS} interleaved runs")
    headings = ("command as CSV", f"{SMALL:,} orders, × B", f"{large:,} orders, × B", "growth")
    print_table("Account health and reorder, whole process", headings, rows(measured))


def fill(ordercli: str, environment: Mapping[str, str], folder: Path, orders: int) -> None:
    """A shop with that many orders, written straight into its tables; triggers keep the sums."""
    open_shop(ordercli, environment, folder)
    connection = sqlite3.connect(environment["ORDERCLI_DB"])
    step = 730 * 86_400 / orders
    connection.create_function("at", 2, lambda i, days: _instant(orders, step, i, days), deterministic=True)
    connection.executescript(
        "BEGIN; " + FILL.format(orders=orders, products=PRODUCTS, shipped=orders - OPEN) + "COMMIT;"
    )
    connection.execute("ANALYZE")
    connection.close()
    write_stock(folder / "stock.csv", OPEN)
    run([ordercli, "stock", "import", str(folder / "stock.csv")], environment)


def _instant(orders: int, step: float, number: int, days: int) -> str:
    last = datetime(2026, 3, 16, 12, tzinfo=UTC)
    moment = last - timedelta(seconds=(orders - 1 - number) * step) + timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def cases(ordercli: str, folder: Path, large: int) -> dict[str, Case]:
    """Bare Python, then each command on either shop."""
    found = {"B": Case([sys.executable, "-c", "pass"])}
    for name, words in COMMANDS.items():
        for orders in (SMALL, large):
            database = {"ORDERCLI_DB": str(folder / f"{orders}.db"), "ORDERCLI_FORMAT": "csv"}
            found[f"{name} {orders}"] = Case([ordercli, *words], environment=database)
    return found


def rows(measured: Mapping[str, Cost]) -> list[list[str]]:
    """One row a command: both sizes in B, and the larger over the smaller."""
    base = measured["B"].cpu
    small_and_large = list(measured.items())[1:]
    pairs = zip(small_and_large[::2], small_and_large[1::2], strict=True)
    return [
        [name.rpartition(" ")[0], f"{few.cpu / base:.1f}", f"{many.cpu / base:.1f}", f"{many.cpu / few.cpu:.2f}"]
        for (name, few), (_, many) in pairs
    ]


if __name__ == "__main__":
    main()
