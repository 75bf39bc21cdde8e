"""Whether a channel's prices contain the tax, set otherwise: the orders that it concerns follow at once."""

from dataclasses import replace

from sqlalchemy import text

from ordercli.domain.shares import TOTAL
from ordercli.domain.words import count
from ordercli.services.operations import Outcome, Work
from ordercli.services.orders.order_books import bring_in_line, open_orders
from ordercli.services.orders.order_import import book_rules
from ordercli.services.orders.statement_sql import CREATE_LINES

# Of an order's lines some may have been told apart from the setting, by their rows: these stay as they are.
_CONCERNED = """
SELECT o.id FROM sales_order o
WHERE o.channel = :channel AND o.ordered_on >= :day AND EXISTS (
  SELECT 1 FROM order_line l WHERE l.sales_order_id = o.id
    AND l.is_tax_included <> tax_inside(o.channel, o.sales_channel, o.currency, o.ordered_at))
  AND EXISTS (SELECT 1 FROM order_statement s WHERE s.sales_order_id = o.id AND s.withdrawn_operation_id IS NULL)
ORDER BY o.id"""

_ABOVE = f"""
SELECT DISTINCT o.order_id FROM opened_order b JOIN sales_order o ON o.id = b.sales_order_id
JOIN order_line l ON l.sales_order_id = o.id WHERE l.refunded_minor > {TOTAL} ORDER BY o.order_id"""


def follow(work: Work, told: Outcome, channel: str, day: str) -> Outcome:
    """Bring the orders in line whose prices are taken otherwise, once the setting is another.

    Args:
        work: the command's frame.
        told: that it was set.
        channel: whose setting it is.
        day: the first it holds, in the shop's zone.
    """
    rules = book_rules(work)
    rules.teach(work)
    concerned = work.connection.execute(text(_CONCERNED), {"channel": channel, "day": day}).scalars().all()
    open_orders(work, [(order, 0) for order in concerned])
    work.connection.exec_driver_sql("DROP TABLE IF EXISTS temp.staged_line")
    work.connection.exec_driver_sql(CREATE_LINES)
    orders = bring_in_line(work, rules, with_shipments=False).orders_updated
    above = work.connection.execute(text(_ABOVE)).scalars().all()
    return replace(
        told,
        summary=f"{told.summary}; {count(orders, 'order')} brought in line",
        changed={**told.changed, "orders_updated": orders},
        warnings=tuple(f"order {order}: more was refunded than its units cost now" for order in above),
    )
