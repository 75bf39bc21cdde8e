"""What each rate counts: one statement a rate gives its members, and the rate and the list behind it are of them.

Members have the columns order_id, ordered_at, ship_by, decided_at, counted, defects, why; a rate is the sum of
``defects`` (or of the rest) over the sum of ``counted``. For the present, sums that triggers keep stand for the
members: ``hourly_sum`` and ``confirmed_order`` (``queries/laws.py`` says that they agree). For the past the
members themselves are counted.
"""

from datetime import date, timedelta
from typing import Any, NamedTuple

from ordercli.domain.health.metrics import METRICS, NEGATIVE_STARS, Lag, MetricRule, window_of
from ordercli.domain.health.shipments import followed_sql, on_time_sql, valid_tracking_sql
from ordercli.domain.limits import Limit, Window, parse_limit, parse_window
from ordercli.domain.orders.orders import counts_against_sql, late_sql
from ordercli.domain.returns.returns import answered_late_sql
from ordercli.domain.times import day_of, end_of_day, start_of_day
from ordercli.errors import unknown
from ordercli.queries.reader import Reader

# What is held against orders -----------------------------------------------------------------------------
# Each: sales_order_id, decided_at, why; a row an order. Nothing is held against an order before it came in, so
# what is older than the window is passed over.

# Of several remarks on one order the latest holds; an order counts once whatever is held against it.
_REMARKS = f"""
SELECT sales_order_id, min(on_day) AS decided_at, group_concat(why, ', ') AS why FROM (
  SELECT f.sales_order_id, f.given_on AS on_day, 'feedback with ' || f.stars || ' stars' AS why FROM feedback f
  WHERE f.stars <= {NEGATIVE_STARS} AND NOT f.is_withdrawn
    AND f.given_on BETWEEN :earliest AND :remarked AND f.operation_id <= :known
    AND NOT EXISTS (SELECT 1 FROM feedback g WHERE g.sales_order_id = f.sales_order_id AND g.given_on <= :remarked
      AND g.operation_id <= :known AND (g.given_on, g.id) > (f.given_on, f.id))
  UNION ALL
  SELECT c.sales_order_id, c.filed_on, c.kind || ' ' || c.status FROM claim c
  WHERE c.status IN ('open', 'granted')
    AND c.filed_on BETWEEN :earliest AND :remarked AND c.operation_id <= :known
    AND NOT EXISTS (SELECT 1 FROM claim b WHERE b.sales_order_id = c.sales_order_id AND b.kind = c.kind
      AND b.filed_on <= :remarked AND b.operation_id <= :known AND (b.filed_on, b.id) > (c.filed_on, c.id))
) GROUP BY sales_order_id"""

_CANCELED = f"""
SELECT l.sales_order_id, min(c.canceled_at) AS decided_at,
  'canceled by ' || min(c.canceled_by) || coalesce(': ' || min(c.reason), '') AS why
FROM cancellation c CROSS JOIN order_line l ON l.id = c.order_line_id
WHERE {counts_against_sql("c.")} AND c.quantity > 0
  AND c.canceled_at BETWEEN :start AND :moment AND c.operation_id <= :known
GROUP BY l.sales_order_id"""

_RETURNED = """
SELECT a.sales_order_id, min(a.opened_at) AS decided_at,
  min(a.return_id || coalesce(': ' || (SELECT min(r.reason) FROM return_line r
    WHERE r.return_authorization_id = a.id), '')) AS why
FROM return_authorization a
WHERE a.opened_at BETWEEN :start AND :moment AND a.operation_id <= :known
GROUP BY a.sales_order_id"""

_REFUNDED = """
SELECT l.sales_order_id, min(f.refunded_at) AS decided_at,
  'refunded: ' || min(coalesce(a.return_id, f.part || ': ' || f.reason)) AS why
FROM refund f
CROSS JOIN order_line l ON l.id = f.order_line_id
LEFT JOIN return_line r ON r.id = f.return_line_id
LEFT JOIN return_authorization a ON a.id = r.return_authorization_id
WHERE f.refunded_at BETWEEN :start AND :moment AND f.operation_id <= :known
GROUP BY l.sales_order_id"""

_BY_ORDER = {
    "order_defect_rate": ("= 'FBM'", _REMARKS),
    "order_defect_rate_fba": ("= 'FBA'", _REMARKS),
    "cancellation_rate": ("= 'FBM'", _CANCELED),
    "refund_rate": ("IN ('FBM', 'FBA')", _REFUNDED),
    "return_rate": ("IN ('FBM', 'FBA')", _RETURNED),
}
"""Rates of orders by the moment they were placed: whose orders, and what is held against them."""


_WINDOW = "BETWEEN :start AND :stop"
_EDGES = (">= substr(:start, 1, 13) AND {dated} < :start", "> :stop AND {dated} < substr(:stop, 1, 13) || '~'")
"""The parts of a window's first and last hour that are not in it: none where the zone is whole hours from UTC."""


def _edges(dated: str) -> list[str]:
    return [edge.format(dated=dated) for edge in _EDGES]


def _ordered(whose: str, span: str = _WINDOW) -> str:
    return f"""o.channel = :channel AND o.fulfillment {whose} AND o.ordered_at {span}
  AND o.operation_id <= :known AND o.is_sale = 1"""


def _members_by_order(whose: str, defects: str) -> str:
    return f"""
SELECT o.order_id, o.ordered_at, o.ship_by, d.decided_at, 1 AS counted, d.sales_order_id IS NOT NULL AS defects,
  d.why
FROM sales_order o LEFT JOIN ({defects}
) d ON d.sales_order_id = o.id
WHERE {_ordered(whose)}"""


def _hours(kind: str) -> str:
    return f"""hourly_sum WHERE kind {kind} AND channel = :channel
    AND hour BETWEEN substr(:start, 1, 13) AND substr(:stop, 1, 13)"""


def _placed(whose: str) -> str:
    """How many orders were placed: whole hours from their sums, less what is outside the window of those hours."""
    edges = "".join(
        f"\n  - (SELECT count(*) FROM sales_order o WHERE {_ordered(whose, span)})"
        for span in _edges("o.ordered_at")
    )
    return f"SELECT coalesce((SELECT sum(counted) FROM {_hours(whose)}), 0){edges}"


def _defects_by_order(whose: str, defects: str) -> str:
    return f"""
SELECT count(*) FROM ({defects}
) d CROSS JOIN sales_order o ON o.id = d.sales_order_id WHERE {_ordered(whose)}"""


# What is decided by shipments ------------------------------------------------------------------------------

_TRACKED = ("carrier", "tracking_number", "confirmed_at", "delivered_at", "promised_by")
_ON_TIME = on_time_sql("confirmed_at", "delivered_at", "deliver_by")
_HEARD = """EXISTS (SELECT 1 FROM shipment_news e
        WHERE e.shipment_id = s.id AND e.occurred_at <= :moment AND e.operation_id <= :known)"""

_THEN = f"""(
  SELECT sales_order_id, channel, ship_by, promised_by, max(confirmed_at) AS confirmed_at, count(*) AS shipments,
    count(*) FILTER (WHERE {valid_tracking_sql(*_TRACKED)}) AS shipments_tracked,
    coalesce(sum(units) FILTER (WHERE is_followed), 0) AS units_followed,
    coalesce(sum(units) FILTER (WHERE is_followed AND {_ON_TIME}), 0)
      AS units_on_time
  FROM (
    SELECT k.sales_order_id, k.channel, k.ship_by, k.promised_by, o.deliver_by, s.confirmed_at,
      s.carrier, s.tracking_number,
      {followed_sql("o.deliver_by", "s.tracking_number", _HEARD)} AS is_followed,
      (SELECT min(e.occurred_at) FROM shipment_news e WHERE e.shipment_id = s.id AND e.status = 'delivered'
        AND e.occurred_at <= :moment AND e.operation_id <= :known) AS delivered_at,
      (SELECT sum(l.quantity) FROM shipment_line l WHERE l.shipment_id = s.id) AS units
    FROM confirmed_order k
    CROSS JOIN sales_order o ON o.id = k.sales_order_id AND o.operation_id <= :known
    CROSS JOIN shipment s ON s.sales_order_id = k.sales_order_id AND s.status <> 'void'
      AND s.confirmed_at <= :moment AND s.operation_id <= :known
    WHERE k.channel = :channel AND k.{{dated}} BETWEEN :start AND :stop
  ) GROUP BY sales_order_id)"""
"""``confirmed_order`` as it was: of the orders that are in it now, with the shipments confirmed by then."""


class _ByShipment(NamedTuple):
    """A rate of orders with confirmed shipments: its sums, the column that dates it, what counts in each order."""

    kind: str
    dated: str
    decided_at: str
    counted: str
    defects: str
    why: str


_DELIVERED = """(SELECT max(s.delivered_at) FROM shipment s
    WHERE s.sales_order_id = c.sales_order_id AND s.status <> 'void' AND s.delivered_at <= :moment)"""

_LATE = _ByShipment(
    "due", "ship_by", "c.confirmed_at", "1", late_sql("c.confirmed_at", "c.ship_by"), "'confirmed after ship-by'"
)

_BY_SHIPMENT = {
    "late_shipment_rate_10d": _LATE,
    "late_shipment_rate_30d": _LATE,
    "valid_tracking_rate": _ByShipment(
        "tracking",
        "promised_by",
        "c.confirmed_at",
        "c.shipments",
        "c.shipments - c.shipments_tracked",
        "(c.shipments - c.shipments_tracked) || ' of ' || c.shipments || ' shipments without valid tracking'",
    ),
    "on_time_delivery_rate": _ByShipment(
        "delivery",
        "promised_by",
        _DELIVERED,
        "c.units_followed",
        "c.units_followed - c.units_on_time",
        "(c.units_followed - c.units_on_time) || ' of ' || c.units_followed || ' units not delivered by '"
        " || c.promised_by",
    ),
}


def _members_by_shipment(source: str, rate: _ByShipment, span: str = _WINDOW) -> str:
    # The outer join lets SQLite leave the order alone where only sums are asked for.
    return f"""
SELECT o.order_id, o.ordered_at, c.ship_by, {rate.decided_at} AS decided_at, {rate.counted} AS counted,
  {rate.defects} AS defects, iif({rate.defects}, {rate.why}, NULL) AS why
FROM {source.format(dated=rate.dated)} c LEFT JOIN sales_order o ON o.id = c.sales_order_id
WHERE c.channel = :channel AND c.{rate.dated} {span} AND {rate.counted} > 0"""


def _counted(members: str) -> str:
    return f"SELECT coalesce(sum(counted), 0), coalesce(sum(defects), 0) FROM ({members})"


def _count_by_shipment(rate: _ByShipment) -> str:
    edges = "".join(
        f"""
  UNION ALL SELECT -counted, -defects FROM ({_members_by_shipment("confirmed_order", rate, span)})"""
        for span in _edges(f"c.{rate.dated}")
    )
    kind = f"= '{rate.kind}'"
    return _counted(f"SELECT counted, defects FROM {_hours(kind)}{edges}")


# A request counts from the moment the buyer made it; 48 hours later it should have been answered.
_ANSWERED = f"""
SELECT o.order_id, o.ordered_at, o.ship_by, decided_at, 1 AS counted, late AS defects,
  iif(late, return_id || iif(decided_at IS NULL, ': no answer within 48 hours', ': answered after 48 hours'), NULL)
    AS why
FROM (
  SELECT sales_order_id, return_id, iif(answered_at <= :moment, answered_at, NULL) AS decided_at,
    {answered_late_sql("requested_at", "min(coalesce(answered_at, :moment), :moment)")} AS late
  FROM return_authorization
  WHERE requested_at BETWEEN :start AND :stop AND operation_id <= :known
) a JOIN sales_order o ON o.id = a.sales_order_id AND o.channel = :channel AND o.fulfillment = 'FBM'
  AND o.is_sale = 1"""
_BY_REQUEST = {"return_dissatisfaction_rate": _ANSWERED}

MEMBERS = {
    **{name: _members_by_order(*rate) for name, rate in _BY_ORDER.items()},
    **{name: _members_by_shipment("confirmed_order", rate) for name, rate in _BY_SHIPMENT.items()},
    **_BY_REQUEST,
}
MEMBERS_THEN = {
    **{name: MEMBERS[name] for name in _BY_ORDER},
    **{name: _members_by_shipment(_THEN, rate) for name, rate in _BY_SHIPMENT.items()},
    **_BY_REQUEST,
}
PLACED = {name: _placed(whose) for name, (whose, _) in _BY_ORDER.items()}
DEFECTS = {name: _defects_by_order(*rate) for name, rate in _BY_ORDER.items()}
COUNTS = {name: _count_by_shipment(rate) for name, rate in _BY_SHIPMENT.items()}
COUNTS_THEN = {name: _counted(members) for name, members in MEMBERS_THEN.items()}

_IS_ANY_REMARK = """
SELECT EXISTS (SELECT 1 FROM feedback WHERE given_on <= :remarked AND operation_id <= :known)
  OR EXISTS (SELECT 1 FROM claim WHERE filed_on <= :remarked AND operation_id <= :known)"""

IS_ANY_RECORDED = {
    "order_defect_rate": _IS_ANY_REMARK,
    "order_defect_rate_fba": _IS_ANY_REMARK,
    "refund_rate": "SELECT EXISTS (SELECT 1 FROM refund WHERE refunded_at <= :moment AND operation_id <= :known)",
    "return_rate": "SELECT EXISTS (SELECT 1 FROM return_authorization WHERE opened_at <= :moment"
    " AND operation_id <= :known)",
}
"""Whether anything that could be a defect was ever recorded; if not, a clean record cannot be told from none."""

IS_DECIDED = """EXISTS (SELECT 1 FROM shipment c WHERE c.sales_order_id = o.id AND c.status <> 'void'
      AND (c.confirmed_at IS NOT NULL OR c.origin = 'channel'))"""
"""SQL: whether order ``o`` has a shipment confirmed, or known from the channel, so that it is decided."""

_UNCONFIRMED = f"""o.channel = :channel AND o.fulfillment = 'FBM' AND o.is_sale = 1
    AND o.ship_by >= :start AND {late_sql(":moment", "o.ship_by")}
    AND NOT {IS_DECIDED}"""

# Past their promise and not confirmed at all: whenever they are, it will be late.
OVERDUE = f"""
SELECT count(*) FROM (
  SELECT o.id FROM sales_order o WHERE o.units_open > 0 AND {_UNCONFIRMED}
  UNION
  SELECT o.id FROM shipment s CROSS JOIN sales_order o ON o.id = s.sales_order_id
  WHERE s.confirmed_at IS NULL AND s.origin = 'seller' AND s.status <> 'void' AND o.units > o.units_canceled
    AND {_UNCONFIRMED})"""

_ALL_KNOWN = 2**62
_END = "9999-12-31"


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
    """What a question means: its day in the channel's zone, and the moment it is about."""
    channel, as_of, known_at, _ = question
    zone = reader.channel_zone(channel)
    is_today = as_of is None or as_of == reader.today
    day = day_of(reader.now, zone) if is_today or as_of is None else as_of
    known = _ALL_KNOWN
    if known_at is not None:
        sql = "SELECT coalesce(max(id), 0) FROM operation WHERE recorded_at <= :at"
        (known,) = reader.rows(sql, {"at": known_at}).fetchone()
    # What had happened by the end of that day, as far as it has come. Remarks carry the shop's days; those
    # recorded by now all count now.
    moment = reader.now if is_today else end_of_day(day, zone)
    values = {"channel": channel, "moment": moment, "remarked": _END if is_today else day, "known": known}
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


def limit_of(reader: Reader, rule: MetricRule, day: str) -> Limit | None:
    """The limit of a rate on a day, if it has one."""
    text = reader.setting(rule.limit, day)
    return parse_limit(text, is_most=rule.is_most) if text else None


def span_of(reader: Reader, rule: MetricRule, standing: Standing) -> tuple[Window, int]:
    """The window of a rate as its setting has it, and the lag that holds for the question."""
    window = rule.window
    if not isinstance(window, Window):
        window = parse_window(reader.setting(window, standing.day))
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
    """Orders promised in the window that can only be confirmed late; 0 for other rates and for the past."""
    if _BY_SHIPMENT.get(rule.name) is not _LATE or not standing.is_now:
        return 0
    return int(reader.rows(OVERDUE, values_between(standing, first, last)).fetchone()[0])
