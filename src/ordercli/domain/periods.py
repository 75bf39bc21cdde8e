"""Days, ISO weeks and months of a zone as spans of instants, for reports over time."""

from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from ordercli.domain.times import end_of_day, start_of_day


class Step(StrEnum):
    """How long one period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class ReportKey(StrEnum):
    """What a row of a report is about, which may be a period."""

    @property
    def step(self) -> Step | None:
        """The length of a row's period; None if rows are no periods."""
        return Step(self.value) if self.value in tuple(Step) else None


class Period(NamedTuple):
    """A stretch of whole days.

    Attributes:
        label: ``2026-03-16``, ``2026-W12`` (ISO 8601) or ``2026-03``.
        start, stop: its first and last second, as UTC text.
    """

    label: str
    start: str
    stop: str


def label_of(day: date, step: Step) -> str:
    """The name of the period that a day lies in; names sort as the periods follow each other."""
    if step is Step.DAY:
        return day.isoformat()
    if step is Step.MONTH:
        return day.isoformat()[:7]
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def periods_between(since: str, until: str, step: Step, zone: str) -> list[Period]:
    """The periods that touch the days ``since`` … ``until``, cut off at both ends; empty if none do.

    Days are those of ``zone``, 23 or 25 hours long on the nights the clocks change.
    """
    spans: dict[str, tuple[date, date]] = {}
    day, last = date.fromisoformat(since), date.fromisoformat(until)
    while day <= last:
        label = label_of(day, step)
        spans[label] = (spans[label][0] if label in spans else day, day)
        day += timedelta(days=1)
    return [
        Period(label, start_of_day(first.isoformat(), zone), end_of_day(end.isoformat(), zone))
        for label, (first, end) in spans.items()
    ]


def within_sql(moment: str) -> str:
    """SQL of whether a moment lies in period ``t``, one of those in ``:periods``, which follow one another.

    A server knows nothing of what stands in JSON: for it each of many periods has one row in nine of the table.
    It is told besides between which two moments all of them lie, as constants, so that it finds how many rows
    these are.
    """
    first, last = (f"json_extract(:periods, '{path}')" for path in ("$[0][1]", "$[last][2]"))
    return f"{moment} BETWEEN t.start AND t.stop /*+ AND {moment} BETWEEN {first} AND {last} */"


def span_between(since: str, until: str, zone: str) -> list[Period]:
    """All the days ``since`` … ``until`` as one period, or none if they are the wrong way round."""
    if since > until:
        return []
    return [Period(f"{since}..{until}", start_of_day(since, zone), end_of_day(until, zone))]
