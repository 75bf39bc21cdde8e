"""By when an order must ship, from the channel's handling time.

Used only for orders whose files tell no promise; a told one always wins.

Source: Amazon, "Handling time" (US, UK and AU help pages, read 2026-03): the expected ship date is the order
date plus the handling time in business days; an order before midnight counts for its day; with same-day
handling and a cut-off of 12:00, Monday 16:00 ships on Tuesday. Where counting starts on a weekend the pages do
not say; here business days are counted after the calendar day of the order, which is the stricter reading.
"""

from datetime import date, timedelta
from typing import NamedTuple

from ordercli.domain.times import DAY_NAMES, end_of_day, local

_MOST_DAYS_WITHOUT_WORK = 370
"""A year without a single business day is a mistake, and no reason to search for ever."""


class HandlingRules(NamedTuple):
    """How long a channel's orders take to leave.

    Attributes:
        zone: the channel's.
        handling_days: business days from the order's day, 0 to 30; 0 is the same day.
        cutoff: ``HH:MM`` at which an order counts for the next day; empty is midnight.
        holidays: days without work, as ``YYYY-MM-DD`` or, every year, ``MM-DD``.
        work_days: weekdays with work, of :data:`DAY_NAMES`.
    """

    zone: str
    handling_days: int
    cutoff: str = ""
    holidays: frozenset[str] = frozenset()
    work_days: frozenset[str] = frozenset(DAY_NAMES[:5])


def ship_by(ordered_at: str, rules: HandlingRules) -> str | None:
    """The last second of the day on which an order of this moment must ship, as UTC text.

    The twin of ``services/orders/promises.py``, which remembers what days give so that an import can ask for every
    order; a test holds it to this.

    Args:
        ordered_at: UTC text.
        rules: the channel's.

    Returns:
        None if the rules leave no business day within a year.
    """
    moment = local(ordered_at, rules.zone)
    day = moment.date()
    if rules.cutoff and moment.strftime("%H:%M") >= rules.cutoff:
        day += timedelta(days=1)
    return ship_by_of_day(day, rules)


def ship_by_of_day(day: date, rules: HandlingRules) -> str | None:
    """The same for an order that counts for this calendar day of the channel's zone."""
    left = rules.handling_days
    if left == 0:
        day, left = day - timedelta(days=1), 1
    for _ in range(_MOST_DAYS_WITHOUT_WORK):
        day += timedelta(days=1)
        left -= is_business_day(day, rules)
        if left == 0:
            return end_of_day(day.isoformat(), rules.zone)
    return None


def is_business_day(day: date, rules: HandlingRules) -> bool:
    """Whether work is done on a day."""
    text = day.isoformat()
    return DAY_NAMES[day.weekday()] in rules.work_days and not {text, text[5:]} & rules.holidays
