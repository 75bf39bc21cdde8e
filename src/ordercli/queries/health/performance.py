"""The channel's own figures beside ours, each counted over the channel's own window."""

from typing import Any

from ordercli.domain.health.metrics import METRICS
from ordercli.domain.health.performance import Figure, Ours, why_different
from ordercli.domain.report import Column, Report
from ordercli.queries.health.rates import Question, Standing, count_between, standing_of
from ordercli.queries.reader import Reader

COLUMNS = (
    Column("metric", "word"),
    Column("window_start", "day", "from"),
    Column("window_end", "day", "to"),
    Column("amazon_numerator", "whole", "Amazon count"),
    Column("amazon_denominator", "whole", "of"),
    Column("amazon_rate", "rate", "rate"),
    Column("amazon_status", "word", "status", is_spare=True),
    Column("numerator", "whole", "our count"),
    Column("denominator", "whole", "of"),
    Column("rate", "rate"),
    Column("difference", "rate", is_spare=True),
    Column("why", "word"),
    Column("marketplace", "word", in_table=False),
    Column("account_status", "word", in_table=False),
    Column("stated_on", "day", in_table=False),
)

# Of a marketplace the report that looks farthest counts, of two such the one taken in last.
STATED = """
SELECT l.metric, l.window_start, l.window_end, l.numerator, l.denominator, l.rate, l.limit_share, l.status,
  s.marketplace, s.account_status, s.stated_on
FROM performance_statement s JOIN performance_line l ON l.performance_statement_id = s.id
WHERE s.id IN (SELECT first_value(id) OVER (PARTITION BY marketplace ORDER BY stated_on DESC, id DESC)
  FROM performance_statement WHERE channel = :channel)
ORDER BY s.marketplace, l.metric"""

_RULES = {rule.name: rule for rule in METRICS}
_PLACES = {name: place for place, name in enumerate(_RULES)}


def beside_ours(reader: Reader, *, channel: str = "amazon") -> Report:
    """Every figure of the latest report of each marketplace, those that are counted here too first."""
    standing = standing_of(reader, Question(channel))
    stated = [(Figure(*row[:8]), row[8:]) for row in reader.rows(STATED, {"channel": channel})]
    stated.sort(key=lambda told: (told[1][0], _PLACES.get(told[0].metric, len(_PLACES)), told[0].metric))
    rows = [(*_compared(reader, standing, figure), *told) for figure, told in stated]
    return Report(COLUMNS, rows, "No report of Amazon's was taken in; see: ordercli metrics import --help")


def _compared(reader: Reader, standing: Standing, theirs: Figure) -> tuple[Any, ...]:
    ours = _ours(reader, standing, theirs)
    stated = None if theirs.rate is None else float(theirs.rate)
    rate = ours.numerator / ours.denominator if ours and ours.denominator else None
    return (
        theirs.metric,
        theirs.window_start,
        theirs.window_end,
        theirs.numerator,
        theirs.denominator,
        stated,
        theirs.status,
        ours.numerator if ours else None,
        ours.denominator if ours else None,
        rate,
        None if rate is None or stated is None else rate - stated,
        why_different(theirs, ours),
    )


def _ours(reader: Reader, standing: Standing, theirs: Figure) -> Ours | None:
    rule = _RULES.get(theirs.metric)
    if rule is None or theirs.window_start is None or theirs.window_end is None:
        return None
    _, _, counted, defects = count_between(reader, rule, standing, theirs.window_start, theirs.window_end)
    return Ours(defects if rule.is_most else counted - defects, counted, rule.unit, rule.is_most)
