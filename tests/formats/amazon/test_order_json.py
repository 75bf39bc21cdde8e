"""Orders as the API tells them, as a table of what is told and what is understood."""

from copy import deepcopy
from typing import Any

import pytest

from ordercli.domain.fields import RowError
from ordercli.domain.orders.order_rows import ADDRESS, CONTACT, EXTRAS, OrderRow
from ordercli.formats.amazon.order_json import rows_of

ORDER: dict[str, Any] = {
    "orderId": "114-0000021-0000021",
    "createdTime": "2026-03-15T20:00:00Z",
    "lastUpdatedTime": "2026-03-15T21:00:00Z",
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": "ATVPDKIKX0DER", "marketplaceName": "Amazon.com"},
    "fulfillment": {
        "fulfillmentStatus": "UNSHIPPED",
        "fulfilledBy": "MERCHANT",
        "fulfillmentServiceLevel": "SECOND_DAY",
        "shipByWindow": {"earliestDateTime": "2026-03-16T07:00:00Z", "latestDateTime": "2026-03-18T06:59:59Z"},
        "deliverByWindow": {"latestDateTime": "2026-03-21T06:59:59Z"},
    },
    "orderItems": [
        {
            "orderItemId": "21100000000000",
            "quantityOrdered": 3,
            "product": {"asin": "B0SAMPLE07", "title": "Ring", "sellerSku": "RING-7"},
            "proceeds": {
                "breakdowns": [
                    {"type": "ITEM", "subtotal": {"amount": "102.00", "currencyCode": "USD"}},
                    {"type": "TAX", "subtotal": {"amount": "6.12", "currencyCode": "USD"}},
                ]
            },
            "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": 3},
        }
    ],
}


def read(changes: dict[str, Any], order: dict[str, Any] = ORDER) -> Any:
    """The first row of an order with other values; ``a.b`` names a value within a, ``item.`` one of the item."""
    told = deepcopy(order)
    for path, value in changes.items():
        *way, last = path.split(".")
        place: Any = told
        for step in way:
            place = place["orderItems"][0] if step == "item" else place.setdefault(step, {})
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    (row,) = rows_of([told], "America/New_York")
    return row


def extra(row: OrderRow, name: str) -> object:
    return row.extras[EXTRAS.index(name)]


def test_all_that_is_told_of_an_order() -> None:
    row = read({})

    assert (row.order_id, row.item_id, row.sku, row.quantity) == (ORDER["orderId"], "21100000000000", "RING-7", 3)
    assert (row.ordered_at, row.updated_at) == ("2026-03-15T20:00:00Z", "2026-03-15T21:00:00Z")
    assert (row.ship_by, row.deliver_by) == ("2026-03-18T06:59:59Z", "2026-03-21T06:59:59Z")
    assert (row.fulfillment, row.service_level, row.channel_status) == ("FBM", "SecondDay", "Unshipped")
    assert (row.currency, list(row.amounts[:2]), row.amounts[6]) == ("USD", [10200, 612], 0)
    assert (row.is_released, row.is_canceled, row.quantity_shipped, row.sold_on) == (1, 0, 0, None)
    assert extra(row, "sales_channel") == "Amazon.com"
    assert not any(row.person)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"fulfillment.fulfillmentStatus": "PENDING"}, {"is_released": 0, "channel_status": "Pending"}),
        ({"fulfillment.fulfillmentStatus": "CANCELLED"}, {"is_canceled": 1, "canceled_by": "unknown"}),
        ({"item.quantityOrdered": 0, "item.fulfillment": None}, {"is_canceled": 1, "quantity": 0}),
        (
            {"item.fulfillment": {"quantityFulfilled": 1, "quantityUnfulfilled": 1}},
            {"quantity_shipped": 1, "quantity_canceled": 1, "sold_on": "2026-03-15", "is_canceled": 0},
        ),
        ({"item.fulfillment": None}, {"quantity_shipped": 0, "quantity_canceled": 0}),
        (
            {
                "fulfillment.fulfillmentStatus": "CANCELLED",
                "item.cancellation": {"cancellationRequest": {"requester": "BUYER"}},
            },
            {"canceled_by": "buyer"},
        ),
        ({"fulfillment.fulfilledBy": "AMAZON"}, {"fulfillment": "FBA"}),
        ({"fulfillment.fulfillmentStatus": "ON_ITS_WAY"}, {"channel_status": "ON_ITS_WAY", "is_released": 1}),
        ({"fulfillment.fulfillmentServiceLevel": "BY_BOAT"}, {"service_level": "BY_BOAT"}),
        ({"item.product.title": "Ring\u202e\x1b"}, {"name": "Ring"}),
        ({"programs": ["NEW_ONE"], "item.news": {"of": 2027}}, {"sku": "RING-7"}),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_a_value_means(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    row = read(changes)

    assert {name: getattr(row, name) for name in expected} == expected


def money(amount: object, currency: str = "USD") -> dict[str, object]:
    return {"amount": amount, "currencyCode": currency}


def shares(**told: dict[str, object]) -> dict[str, Any]:
    """The proceeds of an item."""
    return {"breakdowns": [{"type": kind, "subtotal": subtotal} for kind, subtotal in told.items()]}


@pytest.mark.parametrize(
    ("breakdowns", "amounts"),
    [
        (
            [("ITEM", "10.00", []), ("SHIPPING", "2.00", []), ("GIFT_WRAP", "1.00", [])],
            [1000, 0, 200, 0, 100, 0, 0],
        ),
        ([("ITEM", "10.00", []), ("DISCOUNT", "-1.50", [])], [1000, 0, 0, 0, 0, 0, 150]),
        ([("ITEM", "10.00", []), ("DISCOUNT", "1.50", [])], [1000, 0, 0, 0, 0, 0, 150]),
        (
            [("TAX", "3.00", [("ITEM", "2.00"), ("SHIPPING", "0.75"), ("GIFT_WRAP", "0.25")])],
            [None, 200, 0, 75, 0, 25, 0],
        ),
        ([("TAX", "3.00", [("ITEM", "2.00"), ("NEW_ONE", "1.00")])], [None, 300, 0, 0, 0, 0, 0]),
        ([("NEW_ONE", "9.00", [])], [None, 0, 0, 0, 0, 0, 0]),
    ],
    ids=[
        "parts",
        "a discount below zero",
        "a discount above it",
        "tax by part",
        "tax of unknown parts",
        "unknown",
    ],
)
def test_amounts_are_what_the_breakdowns_add_up_to(
    breakdowns: list[tuple[str, str, list[tuple[str, str]]]], amounts: list[int | None]
) -> None:
    told = [
        {
            "type": kind,
            "subtotal": money(total),
            **({"detailedBreakdowns": [{"subtype": s, "value": money(v)} for s, v in parts]} if parts else {}),
        }
        for kind, total, parts in breakdowns
    ]

    row = read({"item.proceeds": {"breakdowns": told}})

    assert [row.amounts[0], *(amount or 0 for amount in row.amounts[1:])] == amounts


def test_without_proceeds_the_unit_price_counts() -> None:
    row = read({"item.proceeds": None, "item.product.price": {"unitPrice": money("34.00")}})

    assert (row.currency, row.amounts[0]) == ("USD", 10200)
    assert read({"item.proceeds": None}).amounts[0] is None


def test_the_buyer_and_the_address_are_taken() -> None:
    address = {
        "name": "Ana Pop",
        "addressLine1": "1 Road",
        "city": "Moab",
        "stateOrRegion": "UT",
        "phone": "+1 555",
    }
    row = read(
        {
            "buyer": {"buyerName": "Ana Pop", "buyerEmail": "ana@example.org"},
            "recipient": {"deliveryAddress": {**address, "postalCode": "84532", "countryCode": "US"}},
        }
    )

    assert dict(zip((*CONTACT, *ADDRESS), row.person, strict=True)) == {
        "customer_name": "Ana Pop",
        "customer_email": "ana@example.org",
        "customer_phone": "+1 555",
        "note": None,
        "ship_name": "Ana Pop",
        "address_1": "1 Road",
        "address_2": None,
        "address_3": None,
        "city": "Moab",
        "state": "UT",
        "postal_code": "84532",
        "country": "US",
    }


def test_a_replacement_names_its_original_and_another_channels_order_is_no_sale() -> None:
    original = {"orderId": "114-0000001-0000001", "associationType": "REPLACEMENT_ORIGINAL_ID"}
    replacing = read({"associatedOrders": [original]})
    other = read({"salesChannel": {"channelName": "NON_AMAZON"}})

    assert (extra(replacing, "original_order_id"), extra(replacing, "is_replacement")) == (original["orderId"], 1)
    assert extra(other, "sales_channel") == "Non-Amazon"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"orderId": "1"}, "'1' is not an Amazon order id such as 114-0000001-0000001"),
        ({"orderId": None}, "orderId is missing"),
        ({"lastUpdatedTime": "yesterday"}, "'yesterday' is not a date-time such as 2026-03-16T09:00:00-04:00"),
        ({"fulfillment": "soon"}, "fulfillment is no object"),
        ({"item.product.sellerSku": None}, "sellerSku is missing"),
        ({"item.product.title": "Ring\0"}, "title is damaged: it holds a NUL"),
        ({"item.quantityOrdered": -1}, "quantityOrdered is '-1', not a count of units"),
        ({"item.quantityOrdered": 1.5}, "quantityOrdered is '1.5', not a count of units"),
        ({"item.quantityOrdered": None}, "quantityOrdered is missing"),
        ({"item.proceeds": {"breakdowns": "all"}}, "breakdowns is no list"),
        (
            {"item.proceeds": shares(ITEM=money("1"), TAX=money("1", "EUR"))},
            "its amounts are in several currencies (EUR, USD)",
        ),
    ],
    ids=lambda value: str(value)[:50],
)
def test_a_wrong_value_is_told_and_its_line_left_out(changes: dict[str, Any], reason: str) -> None:
    row = read(changes)

    assert isinstance(row, RowError)
    assert row.reason == reason
