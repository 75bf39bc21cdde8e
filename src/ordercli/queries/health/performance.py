"""The channel's own figures beside ours, each counted over the channel's own window."""

from typing import NamedTuple

from ordercli.domain.health.metrics import METRICS
from ordercli.domain.health.performance import Ours, ReportedFigure, why_different
from ordercli.domain.report import Column, Report
from ordercli.queries.columns import Computed
from ordercli.queries.health.rates import RateQuestion, Standing, count_between, standing_of
from ordercli.queries.reader import Reader


class Stated(NamedTuple):
    """A figure of the channel's, from which report, and ours beside it where we count it too."""

    theirs: ReportedFigure
    marketplace: str
    account_status: str | None
    stated_on: str
    ours: Ours | None = None

    @property
    def rate(self) -> float | None:
        """The channel's."""
        return None if self.theirs.rate is None else float(self.theirs.rate)

    @property
    def our_rate(self) -> float | None:
        """Ours; None where nothing counts."""
        return self.ours.numerator / self.ours.denominator if self.ours and self.ours.denominator else None

    @property
    def difference(self) -> float | None:
        """Ours less the channel's."""
        return None if self.our_rate is None or self.rate is None else self.our_rate - self.rate


COLUMNS = Computed[Stated](
    (Column("metric", "word"), lambda it: it.theirs.metric),
    (Column("window_start", "day", "from", importance="spare"), lambda it: it.theirs.window_start),
    (Column("window_end", "day", "to", importance="spare"), lambda it: it.theirs.window_end),
    (Column("amazon_numerator", "whole", "Amazon count"), lambda it: it.theirs.numerator),
    (Column("amazon_denominator", "whole", "of"), lambda it: it.theirs.denominator),
    (Column("amazon_rate", "rate", "rate"), lambda it: it.rate),
    (Column("amazon_status", "word", "status", importance="spare"), lambda it: it.theirs.status),
    (Column("numerator", "whole", "our count"), lambda it: it.ours.numerator if it.ours else None),
    (Column("denominator", "whole", "of"), lambda it: it.ours.denominator if it.ours else None),
    (Column("rate", "rate"), lambda it: it.our_rate),
    (Column("difference", "rate", importance="spare"), lambda it: it.difference),
    (Column("why", "word"), lambda it: why_different(it.theirs, it.ours)),
    (Column("marketplace", "word", in_table=False), lambda it: it.marketplace),
    (Column("account_status", "word", in_table=False), lambda it: it.account_status),
    (Column("stated_on", "day", in_table=False), lambda it: it.stated_on),
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
    standing = standing_of(reader, RateQuestion(channel))
    stated = [
        Stated(ReportedFigure(*figures), marketplace, account_status, stated_on)
        for *figures, marketplace, account_status, stated_on in reader.rows(STATED, {"channel": channel})
    ]
    stated.sort(key=lambda it: (it.marketplace, _PLACES.get(it.theirs.metric, len(_PLACES)), it.theirs.metric))
    rows = [COLUMNS.row(it._replace(ours=_ours(reader, standing, it.theirs))) for it in stated]
    return Report(COLUMNS, rows, "No report of Amazon's was taken in; see: ordercli metrics import --help")


def _ours(reader: Reader, standing: Standing, theirs: ReportedFigure) -> Ours | None:
    rule = _RULES.get(theirs.metric)
    if rule is None or theirs.window_start is None or theirs.window_end is None:
        return None
    _, _, counted, defects = count_between(reader, rule, standing, theirs.window_start, theirs.window_end)
    return Ours(defects if rule.is_most else counted - defects, counted, rule.unit, rule.is_most)
