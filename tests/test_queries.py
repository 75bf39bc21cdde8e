import importlib
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import ordercli.queries as package
from ordercli.queries.messages.message_plan import DUE
from ordercli.queries.orders.orders import EXPORT, FIND, LIST, OrderFilter, order_of

EVERY_FILTER = OrderFilter(
    ("unshipped", "pending"),
    is_overdue=True,
    channel="amazon",
    sku="RING-7",
    since="2026-03-01",
    until="2026-03-31",
    fulfillment="FBM",
    tag="fair",
    is_on_hold=True,
    since_operation=1,
    until_operation=9,
    sort="ship_by",
    after=3,
)


def with_every_filter(sql: str) -> str:
    return sql.replace("{where}", EVERY_FILTER.where()).replace("{order}", order_of(EVERY_FILTER.sort))


def with_filter(wanted: OrderFilter) -> str:
    return LIST.format(where=wanted.where(), order=order_of(wanted.sort))


def statements() -> dict[str, str]:
    """Every SELECT that a module of queries/ keeps as a constant, alone or in a table of them."""
    found: dict[str, str] = {}
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        names = vars(importlib.import_module(module.name))
        for name, value in names.items():
            values = value if isinstance(value, dict) else {"": value}
            for key, sql in values.items():
                if name.lstrip("_").isupper() and isinstance(sql, str) and re.match(r"\s*(SELECT|WITH)\b", sql):
                    found[f"{module.name.removeprefix(package.__name__)[1:]}.{name} {key}".strip()] = (
                        with_every_filter(sql)
                    )
    return found


STATEMENTS = statements()


@pytest.fixture(scope="module")
def migrated(template: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{template.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def plan_of(connection: sqlite3.Connection, sql: str) -> list[str]:
    names = re.findall(r"(?<!:):([a-z_]+)", sql)
    rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", dict.fromkeys(names, 1))
    return [str(row[3]) for row in rows]


def test_the_statements_are_found() -> None:
    assert {
        "orders.orders.LIST",
        "orders.orders.FIND",
        "stock.stock.LEVELS",
        "lists.PRODUCTS",
        "shipping.upload_files.CONFIRMED",
    } <= set(STATEMENTS)
    assert len(STATEMENTS) >= 20


@pytest.mark.parametrize("sql", STATEMENTS.values(), ids=STATEMENTS)
def test_a_statement_fits_the_migrated_schema(migrated: sqlite3.Connection, sql: str) -> None:
    assert plan_of(migrated, sql)


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        pytest.param(FIND, "ix_sales_order_tail", id="an order by the end of its id"),
        pytest.param(
            with_filter(OrderFilter()) + " LIMIT :limit", "ix_sales_order_newest", id="the newest fifty orders"
        ),
        pytest.param(
            with_filter(OrderFilter(since="2026-03-01")) + " LIMIT :limit",
            "ix_sales_order_newest",
            id="orders since a day",
        ),
        pytest.param(
            with_filter(OrderFilter(after=3)) + " LIMIT :limit",
            "ix_sales_order_newest",
            id="the next fifty orders",
        ),
    ],
)
def test_a_daily_question_is_answered_through_an_index(migrated: sqlite3.Connection, sql: str, index: str) -> None:
    plan = plan_of(migrated, sql)
    assert any(index in step for step in plan), plan
    assert not [step for step in plan if re.match(r"SCAN (o|sales_order)(?! USING)", step)], plan
    assert not [step for step in plan if "TEMP B-TREE" in step and "LAST TERM" not in step and sql != FIND], plan


@pytest.mark.parametrize("kind", DUE)
def test_occasions_to_write_about_are_found_without_reading_all_orders_or_shipments(
    migrated: sqlite3.Connection, kind: str
) -> None:
    plan = plan_of(migrated, DUE[kind])
    assert not [step for step in plan if re.match(r"SCAN (o|s|c|f|l|m|sales_order)\b(?! USING)", step)], plan


def test_lists_reach_their_lines_and_people_by_key(migrated: sqlite3.Connection) -> None:
    for sql in (with_filter(OrderFilter()), EXPORT.format(where="1")):
        assert not [step for step in plan_of(migrated, sql) if re.match(r"SCAN (l|p|d|s)\b(?! USING)", step)]


@pytest.mark.parametrize("text", ["114-0000001-0000001", "0001", "1", "", "%", "'; DROP TABLE sales_order"])
def test_a_reference_is_bound_never_pasted(migrated: sqlite3.Connection, text: str) -> None:
    assert migrated.execute(FIND, {"reference": text}).fetchall() == []
