"""Units the channel has canceled, canceled here once they are back."""

from sqlalchemy import text

from ordercli.services.operations import Work
from ordercli.services.orders.order_books import bring_in_line, cancel_events, open_orders
from ordercli.services.orders.order_import import book_rules
from ordercli.services.orders.statement_sql import CANCELLATIONS, CREATE_LINES

_AWAITED = """
SELECT EXISTS (SELECT 1 FROM order_line WHERE sales_order_id = :order AND channel_canceled > quantity_canceled)"""


def cancel_as_told(work: Work, order: int) -> int:
    """Cancel the units of an order that its channel has canceled and that have not left any more.

    Returns:
        How many these are.
    """
    if not work.connection.execute(text(_AWAITED), {"order": order}).scalar_one():
        return 0
    open_orders(work, [(order, 0)])
    work.connection.exec_driver_sql("DROP TABLE IF EXISTS temp.staged_line")
    work.connection.exec_driver_sql(CREATE_LINES)
    bring_in_line(work, book_rules(work), with_shipments=False)
    values = {"now": work.now, "operation": work.operation}
    units = work.connection.exec_driver_sql(
        "SELECT coalesce(sum(units_canceled), 0) FROM staged_line"
    ).scalar_one()
    work.connection.execute(text(CANCELLATIONS), values)
    cancel_events(work)
    return int(units)
