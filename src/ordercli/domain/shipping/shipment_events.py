"""What becomes of shipments: the words carriers use for it, and the few that matter here."""

import re
from typing import Literal, NamedTuple

from ordercli.domain.fields import FieldError, shown

ShipmentStatus = Literal["in_transit", "delivered", "exception", "returned"]
SHIPMENT_STATUSES: tuple[ShipmentStatus, ...] = ("in_transit", "delivered", "exception", "returned")

# The first phrase that occurs decides, so the surer ones stand first: "delivery attempted" is no delivery, and
# "delivered to the sender" is none to the buyer.
_PHRASES: tuple[tuple[str, ShipmentStatus | None], ...] = (
    (r"return\w*( to)?( the)? (sender|shipper|origin)|(delivered|back) to (the )?(sender|shipper)", "returned"),
    (r"^(returned|return|rts|retour)$", "returned"),
    (r"pre-?shipment|label (created|printed)|shipment information|order processed|not yet|awaiting item", None),
    (r"attempt|notice left|unavailable|undeliver|not delivered|could not|unable|failed|refused", "exception"),
    (r"exception|damag|lost|missing|incorrect|insufficient|held|hold at|delay|alert|no access|claim", "exception"),
    (r"out for delivery|with (the )?(driver|courier)|on its way|en route|transit", "in_transit"),
    (r"deliver(ed|y complete)|proof of delivery|zugestellt|livré|entregado|consegnat|bezorgd", "delivered"),
    (r"pick(ed)? ?up|accept|arriv|depart|process|scan|sort|shipped|dispatch|collected", "in_transit"),
    (r"received|clear|ready|customs", "in_transit"),
)
_FOUND = tuple((re.compile(pattern), status) for pattern, status in _PHRASES)


def parse_shipment_status(text: str) -> ShipmentStatus | None:
    """What a carrier's words say of a shipment; None where it has not left yet.

    Raises:
        FieldError: for words that say nothing known.
    """
    words = " ".join(re.sub(r"[_\s]+", " ", text).casefold().split())
    for pattern, status in _FOUND:
        if pattern.search(words):
            return status
    raise FieldError(f"{shown(text)} says none of {', '.join(SHIPMENT_STATUSES)}")


class CarrierEvent(NamedTuple):
    """One row of a carrier's file.

    Attributes:
        line: physical line of the file.
        number: the tracking number.
        occurred_at: UTC text.
        detail: the carrier's words; None of a delivery.
    """

    line: int
    number: str
    status: ShipmentStatus
    occurred_at: str
    detail: str | None
