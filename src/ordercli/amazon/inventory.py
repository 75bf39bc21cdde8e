"""Stock at Amazon, as its FBA Inventory API (v1) gives it: all of a marketplace, page by page."""

import json

from ordercli.amazon.answers import same_page, understood
from ordercli.amazon.client import Call, Client, call_for_page
from ordercli.formats.amazon.json_values import listed, part, text

SUMMARIES = "getInventorySummaries"
PATH = "/fba/inventory/v1/summaries"


def summaries(client: Client, marketplace: str) -> list[object]:
    """Every listing with its units in a marketplace, as they came.

    The token of a page lives for half a minute only, so that all pages are one picture.

    Raises:
        Refused: if Amazon refuses it.
        OutOfReach: if there is no answer, or one of another shape than documented.
    """
    query = {
        "details": "true",
        "granularityType": "Marketplace",
        "granularityId": marketplace,
        "marketplaceIds": marketplace,
    }
    found: list[object] = []
    token: str | None = None
    while True:
        asked = query if token is None else {**query, "nextToken": token}
        answer = call_for_page(client, Call(SUMMARIES, "GET", PATH, asked), token)
        with understood(SUMMARIES):
            found += listed(part(answer, "payload"), "inventorySummaries")
            following = text(part(answer, "pagination"), "nextToken")
        if following is None:
            return found
        if following == token:
            raise same_page(SUMMARIES)
        token = following


def fingerprint(found: object) -> bytes:
    """Bytes that are the same for the same answer."""
    return json.dumps(found, sort_keys=True).encode()
