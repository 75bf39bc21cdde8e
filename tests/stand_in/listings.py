"""The Listings Items API, as far as quantities go."""

from stand_in.account import Account
from stand_in.routes import MARKETPLACE, Asked, Json, Route, Wrong


def patch(account: Account, asked: Asked) -> Json:
    """The quantity of a listing is another one.

    Raises:
        Wrong: naming what is wrong with the call, or if there is no such listing.
    """
    (operation,) = asked.body["patches"]
    if asked.query.get("marketplaceIds") != MARKETPLACE or operation["op"] != "merge":
        raise Wrong(400, "InvalidInput", "marketplaceIds or op")
    sku = asked.names["sku"]
    if sku in account.unlisted:
        issue = {"code": "8541", "message": "no such thing", "severity": "ERROR", "categories": []}
        return {"sku": sku, "status": "INVALID", "submissionId": "1", "issues": [issue]}
    (value,) = operation["value"]
    account.quantities[sku] = value["quantity"]
    return {"sku": sku, "status": "ACCEPTED", "submissionId": "1", "issues": []}


ROUTES = (Route("patchListingsItem", "/listings/2021-08-01/items/{sellerId}/{sku}", patch, "PATCH"),)
