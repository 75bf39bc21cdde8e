"""Carriers as Amazon's confirmation file names them.

The list is advisory: a carrier that is not on it goes out as ``Other`` with its name.

Source: the CarrierCode enumeration of Amazon's order-fulfillment schema, 377 distinct values, read 2026-03.
"""

from dataclasses import dataclass
from functools import cache

from ordercli.domain.carrier_codes import CARRIER_CODES

OTHER = "Other"


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier: Amazon's code, and its name in words where the code is ``Other``."""

    code: str
    name: str | None = None


@cache
def _by_folded_name() -> dict[str, str]:
    folded: dict[str, str] = {}
    for code in CARRIER_CODES:
        folded.setdefault(code.casefold(), code)
    return folded


def carrier_of(text: str) -> Carrier:
    """The carrier a seller means: a code in any case, or ``Other`` under the name given."""
    name = " ".join(text.split())
    if name in CARRIER_CODES:
        return Carrier(name)
    code = _by_folded_name().get(name.casefold())
    return Carrier(code) if code is not None else Carrier(OTHER, name)
