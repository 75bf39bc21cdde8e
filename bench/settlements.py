"""What importing a settlement costs against the sqlite3 shell's .import and set-based SQL.

Usage: python bench/settlements.py [ROWS]
"""

import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from measure import Case, beside_python, clean_environment, interleaved, machine, of_system, print_table, verdict
from shop import FIRST, open_shop, price_of, sku_of

ROWS = 1_000_000
ROUNDS = 3
AGAINST_SHELL = 1.5
PEAK_MIB = 150
PEER_SQL = Path(__file__).with_name("peer_settlement.sql")
SHELL, FIRST_TIME, AGAIN = "sqlite3 .import + SQL", "settlement import", "the same file again"

_HEADER = """settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency
transaction-type order-id merchant-order-id adjustment-id shipment-id marketplace-name amount-type
amount-description amount fulfillment-id posted-date posted-date-time order-item-code merchant-order-item-id
merchant-adjustment-item-id sku quantity-purchased promotion-id"""

_STATE = """
SELECT count(*), sum(amount_minor), count(order_id), count(DISTINCT order_id), min(posted_at), max(posted_at),
  sum(quantity), sum(length(coalesce(sku, '') || coalesce(item_id, '') || amount_description)),
  (SELECT min(starts_at) || max(ends_at) || sum(total_minor) FROM settlement)
FROM settlement_entry"""


def main() -> None:
    rows = int(sys.argv[1]) if sys.argv[1:] else ROWS
    ordercli, shell = beside_python("ordercli", "install the project there first."), of_system("sqlite3")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = clean_environment(folder)
        open_shop(ordercli, environment, folder)
        template = folder / "template.db"
        shutil.copy(folder / "shop.db", template)
        file = write_settlement(folder / "settlement.txt", rows)
        script = PEER_SQL.read_text(encoding="utf-8").format(settlement=file)
        command = [ordercli, "settlement", "import", str(file)]
        measured = interleaved(
            {
                SHELL: Case([shell, str(folder / "peer.db")], text=script, before=_fresh(template, "peer.db")),
                FIRST_TIME: Case(command, before=_fresh(template, "shop.db")),
                AGAIN: Case(command),
            },
            environment,
            ROUNDS,
        )
        if _state(folder / "peer.db") != _state(folder / "shop.db"):
            sys.exit(f"They disagree:\n{_state(folder / 'peer.db')}\n{_state(folder / 'shop.db')}")
    base = measured[SHELL].cpu
    goals = {
        FIRST_TIME: f"CPU {verdict(measured[FIRST_TIME].cpu / base, AGAINST_SHELL)}; "
        f"peak {verdict(measured[FIRST_TIME].peak, PEAK_MIB)}"
    }
    print(f"{machine()}; medians of {ROUNDS} interleaved runs")
    print_table(
        f"Import of a settlement of {rows:,} amounts",
        ["process", "CPU s", "wall s", "peak MiB", "CPU / shell", "goals"],
        [
            [n, f"{c.cpu:.2f}", f"{c.wall:.2f}", f"{c.peak:.0f}", f"{c.cpu / base:.2f}", goals.get(n, "")]
            for n, c in measured.items()
        ],
    )


def _fresh(template: Path, database: str) -> Callable[[], None]:
    target = template.with_name(database)

    def renew() -> None:
        for suffix in ("-wal", "-shm"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        shutil.copy(template, target)

    return renew


def _state(database: Path) -> tuple[object, ...]:
    """What an import left, in numbers that must not depend on who did it."""
    with closing(sqlite3.connect(database)) as connection:
        return tuple(connection.execute(_STATE).fetchone())


def write_settlement(file: Path, rows: int) -> Path:
    """A settlement of two weeks in which every order item has four amounts."""
    names = _HEADER.split()
    total = sum(amount for _, amount in _amounts(rows))
    head = {
        "settlement-id": "28471003921",
        "settlement-start-date": "2024-03-01 00:00:00 UTC",
        "settlement-end-date": "2024-03-14 23:59:59 UTC",
        "deposit-date": "2024-03-16 00:00:00 UTC",
        "total-amount": f"{total / 100:.2f}",
        "currency": "USD",
    }
    with file.open("w", encoding="utf-8", newline="") as out:
        out.write("\t".join(names) + "\n")
        out.write("\t".join(head.get(name, "") for name in names) + "\n")
        for told, amount in _amounts(rows):
            told["amount"] = f"{amount / 100:.2f}"
            out.write("\t".join([told.get(name, "") for name in names]) + "\n")
    return file


def _amounts(rows: int) -> Iterator[tuple[dict[str, str], int]]:
    codes = (("ItemPrice", "Principal"), ("ItemPrice", "Tax"), ("ItemFees", "Commission"))
    last = ("ItemFees", "FBAPerUnitFulfillmentFee")
    for number in range(rows):
        item = number // 4
        price = price_of(item)
        amount = (price, price // 16, -(price * 15 // 100), -322)[number % 4]
        moment = FIRST + timedelta(seconds=item * 1_000_000 // rows)
        amount_type, description = (*codes, last)[number % 4]
        yield (
            {
                "settlement-id": "28471003921",
                "currency": "USD",
                "transaction-type": "Order",
                "order-id": f"114-{item:07}-{item:07}",
                "shipment-id": f"D{item:08}",
                "marketplace-name": "amazon.com",
                "amount-type": amount_type,
                "amount-description": description,
                "fulfillment-id": "AFN",
                "posted-date": moment.strftime("%Y-%m-%d"),
                "posted-date-time": moment.strftime("%Y-%m-%d %H:%M:%S UTC"),
                "order-item-code": f"{item:014}",
                "sku": sku_of(item),
                "quantity-purchased": "1",
            },
            amount,
        )


if __name__ == "__main__":
    main()
