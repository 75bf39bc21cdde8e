"""Orders told by several files that tell compatible things, brought in line by SQL alone (``merged_sql.py``)."""

from typing import NamedTuple

from ordercli.db import driver_of
from ordercli.domain.money import told_money
from ordercli.services.operations import Work
from ordercli.services.orders import merged_sql as sql
from ordercli.services.orders.order_rules import Rules

ENOUGH = 100
"""Opened orders from which on a dozen statements over all of them cost less than the way of each."""


class Merged(NamedTuple):
    """How many orders and lines that were there before are told otherwise now."""

    orders_updated: int = 0
    lines_updated: int = 0


def merge_alike(work: Work, rules: Rules) -> Merged:
    """Put what opened orders come to into the temporary tables, and mark them as merged, as far as they are alike.

    The tables are those of ``order_books.py``, and empty.
    """
    driver = driver_of(work.connection)

    def one(question: str) -> int:
        return int(driver.execute(question).fetchone()[0])

    if one("SELECT count(*) FROM opened_order WHERE is_new <> 1") < ENOUGH:
        return Merged()
    rules.teach(work)
    driver.teach("told_money", told_money, (int, str), str)
    currency = {"currency": work.shop.currency}
    for table in sql.TEMPORARY:
        driver.execute(f"DROP TABLE IF EXISTS temp.{table}")
    for statement in sql.STATEMENTS:
        driver.execute(statement)
    driver.execute(sql.HEADERS, currency)
    for statement in (sql.LINES, *sql.ODD, sql.ORDERS):
        driver.execute(statement)
    driver.execute(sql.TARGETS, currency)
    for statement in (*sql.STILL_ODD, sql.CHANGED_ORDERS, sql.CHANGED_LINES, *sql.CANCELED, sql.STAGED):
        driver.execute(statement)
    driver.execute(sql.ARE_MERGED)
    return Merged(one(sql.UPDATED), one(sql.LINES_UPDATED))
