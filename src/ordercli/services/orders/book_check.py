"""Whether orders are what the statements held and the seller's acts make of them; if not, they are made so."""

import json
from collections.abc import Iterable

from ordercli.db import driver_of
from ordercli.errors import Refused
from ordercli.services.operations import Work
from ordercli.services.orders.order_books import bring_in_line, open_orders, view_orders
from ordercli.services.orders.order_import import book_rules
from ordercli.services.orders.order_rules import Rules
from ordercli.services.orders.statement_sql import CREATE_LINES
from ordercli.services.stock.allocation import settle, touch

_OPEN_ALL = """
INSERT INTO opened_order
SELECT DISTINCT sales_order_id, 0, 0 FROM order_statement WHERE withdrawn_operation_id IS NULL"""
# Of those whose voice was taken or given back, the orders of which a later file that still speaks tells too.
_OPEN_TOLD_SINCE = """
INSERT INTO opened_order
SELECT DISTINCT t.sales_order_id, 0, 0 FROM order_statement s
JOIN order_statement t ON t.sales_order_id = s.sales_order_id AND t.operation_id > s.operation_id
WHERE s.id IN (SELECT value FROM json_each(:statements)) AND t.withdrawn_operation_id IS NULL"""

_PRODUCTS = "SELECT DISTINCT product_id FROM order_line WHERE sales_order_id IN (SELECT value FROM json_each(?))"

# A price that no file told stays as it was guessed, whatever the product costs by now.
_GUESSES = """
SELECT item_price_minor, id FROM order_line
WHERE price_is_estimated = 1 AND sales_order_id IN (SELECT value FROM json_each(?))"""
_AS_GUESSED = "UPDATE order_line SET item_price_minor = ? WHERE id = ? AND price_is_estimated = 1"

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
    open_orders(work, ())
    driver_of(work.connection).execute(_OPEN_ALL)
    return _out_of_line(work)


def bring_in_line_again(work: Work) -> None:
    """Make the header and the lines of each order that is out of line what its statements make of them.

    What is recorded as shipped or canceled stays as it is: those are facts, and no fact is made here.
    """
    _bring_in_line(work, orders_out_of_line(work))
    settle(work)


def bring_in_line_told_since(work: Work, statements: Iterable[int]) -> list[int]:
    """The same for orders that later files tell of too than those whose voice was just taken or given back.

    What is promised is not settled.

    Args:
        work: the command's frame.
        statements: the rows of ``order_statement`` that speak no more, or speak again.

    Returns:
        The orders that were out of line.

    Raises:
        Refused: if one still is, as no shipment and no cancellation is made here.
    """
    told = {"statements": json.dumps(sorted(statements))}
    open_orders(work, ())
    driver_of(work.connection).execute(_OPEN_TOLD_SINCE, told)
    orders = _bring_in_line(work, _out_of_line(work))
    if orders:
        open_orders(work, ())
        driver_of(work.connection).execute(_OPEN_TOLD_SINCE, told)
        if _out_of_line(work):
            raise Refused("a later file says too what it shipped or canceled")
    return orders


def _out_of_line(work: Work) -> list[tuple[int, str]]:
    """Of the orders that are open those that are out of line."""
    view_orders(work, _prepared(work))
    return driver_of(work.connection).execute(_OUT_OF_LINE).fetchall()


def _bring_in_line(work: Work, found_out: Iterable[tuple[int, str]]) -> list[int]:
    orders = [row for row, _ in found_out]
    if not orders:
        return []
    driver, found = driver_of(work.connection), (json.dumps(orders),)
    touch(work.connection, [product for (product,) in driver.execute(_PRODUCTS, found)])
    guesses = driver.execute(_GUESSES, found).fetchall()
    open_orders(work, [(order, 0) for order in orders])
    bring_in_line(work, _prepared(work))
    driver.executemany(_AS_GUESSED, guesses)
    return orders


def _prepared(work: Work) -> Rules:
    """What orders are brought in line by, with an empty table of their lines."""
    driver = driver_of(work.connection)
    driver.execute("DROP TABLE IF EXISTS temp.staged_line")
    driver.execute(CREATE_LINES)
    rules = book_rules(work)
    rules.teach(work)
    return rules
