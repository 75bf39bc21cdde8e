"""What becomes of each rate as orders leave its window, with nothing new assumed."""

from collections.abc import Iterator
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from ordercli.domain.health.metrics import METRICS, MetricRule
from ordercli.domain.report import Column, Report
from ordercli.queries.health.metrics import judged
from ordercli.queries.health.rates import RateQuestion, Standing, rule_named, standing_of
from ordercli.queries.reader import Reader

DAYS = 30

COLUMNS = (
    Column("metric", "word"),
    # The header says what is assumed, since a table may be all that is passed on.
    Column("day", "day", "if nothing new, on"),
    Column("numerator", "whole", "count"),
    Column("denominator", "whole", "of"),
    Column("rate", "rate"),
    Column("limit", "rate"),
    Column("status", "word"),
    Column("headroom", "whole"),
)
_FIGURES = attrgetter(*(column.name for column in COLUMNS[2:]))


def forecast(
    reader: Reader, name: str | None = None, *, channel: str = "amazon", is_every_day: bool = False
) -> Report:
    """Each rate today and on the days of the next 30 on which it changes, from what is recorded now.

    The window moves on and the members stay: orders leave it at its far end, and those known already that it had
    not come to enter it at the near one. Nothing is sold, confirmed, canceled or said of an order meanwhile, and
    what is not late by now does not become late. The first row of a rate is that of
    :func:`ordercli.queries.health.metrics.metrics`; limits and windows of later days are those set for them.

    Args:
        reader: the reading.
        name: of one rate; None for all.
        channel: whose rates.
        is_every_day: whether days without a change are told too.

    Raises:
        NotFound: naming the rates there are, for another name.
    """
    rules = METRICS if name is None else (rule_named(name),)
    standing = standing_of(reader, RateQuestion(channel))
    rows = (row for rule in rules for row in _of_rate(reader, rule, standing, is_every_day=is_every_day))
    return Report(COLUMNS, rows, "No rates.")


def _of_rate(
    reader: Reader, rule: MetricRule, standing: Standing, *, is_every_day: bool
) -> Iterator[tuple[Any, ...]]:
    today, before = date.fromisoformat(standing.day), None
    for ahead in range(DAYS + 1):
        day = (today + timedelta(days=ahead)).isoformat()
        found = _FIGURES(judged(reader, rule, standing._replace(day=day)))
        if is_every_day or found != before:
            yield (rule.name, day, *found)
        before = found
