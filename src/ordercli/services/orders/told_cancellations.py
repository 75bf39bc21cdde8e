"""One order that the seller changed, brought in line with what its channel says of it."""

from sqlalchemy import text

from ordercli.services.operations import Work
from ordercli.services.orders.order_books import bring_in_line, cancel_events, open_orders
from ordercli.services.orders.order_import import book_rules
from ordercli.services.orders.statement_sql import CANCELLATIONS, CREATE_LINES

_AWAITED = """
SELECT EXISTS (SELECT 1 FROM order_line WHERE sales_order_id = :order AND channel_canceled > quantity_canceled)"""


def bring_order_in_line(work: Work, order: int) -> None:
    """Bring one order in line with its statements, if it has some; what the channel says was shipped stays."""
    open_orders(work, [(order, 0)])
    work.connection.exec_driver_sql("DROP TABLE IF EXISTS temp.staged_line")
    work.connection.exec_driver_sql(CREATE_LINES)
    bring_in_line(work, book_rules(work), with_shipments=False)


def cancel_as_told(work: Work, order: int) -> int:
    """Cancel the units of an order that its channel has canceled and that have not left any more.

    Returns:
        How many these are.
    """
    if not work.connection.execute(text(_AWAITED), {"order": order}).scalar_one():
        return 0
    bring_order_in_line(work, order)
    values = {"now": work.now, "operation": work.operation}
    units = work.connection.exec_driver_sql(
        "SELECT coalesce(sum(units_canceled), 0) FROM staged_line"
    ).scalar_one()
    work.connection.execute(text(CANCELLATIONS), values)
    cancel_events(work)
    return int(units)
