"""The laws of the data as SELECTs that must find nothing; backups and tests run them all."""

from ordercli.domain.hours import WRONG_HOURS
from ordercli.domain.movements import standing_sql
from ordercli.driver import Driver

_INSIDE = "(SELECT code FROM location WHERE kind <> 'outside')"
_CAME = "min(e.occurred_at) FILTER (WHERE e.status = 'delivered')"
_CONFIRMED = (
    *("channel", "ship_by", "promised_by", "confirmed_at", "shipments", "shipments_tracked"),
    *("units_followed", "units_on_time"),
)

LAWS = {  # what takes longest comes first
    # Which orders are judged is written out here: a second opinion on the view and the triggers, which share one.
    "confirmed orders are those of their shipments": f"""
SELECT n.sales_order_id FROM confirmed_order_now n
LEFT JOIN confirmed_order k ON k.sales_order_id = n.sales_order_id
WHERE {" OR ".join(f"k.{name} IS DISTINCT FROM n.{name}" for name in _CONFIRMED)}
UNION ALL SELECT k.sales_order_id FROM confirmed_order k WHERE NOT EXISTS (
  SELECT 1 FROM shipment s JOIN sales_order o ON o.id = s.sales_order_id
  WHERE s.sales_order_id = k.sales_order_id AND s.status <> 'void' AND s.confirmed_at IS NOT NULL
    AND o.fulfillment = 'FBM' AND o.is_sale = 1)""",
    "levels are the sum of movements": f"""
SELECT product_id, location FROM (
  SELECT product_id, location, quantity FROM stock_level WHERE location IN {_INSIDE}
  UNION ALL SELECT product_id, to_location, -quantity FROM stock_movement WHERE to_location IN {_INSIDE}
  UNION ALL SELECT product_id, from_location, quantity FROM stock_movement WHERE from_location IN {_INSIDE}
) AS found GROUP BY product_id, location HAVING sum(quantity) <> 0""",
    "no balance was ever below zero": f"""
SELECT product_id FROM (
  SELECT product_id, sum(delta) OVER (PARTITION BY product_id, location
    ORDER BY occurred_at RANGE UNBOUNDED PRECEDING) AS balance
  FROM (
    SELECT product_id, to_location AS location, quantity AS delta, occurred_at FROM stock_movement
      WHERE to_location IN {_INSIDE}
    UNION ALL SELECT product_id, from_location, -quantity, occurred_at FROM stock_movement
      WHERE from_location IN {_INSIDE}
  ) AS found
) AS found WHERE balance < 0""",
    "nothing is promised twice": """
SELECT product_id, location FROM stock_level WHERE NOT 0 <= allocated OR allocated > quantity
UNION ALL SELECT product_id, location FROM (
  SELECT product_id, location, allocated AS units FROM stock_level
  UNION ALL SELECT product_id, 'HOME', -quantity_allocated FROM order_line
    WHERE quantity_allocated <> 0 AND is_assembled = 0
  UNION ALL SELECT c.product_id, 'HOME', -c.quantity * l.quantity_allocated FROM order_line_component c
    JOIN order_line l ON l.id = c.order_line_id WHERE l.quantity_allocated <> 0
) AS found GROUP BY product_id, location HAVING sum(units) <> 0""",
    "lines of kits and packs have their parts": """
SELECT l.id FROM order_line l WHERE l.is_assembled <> EXISTS
  (SELECT 1 FROM order_line_component c WHERE c.order_line_id = l.id)""",
    "parts in shipments are those of their lines": """
SELECT s.id FROM shipment_line s JOIN order_line l ON l.id = s.order_line_id AND l.is_assembled = 1
LEFT JOIN order_line_component c ON c.order_line_id = l.id
LEFT JOIN shipment_component p ON p.shipment_line_id = s.id AND p.product_id = c.product_id
WHERE p.quantity IS DISTINCT FROM c.quantity * s.quantity OR s.movement_id IS NOT NULL""",
    "movements are between places there are": f"""
SELECT m.id FROM stock_movement m WHERE (m.from_location NOT IN (SELECT code FROM location)
  OR m.to_location NOT IN (SELECT code FROM location)) AND {standing_sql("m")}""",
    "a kit has no stock": """
SELECT p.id FROM product p
WHERE p.is_kit = 1 AND EXISTS (SELECT 1 FROM stock_movement m WHERE m.product_id = p.id)""",
    "only lines the seller ships are promised stock": """
SELECT l.id FROM order_line l JOIN sales_order o ON o.id = l.sales_order_id
WHERE l.quantity_allocated > 0 AND o.fulfillment <> 'FBM'""",
    "cost layers hold what is on hand": """
SELECT product_id, location FROM (
  SELECT product_id, location, quantity AS units FROM stock_level
  UNION ALL SELECT product_id, location, quantity_used - quantity FROM cost_layer
) AS found GROUP BY product_id, location HAVING sum(units) <> 0""",
    "units of layers were acquired when some came": """
SELECT c.id FROM cost_layer c WHERE NOT EXISTS (
  SELECT 1 FROM stock_movement m WHERE m.product_id = c.product_id AND m.occurred_at = c.acquired_at)""",
    "layers are what their movements brought": """
SELECT m.id FROM cost_layer c JOIN stock_movement m ON m.id = c.movement_id GROUP BY m.id
HAVING sum(c.quantity) <> m.quantity OR sum(c.cost_minor) <> m.cost_minor
  OR max(c.product_id <> m.product_id OR c.location <> m.to_location)""",
    "layers are used as recorded": """
SELECT id FROM (
  SELECT id, quantity_used AS units, cost_minor * quantity_used / quantity AS cost FROM cost_layer
  UNION ALL SELECT cost_layer_id, -quantity, -cost_minor FROM layer_use
) AS found GROUP BY id HAVING sum(units) <> 0 OR sum(cost) <> 0""",
    "a movement costs what its layers cost": """
SELECT m.id FROM stock_movement m JOIN layer_use u ON u.movement_id = m.id
GROUP BY m.id HAVING sum(u.quantity) <> m.quantity OR sum(u.cost_minor) <> m.cost_minor""",
    "shipped units are in shipments": """
SELECT l.id FROM order_line l
LEFT JOIN shipment_line s ON s.order_line_id = l.id
  AND (SELECT status FROM shipment WHERE id = s.shipment_id) <> 'void'
GROUP BY l.id HAVING l.quantity_shipped <> coalesce(sum(s.quantity), 0)""",
    "canceled units are recorded": """
SELECT id FROM (
  SELECT id, quantity_canceled AS units FROM order_line WHERE quantity_canceled <> 0
  UNION ALL SELECT order_line_id, -quantity FROM cancellation
) AS found GROUP BY id HAVING sum(units) <> 0""",
    "picked units are recorded": """
SELECT l.id FROM order_line l LEFT JOIN line_pick k ON k.order_line_id = l.id
WHERE l.quantity_picked > 0 GROUP BY l.id HAVING l.quantity_picked > coalesce(sum(k.quantity), 0)""",
    "orders are the sum of their lines": """
SELECT o.id FROM sales_order o LEFT JOIN order_line l ON l.sales_order_id = o.id GROUP BY o.id
HAVING o.units <> coalesce(sum(l.quantity), 0) OR o.units_shipped <> coalesce(sum(l.quantity_shipped), 0)
  OR o.units_canceled <> coalesce(sum(l.quantity_canceled), 0)""",
    "daily sales are the shipments' lines": """
SELECT product_id, day FROM (
  SELECT product_id, day, units FROM daily_sales
  UNION ALL SELECT s.product_id, s.sold_on, -s.quantity FROM shipped_unit s
    JOIN shipment p ON p.id = s.shipment_id AND p.status <> 'void'
) AS found GROUP BY product_id, day HAVING sum(units) <> 0""",
    "daily demand is what orders ask for": """
SELECT product_id, day, fulfillment FROM (
  SELECT product_id, day, fulfillment, units FROM daily_demand
  UNION ALL SELECT product_id, ordered_on, fulfillment, -units FROM ordered_unit
) AS found GROUP BY product_id, day, fulfillment HAVING sum(units) <> 0""",
    "stockouts are those of the movements": """
SELECT product_id FROM (
  SELECT product_id, began_at, ended_at, 1 AS kept FROM stockout
  UNION ALL SELECT product_id, began_at, ended_at, -1 FROM stockout_now
) AS found GROUP BY product_id, began_at, ended_at HAVING sum(kept) <> 0""",
    "no more comes back than was shipped": """
SELECT l.id FROM return_line r JOIN order_line l ON l.id = r.order_line_id
JOIN return_authorization a ON a.id = r.return_authorization_id
GROUP BY l.id HAVING sum(r.quantity_received) <> l.quantity_returned
  OR sum(iif(a.closed_at IS NULL AND a.is_declined = 0, r.quantity, r.quantity_received)) > l.quantity_shipped""",
    "returns are the sum of their events": """
SELECT r.id FROM return_line r LEFT JOIN return_event e ON e.return_line_id = r.id GROUP BY r.id
HAVING r.quantity_received <> coalesce(sum(e.quantity) FILTER (WHERE e.disposition IS NULL), 0)
  OR r.quantity_inspected <> coalesce(sum(e.quantity) FILTER (WHERE e.disposition IS NOT NULL), 0)""",
    "refunds are on their lines": """
SELECT id FROM (
  SELECT id, refunded_minor AS amount FROM order_line WHERE refunded_minor <> 0
  UNION ALL SELECT order_line_id, -amount_minor FROM refund
) AS found GROUP BY id HAVING sum(amount) <> 0""",
    "returns are where their steps brought them": """
SELECT a.id FROM return_authorization a LEFT JOIN return_step s ON s.return_authorization_id = a.id GROUP BY a.id
HAVING a.requested_at IS NULL OR a.requested_at <> min(s.occurred_at) FILTER (WHERE s.kind = 'requested')
  OR a.answered_at IS DISTINCT FROM min(s.occurred_at) FILTER (WHERE s.kind IN ('authorized', 'declined'))
  OR a.closed_at IS DISTINCT FROM min(s.occurred_at) FILTER (WHERE s.kind = 'closed')""",
    "returned units are settled once": """
SELECT r.id FROM return_line r WHERE r.quantity_settled <>
    (SELECT coalesce(sum(f.quantity), 0) FROM refund f WHERE f.return_line_id = r.id)
  OR r.quantity_replaced <> (SELECT coalesce(sum(p.quantity), 0) FROM replacement p WHERE p.return_line_id = r.id)
UNION ALL SELECT a.id FROM return_authorization a LEFT JOIN return_line r ON r.return_authorization_id = a.id
GROUP BY a.id HAVING a.units_settled <> sum(r.quantity_settled) OR a.units_replaced <> sum(r.quantity_replaced)
  OR a.units <> sum(r.quantity) OR a.units_received <> sum(r.quantity_received)""",
    "returned units keep the cost they were sold at": f"""
SELECT m.reference FROM stock_movement m WHERE m.kind IN ('return', 'inspection') AND {standing_sql("m")}
  AND m.reference IN (SELECT return_id FROM return_authorization)
GROUP BY m.reference, m.kind HAVING sum(m.cost_minor) <>
  (SELECT coalesce(sum(e.cost_minor), 0) FROM return_authorization a
    JOIN return_line r ON r.return_authorization_id = a.id JOIN return_event e ON e.return_line_id = r.id
    WHERE a.return_id = m.reference AND (e.disposition IS NULL) = (m.kind = 'return')
      AND e.movement_id IS NOT NULL)""",
    "quarantine holds what is received and not inspected": f"""
SELECT product_id FROM (
  SELECT product_id, quantity AS units FROM stock_level WHERE location = 'QUARANTINE'
  UNION ALL SELECT coalesce(c.product_id, r.product_id),
    (r.quantity_inspected - r.quantity_received) * coalesce(c.quantity, 1)
    FROM return_line r LEFT JOIN order_line_component c ON c.order_line_id = r.order_line_id
  UNION ALL SELECT product_id, CASE 'QUARANTINE' WHEN to_location THEN -quantity ELSE quantity END
    FROM stock_movement m WHERE 'QUARANTINE' IN (from_location, to_location)
      AND kind NOT IN ('return', 'inspection') AND {standing_sql("m")}
) AS found GROUP BY product_id HAVING sum(units) <> 0""",
    "shipments to Amazon are where they are": """
SELECT product_id, place FROM (
  SELECT product_id, location AS place, quantity AS units FROM stock_level
  WHERE location IN ('FBA-INBOUND', 'FBA-RECEIVING')
  UNION ALL SELECT product_id, 'FBA-INBOUND', quantity_arrived - quantity FROM fba_shipment_line
  UNION ALL SELECT product_id, 'FBA-RECEIVING', quantity_received + quantity_lost - quantity_arrived
    FROM fba_shipment_line
) AS found GROUP BY product_id, place HAVING sum(units) <> 0""",
    "shipments stand as their events say": f"""
SELECT s.id FROM shipment s LEFT JOIN shipment_event e ON e.shipment_id = s.id AND e.withdraws IS NULL
  AND e.id NOT IN (SELECT w.withdraws FROM shipment_event w WHERE w.withdraws IS NOT NULL)
GROUP BY s.id HAVING s.delivered_at IS DISTINCT FROM {_CAME}
  OR s.status <> CASE WHEN max(e.status = 'void') = 1 THEN 'void'
  WHEN max(e.status = 'returned') = 1 THEN 'returned' WHEN {_CAME} IS NOT NULL THEN 'delivered'
  ELSE coalesce((SELECT n.status FROM shipment_news n WHERE n.shipment_id = s.id
    ORDER BY n.occurred_at DESC, n.status LIMIT 1), 'shipped') END""",
    "shipments that went out are in the file they name": """
SELECT s.id FROM shipment s WHERE s.upload_file_id IS NOT NULL AND NOT EXISTS
  (SELECT 1 FROM upload_item i WHERE i.shipment_id = s.id AND i.upload_file_id = s.upload_file_id)""",
    "lines of purchases are the sum of what came and what was given up": """
SELECT l.id FROM purchase_line l
WHERE l.quantity_received <> (SELECT coalesce(sum(r.quantity), 0) FROM purchase_receipt r
    WHERE r.purchase_line_id = l.id)
  OR l.quantity_damaged <> (SELECT coalesce(sum(r.quantity_damaged), 0) FROM purchase_receipt r
    WHERE r.purchase_line_id = l.id)
  OR l.quantity_canceled <> (SELECT coalesce(sum(c.quantity), 0) FROM purchase_cancellation c
    WHERE c.purchase_line_id = l.id)
  OR l.quantity_over <> max(0, l.quantity_received + l.quantity_canceled - l.quantity)""",
    "what came of a purchase came into stock at its cost": """
SELECT r.id FROM purchase_receipt r JOIN purchase_line l ON l.id = r.purchase_line_id
LEFT JOIN stock_movement m ON m.id IN (r.movement_id, r.damaged_movement_id) AND m.product_id = l.product_id
GROUP BY r.id
HAVING coalesce(sum(m.quantity), 0) <> r.quantity OR coalesce(sum(m.cost_minor), 0) <> r.cost_minor""",
    "a placed purchase knows its costs and days": """
SELECT l.id FROM purchase_line l JOIN purchase u ON u.id = l.purchase_id AND u.placed_on IS NOT NULL
WHERE l.quantity > l.quantity_canceled AND (l.unit_cost_minor IS NULL OR l.expected_on IS NULL)""",
    "messages are as their last event says": """
SELECT m.id FROM message m
LEFT JOIN message_event e ON e.id = (SELECT max(l.id) FROM message_event l WHERE l.message_id = m.id)
WHERE m.state <> coalesce(e.state, 'intended')""",
    "hours hold the sums of their orders": WRONG_HOURS,
    "triggers keep the sums of each new row": "SELECT id FROM bulk_write",
    "every operation is sealed": "SELECT id FROM operation WHERE summary IS NULL",
}


def broken_laws(connection: Driver) -> list[str]:
    """Names of the laws that some row breaks; empty for a sound database."""
    return [law for law, sql in LAWS.items() if connection.execute(one_of(sql)).fetchone()]


def one_of(sql: str) -> str:
    """The statement that gives one row of those that a law is broken by.

    A planner that is told of the LIMIT looks for the way that soonest gives a row, and there is none: a server
    took minutes for what takes seconds where all rows are wanted.
    """
    return f"WITH broken_row AS MATERIALIZED (\n{sql}\n) SELECT * FROM broken_row LIMIT 1"
