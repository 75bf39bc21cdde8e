"""Limits and windows of rates, as settings write them: ``4%``, ``<=4%``, ``60 days, lag 16``."""

import re
from decimal import Decimal
from typing import NamedTuple

from ordercli.domain.fields import FieldError, shown
from ordercli.domain.percent import parse_percent

_WINDOW = re.compile(r"([0-9]{1,3})(?: ?d(?:ays?)?)?(?:,? lag ([0-9]{1,3})(?: ?d(?:ays?)?)?)?\Z")
_MOST_DAYS = 365
_MOST_LAG = 60


class Limit(NamedTuple):
    """What a rate must keep.

    Attributes:
        share: the limit as a fraction of 1.
        is_most: whether the rate may be that at most, or must be that at least.
        is_strict: whether exactly the limit is a breach.
    """

    share: Decimal
    is_most: bool
    is_strict: bool

    def __str__(self) -> str:
        sign = ("<" if self.is_most else ">") + ("" if self.is_strict else "=")
        return f"{sign} {(100 * self.share).normalize():f} %"


def parse_limit(text: str, *, is_most: bool) -> Limit:
    """A percentage above 0, with ``<`` ``<=`` ``>`` ``>=`` before it or not.

    Without a sign a "most" is strict and a "least" is not, as Amazon writes "under 4 %" and "95 % or more".

    Raises:
        FieldError: for anything else, or a sign of the other direction.
    """
    digits = text.strip().lstrip("<>=")
    sign = text.strip()[: len(text.strip()) - len(digits)]
    if sign not in ("", *(("<", "<=") if is_most else (">", ">="))):
        wanted = "< or <=" if is_most else "> or >="
        raise FieldError(f"{shown(text)} is no limit; before the percentage there may be {wanted}")
    share = parse_percent(digits)
    if not share:
        raise FieldError(f"{shown(text)} is no limit; give a percentage above 0")
    return Limit(share, is_most, not sign.endswith("=") if sign else is_most)


class Window(NamedTuple):
    """Whole days a rate looks at, and how many days before yesterday Amazon's own ends."""

    days: int
    lag: int

    def __str__(self) -> str:
        days = f"{self.days} day" + ("" if self.days == 1 else "s")
        return f"{days}, lag {self.lag}" if self.lag else days


def parse_window(text: str) -> Window:
    """``60 days, lag 16``, or ``7 days`` where there is no lag; ``60`` and ``60d lag 16d`` are the same.

    Raises:
        FieldError: for anything else, or more than a year.
    """
    match = _WINDOW.match(text.strip())
    if match is None or not 0 < int(match[1]) <= _MOST_DAYS or int(match[2] or 0) > _MOST_LAG:
        raise FieldError(
            f"{shown(text)} is no window such as 60 days, lag 16 (at most {_MOST_DAYS} and {_MOST_LAG})"
        )
    return Window(int(match[1]), int(match[2] or 0))
