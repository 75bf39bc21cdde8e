"""The channel's own figures of a seller's performance beside ours: what they are, and why they differ."""

from dataclasses import dataclass
from decimal import Decimal

from ordercli.domain.words import count

_ROUNDING = Decimal("0.0005")
"""How far a stated rate may be from its own counts before it contradicts them."""


@dataclass(frozen=True, slots=True)
class ReportedFigure:
    """One figure of the channel's report.

    Attributes:
        metric: the rate's name here where there is one, else the channel's.
        window_start, window_end: first and last day it looks at, of the channel's zone.
        numerator: defects, or for "least" rates what is in order.
        denominator: of how many; None where only defects are counted.
        rate, limit_share: decimals as told, as fractions of 1.
        status: in the channel's words.
    """

    metric: str
    window_start: str | None = None
    window_end: str | None = None
    numerator: int | None = None
    denominator: int | None = None
    rate: str | None = None
    limit_share: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class PerformanceReport:
    """What one report says of one marketplace."""

    marketplace: str
    account_status: str | None
    figures: tuple[ReportedFigure, ...]


@dataclass(frozen=True, slots=True)
class Ours:
    """What is counted here over the same days; ``numerator`` as in :class:`ReportedFigure`."""

    numerator: int
    denominator: int
    unit: str
    is_most: bool


def why_different(theirs: ReportedFigure, ours: Ours | None) -> str:
    """What explains the difference between the channel's figure and ours.

    The number that counts comes first, since other orders bring other defects.

    Args:
        theirs: as the channel told it.
        ours: over the same window; None where no such rate is counted here.
    """
    if ours is None:
        return "not counted here"
    if theirs.numerator is None or theirs.denominator is None:
        return "no counts told, only a rate" if theirs.rate is not None else "no figures told"
    reason = _reason(theirs.numerator, theirs.denominator, ours)
    return reason + "; the channel's rate contradicts its own counts" if _is_contradictory(theirs) else reason


def _reason(numerator: int, denominator: int, ours: Ours) -> str:
    singular = ours.unit.removesuffix("s")
    if missing := max(0, denominator - ours.denominator):
        return f"{count(missing, singular)} not known here: import the reports of these days"
    if more := max(0, ours.denominator - denominator):
        return f"{count(more, singular)} known here that the channel does not count"
    against = numerator - ours.numerator if ours.is_most else ours.numerator - numerator
    if against > 0:
        return f"{count(against, 'defect')} not recorded here"
    if against < 0:
        return f"{count(-against, 'defect')} recorded here that the channel does not count"
    return "same"


def _is_contradictory(figure: ReportedFigure) -> bool:
    if figure.rate is None or figure.numerator is None or not figure.denominator:
        return False
    return abs(Decimal(figure.rate) - Decimal(figure.numerator) / figure.denominator) > _ROUNDING
