"""Why orders were late: the late shipment window by stage, product, weekday and carrier."""

from collections import defaultdict
from typing import Any

from ordercli.domain.health.stages import STAGES, UNRECORDED, WEEKDAYS, LateBy, Milestones, slowest, stage_hours
from ordercli.domain.report import Column, Report
from ordercli.domain.times import local
from ordercli.queries.health.members import MEMBERS
from ordercli.queries.health.rates import RateQuestion, rule_named, standing_of, values_between, window_in
from ordercli.queries.reader import Reader

RATE = "late_shipment_rate_30d"
"""The rate whose orders are told apart, by its own members."""

_NONE_LATE = "No order was late in the 30 days of the late shipment rate."

_MEMBERS = f"""({MEMBERS[RATE]}) m
JOIN sales_order o ON o.channel = :channel AND o.order_id = m.order_id"""

MILESTONES = f"""
SELECT o.ordered_at, p.recorded_at,
  (SELECT max(k.picked_at) FROM order_line l JOIN line_pick k ON k.order_line_id = l.id
    WHERE l.sales_order_id = o.id AND k.quantity > 0 AND k.picked_at <= m.decided_at),
  (SELECT max(k.packed_at) FROM packing k WHERE k.sales_order_id = o.id AND k.packed_at <= m.decided_at),
  (SELECT max(s.recorded_at) FROM shipment s WHERE s.sales_order_id = o.id AND s.status <> 'void'
    AND s.origin = 'seller' AND s.recorded_at <= m.decided_at),
  m.decided_at,
  (SELECT w.recorded_at FROM order_line l
    JOIN row_change c ON c.table_name = 'order_line' AND c.row_key = CAST(l.id AS TEXT)
      AND c.verb = 'update' AND c.new ->> 'quantity_allocated' IS NOT NULL
    JOIN operation w ON w.id = c.operation_id
    WHERE l.sales_order_id = o.id AND w.recorded_at <= coalesce(
      (SELECT min(s.recorded_at) FROM shipment s WHERE s.sales_order_id = o.id), m.decided_at)
    GROUP BY w.id, l.id
    HAVING sum(CAST(c.new ->> 'quantity_allocated' AS INTEGER)
      - CAST(c.old ->> 'quantity_allocated' AS INTEGER)) > 0
    ORDER BY w.id DESC LIMIT 1)
FROM {_MEMBERS}
JOIN operation p ON p.id = o.operation_id
WHERE m.defects > 0"""

_LATE_HOURS = "iif(m.defects, (julianday(m.decided_at) - julianday(m.ship_by)) * 24, NULL)"


def _grouped(name: str, joined: str = "") -> str:
    return f"""
SELECT {name} AS name, sum(m.defects) AS late, count(*) AS orders, 1.0 * sum(m.defects) / count(*),
  printf('%.1f', avg({_LATE_HOURS}))
FROM {_MEMBERS}{joined}
GROUP BY 1 HAVING sum(m.defects) > 0 ORDER BY late DESC, name"""


# An order of several products is told under each; of several shipments, the one confirmed last made it late.
GROUPED = {
    LateBy.SKU: _grouped(
        "q.sku",
        """
JOIN (SELECT DISTINCT sales_order_id, product_id FROM order_line WHERE quantity > quantity_canceled) l
  ON l.sales_order_id = o.id
JOIN product q ON q.id = l.product_id""",
    ),
    LateBy.CARRIER: _grouped(
        """(SELECT coalesce(s.carrier_name, s.carrier, 'no carrier told') FROM shipment s
    WHERE s.sales_order_id = o.id AND s.status <> 'void' AND s.confirmed_at = m.decided_at
    ORDER BY s.id DESC LIMIT 1)"""
    ),
}

# By the minute, since SQLite knows no zones.
PLACED = f"""
SELECT substr(m.ordered_at, 1, 16) || ':00Z', sum(m.defects), count(*), total({_LATE_HOURS})
FROM ({MEMBERS[RATE]}) m GROUP BY 1"""

STAGE_COLUMNS = (
    Column("stage", "word"),
    Column("late_orders", "whole", "late orders"),
    Column("orders", "whole", "recorded of"),
    Column("share", "rate"),
    Column("mean_hours", "number", "mean hours"),
    Column("facts", "word"),
)


def _group_columns(by: LateBy) -> tuple[Column, ...]:
    return (
        Column(by.value, "text"),
        Column("late_orders", "whole", "late orders"),
        Column("orders", "whole", "of"),
        Column("share", "rate"),
        Column("mean_hours_late", "number", "mean hours late"),
    )


COLUMNS = {by: STAGE_COLUMNS if by is LateBy.STAGE else _group_columns(by) for by in LateBy}


def late_reasons(reader: Reader, by: LateBy = LateBy.STAGE, *, channel: str = "amazon") -> Report:
    """The late orders of the late shipment rate of 30 days, told apart.

    By stage, an order is under the stage it spent most time in, or under ``unrecorded`` if more of its time is
    not accounted for: ``orders`` are the late ones that tell the stage, ``share`` is of all late ones, and
    ``mean_hours`` is what the stage took those that tell it. Otherwise a row is a group with a late order:
    ``orders`` are all that count in it, ``share`` is of these, ``mean_hours_late`` is from promise to
    confirmation.
    """
    rule, standing = rule_named(RATE), standing_of(reader, RateQuestion(channel))
    values = values_between(standing, *window_in(reader, rule, standing))
    if by == LateBy.STAGE:
        return Report(COLUMNS[by], _by_stage(reader, values), _NONE_LATE)
    if by == LateBy.WEEKDAY:
        return Report(COLUMNS[by], _by_weekday(reader, values), _NONE_LATE)
    return Report(COLUMNS[by], reader.streamed(GROUPED[by], values), _NONE_LATE)


def _by_stage(reader: Reader, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    told: dict[str, list[float]] = defaultdict(list)
    named: dict[str, int] = defaultdict(int)
    for row in reader.streamed(MILESTONES, values):
        hours = stage_hours(Milestones(*row))
        named[slowest(hours)] += 1
        for stage, spent in hours.items():
            told[stage].append(spent)
    late = sum(named.values())
    return [_stage(stage, named[stage], told[stage], late) for stage in (*STAGES, UNRECORDED)] if late else []


def _stage(stage: str, named: int, hours: list[float], late: int) -> tuple[Any, ...]:
    if not hours:
        return (stage, None, 0, None, None, "not recorded")
    facts = "not recorded" if stage == UNRECORDED else "recorded"
    return (stage, named, len(hours), named / late, f"{sum(hours) / len(hours):.1f}", facts)


def _by_weekday(reader: Reader, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """By the day an order was placed, in the shop's zone."""
    sums = [[0, 0, 0.0] for _ in WEEKDAYS]
    for minute, *more in reader.streamed(PLACED, values):
        day = local(minute, reader.time_zone).weekday()
        sums[day] = [one + other for one, other in zip(sums[day], more, strict=True)]
    return [
        (name, late, orders, late / orders, f"{hours / late:.1f}")
        for name, (late, orders, hours) in zip(WEEKDAYS, sums, strict=True)
        if late
    ]
