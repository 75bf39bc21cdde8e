"""The Sellers API."""

from stand_in.routes import MARKETPLACE, Json, Request, Route


def _participations(_: Request) -> Json:
    marketplace = {"id": MARKETPLACE, "name": "Amazon.com", "domainName": "www.amazon.com"}
    taking_part = {"isParticipating": True, "hasSuspendedListings": False}
    return {"payload": [{"marketplace": marketplace, "participation": taking_part}]}


ROUTES = (Route("getMarketplaceParticipations", "GET", "/sellers/v1/marketplaceParticipations", _participations),)
