"""What settlements told of orders at an earlier time, and the orders of which they say that money went back.

What they say of orders by now is in :mod:`ordercli.domain.repaid`. What is said of the past asks for ``:known``
too.
"""

from ordercli.domain.repaid import settled_sql
from ordercli.domain.settlement import REPAID, is_of_kinds_sql, is_refund_sql
from ordercli.queries.past import LISTINGS_THEN

SETTLED_THEN = settled_sql("sold l{product} WHERE l.order_row = {order}", "l.order_line_id", LISTINGS_THEN)
"""``SETTLED`` with the listings there were; ``sold`` has the lines, with ``item_id`` and ``line_no``."""

_OF_REFUND = f"""{is_refund_sql("e.transaction_type")}
  AND {is_of_kinds_sql(REPAID, "e.amount_type", "e.amount_description")}"""

_TOLD = "e.settlement_id, e.order_id, e.posted_at, e.amount_minor FROM settlement_entry e"
SETTLED_REFUNDS = f"""
SELECT o.id AS sales_order_id, min(e.posted_at) AS decided_at, 'refunded as a settlement tells' AS why
FROM (SELECT {_TOLD} WHERE {_OF_REFUND} AND e.posted_at BETWEEN :start AND :moment
  UNION ALL SELECT {_TOLD} WHERE {_OF_REFUND} AND e.posted_at IS NULL) e
CROSS JOIN settlement s ON s.id = e.settlement_id AND s.operation_id <= :known
CROSS JOIN sales_order o ON o.order_id = e.order_id AND o.channel = s.channel
  AND coalesce(o.currency, :currency) = s.currency
GROUP BY o.id HAVING sum(e.amount_minor) < 0"""
"""The orders of which a settlement says that money went back, with ``decided_at`` and ``why``.

Of an order as a whole it does not matter which refunds are recorded here too; orders are placed after ``:start``.
"""

IS_ANY_SETTLED = f"""EXISTS (SELECT 1 FROM settlement_entry e JOIN settlement s ON s.id = e.settlement_id
  WHERE {_OF_REFUND} AND coalesce(e.posted_at, '') <= :moment AND s.operation_id <= :known)"""
"""SQL: whether a settlement ever told of a refund."""
