"""Why buyers send things back, and whose fault that is.

Source: reason codes of Amazon's two return reports and how sellers split them by fault, read 2026-03. The set of
codes is open, and Amazon has no public table of faults: what is not here is for the seller to look at.
"""

import re
from typing import Literal

Fault = Literal["seller", "buyer", "review"]
FAULTS: tuple[Fault, ...] = ("seller", "buyer", "review")

_PREFIX = re.compile(r"(?:AMZ_PG_APP_|AMZ_PG_|CR_|UND_)")

_SELLER = """ARRIVED_LATE ARRIVED_TOO_LATE BAD_DESC BROKEN DAMAGED DAMAGED_BY_CARRIER DAMAGED_BY_FC DEFECTIVE
DIFFERENT_FROM_DESCRIPTION FAULTY MISSED_ESTIMATED_DELIVERY MISSING_PARTS NOT_AS_DESCRIBED QUALITY_UNACCEPTABLE
SWITCHEROO TOO_LATE WARRANTY WRONG_ITEM WRONG_ITEM_SENT"""

_BUYER = """CHANGED_MIND DOES_NOT_FIT FOUND_BETTER_PRICE MISORDERED NO_LONGER_NEEDED NO_REASON NO_REASON_GIVEN
NOT_COMPATIBLE NOT_NEEDED ORDERED_WRONG_ITEM STYLE TOO_BIG TOO_LARGE TOO_SMALL UNDELIVERABLE_REFUSED UNWANTED
UNWANTED_ITEM"""

FAULT_OF: dict[str, Fault] = {
    **dict.fromkeys(_SELLER.split(), "seller"),
    **dict.fromkeys(_BUYER.split(), "buyer"),
}
"""Fault by code without its prefix; unknown ones are to be reviewed."""


def reason_code(reason: str) -> str:
    """A reason as a code: ``CR-TOO_LARGE``, ``too large`` and ``AMZ-PG-APP-TOO-LARGE`` are all ``TOO_LARGE``."""
    code = re.sub(r"[^A-Z0-9]+", "_", reason.upper()).strip("_")
    return _PREFIX.sub("", code, count=1) if _PREFIX.match(code) else code


def fault_of(reason: str) -> Fault:
    """Whose fault a reason says it is; ``review`` where nobody can tell from it."""
    return FAULT_OF.get(reason_code(reason), "review")
