"""Which days of a window have sums, and which are read line by line.

A report adds up both: the lines of days without sums, and the sums of the others (``models/day_sums.py``). So it
says the same whether sums are there or not; only how long it takes differs.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from ordercli.domain.periods import Step, label_of
from ordercli.domain.shares import Amounts
from ordercli.domain.times import end_of_day, start_of_day
from ordercli.queries.reader import Reader

COUNTED = "SELECT day FROM counted_day WHERE day BETWEEN :since AND :until ORDER BY day"

FIRST = "SELECT min(ordered_at) FROM sales_order"

KEPT = """\
kept AS (
  SELECT json_extract(value, '$[0]') AS label, CAST(json_extract(value, '$[1]') AS TEXT) AS first_day,
    CAST(json_extract(value, '$[2]') AS TEXT) AS last_day
  FROM json_each(:kept)
)"""
"""Spans of days with sums, each with the name of the period it lies in."""


def kept_sql(table: str) -> str:
    """The FROM of a SELECT of the sums of a table, as ``d``, of the days of :data:`KEPT`, as ``t``."""
    return f"FROM kept t CROSS JOIN {table} d ON d.day BETWEEN t.first_day AND t.last_day"


SUMS = {
    "orders": "count(DISTINCT order_row)",
    **{name: f"sum({name})" for name in ("units", "total", *Amounts._fields[1:])},
    "estimated": "coalesce(sum(total - tax) FILTER (WHERE is_estimated = 1), 0)",
}
"""What is summed of the lines of ``sold``, by the name that the sums of whole days have too."""


PRODUCT_SUMS = {
    **SUMS,
    "returned": "sum(quantity_returned)",
    "refunded": "sum(g.refunded)",
    "shipped": "sum(shipped)",
}
"""What is summed of the lines of a product, ``given_back`` beside them."""


def summed_sql(select: str, group: str, kept: str | None, names: Collection[str] = (*SUMS,)) -> str:
    """``summed``: the sums of the lines of ``sold`` by a key and currency, and beside them those of whole days.

    Args:
        select: the key's columns over ``sold``.
        group: those that tell keys apart.
        kept: the key's columns and the FROM of days with sums, ``d``; None where there are none.
        names: of the sums that are asked for; each costs its share of every line.
    """
    sums = ", ".join(f"{sql} AS {name}" for name, sql in SUMS.items() if name in names)
    lines = f"SELECT {select}, {sums}, currency FROM sold GROUP BY {group}, currency"
    if kept is None:
        return f"summed AS (\n  {lines}\n)"
    key, source = kept.split(" FROM ", 1)
    days = f"SELECT {key}, {', '.join(f'd.{name}' for name in SUMS if name in names)}, d.currency FROM {source}"
    return f"""{KEPT}, summed AS (
  {lines}
  UNION ALL {days}
    WHERE :only IS NULL OR d.currency = :only
)"""


class _Run(NamedTuple):
    """Days one after the other, all with sums or all without, in one period."""

    label: str
    is_kept: bool
    first: str
    last: str


def with_kept(
    reader: Reader, values: Mapping[str, Any], since: str, until: str, step: Step | None = None
) -> dict[str, Any]:
    """Parameters of a report of the present, ``periods`` of the days without sums, ``kept`` of the others.

    ``labels`` still has all periods. Days before the first order are left out: a server takes what is read for one
    stretch (``within_sql``).

    Args:
        reader: the reading.
        values: the parameters, whose ``periods`` are of all days.
        since: the first day.
        until: the last one.
        step: of the periods; None where all days are one.
    """
    counted = {day for (day,) in reader.rows(COUNTED, {"since": since, "until": until})}
    if not counted:
        return {**values, "labels": values["periods"], "kept": "[]"}
    runs = list(_runs(since, until, step, counted))
    zone = reader.time_zone
    (first,) = reader.rows(FIRST).fetchone()
    spans = [
        (run.label, start_of_day(run.first, zone), end_of_day(run.last, zone)) for run in runs if not run.is_kept
    ]
    read = [span for span in spans if first is not None and span[-1] >= first]
    kept = [(run.label, run.first, run.last) for run in runs if run.is_kept]
    return {**values, "labels": values["periods"], "periods": json.dumps(read), "kept": json.dumps(kept)}


def _runs(since: str, until: str, step: Step | None, counted: set[str]) -> Iterator[_Run]:
    day, run = date.fromisoformat(since), None
    while day <= date.fromisoformat(until):
        here = day.isoformat()
        label = f"{since}..{until}" if step is None else label_of(day, step)
        if run is not None and (run.label, run.is_kept) == (label, here in counted):
            run = run._replace(last=here)
        else:
            if run is not None:
                yield run
            run = _Run(label, here in counted, here, here)
        day += timedelta(days=1)
    if run is not None:
        yield run
