"""The orders that facts are true of (``domain/orders/order_where.py``)."""

from collections.abc import Sequence

from ordercli.domain.backorders import backordered_sql
from ordercli.domain.orders.order_where import Fact
from ordercli.domain.orders.orders import DELIVERY_OVERDUE, OVERDUE
from ordercli.errors import Refused
from ordercli.queries.reader import Reader

MOST_ORDERS = 1000
"""Orders that one command names by facts; more are surely not meant."""

CONDITIONS = {
    "late": f"({OVERDUE} OR {DELIVERY_OVERDUE})",
    "overdue": OVERDUE,
    "delivery_overdue": DELIVERY_OVERDUE,
    "on_hold": "o.is_on_hold = 1",
    "backordered": f"""EXISTS (SELECT 1 FROM order_line l WHERE l.sales_order_id = o.id
    AND {backordered_sql()} > 0)""",
    "status": "o.status = {value}",
    "channel": "o.channel = {value}",
    "sku": """EXISTS (SELECT 1 FROM order_line l JOIN product p ON p.id = l.product_id
    WHERE l.sales_order_id = o.id AND p.sku = {value})""",
    "carrier": """EXISTS (SELECT 1 FROM shipment s WHERE s.sales_order_id = o.id AND s.status <> 'void'
    AND lower(coalesce(s.carrier_name, s.carrier)) = lower({value}))""",
    "tag": "EXISTS (SELECT 1 FROM order_tag t WHERE t.sales_order_id = o.id AND t.tag = {value})",
    "fulfillment": "o.fulfillment = upper({value})",
}


def orders_where(reader: Reader, facts: Sequence[Fact]) -> list[int]:
    """Row ids of the orders that all facts are true of, oldest first.

    Raises:
        Refused: if there are more than :data:`MOST_ORDERS`.
    """
    conditions = [CONDITIONS[fact.name].format(value=f":fact_{place}") for place, fact in enumerate(facts)]
    values = {f"fact_{place}": fact.value for place, fact in enumerate(facts)}
    sql = (
        f"SELECT o.id FROM sales_order o WHERE {' AND '.join(conditions)} ORDER BY o.ordered_at, o.id LIMIT :most"
    )
    found = [row for (row,) in reader.rows(sql, {**values, "most": MOST_ORDERS + 1})]
    if len(found) > MOST_ORDERS:
        raise Refused(f"More than {MOST_ORDERS:,} orders are so; add a fact.")
    return found
