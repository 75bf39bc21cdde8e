"""What leaves out the rows of a list does not read the list anew for each row, however long it is."""

import re
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from ordercli.domain.privacy.erasing import LOOSE_PERSONS, TABLES
from ordercli.domain.privacy.texts import TOLD_BY_OPEN_ORDERS
from ordercli.driver import Driver
from ordercli.moving import copy_shop
from ordercli.postgres.opening import connect
from ordercli.services.orders import statement_sql
from ordercli.services.privacy import erasing
from postgres.conftest import Twin, connected
from postgres.test_doctor_on_server import AS_LARGE
from server_shops import at

WORKING = {
    **TABLES,
    "holding": "sales_order_id INTEGER, personal_id INTEGER",
    "standing": "sales_order_id INTEGER, ordered_at TEXT, is_over INTEGER, is_open INTEGER",
    "staged_order": "sales_order_id INTEGER, order_id TEXT",
    "staged": "file INTEGER, fingerprint BLOB",
}
STATEMENTS: Mapping[str, str] = {
    "orders that share a person are due together": erasing.NOT_YET,
    "the oldest order that is held": erasing.STILL_HELD,
    "orders of which nothing is said any more": erasing.SILENT_ORDERS,
    "questions of which nothing is said any more": erasing.SILENT_QUESTIONS,
    "people whom the journal alone names": LOOSE_PERSONS,
    "what people of open orders wrote": TOLD_BY_OPEN_ORDERS,
    "what an earlier reading of the same bytes said": re.sub(r":\w+", "1", statement_sql.READ_OTHERWISE),
}
_READ_ANEW = re.compile(r"SubPlan \d+\n *->  Materialize")


@pytest.fixture(scope="module")
def large(cluster: str, varied: Twin) -> Iterator[Driver]:
    """A shop and tables of work of which the planner is told that they are large."""
    with closing(connected(f"{cluster} dbname=postgres")) as first:
        first.execute(b"CREATE DATABASE left_out TEMPLATE template0")
    server = at(Path(cluster.split(maxsplit=1)[0].removeprefix("host=")), "left_out")
    copy_shop(varied.file, server, wait_seconds=5)
    with closing(connect(server)) as there:
        for table, columns in WORKING.items():
            there.execute(f"CREATE TEMP TABLE {table} ({columns})")
            there.execute(f"INSERT INTO {table} ({columns.split()[0]}) VALUES (1)")
        there.execute(AS_LARGE)
        there.execute(AS_LARGE.replace("'ordercli'::regnamespace", "pg_my_temp_schema()"))
        yield there


@pytest.mark.parametrize("what", STATEMENTS)
def test_a_long_list_is_not_read_anew_for_each_row(large: Driver, what: str) -> None:
    plan = "\n".join(line for (line,) in large.execute(f"EXPLAIN {STATEMENTS[what]}").fetchall())
    assert _READ_ANEW.search(plan) is None, plan


def test_a_list_of_not_in_would_be(large: Driver) -> None:
    told = "EXPLAIN SELECT 1 FROM standing WHERE sales_order_id NOT IN (SELECT sales_order_id FROM erasing)"
    plan = "\n".join(line for (line,) in large.execute(told).fetchall())
    assert _READ_ANEW.search(plan)
