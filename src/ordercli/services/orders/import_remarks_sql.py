"""The SELECTs behind ``import_remarks.py``: what is odd about the orders of a file, and what was not taken."""

from ordercli.domain.orders.order_rows import AMOUNTS, LINE_TEXT, PERSONAL
from ordercli.services.orders.statement_sql import columns

OTHER_TIMES = """
SELECT order_id, came_in, promise, orders FROM (
  SELECT order_id, came_in, promise, count(*) OVER (PARTITION BY came_in > :soon) AS orders,
    row_number() OVER (PARTITION BY came_in > :soon ORDER BY order_id, channel) AS place
  FROM (SELECT order_id, channel, coalesce(ordered_at, :now) AS came_in, coalesce(ship_by, computed_ship_by) AS promise
    FROM staged_order WHERE is_new <> 0) AS found
  WHERE came_in > :soon OR promise < came_in
) AS odd WHERE place = 1 ORDER BY came_in > :soon"""
"""Of new orders of a time that cannot be the first of each kind, and how many there are: behind ``:soon``, promised before."""

SHARED_IDS = """
SELECT n.order_id, n.channel AS new_channel, o.channel AS old_channel FROM staged_order n JOIN channel c ON c.name <> n.channel
CROSS JOIN sales_order o ON o.channel = c.name AND o.order_id = n.order_id WHERE n.is_new <> 0
ORDER BY n.order_id, n.channel, o.channel LIMIT 4"""
"""Orders that are new while another channel has one of the same id."""

# Rows of an order that say the same; each is a line.
DOUBLED = f"""
SELECT min(order_id) AS order_id, min(sku) AS sku, min(times) AS times, min(quantity) AS quantity, count(*) AS rows FROM (
  SELECT s.order_id, s.sku, s.quantity, count(*) AS times
  FROM staged_order o CROSS JOIN staged s ON s.file = :file AND s.channel = o.channel AND s.order_id = o.order_id
  WHERE o.row_count > 1 AND s.item_id IS NULL
  GROUP BY s.channel, s.order_id, s.sku, s.quantity, s.quantity_shipped, s.quantity_canceled, {columns("s.{c}", AMOUNTS)},
    {columns("s.{c}", LINE_TEXT)}
  HAVING count(*) > 1 ORDER BY s.order_id, s.sku) AS found"""

# Lines of a channel's report, whose word is not refused as that of other files is.
BELOW_ZERO = """
SELECT order_id, sku, channel, coalesce(currency, :currency) AS currency, discount, paid FROM (
  SELECT *, item_price + coalesce(shipping_price, 0) + coalesce(gift_wrap_price, 0) + iif(coalesce(is_tax_included, 0), 0,
      coalesce(item_tax, 0) + coalesce(shipping_tax, 0) + coalesce(gift_wrap_tax, 0)) AS paid
  FROM staged WHERE file = :file AND discount > 0 AND item_price IS NOT NULL
) AS found WHERE discount > paid ORDER BY order_id, id LIMIT 4"""

# Of these, the orders of which something is told otherwise now, not only more, as of a product that was not known then.
NO_LONGER = """
SELECT count(DISTINCT s.sales_order_id) FROM order_statement s
JOIN order_statement_line l ON l.order_statement_id = s.id
WHERE s.sales_order_id IN (SELECT sales_order_id FROM staged_order) AND s.withdrawn_operation_id = :operation
  AND NOT EXISTS (SELECT 1 FROM order_statement n JOIN order_statement_line m ON m.order_statement_id = n.id
    WHERE n.sales_order_id = s.sales_order_id AND n.import_file_id = :import_file
      AND n.ordered_at IS NOT DISTINCT FROM s.ordered_at AND n.ship_by IS NOT DISTINCT FROM s.ship_by AND n.deliver_by IS NOT DISTINCT FROM s.deliver_by
      AND n.currency IS NOT DISTINCT FROM s.currency AND m.product_id = l.product_id AND m.quantity = l.quantity
      AND m.quantity_shipped = l.quantity_shipped AND m.quantity_canceled = l.quantity_canceled
      AND m.item_price_minor IS NOT DISTINCT FROM l.item_price_minor)"""

# Orders of a file without a date that others of the kind tell otherwise.
RIVALED = """
SELECT count(*) AS orders, min(o.order_id) AS first FROM sales_order o
WHERE o.id IN (SELECT n.sales_order_id FROM staged g JOIN order_statement n ON n.fingerprint = g.fingerprint
    JOIN order_statement r ON r.sales_order_id = n.sales_order_id AND r.id <> n.id AND r.as_of IS NULL
      AND r.withdrawn_operation_id IS NULL
    WHERE g.file = :file AND n.as_of IS NULL AND n.withdrawn_operation_id IS NULL)"""

_PAID = "sum({l}.item_price_minor + iif({included}, 0, coalesce({l}.item_tax_minor, 0)))"

# Orders known before of which a list of the seller's own tells something otherwise than it stands now.
OTHERWISE = f"""
SELECT count(*) AS orders, min(order_id) AS first FROM (
  SELECT o.order_id FROM order_statement n JOIN sales_order o ON o.id = n.sales_order_id
  LEFT JOIN personal_data p ON p.personal_id = n.personal_id AND p.version = n.personal_version
  LEFT JOIN personal_data b ON b.personal_id = o.personal_id AND b.version = o.personal_version
  WHERE n.import_file_id = :import_file AND n.is_own <> 0 AND n.withdrawn_operation_id IS NULL
    AND o.operation_id <> :operation
    AND (n.ordered_at <> o.ordered_at OR n.ship_by <> o.ship_by OR n.deliver_by <> o.deliver_by
      OR {columns("p.{c} IS NOT NULL AND p.{c} IS DISTINCT FROM b.{c}", PERSONAL, " OR ")}
      OR EXISTS (
        SELECT 1 FROM (
          SELECT t.product_id, sum(t.quantity) AS units, sum(t.quantity - t.quantity_canceled) AS live,
            CASE WHEN count(t.item_price_minor) = count(*) AND max(t.is_estimate) = 0 THEN
              {_PAID.format(l="t", included="coalesce(t.is_tax_included, 0)")} END AS paid
          FROM order_statement_line t WHERE t.order_statement_id = n.id GROUP BY t.product_id
        ) told LEFT JOIN (
          SELECT l.product_id, sum(l.quantity) AS units, sum(l.quantity - l.channel_canceled) AS live,
            {_PAID.format(l="l", included="0")} AS paid
          FROM order_line l WHERE l.sales_order_id = o.id GROUP BY l.product_id
        ) held ON held.product_id = told.product_id
        WHERE held.live IS DISTINCT FROM told.live OR (held.units = told.units AND held.paid <> told.paid)))
) AS found"""
