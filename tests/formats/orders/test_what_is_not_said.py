"""What a file does not say it leaves open: no default of the shop's is told for it, as another file may know."""

from dataclasses import replace

import pytest

from formats.reading import SHOP
from ordercli.domain.orders.order_rows import OrderRow
from ordercli.formats.amazon.order_json import rows_of
from ordercli.formats.orders.layout import OrderLayout, ShopDefaults
from ordercli.formats.orders.mapped import mapped_layout, parse_mapping
from ordercli.formats.orders.order_layouts import LAYOUTS

ID = "250-0000001-0000001"
MAPPED = mapped_layout("shop", parse_mapping(["No=order_id", "Sku=sku", "Qty=quantity"], channel="shop"))
CELLS = {
    "No": ID,
    "amazon-order-id": ID,
    "order-id": ID,
    "order_id": ID,
    "order-item-id": "11000000000001",
    "amazon-order-item-id": "11000000000001",
    "shipment-item-id": "D1",
    "purchase-date": "2026-03-10T18:04:05+00:00",
    "last-updated-date": "2026-03-12T07:30:00+00:00",
    "shipment-date": "2026-03-12T07:30:00+00:00",
    "order-status": "Unshipped",
    "Sku": "RING-7",
    "sku": "RING-7",
    "Qty": "1",
    "quantity": "1",
    "quantity-purchased": "1",
    "quantity-shipped": "1",
}
OPEN = ("fulfillment", "service_level", "ship_by", "deliver_by", "currency", "name", "asin", "is_released")
"""Fields of a row that only a cell may fill."""
IMPLIED = {
    "amazon-all-orders": {"is_released": 1},
    "amazon-fba-shipments": {"fulfillment": "FBA", "is_released": 1},
    "amazon-unshipped": {"fulfillment": "FBM", "is_released": 1},
    "amazon-order-report": {"fulfillment": "FBM", "is_released": 1},
}
"""What a report says by being that report, or by the status it always has: who ships, and that it is released."""


def read(layout: OrderLayout, shop: ShopDefaults = SHOP, **more: str) -> OrderRow:
    """A row with the columns that the layout needs, and others."""
    cells = {name: more[name] if name in more else CELLS[name] for name in (*layout.required, *more)}
    row = layout.parser(tuple(cells), shop)(2, list(cells.values()))
    assert isinstance(row, OrderRow), row
    return row


@pytest.mark.parametrize("layout", [*LAYOUTS, MAPPED], ids=lambda layout: layout.name)
def test_a_row_tells_nothing_that_no_cell_of_it_says(layout: OrderLayout) -> None:
    row = read(layout)

    told = {name: value for name in OPEN if (value := getattr(row, name)) is not None}
    assert told == IMPLIED.get(layout.name, {})
    assert not any(row.person)
    assert set(row.amounts) == {None}


@pytest.mark.parametrize("layout", [*LAYOUTS, MAPPED], ids=lambda layout: layout.name)
def test_defaults_of_the_shop_change_nothing_that_a_row_tells_of_its_order(layout: OrderLayout) -> None:
    other = ShopDefaults("Asia/Tokyo", "JPY", "2027-01-01T00:00:00Z")

    assert read(layout, other)._replace(sold_on=None) == read(layout)._replace(sold_on=None)


def test_an_order_from_the_channel_itself_tells_nothing_that_is_not_in_it() -> None:
    order = {
        "orderId": ID,
        "createdTime": "2026-03-10T18:04:05Z",
        "lastUpdatedTime": "2026-03-12T07:30:00Z",
        "fulfillment": {"fulfillmentStatus": "UNSHIPPED"},
        "orderItems": [{"orderItemId": "1", "quantityOrdered": 1, "product": {"sellerSku": "RING-7"}}],
    }

    (row,) = rows_of([order], "UTC")

    assert isinstance(row, OrderRow)
    assert {name: value for name in OPEN if (value := getattr(row, name)) is not None} == {"is_released": 1}
    assert not any(row.person)
    assert set(row.amounts) == {None}


@pytest.mark.parametrize(
    ("price", "told", "is_set", "currency"),
    [
        ("", "", False, None),
        ("-", "", False, None),
        ("", "EUR", False, "EUR"),
        ("", "", True, "USD"),
        ("0", "", False, None),
        ("0.00", "", True, "USD"),
        ("0 €", "", False, "EUR"),
        ("$0", "", False, "USD"),
        ("20.00", "", False, "USD"),
        ("20.00 €", "", False, "EUR"),
        ("20.00", "EUR", False, "EUR"),
    ],
)
def test_a_mapped_row_tells_a_currency_by_its_column_its_amounts_or_the_channels_setting(
    price: str, told: str, is_set: bool, currency: str | None
) -> None:
    pairs = ["No=order_id", "Sku=sku", "Qty=quantity", "Price=unit_price", "Code=currency"]
    layout = mapped_layout("shop", parse_mapping(pairs, channel="shop"))

    row = read(layout, replace(SHOP, is_currency_set=is_set), Price=price, Code=told)

    assert row.currency == currency
