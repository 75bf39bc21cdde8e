"""Dates as other shops, carriers and spreadsheets write them, written as ISO dates.

Only the date is rewritten; a time of day and a zone behind it stay for the strict reader. Whether the day or the
month comes first is not for one cell to say: :func:`order_shown` tells what it shows; its whole column decides.

Source: the short and medium date patterns of the Unicode CLDR 44 for English, German, French, Spanish, Italian and
Dutch; exports of Etsy, eBay, Shopify and spreadsheets.
"""

import re
import unicodedata
from datetime import date
from typing import Literal

from ordercli.domain.fields import FieldError, shown

Shown = Literal["day", "month", "either", "dotted"]
"""What comes first in a date of two numbers and a year; ``dotted`` could be either, and is day first by custom."""

_NAMES = """
jan january januar janner janv janvier ene enero gen gennaio januari
feb february februar fevr fevrier febrero febbraio februari
mar march marz mrz mars marzo maart mrt
apr april avr avril abr abril aprile
may mai mayo mag maggio mei
jun june juni juin junio giu giugno
jul july juli juil juillet julio lug luglio
aug august aout ago agosto augustus
sep sept september septembre septiembre set settembre
oct october okt oktober octobre octubre ott ottobre
nov november novembre noviembre
dec december dez dezember decembre dic diciembre dicembre
"""
_MONTHS = {name: month for month, line in enumerate(_NAMES.strip().splitlines(), start=1) for name in line.split()}
_LAST_MONTH = 12
_BLANKS = re.compile(r"[\s\u2007\u2060]+")
_REST = r"(?P<rest>(?:[T ,].*)?)\Z"
_YEAR = r"(?P<year>2[01][0-9]{2}|[0-9]{2})"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th|er|º|\.)?"
_WORD = r"(?P<word>[^\W\d_]{3,12})\.?"
_NUMBERS = re.compile(
    rf"(?P<first>[0-9]{{1,2}})(?P<sign>[-/.])\ ?(?P<second>[0-9]{{1,2}})(?P=sign)\ ?{_YEAR}{_REST}"
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>2[01][0-9]{{2}})(?P<sign>[/.])\ ?(?P<month>[0-9]{{1,2}})(?P=sign)\ ?{_DAY}{_REST}"
)
_NAMED = (
    re.compile(rf"{_DAY}[-/ ]\ ?(?:de\ )?{_WORD},?[-/ ](?:de\ )?{_YEAR}{_REST}", re.IGNORECASE),
    re.compile(rf"{_WORD}[-/ ]{_DAY}(?:,\ ?|[-/ ]){_YEAR}{_REST}", re.IGNORECASE),
)


def order_shown(text: str) -> Shown | None:
    """What a cell shows of the order of its column; None if it says the same both ways, or is no such date."""
    match = _NUMBERS.match(_one_blank(text))
    if match is None:
        return None
    first, second = int(match["first"]), int(match["second"])
    if first == second or min(first, second) > _LAST_MONTH:
        return None
    if first > _LAST_MONTH:
        return "day"
    if second > _LAST_MONTH:
        return "month"
    return "dotted" if match["sign"] == "." else "either"


def iso_dated(text: str, *, day_first: bool) -> str:
    """A cell with its date as ``YYYY-MM-DD``; what is written so already, or is no date known here, as it is.

    ``13/05/22``, ``13-05-2022``, ``13.05.22``, ``2022/05/13``, ``13-May-22``, ``May 13, 2022``, ``13. März 2022``,
    ``13 de mayo de 2022``; two digits of a year are of this century.

    Args:
        text: the cell.
        day_first: whether the day comes first where both are numbers.

    Raises:
        FieldError: for a date that there is not, or a month that is not known.
    """
    cell = _one_blank(text)
    for pattern in (_NUMBERS, _YEAR_FIRST, *_NAMED):
        if (match := pattern.match(cell)) is not None:
            return _written(match, cell, day_first=day_first) + match["rest"]
    return text


def _one_blank(text: str) -> str:
    """No-break and thin blanks are blanks; several are one."""
    return _BLANKS.sub(" ", text).strip()


def _written(match: re.Match[str], cell: str, *, day_first: bool) -> str:
    part = match.groupdict()
    year = int(part["year"])
    if "first" in part:
        day, month = (part["first"], part["second"]) if day_first else (part["second"], part["first"])
    else:
        day, month = part["day"], part.get("month") or _month(part["word"], cell)
    try:
        return date(year if year > 99 else 2000 + year, int(month), int(day)).isoformat()  # noqa: PLR2004
    except ValueError as error:
        how = (" with the day first" if day_first else " with the month first") if "first" in part else ""
        raise FieldError(f"{shown(cell)} is not a possible date{how}") from error


def _month(word: str, cell: str) -> int:
    bare = "".join(sign for sign in unicodedata.normalize("NFKD", word.casefold()) if sign.isalpha())
    if bare not in _MONTHS:
        raise FieldError(f"{shown(cell)} names no month known here, such as May or Mai")
    return _MONTHS[bare]
