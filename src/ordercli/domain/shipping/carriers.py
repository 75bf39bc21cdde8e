"""Carriers as Amazon's confirmation file names them, and where each shows how a shipment is getting on.

The list of codes is advisory: a carrier that is not on it goes out as ``Other`` with its name.

Source: the CarrierCode enumeration of Amazon's order-fulfillment schema, 377 distinct values; carrier-name has at
most 50 characters ("Shipping confirmation", 201576520). Read 2026-03.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.shipping.carrier_codes import CARRIER_CODES

OTHER = "Other"
_MEAN_OTHER = frozenset({"other", "otro", "andere", "sonstige"})
LONGEST_NAME = 50

ALIASES = {
    "usmail": "USPS",
    "uspostalservice": "USPS",
    "unitedstatespostalservice": "USPS",
    "unitedparcelservice": "UPS",
    "upsground": "UPS",
    "upsexpress": "UPS",
    "federalexpress": "FedEx",
    "fedexground": "FedEx",
    "fedexexpress": "FedEx",
    "fedexhomedelivery": "FedEx",
    "dhlgermany": "DHL-Paket",
    "amazonlogistics": "Amazon Shipping",
    "hermesgermany": "Hermes Logistik Gruppe",
    "osterreichischepost": "AT POST",
    "osterreichischepostag": "AT POST",
    "dpduk": "DPD",
    "dpdgermany": "DPD",
    "generallogisticssystems": "GLS",
    "schweizerischepost": "Swiss post",
    "diepost": "Swiss post",
    "canadapostcorporation": "Canada Post",
    "postescanada": "Canada Post",
    "auspost": "Australia Post",
    "pocztapolska": "Polish Post",
}
"""Other names sellers and their tools use, lower case without signs, and the code meant."""

LINKS = {
    "UPS": "https://www.ups.com/track?tracknum={}",
    "USPS": "https://tools.usps.com/go/TrackConfirmAction?tLabels={}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={}",
    "FedEx SmartPost": "https://www.fedex.com/fedextrack/?trknbr={}",
    "DHL": "https://www.dhl.com/en/express/tracking.html?AWB={}",
    "DHL Express": "https://www.dhl.com/en/express/tracking.html?AWB={}",
    "DHL-Paket": "https://www.dhl.de/en/privatkunden/pakete-empfangen/verfolgen.html?piececode={}",
    "Deutsche Post": "https://www.deutschepost.de/de/s/sendungsverfolgung/verfolgen.html?piececode={}",
    "DPD": "https://tracking.dpd.de/status/en_US/parcel/{}",
    "GLS": "https://gls-group.eu/track/{}",
    "Royal Mail": "https://www.royalmail.com/track-your-item#/tracking-results/{}",
    "Yodel": "https://www.yodel.co.uk/tracking/{}",
    "PostNL": "https://postnl.nl/tracktrace/?B={}",
    "Post NL": "https://postnl.nl/tracktrace/?B={}",
    "La Poste": "https://www.laposte.fr/outils/suivre-vos-envois?code={}",
    "Colissimo": "https://www.laposte.fr/outils/suivre-vos-envois?code={}",
    "AT POST": "https://www.post.at/sendungsverfolgung.php/details?pnum1={}",
    "Canada Post": "https://www.canadapost-postescanada.ca/track-reperage/en#/search?searchFor={}",
    "OnTrac": "https://www.ontrac.com/tracking/?number={}",
}
"""Pages that show a shipment, by the carrier's code."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier: Amazon's code, and its name in words where the code is ``Other``."""

    code: str
    name: str | None = None

    @property
    def title(self) -> str:
        """How people call it."""
        return self.name or self.code


def _squeezed(text: str) -> str:
    """Letters and digits only, so that ``U.S.P.S.`` and ``usps`` are one."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if sign.isalnum())


@cache
def _by_loose_name() -> dict[str, str]:
    """Code by squeezed name, or by lower-case name where that says more; the first code of the list wins."""
    loose = dict(ALIASES)
    for spelled in (_squeezed, str.casefold):
        loose.update({spelled(code): code for code in reversed(CARRIER_CODES)})
    return loose


@cache
def carrier_of(text: str) -> Carrier:
    """The carrier a seller means: a code or another name for it in any case, or ``Other`` under the name given."""
    name = " ".join(text.split())
    if name in CARRIER_CODES:
        return Carrier(name)
    code = _by_loose_name().get(name.casefold()) or _by_loose_name().get(_squeezed(name))
    return Carrier(code) if code is not None else Carrier(OTHER, name)


def parse_carrier(text: str) -> Carrier:
    """The carrier a cell or an option names.

    Raises:
        FieldError: for no name, for ``Other`` itself, and for a name longer than Amazon takes.
    """
    name = " ".join(text.split())
    if not name:
        raise FieldError("the carrier is empty")
    if name.casefold() in _MEAN_OTHER:
        raise FieldError(f"{shown(name)} does not say which carrier; give its name")
    carrier = carrier_of(name)
    if carrier.name is not None and (len(carrier.name) > LONGEST_NAME or not carrier.name.isprintable()):
        raise FieldError(f"{shown(name)} is not a name of up to {LONGEST_NAME} printable characters")
    return carrier


def tracking_link(code: str | None, number: str | None) -> str | None:
    """The carrier's page for a number; None if no such page is known."""
    link = LINKS.get(code or "")
    return link.format(quote(number, safe="")) if link and number else None
