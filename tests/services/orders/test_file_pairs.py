"""For every layout an older and a newer file that overlap: in either order, and told again, they give one book.

Order 1 is in both and has changed, order 2 is in both as it was, order 3 is in the older file alone, order 4 in
the newer one.
"""

from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import pytest

from ordercli.formats.orders.order_layouts import LAYOUTS
from services.orders.simulated_channel import text_of
from workbench import Workbench, workbench


class Pair(NamedTuple):
    """Two files of one layout, and the lines they make.

    Attributes:
        head: the columns.
        older, newer: rows as words; a dot is an empty cell, ``N`` stands for order number N.
        dates: of files that have no date of their own.
        wanted: (order, item id, SKU, units, of these shipped, of these canceled, price in cents).
    """

    head: str
    older: list[str]
    newer: list[str]
    wanted: list[tuple[int, str | None, str, int, int, int, int | None]]
    dates: tuple[str, str] = ("2026-03-12T00:00:00Z", "2026-03-14T00:00:00Z")


P, A, B = "2026-03-10T12:00:00+00:00", "2026-03-12T12:00:00+00:00", "2026-03-14T12:00:00+00:00"
PAIRS = {
    "amazon-all-orders": Pair(
        "amazon-order-id purchase-date last-updated-date order-status item-status fulfillment-channel sku quantity"
        " currency item-price",
        [
            f"1 {P} {A} Pending Unshipped Merchant RING-7 3 USD 60.00",
            f"2 {P} {A} Pending Unshipped Merchant RING-8 1 USD 20.00",
            f"3 {P} {A} Shipped Shipped Merchant RING-7 1 USD 20.00",
        ],
        [
            f"1 {P} {B} Shipping Shipped Merchant RING-7 1 USD 20.00",
            f"1 {P} {B} Shipping Unshipped Merchant RING-7 1 USD 20.00",
            f"2 {P} {A} Pending Unshipped Merchant RING-8 1 USD 20.00",
            f"4 {P} {B} Cancelled Cancelled Merchant RING-8 0 . .",
        ],
        [
            (1, None, "RING-7", 3, 1, 1, 6000),
            (2, None, "RING-8", 1, 0, 0, 2000),
            (3, None, "RING-7", 1, 1, 0, 2000),
            (4, None, "RING-8", 0, 0, 0, 0),
        ],
    ),
    "amazon-unshipped": Pair(
        "order-id order-item-id purchase-date promise-date days-past-promise sku quantity-purchased"
        " quantity-shipped quantity-to-ship",
        [
            f"1 11 {P} 2026-03-15T06:59:59+00:00 -2 RING-7 3 0 3",
            f"2 21 {P} 2026-03-15T06:59:59+00:00 -2 RING-8 1 0 1",
            f"3 31 {P} 2026-03-15T06:59:59+00:00 -2 RING-7 1 0 1",
        ],
        [
            f"1 11 {P} 2026-03-15T06:59:59+00:00 0 RING-7 3 1 1",
            f"2 21 {P} 2026-03-15T06:59:59+00:00 0 RING-8 1 0 1",
            f"4 41 {P} 2026-03-17T06:59:59+00:00 -2 RING-8 2 0 2",
        ],
        [
            (1, "11", "RING-7", 3, 1, 1, 6000),
            (2, "21", "RING-8", 1, 0, 0, 2000),
            (3, "31", "RING-7", 1, 0, 0, 2000),
            (4, "41", "RING-8", 2, 0, 0, 4000),
        ],
    ),
    "amazon-order-report": Pair(
        "order-id order-item-id purchase-date sku quantity-purchased currency item-price recipient-name"
        " ship-address-1",
        [
            f"1 11 {P} RING-7 3 USD 60.00 Ana Street-1",
            f"2 21 {P} RING-8 1 USD 20.00 Ana Street-2",
            f"3 31 {P} RING-7 1 USD 20.00 Ana Street-3",
        ],
        [
            f"1 11 {P} RING-7 2 USD 40.00 Ana Street-9",
            f"2 21 {P} RING-8 1 USD 20.00 Ana Street-2",
            f"4 41 {P} RING-8 2 USD 40.00 Ana Street-4",
        ],
        [
            (1, "11", "RING-7", 3, 0, 1, 6000),
            (2, "21", "RING-8", 1, 0, 0, 2000),
            (3, "31", "RING-7", 1, 0, 0, 2000),
            (4, "41", "RING-8", 2, 0, 0, 4000),
        ],
    ),
    "amazon-fba-shipments": Pair(
        "amazon-order-id amazon-order-item-id shipment-item-id purchase-date shipment-date sku quantity-shipped"
        " currency item-price",
        [
            f"1 11 D1 {P} {A} RING-7 1 USD 20.00",
            f"2 21 D2 {P} {A} RING-8 1 USD 20.00",
            f"3 31 D3 {P} {A} RING-7 1 USD 20.00",
        ],
        [
            f"1 11 D1 {P} {A} RING-7 1 USD 20.00",
            f"1 11 D9 {P} {B} RING-7 2 USD 40.00",
            f"2 21 D2 {P} {A} RING-8 1 USD 20.00",
            f"4 41 D4 {P} {B} RING-8 2 USD 40.00",
        ],
        [
            (1, "11", "RING-7", 3, 3, 0, 6000),
            (2, "21", "RING-8", 1, 1, 0, 2000),
            (3, "31", "RING-7", 1, 1, 0, 2000),
            (4, "41", "RING-8", 2, 2, 0, 4000),
        ],
    ),
    "ordercli": Pair(
        "order_id order_line_id channel ordered_at channel_updated_at sku quantity quantity_shipped"
        " quantity_canceled currency unit_price",
        [
            f"1 11 amazon {P} {A} RING-7 3 0 0 USD 20.00",
            f"2 21 amazon {P} {A} RING-8 1 0 0 USD 20.00",
            f"3 31 amazon {P} {A} RING-7 1 1 0 USD 20.00",
        ],
        [
            f"1 11 amazon {P} {B} RING-7 3 1 1 USD 20.00",
            f"2 21 amazon {P} {A} RING-8 1 0 0 USD 20.00",
            f"4 41 amazon {P} {B} RING-8 2 0 0 USD 20.00",
        ],
        [
            (1, "11", "RING-7", 3, 1, 1, 6000),
            (2, "21", "RING-8", 1, 0, 0, 2000),
            (3, "31", "RING-7", 1, 1, 0, 2000),
            (4, "41", "RING-8", 2, 0, 0, 4000),
        ],
    ),
}
LINES = """
SELECT CAST(substr(o.order_id, -1) AS INTEGER), l.item_id, p.sku, l.quantity, l.quantity_shipped,
  l.quantity_canceled, l.item_price_minor
FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id JOIN product p ON p.id = l.product_id
ORDER BY o.order_id, l.line_no"""
BOOK = """
SELECT o.order_id, o.status, o.fulfillment, o.ordered_at, o.ship_by, o.channel_status, o.channel_updated_at,
  o.is_released, d.ship_name, d.address_1, l.item_id, l.quantity, l.quantity_shipped, l.quantity_canceled,
  l.quantity_allocated, l.item_price_minor, l.price_is_estimated, l.channel_shipped_at
FROM sales_order o JOIN order_line l ON l.sales_order_id = o.id
LEFT JOIN personal_data d ON d.personal_id = o.personal_id AND d.version = o.personal_version
ORDER BY o.order_id, l.line_no"""


@pytest.fixture(scope="session")
def stocked(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty of each ring, before any of the orders."""
    bench = workbench(template, tmp_path_factory.mktemp("pairs") / "shop.db")
    bench.stock_up(("RING-7", 20, 950), ("RING-8", 20, 950), now="2026-03-01T12:00:00Z")
    return bench.path


def test_every_layout_has_its_pair() -> None:
    assert PAIRS.keys() == {layout.name for layout in LAYOUTS}


@pytest.mark.parametrize("layout", PAIRS)
def test_either_order_of_two_files_gives_one_book(stocked: Path, tmp_path: Path, layout: str) -> None:
    pair = PAIRS[layout]
    files = [
        (_written(tmp_path, layout, pair, rows), date) for rows, date in zip(pair[1:3], pair.dates, strict=True)
    ]
    books = []
    for place, order in enumerate(permutations(files)):
        bench = workbench(stocked, tmp_path / f"{place}.db")
        for path, date in (*order, *order):
            bench.take_in_file(path, ranked_at=date)
        assert bench.rows(LINES) == pair.wanted
        assert bench.broken_laws() == []
        books.append((bench.rows(BOOK), _sold(bench)))
    assert books[0] == books[1]


def _sold(bench: Workbench) -> list[tuple[object, ...]]:
    """What counts as sold by day, and what is on the shelf."""
    sold = "SELECT product_id, day, units FROM daily_sales WHERE units <> 0 ORDER BY product_id, day"
    return [*bench.rows(sold), *bench.rows("SELECT product_id, location, quantity FROM stock_level ORDER BY 1, 2")]


def _written(folder: Path, layout: str, pair: Pair, rows: list[str]) -> Path:
    path = folder / f"{len(list(folder.iterdir()))}.txt"
    cells = [["" if cell == "." else cell for cell in row.split()] for row in rows]
    table = [[f"114-000000{row[0]}-000000{row[0]}", *row[1:]] for row in cells]
    path.write_text(
        text_of("own-csv" if layout == "ordercli" else layout, [pair.head.split(), *table]), encoding="utf-8"
    )
    return path
