"""Dates in every shape that other shops and Amazon's odder reports write them.

Apart from ``times.py`` because only imports need it.

Source: reports of Amazon as collected in docs/formats/orders.md; exports of Etsy, Shopify and spreadsheets.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.times import end_of_day, start_of_day, zone_of

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_ABBREVIATIONS = {
    **dict.fromkeys(("UTC", "GMT", "Z"), 0),
    **dict.fromkeys(("BST", "CET", "MEZ"), 60),
    **dict.fromkeys(("CEST", "MESZ"), 120),
    "PST": -480,
    "PDT": -420,
    "MST": -420,
    "MDT": -360,
    "CST": -360,
    "CDT": -300,
    "EST": -300,
    "EDT": -240,
    "JST": 540,
}
"""Minutes from UTC of the abbreviations seen in reports; CST is the American one."""

_WIDE = re.compile(
    r"""(?:
      (?P<y>2[01][0-9]{2})[-/](?P<m>[0-9]{1,2})[-/](?P<d>[0-9]{1,2})
    | (?P<first>[0-9]{1,2})/(?P<second>[0-9]{1,2})/(?P<year>[0-9]{2}|2[01][0-9]{2})
    | (?P<dotted>[0-9]{1,2})\.(?P<dotted_month>[0-9]{1,2})\.(?P<dotted_year>2[01][0-9]{2})
    | (?P<named_day>[0-9]{1,2})[- ](?P<named>[A-Za-z]{3})[a-z]*[- ,]+(?P<named_year>2[01][0-9]{2})
    | (?P<us_named>[A-Za-z]{3})[a-z]*\ (?P<us_day>[0-9]{1,2}),?\ (?P<us_year>2[01][0-9]{2})
    )
    (?:[T ,]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<sec>[0-9]{2})(?:\.[0-9]+)?)?
      \ ?(?P<half>[AaPp][Mm])?)?
    (?:\ ?(?P<zone>[A-Z]{1,4}|[+-][0-9]{2}:?[0-9]{2}))?\Z""",
    re.VERBOSE,
)


def parse_any_instant(
    text: str, *, zone: str, day_first: bool = False, is_end: bool = False, needs_zone: bool = False
) -> str:
    """A date or date-time in any shape that shops and Amazon's odder reports write, as UTC text.

    ``2026-03-16``, ``03/16/26``, ``16.03.2026``, ``16-Mar-2026``, ``Mar 16, 2026``, each with or without a time
    (``17:30``, ``5:30:00 PM``) and a zone (``UTC``, ``PST``, ``-0400``).

    Args:
        text: the cell.
        zone: whose clock a time without zone is of.
        day_first: ``03/04/26`` is the 3rd of April and not the 4th of March.
        is_end: a date alone means its last second and not its first.
        needs_zone: refuse a time of day that names no zone.

    Raises:
        FieldError: for another shape, or an impossible date.
    """
    match = _WIDE.match(text)
    if match is None:
        raise FieldError(
            f"{shown(text)} is not a date or date-time such as 2026-03-16 or 2026-03-16T09:00:00-04:00"
        )
    part = match.groupdict()
    if needs_zone and part["hour"] is not None and part["zone"] is None:
        raise FieldError(f"{shown(text)} has no time zone; add an offset such as -08:00 or Z")
    try:
        day = date(*_date_of(part, day_first=day_first))
        if part["hour"] is None:
            return end_of_day(day.isoformat(), zone) if is_end else start_of_day(day.isoformat(), zone)
        clock = time(_hour(int(part["hour"]), part["half"]), int(part["minute"]), int(part["sec"] or 0))
        moment = datetime.combine(day, clock, _zone_of(part["zone"], zone))
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, KeyError, OverflowError) as error:
        raise FieldError(f"{shown(text)} is not a possible date-time") from error


def _date_of(part: dict[str, str | None], *, day_first: bool) -> tuple[int, int, int]:
    for year, month, day in (
        ("y", "m", "d"),
        ("dotted_year", "dotted_month", "dotted"),
        ("named_year", "named", "named_day"),
        ("us_year", "us_named", "us_day"),
        ("year", "second", "first") if day_first else ("year", "first", "second"),
    ):
        if part[year] is not None:
            word = str(part[month]).lower()
            number = int(str(part[year]))
            return (number + 2000 if number < 100 else number, _MONTHS.get(word) or int(word), int(str(part[day])))  # noqa: PLR2004
    raise KeyError


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:  # noqa: PLR2004 - of a clock with two halves
        raise ValueError(hour)
    return hour % 12 + (12 if half.lower() == "pm" else 0)


def _zone_of(told: str | None, zone: str) -> tzinfo:
    if told is None:
        return zone_of(zone)
    if told[0] in "+-":
        hours, minutes = int(told[1:3]), int(told[-2:])
        offset = timedelta(hours=hours, minutes=minutes)
        return timezone(-offset if told[0] == "-" else offset)
    return timezone(timedelta(minutes=_ABBREVIATIONS[told]))
