"""Amazon's regions and where each is reached.

Source: Amazon, "SP-API Endpoints" and "Connecting to the SP-API" (developer documentation, read 2026-11).
"""

from enum import StrEnum


class Region(StrEnum):
    """North America with Brazil; Europe with Turkey, the Emirates, Saudi Arabia, Egypt and India; the Far East."""

    AMERICA = "na"
    EUROPE = "eu"
    FAR_EAST = "fe"


REGIONS = {region.value: f"https://sellingpartnerapi-{region.value}.amazon.com" for region in Region}
"""Where the API of a region is."""

TOKENS = "https://api.amazon.com/auth/o2/token"
"""Where a refresh token is changed into one for an hour (Login with Amazon)."""
