"""Until when a buyer may send back, and which returns are late.

Source: Amazon, "Return policy" and its holiday letters, read 2026-03: most items 30 days from delivery; what is
shipped in November and December until the end of January. Basis and days of the extension change from year to
year, so they are a dated setting of the channel.
"""

from datetime import date, timedelta
from typing import NamedTuple

from ordercli.domain.return_extension import Holiday


def _extended_to(holiday: Holiday, day: str) -> str | None:
    """The last day to send back for an order of this day; None if the extension is not for it."""
    is_yearly = len(holiday.first) == len("12-31")
    place = day[5:] if is_yearly else day
    wraps = is_yearly and holiday.last < holiday.first
    inside = place >= holiday.first or place <= holiday.last if wraps else holiday.first <= place <= holiday.last
    if not inside:
        return None
    if not is_yearly:
        return holiday.until
    year = int(day[:4]) + (holiday.until < place)
    return f"{year}-{'02-28' if holiday.until == '02-29' else holiday.until}"


class ReturnDays(NamedTuple):
    """The days of an order that its window follows from, in the channel's zone; None where nobody knows."""

    purchased: str
    shipped: str | None
    delivered: str | None
    deliver_by: str | None


def last_return_day(days: ReturnDays, window_days: int, holiday: Holiday | None) -> str | None:
    """The last day on which a return is in time.

    The window runs from delivery, else from the latest promised delivery, else from shipping. None if none of
    them is known, so that nobody is late by a guess.
    """
    basis = days.delivered or days.deliver_by or days.shipped
    if basis is None:
        return None
    last = (date.fromisoformat(basis) + timedelta(days=window_days)).isoformat()
    day = None if holiday is None else days.shipped if holiday.basis == "shipped" else days.purchased
    extended = None if holiday is None or day is None else _extended_to(holiday, day)
    return max(last, extended or last)


def is_late(last_day: str | None, requested_on: str, received_on: str | None, transit_days: int) -> bool:
    """Whether a return was asked for after its window, or came back so late that it was sent after it.

    Args:
        last_day: of the window; None if it is not known.
        requested_on: the day the buyer asked.
        received_on: the day the first unit came back; None if none has.
        transit_days: how long it may be under way after the window's last day.
    """
    if last_day is None:
        return False
    if requested_on > last_day:
        return True
    latest = date.fromisoformat(last_day) + timedelta(days=transit_days)
    return received_on is not None and received_on > latest.isoformat()
