"""What a shop is set up with for good, as a file may tell it."""

from ordercli.domain.money import EXPONENTS
from ordercli.domain.times import is_zone


def fault_of_shop(time_zone: str, currency: str) -> str | None:
    """What is wrong with a shop's facts in a sentence without its file's name; None if they can be worked with."""
    if not is_zone(time_zone):
        return f"the shop's time zone {time_zone[:60]!r} is none"
    if currency not in EXPONENTS:
        return f"the shop's currency {currency[:60]!r} is none known here"
    return None
