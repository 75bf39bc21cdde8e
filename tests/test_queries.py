import importlib
import pkgutil
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

import ordercli.queries as package
from ordercli.domain.report import Card, Column
from ordercli.naming import order_words
from ordercli.queries.catalog import suppliers
from ordercli.queries.columns import Computed, Selected
from ordercli.queries.health import compare, metrics
from ordercli.queries.messages.message_plan import DUE
from ordercli.queries.orders.orders import EXPORT, FIND, LIST, SORTS, OrderFilter, list_statement, order_of
from ordercli.queries.purchasing import purchases
from ordercli.queries.repaid import SETTLED_REFUNDS
from ordercli.queries.reports import sales, settlement
from ordercli.queries.returns import returns
from ordercli.render.card import write_card
from ordercli.render.console import Look

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
    own=((1, "box"), (2, None)),
)


def with_every_filter(sql: str) -> str:
    return (
        sql.replace("{where}", EVERY_FILTER.where())
        .replace("{own}", "")
        .replace("{kept}", "")
        .replace("{order}", order_of(EVERY_FILTER.sort))
        .replace("{sorted}", order_of(EVERY_FILTER.sort))
    )


def with_filter(wanted: OrderFilter) -> str:
    return LIST.format(own="", where=wanted.where(), order=order_of(wanted.sort))


def loops_within(connection: sqlite3.Connection, sql: str) -> list[str]:
    """The tables and subqueries that a statement reads through once for every row of another."""
    values = dict.fromkeys(re.findall(r":(\w+)", sql))
    siblings: dict[int, list[str]] = defaultdict(list)
    for _, parent, _, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values):
        if re.match(r"SCAN|SEARCH", step):
            siblings[parent].append(step)
    return [step for steps in siblings.values() for step in steps[1:] if step.startswith("SCAN")]


def statements() -> dict[str, str]:
    """Every SELECT that a module of queries/ keeps as a constant, alone or in a table of them."""
    found: dict[str, str] = {}
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        names = vars(importlib.import_module(module.name))
        for name, value in names.items():
            if name.endswith("OF_SERVER"):
                continue  # asked of a server's own tables, which SQLite has not
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
        "catalog.products.PRODUCTS",
        "shipping.upload_files.CONFIRMED",
    } <= set(STATEMENTS)
    assert len(STATEMENTS) >= 20


def test_a_statement_fits_the_migrated_schema(migrated: sqlite3.Connection) -> None:
    for name, sql in STATEMENTS.items():
        try:
            assert plan_of(migrated, sql), name
        except sqlite3.Error as error:
            error.add_note(f"{name}: {sql}")
            raise


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


FEW = {
    r"VIRTUAL TABLE": "values of a list, columns of a table",
    r"SCAN abroad$": "two constant rows",
}
"""Steps within a loop whose rows are few at any size."""
FEW_IN = {
    "catalog.suppliers.TERMS": "products of one supplier",
    "purchasing.reorder_explain.ORDERED": "one product",
    "reports.profit.PROFIT_THEN": "periods and orders have no key in common",
    "reports.sales.SALES_THEN": "the same",
    "stock.locations.LOCATIONS": "levels of ten places, of which products have few",
    **dict.fromkeys(
        ("laws.LAWS", "doctor.LAWS", "doctor.ROWS"),
        "layers and their uses; where there are many, the sizes are known",
    ),
}


def test_no_statement_reads_rows_through_for_each_row_of_another(migrated: sqlite3.Connection) -> None:
    found = {
        name: steps
        for name, sql in STATEMENTS.items()
        if not any(name.startswith(known) for known in FEW_IN)
        and (
            steps := [step for step in loops_within(migrated, sql) if not any(re.search(few, step) for few in FEW)]
        )
    }
    assert found == {}


def test_a_loop_within_a_loop_is_seen(migrated: sqlite3.Connection) -> None:
    charged = "WITH c AS MATERIALIZED (SELECT coalesce(id, 0) AS line FROM order_line) "
    assert loops_within(migrated, f"{charged}SELECT * FROM order_line l LEFT JOIN c ON c.line = l.id")


FOUND_BY = {
    "status": OrderFilter(status=("canceled",)),
    "open statuses": OrderFilter(status=("unshipped", "pending")),
    "hold": OrderFilter(is_on_hold=True),
    "overdue": OrderFilter(is_overdue=True),
    "channel": OrderFilter(channel="etsy"),
    "tag": OrderFilter(tag="gift"),
    "field": OrderFilter(own=((1, "box"),)),
    "since": OrderFilter(since="2026-03-01"),
    "latest promise": OrderFilter(sort="-ship_by"),
    "open by promise": OrderFilter(status=("unshipped",), sort="ship_by"),
}


def test_fifty_orders_are_found_without_reading_all_of_them(migrated: sqlite3.Connection) -> None:
    for name, wanted in FOUND_BY.items():
        plan = plan_of(migrated, list_statement(wanted))
        walked = "ix_sales_order_(canceled|open|on_hold|ship_by)"
        read = [step for step in plan if re.match(rf"SCAN o\b(?! USING (COVERING )?INDEX {walked})", step)]
        assert not read, (name, plan)


def test_a_sort_without_an_index_is_of_ids_alone() -> None:
    for sort in {*SORTS, *(f"-{key}" for key in SORTS)} - {"ordered_at", "-ordered_at", "-ship_by"}:
        sql = list_statement(OrderFilter(sort=sort))
        inner = sql[sql.index("(SELECT o.id") : sql.index("LIMIT :limit")]
        assert "order_line" not in inner
        assert "LIMIT" not in sql[sql.index("LIMIT :limit") + 12 :]


@pytest.mark.parametrize("kind", DUE)
def test_occasions_to_write_about_are_found_without_reading_all_orders_or_shipments(
    migrated: sqlite3.Connection, kind: str
) -> None:
    plan = plan_of(migrated, DUE[kind])
    assert not [step for step in plan if re.match(r"SCAN (o|s|c|f|l|m|sales_order)\b(?! USING)", step)], plan


def test_lists_reach_their_lines_and_people_by_key(migrated: sqlite3.Connection) -> None:
    for sql in (with_filter(OrderFilter()), EXPORT.format(own="", where="1")):
        assert not [step for step in plan_of(migrated, sql) if re.match(r"SCAN (l|p|d|s)\b(?! USING)", step)]


@pytest.mark.parametrize("text", ["114-0000001-0000001", "0001", "1", "", "%", "'; DROP TABLE sales_order"])
def test_a_reference_is_bound_never_pasted(migrated: sqlite3.Connection, text: str) -> None:
    assert migrated.execute(FIND, order_words(text)).fetchall() == []


NAMED_ROWS: dict[str, tuple[Sequence[Column], type[Any]]] = {
    "returns": (returns.LIST_COLUMNS, returns.ReturnedLine),
    "suppliers": (suppliers.COLUMNS, suppliers.Listed),
    "lines of purchases": (purchases.EXPORT_COLUMNS, purchases.OrderedLine),
    "amounts of settlements": (settlement.BREAKDOWN_COLUMNS, settlement.AmountRow),
    "rates": (metrics.COLUMNS, metrics.Judged),
    "spans compared": (compare.COLUMNS, compare.Compared),
}


@pytest.mark.parametrize(("columns", "row"), NAMED_ROWS.values(), ids=NAMED_ROWS)
def test_rows_with_names_are_named_as_their_columns(columns: Sequence[Column], row: type[Any]) -> None:
    assert tuple(column.name for column in columns) == row._fields


def test_sums_of_sales_are_named_as_their_columns() -> None:
    for by in (sales.SalesKey.DAY, sales.SalesKey.WEEK, sales.SalesKey.MONTH):
        assert tuple(column.name for column in sales.COLUMNS[by][1:]) == sales.SalesRow._fields[1:]


def test_columns_take_their_values_from_elsewhere_by_name() -> None:
    columns = Selected((Column("sku"), "p.sku"), (Column("units", "whole"), "l.quantity"))
    assert columns.sql == "p.sku AS sku, l.quantity AS units"
    assert columns.of(units="7").sql == "NULL AS sku, 7 AS units"
    with pytest.raises(KeyError, match="unit"):
        columns.of(unit="7")


def test_computed_columns_make_a_row_in_their_order() -> None:
    columns = Computed[int]((Column("half", "number"), lambda it: it / 2), (Column("it", "whole"), lambda it: it))
    assert (list(columns), columns.row(3)) == ([Column("half", "number"), Column("it", "whole")], (1.5, 3))


def test_a_card_shows_a_value_by_its_kind_and_not_by_its_looks() -> None:
    moment = "2026-03-16T13:00:00Z"
    fields = (Column("ordered_at", "instant"), Column("note"), Column("is_late", "flag"))
    lists = {"events": (Column("occurred_at", "instant"), Column("detail"), Column("spare", in_table=False))}
    events = [{"occurred_at": moment, "detail": moment, "spare": "for machines"}]
    card = Card(fields, {"ordered_at": moment, "note": moment, "is_late": True, "events": events}, lists)
    out = StringIO()
    write_card(out, card, time_zone="America/New_York", look=Look(None, color=False))
    assert out.getvalue().splitlines() == [
        "ordered at  2026-03-16 09:00:00 EDT",
        f"note        {moment}",
        "late        yes",
        "",
        "events",
        "  occurred at              detail",
        f"  2026-03-16 09:00:00 EDT  {moment}",
    ]
    assert card.record()["events"] == events


@pytest.mark.parametrize("sql", [*sales.SALES.values(), *sales.TAXES.values(), sales.PRODUCTS, sales.BUYERS])
def test_sales_of_some_days_read_the_orders_of_those_days(migrated: sqlite3.Connection, sql: str) -> None:
    plan = plan_of(migrated, sql)
    assert [step for step in plan if "ix_sales_order_newest (ordered_at>" in step], plan
    assert not [step for step in plan if re.match(r"(SCAN|BLOOM FILTER ON) (o|l|sales_order|order_line)\b", step)]
    assert not [step for step in plan if re.match(r"(SCAN|SEARCH) (o|l) USING AUTOMATIC", step)], plan


def test_refunds_of_settlements_are_found_by_their_day(migrated: sqlite3.Connection) -> None:
    steps = [step for step in plan_of(migrated, SETTLED_REFUNDS) if " e USING " in step]
    assert len(steps) == 2
    assert all("SEARCH e USING INDEX ix_settlement_entry_refund (posted_at" in step for step in steps), steps
