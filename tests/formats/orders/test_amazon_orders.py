"""Amazon's order reports, row by row: what each may be believed about, and where a faulty cell is."""

import pytest

from formats.reading import good_changed, good_orders, parse_changed, parse_orders
from ordercli.domain.fields import RowError
from ordercli.domain.orders.order_rows import OrderRow, extras_of

ALL, UNSHIPPED, REPORT = "amazon/all-orders-31.txt", "amazon/unshipped-27.txt", "amazon/order-report-29.txt"
MADE_AT = "2026-03-17T00:00:00Z"
"""The day before that of the promise, as the report counts."""
PLACE = ["Fairhollow", "VT", "05009", "US"]

SHIPPED = OrderRow(
    line=2,
    channel="amazon",
    order_id="250-0000001-0000001",
    item_id=None,
    sku="HOOP-2",
    name='Hoop earrings, 2" wide',
    asin="B0INVENT01",
    quantity=2,
    quantity_shipped=2,
    quantity_canceled=0,
    is_canceled=0,
    canceled_by="unknown",
    ordered_at="2026-03-10T18:04:05Z",
    ship_by=None,
    deliver_by=None,
    fulfillment="FBM",
    service_level="Standard",
    channel_status="Shipped",
    updated_at="2026-03-12T07:30:00Z",
    sold_on="2026-03-12",
    is_released=1,
    is_estimate=0,
    currency="USD",
    amounts=[4400, 264, 490, 30, 300, 18, 540],
    person=[*[None] * 8, *PLACE],
    extras=extras_of(sales_channel="Amazon.com"),
)

TO_SHIP = OrderRow(
    line=2,
    channel="amazon",
    order_id="250-0000011-0000011",
    item_id="05000000000011",
    sku="HOOP-2",
    name='Hoop earrings, 2" wide',
    asin=None,
    quantity=2,
    quantity_shipped=0,
    quantity_canceled=0,
    is_canceled=0,
    canceled_by="unknown",
    ordered_at="2026-03-14T21:10:00Z",
    ship_by="2026-03-18T06:59:59Z",
    deliver_by=None,
    fulfillment="FBM",
    service_level="Standard",
    channel_status=None,
    updated_at=None,
    sold_on=None,
    is_released=1,
    is_estimate=0,
    currency=None,
    amounts=[None] * 7,
    person=[
        None,
        "abc123@marketplace.example",
        "+1 555-010-0177 ext. 00042",
        None,
        "Tilda Brookvale",
        "7 Quarry Steps",
        "Unit B",
        None,
        *PLACE,
    ],
    extras=extras_of(as_of=MADE_AT),
)


def test_a_shipped_row_of_all_orders_is_read_whole() -> None:
    assert good_orders(ALL)[0] == SHIPPED


def test_a_pending_row_is_not_released_and_has_no_day_of_sale() -> None:
    row = good_orders(ALL)[1]
    assert (row.is_released, row.quantity_shipped, row.sold_on, row.channel_status) == (0, 0, None, "Pending")
    assert list(row.amounts) == [1900, *[0] * 6]


def test_a_canceled_row_may_have_no_units_and_no_currency() -> None:
    row = good_orders(ALL)[2]
    assert (row.is_canceled, row.quantity, row.currency, row.asin) == (1, 0, None, None)
    assert (row.canceled_by, row.is_released) == ("unknown", 1)


def test_a_row_shipped_by_amazon_is_fba_and_sold_on_the_shops_day() -> None:
    row = good_orders(ALL)[3]
    assert (row.order_id, row.fulfillment) == ("S01-0000004-0000004", "FBA")
    assert (row.updated_at, row.sold_on) == ("2026-03-12T07:59:59Z", "2026-03-12")


def test_the_wide_report_of_europe_is_read_by_the_same_names() -> None:
    canceled, shipped = good_orders("amazon/all-orders-91.txt")
    assert (canceled.sku, canceled.quantity, canceled.quantity_shipped) == ("LUNA", 1, 0)
    assert (canceled.is_canceled, canceled.canceled_by) == (1, "buyer")
    assert (canceled.currency, canceled.amounts[0], canceled.person[8]) == ("EUR", 2550, "Alcañiz")
    assert (shipped.currency, shipped.amounts[0], shipped.quantity_shipped) == ("GBP", 1700, 1)


def test_an_unshipped_row_has_the_promise_and_the_address_but_no_price() -> None:
    assert good_orders(UNSHIPPED)[0] == TO_SHIP


def test_a_partly_shipped_row_tells_how_many_and_counts_them_on_the_day_of_the_order() -> None:
    row = good_orders(UNSHIPPED)[1]
    assert (row.quantity, row.quantity_shipped, row.sold_on) == (3, 1, "2026-03-14")
    assert (row.item_id, row.service_level) == ("105000000000012", "Expedited")
    assert list(row.person[5:8]) == ["7 Quarry Steps", None, "Rear door"]


def test_the_wide_unshipped_report_adds_the_buyers_name_and_the_gift_message() -> None:
    (row,) = good_orders("amazon/unshipped-68.txt")
    texts = extras_of(gift_message="Happy birthday", as_of=MADE_AT)
    assert row == TO_SHIP._replace(person=["Tilda B. Vale", *TO_SHIP.person[1:]], extras=texts)


def test_an_order_report_has_the_price_and_the_delivery_but_no_promise() -> None:
    row = good_orders(REPORT)[0]
    assert (row.ship_by, row.deliver_by) == (None, "2026-03-23T03:59:59Z")
    assert (row.currency, list(row.amounts)) == ("USD", [4400, 264, 490, 30, None, None, None])
    assert row.person[0] == "Tilda B. Vale"


def test_the_phone_of_the_shipment_goes_before_the_buyers() -> None:
    assert good_orders(REPORT)[0].person[2] == "+1 555-010-0188"
    assert good_changed(REPORT, {}, without="ship-phone-number").person[2] == "+1 555-010-0177 ext. 00042"
    assert good_changed(REPORT, {"ship-phone-number": " "}).person[2] == "+1 555-010-0177 ext. 00042"


def test_an_amount_without_a_currency_is_read_in_the_shops() -> None:
    row = good_orders(REPORT)[1]
    assert (row.currency, list(row.amounts)) == (None, [1900, 0, 0, 0, None, None, None])


def test_the_order_report_with_a_sales_channel_is_read_the_same_way() -> None:
    (row,) = good_orders("amazon/order-report-34.txt")
    assert (row.order_id, row.currency, row.amounts[0]) == ("250-0000022-0000022", "GBP", 1550)


@pytest.mark.parametrize(
    ("word", "fulfillment"),
    [("Merchant", "FBM"), ("MFN", "FBM"), ("", None), ("Amazon", "FBA"), ("AFN", "FBA"), ("AMAZON_NA", "FBA")],
)
def test_the_shipper_is_known_by_any_of_amazons_words(word: str, fulfillment: str | None) -> None:
    assert good_changed(ALL, {"fulfillment-channel": word}).fulfillment == fulfillment


@pytest.mark.parametrize(
    ("order_status", "item_status", "is_canceled", "shipped"),
    [
        ("Shipped", "Shipped", 0, 2),
        ("Complete", "", 0, 2),
        ("Shipped", "Cancelled", 1, 0),
        ("Cancelled", "Shipped", 1, 0),
        ("canceled", "", 1, 0),
        ("Unshipped", "Unshipped", 0, 0),
        ("", "", 0, 0),
    ],
)
def test_canceled_wins_over_shipped(order_status: str, item_status: str, is_canceled: int, shipped: int) -> None:
    row = good_changed(ALL, {"order-status": order_status, "item-status": item_status})
    assert (row.is_canceled, row.quantity_shipped) == (is_canceled, shipped)
    assert (row.sold_on is None) == (not shipped)


@pytest.mark.parametrize(
    ("item", "shipping", "discount"), [("", "", 0), ("1", "", 100), ("", "2.5", 250), ("1", "2.5", 350)]
)
def test_both_promotions_are_one_discount(item: str, shipping: str, discount: int) -> None:
    row = good_changed(ALL, {"item-promotion-discount": item, "ship-promotion-discount": shipping})
    assert row.amounts[-1] == discount


def test_blanks_around_a_cell_play_no_part() -> None:
    cells = {"sku": " HOOP-2 ", "quantity": " 2", "currency": " USD ", "purchase-date": "2026-03-10T18:04:05Z "}
    assert good_changed(ALL, cells) == SHIPPED


@pytest.mark.parametrize("missing", ["item-status", "fulfillment-channel", "asin", "currency", "ship-city"])
def test_a_column_that_is_not_needed_may_be_missing(missing: str) -> None:
    assert good_changed(ALL, {}, without=missing).order_id == SHIPPED.order_id


def test_the_british_spelling_of_the_shipper_is_known() -> None:
    row = good_changed(ALL, {}, without="fulfillment-channel", extra={"fulfilment-channel": "Amazon"})
    assert row.fulfillment == "FBA"


NO_CENTS = {"item-tax": "", "shipping-tax": ""}
FAULTS = [
    (ALL, "amazon-order-id", "250-0000001-000001", "Amazon order id"),
    (ALL, "amazon-order-id", "2.5E+16", "spreadsheet"),
    (ALL, "sku", "", "the SKU is empty"),
    (ALL, "sku", "HO\0OP", "NUL"),
    (ALL, "order-status", "x" * 2_001, "2,001 characters"),
    (ALL, "quantity", "two", "whole number from 0"),
    (ALL, "quantity", "-1", "whole number from 0"),
    (ALL, "quantity", "", "whole number from 0"),
    (ALL, "purchase-date", "2026-03-10T18:04:05", "no time zone"),
    (ALL, "purchase-date", "32.03.2026", "date-time"),
    (ALL, "last-updated-date", "", "date-time"),
    (ALL, "fulfillment-channel", "Pigeon", "neither FBM"),
    (ALL, "asin", "B0", "ASIN"),
    (ALL, "currency", "XXX", "currency code"),
    (ALL, "item-price", "44,00", "amount such as"),
    (ALL, "shipping-tax", "0.305", "more decimals than the 2 of USD"),
    (ALL, "ship-promotion-discount", "--1.00", "amount such as"),
    (ALL, "product-name", "a\0b", "NUL"),
    (ALL, "ship-country", "x" * 2_001, "2,001 characters"),
    (UNSHIPPED, "order-id", "../../x", "Amazon order id"),
    (UNSHIPPED, "order-item-id", "", "order-item id"),
    (UNSHIPPED, "sku", "x" * 41, "SKU of 1 to 40"),
    (UNSHIPPED, "quantity-purchased", "1.5", "whole number from 1"),
    (UNSHIPPED, "quantity-purchased", str(2**63), "whole number from 1"),
    (UNSHIPPED, "quantity-shipped", "3", "whole number from 0 to 2"),
    (UNSHIPPED, "purchase-date", "", "date-time"),
    (UNSHIPPED, "promise-date", "2026-03-18T06:59", "no time zone"),
    (UNSHIPPED, "ship-service-level", "a\0b", "NUL"),
    (UNSHIPPED, "buyer-email", "a\0b", "NUL"),
    (UNSHIPPED, "ship-postal-code", "a\0b", "NUL"),
    (REPORT, "delivery-end-date", "soon", "date-time"),
    (REPORT, "currency", "US", "currency code"),
    (REPORT, "item-tax", "NaN", "amount such as"),
    (REPORT, "ship-phone-number", "5\0", "NUL"),
]


@pytest.mark.parametrize(("file", "column", "cell", "reason"), FAULTS)
def test_a_faulty_cell_is_named_by_line_and_column(file: str, column: str, cell: str, reason: str) -> None:
    error = parse_changed(file, {column: cell})
    assert isinstance(error, RowError)
    assert (error.line, error.column) == (2, column)
    assert reason in error.reason


def test_a_canceled_rows_quantity_may_be_zero_but_not_negative() -> None:
    assert good_changed(ALL, {"order-status": "Cancelled", "quantity": "0"}).quantity == 0
    error = parse_changed(ALL, {"order-status": "Cancelled", "quantity": "-1"})
    assert isinstance(error, RowError)
    assert error.column == "quantity"


def test_an_amount_is_read_with_the_decimals_of_the_rows_own_currency() -> None:
    row = good_changed(REPORT, {"currency": "JPY", "item-price": "4400", "shipping-price": "490.00"} | NO_CENTS)
    assert list(row.amounts[:3]) == [4400, 0, 490]
    error = parse_changed(REPORT, {"currency": "JPY", "item-price": "44.50"} | NO_CENTS)
    assert isinstance(error, RowError)
    assert error.column == "item-price"


def test_every_line_number_is_the_lines_in_the_file() -> None:
    assert [row.line for row in parse_orders(ALL)] == [2, 3, 4, 5]
