"""Triggers and views of account health: sums by hour that are kept as orders and shipments change."""

from ordercli.domain.health.shipments import followed_sql, on_time_sql, told_at_sql, tracking_fault_sql
from ordercli.domain.orders.orders import late_sql
from ordercli.domain.orders.tax_inside import IS_JUDGED, is_sale_sql

_ORDER_COUNTED = """INSERT INTO hourly_sum (kind, channel, hour, counted)
  VALUES (NEW.fulfillment, NEW.channel, substr(NEW.ordered_at, 1, 13), 1)
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = hourly_sum.counted + 1;"""

ORDER_COUNTED = f"""CREATE TRIGGER sales_order_counted AFTER INSERT ON sales_order
WHEN {is_sale_sql("NEW.")}
BEGIN
 {_ORDER_COUNTED}
END"""

ORDER_COUNTED_ANEW = """CREATE TRIGGER sales_order_counted_anew
AFTER UPDATE OF channel, fulfillment, ordered_at, is_sale ON sales_order
WHEN NEW.channel <> OLD.channel OR NEW.fulfillment <> OLD.fulfillment OR NEW.ordered_at <> OLD.ordered_at
 OR NEW.is_sale <> OLD.is_sale
BEGIN
 UPDATE hourly_sum SET counted = counted - OLD.is_sale WHERE kind = OLD.fulfillment AND channel = OLD.channel
  AND hour = substr(OLD.ordered_at, 1, 13);
 INSERT INTO hourly_sum (kind, channel, hour, counted)
  VALUES (NEW.fulfillment, NEW.channel, substr(NEW.ordered_at, 1, 13), NEW.is_sale)
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = hourly_sum.counted + excluded.counted;
END"""

_SUMMED = (
    ("due", "ship_by", "1", f"iif({late_sql('{row}.confirmed_at', '{row}.ship_by')}, 1, 0)"),
    ("tracking", "promised_by", "{row}.shipments", "{row}.shipments - {row}.shipments_tracked"),
    ("delivery", "promised_by", "{row}.units_followed", "{row}.units_followed - {row}.units_on_time"),
)
"""What ``hourly_sum`` has of confirmed orders: kind, the column that dates it, what counts, what is a defect."""

CONFIRMED_COUNTED = (
    "CREATE TRIGGER confirmed_order_counted AFTER INSERT ON confirmed_order\nBEGIN"
    + "".join(
        f"""
 INSERT INTO hourly_sum (kind, channel, hour, counted, defects)
  SELECT '{kind}', NEW.channel, substr(NEW.{dated}, 1, 13), {counted}, {defects}
  WHERE NEW.{dated} IS NOT NULL AND {counted} > 0
  ON CONFLICT (kind, channel, hour) DO UPDATE SET counted = hourly_sum.counted + excluded.counted,
   defects = hourly_sum.defects + excluded.defects;"""
        for kind, dated, counted, defects in _SUMMED
    ).format(row="NEW")
    + "\nEND"
)

CONFIRMED_UNCOUNTED = (
    "CREATE TRIGGER confirmed_order_uncounted AFTER DELETE ON confirmed_order\nBEGIN"
    + "".join(
        f"""
 UPDATE hourly_sum SET counted = counted - {counted}, defects = defects - ({defects})
  WHERE kind = '{kind}' AND channel = OLD.channel AND hour = substr(OLD.{dated}, 1, 13);"""
        for kind, dated, counted, defects in _SUMMED
    ).format(row="OLD")
    + "\nEND"
)


def _confirmed_anew(name: str, when: str, order: str) -> str:
    """A trigger that brings one order's row of ``confirmed_order`` up to date."""
    return f"""CREATE TRIGGER {name} AFTER {when}
BEGIN
 DELETE FROM confirmed_order WHERE sales_order_id = {order};
 INSERT INTO confirmed_order (sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments,
  shipments_tracked, units_followed, units_on_time)
  SELECT sales_order_id, channel, ship_by, promised_by, confirmed_at, shipments, shipments_tracked, units_followed,
   units_on_time FROM confirmed_order_now WHERE sales_order_id = {order};
END"""


SHIPMENT_CONFIRMED = _confirmed_anew(
    "shipment_confirmed",
    "INSERT ON shipment\nWHEN NEW.confirmed_at IS NOT NULL",
    "NEW.sales_order_id",
)

SHIPMENT_CHANGED = _confirmed_anew(
    "shipment_changed",
    """UPDATE OF confirmed_at, status, carrier, tracking_number, delivered_at ON shipment
WHEN NEW.confirmed_at IS NOT NULL OR OLD.confirmed_at IS NOT NULL""",
    "NEW.sales_order_id",
)

SHIPMENT_FILLED = _confirmed_anew(
    "shipment_line_followed",
    """INSERT ON shipment_line
WHEN (SELECT confirmed_at IS NOT NULL AND status <> 'shipped' FROM shipment WHERE id = NEW.shipment_id)""",
    "(SELECT sales_order_id FROM shipment WHERE id = NEW.shipment_id)",
)

PROMISE_CHANGED = _confirmed_anew(
    "sales_order_promised_anew",
    """UPDATE OF channel, fulfillment, ship_by, deliver_by, is_sale ON sales_order
WHEN NEW.channel <> OLD.channel OR NEW.fulfillment <> OLD.fulfillment OR NEW.ship_by IS DISTINCT FROM OLD.ship_by
 OR NEW.deliver_by IS DISTINCT FROM OLD.deliver_by OR NEW.is_sale <> OLD.is_sale""",
    "NEW.id",
)

_PROMISED_BY = "coalesce(o.deliver_by, o.ship_by)"
_TOLD_AT = told_at_sql("s.confirmed_at", "s.id")
_FAULT = tracking_fault_sql("s.carrier", "s.tracking_number", _TOLD_AT, "s.delivered_at", _PROMISED_BY)
_FOLLOWED = followed_sql("o.deliver_by", "s.tracking_number", "s.status <> 'shipped'")

CONFIRMED_ORDERS = f"""CREATE VIEW confirmed_order_now AS
SELECT o.id AS sales_order_id, max(o.channel) AS channel, max(o.ship_by) AS ship_by,
 max({_PROMISED_BY}) AS promised_by, max(s.confirmed_at) AS confirmed_at, count(*) AS shipments,
 count(*) FILTER (WHERE {_FAULT} IS NULL) AS shipments_tracked,
 coalesce(sum((SELECT sum(l.quantity) FROM shipment_line l WHERE l.shipment_id = s.id))
  FILTER (WHERE {_FOLLOWED}), 0)
  AS units_followed,
 coalesce(sum((SELECT sum(l.quantity) FROM shipment_line l WHERE l.shipment_id = s.id))
  FILTER (WHERE {_FOLLOWED}
   AND {on_time_sql(_TOLD_AT, "s.delivered_at", "o.deliver_by")}), 0) AS units_on_time
FROM sales_order o JOIN shipment s ON s.sales_order_id = o.id AND s.status <> 'void' AND s.confirmed_at IS NOT NULL
WHERE {IS_JUDGED} GROUP BY o.id"""
"""What ``confirmed_order`` is to hold; the triggers copy an order's row from here.

A tracking number told after the delivery is not valid, nor one whose shipment came 17 days after the promise.
Source: Amazon, "Valid tracking rate" (G201817070) and "On-time delivery" (200847280), read 2026-03.
"""
