"""The Orders API of 2026."""

import json
from collections.abc import Mapping

from stand_in.account import Account, utc, utc_text
from stand_in.routes import MARKETPLACE, Json, Route, Wrong

PERSONAL = {"BUYER", "RECIPIENT"}


def search(account: Account, query: Mapping[str, str]) -> Json:
    """A page of orders.

    Raises:
        Wrong: naming what is wrong with the query.
    """
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
        name for name, dataset in (("buyer", "BUYER"), ("recipient", "RECIPIENT")) if dataset not in datasets
    }
    return {name: value for name, value in order.items() if name not in hidden}


ROUTES = (Route("searchOrders", "/orders/2026-01-01/orders", search),)
