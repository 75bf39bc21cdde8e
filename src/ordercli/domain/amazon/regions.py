"""Amazon's regions and where each is reached.

Source: Amazon, "SP-API Endpoints" and "Connecting to the SP-API" (developer documentation, read 2026-11).
"""

from collections.abc import Sequence
from enum import StrEnum


class Region(StrEnum):
    """North America with Brazil; Europe with Turkey, the Emirates, Saudi Arabia, Egypt and India; the Far East."""

    AMERICA = "na"
    EUROPE = "eu"
    FAR_EAST = "fe"


REGIONS = {region.value: f"https://sellingpartnerapi-{region.value}.amazon.com" for region in Region}
"""Where the API of a region is."""

MARKETPLACES = {
    "amazon.ca": "A2EUQ1WTGCTBG2",
    "amazon.com": "ATVPDKIKX0DER",
    "amazon.com.mx": "A1AM78C64UM0Y8",
    "amazon.com.br": "A2Q3Y263D00KWC",
    "amazon.ie": "A28R8C7NBKEWEA",
    "amazon.es": "A1RKKUPIHCS9HS",
    "amazon.co.uk": "A1F83G8C2ARO7P",
    "amazon.fr": "A13V1IB3VIYZZH",
    "amazon.com.be": "AMEN7PMS3EDWL",
    "amazon.nl": "A1805IZSGTT6HS",
    "amazon.de": "A1PA6795UKMFR9",
    "amazon.it": "APJ6JRA9NG5V4",
    "amazon.se": "A2NODRKZP88ZB9",
    "amazon.co.za": "AE08WJ6YKNBMC",
    "amazon.pl": "A1C3SOZRARQ6R3",
    "amazon.eg": "ARBP9OOSHTCHU",
    "amazon.com.tr": "A33AVAJ2PDY3EV",
    "amazon.sa": "A17E79C6D8DWNP",
    "amazon.ae": "A2VIGQ35RCS4UG",
    "amazon.in": "A21TJRUUN4KGV",
    "amazon.sg": "A19VAU5U5O7RUS",
    "amazon.com.au": "A39IBJ37TRP1C6",
    "amazon.co.jp": "A1VC38T7YXB528",
}
"""Identifiers of the marketplaces by the names that orders bear.

Source: Amazon, "Marketplace IDs", read 2026-11.
"""


def marketplace_of(sales_channel: str | None, known: Sequence[str]) -> str | None:
    """The identifier of the marketplace an order came from; None if it cannot be told.

    Args:
        sales_channel: how the order calls it; None if it does not.
        known: the marketplaces that the account sells in; the only one needs no name.
    """
    if len(known) == 1:
        return known[0]
    found = MARKETPLACES.get((sales_channel or "").casefold())
    return found if found in known else None


TOKENS = "https://api.amazon.com/auth/o2/token"
"""Where a refresh token is changed into one for an hour (Login with Amazon)."""
