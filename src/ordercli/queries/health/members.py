"""What each rate counts: one statement a rate gives its members, and the rate and the list behind it are of them.

Members have the columns order_id, ordered_at, ship_by, decided_at, counted, defects, why; a rate is the sum of
``defects`` (or of the rest) over the sum of ``counted``. For the present, sums that triggers keep stand for the
members: ``hourly_sum`` and ``confirmed_order`` (``queries/laws.py`` says that they agree). For the past, and for
what was known at a moment, the members themselves are counted (``members_then.py``).
"""

from typing import NamedTuple

from ordercli.domain.health.metrics import NEGATIVE_STARS
from ordercli.domain.health.shipments import TOLD_TOO_LATE, told_at_sql, tracking_fault_sql
from ordercli.domain.on_return import RETURNED_SQL
from ordercli.domain.orders.orders import counts_against_sql, late_sql
from ordercli.domain.orders.tax_inside import IS_JUDGED, IS_SALE
from ordercli.domain.returns.returns import answered_late_sql
from ordercli.queries.repaid import SETTLED_REFUNDS

# What is held against orders -----------------------------------------------------------------------------
# Each: sales_order_id, decided_at, why; a row an order. Nothing is held against an order before it came in, so
# what is older than the window is passed over.


def kept_sql(table: str, row: str) -> str:
    """SQL: whether a remark of ``feedback`` or ``claim`` was not removed, as far as was known."""
    return f"""NOT EXISTS (SELECT 1 FROM {table}_removal x
      WHERE x.{table}_id = {row}.id AND x.operation_id <= :known)"""


# Of several remarks on one order the latest holds; an order counts once whatever is held against it.
_REMARKS = f"""
SELECT sales_order_id, min(on_day) AS decided_at, group_concat(why, ', ' /*+ ORDER BY why DESC */) AS why FROM (
  SELECT f.sales_order_id, f.given_on AS on_day, 'feedback with ' || f.stars || ' stars' AS why FROM feedback f
  WHERE f.stars <= {NEGATIVE_STARS} AND f.is_withdrawn = 0
    AND f.given_on BETWEEN :earliest AND :remarked AND f.operation_id <= :known AND {kept_sql("feedback", "f")}
    AND NOT EXISTS (SELECT 1 FROM feedback g WHERE g.sales_order_id = f.sales_order_id AND g.given_on <= :remarked
      AND g.operation_id <= :known AND {kept_sql("feedback", "g")} AND (g.given_on, g.id) > (f.given_on, f.id))
  UNION ALL
  SELECT c.sales_order_id, c.filed_on, c.kind || ' ' || c.status FROM claim c
  WHERE c.status IN ('open', 'granted')
    AND c.filed_on BETWEEN :earliest AND :remarked AND c.operation_id <= :known AND {kept_sql("claim", "c")}
    AND NOT EXISTS (SELECT 1 FROM claim b WHERE b.sales_order_id = c.sales_order_id AND b.kind = c.kind
      AND b.filed_on <= :remarked AND b.operation_id <= :known AND {kept_sql("claim", "b")}
      AND (b.filed_on, b.id) > (c.filed_on, c.id))
) AS found GROUP BY sales_order_id"""

_CANCELED = f"""
SELECT l.sales_order_id, min(c.canceled_at) AS decided_at,
  'canceled by ' || min(c.canceled_by) || coalesce(': ' || min(c.reason), '') AS why
FROM cancellation c CROSS JOIN order_line l ON l.id = c.order_line_id
WHERE {counts_against_sql("c.")} AND c.quantity > 0
  AND c.canceled_at BETWEEN :start AND :moment AND c.operation_id <= :known
GROUP BY l.sales_order_id"""

_RETURNED = f"""
SELECT a.sales_order_id, min(e.occurred_at) AS decided_at, min(a.return_id || ': ' || r.reason) AS why
FROM return_event e
CROSS JOIN return_line r ON r.id = e.return_line_id
CROSS JOIN return_authorization a ON a.id = r.return_authorization_id
WHERE {RETURNED_SQL} AND e.occurred_at BETWEEN :start AND :moment AND e.operation_id <= :known
GROUP BY a.sales_order_id"""

# One recorded here says why; its settlement only that it was.
_REFUNDED = f"""
SELECT sales_order_id, min(decided_at) AS decided_at, coalesce(min(why), min(otherwise)) AS why FROM (
  SELECT l.sales_order_id, f.refunded_at AS decided_at,
    'refunded: ' || coalesce(a.return_id, f.part || ': ' || f.reason) AS why, NULL AS otherwise
  FROM refund f
  CROSS JOIN order_line l ON l.id = f.order_line_id
  LEFT JOIN return_line r ON r.id = f.return_line_id
  LEFT JOIN return_authorization a ON a.id = r.return_authorization_id
  WHERE f.refunded_at BETWEEN :start AND :moment AND f.operation_id <= :known
  UNION ALL
  SELECT sales_order_id, decided_at, NULL, why FROM ({SETTLED_REFUNDS}) AS found
) AS found GROUP BY sales_order_id"""

BY_ORDER = {
    "order_defect_rate": ("= 'FBM'", _REMARKS),
    "order_defect_rate_fba": ("= 'FBA'", _REMARKS),
    "cancellation_rate": ("= 'FBM'", _CANCELED),
    "refund_rate": ("IN ('FBM', 'FBA')", _REFUNDED),
    "return_rate": ("IN ('FBM', 'FBA')", _RETURNED),
}
"""Rates of orders by the moment they were placed: whose orders, and what is held against them."""


WINDOW = "BETWEEN :start AND :stop"
_EDGES = (">= substr(:start, 1, 13) AND {dated} < :start", "> :stop AND {dated} < substr(:stop, 1, 13) || '~'")
"""The parts of a window's first and last hour that are not in it: none where the zone is whole hours from UTC."""


def _edges(dated: str) -> list[str]:
    return [edge.format(dated=dated) for edge in _EDGES]


def _ordered(whose: str, span: str = WINDOW) -> str:
    return f"""o.channel = :channel AND o.fulfillment {whose} AND o.ordered_at {span}
  AND o.operation_id <= :known AND {IS_SALE}"""


def members_by_order(whose: str, defects: str, orders: str = "sales_order") -> str:
    """The members of a rate of orders placed: whose, what is held against them, and the orders there are."""
    return f"""
SELECT o.order_id, o.ordered_at, o.ship_by, d.decided_at, 1 AS counted, d.sales_order_id IS NOT NULL AS defects,
  d.why
FROM {orders} o LEFT JOIN ({defects}
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


class ByShipment(NamedTuple):
    """A rate of orders with confirmed shipments: its sums, the column that dates it, what counts in each order."""

    kind: str
    dated: str
    decided_at: str
    counted: str
    defects: str
    why: str


LATE = ByShipment(
    "due", "ship_by", "c.confirmed_at", "1", late_sql("c.confirmed_at", "c.ship_by"), "'confirmed after ship-by'"
)

BY_SHIPMENT = {
    "late_shipment_rate_10d": LATE,
    "late_shipment_rate_30d": LATE,
    "valid_tracking_rate": ByShipment(
        "tracking",
        "promised_by",
        "c.confirmed_at",
        "c.shipments",
        "c.shipments - c.shipments_tracked",
        "(c.shipments - c.shipments_tracked) || ' of ' || c.shipments || ' shipments without valid tracking: '"
        " || c.faults",
    ),
    "on_time_delivery_rate": ByShipment(
        "delivery",
        "promised_by",
        "c.delivered_at",
        "c.units_followed",
        "c.units_followed - c.units_on_time",
        "(c.units_followed - c.units_on_time) || ' of ' || c.units_followed || ' units not on time, promised by '"
        f" || c.promised_by || iif(instr(c.faults, '{TOLD_TOO_LATE}'), '; {TOLD_TOO_LATE}', '')",
    ),
}

_FAULT = tracking_fault_sql(
    "s.carrier", "s.tracking_number", told_at_sql("s.confirmed_at", "s.id"), "s.delivered_at", "k.promised_by"
)
_CONFIRMED = """FROM shipment s
    WHERE s.sales_order_id = k.sales_order_id AND s.status <> 'void' AND s.confirmed_at IS NOT NULL"""
FAULTS = "replace(group_concat(DISTINCT {fault}), ',', ', ')"
"""What is wrong with the tracking of several shipments, each once."""

LISTED = f"""(SELECT k.*,
    (SELECT max(s.delivered_at) {_CONFIRMED} AND s.delivered_at <= :moment) AS delivered_at,
    (SELECT {FAULTS.format(fault="fault")}
      FROM (SELECT {_FAULT} AS fault {_CONFIRMED} ORDER BY 1) AS found) AS faults
  FROM confirmed_order k)"""
"""``confirmed_order`` with what a list of its orders says beyond the sums."""


# The outer join lets SQLite leave the order alone where only sums are asked for.
_ITS_ORDER = "LEFT JOIN sales_order o ON o.id = c.sales_order_id"


def members_by_shipment(source: str, rate: ByShipment, span: str = WINDOW, order: str = _ITS_ORDER) -> str:
    """The members of a rate of orders with confirmed shipments: ``source`` gives these, ``order`` their orders."""
    return f"""
SELECT order_id, ordered_at, c.ship_by, {rate.decided_at} AS decided_at, {rate.counted} AS counted,
  {rate.defects} AS defects, iif({rate.defects}, {rate.why}, NULL) AS why
FROM {source} c {order}
WHERE c.channel = :channel AND c.{rate.dated} {span} AND {rate.counted} > 0"""


def counted(members: str) -> str:
    """The statement that sums members up."""
    return f"SELECT coalesce(sum(counted), 0), coalesce(sum(defects), 0) FROM ({members}) AS found"


def _count_by_shipment(rate: ByShipment) -> str:
    edges = "".join(
        f"""
  UNION ALL SELECT -counted, -defects FROM ({members_by_shipment(LISTED, rate, span)}) AS found"""
        for span in _edges(f"c.{rate.dated}")
    )
    kind = f"= '{rate.kind}'"
    return counted(f"SELECT counted, defects FROM {_hours(kind)}{edges}")


# A request counts from the moment the buyer made it; 48 hours later it should have been answered.
def answered(requests: str) -> str:
    """The members of the rate of return requests: ``requests`` has the request's facts and its order's."""
    return f"""
SELECT order_id, ordered_at, ship_by, decided_at, 1 AS counted, late AS defects,
  iif(late, return_id || iif(decided_at IS NULL, ': no answer within 48 hours', ': answered after 48 hours'), NULL)
    AS why
FROM (
  SELECT order_id, ordered_at, ship_by, return_id, iif(answered_at <= :moment, answered_at, NULL) AS decided_at,
    {answered_late_sql("requested_at", "min(coalesce(answered_at, :moment), :moment)")} AS late
  FROM ({requests}) AS o
  WHERE requested_at BETWEEN :start AND :stop AND channel = :channel AND {IS_JUDGED}
) AS found"""


_REQUESTS = """
    SELECT o.order_id, o.ordered_at, o.ship_by, o.channel, o.fulfillment, o.is_sale, a.return_id, a.requested_at,
      a.answered_at
    FROM return_authorization a JOIN sales_order o ON o.id = a.sales_order_id"""

MEMBERS = {
    **{name: members_by_order(*rate) for name, rate in BY_ORDER.items()},
    **{name: members_by_shipment(LISTED, rate) for name, rate in BY_SHIPMENT.items()},
    "return_dissatisfaction_rate": answered(_REQUESTS),
}
PLACED = {name: _placed(whose) for name, (whose, _) in BY_ORDER.items()}
DEFECTS = {name: _defects_by_order(*rate) for name, rate in BY_ORDER.items()}
COUNTS = {name: _count_by_shipment(rate) for name, rate in BY_SHIPMENT.items()}
