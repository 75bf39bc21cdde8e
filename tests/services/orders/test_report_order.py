"""Reports of an invented shop's history, taken on several days, give one state in whatever order they come."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from campaign import examples
from ordercli.domain.orders.order_rows import PERSONAL, OrderRow
from ordercli.formats.orders.amazon_orders import all_orders_parser, fba_shipments_parser, shipping_parser
from ordercli.formats.orders.layout import ShopDefaults
from workbench import Workbench, workbench

SHOP = ShopDefaults("America/New_York", "USD", "2026-03-16T13:00:00Z")
STOCKED = {"RING-7": 9, "RING-8": 1}
"""SKUs by the day of their first delivery; EARR-LEAF never had stock."""
SKUS = (*STOCKED, "EARR-LEAF")
NEVER = 99
PLAIN, UPDATED_LATER = "plain", "the channel updates orders after they shipped"
OTHER_CURRENCY, ONE_SKU_TWICE = "orders in another currency", "two lines of one SKU"
IN_SHIPMENTS = "Amazon ships, a line in several shipments"
Cells = dict[str, object]


@dataclass(frozen=True, slots=True)
class Bought:
    """One line of a purchase."""

    item_id: str
    sku: str
    quantity: int
    price: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """What happened to one order, by days of March."""

    number: str
    placed: int
    released: int
    ended: int
    end: str
    touched: int
    fulfillment: str
    currency: str
    city: str
    buyer: str
    lines: tuple[Bought, ...]

    def is_over(self, day: int) -> bool:
        return self.end != "open" and day >= self.ended

    def status(self, day: int) -> str:
        if self.is_over(day):
            return self.end
        return "Pending" if day < self.released else "Unshipped"

    def updated(self, day: int) -> str:
        events = (self.placed, self.released, self.ended, self.touched)
        return moment(max(event for event in events if event <= day))


def moment(day: int) -> str:
    return f"2026-03-{day:02d}T10:00:00+00:00"


# The four reports ----------------------------------------------------------------------------------


def all_orders(purchases: Sequence[Purchase], day: int) -> Iterator[Cells]:
    for p in purchases:
        status = p.status(day)
        is_priced = status not in ("Pending", "Cancelled")
        for line in p.lines if p.placed <= day else ():
            yield {
                "amazon-order-id": p.number,
                "purchase-date": moment(p.placed),
                "last-updated-date": p.updated(day),
                "order-status": status,
                "fulfillment-channel": p.fulfillment,
                "sku": line.sku,
                "item-status": status,
                "quantity": 0 if status == "Cancelled" else line.quantity,
                "currency": p.currency,
                "item-price": line.price if is_priced else "",
                "ship-city": p.city,
                "ship-country": "US",
            }


def unshipped(purchases: Sequence[Purchase], day: int) -> Iterator[Cells]:
    for p in purchases:
        is_listed = p.released <= day and not p.is_over(day) and p.fulfillment == "Merchant"
        for line in p.lines if is_listed else ():
            yield {
                **_released(p, line),
                "promise-date": moment(p.released + 3),
                "quantity-shipped": 0,
                "quantity-to-ship": line.quantity,
            }


def order_report(purchases: Sequence[Purchase], day: int) -> Iterator[Cells]:
    for p in purchases:
        is_listed = p.released <= day and p.end != "Cancelled" and p.fulfillment == "Merchant"
        for line in p.lines if is_listed else ():
            yield {
                **_released(p, line),
                "currency": p.currency,
                "item-price": line.price,
                "buyer-email": f"{p.number[-4:]}@example.com",
            }


def fba_shipments(purchases: Sequence[Purchase], day: int) -> Iterator[Cells]:
    """The first unit of a line goes with the first shipment, the others a day later with the next."""
    for p in purchases:
        is_shipped = p.end == "Shipped" and p.fulfillment == "Amazon"
        for line in p.lines if is_shipped else ():
            for shipment, units in enumerate((1, line.quantity - 1)):
                if not units or day < p.ended + shipment:
                    continue
                yield {
                    "amazon-order-id": p.number,
                    "amazon-order-item-id": line.item_id,
                    "shipment-item-id": f"D{line.item_id}{shipment}",
                    "purchase-date": moment(p.placed),
                    "shipment-date": moment(p.ended + shipment),
                    "sku": line.sku,
                    "quantity-shipped": units,
                    "currency": p.currency,
                    "item-price": f"{int(float(line.price)) * units}.00",
                    "ship-city": p.city,
                    "carrier": "AMZN_US",
                    "tracking-number": f"TBA{p.number[-3:]}{shipment}",
                }


def _released(p: Purchase, line: Bought) -> Cells:
    return {
        "order-id": p.number,
        "order-item-id": line.item_id,
        "purchase-date": moment(p.placed),
        "sku": line.sku,
        "quantity-purchased": line.quantity,
        "buyer-name": p.buyer,
        "recipient-name": p.buyer,
        "ship-address-1": "1 Sample Street",
        "ship-city": p.city,
        "ship-country": "US",
    }


REPORTS = {all_orders: all_orders_parser, unshipped: shipping_parser, order_report: shipping_parser}
OF_AMAZON = {all_orders: all_orders_parser, fba_shipments: fba_shipments_parser}


def parsed(report: Any, rows: list[Cells]) -> list[OrderRow]:
    if not rows:
        return []
    header = tuple(rows[0])
    parse = (REPORTS | OF_AMAZON)[report](header, SHOP)
    result = [parse(number, [str(row[name]) for name in header]) for number, row in enumerate(rows, start=2)]
    assert all(isinstance(row, OrderRow) for row in result), result
    return [row for row in result if isinstance(row, OrderRow)]


# Histories and the files that tell them ------------------------------------------------------------


@st.composite
def purchases(draw: st.DrawFn, number: int, feature: str) -> Purchase:
    placed = draw(st.integers(2, 10))
    released = draw(st.integers(placed, placed + 2))
    ended = draw(st.integers(released, 13))
    count = draw(st.integers(1, 2))
    if feature == ONE_SKU_TWICE:
        skus = [draw(st.sampled_from(SKUS))] * 2
    else:
        skus = draw(st.lists(st.sampled_from(SKUS), min_size=count, max_size=count, unique=True))
    return Purchase(
        number=f"114-000000{number}-000000{number}",
        placed=placed,
        released=released,
        ended=ended,
        end="Shipped" if feature == UPDATED_LATER else draw(st.sampled_from(["open", "Shipped", "Cancelled"])),
        touched=draw(st.integers(ended, 14)) if feature == UPDATED_LATER else NEVER,
        fulfillment="Amazon" if feature == IN_SHIPMENTS else draw(st.sampled_from(["Merchant", "Amazon"])),
        currency="CAD" if feature == OTHER_CURRENCY else "USD",
        city=draw(st.sampled_from(["Portland", "Tucson"])),
        buyer=draw(st.sampled_from(["Ana Pop", "Ben Ode"])),
        lines=tuple(
            Bought(f"0{number}{place}", sku, draw(st.integers(1, 3)), f"{draw(st.integers(1, 99))}.00")
            for place, sku in enumerate(skus)
        ),
    )


@st.composite
def histories(draw: st.DrawFn, feature: str) -> tuple[tuple[Purchase, ...], list[list[OrderRow]]]:
    """Some purchases, and files that tell them: several days, split between orders, rows shuffled, repeats."""
    count = draw(st.integers(1, 3))
    story = tuple(draw(purchases(number, feature)) for number in range(1, count + 1))
    files: list[list[OrderRow]] = []
    reports = OF_AMAZON if feature == IN_SHIPMENTS else REPORTS
    for _ in range(draw(st.integers(2, 4))):
        report = all_orders if feature == UPDATED_LATER else draw(st.sampled_from(list(reports)))
        day = draw(st.integers(3, 15))
        of = draw(st.lists(st.sampled_from(story), min_size=1, unique=True))
        rows = list(report(of, day))
        files.append(parsed(report, draw(st.permutations(rows))))
    files += draw(st.lists(st.sampled_from(files), max_size=1))
    return story, [file for file in files if file]


# The state ------------------------------------------------------------------------------------------

STATE = {
    "orders": "SELECT order_id, ordered_at, ship_by, is_ship_by_computed, deliver_by, fulfillment, service_level,"
    " channel_status, channel_updated_at, is_released, currency, units, units_shipped, units_canceled, status"
    " FROM sales_order",
    "lines": "SELECT o.order_id, p.sku, l.item_id, l.name, l.quantity, l.quantity_shipped, l.quantity_canceled,"
    " l.quantity_allocated, l.item_price_minor, l.item_tax_minor, l.discount_minor, l.price_is_estimated,"
    " l.channel_shipped, l.channel_shipped_at, l.channel_canceled"
    " FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id JOIN product p ON p.id = l.product_id",
    "people": f"SELECT o.order_id, {', '.join(PERSONAL)} FROM sales_order o JOIN personal_data d"
    " ON d.personal_id = o.personal_id AND d.version = o.personal_version",
    "shipments": "SELECT order_id, item_id, shipment_item_id, quantity, shipped_at, carrier, tracking_number"
    " FROM reported_shipment",
    "levels": "SELECT p.sku, s.location, s.quantity, s.allocated FROM stock_level s"
    " JOIN product p ON p.id = s.product_id",
    "sales": "SELECT p.sku, d.day, d.units FROM daily_sales d JOIN product p ON p.id = d.product_id"
    " WHERE d.units > 0",
    "stock that left": "SELECT sku, gone FROM (SELECT p.sku,"
    " sum(CASE m.kind WHEN 'shipment' THEN 1 ELSE -1 END * m.quantity) AS gone"
    " FROM stock_movement m JOIN product p ON p.id = m.product_id"
    " WHERE m.kind IN ('shipment', 'shipment_void') GROUP BY p.sku) AS left_by_sku WHERE gone <> 0",
}


def state(bench: Workbench) -> dict[str, list[str]]:
    return {part: sorted(map(repr, rows)) for part, rows in bench.tables(STATE).items()}


@pytest.fixture(scope="session")
def stocked(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with the three products, two of them with stock of different age."""
    bench = workbench(template, tmp_path_factory.mktemp("stocked") / "shop.db")
    for sku in SKUS:
        bench.make_product(sku)
    for sku, day in STOCKED.items():
        bench.stock_up((sku, 3, 950), now=f"2026-03-{day:02d}T12:00:00Z")
    return bench.path


def imported(stocked: Path, commands: list[list[list[OrderRow]]]) -> dict[str, list[str]]:
    with TemporaryDirectory() as folder:
        bench = workbench(stocked, Path(folder) / "shop.db")
        for files in commands:
            bench.take_in(*files)
        assert bench.broken_laws() == []
        return state(bench)


@pytest.mark.campaign
@pytest.mark.parametrize("feature", [PLAIN, UPDATED_LATER, OTHER_CURRENCY, ONE_SKU_TWICE, IN_SHIPMENTS])
def test_the_order_in_which_reports_come_does_not_matter(stocked: Path, feature: str) -> None:
    @given(told=histories(feature), data=st.data())
    @examples(15)
    def reports_agree(told: tuple[tuple[Purchase, ...], list[list[OrderRow]]], data: st.DataObject) -> None:
        story, files = told
        note("\n".join(map(repr, story)))
        other = data.draw(st.permutations(files))
        assert imported(stocked, [[file] for file in files]) == imported(stocked, [[file] for file in other])

    reports_agree()


@given(told=histories(PLAIN))
@examples(10)
def test_files_of_one_command_give_what_one_command_each_gives(
    stocked: Path, told: tuple[tuple[Purchase, ...], list[list[OrderRow]]]
) -> None:
    _, files = told
    assert imported(stocked, [files]) == imported(stocked, [[file] for file in files])


@given(told=histories(PLAIN))
@examples(10)
def test_everything_again_changes_nothing(
    stocked: Path, told: tuple[tuple[Purchase, ...], list[list[OrderRow]]]
) -> None:
    _, files = told
    with TemporaryDirectory() as folder:
        bench = workbench(stocked, Path(folder) / "shop.db")
        for file in files:
            bench.take_in(file)
        before = bench.rows("SELECT count(*) FROM operation")
        for file in files:
            assert not bench.take_in(file).is_change
        assert bench.rows("SELECT count(*) FROM operation") == before


@given(purchase=purchases(1, ONE_SKU_TWICE), turned=st.booleans())
@examples(10)
def test_lines_of_one_sku_keep_their_units_whatever_their_order_in_a_file(
    stocked: Path, purchase: Purchase, *, turned: bool
) -> None:
    rows = list(all_orders([purchase], purchase.placed))
    with_ids = parsed(order_report, [{**_released(purchase, line)} for line in purchase.lines])
    without_ids = parsed(all_orders, rows[::-1] if turned else rows)
    with TemporaryDirectory() as folder:
        bench = workbench(stocked, Path(folder) / "shop.db")
        bench.take_in(with_ids)
        bench.take_in(without_ids)
        assert bench.rows("SELECT units FROM sales_order") == [(sum(line.quantity for line in purchase.lines),)]
