"""What each rate counted at a past moment, of what was known at one: the twins of ``members.py``.

Orders and shipments are as they were when ``:known`` was the last operation, events are those recorded by then.
What happened after ``:moment`` had not happened.
"""

from ordercli.domain.health.shipments import followed_sql, on_time_sql, told_at_sql, tracking_fault_sql
from ordercli.domain.orders.orders import late_sql
from ordercli.domain.orders.tax_inside import IS_JUDGED
from ordercli.queries.health.members import (
    BY_ORDER,
    BY_SHIPMENT,
    FAULTS,
    answered,
    counted,
    members_by_order,
    members_by_shipment,
)
from ordercli.queries.past import columns_then, had_shipment_that_is_gone, joined_past, then

_FACTS = ("ordered_at", "ship_by", "deliver_by", "fulfillment", "is_sale")


def _orders_then(*dated: str, until: str = ":stop") -> str:
    """The orders, as they were, of which one of these dates lies in the window now or did at some time."""
    found = "\n    UNION ".join(
        f"SELECT {key} AS id FROM {table} WHERE {date} BETWEEN :start AND {until}"
        for date in dated
        for table, key in (("sales_order", "id"), ("order_past", "sales_order_id"))
    )
    return f"""(
  SELECT o.id, o.order_id, o.channel, o.operation_id, {columns_then(_FACTS, "o", "b")}
  FROM ({found}) c
  CROSS JOIN sales_order o ON o.id = c.id AND o.channel = :channel AND o.operation_id <= :known
  {joined_past("order_past", "sales_order_id", "o.id", "b")})"""


_NEWS = """FROM shipment_event e
    WHERE e.shipment_id = s.id AND e.withdraws IS NULL AND e.operation_id <= :known AND e.occurred_at <= :moment
      AND NOT EXISTS (SELECT 1 FROM shipment_event w WHERE w.withdraws = e.id AND w.operation_id <= :known)"""

_IS_VOID = """EXISTS (SELECT 1 FROM shipment_event v
        WHERE v.shipment_id = s.id AND v.status = 'void' AND v.operation_id <= :known)"""

_SHIPMENTS = f"""
    SELECT o.id AS sales_order_id, o.order_id, o.ordered_at, o.channel, o.ship_by, o.deliver_by,
      coalesce(o.deliver_by, o.ship_by) AS promised_by,
      s.id AS shipment, {columns_then(("confirmed_at", "carrier", "tracking_number"), "s", "p")},
      (SELECT min(e.occurred_at) {_NEWS} AND e.status = 'delivered') AS delivered_at,
      EXISTS (SELECT 1 {_NEWS}) AS is_heard,
      (SELECT sum(l.quantity) FROM shipment_line l WHERE l.shipment_id = s.id) AS units
    FROM {_orders_then("ship_by", "deliver_by")} o
    CROSS JOIN shipment s ON s.sales_order_id = o.id AND s.operation_id <= :known
    {joined_past("shipment_past", "shipment_id", "s.id", "p")}
    WHERE {IS_JUDGED} AND {then("confirmed_at", "s", "p")} <= :moment
      AND NOT {_IS_VOID}"""

_FOLLOWED = followed_sql("deliver_by", "tracking_number", "is_heard")

CONFIRMED_THEN = f"""(
  SELECT sales_order_id, order_id, ordered_at, channel, ship_by, promised_by, max(confirmed_at) AS confirmed_at,
    count(*) AS shipments,
    count(*) FILTER (WHERE fault IS NULL) AS shipments_tracked,
    coalesce(sum(units) FILTER (WHERE {_FOLLOWED}), 0) AS units_followed,
    coalesce(sum(units) FILTER (WHERE {_FOLLOWED} AND {on_time_sql("told_at", "delivered_at", "deliver_by")}), 0)
      AS units_on_time,
    max(delivered_at) AS delivered_at, {FAULTS.format(fault="fault")} AS faults
  FROM (
    SELECT *, {tracking_fault_sql("carrier", "tracking_number", "told_at", "delivered_at", "promised_by")} AS fault
    FROM (SELECT *, {told_at_sql("confirmed_at", "shipment", ":known")} AS told_at
      FROM ({_SHIPMENTS}) AS found) AS found
    ORDER BY fault) AS found GROUP BY sales_order_id, order_id, ordered_at, channel, ship_by, promised_by)"""
"""``confirmed_order`` as it was, of the orders whose dates may lie in the window."""

_REQUESTS = f"""
    SELECT o.order_id, o.channel, {columns_then(_FACTS, "o", "b")}, a.return_id,
      (SELECT min(s.occurred_at) FROM return_step s WHERE s.return_authorization_id = a.id
        AND s.kind = 'requested' AND s.operation_id <= :known) AS requested_at,
      (SELECT min(s.occurred_at) FROM return_step s WHERE s.return_authorization_id = a.id
        AND s.kind IN ('authorized', 'declined') AND s.operation_id <= :known) AS answered_at
    FROM (SELECT DISTINCT return_authorization_id AS id FROM return_step
      WHERE kind = 'requested' AND occurred_at BETWEEN :start AND :stop) c
    CROSS JOIN return_authorization a ON a.id = c.id AND a.operation_id <= :known
    CROSS JOIN sales_order o ON o.id = a.sales_order_id
    {joined_past("order_past", "sales_order_id", "o.id", "b")}"""

MEMBERS_THEN = {
    **{name: members_by_order(*rate, _orders_then("ordered_at")) for name, rate in BY_ORDER.items()},
    **{name: members_by_shipment(CONFIRMED_THEN, rate, order="") for name, rate in BY_SHIPMENT.items()},
    "return_dissatisfaction_rate": answered(_REQUESTS),
}
COUNTS_THEN = {name: counted(members) for name, members in MEMBERS_THEN.items()}

_LEFT = f"""(SELECT sum({then("quantity", "l", "x")} - (SELECT coalesce(sum(c.quantity), 0) FROM cancellation c
      WHERE c.order_line_id = l.id AND c.canceled_at <= :moment AND c.operation_id <= :known))
    FROM order_line l {joined_past("order_line_past", "order_line_id", "l.id", "x")}
    WHERE l.sales_order_id = o.id)"""

_WAS_RELEASED = """((SELECT coalesce(max(t.is_released), 1) FROM order_statement t WHERE t.sales_order_id = o.id
      AND t.operation_id <= :known AND NOT coalesce(t.withdrawn_operation_id <= :known, false)) <> 0
    OR EXISTS (SELECT 1 FROM shipment s WHERE s.sales_order_id = o.id AND s.operation_id <= :known))"""
"""Whether no file known then had called an order pending, or one more than that, or some of it was shipped."""

OVERDUE_THEN = f"""
SELECT count(*) FROM {_orders_then("ship_by", until=":moment")} o
WHERE {IS_JUDGED} AND o.ship_by >= :start AND {late_sql(":moment", "o.ship_by")}
  AND {_LEFT} > 0 AND {_WAS_RELEASED}
  AND NOT EXISTS (SELECT 1 FROM shipment s {joined_past("shipment_past", "shipment_id", "s.id", "p")}
    WHERE s.sales_order_id = o.id AND s.operation_id <= :known AND NOT {_IS_VOID}
      AND (s.origin = 'channel' OR {then("confirmed_at", "s", "p")} <= :moment))
  AND NOT {had_shipment_that_is_gone("o.id")}"""
"""Orders past their promise then, wanted and not confirmed: whenever they were, it would be late."""
