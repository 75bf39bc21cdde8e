"""Whether orders are what the statements held and the seller's acts make of them."""

from ordercli.db import driver_of
from ordercli.services.operations import Work
from ordercli.services.orders.order_books import open_orders, view_orders
from ordercli.services.orders.order_import import book_rules
from ordercli.services.orders.statement_sql import CREATE_LINES

_OPEN_ALL = """
INSERT INTO opened_order
SELECT DISTINCT sales_order_id, 0, 0 FROM order_statement WHERE withdrawn_operation_id IS NULL"""

# Brought in line anew, an order that is in line changes in nothing, but that what she did may come to stand on
# another of its lines of one product, as the next file would lay it.
_OUT_OF_LINE = """
SELECT o.id, o.order_id FROM sales_order o WHERE o.id IN (
  SELECT id FROM changed_order
  UNION SELECT sales_order_id FROM target_line
  UNION SELECT sales_order_id FROM staged_line WHERE units <> 0
  UNION SELECT sales_order_id FROM order_line WHERE id IN (
    SELECT order_line_id FROM changed_cancel WHERE units <> 0
    UNION SELECT id FROM gone_line
    UNION SELECT order_line_id FROM taken_back
    UNION SELECT order_line_id FROM target_text))
ORDER BY o.id"""


def orders_out_of_line(work: Work) -> list[tuple[int, str]]:
    """Number and id of each order that is not what its statements and what was done with it make of it.

    Only temporary tables are written: the connection may be one that cannot write the database.
    """
    driver = driver_of(work.connection)
    open_orders(work, ())
    driver.execute(_OPEN_ALL)
    driver.execute("DROP TABLE IF EXISTS temp.staged_line")
    driver.execute(CREATE_LINES)
    rules = book_rules(work)
    rules.teach(work)
    view_orders(work, rules)
    return driver.execute(_OUT_OF_LINE).fetchall()
