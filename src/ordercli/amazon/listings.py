"""Quantities of listings, told by Amazon's Listings Items API (2021-08-01)."""

from typing import NamedTuple
from urllib.parse import quote

from ordercli.amazon.answers import understood
from ordercli.amazon.client import Call, Client
from ordercli.formats.amazon.json_values import Json, text, the_list, the_object, word
from ordercli.formats.amazon.quantity_feed import patch_of

PATCH = "patchListingsItem"


class Place(NamedTuple):
    """Whose listings, and where."""

    seller_id: str
    marketplace: str


def tell_quantity(client: Client, place: Place, sku: str, units: int) -> str | None:
    """Tell Amazon how many of a listing can be sold. Told twice, it is the same.

    Returns:
        Amazon's code for not taking it; None if it did.

    Raises:
        Refused: if Amazon refuses the call.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    body = {
        "productType": "PRODUCT",
        "patches": [patch_of(units)],
    }
    path = f"/listings/2021-08-01/items/{quote(place.seller_id, safe='')}/{quote(sku, safe='')}"
    answer = client.call(Call(PATCH, "PATCH", path, {"marketplaceIds": place.marketplace}, body))
    with understood(PATCH):
        return _reason(answer)


def _reason(answer: Json) -> str | None:
    if word(answer, "status") != "INVALID":
        return None
    issues = [the_object(each, "issue") for each in the_list(answer.get("issues"), "issues")]
    codes = [text(each, "code") for each in issues if text(each, "severity") == "ERROR"]
    code = next((each for each in codes if each and each.isascii() and each.isalnum()), None)
    return code or "INVALID"
