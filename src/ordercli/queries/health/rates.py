"""The rates of a channel: what is asked of them, what a question means, and what it counts in a window."""

from datetime import date, timedelta
from typing import Any, NamedTuple

from ordercli.domain.health.metrics import METRICS, Lag, MetricRule, window_of
from ordercli.domain.limits import Limit, Window, parse_limit, parse_window
from ordercli.domain.orders.orders import TO_SHIP, late_sql
from ordercli.domain.orders.tax_inside import IS_JUDGED
from ordercli.domain.times import day_of, end_of_day, start_of_day
from ordercli.errors import unknown
from ordercli.queries.health.members import BY_SHIPMENT, COUNTS, DEFECTS, LATE, MEMBERS, PLACED, kept_sql
from ordercli.queries.health.members_then import COUNTS_THEN, MEMBERS_THEN, OVERDUE_THEN
from ordercli.queries.past import known_operation
from ordercli.queries.reader import Reader
from ordercli.queries.repaid import IS_ANY_SETTLED

_IS_ANY_REMARK = f"""
SELECT EXISTS (SELECT 1 FROM feedback f WHERE f.given_on <= :remarked AND f.operation_id <= :known
    AND {kept_sql("feedback", "f")})
  OR EXISTS (SELECT 1 FROM claim c WHERE c.filed_on <= :remarked AND c.operation_id <= :known
    AND {kept_sql("claim", "c")})"""

IS_ANY_RECORDED = {
    "order_defect_rate": _IS_ANY_REMARK,
    "order_defect_rate_fba": _IS_ANY_REMARK,
    "refund_rate": f"""SELECT EXISTS (SELECT 1 FROM refund WHERE refunded_at <= :moment AND operation_id <= :known)
  OR {IS_ANY_SETTLED}""",
    "return_rate": "SELECT EXISTS (SELECT 1 FROM return_authorization WHERE opened_at <= :moment"
    " AND operation_id <= :known)",
}
"""Whether anything that could be a defect was ever recorded; if not, a clean record cannot be told from none."""

IS_DECIDED = """EXISTS (SELECT 1 FROM shipment c WHERE c.sales_order_id = o.id AND c.status <> 'void'
      AND (c.confirmed_at IS NOT NULL OR c.origin = 'channel'))"""
"""SQL: whether order ``o`` has a shipment confirmed, or known from the channel, so that it is decided."""

_UNCONFIRMED = f"""o.channel = :channel AND {IS_JUDGED}
    AND o.ship_by >= :start AND {late_sql(":moment", "o.ship_by")}
    AND NOT {IS_DECIDED}"""

# Past their promise and not confirmed at all: whenever they are, it will be late. What the channel has not
# released counts for nothing: nobody can ship it, and it may never come to that.
OVERDUE = f"""
SELECT count(*) FROM (
  SELECT o.id FROM sales_order o WHERE {TO_SHIP} AND {_UNCONFIRMED}
  UNION
  SELECT o.id FROM shipment s CROSS JOIN sales_order o ON o.id = s.sales_order_id
  WHERE s.confirmed_at IS NULL AND s.origin = 'seller' AND s.status <> 'void' AND o.units > o.units_canceled
    AND {_UNCONFIRMED}) AS found"""


class RateQuestion(NamedTuple):
    """What is asked of the rates.

    Attributes:
        channel: whose rates.
        as_of: the day they are to be of; None for now.
        known_at: an instant; only what was recorded by then counts. None for all there is.
        lag: where windows end.
    """

    channel: str = "amazon"
    as_of: str | None = None
    known_at: str | None = None
    lag: Lag = Lag.USUAL


class Standing(NamedTuple):
    """A question with what it means in the database.

    Attributes:
        day: the channel's day after the one that windows without lag end on.
        zone: of the channel's days.
        is_now: whether the present is asked for, with all that is known.
        is_all_known: whether all that is recorded by now counts.
        values: bound by every statement here, but for the window.
    """

    question: RateQuestion
    day: str
    zone: str
    is_now: bool
    is_all_known: bool
    values: dict[str, Any]


class Counted(NamedTuple):
    """What a rate counts in a window of whole days, and how many of it are defects."""

    first: str
    last: str
    counted: int
    defects: int


def standing_of(reader: Reader, question: RateQuestion) -> Standing:
    """What a question means: its day in the channel's zone, and the moment it is about.

    What was known at a time is about that time, unless a day is named; nothing later than it is known.
    """
    channel, as_of, known_at, _ = question
    known = known_operation(reader, known_at)
    last = reader.now if known_at is None else min(known_at, reader.now)
    zone = reader.channel_zone(channel, day_of(last, reader.time_zone), known=known)
    day = day_of(last, zone) if as_of is None else as_of
    moment = min(end_of_day(day, zone), last)
    is_today = as_of is None or day == day_of(reader.now, zone)
    values = {"channel": channel, "moment": moment, "remarked": day, "known": known}
    return Standing(question, day, zone, is_today and known_at is None, known_at is None, values)


def rule_named(name: str) -> MetricRule:
    """The rule of a rate.

    Raises:
        NotFound: naming the rates there are, for another name.
    """
    rule = next((rule for rule in METRICS if rule.name == name), None)
    if rule is None:
        raise unknown("rate", name, (rule.name for rule in METRICS))
    return rule


def limit_of(reader: Reader, rule: MetricRule, standing: Standing) -> Limit | None:
    """The limit of a rate on the day of a question, if it has one."""
    text = reader.setting(rule.limit, standing.day, known=standing.values["known"])
    return parse_limit(text, is_most=rule.is_most) if text else None


def span_of(reader: Reader, rule: MetricRule, standing: Standing) -> tuple[Window, int]:
    """The window of a rate as its setting has it, and the lag that holds for the question."""
    window = rule.window
    if not isinstance(window, Window):
        window = parse_window(reader.setting(window, standing.day, known=standing.values["known"]))
    lag = standing.question.lag
    is_late = lag == Lag.AMAZON or (lag == Lag.USUAL and rule.waits)
    return window, window.lag if is_late else 0


def window_in(reader: Reader, rule: MetricRule, standing: Standing) -> tuple[str, str]:
    """First and last day of a rate's window."""
    window, lag = span_of(reader, rule, standing)
    return window_of(standing.day, window.days, lag)


def values_between(standing: Standing, first: str, last: str) -> dict[str, Any]:
    """What the statements bind for a window of whole days."""
    return {
        **standing.values,
        "start": start_of_day(first, standing.zone),
        "stop": end_of_day(last, standing.zone),
        "earliest": (date.fromisoformat(first) - timedelta(days=1)).isoformat(),
    }


def count_between(reader: Reader, rule: MetricRule, standing: Standing, first: str, last: str) -> Counted:
    """What a rate counts from the first to the last day."""
    values = values_between(standing, first, last)
    if rule.name in PLACED and standing.is_all_known:
        (counted,) = reader.rows(PLACED[rule.name], values).fetchone()
        # Without orders nothing can be held against them.
        (defects,) = reader.rows(DEFECTS[rule.name], values).fetchone() if counted else (0,)
        return Counted(first, last, counted, defects)
    is_kept = rule.name in COUNTS and standing.is_now
    sql = COUNTS[rule.name] if is_kept else COUNTS_THEN[rule.name]
    return Counted(first, last, *reader.rows(sql, values).fetchone())


def members_of(rule: MetricRule, standing: Standing) -> str:
    """The statement that gives the members of a rate."""
    return (MEMBERS if standing.is_now else MEMBERS_THEN)[rule.name]


def is_any_recorded(reader: Reader, rule: MetricRule, standing: Standing) -> bool:
    """Whether the rate can be told at all."""
    sql = IS_ANY_RECORDED.get(rule.name)
    return sql is None or bool(reader.rows(sql, standing.values).fetchone()[0])


def overdue_between(reader: Reader, rule: MetricRule, standing: Standing, first: str, last: str) -> int:
    """Orders promised in the window that can only be confirmed late; 0 for other rates."""
    if BY_SHIPMENT.get(rule.name) is not LATE:
        return 0
    sql = OVERDUE if standing.is_now else OVERDUE_THEN
    return int(reader.rows(sql, values_between(standing, first, last)).fetchone()[0])
