"""The sample shop as Amazon would tell it: what its reports say, in the words of the API."""

import csv
from collections.abc import Iterator
from pathlib import Path

import ordercli
from stand_in.routes import MARKETPLACE, Json

SAMPLE = Path(ordercli.__file__).parent / "sample"
STATES = {"Pending": "UNSHIPPED", "Shipped": "SHIPPED", "Cancelled": "CANCELLED"}


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def _money(amount: str, currency: str) -> Json:
    return {"amount": amount, "currencyCode": currency}


def sample_orders() -> list[Json]:
    """The orders of the sample shop as the Orders API tells them: what its reports say of each, together."""
    to_ship = {(row["order-id"], row["sku"]): row for row in _rows("unshipped-orders.txt")}
    orders: dict[str, Json] = {}
    for number, row in enumerate(_rows("all-orders.txt")):
        told = to_ship.get((row["amazon-order-id"], row["sku"]), {})
        order = orders.setdefault(row["amazon-order-id"], _order(row, told))
        order["orderItems"].append(_item(row, told, number))
    return list(orders.values())


def _order(row: dict[str, str], told: dict[str, str]) -> Json:
    fulfillment = {
        "fulfillmentStatus": STATES[row["order-status"]],
        "fulfilledBy": "MERCHANT",
        "fulfillmentServiceLevel": row["ship-service-level"].upper(),
    }
    order: Json = {
        "orderId": row["amazon-order-id"],
        "createdTime": row["purchase-date"],
        "lastUpdatedTime": row["last-updated-date"],
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": MARKETPLACE, "marketplaceName": "Amazon.com"},
        "fulfillment": fulfillment,
        "orderItems": [],
    }
    if told:
        fulfillment["shipByWindow"] = {"latestDateTime": told["promise-date"]}  # type: ignore[assignment]
        order["buyer"] = {"buyerName": told["buyer-name"], "buyerEmail": told["buyer-email"]}
        address = {
            "name": told["recipient-name"],
            **{f"addressLine{line}": told[f"ship-address-{line}"] for line in (1, 2, 3)},
            "city": told["ship-city"],
            "stateOrRegion": told["ship-state"],
            "postalCode": told["ship-postal-code"],
            "countryCode": told["ship-country"],
            "phone": told["buyer-phone-number"],
        }
    else:
        address = {
            "city": row["ship-city"],
            "stateOrRegion": row["ship-state"],
            "postalCode": row["ship-postal-code"],
            "countryCode": row["ship-country"],
        }
    order["recipient"] = {"deliveryAddress": {name: text for name, text in address.items() if text}}
    return order


def _item(row: dict[str, str], told: dict[str, str], number: int) -> Json:
    units, is_shipped = int(row["quantity"]), row["order-status"] == "Shipped"
    item: Json = {
        "orderItemId": told.get("order-item-id") or f"9{number:013}",
        "quantityOrdered": units,
        "product": {"asin": row["asin"], "title": row["product-name"], "sellerSku": row["sku"]},
        "fulfillment": {
            "quantityFulfilled": units if is_shipped else 0,
            "quantityUnfulfilled": units if row["order-status"] == "Pending" else 0,
        },
    }
    if row["item-price"]:
        shares = [{"type": "ITEM", "subtotal": _money(row["item-price"], row["currency"])}]
        if row["item-tax"]:
            shares.append({"type": "TAX", "subtotal": _money(row["item-tax"], row["currency"])})
        item["proceeds"] = {"breakdowns": shares}
    if row["order-status"] == "Cancelled":
        item["cancellation"] = {"cancellationRequest": {"requester": "BUYER"}}
    return item
