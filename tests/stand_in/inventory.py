"""The FBA Inventory API."""

from stand_in.account import Account
from stand_in.routes import MARKETPLACE, Asked, Json, Route, Wrong


def summary(sku: str, fnsku: str, *, fulfillable: int, reserved: int = 0, unsellable: int = 0) -> Json:
    """A listing with its units, as the API tells them."""
    return {
        "asin": "B000000000",
        "fnSku": fnsku,
        "sellerSku": sku,
        "inventoryDetails": {
            "fulfillableQuantity": fulfillable,
            "inboundShippedQuantity": 0,
            "inboundReceivingQuantity": 0,
            "reservedQuantity": {"totalReservedQuantity": reserved},
            "unfulfillableQuantity": {"totalUnfulfillableQuantity": unsellable},
        },
        "totalQuantity": fulfillable + reserved + unsellable,
    }


def summaries(account: Account, asked: Asked) -> Json:
    """A page of the stock.

    Raises:
        Wrong: naming what is wrong with the query.
    """
    query = asked.query
    if query.get("granularityType") != "Marketplace" or query.get("granularityId") != query.get("marketplaceIds"):
        raise Wrong(400, "InvalidInput", "granularity")
    first = int(query.get("nextToken", "0"))
    there = account.inventory if query["marketplaceIds"] == MARKETPLACE else account.inventory_elsewhere
    payload = {
        "granularity": {"granularityType": "Marketplace", "granularityId": query["marketplaceIds"]},
        "inventorySummaries": there[first : first + account.page_size],
    }
    answer: Json = {"payload": payload}
    if len(there) > first + account.page_size:
        answer["pagination"] = {"nextToken": str(first + account.page_size)}
    return answer


ROUTES = (Route("getInventorySummaries", "/fba/inventory/v1/summaries", summaries),)
