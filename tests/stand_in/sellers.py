"""The Sellers API."""

from stand_in.account import Account
from stand_in.routes import MARKETPLACE, Asked, Json, Route


def _participations(_: Account, __: Asked) -> Json:
    marketplace = {"id": MARKETPLACE, "name": "Amazon.com", "domainName": "www.amazon.com"}
    taking_part = {"isParticipating": True, "hasSuspendedListings": False}
    return {"payload": [{"marketplace": marketplace, "participation": taking_part}]}


ROUTES = (Route("getMarketplaceParticipations", "/sellers/v1/marketplaceParticipations", _participations),)
