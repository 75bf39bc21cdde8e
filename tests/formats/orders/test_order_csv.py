"""ordercli's own order CSV: every column, every blank, every faulty cell."""

import pytest

from formats.reading import good_changed, good_orders, parse_changed
from ordercli.domain.fields import RowError
from ordercli.domain.orders.order_rows import OrderRow, extras_of

FILE = "order_csv/orders.csv"

FULL = OrderRow(
    line=2,
    channel="etsy",
    order_id="W-1001",
    item_id="17",
    sku="HOOP-2",
    name='Hoop earrings, 2" wide',
    asin=None,
    quantity=3,
    quantity_shipped=1,
    quantity_canceled=1,
    is_canceled=0,
    canceled_by="unknown",
    ordered_at="2026-03-10T13:00:00Z",
    ship_by="2026-03-13T03:59:59Z",
    deliver_by="2026-03-18T03:59:59Z",
    fulfillment="FBM",
    service_level="Standard",
    channel_status="Paid",
    updated_at="2026-03-11T10:00:00Z",
    sold_on="2026-03-10",
    is_released=1,
    is_estimate=1,
    currency="USD",
    amounts=[6599, 396, 400, 24, None, None, 100],
    person=[
        "Tilda Brookvale",
        "tilda@shop.example",
        "+15550100177",
        "=two lines\nof note",
        "Tilda Brookvale",
        "7 Quarry Steps",
        "Unit B",
        "Rear door",
        "Fairhollow",
        "VT",
        "05009",
        "US",
    ],
    extras=extras_of(is_tax_included=0),
)


def test_a_full_row_is_read_whole_and_unguarded() -> None:
    assert good_orders(FILE)[0] == FULL


def test_a_row_of_blanks_is_a_new_order_of_the_shop_today() -> None:
    row = good_orders(FILE)[1]
    assert (row.line, row.channel, row.ordered_at, row.fulfillment) == (4, "shop", None, None)
    assert (row.item_id, row.ship_by, row.updated_at, row.currency, row.sold_on) == (None,) * 5
    assert (row.quantity_shipped, row.quantity_canceled, row.is_released, row.is_estimate) == (0, 0, None, 0)
    assert list(row.person) == [None] * 12


def test_the_guard_of_a_cell_does_not_count_towards_its_length() -> None:
    longest = "=" + "x" * 1_999
    assert good_changed(FILE, {"note": "'" + longest}).person[3] == longest


def test_the_price_of_the_line_wins_over_the_rounded_price_of_a_unit() -> None:
    assert good_changed(FILE, {"item_price": "65.99", "unit_price": "22.00"}).amounts[0] == 6599
    assert good_changed(FILE, {"item_price": "", "unit_price": "22.00"}).amounts[0] == 6600
    assert good_changed(FILE, {"item_price": "0", "unit_price": "22.00"}).amounts[0] == 0
    names = ("item_price", "unit_price", "item_tax", "shipping_price", "shipping_tax", "discount")
    nothing = dict.fromkeys(names, "")
    assert good_changed(FILE, nothing).amounts == [None] * 7


def test_a_unit_price_is_read_in_the_rows_currency_or_else_the_shops() -> None:
    blank = {"item_price": "", "item_tax": "", "shipping_price": "", "shipping_tax": "", "discount": ""}
    yen = good_changed(FILE, {**blank, "currency": "jpy", "unit_price": "2200"})
    assert (yen.currency, yen.amounts[0]) == ("JPY", 6600)
    own = good_changed(FILE, {**blank, "currency": "", "unit_price": "22"})
    assert (own.currency, own.amounts[0]) == (None, 6600)


def test_only_three_columns_are_needed() -> None:
    row = good_changed(FILE, {"quantity_shipped": "0"}, without="channel")
    assert row.channel == "shop"


@pytest.mark.parametrize(
    ("status", "quantity", "is_canceled", "is_released"),
    [("canceled", "0", 1, 1), ("canceled", "3", 0, 1), ("pending", "3", 0, 0), ("", "3", 0, None)],
)
def test_the_status_column_matters_only_where_quantities_cannot_tell(
    status: str, quantity: str, is_canceled: int, is_released: int | None
) -> None:
    row = good_changed(FILE, {"status": status, "quantity": quantity} | NONE_DONE)
    assert (row.is_canceled, row.is_released) == (is_canceled, is_released)


@pytest.mark.parametrize(("cell", "is_estimate"), [("1", 1), ("0", 0), ("", 0)])
def test_an_estimated_price_stays_one(cell: str, is_estimate: int) -> None:
    assert good_changed(FILE, {"price_is_estimated": cell}).is_estimate == is_estimate


def test_a_channel_is_its_lower_case_name() -> None:
    assert good_changed(FILE, {"channel": " Etsy "}).channel == "etsy"


def test_a_sale_counts_on_the_shops_day() -> None:
    assert good_changed(FILE, {"ordered_at": "2026-03-11T03:59:59Z"}).sold_on == "2026-03-10"
    assert good_changed(FILE, {"ordered_at": "2026-03-11T04:00:00Z"}).sold_on == "2026-03-11"


NONE_DONE = {"quantity_shipped": "", "quantity_canceled": ""}


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("channel", "x" * 2_001, "2,001 characters"),
        ("order_id", "../../x", "order id of 1 to 50"),
        ("order_id", "", "order id of 1 to 50"),
        ("order_line_id", "a b", "order-item id"),
        ("sku", "", "the SKU is empty"),
        ("quantity", "0", "whole number from 1"),
        ("quantity", "1_000", "whole number from 1"),
        ("quantity", "٣", "whole number from 1"),
        ("quantity_canceled", "4", "whole number from 0 to 3"),
        ("quantity_shipped", "3", "3 shipped and 1 canceled are more than the 3 ordered"),
        ("ordered_at", "2026-03-10T09:00:00", "no time zone"),
        ("ship_by", "tomorrow", "date-time"),
        ("deliver_by", "2026-02-30T00:00:00Z", "possible date-time"),
        ("channel_updated_at", "x", "date-time"),
        ("fulfillment", "drone", "neither FBM"),
        ("currency", "DOLLAR", "currency code"),
        ("item_price", "1e9", "amount such as"),
        ("discount", "--1", "amount such as"),
        ("unit_price", "22.005", "more decimals"),
        ("name", "a\0b", "NUL"),
        ("note", "x" * 2_001, "2,001 characters"),
    ],
)
def test_a_faulty_cell_is_named_by_line_and_column(column: str, cell: str, reason: str) -> None:
    error = parse_changed(FILE, {column: cell})
    assert isinstance(error, RowError)
    assert (error.line, error.column) == (2, column)
    assert reason in error.reason


def test_an_amazon_orders_id_is_checked_as_amazons() -> None:
    assert good_changed(FILE, {"channel": "Amazon", "order_id": "250-0000001-0000001"}).channel == "amazon"
    error = parse_changed(FILE, {"channel": "amazon"})
    assert isinstance(error, RowError)
    assert error.column == "order_id"
