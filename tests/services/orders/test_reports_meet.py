"""Small files that contradict or complete each other, in every order in which they can come."""

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from ordercli.domain.orders.order_rows import OrderRow, extras_of
from workbench import Workbench, told, workbench

ORDER = "114-0000001-0000001"
BEFORE_STOCK, AFTER_STOCK, LATER = "2026-03-08T10:00:00Z", "2026-03-12T10:00:00Z", "2026-03-14T10:00:00Z"
PRICED = [500, *[None] * 6]
STATE = """
SELECT o.fulfillment, o.status, o.currency, l.item_id, l.quantity, l.quantity_shipped, l.quantity_canceled,
  l.quantity_allocated, l.item_price_minor, l.price_is_estimated, l.channel_shipped, l.channel_shipped_at,
  l.channel_canceled, o.ordered_at, o.ship_by, o.is_ship_by_computed, o.channel_status
FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id ORDER BY l.item_id, l.quantity, l.line_no"""


def of(sku: str, quantity: int, **changes: Any) -> OrderRow:
    return told(ORDER, sku, quantity, **changes)


def seen_shipped(at: str | None, **changes: Any) -> OrderRow:
    day = (at or AFTER_STOCK)[:10]
    return of("RING-7", 2, quantity_shipped=2, updated_at=at, sold_on=day, **changes)


def part_of(shipment: str, quantity: int, at: str, price: int, **changes: Any) -> OrderRow:
    """A line's part in one shipment that Amazon shipped."""
    return seen_shipped(
        at,
        item_id="01",
        fulfillment="FBA",
        channel_status="Shipped",
        amounts=[price, *PRICED[1:]],
        extras=extras_of(shipment_item_id=shipment, carrier="AMZN_US", tracking_number=f"TBA-{shipment}"),
        **changes,
    )._replace(quantity=quantity, quantity_shipped=quantity)


def with_texts(gift: str | None, wish: str | None, **changes: Any) -> OrderRow:
    return of("RING-7", 2, extras=extras_of(gift_message=gift, customization=wish), **changes)


MEETINGS: dict[str, list[list[OrderRow]]] = {
    "shipped before there was stock, heard of again with a later update": [
        [seen_shipped(BEFORE_STOCK)],
        [seen_shipped(AFTER_STOCK)],
    ],
    "shipped, heard of with two days": [[seen_shipped(AFTER_STOCK)], [seen_shipped(LATER)]],
    "shipped without a time, then with one": [[seen_shipped(None)], [seen_shipped(AFTER_STOCK)]],
    "open, shipped in part, then whole": [
        [of("RING-7", 2, item_id="01")],
        [of("RING-7", 2, item_id="01", quantity_shipped=1, sold_on="2026-03-12")],
        [seen_shipped(LATER)],
    ],
    "one unit shipped, the order canceled": [
        [of("RING-7", 2, item_id="01", quantity_shipped=1, sold_on="2026-03-12")],
        [of("RING-7", 2, is_canceled=1, updated_at=LATER)],
    ],
    "canceled without units, listed with them": [
        [of("RING-7", 0, is_canceled=1, updated_at=LATER)],
        [of("RING-7", 2, item_id="01")],
    ],
    "the seller's by one file, Amazon's by another": [
        [of("RING-7", 2, item_id="01")],
        [of("RING-7", 2, fulfillment="FBA", updated_at=LATER)],
    ],
    "Amazon shipped what one file called the seller's": [
        [of("RING-7", 2, item_id="01")],
        [seen_shipped(AFTER_STOCK, fulfillment="FBA")],
    ],
    "a foreign currency told without a price": [
        [of("RING-7", 2, item_id="01")],
        [of("RING-7", 2, currency="CAD", updated_at=AFTER_STOCK)],
    ],
    "a foreign currency told with a price": [
        [of("RING-7", 2, item_id="01")],
        [of("RING-7", 2, currency="CAD", updated_at=AFTER_STOCK)],
        [of("RING-7", 2, currency="CAD", amounts=PRICED, updated_at=LATER)],
    ],
    "an estimate and a real price": [
        [of("RING-7", 2, item_id="01", amounts=PRICED, is_estimate=1)],
        [of("RING-7", 2, amounts=[700, *PRICED[1:]], updated_at=AFTER_STOCK)],
        [of("RING-7", 2, amounts=[600, *PRICED[1:]], updated_at=LATER)],
    ],
    "a line in two shipments of Amazon's, in two files": [
        [part_of("P-1", 1, AFTER_STOCK, 900)],
        [part_of("P-2", 2, LATER, 1800)],
        [of("RING-7", 3, fulfillment="FBA", updated_at=AFTER_STOCK, channel_status="Pending")],
    ],
    "a line in two shipments of Amazon's, one told twice": [
        [part_of("P-1", 1, AFTER_STOCK, 900), part_of("P-2", 2, LATER, 1800, line=3)],
        [part_of("P-2", 2, LATER, 1800), part_of("P-1", 1, AFTER_STOCK, 900, line=3)],
        [part_of("P-2", 2, LATER, 1800)],
    ],
    "texts of a line in one file or the other": [
        [with_texts("For you", None, item_id="01")],
        [with_texts(None, "engrave: A", item_id="01"), with_texts("For you", None, item_id="02", line=3)],
        [with_texts("For you", "engrave: B", item_id="01")],
    ],
    "a promise computed, then told": [
        [of("RING-7", 2, updated_at=AFTER_STOCK)],
        [of("RING-7", 2, item_id="01", ship_by="2026-03-15T06:59:59Z")],
        [of("RING-7", 2, ordered_at="2026-03-10T12:00:00Z")],
    ],
    "a promise computed from the earliest time": [
        [of("RING-7", 2, ordered_at="2026-03-13T12:00:00Z")],
        [of("RING-7", 2, ordered_at="2026-03-10T12:00:00Z")],
    ],
    "a promise computed for what is Amazon's": [
        [of("RING-7", 2)],
        [of("RING-7", 2, fulfillment="FBA", updated_at=AFTER_STOCK)],
    ],
    "a quantity that grew": [[of("RING-7", 1, item_id="01")], [of("RING-7", 3, updated_at=AFTER_STOCK)]],
    "a quantity that grew under an estimate": [
        [of("RING-7", 1, item_id="01")],
        [of("RING-7", 3, item_id="01")],
        [of("RING-7", 2, item_id="01", amounts=PRICED, is_estimate=1)],
    ],
    "two lines of one SKU, in either order without ids": [
        [of("RING-7", 1), of("RING-7", 2, line=3)],
        [of("RING-7", 2), of("RING-7", 1, line=3)],
    ],
    "two lines of one SKU, with ids and without": [
        [of("RING-7", 2, item_id="01"), of("RING-7", 1, item_id="02", line=3)],
        [of("RING-7", 1), of("RING-7", 2, line=3)],
    ],
    "two lines of one SKU, one of them open alone": [
        [of("RING-7", 1, item_id="01"), of("RING-7", 2, item_id="02", line=3)],
        [of("RING-7", 2, item_id="02")],
        [of("RING-7", 1), of("RING-7", 2, line=3)],
    ],
}
UNITS = {"two lines of one SKU, in either order without ids": 3, "two lines of one SKU, with ids and without": 3}


STATES = {
    "lines": STATE,
    "levels": "SELECT location, quantity, allocated FROM stock_level ORDER BY location",
    "texts": "SELECT l.item_id, p.gift_message, p.customization FROM line_text t"
    " JOIN order_line l ON l.id = t.order_line_id JOIN personal_data p"
    " ON p.personal_id = t.personal_id AND p.version = t.personal_version ORDER BY l.item_id",
    "shipments": "SELECT shipment_item_id, quantity, tracking_number, item_price_minor FROM reported_shipment"
    " ORDER BY shipment_item_id",
    "sales": "SELECT day, units FROM daily_sales WHERE units > 0 ORDER BY day",
}


@pytest.fixture(scope="session")
def stocked(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two rings since March 10."""
    bench = workbench(template, tmp_path_factory.mktemp("stocked") / "shop.db")
    bench.stock_up(("RING-7", 2, 950), now="2026-03-10T12:00:00Z")
    return bench.path


def state_after(bench: Workbench, files: tuple[list[OrderRow], ...]) -> dict[str, object]:
    for file in files:
        bench.take_in(file)
    assert bench.broken_laws() == []
    return dict(bench.tables(STATES))


@pytest.mark.parametrize("files", MEETINGS.values(), ids=MEETINGS)
def test_files_give_one_state_in_whatever_order_they_come(
    stocked: Path, tmp_path: Path, files: list[list[OrderRow]]
) -> None:
    first, *others = (
        state_after(workbench(stocked, tmp_path / f"{number}.db"), order)
        for number, order in enumerate(permutations(files))
    )
    for other in others:
        assert other == first


@pytest.mark.parametrize(("meeting", "units"), UNITS.items(), ids=UNITS)
def test_rows_without_ids_find_their_lines(stocked: Path, tmp_path: Path, meeting: str, units: int) -> None:
    bench = workbench(stocked, tmp_path / "shop.db")
    state_after(bench, tuple(MEETINGS[meeting]))
    assert bench.rows("SELECT units FROM sales_order") == [(units,)]


def test_one_file_may_name_a_line_with_its_id_and_another_without(stocked: Path, tmp_path: Path) -> None:
    bench = workbench(stocked, tmp_path / "shop.db")
    bench.take_in([of("RING-7", 2, item_id="01")])
    bench.take_in([seen_shipped(AFTER_STOCK, item_id="01"), seen_shipped(AFTER_STOCK, line=3)])
    assert bench.broken_laws() == []
    assert bench.rows("SELECT status FROM sales_order") == [("shipped",)]


def test_one_item_id_on_two_skus_does_not_end_in_a_failure(stocked: Path, tmp_path: Path) -> None:
    bench = workbench(stocked, tmp_path / "shop.db")
    bench.make_product("RING-8")
    bench.take_in([of("RING-7", 1, item_id="01"), of("RING-8", 1, item_id="01", line=3)])
    assert bench.rows("SELECT count(*) FROM order_line") == [(1,)]
