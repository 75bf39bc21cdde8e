"""When a channel gives buyers longer to send back, as its setting writes it."""

import re
from datetime import date
from typing import NamedTuple

from ordercli.domain.fields import FieldError, shown

_DAY = r"(?:20[0-9]{2}-)?[0-9]{2}-[0-9]{2}"
_HOLIDAY = re.compile(rf"(shipped|purchased) +({_DAY})\.\.({_DAY}) +until +({_DAY})\Z")


class Holiday(NamedTuple):
    """An extension for orders of some weeks.

    Attributes:
        basis: which day of the order counts, ``shipped`` or ``purchased``.
        first, last: of those days, ``YYYY-MM-DD`` or, every year, ``MM-DD``.
        until: the last day to send them back, in the same form.
    """

    basis: str
    first: str
    last: str
    until: str


def parse_holiday(text: str) -> Holiday | None:
    """``shipped 11-01..12-31 until 01-31``, or with years; nothing for no extension.

    Raises:
        FieldError: for anything else.
    """
    if not text:
        return None
    match = _HOLIDAY.match(text.strip().lower())
    if match is None or len({len(day) for day in match.groups()[1:]}) > 1:
        raise FieldError(f"{shown(text)} is not an extension such as: shipped 11-01..12-31 until 01-31")
    for day in match.groups()[1:]:
        try:
            date.fromisoformat(day if len(day) > len("12-31") else f"2024-{day}")
        except ValueError as error:
            raise FieldError(f"{shown(day)} is not a day such as 2026-12-31, or 12-31 for every year") from error
    return Holiday(*match.groups())
