"""Two spans of time beside each other: each rate, and the time orders take, with a test and what may be said."""

from typing import NamedTuple

from ordercli.domain.health.comparison import CLEAR, conclusion, fisher_exact, newcombe, permutation_test, said_p
from ordercli.domain.health.metrics import METRICS, MetricRule
from ordercli.domain.report import Column, Report
from ordercli.queries.health.rates import (
    RateQuestion,
    Standing,
    is_any_recorded,
    members_of,
    rule_named,
    standing_of,
    values_between,
)
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("measure", "word"),
    Column("before_defects", "whole", in_table=False),
    Column("before_counted", "whole", in_table=False),
    Column("before", "number", in_table=False),
    Column("after_defects", "whole", in_table=False),
    Column("after_counted", "whole", in_table=False),
    Column("after", "number", in_table=False),
    Column("difference", "number"),
    Column("low", "number", "from"),
    Column("high", "number", "to"),
    Column("p_value", "number", "p"),
    Column("test", "word"),
    Column("conclusion", "word"),
)
HOURS = "hours_to_confirm"


class Compared(NamedTuple):
    """A measure of two spans as :data:`COLUMNS` have it; shares and hours as text of a decimal."""

    measure: str
    before_defects: int | None
    before_counted: int
    before: str | None
    after_defects: int | None
    after_counted: int
    after: str | None
    difference: str | None
    low: str | None
    high: str | None
    p_value: str
    test: str
    conclusion: str


Days = tuple[str, str]

TIMES = """
SELECT (CAST(strftime('%s', c.confirmed_at) AS INTEGER) - CAST(strftime('%s', o.ordered_at) AS INTEGER)) / 60
FROM sales_order o JOIN confirmed_order c ON c.sales_order_id = o.id
WHERE o.channel = :channel AND o.ordered_at BETWEEN :start AND :stop AND c.confirmed_at >= o.ordered_at"""


def compare(
    reader: Reader, before: Days, after: Days, *, measure: str | None = None, channel: str = "amazon"
) -> Report:
    """A row a rate: orders with a defect among orders that count in either span, by Fisher's exact test.

    The difference is after less before, in points of a percent with Newcombe's 95 % interval.
    ``hours_to_confirm`` is the mean time from order to confirmation, by a permutation test. Orders are counted,
    not their units or shipments, since those of one order share its fate.

    Raises:
        NotFound: for another measure.
    """
    standing = standing_of(reader, RateQuestion(channel))
    rules = [rule_named(measure)] if measure not in (None, HOURS) else list(METRICS)
    if measure is None:
        rules = [rule for rule in rules if rule.name != "late_shipment_rate_10d"]
    rows = [] if measure == HOURS else [_rate(reader, standing, rule, before, after) for rule in rules]
    if measure in (None, HOURS):
        rows.append(_hours(reader, standing, before, after))
    return Report(COLUMNS, rows, "Nothing to compare.")


def _rate(reader: Reader, standing: Standing, rule: MetricRule, before: Days, after: Days) -> Compared:
    first, second = (_counted(reader, standing, rule, days) for days in (before, after))
    p = fisher_exact(*first, *second)
    shares = [f"{defects / counted:.6f}" if counted else None for defects, counted in (first, second)]
    difference = low = high = None
    if first[1] and second[1]:
        difference = _points(second[0] / second[1] - first[0] / first[1])
        low, high = map(_points, newcombe(*first, *second))
    return Compared(
        measure=rule.name,
        before_defects=first[0],
        before_counted=first[1],
        before=shares[0],
        after_defects=second[0],
        after_counted=second[1],
        after=shares[1],
        difference=difference,
        low=low,
        high=high,
        p_value=f"{p:.4f}",
        test="Fisher exact",
        conclusion=conclusion(first, second, p, "requests" if rule.unit == "requests" else "orders", rule.against),
    )


def _points(share: float) -> str:
    return f"{100 * share:.2f}"


def _counted(reader: Reader, standing: Standing, rule: MetricRule, days: Days) -> tuple[int, int]:
    if not is_any_recorded(reader, rule, standing):
        return 0, 0
    sql = f"SELECT coalesce(sum(defects > 0), 0), count(*) FROM ({members_of(rule, standing)}) AS found"
    defects, counted = reader.rows(sql, values_between(standing, *days)).fetchone()
    return defects, counted


def _hours(reader: Reader, standing: Standing, before: Days, after: Days) -> Compared:
    spans = [
        [minutes for (minutes,) in reader.rows(TIMES, values_between(standing, *days))] for days in (before, after)
    ]
    p, method = permutation_test(*spans)
    means = [sum(span) / len(span) / 60 if span else None for span in spans]
    counts = [len(span) for span in spans]
    difference = None if None in means else f"{(means[1] or 0) - (means[0] or 0):.2f}"
    said = "nothing counts in one of the spans, so nothing can be compared"
    if difference is not None:
        seen = f"{means[0]:.1f} hours before ({counts[0]:,} orders), {means[1]:.1f} after ({counts[1]:,})"
        is_clear = p < CLEAR
        more = "chance alone would seldom give that" if is_clear else "no difference can be told"
        said = f"{seen}: {more} ({said_p(p)})" + ("; it does not say what caused it" if is_clear else "")
    shown = [None if mean is None else f"{mean:.2f}" for mean in means]
    return Compared(
        measure=HOURS,
        before_defects=None,
        before_counted=counts[0],
        before=shown[0],
        after_defects=None,
        after_counted=counts[1],
        after=shown[1],
        difference=difference,
        low=None,
        high=None,
        p_value=f"{p:.4f}",
        test=f"permutation ({method})",
        conclusion=said,
    )
