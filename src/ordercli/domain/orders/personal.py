"""Which columns of ``personal_data`` are erased, and which rows of it are about an order."""

from ordercli.domain.orders.order_rows import LINE_TEXT, PERSONAL

COUNTED = ("state", "country")
"""What stays when a person is erased: sales are counted by it, and it names nobody."""

ERASED = (*(name for name in PERSONAL if name not in COUNTED), *LINE_TEXT, "label_file")
"""Columns that are emptied; a test holds them against the model."""

_REFERRING = (
    "SELECT o.id AS sales_order_id, o.personal_id FROM sales_order o WHERE o.id {orders}",
    "SELECT s.sales_order_id, s.personal_id FROM order_statement s WHERE s.sales_order_id {orders}",
    """SELECT s.sales_order_id, l.personal_id FROM order_statement s
    JOIN order_statement_line l ON l.order_statement_id = s.id WHERE s.sales_order_id {orders}""",
    """SELECT l.sales_order_id, t.personal_id FROM order_line l JOIN line_text t ON t.order_line_id = l.id
    WHERE l.sales_order_id {orders}""",
    """SELECT m.sales_order_id, e.personal_id FROM message m JOIN message_event e ON e.message_id = m.id
    WHERE m.sales_order_id {orders}""",
    "SELECT q.sales_order_id, q.personal_id FROM question q WHERE q.sales_order_id {orders}",
    """SELECT h.sales_order_id, b.personal_id FROM shipment h JOIN shipment_label b ON b.shipment_id = h.id
    WHERE h.sales_order_id {orders}""",
)


def person_rows_sql(orders: str) -> str:
    """SELECT of ``sales_order_id`` and ``personal_id``: the rows of ``personal_data`` that are about some orders.

    NULLs and repeats are among them.

    Args:
        orders: which, as the end of a condition on a row id: ``= :order``, ``IN (SELECT …)``, ``IS NOT NULL``.
    """
    return " UNION ALL ".join(statement.format(orders=orders) for statement in _REFERRING)


def says_something(row: str) -> str:
    """SQL of whether a row of ``personal_data``, by its alias, still says anything about a person."""
    return f"({' OR '.join(f'{row}.{name} IS NOT NULL' for name in ERASED)})"


BUYER = """coalesce(lower(nullif(trim(d.customer_email), '')),
    lower(coalesce(d.customer_name, d.ship_name)) || '\x1f' || upper(coalesce(d.postal_code, ''))
      || '\x1f' || lower(coalesce(d.address_1, '')))"""
"""SQL of who bought, by row ``d`` of ``personal_data``: the e-mail, else name and address; none shows it."""
