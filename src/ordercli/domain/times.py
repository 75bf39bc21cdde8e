"""Instants, days and zones.

An instant is UTC text ``YYYY-MM-DDTHH:MM:SSZ``, which sorts as it reads. A day is text ``YYYY-MM-DD`` and
means nothing without a zone; the caller says whose. Naive times are refused: nobody can know when they were.
"""

import re
from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ordercli.domain.fields import FieldError, shown

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_INSTANT = re.compile(r"2[01][0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{5,15}(Z|[+-][0-9]{2}:?[0-9]{2})?\Z")
_DAY = re.compile(r"2[01][0-9]{2}-[0-9]{2}-[0-9]{2}\Z")
_ANY_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_AGO = re.compile(r"([0-9]{1,4})d\Z")
_CENTURIES = ("20", "21")
_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def parse_instant(text: str) -> str:
    """An ISO 8601 date-time with offset, as UTC text of whole seconds.

    Raises:
        FieldError: for another shape, an impossible date, or a time without offset.
    """
    if len(text) == 25 and text.endswith("+00:00") and text[4::3][:5] == "--T::" and text[:2] in _CENTURIES:  # noqa: PLR2004
        # The shape of nearly every cell of Amazon's reports; only the date can still be impossible.
        try:
            datetime.fromisoformat(text)
        except ValueError as error:
            raise FieldError(f"{shown(text)} is not a possible date-time") from error
        return text[:19] + "Z"
    match = _INSTANT.match(text)
    if match is None:
        raise FieldError(f"{shown(text)} is not a date-time such as 2026-03-16T09:00:00-04:00")
    if match.group(1) is None:
        raise FieldError(f"{shown(text)} has no time zone; add an offset such as -08:00 or Z")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise FieldError(f"{shown(text)} is not a possible date-time") from error
    return moment.astimezone(UTC).strftime(_FORMAT)


class UnknownZoneError(ValueError):
    """There is no such zone; where one comes from a user, :func:`parse_zone` refuses it first."""


@cache
def zone_of(name: str) -> ZoneInfo:
    """A zone by its name in the IANA database.

    Raises:
        UnknownZoneError: if it is not there.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZoneError(f"the time zone {name[:60]!r} is none") from error


def is_zone(name: str) -> bool:
    """Whether it is a name of the IANA database."""
    try:
        zone_of(name)
    except UnknownZoneError:
        return False
    return True


def parse_zone(text: str) -> str:
    """A zone name of the IANA database such as ``America/New_York``.

    Raises:
        FieldError: for a name that is not there.
    """
    if not is_zone(text):
        raise FieldError(f"{shown(text)} is not a time zone such as America/New_York")
    return text


def parse_day(text: str, *, today: str) -> str:
    """A day written ``2026-03-16``, ``today``, ``yesterday`` or ``3d`` (three days ago).

    Raises:
        FieldError: for any other way of writing it, or a day that there is not.
    """
    if text == "today":
        return today
    ago = 1 if text == "yesterday" else int(match.group(1)) if (match := _AGO.match(text)) else None
    if ago is not None:
        return (date.fromisoformat(today) - timedelta(days=ago)).isoformat()
    if not _ANY_DAY.match(text):
        raise FieldError(f"{shown(text)} is not a date such as 2026-03-16, today, yesterday or 3d")
    return parse_date(text)


def parse_date(text: str) -> str:
    """A day written ``2026-03-16`` and no other way, as files have it.

    Raises:
        FieldError: for any other way of writing it, or a day that there is not.
    """
    if not _DAY.match(text):
        wanted = "from 2000 to 2199" if _ANY_DAY.match(text) else "a date such as 2026-03-16"
        raise FieldError(f"{shown(text)} is not {wanted}")
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise FieldError(f"{shown(text)} is not a possible date") from error


def parse_moment_or_day(text: str, *, zone: str, today: str) -> str:
    """An instant, or the last second of a day in ``zone`` when only a day is given."""
    if "T" in text or ":" in text:
        return parse_instant(text)
    return end_of_day(parse_day(text, today=today), zone)


def day_of(instant: str, zone: str) -> str:
    """The calendar day of an instant in ``zone``."""
    return local(instant, zone).date().isoformat()


def day_finder(zone: str) -> Callable[[str], str]:
    """:func:`day_of` one zone, for very many instants: when the days around a UTC day begin is remembered."""
    begin = cache(partial(start_of_day, zone=zone))

    @cache
    def days_around(utc_day: str) -> tuple[list[str], list[str]]:
        middle = date.fromisoformat(utc_day)
        days = [(middle + timedelta(days=step)).isoformat() for step in (-1, 0, 1)]
        return [begin(day) for day in days], days

    def day(instant: str) -> str:
        starts, days = days_around(instant[:10])
        return days[bisect_right(starts, instant) - 1]

    return day


def local(instant: str, zone: str) -> datetime:
    """An instant as wall-clock time of ``zone``."""
    return datetime.fromisoformat(instant).astimezone(zone_of(zone))


def wall_clock(moment: str, zone: str) -> str:
    """An instant in a zone to the minute, as tables show it; a bare day stays one."""
    return local(moment, zone).isoformat(" ", "minutes")[:16] if "T" in moment else moment


def start_of_day(day: str, zone: str) -> str:
    """The first instant of a day in ``zone``."""
    midnight = datetime.combine(date.fromisoformat(day), time(), zone_of(zone))
    return midnight.astimezone(UTC).strftime(_FORMAT)


def noon_of(day: str, zone: str) -> str:
    """The middle of a day in ``zone``, for what is told by the day: it is that day in any zone nearby too."""
    noon = datetime.combine(date.fromisoformat(day), time(12), zone_of(zone))
    return noon.astimezone(UTC).strftime(_FORMAT)


def end_of_day(day: str, zone: str) -> str:
    """The last second of a day in ``zone``, also on the nights the clocks change."""
    following = (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    return shift(start_of_day(following, zone), seconds=-1)


def shift(instant: str, *, seconds: int = 0, days: int = 0) -> str:
    """An instant moved by exact seconds and 24-hour days."""
    moved = datetime.fromisoformat(instant) + timedelta(days=days, seconds=seconds)
    return moved.strftime(_FORMAT)


def next_order_day(order_days: str | None, today: str) -> str:
    """The first day from today on, today included, on which a supplier takes orders (``mon,thu``)."""
    if not order_days:
        return today
    start = date.fromisoformat(today)
    names = order_days.split(",")
    days = (start + timedelta(days=step) for step in range(len(DAY_NAMES)))
    return next(day for day in days if DAY_NAMES[day.weekday()] in names).isoformat()
