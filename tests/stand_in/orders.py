"""The Orders API: searching and looking of 2026, confirming of the version before."""

import json
from collections.abc import Mapping

from stand_in.account import Account, utc, utc_text
from stand_in.routes import MARKETPLACE, Asked, Json, Route, Wrong

PERSONAL = {"BUYER", "RECIPIENT"}


def search(account: Account, asked: Asked) -> Json:
    """A page of orders.

    Raises:
        Wrong: naming what is wrong with the query.
    """
    query = asked.query
    if ("lastUpdatedAfter" in query) == ("createdAfter" in query):
        raise Wrong(400, "InvalidInput", "exactly one of createdAfter and lastUpdatedAfter")
    if query.get("marketplaceIds") != MARKETPLACE:
        raise Wrong(400, "InvalidInput", "marketplaceIds")
    begin, first, until = query["lastUpdatedAfter"], 0, utc_text(account.clock() - 120)
    if (token := query.get("paginationToken")) is not None:
        since, until, first, expires = json.loads(bytes.fromhex(token))
        if since != begin or expires < account.clock():
            raise Wrong(400, "InvalidInput", "paginationToken")
    found = [order for order in account.orders if begin <= utc(order["lastUpdatedTime"]) < until]
    found.sort(key=lambda order: (utc(order["lastUpdatedTime"]), order["orderId"]))
    size = min(account.page_size, int(query.get("maxResultsPerPage", "100")))
    datasets = _datasets(account, query)
    page: Json = {
        "orders": [_shown(order, datasets) for order in found[first : first + size]],
        "lastUpdatedBefore": until,
    }
    if len(found) > first + size:
        state = [begin, until, first + size, account.clock() + 24 * 3600]
        page["pagination"] = {"nextToken": json.dumps(state).encode().hex()}
    return page


def _datasets(account: Account, query: Mapping[str, str]) -> set[str]:
    datasets = set(query.get("includedData", "").split(","))
    if PERSONAL & datasets and not account.can_see_people:
        raise Wrong(403, "Unauthorized", "Access to requested resource is denied.")
    return datasets


def _shown(order: Json, datasets: set[str]) -> Json:
    hidden = {
        name
        for name, dataset in (("buyer", "BUYER"), ("recipient", "RECIPIENT"), ("packages", "PACKAGES"))
        if dataset not in datasets
    }
    return {name: value for name, value in order.items() if name not in hidden}


def look(account: Account, asked: Asked) -> Json:
    """One order.

    Raises:
        Wrong: if there is none of that id.
    """
    order = order_named(account, asked.names["orderId"])
    datasets = _datasets(account, asked.query)
    shown = _shown(order, datasets)
    return {"order": shown if "PACKAGES" in datasets else {**shown, "packages": []}}


def confirm(account: Account, asked: Asked) -> None:
    """A package has left; told again under its number, it is corrected.

    Raises:
        Wrong: naming what is wrong with it.
    """
    order, detail = order_named(account, asked.names["orderId"]), asked.body["packageDetail"]
    number = detail["packageReferenceId"]
    if asked.body["marketplaceId"] != MARKETPLACE or not number.isdigit():
        raise Wrong(400, "InvalidInput", "marketplaceId or packageReferenceId")
    packages = order.setdefault("packages", [])
    others = [each for each in packages if each["packageReferenceId"] != number]
    left = {item["orderItemId"]: item["quantityOrdered"] for item in order["orderItems"]}
    package = _package(detail)
    for item in (item for each in (*others, package) for item in each["packageItems"]):
        left[item["orderItemId"]] = left.get(item["orderItemId"], 0) - item["quantity"]
    if any(units < 0 for units in left.values()) or order["fulfillment"]["fulfillmentStatus"] == "CANCELLED":
        raise Wrong(400, "InvalidInput", "The quantity is more than was ordered by Ana Lindqvist.")
    order["packages"] = [*others, package]
    for item in order["orderItems"]:
        item["fulfillment"] = {
            "quantityFulfilled": item["quantityOrdered"] - left[item["orderItemId"]],
            "quantityUnfulfilled": left[item["orderItemId"]],
        }
    order["fulfillment"]["fulfillmentStatus"] = "PARTIALLY_SHIPPED" if any(left.values()) else "SHIPPED"
    order["lastUpdatedTime"] = utc_text(account.clock() - 180)


def _package(detail: Json) -> Json:
    return {
        "packageReferenceId": detail["packageReferenceId"],
        "packageStatus": {"status": "SHIPPED"},
        "carrier": detail["carrierCode"],
        "shipTime": detail["shipDate"],
        "trackingNumber": detail["trackingNumber"],
        "packageItems": detail["orderItems"],
    }


def order_named(account: Account, order_id: str) -> Json:
    """The order of an id.

    Raises:
        Wrong: if there is none.
    """
    for order in account.orders:
        if order["orderId"] == order_id:
            return order
    raise Wrong(404, "NotFound", "orderId")


ROUTES = (
    Route("searchOrders", "/orders/2026-01-01/orders", search),
    Route("getOrder", "/orders/2026-01-01/orders/{orderId}", look),
    Route("confirmShipment", "/orders/v0/orders/{orderId}/shipmentConfirmation", confirm, "POST"),
)
