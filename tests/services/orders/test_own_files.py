"""The law of the seller's own files: in any order and number, what lives is what an order's last list has.

Rows are corrected between them: their SKU, their id, how units are split; rows are added and left out.
"""

from collections import Counter
from pathlib import Path
from random import Random

import pytest

from campaign import SALT, TIMES, drawing
from ordercli.queries.orders.orders import OrderFilter, export_orders
from ordercli.queries.reader import reading
from services.orders.simulated_channel import KITS, SKUS, moment, stock_shop, text_of
from some_cases import some
from workbench import Workbench, workbench

ORDERS = 60
NOW = "2026-03-20T13:00:00Z"
HEAD = ["order_id", "order_line_id", "sku", "quantity", "item_price", "currency"]
Row = tuple[str, str, int]
"""Order-item id or nothing, SKU, units."""


@pytest.fixture(scope="module")
def stocked(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with plenty of everything."""
    bench = workbench(template, tmp_path_factory.mktemp("own") / "shop.db")
    stock_shop(bench, 8_000, "2026-03-01T09:00:00Z")
    return bench.path


def corrected(rows: list[Row], draw: Random) -> list[Row]:
    """The rows of an order with something set right; never what they were before."""
    place = draw.randrange(len(rows))
    item, sku, units = rows[place]
    others = [other for other in (*SKUS, *KITS) if other != sku]
    change = draw.choice(["sku", "id", "units", "split", "add", "drop"])
    new = {
        "sku": [(item, draw.choice(others), units)],
        "id": [(f"N{draw.randrange(10**6)}" if draw.random() < 0.7 else "", sku, units)],
        "units": [(item, sku, draw.randrange(1, 6))],
        "split": [(item, sku, 1), ("", sku, units - 1)] if units > 1 else [(item, sku, units + 1)],
        "add": [(item, sku, units), ("", draw.choice(others), draw.randrange(1, 4))],
        "drop": [] if len(rows) > 1 else [(item, sku, units + 1)],
    }[change]
    return [*rows[:place], *new, *rows[place + 1 :]]


def histories(draw: Random) -> list[list[list[Row]]]:
    """Of each order what its list says at one time after the other, each time something else."""
    found = []
    for _ in range(ORDERS):
        skus = draw.choices((*SKUS, *KITS), k=draw.choice([1, 1, 2, 3]))
        versions = [
            [(f"N{n}" if draw.random() < 0.5 else "", sku, draw.randrange(1, 5)) for n, sku in enumerate(skus)]
        ]
        for _ in range(draw.randrange(0, 4)):
            new = corrected(versions[-1], draw)
            if all(sorted(new) != sorted(old) for old in versions):
                versions.append(new)
        found.append(versions)
    return found


def written(path: Path, orders: dict[int, list[Row]]) -> Path:
    rows = [
        [f"OWN-{number:04d}", item, sku, str(units), f"{units * 7}.00", "USD"]
        for number, order in sorted(orders.items())
        for item, sku, units in order
    ]
    path.write_text(text_of("own-csv", [HEAD, *rows]), encoding="utf-8")
    return path


def taken_in(bench: Workbench, files: list[tuple[Path, int]]) -> list[object]:
    """The book after some files, each of an hour."""
    for path, hour in files:
        bench.take_in_file(path, ranked_at=moment(hour).replace("+00:00", "Z"), now=NOW)
    assert bench.broken_laws() == []
    with reading(bench.path, now=NOW, wait_seconds=5) as reader:
        return list(export_orders(reader, OrderFilter()).rows)


_LIVE = """
SELECT o.order_id, p.sku, sum(l.quantity - l.quantity_canceled) AS live
FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id JOIN product p ON p.id = l.product_id
GROUP BY o.order_id, p.sku HAVING sum(l.quantity - l.quantity_canceled) > 0"""


@pytest.mark.campaign
def test_what_lives_is_what_the_last_list_has(stocked: Path, tmp_path: Path) -> None:
    for shop in range(some(2 * TIMES, least=1)):
        draw = drawing(f"own {shop}")
        folder = tmp_path / str(shop)
        folder.mkdir()
        orders = histories(draw)
        files: list[tuple[Path, int]] = []
        last: dict[int, list[Row]] = {}
        for hour in range(max(len(versions) for versions in orders)):
            told = {
                n: v[hour] for n, v in enumerate(orders) if hour < len(v) and (not hour or draw.random() < 0.8)
            }
            last |= told
            at = folder / str(hour)  # one file, corrected and exported again
            at.mkdir()
            files.append((written(at / "orders.csv", told), hour))
        again = [*files, *draw.choices(files, k=2)]
        draw.shuffle(again)
        one, other = workbench(stocked, folder / "one.db"), workbench(stocked, folder / "other.db")

        played = f"shop {shop}, played again with ORDERCLI_SALT={SALT}"
        assert taken_in(other, again) == taken_in(one, files), played

        wanted: Counter[tuple[str, str]] = Counter()
        for number, rows in last.items():
            for _, sku, units in rows:
                wanted[f"OWN-{number:04d}", sku] += units
        assert {(order, sku): live for order, sku, live in one.rows(_LIVE)} == wanted, played
