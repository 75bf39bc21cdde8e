"""What the sums by hour are sums of, as SQL: the sums themselves are kept as orders and shipments change."""

HOURS = """
SELECT fulfillment AS kind, channel, substr(ordered_at, 1, 13) AS hour, is_sale AS counted, 0 AS defects
FROM sales_order
UNION ALL SELECT 'due', channel, substr(ship_by, 1, 13), 1, iif(confirmed_at > ship_by, 1, 0)
FROM confirmed_order WHERE ship_by IS NOT NULL
UNION ALL SELECT 'tracking', channel, substr(promised_by, 1, 13), shipments, shipments - shipments_tracked
FROM confirmed_order WHERE promised_by IS NOT NULL
UNION ALL SELECT 'delivery', channel, substr(promised_by, 1, 13), units_followed, units_followed - units_on_time
FROM confirmed_order WHERE promised_by IS NOT NULL"""
