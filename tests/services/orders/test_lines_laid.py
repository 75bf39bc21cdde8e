"""Rows without order-item ids are laid on the lines they fit best: by units, by what lives, by price."""

from pathlib import Path

import pytest

from ordercli.services.orders.orders import NewLine, NewOrder, add_order, cancel_order
from services.orders.simulated_channel import text_of
from workbench import Workbench, told

ORDER = "114-7000001-7000001"
PLACED, PLACED_AT = "2026-03-10T12:00:00+00:00", "2026-03-10T12:00:00Z"
NAMED = ["order-id", "order-item-id", "purchase-date", "sku", "quantity-purchased", "currency", "item-price"]
ROWS = [
    *(
        "amazon-order-id",
        "purchase-date",
        "last-updated-date",
        "order-status",
        "item-status",
        "fulfillment-channel",
    ),
    *("sku", "quantity", "currency", "item-price"),
]

CASES = {
    "the canceled row is the line of the other price": (
        [("01", 1, "87.00"), ("02", 1, "39.00")],
        [(0, "Cancelled", ""), (1, "Unshipped", "39.00")],
        [("01", 1, 1, 0), ("02", 1, 0, 0)],
    ),
    "a line in two rows, and another of the quantity of one of them": (
        [("01", 3, "207.00"), ("02", 1, "14.00")],
        [(1, "Unshipped", "14.00"), (2, "Shipped", "138.00"), (1, "Shipped", "69.00")],
        [("01", 3, 0, 3), ("02", 1, 0, 0)],
    ),
    "prices tell two lines of one quantity apart": (
        [("01", 2, "20.00"), ("02", 2, "30.00")],
        [(2, "Shipped", "30.00"), (2, "Unshipped", "20.00")],
        [("01", 2, 0, 0), ("02", 2, 0, 2)],
    ),
    "a line in two rows of another line's units": (
        [("01", 3, "30.00"), ("02", 4, "156.00")],
        [(2, "Unshipped", "78.00"), (2, "Shipped", "78.00"), (2, "Shipped", "20.00")],
        [("01", 3, 1, 2), ("02", 4, 0, 2)],
    ),
    "what lives of a line, and the rest of it, are one line": (
        [("01", 4, "108.00"), ("02", 1, "28.00")],
        [(3, "Unshipped", "81.00"), (1, "Unshipped", "27.00"), (1, "Shipped", "28.00")],
        [("01", 4, 0, 0), ("02", 1, 0, 1)],
    ),
    "rows of one price are one line where no other report tells prices": (
        [("01", 4, ""), ("02", 4, "")],
        [(1, "Shipped", "96.39"), (1, "Shipped", "96.39"), (2, "Shipped", "18.00")],
        [("01", 4, 2, 2), ("02", 4, 2, 2)],
    ),
    "without prices the first line comes first": (
        [("01", 1, ""), ("02", 1, "")],
        [(0, "Cancelled", ""), (1, "Unshipped", "")],
        [("01", 1, 0, 0), ("02", 1, 1, 0)],
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("is_turned", [False, True])
def test_rows_are_laid_on_the_lines_they_fit(bench: Workbench, tmp_path: Path, name: str, is_turned: bool) -> None:
    named, rows, wanted = CASES[name]
    bench.stock_up(("RING-7", 20, 100), now="2026-03-01T09:00:00Z")
    by_id = [
        [ORDER, item, PLACED, "RING-7", str(units), "USD" if price else "", price] for item, units, price in named
    ]
    updated = "2026-03-12T12:00:00+00:00"
    seen = [
        [
            ORDER,
            PLACED,
            updated,
            "Pending",
            status,
            "Merchant",
            "RING-7",
            str(units),
            "USD" if price else "",
            price,
        ]
        for units, status, price in rows
    ]
    files = []
    for kind, table in (("order-report", [NAMED, *by_id]), ("all-orders", [ROWS, *seen])):
        path = tmp_path / f"{kind}.txt"
        path.write_text(text_of(kind, table), encoding="utf-8")
        files.append(path)
    for path in reversed(files) if is_turned else files:
        bench.take_in_file(path, ranked_at="2026-03-11T00:00:00Z")

    found = bench.rows(
        "SELECT item_id, quantity, quantity_canceled, quantity_shipped FROM order_line ORDER BY item_id"
    )

    assert found == wanted


TAXED = {
    "two items of one price, one of them taxed, of which the other left": (
        [("01", 1, "78.00", "14.82"), ("02", 1, "78.00", "")],
        [[(1, "Unshipped", "78.00", ""), (1, "Unshipped", "78.00", "14.82")]],
        [(1, "Shipped", "78.00", ""), (1, "Unshipped", "78.00", "14.82")],
        [("01", 1, 0, 0, 7800, 1482), ("02", 1, 0, 1, 7800, 0)],
    ),
    "the taxed one of two is canceled": (
        [("01", 1, "24.00", "4.56"), ("02", 1, "24.00", "")],
        [],
        [(1, "Shipped", "24.00", ""), (0, "Cancelled", "", "")],
        [("01", 1, 1, 0, 2400, 456), ("02", 1, 0, 1, 2400, 0)],
    ),
    "one unit of the greater line left first, and the line of one unit is canceled": (
        [("01", 1, "19.00", ""), ("02", 4, "76.00", "14.44")],
        [[(3, "Unshipped", "57.00", "10.83"), (1, "Shipped", "19.00", "3.61"), (0, "Cancelled", "", "")]],
        [(4, "Shipped", "76.00", "14.44"), (0, "Cancelled", "", "")],
        [("01", 1, 1, 0, 1900, 0), ("02", 4, 0, 4, 7600, 1444)],
    ),
    "a row that fits one line whole does not go on a smaller one": (
        [("01", 2, "", ""), ("02", 4, "", "")],
        [],
        [(1, "Shipped", "21.00", "3.99"), (1, "Shipped", "61.00", ""), (3, "Shipped", "183.00", "")],
        [("01", 2, 1, 1, 4200, 798), ("02", 4, 0, 4, 24400, 0)],
    ),
    "rows of one price that make up the one line with an id": (
        [("01", 4, "", "")],
        [],
        [(3, "Unshipped", "12.00", ""), (3, "Unshipped", "87.00", "16.53"), (1, "Shipped", "29.00", "5.51")],
        [("01", 4, 0, 1, 11600, 2204), (None, 3, 0, 0, 1200, 0)],
    ),
    "the tax of canceled units is not that of the others": (
        [],
        [[(4, "Unshipped", "324.00", "61.56"), (2, "Unshipped", "102.00", "")]],
        [(2, "Shipped", "102.00", ""), (0, "Cancelled", "", "")],
        [(None, 6, 4, 2, 30600, 0)],
    ),
    "one row that is the sum of two items, each of a price of its own": (
        [("01", 1, "10.00", "0.83"), ("02", 2, "18.00", "1.49")],
        [],
        [(3, "Unshipped", "28.00", "2.32")],
        [("01", 1, 0, 0, 1000, 83), ("02", 2, 0, 0, 1800, 149)],
    ),
    "one row for two items that is another sum": (
        [("01", 1, "10.00", "0.83"), ("02", 2, "18.00", "1.49")],
        [],
        [(3, "Unshipped", "27.00", "2.25")],
        [("01", 1, 0, 0, 900, 75), ("02", 2, 0, 0, 1800, 150)],
    ),
}
"""What an order report tells, what all-orders reports told before, what the last one tells, and the lines."""


@pytest.mark.parametrize("name", TAXED)
@pytest.mark.parametrize("is_turned", [False, True])
def test_a_tax_is_told_with_its_price(bench: Workbench, tmp_path: Path, name: str, is_turned: bool) -> None:
    named, before, last, wanted = TAXED[name]
    bench.stock_up(("RING-7", 20, 100), now="2026-03-01T09:00:00Z")
    tables = [
        [
            [*ROWS, "item-tax", "sales-channel"],
            *(
                [
                    *(ORDER, PLACED, f"2026-03-{day}T12:00:00+00:00", "Pending", status, "Merchant", "RING-7"),
                    *(str(units), "USD" if price else "", price, tax, "Amazon.com"),
                ]
                for units, status, price, tax in rows
            ),
        ]
        for day, rows in enumerate([*before, last], start=11)
    ]
    if named:
        told = [
            [ORDER, item, PLACED, "RING-7", str(units), "USD" if price else "", price, tax]
            for item, units, price, tax in named
        ]
        tables.append([[*NAMED, "item-tax"], *told])
    files = []
    for number, table in enumerate(tables):
        path = tmp_path / f"{number}.txt"
        path.write_text(text_of("report", table), encoding="utf-8")
        files.append(path)
    for path in reversed(files) if is_turned else files:
        bench.take_in_file(path, ranked_at="2026-03-11T00:00:00Z")

    found = bench.rows(
        "SELECT item_id, quantity, quantity_canceled, quantity_shipped, item_price_minor, item_tax_minor"
        " FROM order_line ORDER BY line_no"
    )

    assert found == wanted


@pytest.mark.parametrize("shipper", ["FBM", "FBA"])
@pytest.mark.parametrize("quantities", [(3, 1), (1, 3), (3, 1, 2)])
def test_lines_of_one_sku_keep_their_units_when_ids_come_late(
    bench: Workbench, quantities: tuple[int, ...], shipper: str
) -> None:
    """What she canceled by the SKU is, of whatever line, what the channel canceled; no line grows or shrinks."""
    bench.stock_up(("RING-8", 3, 100), now="2026-03-01T09:00:00Z")
    order = NewOrder(ORDER, "amazon", [NewLine("RING-8", units, None) for units in quantities], PLACED_AT, None)
    bench.do(lambda work: add_order(work, order, allow_backorder=True))
    bench.do(lambda work: cancel_order(work, ORDER, [("RING-8", 2)], canceled_by="seller", reason="broken"))
    for shipped, by, day in ((0, "FBM", "11"), (1, shipper, "12")):
        bench.take_in(
            [
                told(
                    ORDER,
                    "RING-8",
                    units,
                    line=place + 2,
                    item_id=f"{place:02}",
                    quantity_shipped=shipped,
                    is_canceled=1,
                    fulfillment=by,
                    updated_at=f"2026-03-{day}T12:00:00Z",
                    sold_on="2026-03-12",
                )
                for place, units in enumerate(quantities)
            ]
        )
    found = bench.rows("SELECT quantity, quantity_shipped, quantity_canceled FROM order_line ORDER BY line_no")
    assert found == [(units, 1, units - 1) for units in quantities]
    assert bench.broken_laws() == []
